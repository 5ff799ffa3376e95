/* http/: every parser with tables of what is kept and what is refused. Letters and numbers in the comments are rows of the abuse
   catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/arena_test.h"
#include "../support/form_test.h"
#include "http/header.h"

static void test_path_keeps_what_is_canonical(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][2] = {
        {"/", "/"}, {"/profile", "/profile"}, {"/o/acme/desk/", "/o/acme/desk/"}, {"/members/local%7Cab", "/members/local|ab"},
        {"/members/local|ab", "/members/local|ab"}, {"/m%C3%BCller", "/müller"}, {"/a%25b", "/a%b"}, {"/%252e%252e", "/%2e%2e"},
        {"/a%20b", "/a b"}, {"/...", "/..."}, {"/profile;a.png", "/profile;a.png"}, {"/a%3Fb", "/a?b"},
        {"/.well-known", "/.well-known"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Str path = STR_NONE;
        assert_true(path_parse(arena, alone(arena, str_of(rows[i][0])), &path));
        assert_str(path, str_of(rows[i][1]));
    }
    Str path;
    assert_true(path_parse(arena, arena_join(arena, STR("/"), repeated(arena, "a", LIMIT_PATH - 1)), &path));
    assert_false(path_parse(arena, arena_join(arena, STR("/"), repeated(arena, "a", LIMIT_PATH)), &path));
}

static void test_path_refuses_a_second_spelling(void **state)   /* K13 */
{
    struct arena *arena = *state;
    static const Str rows[] = {
        STR(""), STR("profile"), STR("*"), STR("//"), STR("//profile"), STR("/profile//"), STR("/a//b"), STR("/."), STR("/.."),
        STR("/./profile"), STR("/a/../profile"), STR("/a/.."), STR("/%2e%2e/x"), STR("/%2E"), STR("/a/.%2e/b"), STR("/a%2fb"),
        STR("/a%2Fb"), STR("/..%2f"), STR("/%5cx"), STR("/a\\b"), STR("/%00"), STR("/a%0ab"), STR("/a%7f"), STR("/a\0b"),
        STR("/a b"), STR("/a\tb"), STR("/\x7f"), STR("/a?b"), STR("/a#b"), STR("/%"), STR("/%4"), STR("/%zz"), STR("/%u0041"),
        STR("/%70rofile"), STR("/%7Eme"), STR("/a%2Db"), STR("/\xc3\xbc"), STR("/%c0%af"), STR("/%ff"), STR("/%ed%a0%80"),
        STR("/%E2%80%AE"), STR("/%EF%BB%BF"), STR("http://localhost/profile"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Str path = STR("untouched");
        if (path_parse(arena, alone(arena, rows[i]), &path) || !str_is(path, "untouched"))
            fail_msg("\"%.*s\" was taken", STR_ARGS(rows[i]));
    }
}

static void test_form_keeps_what_browsers_send(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][2] = {
        {"", ""}, {"a=1&b=2", "a=1|b=2"}, {"a", "a="}, {"a=", "a="}, {"a=b=c", "a=b=c"}, {"&&a=1&&", "a=1"},
        {"given_name=Ada+L%C3%B6v", "given_name=Ada Löv"}, {"t=a%0D%0Ab%0Ac", "t=a\nb\nc"}, {"t=a%0Db", "t=a\rb"},
        {"a[]=1&a[]=2", "a[]=1|a[]=2"}, {"a%5Bb%5D=%2B", "a[b]=+"}, {"a=1;b=2", "a=1;b=2"}, {"a=\xc3\xbc", "a=ü"},
        {"user_metadata.shirt_size=M", "user_metadata.shirt_size=M"},
        {"email=V&email=A", "email=V|email=A"}, {"email=V%0aCc:A", "email=V\nCc:A"},            /* B7: the field refuses them */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct form form = {0};
        assert_true(form_parse(arena, alone(arena, str_of(rows[i][0])), &form));
        assert_str(shown(arena, &form), str_of(rows[i][1]));
    }
}

