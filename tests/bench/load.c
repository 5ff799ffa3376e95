/* A bounded HTTP/1.1 load on loopback: load PORT CONNECTIONS SECONDS FILE [COUNT [NUMBER]]
   FILE holds requests, each "<bytes>[ <version>]\n<request>\n". Every connection has its own ones and sends them in turn (all of them, from
   its own place on, where there are fewer than connections). Eight '@' in a row become a growing number (from NUMBER on), so that each
   write changes something; eight '#' the version, one more each time the request is sent. Ends after SECONDS or COUNT requests.
   Prints one JSON line: requests a second, answers by status, latencies in microseconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_REQUESTS = 4096, MOST_CONNECTIONS = 512, REPLY_ROOM = 256 * 1024, MOST_SAMPLES = 8000000 };

static char *requests[MOST_REQUESTS];
static size_t lengths[MOST_REQUESTS], request_count, stride;
static unsigned long versions[MOST_REQUESTS];
static unsigned *samples;
static size_t sample_count;
static long statuses[6], exact[600], errors;
static unsigned long counter;

struct connection {
    int fd;
    size_t first, next, sent, length, got, expect;
    char out[16384], in[REPLY_ROOM];
    double started;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void read_requests(const char *name)
{
    FILE *file = fopen(name, "r");
    size_t length;
    if (!file) fail(name);
    while (request_count < MOST_REQUESTS && fscanf(file, "%zu", &length) == 1) {
        int end = fgetc(file);
        if (end == ' ' && fscanf(file, "%lu", &versions[request_count]) == 1) end = fgetc(file);
        if (length > 16000 || end != '\n') fail("request file");
        requests[request_count] = malloc(length + 1);
        if (!requests[request_count] || fread(requests[request_count], 1, length, file) != length) fail("request file");
        lengths[request_count++] = length;
        (void)fgetc(file);
    }
    fclose(file);
    if (!request_count) fail("no requests");
}

static void open_connection(struct connection *c, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

static void put_number(struct connection *c, const char *mark, unsigned long (*next)(size_t), size_t request)
{
    for (char *at = c->out; (at = memmem(at, (size_t)(c->out + c->length - at), mark, 8)); at += 8) {
        char digits[16];
        snprintf(digits, sizeof digits, "%08lu", next(request) % 100000000);
        memcpy(at, digits, 8);
    }
}

static unsigned long next_number(size_t request) { (void)request; return ++counter; }
static unsigned long next_version(size_t request) { return versions[request]++; }

static void begin(struct connection *c)
{
    size_t request = c->next;
    memcpy(c->out, requests[request], lengths[request]);
    c->length = lengths[request];
    c->next += stride;
    if (c->next >= request_count) c->next = stride > 1 ? c->first : 0;
    put_number(c, "@@@@@@@@", next_number, request);
    put_number(c, "########", next_version, request);
    c->sent = c->got = c->expect = 0;
    c->started = now();
}

/* The whole reply's length once its head is there; nginx sends Content-Length or chunks. 0: not yet. */
static size_t reply_length(struct connection *c)
{
    char *end = memmem(c->in, c->got, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - c->in) + 4;
    char *length = memmem(c->in, head, "Content-Length:", 15);
    if (length) return head + strtoul(length + 15, NULL, 10);
    char *chunked = memmem(c->in, head, "chunked", 7);
    if (!chunked) return head;
    return c->got >= head + 5 && memcmp(c->in + c->got - 5, "0\r\n\r\n", 5) == 0 ? c->got : 0;
}

static void finish(struct connection *c)
{
    int status = atoi(c->in + 9);
    if (status >= 100 && status < 600) {
        statuses[status / 100]++;
        exact[status]++;
    }
    if (sample_count < MOST_SAMPLES) samples[sample_count++] = (unsigned)((now() - c->started) * 1e6);
}

/* 1: go on, 0: the request is answered, -1: the connection is gone. */
static int step(struct connection *c)
{
    while (c->sent < c->length) {
        ssize_t n = send(c->fd, c->out + c->sent, c->length - c->sent, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN ? 1 : -1;
        c->sent += (size_t)n;
    }
    for (;;) {
        ssize_t n = recv(c->fd, c->in + c->got, REPLY_ROOM - c->got, 0);
        if (n < 0) return errno == EAGAIN ? 1 : -1;
        if (n == 0) return -1;
        c->got += (size_t)n;
        if (!c->expect) c->expect = reply_length(c);
        if (c->expect && c->got >= c->expect) return 0;
    }
}

static int compare(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return x < y ? -1 : x > y;
}

static unsigned at(double share) { return sample_count ? samples[(size_t)((double)(sample_count - 1) * share)] : 0; }

int main(int argc, char **argv)
{
    if (argc < 5) return 2;
    int port = atoi(argv[1]), connections = atoi(argv[2]);
    double seconds = atof(argv[3]);
    size_t most = argc > 5 ? strtoul(argv[5], NULL, 10) : MOST_SAMPLES;
    if (connections < 1 || connections > MOST_CONNECTIONS || seconds > 600) return 2;
    read_requests(argv[4]);
    samples = malloc(MOST_SAMPLES * sizeof *samples);
    struct connection *all = calloc((size_t)connections, sizeof *all);
    int poll = epoll_create1(0);
    counter = argc > 6 ? strtoul(argv[6], NULL, 10) : (unsigned long)getpid() * 1000 + (unsigned long)time(NULL);
    stride = request_count >= (size_t)connections ? (size_t)connections : 1;
    double start = now(), end = start + seconds;
    for (int i = 0; i < connections; i++) {
        struct connection *c = &all[i];
        c->first = c->next = (size_t)i % request_count;
        open_connection(c, port);
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
        epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
        begin(c);
    }
    while (now() < end && sample_count < most) {
        struct epoll_event events[64];
        int n = epoll_wait(poll, events, 64, 100);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            int state;
            while ((state = step(c)) == 0) {
                finish(c);
                begin(c);
            }
            if (state < 0) {
                errors += c->got > 0 || c->sent == 0;
                close(c->fd);
                open_connection(c, port);
                struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
                epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
                begin(c);
            }
        }
    }
    double took = now() - start;
    qsort(samples, sample_count, sizeof *samples, compare);
    printf("{\"rate\":%.1f,\"count\":%zu,\"number\":%lu,\"2xx\":%ld,\"3xx\":%ld,\"4xx\":%ld,\"5xx\":%ld,\"503\":%ld,\"errors\":%ld,\"p50\":%u,\"p99\":%u,\"max\":%u}\n",
           (double)sample_count / took, sample_count, counter, statuses[2], statuses[3], statuses[4], statuses[5], exact[503], errors,
           at(0.5), at(0.99), at(1));
    return 0;
}
