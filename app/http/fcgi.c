#include "http/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fcgi {
    FCGX_Request request;
    int listening, nothing;       /* nothing: /dev/null, which takes the listening socket's place */
    bool open;
};

/* libfcgi keeps its own state a process, so there is one of these. */
static struct fcgi the_only = {.listening = -1, .nothing = -1};

Error fcgi_open(int listening_socket, struct fcgi **out)
{
    static bool ready;
    if (!ready && FCGX_Init() != 0)
        return ERR_FAULT;
    ready = true;
    /* Without a socket, because connections are accepted here: libfcgi would wait for more than the connection inside its own
       accept, lose requests to signals there, and tell nobody that somebody has come. */
    if (FCGX_InitRequest(&the_only.request, -1, 0) != 0)
        return ERR_FAULT;
    the_only.nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (the_only.nothing < 0)
        return ERR_FAULT;
    the_only.listening = listening_socket;
    *out = &the_only;
    return OK;
}

/* accept() on what is no socket any more fails, also when the signal came just before it or restarts it. */
void fcgi_stop(void)
{
    int before = errno;
    if (the_only.listening >= 0 && the_only.nothing >= 0)
        (void)!dup2(the_only.nothing, the_only.listening);
    errno = before;
}

static bool is_passing(int error)
{
    return error == ECONNABORTED || error == EPROTO;
}

Error fcgi_wait(struct fcgi *fcgi)
{
    int connection;
    do
        connection = accept4(fcgi->listening, NULL, NULL, SOCK_CLOEXEC);
    while (connection < 0 && is_passing(errno));
    if (connection < 0)
        return ERR_EXPIRED;
    fcgi->request.ipcFd = connection;
    fcgi->request.keepConnection = 1;   /* or libfcgi would close it as the last request's; the request itself says anew */
    return OK;
}

Error fcgi_begin(struct fcgi *fcgi)
{
    fcgi->open = FCGX_Accept_r(&fcgi->request) == 0;
    return fcgi->open ? OK : ERR_INVALID;
}

Error fcgi_accept(struct fcgi *fcgi)
{
    while (fcgi_wait(fcgi) == OK)
        if (fcgi_begin(fcgi) == OK)
            return OK;
    return ERR_EXPIRED;
}

static const char *fcgi_param(void *self, const char *name)
{
    struct fcgi *fcgi = self;
    return FCGX_GetParam(name, fcgi->request.envp);
}

static size_t fcgi_read(void *self, char *into, size_t room)
{
    struct fcgi *fcgi = self;
    int most = room > INT_MAX ? INT_MAX : (int)room;
    int read = FCGX_GetStr(into, most, fcgi->request.in);
    return read > 0 ? (size_t)read : 0;
}

static bool fcgi_repeats(void *self, const char *name)
{
    struct fcgi *fcgi = self;
    size_t length = strlen(name);
    int count = 0;
    for (char **param = fcgi->request.envp; param && *param; param++)
        count += strncmp(*param, name, length) == 0 && (*param)[length] == '=';
    return count > 1;
}

struct http_source fcgi_source(struct fcgi *fcgi)
{
    return (struct http_source){.param = fcgi_param, .read = fcgi_read, .self = fcgi, .repeats = fcgi_repeats};
}

static void put(struct fcgi *fcgi, Str text)
{
    /* A failure means that the client is gone: nobody is left to tell. */
    if (text.n > 0 && text.n <= INT_MAX)
        (void)FCGX_PutStr(text.p, (int)text.n, fcgi->request.out);
}

void fcgi_send(struct fcgi *fcgi, Str head, Str body)
{
    put(fcgi, head);
    put(fcgi, body);
    FCGX_Finish_r(&fcgi->request);
    fcgi->open = false;
}

void fcgi_close(struct fcgi *fcgi)
{
    if (fcgi->open)
        FCGX_Finish_r(&fcgi->request);
    FCGX_Free(&fcgi->request, 1);
    close(fcgi->nothing);
    fcgi->listening = fcgi->nothing = -1;
    fcgi->open = false;
}
