/* http/fcgi: a client in a child process speaks FastCGI to us over a socket of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/fcgi.h"

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

struct wire {
    int listening;
    struct sockaddr_un address;
    struct fcgi *fcgi;
    struct arena *arena;
};

static int wire_setup(void **state)
{
    static struct wire wire;
    wire.address = (struct sockaddr_un){.sun_family = AF_UNIX};
    /* An abstract address: no file to leave behind. */
    snprintf(wire.address.sun_path + 1, sizeof wire.address.sun_path - 1, "latchkey-test-%d", (int)getpid());
    wire.listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    wire.arena = arena_open(0);
    *state = &wire;
    return bind(wire.listening, (struct sockaddr *)&wire.address, sizeof wire.address) == 0 && listen(wire.listening, 4) == 0 &&
                   fcgi_open(wire.listening, &wire.fcgi) == OK
               ? 0
               : -1;
}

static int wire_teardown(void **state)
{
    struct wire *wire = *state;
    fcgi_close(wire->fcgi);
    close(wire->listening);
    arena_close(wire->arena);
    return 0;
}

static void add_record(struct text *out, int type, Str content)
{
    char head[8] = {1, (char)type, 0, 1, (char)(content.n >> 8), (char)(content.n & 255), 0, 0};
    text_add(out, (Str){head, sizeof head});
    text_add(out, content);
}

/* `params` is "NAME=value" lines. */
static Str request_bytes(struct arena *arena, Str params, Str body)
{
    struct text out = {.arena = arena}, pairs = {.arena = arena};
    while (params.n > 0) {
        Str value = str_cut(&params, '\n'), name = str_cut(&value, '=');
        char lengths[2] = {(char)name.n, (char)value.n};
        text_add(&pairs, (Str){lengths, 2});
        text_add(&pairs, name);
        text_add(&pairs, value);
    }
    add_record(&out, BEGIN, STR("\0\1\0\0\0\0\0\0"));
    add_record(&out, PARAMS, text_str(&pairs));
    add_record(&out, PARAMS, STR(""));
    if (body.n > 0)
        add_record(&out, STDIN, body);
    add_record(&out, STDIN, STR(""));
    return text_str(&out);
}

/* What stood in the STDOUT records; an END record must follow it. */
static Str reply_of(struct arena *arena, Str bytes)
{
    struct text reply = {.arena = arena};
    bool ended = false;
    while (bytes.n >= 8) {
        const unsigned char *head = (const unsigned char *)bytes.p;
        size_t length = (size_t)head[4] << 8 | head[5];
        ended = head[1] == END;
        if (head[1] == STDOUT)
            text_add(&reply, str_first(str_after(bytes, 8), length));
        bytes = str_after(bytes, 8 + length + head[6]);
    }
    return ended ? text_str(&reply) : STR("never ended");
}

/* Ends with 0 when the whole reply is `expected`. */
static pid_t client(struct wire *wire, Str request, Str expected)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    struct text answer = {.arena = wire->arena};
    char piece[4096];
    ssize_t n;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&wire->address, sizeof wire->address) != 0 ||
        write(fd, request.p, request.n) != (ssize_t)request.n)
        _exit(2);
    while ((n = read(fd, piece, sizeof piece)) > 0)
        text_add(&answer, (Str){piece, (size_t)n});
    _exit(str_eq(reply_of(wire->arena, text_str(&answer)), expected) ? 0 : 1);
}

