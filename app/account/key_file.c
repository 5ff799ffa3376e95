#include "account/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"

static Error fault(const char *file, const char *what)
{
    log_line(LOG_ERROR, "key file %s: %s: %s", file, what, strerror(errno));
    return ERR_FAULT;
}

static Error check_file(const char *file, int fd)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return fault(file, "cannot be examined");
    if (!S_ISREG(facts.st_mode) || facts.st_size != SECRET_BYTES) {
        log_line(LOG_ERROR, "key file %s: it has to be a file of exactly %d random bytes", file, SECRET_BYTES);
        return ERR_INVALID;
    }
    if (facts.st_mode & (S_IRWXG | S_IRWXO)) {
        log_line(LOG_ERROR, "key file %s: others can use it; make it readable by its owner alone (chmod 600)", file);
        return ERR_INVALID;
    }
    return OK;
}

Error key_file_read(const char *file, unsigned char key[SECRET_BYTES])
{
    /* O_NONBLOCK: a named pipe put in its place must not hold up the start. */
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : fault(file, "cannot be opened");
    Error error = check_file(file, fd);
    if (error == OK && read(fd, key, SECRET_BYTES) != SECRET_BYTES)
        error = fault(file, "cannot be read");
    close(fd);
    return error;
}

static bool write_synced(int fd, Str key)
{
    return fchmod(fd, S_IRUSR | S_IWUSR) == 0 && write(fd, key.p, key.n) == (ssize_t)key.n && fsync(fd) == 0;
}

static bool sync_folder_of(struct arena *arena, const char *file)
{
    int fd = open(dirname(arena_cstr(arena, str_of(file))), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

static Error make_aside(const char *aside, Str key)
{
    int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return fault(aside, "cannot be made");
    Error error = write_synced(fd, key) ? OK : fault(aside, "cannot be written");
    if (close(fd) != 0 && error == OK)
        error = fault(aside, "cannot be written");
    return error;
}

Error key_file_make(struct arena *arena, const char *file, Str key)
{
    /* The key gets its name only when it is whole: a crash leaves no half key, and of two processes the second sees EEXIST. */
    Str suffix = hex_encode(arena, crypto_random(arena, 8));
    Str aside = arena_print(arena, "%s.%.*s", file, STR_ARGS(suffix));
    Error error = make_aside(aside.p, key);
    if (error == OK && link(aside.p, file) != 0)
        error = errno == EEXIST ? ERR_CONFLICT : fault(file, "cannot be made");
    unlink(aside.p);
    if (error == OK && !sync_folder_of(arena, file))
        error = fault(file, "its folder cannot be synced");
    return error;
}
