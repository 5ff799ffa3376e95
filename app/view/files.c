#include "view/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static Error read_all(struct arena *arena, int fd, size_t size, Str *out)
{
    char *bytes = arena_take(arena, size + 1);
    size_t have = 0;
    while (have < size) {
        ssize_t got = read(fd, bytes + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ERR_FAULT;
        if (got == 0) break;
        have += (size_t)got;
    }
    bytes[have] = '\0';
    *out = (Str){bytes, have};
    return OK;
}

Error file_read(struct arena *arena, const char *path, size_t limit, Str *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT ? ERR_NOT_FOUND : ERR_FAULT;
    struct stat info;
    Error error = ERR_FAULT;
    if (fstat(fd, &info) == 0) {
        bool fits = S_ISREG(info.st_mode) && info.st_size >= 0 && (uintmax_t)info.st_size <= limit;
        error = fits ? read_all(arena, fd, (size_t)info.st_size, out) : ERR_INVALID;
    }
    close(fd);
    return error;
}

static int by_bytes(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

Error folder_list(struct arena *arena, const char *folder, Str suffix, size_t limit, Str **names, size_t *count)
{
    DIR *open_folder = opendir(folder);
    if (!open_folder) return errno == ENOENT ? ERR_NOT_FOUND : ERR_FAULT;
    Str *list = ARENA_ARRAY(arena, Str, limit);
    size_t n = 0;
    Error error = OK;
    for (struct dirent *entry; !error && (entry = readdir(open_folder));) {
        Str name = str_of(entry->d_name);
        if (name.p[0] == '.' || !str_ends(name, suffix)) continue;
        if (n == limit) error = ERR_INVALID;
        else list[n++] = arena_copy(arena, name);
    }
    closedir(open_folder);
    if (error) return error;
    qsort(list, n, sizeof(Str), by_bytes);
    *names = list;
    *count = n;
    return OK;
}

const char *path_join(struct arena *arena, const char *folder, Str name)
{
    return arena_print(arena, "%s/%.*s", folder, STR_ARGS(name)).p;
}