static void assert_content(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_a_request_and_its_reply(void **state)
{
    struct wire *wire = *state;
    Str body = arena_print(wire->arena, "%020000d", 7);
    Str wanted = arena_print(wire->arena, "Status: 200 OK\r\n\r\n%s", body.p);
    Str params = STR("REQUEST_METHOD=POST\nREQUEST_URI=/x?a=%2B\nPORTAL_PEER=::1\nCONTENT_LENGTH=3\n"
                     "CONTENT_TYPE=application/x-www-form-urlencoded\n");
    pid_t child = client(wire, request_bytes(wire->arena, params, STR("b=1")), wanted);
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    struct http_source source = fcgi_source(wire->fcgi);
    struct request request;
    request_read(wire->arena, &source, &request);
    assert_int_equal(request.refused, 0);
    assert_true(str_is(request.path, "/x"));
    assert_true(str_is(form_get(&request.query, "a"), "+"));
    assert_true(str_is(form_get(&request.form, "b"), "1"));
    fcgi_send(wire->fcgi, STR("Status: 200 OK\r\n\r\n"), body);
    assert_content(child);
}

static void test_repeated_params_are_seen(void **state)   /* E2 */
{
    struct wire *wire = *state;
    Str params = STR("REQUEST_METHOD=GET\nREQUEST_URI=/\nPORTAL_PEER=::1\nHTTP_COOKIE=sid=a\nHTTP_COOKIE=sid=b\n"
                     "HTTP_COOKIES=x\n");
    pid_t child = client(wire, request_bytes(wire->arena, params, STR("")), STR("Status: 400\r\n\r\n"));
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    struct http_source source = fcgi_source(wire->fcgi);
    assert_true(source.repeats(source.self, "HTTP_COOKIE"));
    assert_false(source.repeats(source.self, "HTTP_COOKIES"));
    assert_false(source.repeats(source.self, "HTTP_ORIGIN"));
    struct request request;
    request_read(wire->arena, &source, &request);
    assert_int_equal(request.refused, 400);
    fcgi_send(wire->fcgi, STR("Status: 400\r\n\r\n"), STR(""));
    assert_content(child);
}

static void test_a_body_shorter_than_its_length(void **state)   /* O6 */
{
    struct wire *wire = *state;
    Str params = STR("REQUEST_METHOD=POST\nREQUEST_URI=/\nPORTAL_PEER=::1\nCONTENT_LENGTH=9\nCONTENT_TYPE=application/json\n");
    pid_t child = client(wire, request_bytes(wire->arena, params, STR("{}")), STR("Status: 400\r\n\r\n"));
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    struct http_source source = fcgi_source(wire->fcgi);
    struct request request;
    request_read(wire->arena, &source, &request);
    assert_int_equal(request.refused, 400);
    fcgi_send(wire->fcgi, STR("Status: 400\r\n\r\n"), STR(""));
    assert_content(child);
}

static void send_raw(struct wire *wire, Str bytes)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&wire->address, sizeof wire->address), 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
    close(fd);
}

/* More than one record holds, and more than the socket takes at once. */
static void test_a_reply_of_many_records(void **state)
{
    struct wire *wire = *state;
    Str body = arena_print(wire->arena, "%03000000d", 7);
    Str wanted = arena_print(wire->arena, "Status: 200 OK\r\n\r\n%s", body.p);
    pid_t child = client(wire, request_bytes(wire->arena, STR("REQUEST_METHOD=GET\nREQUEST_URI=/\n"), STR("")), wanted);
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    fcgi_send(wire->fcgi, STR("Status: 200 OK\r\n\r\n"), body);
    assert_content(child);
}

/* Larger than what is held of it at once, and larger than the socket takes. One that was cut shorter meanwhile ends where it ends. */
static void test_a_file(void **state)
{
    struct wire *wire = *state;
    Str body = arena_print(wire->arena, "%03000000d", 7);
    Str head = STR("Status: 200 OK\r\n\r\n"), wanted = arena_join(wire->arena, head, body);
    int64_t sizes[] = {(int64_t)body.n, (int64_t)body.n + 5};
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(body.p, 1, body.n, file), body.n);
    for (size_t i = 0; i < 2; i++) {
        rewind(file);
        assert_int_equal(fflush(file), 0);
        pid_t child = client(wire, request_bytes(wire->arena, STR("REQUEST_METHOD=GET\nREQUEST_URI=/\n"), STR("")), wanted);
        assert_int_equal(fcgi_accept(wire->fcgi), OK);
        fcgi_send_file(wire->fcgi, head, fileno(file), sizes[i]);
        assert_content(child);
    }
    fclose(file);
}

/* Whoever refuses a body without reading it still answers a client that sends all of it first. */
static void test_an_unread_body(void **state)
{
    struct wire *wire = *state;
    struct text whole = {.arena = wire->arena};
    Str piece = arena_print(wire->arena, "%060000d", 7);
    Str bytes = request_bytes(wire->arena, STR("REQUEST_METHOD=POST\nREQUEST_URI=/\n"), STR(""));
    text_add(&whole, str_first(bytes, bytes.n - 8));
    for (int i = 0; i < 10; i++)
        add_record(&whole, STDIN, piece);
    add_record(&whole, STDIN, STR(""));
    pid_t child = client(wire, text_str(&whole), STR("Status: 413\r\n\r\n"));
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    fcgi_send(wire->fcgi, STR("Status: 413\r\n\r\n"), STR(""));
    assert_content(child);
}

