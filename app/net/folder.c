#include "net/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

static bool write_all(int fd, Str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = str_after(bytes, (size_t)n);
    }
    return true;
}

/* Hidden under another name until it is whole. */
static bool put(int folder, const char *name, const char *hidden, Str content)
{
    int fd = openat(folder, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool done = write_all(fd, content) && fsync(fd) == 0;
    done = close(fd) == 0 && done;
    if (done && renameat(folder, hidden, folder, name) == 0) return fsync(folder) == 0;
    int reason = errno;
    unlinkat(folder, hidden, 0);
    errno = reason;
    return false;
}

static Str name_of(struct arena *arena, Str id, const char *suffix)
{
    struct timespec now;
    struct tm tm = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    return arena_print(arena, "%04d%02d%02dT%02d%02d%02d.%06ldZ-%.*s%s", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                       tm.tm_min, tm.tm_sec, now.tv_nsec / 1000, STR_ARGS(id), suffix);
}

Error folder_drop(struct arena *arena, Str folder, Str id, const char *suffix, Str content)
{
    const char *path = arena_cstr(arena, folder);
    if (mkdir(path, 0700) && errno != EEXIST) {
        log_line(LOG_ERROR, "%s: %s", path, strerror(errno));
        return ERR_FAULT;
    }
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Str name = name_of(arena, id, suffix);
    bool done = fd >= 0 && put(fd, name.p, arena_print(arena, ".%s", name.p).p, content);
    if (!done) log_line(LOG_ERROR, "%s: a message cannot be written: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    return done ? OK : ERR_FAULT;
}
