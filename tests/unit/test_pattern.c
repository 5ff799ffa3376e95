/* Patterns of custom fields: what they match, what is refused as a pattern, and that no pair of pattern and text takes long. */
#include "../support/model.h"

#include <time.h>
#include "model/pattern.h"

struct row {
    const char *pattern, *text;
    bool matches;
};

static const struct row rows[] = {
    {"abc", "abc", true}, {"abc", "ab", false}, {"abc", "abcd", false}, {"abc", "xabc", false}, {"abc", "", false},
    {"a.c", "abc", true}, {"a.c", "a\u00e4c", true}, {"a.c", "a\nc", false}, {"a.c", "ac", false},
    {"[a-c]", "b", true}, {"[a-c]", "d", false}, {"[^a-c]", "d", true}, {"[^a-c]", "a", false}, {"[^a-c]", "", false},
    {"[a-]", "-", true}, {"[-a]", "-", true}, {"[a-z0-9_-]+", "a_9-z", true}, {"[a-z0-9_-]+", "a b", false},
    {"[\\d-]+", "1-2", true}, {"[\\]x]", "]", true}, {"[\\w.]+", "a.B_9", true}, {"[.]", "x", false}, {"[a^]", "^", true},
    {"[\u00e0-\u00ff]+", "\u00e4\u00f6", true}, {"[\u00e0-\u00ff]+", "a", false}, {"[(|)*]+", "(|)*", true},
    {"\\d{4}", "1234", true}, {"\\d{4}", "123", false}, {"\\d{4}", "12345", false}, {"\\d", "\u0663", false},
    {"\\w+", "Ab_9", true}, {"\\w+", "\u00e4", false}, {"a\\sb", "a b", true}, {"a\\sb", "ab", false}, {"a\\.b", "axb", false},
    {"a\\.b", "a.b", true}, {"\\\\", "\\", true}, {"\\*\\+\\?", "*+?", true}, {"\\$", "$", true}, {"a\\$", "a$", true},
    {"a*", "", true}, {"a*", "aaaa", true}, {"a*", "aab", false}, {"a+", "", false}, {"a+", "aaa", true},
    {"a?b", "b", true}, {"a?b", "ab", true}, {"a?b", "aab", false},
    {"a{2,3}", "a", false}, {"a{2,3}", "aa", true}, {"a{2,3}", "aaa", true}, {"a{2,3}", "aaaa", false},
    {"a{2,}", "a", false}, {"a{2,}", "aaaaaa", true}, {"a{0}", "", true}, {"a{0}", "a", false}, {"a{0,1}b", "b", true},
    {"ab|cd", "ab", true}, {"ab|cd", "cd", true}, {"ab|cd", "abd", false}, {"a(b|c)d", "acd", true}, {"a(b|c)d", "abcd", false},
    {"(ab)+", "abab", true}, {"(ab)+", "aba", false}, {"(a|)b", "b", true}, {"()", "", true}, {"(a*)*", "aaa", true},
    {"(a|b)*c", "ababc", true}, {"((a))", "a", true}, {"|a", "", true}, {"(a*)+b", "b", true},
    {"^abc$", "abc", true}, {"^abc", "abc", true}, {"abc$", "abc", true}, {"^$", "", true}, {"^", "", true}, {"$", "", true},
    {"^abc$", "xabc", false}, {"a\\\\$", "a\\", true}, {"-", "-", true}, {"a-b", "a-b", true},
    {"(\\+|00)[1-9]\\d{6,14}", "+442079460018", true}, {"(\\+|00)[1-9]\\d{6,14}", "+0442079460018", false},
    {"[A-Z]{2}\\d{2}( ?[A-Z0-9]{4}){3,7}", "DE89 3704 0044 0532 0130", true},
};

static void texts_match_as_a_whole(void **state)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct pattern *pattern;
        const char *problem = NULL;
        if (!pattern_compile(*state, str_of(rows[i].pattern), &pattern, &problem))
            fail_msg("%s: %s", rows[i].pattern, problem);
        if (pattern_matches(*state, pattern, str_of(rows[i].text)) != rows[i].matches)
            fail_msg("%s: \"%s\" should %smatch", rows[i].pattern, rows[i].text, rows[i].matches ? "" : "not ");
    }
}

static void bad_patterns_are_refused_with_a_reason(void **state)
{
    static const char *const bad[] = {
        "", "(", ")", "a)", "(a", "[", "[a", "[]", "[^]", "]", "}", "{", "a{", "a{}", "a{,2}", "a{2", "a{2,1}", "a{101}", "a{1,101}",
        "a{99999999999999999999}", "a{-1}", "*", "+a", "?", "|*", "(*)", "a**", "a+?", "a{2}{2}", "a?+", "\\", "a\\", "\\b", "\\D",
        "\\1", "\\x41", "\\n", "\\p{L}", "[z-a]", "[a-\\d]", "[\\", "(?:a)", "(?=a)", "(?i)a", "a^b", "a$b", "a|^b", "\xff", "a\xc3",
        "(((((.{100}){100}){100}){100}){100})", "(((((){100}){100}){100}){100})", "(a{50}){50}", "((a?){100}){100}",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct pattern *pattern;
        const char *problem = NULL;
        if (pattern_compile(*state, str_of(bad[i]), &pattern, &problem))
            fail_msg("%s was taken", bad[i]);
        assert_non_null(problem);
    }
}

static void a_pattern_has_a_longest_length(void **state)
{
    char text[PATTERN_MAX_BYTES + 1];
    const struct pattern *pattern;
    const char *problem;
    memset(text, 'a', sizeof text);
    assert_true(pattern_compile(*state, (Str){text, PATTERN_MAX_BYTES}, &pattern, &problem));
    assert_true(pattern_matches(*state, pattern, (Str){text, PATTERN_MAX_BYTES}));
    assert_false(pattern_compile(*state, (Str){text, PATTERN_MAX_BYTES + 1}, &pattern, &problem));
    memset(text, '(', sizeof text);
    assert_false(pattern_compile(*state, (Str){text, PATTERN_MAX_BYTES}, &pattern, &problem));
}

/* These take exponential time in a backtracking matcher. */
static void nothing_takes_long(void **state)
{
    static const char *const hard[] = {"(a*)*b", "(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*b", "(a?){40}a{40}b", "((a*)*)*b", "(a*a*)*b"};
    char text[2048];
    memset(text, 'a', sizeof text);
    clock_t start = clock();
    for (size_t i = 0; i < COUNT(hard); i++) {
        const struct pattern *pattern;
        const char *problem;
        assert_true(pattern_compile(*state, str_of(hard[i]), &pattern, &problem));
        assert_false(pattern_matches(*state, pattern, (Str){text, sizeof text}));
    }
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_match_as_a_whole, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(bad_patterns_are_refused_with_a_reason, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_pattern_has_a_longest_length, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(nothing_takes_long, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