static void test_a_client_that_left(void **state)
{
    struct wire *wire = *state;
    Str request = request_bytes(wire->arena, STR("REQUEST_METHOD=GET\nREQUEST_URI=/\n"), STR(""));
    send_raw(wire, request);
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    fcgi_send(wire->fcgi, STR("Status: 200 OK\r\n\r\n"), arena_print(wire->arena, "%03000000d", 7));
    pid_t child = client(wire, request, STR("Status: 204\r\n\r\n"));
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    fcgi_send(wire->fcgi, STR("Status: 204\r\n\r\n"), STR(""));
    assert_content(child);
}

static void test_what_is_no_request_is_passed_over(void **state)
{
    struct wire *wire = *state;
    Str whole = request_bytes(wire->arena, STR("REQUEST_METHOD=GET\nREQUEST_URI=/\n"), STR(""));
    send_raw(wire, STR(""));
    send_raw(wire, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    send_raw(wire, str_first(whole, 7));     /* half a record's head, half a record */
    send_raw(wire, str_first(whole, 15));
    pid_t child = client(wire, whole, STR("Status: 200 OK\r\n\r\n"));
    assert_int_equal(fcgi_accept(wire->fcgi), OK);
    fcgi_send(wire->fcgi, STR("Status: 200 OK\r\n\r\n"), STR(""));
    assert_content(child);
}

static void stop(int signal)
{
    (void)signal;
    fcgi_stop();
}

static void catch_sigterm(void)
{
    struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    assert_int_equal(sigaction(SIGTERM, &action, NULL), 0);
}

static pid_t signal_later(void)
{
    pid_t us = getpid(), child = fork();
    if (child == 0) {
        usleep(100000);
        _exit(kill(us, SIGTERM));
    }
    return child;
}

static void test_stopping_ends_the_wait(void **state)
{
    struct wire *wire = *state;
    catch_sigterm();
    pid_t child = signal_later();
    assert_int_equal(fcgi_accept(wire->fcgi), ERR_EXPIRED);
    assert_content(child);
    assert_int_equal(fcgi_accept(wire->fcgi), ERR_EXPIRED);
}

static void test_stopping_before_the_wait_counts(void **state)
{
    struct wire *wire = *state;
    catch_sigterm();
    assert_int_equal(raise(SIGTERM), 0);
    assert_int_equal(fcgi_accept(wire->fcgi), ERR_EXPIRED);
}

/* A request that is being read or answered when the signal comes is finished. */
static void test_stopping_cuts_no_request_short(void **state)
{
    struct wire *wire = *state;
    char body[4] = {0};
    catch_sigterm();
    Str whole = request_bytes(wire->arena, STR("REQUEST_METHOD=POST\nREQUEST_URI=/\nCONTENT_LENGTH=3\n"), STR("abc"));
    int taken[2];                  /* a signal that comes before the connection is taken would rightly end the wait */
    assert_int_equal(pipe(taken), 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        size_t sent = 0;
        bool good = connect(fd, (struct sockaddr *)&wire->address, sizeof wire->address) == 0 && read(taken[0], body, 1) == 1;
        for (; good && sent < whole.n; sent++) {
            good = write(fd, whole.p + sent, 1) == 1;
            if (sent % 16 == 0) kill(getppid(), SIGTERM);
            usleep(500);
        }
        char reply[64];
        _exit(good && read(fd, reply, sizeof reply) > 8 ? 0 : 1);
    }
    assert_int_equal(fcgi_wait(wire->fcgi), OK);
    assert_int_equal(write(taken[1], "1", 1), 1);
    assert_int_equal(fcgi_begin(wire->fcgi), OK);
    struct http_source source = fcgi_source(wire->fcgi);
    assert_int_equal(source.read(source.self, body, sizeof body), 3);
    assert_string_equal(body, "abc");
    fcgi_send(wire->fcgi, STR("Status: 200 OK\r\n\r\n"), STR(""));
    assert_content(child);
    assert_int_equal(fcgi_accept(wire->fcgi), ERR_EXPIRED);
    close(taken[0]);
    close(taken[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_request_and_its_reply, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_repeated_params_are_seen, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_a_body_shorter_than_its_length, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_a_reply_of_many_records, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_a_file, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_an_unread_body, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_a_client_that_left, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_request_is_passed_over, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_stopping_ends_the_wait, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_stopping_before_the_wait_counts, wire_setup, wire_teardown),
        cmocka_unit_test_setup_teardown(test_stopping_cuts_no_request_short, wire_setup, wire_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
