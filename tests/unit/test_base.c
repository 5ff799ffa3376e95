/* base/: text, memory, UTF-8, encodings, log, clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "../support/arena_test.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "base/utf8.h"

static void test_str_compares_bytes(void **state)
{
    (void)state;
    assert_true(str_eq(STR_NONE, STR("")));
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("A")));
    assert_true(str_is(STR("abc"), "abc"));
    assert_false(str_is(STR("abc"), "ab"));
    assert_int_equal(str_compare(STR("a"), STR("b")), -1);
    assert_int_equal(str_compare(STR("ab"), STR("a")), 1);
    assert_int_equal(str_compare(STR("\xff"), STR("a")), 1);
    assert_int_equal(str_compare(STR_NONE, STR("")), 0);
    assert_null(str_of(NULL).p);
}

static void test_str_takes_parts(void **state)
{
    (void)state;
    assert_true(str_starts(STR("/o/acme"), STR("/o/")));
    assert_false(str_starts(STR("/o"), STR("/o/")));
    assert_true(str_ends(STR("a.mo"), STR(".mo")));
    assert_false(str_ends(STR("mo"), STR(".mo")));
    assert_str(str_trim(STR(" \t\r\n a b \v\f")), STR("a b"));
    assert_str(str_trim(STR("  ")), STR(""));
    assert_str(str_after(STR("abc"), 9), STR(""));
    assert_str(str_first(STR("abc"), 9), STR("abc"));
    assert_true(str_has(STR("a\0b"), '\0'));
    assert_false(str_has(STR_NONE, 'a'));
}

static void test_str_cut_walks_a_list(void **state)
{
    (void)state;
    Str list = STR("a,,b");
    assert_str(str_cut(&list, ','), STR("a"));
    assert_str(str_cut(&list, ','), STR(""));
    assert_str(str_cut(&list, ','), STR("b"));
    assert_null(list.p);
    list = STR("a,");
    assert_str(str_cut(&list, ','), STR("a"));
    assert_non_null(list.p);
    assert_int_equal(list.n, 0);
}

static void test_str_to_int_is_strict(void **state)
{
    (void)state;
    static const struct {
        Str text;
        int64_t value;
    } good[] = {{STR("0"), 0}, {STR("-1"), -1}, {STR("007"), 7}, {STR("9223372036854775807"), INT64_MAX},
                {STR("-9223372036854775808"), INT64_MIN}};
    static const Str bad[] = {STR(""),  STR("-"),   STR("+1"),  STR(" 1"), STR("1 "),
                              STR("1e3"), STR("0x1"), STR("--1"), STR("1\0"), STR("9223372036854775808"),
                              STR("-9223372036854775809"), STR("99999999999999999999")};
    for (size_t i = 0; i < COUNT(good); i++) {
        int64_t value = 42;
        assert_true(str_to_int(good[i].text, &value));
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t value = 42;
        if (str_to_int(bad[i], &value) || value != 42)
            fail_msg("row %zu was taken", i);
    }
}

static void test_arena_gives_zeroed_aligned_memory(void **state)
{
    struct arena *arena = *state;
    for (int round = 0; round < 3; round++) {
        for (size_t bytes = 0; bytes < 5000; bytes += 37) {
            unsigned char *piece = arena_take(arena, bytes);
            assert_int_equal((uintptr_t)piece % 16, 0);
            for (size_t i = 0; i < bytes; i++)
                assert_int_equal(piece[i], 0);
            memset(piece, 0xaa, bytes);
        }
        assert_true(arena_used(arena) > 300000);
        arena_wipe(arena);
        assert_int_equal(arena_used(arena), 0);
    }
}

static void test_arena_takes_pieces_larger_than_a_block(void **state)
{
    struct arena *arena = *state;
    char *small = arena_take(arena, 10), *large = arena_take(arena, 5u << 20);
    memset(small, 1, 10);
    memset(large, 2, 5u << 20);
    assert_int_equal(small[9], 1);
    assert_int_equal(arena_used(arena), (5u << 20) + 10);
}

static void exhaust_by_size(struct arena *arena)
{
    (void)arena_take(arena, 5000);
}

static void exhaust_by_overflow(struct arena *arena)
{
    (void)arena_take_array(arena, SIZE_MAX / 2, 3);
}

static void exhaust_by_growing(struct arena *arena)
{
    struct text text = {.arena = arena};
    for (;;)
        text_add(&text, STR("more and more "));
}

static void exhaust_through_jansson(struct arena *arena)
{
    struct arena *before = json_memory_use(arena);
    (void)before;
    for (;;)
        (void)json_string("a value that is kept for ever");
}

static void test_arena_jumps_when_it_runs_out(void **state)
{
    (void)state;
    static void (*const ways[])(struct arena *) = {exhaust_by_size, exhaust_by_overflow, exhaust_by_growing,
                                                   exhaust_through_jansson};
    for (volatile size_t i = 0; i < COUNT(ways); i++) {
        struct arena *arena = arena_open(4096);
        jmp_buf exhausted;
        volatile int jumped = 0;
        arena_on_exhausted(arena, &exhausted);
        if (setjmp(exhausted) == 0)
            ways[i](arena);
        else
            jumped = 1;
        (void)json_memory_use(NULL);
        assert_int_equal(jumped, 1);
        arena_wipe(arena);
        assert_non_null(arena_take(arena, 4096));
        arena_close(arena);
    }
}

static void test_arena_texts(void **state)
{
    struct arena *arena = *state;
    assert_str(arena_copy(arena, STR("a\0b")), STR("a\0b"));
    assert_int_equal(arena_copy(arena, STR("abc")).p[3], '\0');
    assert_non_null(arena_copy(arena, STR_NONE).p);
    assert_string_equal(arena_cstr(arena, STR_NONE), "");
    assert_str(arena_print(arena, "%d %s", 7, "x"), STR("7 x"));
    assert_str(arena_join(arena, STR("a"), STR_NONE), STR("a"));
    assert_str(arena_join(arena, STR_NONE, STR_NONE), STR(""));
    struct text text = {.arena = arena};
    for (int i = 0; i < 1000; i++)
        text_print(&text, "%03d", i);
    text_add(&text, STR_NONE);
    Str whole = text_str(&text);
    assert_int_equal(whole.n, 3000);
    assert_int_equal(whole.p[whole.n], '\0');
    assert_str(str_after(whole, 2994), STR("998999"));
}

static void test_json_lives_in_the_arena(void **state)
{
    struct arena *arena = *state;
    json_t *outside = json_string("made with malloc");
    assert_null(json_memory_use(arena));
    size_t used = arena_used(arena);
    json_t *inside = json_loads("{\"a\": [1, 2.5, \"x\", null]}", 0, NULL);
    assert_non_null(inside);
    assert_true(arena_used(arena) > used);
    json_decref(outside);
    assert_ptr_equal(json_memory_use(NULL), arena);
    json_decref(inside);
    json_decref(json_pack("{s:i}", "n", 1));
}

static void test_utf8_validity(void **state)
{
    (void)state;
    static const Str good[] = {STR(""), STR("a\0b"), STR("\x7f"), STR("ü"), STR("€"), STR("\xed\x9f\xbf"), STR("\xee\x80\x80"),
                               STR("\xef\xbf\xbe"), STR("😀"), STR("\xf4\x8f\xbf\xbf"), STR("\xf0\x90\x80\x80")};
    static const Str bad[] = {
        STR("\x80"), STR("\xbf"), STR("\xc0\xaf"), STR("\xc1\xbf"), STR("\xc3"), STR("a\xe2\x82"), STR("\xe2\x28\xa1"),
        STR("\xe0\x80\xaf"), STR("\xe0\x9f\xbf"), STR("\xed\xa0\x80"), STR("\xed\xbf\xbf"), STR("\xf0\x80\x80\xaf"),
        STR("\xf0\x8f\xbf\xbf"), STR("\xf4\x90\x80\x80"), STR("\xf5\x80\x80\x80"), STR("\xf8\x88\x80\x80\x80"), STR("\xff"),
        STR("\xfe"), STR("\xf0\x9f\x98"), STR("\xc3\xc3"), STR("\xf0\x9f\x98\x28"), STR("ok \xc3\x28 ok"),
    };
    for (size_t i = 0; i < COUNT(good); i++)
        if (!utf8_is_valid(good[i]))
            fail_msg("good row %zu was refused", i);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (utf8_is_valid(bad[i]))
            fail_msg("bad row %zu was taken", i);
}

static void test_utf8_decodes_every_character_once(void **state)
{
    struct arena *arena = *state;
    for (uint32_t c = 0; c < 0x110000; c += c < 0x10800 ? 1 : 251) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        char bytes[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
        for (size_t i = n; i-- > 1;)
            bytes[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
        bytes[0] = (char)(first[n] | c >> 6 * (n - 1));
        size_t at = 0;
        uint32_t back = 0;
        Str exact = arena_copy(arena, (Str){bytes, n});
        assert_true(utf8_next(exact, &at, &back));
        assert_int_equal(back, c);
        assert_int_equal(at, n);
        assert_false(utf8_next(exact, &at, &back));
        arena_wipe(arena);
    }
}

static void test_utf8_forbidden_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool line, lines;         /* forbidden in a line, forbidden in lines */
    } rows[] = {
        {"Zoë Müller", false, false}, {"ليلى", false, false}, {"a\u200db", false, false}, {"a\u200fb", false, false},
        {"two\nlines", true, false}, {"a\r\nb", true, true}, {"a\tb", true, true}, {"\x1b[31m", true, true},
        {"\x7f", true, true}, {"\xc2\x85", true, true}, {"a\u202eb", true, true}, {"a\u2066b", true, true},
        {"a\u2028b", true, true}, {"\ufeffa", true, true}, {"\ufffe", true, true}, {"\ufdd0", true, true},
        {"\U0001ffff", true, true}, {"\ufffd", false, false}, {"\xc3", true, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (utf8_has_forbidden(str_of(rows[i].text), false) != rows[i].line ||
            utf8_has_forbidden(str_of(rows[i].text), true) != rows[i].lines)
            fail_msg("row %zu", i);
    assert_true(utf8_has_forbidden(STR("a\0b"), true));
}

static void test_utf8_something_is_visible(void **state)
{
    (void)state;
    static const char *const visible[] = {"a", " 1 ", ".", "é", "ليلى", "日本", "한", "€", "\u2013", "\U0001f600", "\u200b\u200bx\u200b",
                                          "\u0e01", "\uff1d"};
    static const char *const blank[] = {"", " ", "\t", "\n", "\x7f", "\u00a0", "\u200b", "\u3000", "\u2800", "\u3164", "\u115f", "\u1160",
                                        "\uffa0", "\u00ad", "\u200e", "\u200f", "\u061c", "\u2060", "\ufe0f", "\u034f", "\u0301",
                                        "\U000e0041\U000e007f", "\u180e", "\u2003 \u2028", "\ue000", "\ufffc", "\xff"};
    for (size_t i = 0; i < COUNT(visible); i++)
        if (!utf8_is_visible(str_of(visible[i]))) fail_msg("%s is to be seen", visible[i]);
    for (size_t i = 0; i < COUNT(blank); i++)
        if (utf8_is_visible(str_of(blank[i]))) fail_msg("nothing is to be seen of row %zu", i);
}

static void test_utf8_fold_makes_look_alikes_equal(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][2] = {
        {"Ada", "ada"}, {"ＡＤＡ", "ada"}, {"ﬁle", "file"}, {"a\u200b\u00adda", "ada"}, {"STRASSE", "strasse"},
        {"Straße", "strasse"},
        {"\u212a", "k"}, {"e\u0301", "é"}, {"ⓔ", "e"}, {"", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_str(utf8_fold(arena, str_of(rows[i][0])), str_of(rows[i][1]));
    assert_str(utf8_nfc(arena, STR("e\u0301")), STR("\u00e9"));
    assert_str(utf8_nfc(arena, STR("ﬁ A")), STR("ﬁ A"));
    assert_str(utf8_nfc(arena, STR_NONE), STR(""));
    assert_null(utf8_nfc(arena, STR("\xff")).p);
    assert_str(utf8_ascii_lower(arena, STR("ÄBC@Z")), STR("Äbc@z"));
    assert_int_equal(utf8_length(STR("aü€😀")), 4);
}

/* ASCII goes a short way: it must come to the same as the long one. */
static void test_utf8_of_plain_text(void **state)
{
    char bytes[20];
    for (size_t n = 0; n <= sizeof bytes; n++) {
        memset(bytes, 'a', sizeof bytes);
        assert_true(utf8_is_ascii((Str){bytes, n}));
        for (size_t i = 0; i < n; i++) {
            bytes[i] = (char)0x80;
            assert_false(utf8_is_ascii((Str){bytes, n}));
            bytes[i] = 0x7f;
        }
    }
    for (int c = 0; c < 0x80; c++) {
        const char pair[] = {(char)c, '\xc3', '\xa9'};
        Str one = {pair, 1}, two = {pair, sizeof pair};
        assert_str(utf8_nfc(*state, one), str_first(utf8_nfc(*state, two), 1));
        assert_str(utf8_fold(*state, one), str_first(utf8_fold(*state, two), 1));
        assert_str(utf8_fold_bare(*state, one), str_first(utf8_fold_bare(*state, two), 1));
        assert_int_equal(utf8_has_forbidden(one, false), utf8_has_forbidden(two, false));
        assert_int_equal(utf8_has_forbidden(one, true), utf8_has_forbidden(two, true));
        assert_false(utf8_is_mark((uint32_t)c));
    }
    assert_true(utf8_is_mark(0x300));
}

static void test_hex(void **state)
{
    struct arena *arena = *state;
    Str out = STR("untouched");
    assert_str(hex_encode(arena, STR("\x00\x7f\xff")), STR("007fff"));
    assert_true(hex_decode(arena, STR("007FfF"), &out));
    assert_str(out, STR("\x00\x7f\xff"));
    out = STR("untouched");
    assert_false(hex_decode(arena, STR("abc"), &out));
    assert_false(hex_decode(arena, STR("0g"), &out));
    assert_false(hex_decode(arena, STR("0x"), &out));
    assert_str(out, STR("untouched"));
}

static void test_base64_is_canonical(void **state)
{
    struct arena *arena = *state;
    static const char *const rows[][3] = {      /* RFC 4648 §10, and the letters that differ */
        {"", "", ""}, {"f", "Zg", "Zg=="}, {"fo", "Zm8", "Zm8="}, {"foo", "Zm9v", "Zm9v"}, {"foob", "Zm9vYg", "Zm9vYg=="},
        {"fooba", "Zm9vYmE", "Zm9vYmE="}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"}, {"\xfb\xff", "-_8", "+/8="},
    };
    static const Str bad_url[] = {STR("Z"), STR("Zg=="), STR("Zh"), STR("Zm9"), STR("+/8"), STR("Zm 9v"), STR("Zm9vY"),
        STR("Zg\0")};
    static const Str bad_plain[] = {STR("Zg="), STR("Zg==="), STR("Zg==Zg=="), STR("=Zg="), STR("-_8="), STR("Zh=="),
        STR("====")};
    for (size_t i = 0; i < COUNT(rows); i++) {
        Str bytes = str_of(rows[i][0]), out;
        assert_str(base64url_encode(arena, bytes), str_of(rows[i][1]));
        assert_true(base64url_decode(arena, str_of(rows[i][1]), &out));
        assert_str(out, bytes);
        assert_true(base64_decode(arena, str_of(rows[i][2]), &out));
        assert_str(out, bytes);
    }
    Str out = STR("untouched");
    for (size_t i = 0; i < COUNT(bad_url); i++)
        if (base64url_decode(arena, bad_url[i], &out))
            fail_msg("url row %zu was taken", i);
    for (size_t i = 0; i < COUNT(bad_plain); i++)
        if (base64_decode(arena, bad_plain[i], &out))
            fail_msg("plain row %zu was taken", i);
    assert_str(out, STR("untouched"));
}

static void test_percent(void **state)
{
    struct arena *arena = *state;
    static const char *const bad[] = {"%", "%4", "%zz", "%u0041", "a%0", "%00", "%-1", "% 1"};
    Str out;
    assert_str(percent_encode(arena, STR("a-z_.~ /|ü\0")), STR("a-z_.~%20%2F%7C%C3%BC%00"));
    assert_true(percent_decode(arena, STR("a+b%2B%c3%bC%7C"), true, &out));
    assert_str(out, STR("a b+ü|"));
    assert_true(percent_decode(arena, STR("a+b"), false, &out));
    assert_str(out, STR("a+b"));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (percent_decode(arena, str_of(bad[i]), true, &out))
            fail_msg("%s was taken", bad[i]);
}

static Str logged(struct arena *arena, Str value)
{
    int ends[2];
    static char line[8192];
    (void)arena;
    assert_int_equal(pipe(ends), 0);
    log_to(ends[1]);
    log_line(LOG_WARNING, "value %.*s.", STR_ARGS(value));
    log_to(2);
    ssize_t n = read(ends[0], line, sizeof line);
    close(ends[0]);
    close(ends[1]);
    assert_true(n > 21);
    return (Str){line + 21, (size_t)n - 21};    /* behind the time */
}

static void test_log_keeps_a_line_a_line(void **state)
{
    struct arena *arena = *state;
    assert_str(logged(arena, STR("plain ü")), STR("warning - value plain ü.\n"));
    assert_str(logged(arena, STR("a\nb\x1b\x7f\xc2\x85\u202e\xff")),
               STR("warning - value a\\x0ab\\x1b\\x7f\\xc2\\x85\\xe2\\x80\\xae\\xff.\n"));
    log_request(STR("0123456789abcdef and more"));
    assert_str(logged(arena, STR("x")), STR("warning 0123456789abcdef value x.\n"));
    log_request(STR_NONE);
    char *large = arena_take(arena, 5000);
    memset(large, '\n', 5000);
    Str line = logged(arena, (Str){large, 5000});
    assert_in_range(line.n, 1900, 2048);
    assert_true(str_ends(line, STR("\\x0a\n")));
    assert_false(str_has(str_first(line, line.n - 1), '\n'));
}

static void test_clock(void **state)
{
    struct arena *arena = *state;
    assert_str(clock_iso(arena, 0), STR("1970-01-01T00:00:00Z"));
    assert_str(clock_iso(arena, 1795227780), STR("2026-11-21T02:23:00Z"));
    assert_str(clock_iso(arena, 951782400), STR("2000-02-29T00:00:00Z"));
    assert_str(clock_iso(arena, INT64_MAX), STR("9999-12-31T23:59:59Z"));
    assert_str(clock_iso(arena, INT64_MIN), STR("0000-01-01T00:00:00Z"));
    assert_true(clock_now() > 1600000000);
    int64_t before = clock_monotonic_ms();
    assert_true(clock_monotonic_ms() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str_compares_bytes),
        cmocka_unit_test(test_str_takes_parts),
        cmocka_unit_test(test_str_cut_walks_a_list),
        cmocka_unit_test(test_str_to_int_is_strict),
        WITH_ARENA(test_arena_gives_zeroed_aligned_memory),
        WITH_ARENA(test_arena_takes_pieces_larger_than_a_block),
        cmocka_unit_test(test_arena_jumps_when_it_runs_out),
        WITH_ARENA(test_arena_texts),
        WITH_ARENA(test_json_lives_in_the_arena),
        WITH_ARENA(test_utf8_validity),
        WITH_ARENA(test_utf8_decodes_every_character_once),
        WITH_ARENA(test_utf8_forbidden_characters),
        WITH_ARENA(test_utf8_something_is_visible),
        WITH_ARENA(test_utf8_fold_makes_look_alikes_equal),
        WITH_ARENA(test_utf8_of_plain_text),
        WITH_ARENA(test_hex),
        WITH_ARENA(test_base64_is_canonical),
        WITH_ARENA(test_percent),
        WITH_ARENA(test_log_keeps_a_line_a_line),
        WITH_ARENA(test_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
