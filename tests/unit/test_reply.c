/* Replies: the headers that every one has, and what may not get into one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/arena_test.h"
#include "base/log.h"
#include "http/reply.h"

static bool has_line(Str head, const char *line)
{
    while (head.n > 0) {
        Str one = str_cut(&head, '\n');
        if (str_ends(one, STR("\r")) && str_is(str_first(one, one.n - 1), line))
            return true;
    }
    return false;
}

static void test_reply_has_the_headers_always(void **state)   /* F6, F14, E13 */
{
    struct arena *arena = *state;
    static const char *const lines[] = {
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
        "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY", "Cross-Origin-Opener-Policy: same-origin",
        "Cross-Origin-Resource-Policy: same-origin", "Origin-Agent-Cluster: ?1", "Cache-Control: no-store",
        "Vary: Sec-Fetch-Site, Origin, Cookie",
    };
    static const int statuses[] = {200, 303, 400, 403, 404, 405, 413, 415, 422, 429, 500, 503};
    for (size_t s = 0; s < COUNT(statuses); s++) {
        struct reply reply;
        reply_init(&reply, arena);
        reply.status = statuses[s];
        reply.body = STR("x");
        Str plain = reply_head(&reply, false), secure = reply_head(&reply, true);
        for (size_t i = 0; i < COUNT(lines); i++)
            if (!has_line(plain, lines[i]))
                fail_msg("%d lacks %s", statuses[s], lines[i]);
        assert_true(str_starts(plain, arena_print(arena, "Status: %d %s\r\n", statuses[s], status_text(statuses[s]))));
        assert_true(str_ends(plain, STR("\r\n\r\n")));
        assert_true(has_line(plain, "Content-Type: text/html; charset=utf-8"));
        assert_true(has_line(plain, "Referrer-Policy: same-origin"));
        assert_null(strstr(plain.p, "Strict-Transport-Security"));
        assert_true(has_line(secure, "Strict-Transport-Security: max-age=63072000; includeSubDomains"));
        assert_string_not_equal(status_text(statuses[s]), "Unknown");
    }
}

static void test_reply_variants(void **state)
{
    struct arena *arena = *state;
    struct reply reply;
    reply_init(&reply, arena);
    reply.no_referrer = reply.clear_site_data = true;
    reply_retry_after(&reply, 429, 0);
    Str head = reply_head(&reply, true);
    assert_true(has_line(head, "Status: 429 Too Many Requests"));
    assert_true(has_line(head, "Referrer-Policy: no-referrer"));
    assert_true(has_line(head, "Clear-Site-Data: \"cache\",\"storage\""));
    assert_true(has_line(head, "Retry-After: 1"));
    assert_null(strstr(head.p, "\nContent-Type"));
}

static void test_reply_leaves_out_what_would_split_it(void **state)
{
    struct arena *arena = *state;
    struct reply reply;
    reply_init(&reply, arena);
    log_to(-1);
    reply_header(&reply, "X-One", STR("a\r\nSet-Cookie: sid=evil"));
    reply_header(&reply, "X-Two", STR("a\0b"));
    reply_header(&reply, "X Three", STR("a"));
    reply_cookie(&reply, true, "sid", STR("a;Domain=evil"), 0);
    log_to(2);
    assert_str(text_str(&reply.headers), STR(""));
    reply_header(&reply, "X-Four", STR("fine"));
    assert_str(text_str(&reply.headers), STR("X-Four: fine\r\n"));
}

static void test_reply_redirects_home_only(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][2] = {{"/profile", "/profile"}, {"/login?next=%2Fprofile", "/login?next=%2Fprofile"},
        {"//evil.example", "/"},
                                          {"/\\evil.example", "/"}, {"https://evil.example", "/"}, {"", "/"},
                                          {"/a\r\nX: y", "/"}};
    log_to(-1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reply reply;
        reply_init(&reply, arena);
        reply_see_other(&reply, str_of(rows[i][0]));
        assert_int_equal(reply.status, 303);
        assert_str(text_str(&reply.headers), arena_print(arena, "Location: %s\r\n", rows[i][1]));
    }
    log_to(2);
}

static void test_reply_cookies(void **state)
{
    struct arena *arena = *state;
    static const struct {
        bool https;
        int64_t seconds;
        const char *line;
    } rows[] = {
        {true, 0, "Set-Cookie: __Host-sid=v; Path=/; Secure; HttpOnly; SameSite=Lax\r\n"},
        {true, 60, "Set-Cookie: __Host-sid=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60\r\n"},
        {true, -1, "Set-Cookie: __Host-sid=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0\r\n"},
        {false, 0, "Set-Cookie: sid=v; Path=/; HttpOnly; SameSite=Lax\r\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reply reply;
        reply_init(&reply, arena);
        reply_cookie(&reply, rows[i].https, "sid", STR("v"), rows[i].seconds);
        assert_str(text_str(&reply.headers), str_of(rows[i].line));
    }
    assert_str(cookie_name(arena, true, "sid"), STR("__Host-sid"));
    assert_str(cookie_name(arena, false, "sid"), STR("sid"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_reply_has_the_headers_always),
        WITH_ARENA(test_reply_variants),
        WITH_ARENA(test_reply_leaves_out_what_would_split_it),
        WITH_ARENA(test_reply_redirects_home_only),
        WITH_ARENA(test_reply_cookies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
