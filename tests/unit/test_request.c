/* Whole requests as text: what is refused and with which status, and what the handlers get. Letters and numbers in the comments
   are rows of the abuse catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/arena_test.h"
#include "../support/form_test.h"
#include "../support/text_source.h"

#define PEER "PORTAL_PEER: 192.0.2.7\n"
#define GET PEER "REQUEST_METHOD: GET\nREQUEST_URI: "
#define POST PEER "REQUEST_URI: /login\nREQUEST_METHOD: POST\n"
#define FORM POST "CONTENT_TYPE: application/x-www-form-urlencoded\nCONTENT_LENGTH: "
#define MULTI POST "CONTENT_TYPE: multipart/form-data; boundary=B\nCONTENT_LENGTH: "

static struct request request_of(struct arena *arena, Str text)
{
    static struct text_source source;
    struct http_source http = text_source(arena, text, &source);
    struct request request;
    request_read(arena, &http, &request);
    return request;
}

static void test_request_statuses(void **state)
{
    struct arena *arena = *state;
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {0, GET "/profile\n"}, {0, GET "/?a=1&b\n"}, {0, GET "/?\n"}, {0, GET "/\nCONTENT_LENGTH: \nCONTENT_TYPE: \n"},
        {0, PEER "REQUEST_METHOD: HEAD\nREQUEST_URI: /\n"}, {0, PEER "REQUEST_METHOD: DELETE\nREQUEST_URI: /api/v2/users/1\n"},
        /* O5, F2: methods */
        {405, PEER "REQUEST_URI: /\n"}, {405, PEER "REQUEST_URI: /\nREQUEST_METHOD: TRACE\n"},
        {405, PEER "REQUEST_URI: /\nREQUEST_METHOD: get\n"}, {405, PEER "REQUEST_URI: /\nREQUEST_METHOD: CONNECT\n"},
        {405, PEER "REQUEST_URI: /\nREQUEST_METHOD: PURGE\n"}, {405, PEER "REQUEST_URI: /\nREQUEST_METHOD: POSTS\n"},
        {405, PEER "REQUEST_URI: *\nREQUEST_METHOD: OPTIONS\n"},
        /* O2, O3: the peer, and nothing in its place */
        {400, "REQUEST_METHOD: GET\nREQUEST_URI: /\n"}, {400, "PORTAL_PEER: a\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"},
        {400, "PORTAL_PEER: unix\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"},
        {400, "PORTAL_PEER: unix:x\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"},
        {400, "PORTAL_PEER: 192.0.2.7, 10.0.0.1\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"},
        {400, "PORTAL_PEER: fe80::1%eth0\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"},
        {400, "REMOTE_ADDR: 192.0.2.7\nHTTP_X_FORWARDED_FOR: 192.0.2.7\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"},
        {400, PEER GET "/\n"},
        /* K13: paths and queries */
        {400, PEER "REQUEST_METHOD: GET\n"}, {400, GET "\n"}, {400, GET "//\n"}, {400, GET "/a/../b\n"}, {400, GET "/%2e\n"},
        {400, GET "/?a=%\n"}, {400, GET "/?a=%ff\n"}, {400, GET "/?=x\n"},
        {400, PEER "REQUEST_METHOD: GET\nSCRIPT_NAME: /profile\n"},
        /* E2, E3: cookies */
        {0, GET "/\nHTTP_COOKIE: sid=a\n"}, {400, GET "/\nHTTP_COOKIE: sid=a; sid=b\n"},
        {400, GET "/\nHTTP_COOKIE: sid=a\nHTTP_COOKIE: sid=b\n"}, {0, GET "/\nHTTP_COOKIE: a=\x01\n"},
        {400, GET "/\nHTTP_ORIGIN: http://localhost\nHTTP_ORIGIN: http://evil.example\n"},
        {400, GET "/\nHTTP_ORIGIN: http://\x01\n"}, {400, GET "/\nHTTP_AUTHORIZATION: Bearer \x7f\n"},
        /* O6: bodies */
        {0, FORM "7\n\na=1&b=2"}, {0, FORM "0\n\n"}, {0, FORM "\n\n"}, {0, POST "\n"}, {0, POST "CONTENT_LENGTH: 0\n\n"},
        {0, FORM "3\n\na=1&b=2"}, {400, FORM "8\n\na=1&b=2"}, {400, FORM "1\n\n"}, {400, FORM "-1\n\na=1"},
        {400, FORM "+3\n\na=1"},
        {400, FORM "1e3\n\na=1"}, {400, FORM "0x3\n\na=1"}, {400, FORM "3 \n\na=1"}, {400, FORM "3, 3\n\na=1"},
        {400, FORM "100000000000000000000\n\na=1"}, {400, FORM "-0\n\n"}, {413, FORM "65537\n\n"},
        {413, FORM "9223372036854775807\n\n"},
        {413, MULTI "2097153\n\n"}, {413, MULTI "65537\n\n"}, {400, FORM "3\n\na=%"}, {400, FORM "4\n\na=\xff\xff"},
        {400, GET "/\nCONTENT_LENGTH: 3\n\na=1"}, {400, PEER "REQUEST_METHOD: HEAD\nREQUEST_URI: /\nCONTENT_LENGTH: 1\n\na"},
        {0, FORM "3\nHTTP_CONTENT_ENCODING: Identity\n\na=1"}, {415, FORM "3\nHTTP_CONTENT_ENCODING: gzip\n\na=1"},
        {415, FORM "3\nHTTP_CONTENT_ENCODING: identity, gzip\n\na=1"}, {415, GET "/\nHTTP_CONTENT_ENCODING: deflate\n"},
        /* F2, O6: content types */
        {415, POST "CONTENT_LENGTH: 3\n\na=1"}, {415, POST "CONTENT_TYPE: text/plain\nCONTENT_LENGTH: 3\n\na=1"},
        {415, POST "CONTENT_TYPE: text/plain\n\n"},
        {415, POST "CONTENT_TYPE: text/html;application/json\nCONTENT_LENGTH: 2\n\n{}"},
        {415, POST "CONTENT_TYPE: application/x-www-form-urlencoded; charset=utf-16\nCONTENT_LENGTH: 3\n\na=1"},
        {415, POST "CONTENT_TYPE: application/x-www-form-urlencoded; charset=utf-8; charset=utf-7\nCONTENT_LENGTH: 3\n\na=1"},
        {415, POST "CONTENT_TYPE: application/x-www-form-urlencoded, text/plain\nCONTENT_LENGTH: 3\n\na=1"},
        {415, POST "CONTENT_TYPE: application/x-www-form-urlencodedx\nCONTENT_LENGTH: 3\n\na=1"},
        {0, POST "CONTENT_TYPE: Application/X-WWW-Form-Urlencoded ; Charset=\"UTF-8\"\nCONTENT_LENGTH: 3\n\na=1"},
        {0, POST "CONTENT_TYPE: application/json\nCONTENT_LENGTH: 2\n\n{}"}, {0, MULTI "5\n\n--B--"}, {400, MULTI "5\n\n--C--"},
        {400, POST "CONTENT_TYPE: multipart/form-data\nCONTENT_LENGTH: 5\n\n--B--"},
        {400, POST "CONTENT_TYPE: multipart/form-data; boundary=\"\"\nCONTENT_LENGTH: 4\n\n----"},
        {415, POST "CONTENT_TYPE: multipart/mixed; boundary=B\nCONTENT_LENGTH: 5\n\n--B--"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request request = request_of(arena, str_of(rows[i].text));
        if (request.refused != rows[i].status)
            fail_msg("got %d, expected %d for\n%s", request.refused, rows[i].status, rows[i].text);
        assert_true(str_starts(request.path, STR("/")));
        assert_int_equal(request.id.n, 16);
        arena_wipe(arena);
    }
}

