/* The socket that nginx talks to. */
#ifndef LATCHKEY_LISTENER_H
#define LATCHKEY_LISTENER_H

#include "options.h"

struct listener {
    int fd;
    int lock;                     /* held while this program serves the path; -1: the socket is systemd's */
    char path[108], lock_path[116];   /* outlive the options they came from */
};

/* systemd's socket when it handed one over (sd_listen_fds(3)); else options->socket: mode 0660, options->socket_group. What a
   killed predecessor left behind is replaced; a path that somebody else serves, or that is no socket, is not.
   ERR_CONFLICT: somebody else serves it; ERR_INVALID, ERR_FAULT. All are logged. */
MUST_USE Error listener_open(struct arena *, const struct options *, struct listener *out);
/* Takes the socket away from its path, so that nobody new comes; the file descriptor stays open. */
void listener_remove(struct listener *);

#endif
