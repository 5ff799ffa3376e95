#include "serve/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

enum { SYSTEMD_FIRST = 3, BACKLOG = 1024, TRIES = 10 };

static Error fault(const char *path, const char *what)
{
    log_line(LOG_ERROR, "%s: %s: %s", path, what, strerror(errno));
    return ERR_FAULT;
}

/* --- handed over by systemd --- */

static bool names_us(const char *variable, int64_t *number)
{
    return str_to_int(str_of(getenv(variable)), number);
}

static bool is_handed_over(void)
{
    int64_t pid, count;
    bool ours = names_us("LISTEN_PID", &pid) && pid == getpid() && names_us("LISTEN_FDS", &count) && count >= 1;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return ours;
}

static Error take_over(struct listener *out)
{
    int listening = 0, domain = 0;
    socklen_t size = sizeof listening;
    if (getsockopt(SYSTEMD_FIRST, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) ||
        getsockopt(SYSTEMD_FIRST, SOL_SOCKET, SO_DOMAIN, &domain, &size) || !listening || domain != AF_UNIX) {
        log_line(LOG_ERROR, "the socket handed over by systemd must be a listening unix socket (ListenStream=/path)");
        return ERR_INVALID;
    }
    fcntl(SYSTEMD_FIRST, F_SETFD, FD_CLOEXEC);
    *out = (struct listener){.fd = SYSTEMD_FIRST, .lock = -1};
    return OK;
}

/* --- our own --- */

/* A lock that belongs to this process alone: children that outlive it for a moment do not hold it, so that the next start can
   have the path at once. *found: a predecessor left the file behind. */
static Error lock_path(const char *path, int *out, bool *found)
{
    for (int i = 0; i < TRIES; i++) {
        struct stat held, named;
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        *found = access(path, F_OK) == 0;
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) return fault(path, "cannot be made");
        if (fcntl(fd, F_SETLK, &lock)) {
            close(fd);
            log_line(LOG_ERROR, "%s: another latchkey serves this socket", path);
            return ERR_CONFLICT;
        }
        /* Its owner may have removed it between our two calls: then it locks nothing. */
        if (!fstat(fd, &held) && !stat(path, &named) && held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
            *out = fd;
            return OK;
        }
        close(fd);
    }
    return fault(path, "cannot be locked");
}

static bool is_answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return true;
    bool answered = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno != ECONNREFUSED;
    close(fd);
    return answered;
}

/* `ours`: a latchkey was here before and is gone; whoever still answers is a worker of it that finishes its request. */
static Error clear_path(const char *path, const struct sockaddr_un *address, bool ours)
{
    struct stat status;
    if (lstat(path, &status)) return errno == ENOENT ? OK : fault(path, "cannot be looked at");
    if (!S_ISSOCK(status.st_mode)) {
        log_line(LOG_ERROR, "%s: is in the way and no socket", path);
        return ERR_CONFLICT;
    }
    if (!ours && is_answered(address)) {
        log_line(LOG_ERROR, "%s: another program serves this socket", path);
        return ERR_CONFLICT;
    }
    return unlink(path) ? fault(path, "cannot be removed") : OK;
}

static Error give_to_group(struct arena *arena, const char *path, Str group)
{
    if (group.n == 0) return OK;
    const struct group *entry = getgrnam(arena_cstr(arena, group));
    if (!entry) {
        log_line(LOG_ERROR, "socket_group: the system has no group \"%.*s\"", STR_ARGS(group));
        return ERR_INVALID;
    }
    return chown(path, (uid_t)-1, entry->gr_gid) ? fault(path, "cannot be given to its group") : OK;
}

static Error bind_path(struct arena *arena, const struct options *options, const struct sockaddr_un *address,
                       const char *path, int fd)
{
    mode_t before = umask(0117);
    int bound = bind(fd, (const struct sockaddr *)address, sizeof *address);
    umask(before);
    if (bound) return fault(path, "cannot be bound");
    Error error = give_to_group(arena, path, options->socket_group);
    if (!error && listen(fd, BACKLOG)) error = fault(path, "cannot be listened to");
    if (error) unlink(path);
    return error;
}

static Error open_path(struct arena *arena, const struct options *options, struct listener *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct listener listener = {.fd = -1, .lock = -1};
    bool found = false;
    if (options->socket.n >= sizeof address.sun_path) return ERR_INVALID;
    memcpy(address.sun_path, options->socket.p, options->socket.n);
    memcpy(listener.path, options->socket.p, options->socket.n);
    snprintf(listener.lock_path, sizeof listener.lock_path, "%s.lock", listener.path);
    Error error = lock_path(listener.lock_path, &listener.lock, &found);
    if (error) return error;
    error = clear_path(listener.path, &address, found);
    if (!error) listener.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!error && listener.fd < 0) error = fault(listener.path, "cannot be made");
    if (!error) error = bind_path(arena, options, &address, listener.path, listener.fd);
    if (error) {
        if (listener.fd >= 0) close(listener.fd);
        if (!found) unlink(listener.lock_path);
        close(listener.lock);
        return error;
    }
    *out = listener;
    return OK;
}

Error listener_open(struct arena *arena, const struct options *options, struct listener *out)
{
    return is_handed_over() ? take_over(out) : open_path(arena, options, out);
}

void listener_remove(struct listener *listener)
{
    if (listener->lock < 0) return;
    unlink(listener->path);
    unlink(listener->lock_path);
    close(listener->lock);
    listener->lock = -1;
}
