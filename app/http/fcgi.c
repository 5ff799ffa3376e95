#include "http/fcgi.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { RECORDS = 8, FILE_PIECE = 64 * 1024 };

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

/* Records of a reply, gathered and sent at once: libfcgi would copy them into pieces of 8 kB, and wake the server for each. */
struct outgoing {
    int connection;
    unsigned char id[2];
    FCGI_Header heads[RECORDS];
    struct iovec parts[2 * RECORDS];
    size_t records;
};

/* Moves the message behind what was sent of it. */
static void skip(struct msghdr *message, size_t sent)
{
    while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
        sent -= message->msg_iov->iov_len;
        message->msg_iov++;
        message->msg_iovlen--;
    }
    if (message->msg_iovlen > 0) {
        message->msg_iov->iov_base = (char *)message->msg_iov->iov_base + sent;
        message->msg_iov->iov_len -= sent;
    }
}

/* A failure means that the client is gone: nobody is left to tell. */
static void flush(struct outgoing *out)
{
    struct msghdr message = {.msg_iov = out->parts, .msg_iovlen = 2 * out->records};
    while (message.msg_iovlen > 0) {
        ssize_t sent = sendmsg(out->connection, &message, MSG_NOSIGNAL);
        if (sent >= 0)
            skip(&message, (size_t)sent);
        else if (errno != EINTR)
            break;
    }
    out->records = 0;
}

static void add_record(struct outgoing *out, unsigned char type, Str content)
{
    if (out->records == RECORDS)
        flush(out);
    FCGI_Header *head = &out->heads[out->records];
    *head = (FCGI_Header){.version = FCGI_VERSION_1, .type = type, .requestIdB1 = out->id[0], .requestIdB0 = out->id[1],
                          .contentLengthB1 = (unsigned char)(content.n >> 8), .contentLengthB0 = (unsigned char)content.n};
    out->parts[2 * out->records] = (struct iovec){head, sizeof *head};
    out->parts[2 * out->records + 1] = (struct iovec){(void *)(uintptr_t)content.p, content.n};
    out->records++;
}

static void add_output(struct outgoing *out, Str text)
{
    for (; text.n > 0; text = str_after(text, FCGI_MAX_LENGTH))
        add_record(out, FCGI_STDOUT, str_first(text, FCGI_MAX_LENGTH));
}

/* Closing while input is unread would tear down what was just sent, so then libfcgi reads until the client has closed, too. */
static void finish(struct fcgi *fcgi)
{
    bool lingers = FCGX_GetChar(fcgi->request.in) != EOF;
    FCGX_Free(&fcgi->request, lingers);
    if (!lingers)
        close(fcgi->request.ipcFd);
    fcgi->request.ipcFd = -1;
    fcgi->open = false;
}

/* In its place from the start: its parts point into it. */
static void begin_reply(struct fcgi *fcgi, Str head, struct outgoing *out)
{
    unsigned id = (unsigned)fcgi->request.requestId;
    out->connection = fcgi->request.ipcFd;
    out->id[0] = (unsigned char)(id >> 8);
    out->id[1] = (unsigned char)id;
    out->records = 0;
    add_output(out, head);
}

static void end_reply(struct fcgi *fcgi, struct outgoing *out)
{
    static const char end[sizeof(FCGI_EndRequestBody)] = {[4] = FCGI_REQUEST_COMPLETE};
    add_record(out, FCGI_STDOUT, STR_NONE);
    add_record(out, FCGI_END_REQUEST, (Str){end, sizeof end});
    flush(out);
    finish(fcgi);
}

void fcgi_send(struct fcgi *fcgi, Str head, Str body)
{
    struct outgoing out;
    begin_reply(fcgi, head, &out);
    add_output(&out, body);
    end_reply(fcgi, &out);
}

void fcgi_send_file(struct fcgi *fcgi, Str head, int file, int64_t size)
{
    char piece[FILE_PIECE];
    struct outgoing out;
    begin_reply(fcgi, head, &out);
    flush(&out);
    while (size > 0) {
        ssize_t got = read(file, piece, size < FILE_PIECE ? (size_t)size : FILE_PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        add_output(&out, (Str){piece, (size_t)got});
        flush(&out);
        size -= got;
    }
    end_reply(fcgi, &out);
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
