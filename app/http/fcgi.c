#include "http/fcgi.h"

#include <fcgiapp.h>
#include <limits.h>
#include <string.h>

struct fcgi {
    FCGX_Request request;
    bool open;
};

/* libfcgi keeps its own state a process, so there is one of these. */
static struct fcgi the_only;

Error fcgi_open(int listening_socket, struct fcgi **out)
{
    static bool ready;
    if (!ready && FCGX_Init() != 0)
        return ERR_FAULT;
    ready = true;
    /* Without the flag a signal would be swallowed inside accept() and stopping would wait for one more request. */
    if (FCGX_InitRequest(&the_only.request, listening_socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
        return ERR_FAULT;
    *out = &the_only;
    return OK;
}

Error fcgi_accept(struct fcgi *fcgi)
{
    fcgi->open = FCGX_Accept_r(&fcgi->request) == 0;
    return fcgi->open ? OK : ERR_EXPIRED;
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
    fcgi->open = false;
}