static void test_request_limits(void **state)
{
    struct arena *arena = *state;
    Str path = repeated(arena, "p", LIMIT_PATH - 1);
    Str query = arena_join(arena, STR("x="), repeated(arena, "q", LIMIT_QUERY - 2));
    assert_int_equal(request_of(arena, arena_print(arena, GET "/%s?%s\n", path.p, query.p)).refused, 0);
    assert_int_equal(request_of(arena, arena_print(arena, GET "/%sp\n", path.p)).refused, 400);
    assert_int_equal(request_of(arena, arena_print(arena, GET "/?%sq\n", query.p)).refused, 400);
    Str cookies = repeated(arena, "c", LIMIT_COOKIES - 2);
    assert_int_equal(request_of(arena, arena_print(arena, GET "/\nHTTP_COOKIE: a=%s\n", cookies.p)).refused, 0);
    assert_int_equal(request_of(arena, arena_print(arena, GET "/\nHTTP_COOKIE: a=%sx\n", cookies.p)).refused, 400);
    Str body = repeated(arena, "b", LIMIT_FORM - 2);
    assert_int_equal(request_of(arena, arena_print(arena, FORM "%d\n\na=%s", LIMIT_FORM, body.p)).refused, 0);
    Str verb = repeated(arena, "VERB", 256);
    assert_int_equal(request_of(arena, arena_print(arena, PEER "REQUEST_URI: /\nREQUEST_METHOD: %s\n", verb.p)).refused, 405);
}

