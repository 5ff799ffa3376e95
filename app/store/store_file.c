#include "store/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/log.h"

bool filesystem_is_remote(unsigned long type)
{
    static const unsigned long remote[] = {
        0x6969 /* NFS */, 0x517b /* SMB */, 0xfe534d42 /* SMB2 */, 0xff534d42 /* CIFS */, 0x65735546 /* FUSE: sshfs and the like */,
        0x5346414f /* AFS */, 0x6b414653 /* kAFS */, 0x73757245 /* Coda */, 0x00c36400 /* Ceph */, 0x01021997 /* 9P */,
        0x564c /* NCP */,
    };
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if ((type & 0xffffffff) == remote[i]) return true;
    return false;
}

static bool folder_of(const char *path, char folder[PATH_MAX])
{
    char copy[PATH_MAX];
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy) return false;
    return snprintf(folder, PATH_MAX, "%s", dirname(copy)) < PATH_MAX;
}

static Error refuse(const char *path, const char *why)
{
    log_line(LOG_ERROR, "%s: %s", path, why);
    return ERR_FAULT;
}

static Error check_folder(const char *path)
{
    char folder[PATH_MAX];
    struct statfs where;
    if (!folder_of(path, folder)) return refuse(path, "the path is too long");
    if (statfs(folder, &where) != 0) return refuse(folder, strerror(errno));
    if (filesystem_is_remote((unsigned long)where.f_type))
        return refuse(path, "the store must lie on a disk of this machine; network file systems lose data");
    return OK;
}

/* Only ever with O_EXCL: closing a second descriptor of a store that is open would drop this process's locks on it. */
static int make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    close(fd);
    return 0;
}

Error store_file_prepare(const char *path)
{
    Error error = check_folder(path);
    if (error) return error;
    int failed = make(path);
    if (failed && failed != EEXIST) return refuse(path, strerror(failed));
    struct stat file;
    if (stat(path, &file) != 0) return refuse(path, strerror(errno));
    if (!S_ISREG(file.st_mode)) return refuse(path, "is no plain file");
    if (file.st_mode & S_IRWXO) return refuse(path, "others can read the store; chmod 600 it");
    return OK;
}

Error store_file_make_new(const char *path)
{
    int failed = make(path);
    if (failed == EEXIST) return ERR_CONFLICT;
    return failed ? refuse(path, strerror(failed)) : OK;
}

static bool copy_bytes(int in, int out)
{
    char bytes[64 * 1024];
    ssize_t got;
    while ((got = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)got) != got) return false;
    return got == 0;
}

Error store_file_copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
    if (in < 0) return errno == ENOENT ? ERR_NOT_FOUND : refuse(from, strerror(errno));
    Error error = store_file_make_new(to);
    if (!error && (out = open(to, O_WRONLY | O_CLOEXEC)) < 0) error = refuse(to, strerror(errno));
    if (!error && (!copy_bytes(in, out) || fsync(out) != 0)) error = refuse(to, strerror(errno));
    close(in);
    if (out >= 0) close(out);
    return error;
}

/* Every connection to a store with a log holds a shared lock on these bytes (the engine's file format, "locking"). */
Error store_file_hold(const char *path, int *fd)
{
    enum { LOCK_BYTES_AT = 0x40000000, LOCK_BYTES = 512 };
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTES_AT, .l_len = LOCK_BYTES};
    *fd = open(path, O_RDWR | O_CLOEXEC);
    if (*fd < 0) return errno == ENOENT ? OK : refuse(path, strerror(errno));
    if (fcntl(*fd, F_SETLK, &lock) == 0) return OK;
    Error error = errno == EACCES || errno == EAGAIN ? ERR_CONFLICT : refuse(path, strerror(errno));
    close(*fd);
    *fd = -1;
    return error;
}

static bool sync_one(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return false;
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

Error store_file_sync(const char *path)
{
    char folder[PATH_MAX];
    if (!folder_of(path, folder)) return refuse(path, "the path is too long");
    if (sync_one(path, O_RDONLY) && sync_one(folder, O_RDONLY | O_DIRECTORY)) return OK;
    return refuse(path, strerror(errno));
}

static bool with_ending(const char *path, const char *ending, char out[PATH_MAX])
{
    return snprintf(out, PATH_MAX, "%s%s", path, ending) < PATH_MAX;
}

bool store_file_is_alone(const char *path)
{
    char log[PATH_MAX];
    struct stat facts;
    if (!with_ending(path, "-wal", log)) return false;
    return stat(log, &facts) == 0 ? facts.st_size == 0 : errno == ENOENT;
}

static bool remove_if_there(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT;
}

/* The log's second name comes before the first one goes: beside another store it would be taken for that one's. */
static bool move_log_aside(const char *log, const char *kept_log, bool alone)
{
    if (!alone && link(log, kept_log) != 0) return false;
    return remove_if_there(log);
}

struct replacing {
    char log[PATH_MAX], index[PATH_MAX], kept_log[PATH_MAX];
    bool alone;
};

static bool replace(const struct replacing *replacing, const char *path, const char *copy)
{
    return move_log_aside(replacing->log, replacing->kept_log, replacing->alone) && remove_if_there(replacing->index) &&
           rename(copy, path) == 0;
}

static void put_back(const struct replacing *replacing, const char *kept)
{
    bool has_log = replacing->alone || access(replacing->log, F_OK) == 0 || link(replacing->kept_log, replacing->log) == 0;
    if (has_log && !replacing->alone) unlink(replacing->kept_log);
    if (has_log) unlink(kept);
}

Error store_file_replace(const char *path, const char *copy, const char *kept)
{
    struct replacing replacing = {.alone = store_file_is_alone(path)};
    bool is_there = access(path, F_OK) == 0;
    if (!with_ending(path, "-wal", replacing.log) || !with_ending(path, "-shm", replacing.index) ||
        !with_ending(kept, "-wal", replacing.kept_log))
        return refuse(path, "the path is too long");
    Error error = store_file_sync(copy);
    if (error) return error;
    if (is_there && link(path, kept) != 0) return refuse(kept, strerror(errno));
    if (replace(&replacing, path, copy)) return OK;
    error = refuse(path, strerror(errno));
    if (is_there) put_back(&replacing, kept);
    return error;
}