static void test_form_refuses_what_is_malformed(void **state)   /* O7, D8 */
{
    struct arena *arena = *state;
    static const Str rows[] = {
        STR("=1"), STR("a=%"), STR("a=%4"), STR("a=%zz"), STR("a=%u0041"), STR("%=1"), STR("a=%00"), STR("a=\0"), STR("a%00b=1"),
        STR("a=%ff"), STR("a=%c0%af"), STR("a=%ed%a0%80"), STR("a=%c3"), STR("a=\xff"), STR("%ff=1"), STR("a%0a=1"),
        STR("\xe2\x80\xae" "a=1"), STR("\xff\xfe" "a\0=\0" "1\0"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct form form = {.count = 77};
        if (form_parse(arena, alone(arena, rows[i]), &form) || form.count != 77)
            fail_msg("row %zu was taken", i);
    }
}

static void test_form_is_bounded(void **state)   /* O7 */
{
    struct arena *arena = *state;
    struct form form;
    assert_true(form_parse(arena, repeated(arena, "a=1&", LIMIT_FORM_FIELDS), &form));
    assert_int_equal(form.count, LIMIT_FORM_FIELDS);
    assert_false(form_parse(arena, repeated(arena, "a=1&", LIMIT_FORM_FIELDS + 1), &form));
    assert_true(form_parse(arena, repeated(arena, "&", 10000), &form));
    assert_true(form_parse(arena, repeated(arena, "n", LIMIT_FORM_NAME), &form));
    assert_false(form_parse(arena, repeated(arena, "n", LIMIT_FORM_NAME + 1), &form));
    assert_true(form_parse(arena, arena_join(arena, STR("a="), repeated(arena, "x", LIMIT_FORM - 2)), &form));
    assert_false(form_parse(arena, arena_join(arena, STR("a="), repeated(arena, "x", LIMIT_FORM - 1)), &form));
}

static void test_form_tells_repeated_names(void **state)
{
    struct arena *arena = *state;
    struct form form;
    assert_true(form_parse(arena, STR("a=1&b=&c=1&c=2&c=3"), &form));
    assert_str(form_get(&form, "a"), STR("1"));
    assert_non_null(form_get(&form, "b").p);
    assert_null(form_get(&form, "c").p);
    assert_null(form_get(&form, "d").p);
    assert_null(form_get(&form, "A").p);
    assert_true(form_has(&form, STR("c")) && form_repeats(&form, STR("c")));
    assert_true(form_has(&form, STR("a")) && !form_repeats(&form, STR("a")));
    assert_false(form_has(&form, STR("d")) || form_repeats(&form, STR("d")));
}

#define CD "Content-Disposition: form-data; name="

static void test_multipart_keeps_what_browsers_send(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][2] = {
        {"--B--", ""}, {"--B--\r\n", ""},
        {"--B\r\n" CD "\"a\"\r\n\r\n1\r\n--B--\r\n", "a=1"},
        {"--B\r\n" CD "a\r\n\r\n\r\n--B\r\n" CD "\"b\"\r\n\r\nx\r\ny\r\n--B--\r\n", "a=|b=x\ny"},
        {"--B\r\ncontent-disposition:form-data;name=\"a\"\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nü\r\n--B--", "a=ü"},
        {"--B\r\n" CD "\"p\"; filename=\"C:\\me.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\xff\r\n--B--\r\n",
         "p=\x89PNG\r\n\xff@C:\\me.png"},
        {"--B\r\n" CD "\"p\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--B--\r\n", "p=@"},
        {"--B\r\nContent-Transfer-Encoding: Binary\r\nX-Other: y\r\n" CD "\"a\"\r\n\r\n--B\r\n--B--", "a=--B"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct form form = {0};
        if (!multipart_parse(arena, alone(arena, str_of(rows[i][0])), STR("B"), &form))
            fail_msg("row %zu was refused", i);
        assert_str(shown(arena, &form), str_of(rows[i][1]));
    }
}

/* Nobody has checked the bytes of a file: they are no text, whatever they are called. */
static void test_a_file_is_no_text(void **state)
{
    struct arena *arena = *state;
    struct form form;
    Str body = STR("--B\r\n" CD "a; filename=x\r\n\r\n\xff\r\n--B\r\n" CD "b\r\n\r\n1\r\n--B--");
    assert_true(multipart_parse(arena, body, STR("B"), &form));
    assert_true(form_has(&form, STR("a")));
    assert_null(form_get(&form, "a").p);
    assert_str(form_get(&form, "b"), STR("1"));
}

static void test_multipart_refuses_what_is_malformed(void **state)
{
    struct arena *arena = *state;
    static const Str rows[] = {
        STR(""), STR("--"), STR("--B"), STR("--B\r\n"), STR("--C--"), STR("preamble\r\n--B--"), STR("\r\n--B--"), STR("--B--x"),
        STR("--B--\r\nepilogue"), STR("--B \r\n" CD "a\r\n\r\n1\r\n--B--"), STR("--B\n" CD "a\n\n1\n--B--"),
        STR("--B\r\n" CD "a\r\n\r\n1"), STR("--B\r\n" CD "a\r\n\r\n1\r\n--B"), STR("--B\r\n" CD "a\r\n\r\n1\r\n--BB--"),
        STR("--B\r\n" CD "a\r\n1\r\n--B--"), STR("--B\r\n\r\n1\r\n--B--"),
        STR("--B\r\nContent-Type: text/plain\r\n\r\n1\r\n--B--"),
        STR("--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--B--"),
        STR("--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--"), STR("--B\r\n" CD "\"\"\r\n\r\n1\r\n--B--"),
        STR("--B\r\n" CD "\"a\r\n\r\n1\r\n--B--"), STR("--B\r\n" CD "a; name=b\r\n\r\n1\r\n--B--"),
        STR("--B\r\n" CD "a\r\n" CD "b\r\n\r\n1\r\n--B--"), STR("--B\r\n" CD "\"a\\\"b\"\r\n\r\n1\r\n--B--"),
        STR("--B\r\n" CD "a; filename*=utf-8''x\r\n\r\n1\r\n--B--"), STR("--B\r\n" CD "\"a\0b\"\r\n\r\n1\r\n--B--"),
        STR("--B\r\n" CD "a\r\nno colon\r\n\r\n1\r\n--B--"), STR("--B\r\n" CD "\"\xff\"\r\n\r\n1\r\n--B--"),
        STR("--B\r\n" CD "p; filename=\"\xff\"\r\n\r\n1\r\n--B--"), STR("--B\r\n" CD "a\r\n\r\n\xff\r\n--B--"),
        STR("--B\r\n" CD "a\r\n\r\n\0\r\n--B--"), STR("--B\r\n" CD "a\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--B--"),
        STR("--B\r\n" CD "a\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n1\r\n--B--"),
        STR("--B\r\n" CD "a\r\nContent-Type: text/plain; charset=\r\n\r\n1\r\n--B--"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct form form = {.count = 77};
        if (multipart_parse(arena, alone(arena, rows[i]), STR("B"), &form) || form.count != 77)
            fail_msg("row %zu was taken", i);
    }
}

static void test_multipart_is_bounded(void **state)
{
    struct arena *arena = *state;
    struct form form;
    Str part = STR("--B\r\n" CD "a\r\n\r\n1\r\n");
    Str many = repeated(arena, part.p, LIMIT_FORM_FIELDS);
    assert_true(multipart_parse(arena, arena_join(arena, many, STR("--B--")), STR("B"), &form));
    many = repeated(arena, part.p, LIMIT_FORM_FIELDS + 1);
    assert_false(multipart_parse(arena, arena_join(arena, many, STR("--B--")), STR("B"), &form));
    Str head = repeated(arena, "X-A: b\r\n", 200);
    assert_false(multipart_parse(arena, arena_print(arena, "--B\r\n%s" CD "a\r\n\r\n1\r\n--B--", head.p), STR("B"), &form));
    Str large = repeated(arena, "x", LIMIT_FORM);
    assert_true(multipart_parse(arena, arena_print(arena, "--B\r\n" CD "a\r\n\r\n%s\r\n--B--", large.p), STR("B"), &form));
    assert_false(multipart_parse(arena, arena_print(arena, "--B\r\n" CD "a\r\n\r\n%sx\r\n--B--", large.p), STR("B"), &form));
    Str file = arena_print(arena, "--B\r\n" CD "a; filename=f\r\n\r\n%sx\r\n--B--", large.p);
    assert_true(multipart_parse(arena, file, STR("B"), &form));
    assert_false(multipart_parse(arena, STR("----"), STR(""), &form));
    assert_false(multipart_parse(arena, STR("--a\nb--"), STR("a\nb"), &form));
    assert_true(multipart_parse(arena, arena_print(arena, "--%070d--", 0), repeated(arena, "0", 70), &form));
    assert_false(multipart_parse(arena, arena_print(arena, "--%071d--", 0), repeated(arena, "0", 71), &form));
}

static void test_cookies(void **state)   /* E2 */
{
    struct arena *arena = *state;
    static const char *const good[][2] = {
        {"", ""}, {"sid=abc", "sid=abc"}, {"__Host-sid=a-_b; lang=de", "__Host-sid=a-_b|lang=de"}, {" a=1 ;b=2; ", "a=1|b=2"},
        {"a=", "a="}, {"a=b=c", "a=b=c"}, {"other={\"x\": 1, \"y\": 2}", "other={\"x\": 1, \"y\": 2}"},
        {"sid=1; SID=2", "sid=1|SID=2"},
        {"a=1,b; c=\"q\"", "a=1,b|c=\"q\""},
        /* what others leave behind keeps nobody out */
        {"_ga=1; sid=abc; _ga=2", "_ga=1|sid=abc"}, {"foo; sid=abc", "sid=abc"}, {"cart[1]=x; sid=abc", "sid=abc"},
        {"n=\xe9; sid=abc; \xc3\xbc=2", "sid=abc"}, {"=x; a b=1; a=\x01; a=b\tc; sid=abc", "sid=abc"}, {"sid", ""},
    };
    static const Str bad[] = {STR("sid=a; sid=b"), STR("__Host-sid=a;__Host-sid=a"), STR("__Host-pre=a; x; __Host-pre=b")};
    for (size_t i = 0; i < COUNT(good); i++) {
        struct form cookies = {0};
        assert_true(cookies_parse(arena, alone(arena, str_of(good[i][0])), &cookies));
        assert_str(shown(arena, &cookies), str_of(good[i][1]));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct form cookies;
        if (cookies_parse(arena, alone(arena, bad[i]), &cookies))
            fail_msg("row %zu was taken", i);
    }
}

static void test_cookies_are_bounded(void **state)
{
    struct arena *arena = *state;
    struct form cookies;
    struct text many = {.arena = arena};
    for (int i = 0; i < 200; i++)
        text_print(&many, "c%d=1; ", i);
    assert_true(cookies_parse(arena, text_str(&many), &cookies));
    text_add(&many, STR("one=more"));
    assert_false(cookies_parse(arena, text_str(&many), &cookies));
    assert_false(cookies_parse(arena, arena_join(arena, STR("a="), repeated(arena, "x", LIMIT_COOKIES)), &cookies));
    assert_true(cookies_parse(arena, STR_NONE, &cookies));
    assert_int_equal(cookies.count, 0);
}

static void test_header_params(void **state)
{
    (void)state;
    Str value;
    assert_true(header_param(STR("; Boundary=\"a b\" ; x=y"), "boundary", &value));
    assert_str(value, STR("a b"));
    assert_true(header_param(STR(""), "x", &value) && !value.p);
    assert_true(header_param(STR(";x=y"), "z", &value) && !value.p);
    static const char *const bad[] = {"x=y", ";", ";x", ";x=", ";x=y;x=z", ";x=\"y", ";x=y z", ";=y", ";x=\"a\tb\"", ";x=y;;z=1"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (header_param(str_of(bad[i]), "x", &value))
            fail_msg("%s was taken", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_path_keeps_what_is_canonical),
        WITH_ARENA(test_path_refuses_a_second_spelling),
        WITH_ARENA(test_form_keeps_what_browsers_send),
        WITH_ARENA(test_form_refuses_what_is_malformed),
        WITH_ARENA(test_form_is_bounded),
        WITH_ARENA(test_form_tells_repeated_names),
        WITH_ARENA(test_multipart_keeps_what_browsers_send), WITH_ARENA(test_a_file_is_no_text),
        WITH_ARENA(test_multipart_refuses_what_is_malformed),
        WITH_ARENA(test_multipart_is_bounded),
        WITH_ARENA(test_cookies),
        WITH_ARENA(test_cookies_are_bounded),
        cmocka_unit_test(test_header_params),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