static void test_request_hands_over_what_was_sent(void **state)
{
    struct arena *arena = *state;
    struct request request = request_of(arena, STR(
        "PORTAL_PEER: ::ffff:192.0.2.7\nREQUEST_METHOD: POST\nREQUEST_URI: /o/acme%20ltd/login?lang=de&x=%2F\n"
        "SCRIPT_NAME: /evil\nQUERY_STRING: lang=evil\nHTTP_COOKIE: sid=s; lang=ar\nHTTP_ACCEPT_LANGUAGE: de, en;q=0.5\n"
        "HTTP_USER_AGENT: A\x1b[31mB\xff\xe2\x80\xae\xc3\xbc\nHTTP_ORIGIN: http://localhost:8080\n"
        "HTTP_SEC_FETCH_SITE: same-origin\nHTTP_AUTHORIZATION: Bearer x\nHTTP_ACCEPT: text/html\n"
        "HTTP_X_HTTP_METHOD_OVERRIDE: DELETE\nHTTP_X_FORWARDED_FOR: 10.0.0.1\n"
        "CONTENT_TYPE: application/x-www-form-urlencoded; charset=utf-8\nCONTENT_LENGTH: 31\n\n"
        "identifier=ada&_method=DELETE&a="));
    assert_int_equal(request.refused, 0);
    assert_int_equal(request.method, METHOD_POST);
    assert_str(request.peer, STR("192.0.2.7"));
    assert_str(request.path, STR("/o/acme ltd/login"));
    assert_str(request.raw_path, STR("/o/acme%20ltd/login"));
    assert_str(shown(arena, &request.query), STR("lang=de|x=/"));
    assert_str(shown(arena, &request.cookies), STR("sid=s|lang=ar"));
    assert_str(shown(arena, &request.form), STR("identifier=ada|_method=DELETE|a="));
    assert_str(request.body, STR("identifier=ada&_method=DELETE&a"));
    assert_str(request.content_type, STR("application/x-www-form-urlencoded"));
    assert_str(request.accept_language, STR("de, en;q=0.5"));
    assert_str(request.user_agent, STR("A[31mBü"));
    assert_str(request.origin, STR("http://localhost:8080"));
    assert_str(request.fetch_site, STR("same-origin"));
    assert_str(request.authorization, STR("Bearer x"));
    assert_str(request.accept, STR("text/html"));
}

static void test_request_keeps_the_language_of_a_refused_request(void **state)
{
    struct arena *arena = *state;
    Str agent = repeated(arena, "ü", 400);
    const char *text = PEER "REQUEST_METHOD: BREW\nREQUEST_URI: //\nHTTP_ACCEPT_LANGUAGE: ar\nHTTP_USER_AGENT: x";
    struct request request = request_of(arena, arena_join(arena, str_of(text), agent));
    assert_int_equal(request.refused, 405);
    assert_str(request.path, STR("/"));
    assert_str(request.accept_language, STR("ar"));
    assert_int_equal(request.user_agent.n, 255);
    assert_null(request.origin.p);
    assert_null(request.authorization.p);
    struct request next = request_of(arena, STR(GET "/\n"));
    assert_false(str_eq(request.id, next.id));
}

static void test_request_takes_every_address_family(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][2] = {{"127.0.0.1", "127.0.0.1"}, {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"}, {"::1", "::1"},
                                          {"::ffff:7f00:1", "127.0.0.1"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request request =
            request_of(arena, arena_print(arena, "PORTAL_PEER: %s\nREQUEST_METHOD: GET\nREQUEST_URI: /\n", rows[i][0]));
        assert_int_equal(request.refused, 0);
        assert_str(request.peer, str_of(rows[i][1]));
    }
}

static void test_request_of_this_machine_is_nobodys(void **state)
{
    struct arena *arena = *state;
    struct request request = request_of(arena, STR("PORTAL_PEER: unix:\nREQUEST_METHOD: GET\nREQUEST_URI: /\n"));
    assert_int_equal(request.refused, 0);
    assert_true(request.local);
    assert_str(request.peer, STR(""));
    request = request_of(arena, STR(GET "/\n"));
    assert_false(request.local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_request_statuses),
        WITH_ARENA(test_request_limits),
        WITH_ARENA(test_request_of_this_machine_is_nobodys),
        WITH_ARENA(test_request_hands_over_what_was_sent),
        WITH_ARENA(test_request_keeps_the_language_of_a_refused_request),
        WITH_ARENA(test_request_takes_every_address_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
