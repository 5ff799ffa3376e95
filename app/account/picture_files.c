#include "account/picture_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { FOLDER_MODE = 0750, FILE_MODE = 0640, READ_MAX = 2 * 1024 * 1024 };

static const char *const names[PICTURE_FILES] = {"512.webp", "512.png", "256.webp", "256.png", "64.webp", "64.png"};

static Error fault(const char *what, Str name)
{
    log_line(LOG_ERROR, "picture %.*s: %s: %s", STR_ARGS(name), what, strerror(errno));
    return ERR_FAULT;
}

/* The group comes from the folder above (setgid), so that the server in front may read what nobody else may. */
static bool open_up(int folder)
{
    struct stat now;
    return fstat(folder, &now) == 0 && fchmod(folder, (now.st_mode & S_ISGID) | FOLDER_MODE) == 0;
}

static int open_folder(int above, const char *name)
{
    return openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_pictures(const struct options *options)
{
    const char *path = options->pictures_dir.p;
    bool made = mkdir(path, FOLDER_MODE) == 0;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0 && made && !open_up(folder)) {
        close(folder);
        return -1;
    }
    return folder;
}

static bool write_whole(int file, Str bytes)
{
    while (bytes.n) {
        ssize_t n = write(file, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = str_after(bytes, (size_t)n);
    }
    return fchmod(file, FILE_MODE) == 0 && fsync(file) == 0;
}

static bool write_file(int folder, const struct picture_file *each)
{
    int file = openat(folder, each->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (file < 0) return false;
    bool written = write_whole(file, each->bytes);
    return close(file) == 0 && written;
}

static bool write_files(int folder, const struct picture_set *set)
{
    for (size_t i = 0; i < PICTURE_FILES; i++)
        if (!write_file(folder, &set->files[i])) return false;
    return open_up(folder) && fsync(folder) == 0;
}

static bool write_folder(int pictures, const char *beside, const char *name, const struct picture_set *set)
{
    if (mkdirat(pictures, beside, FOLDER_MODE)) return false;
    int folder = open_folder(pictures, beside);
    if (folder < 0) return false;
    bool written = write_files(folder, set);
    close(folder);
    return written && renameat(pictures, beside, pictures, name) == 0 && fsync(pictures) == 0;
}

static const char *beside_of(struct arena *arena, Str name)
{
    return arena_print(arena, ".%.*s", STR_ARGS(name)).p;
}

Error picture_files_write(const struct options *options, struct arena *arena, Str name, const struct picture_set *set)
{
    int pictures = open_pictures(options);
    if (pictures < 0) return fault("pictures_dir cannot be used", name);
    bool written = write_folder(pictures, beside_of(arena, name), arena_cstr(arena, name), set);
    Error error = written ? OK : fault("cannot be written", name);
    close(pictures);
    return error;
}

/* Absent is as good as removed: another round may have been here. */
static bool remove_folder(int pictures, const char *name)
{
    int folder = open_folder(pictures, name);
    if (folder < 0) return errno == ENOENT;
    bool removed = true;
    for (size_t i = 0; i < PICTURE_FILES; i++) removed = (unlinkat(folder, names[i], 0) == 0 || errno == ENOENT) && removed;
    close(folder);
    return removed && (unlinkat(pictures, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

Error picture_files_remove(const struct options *options, struct arena *arena, Str name)
{
    if (!picture_name_is(name)) return OK;
    int pictures = open(options->pictures_dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (pictures < 0) return errno == ENOENT ? OK : fault("pictures_dir cannot be used", name);
    bool removed = remove_folder(pictures, arena_cstr(arena, name)) && remove_folder(pictures, beside_of(arena, name));
    Error error = removed ? OK : fault("cannot be removed", name);
    close(pictures);
    return error;
}

/* False: it cannot be read, or there is nothing in it or too much. */
static bool read_whole(int file, struct arena *arena, Str *out)
{
    struct stat facts;
    size_t at = 0;
    if (fstat(file, &facts) || !S_ISREG(facts.st_mode) || facts.st_size <= 0 || facts.st_size > READ_MAX) return false;
    size_t n = (size_t)facts.st_size;
    char *bytes = arena_take(arena, n + 1);
    while (at < n) {
        ssize_t more = read(file, bytes + at, n - at);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return false;
        at += (size_t)more;
    }
    *out = (Str){bytes, n};
    return true;
}

Error picture_read(const struct options *options, struct arena *arena, Str name, const char *which, Str *out)
{
    if (!picture_name_is(name)) return ERR_NOT_FOUND;
    const char *path = arena_print(arena, "%s/%.*s/%s", options->pictures_dir.p, STR_ARGS(name), which).p;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return ERR_NOT_FOUND;
    bool read = read_whole(file, arena, out);
    close(file);
    return read ? OK : ERR_NOT_FOUND;
}
