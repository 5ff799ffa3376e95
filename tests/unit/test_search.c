/* Words that people are found by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/utf8.h"
#include "model/search.h"
#include "support/arena_test.h"

static Str words_of(struct arena *arena, Str text)
{
    Str words[SEARCH_WORDS_MAX];
    struct text line = {.arena = arena};
    size_t count = search_words(arena, text, words, SEARCH_WORDS_MAX);
    for (size_t i = 0; i < count; i++) text_print(&line, "%s%.*s", i ? " | " : "", STR_ARGS(words[i]));
    return text_str(&line);
}

static void test_what_people_take_for_the_same_is_the_same(void **state)
{
    static const struct { const char *written, *folded; } rows[] = {
        {"Müller", "muller"}, {"MÜLLER", "muller"}, {"mu\xcc\x88ller", "muller"}, {"Muller", "muller"},
        {"Groß", "gross"}, {"GROSS", "gross"}, {"STRAẞE", "strasse"},
        {"Işık", "isik"}, {"IŞIK", "isik"}, {"ışık", "isik"}, {"İrem", "irem"}, {"irem", "irem"},
        {"Łódź", "lodz"}, {"Søren", "soren"}, {"Đorđe", "dorde"}, {"Æsa", "aesa"}, {"Œuvre", "oeuvre"},
        {"Ἀλέξανδρος", "αλεξανδροσ"}, {"ΑΛΕΞΑΝΔΡΟΣ", "αλεξανδροσ"}, {"αλέξανδρος", "αλεξανδροσ"},
        {"مُحَمَّد", "محمد"}, {"محمد", "محمد"}, {"أحمد", "احمد"}, {"احمد", "احمد"}, {"محـــمد", "محمد"},
        {"فاطمة", "فاطمه"}, {"ليلى", "ليلي"},
        {"\xef\xbc\xa1\xef\xbd\x84\xef\xbd\x81", "ada"},                   /* full width */
        {"Ada\xc2\xa0 \t\n  Lovelace ", "ada lovelace"}, {"", ""}, {"   ", ""}, {"\xc3\x28", ""}, {"山田太郎", "山田太郎"},
        {"O\xe2\x80\x99" "Brien", "o'brien"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) assert_str(search_fold(*state, alone(*state, str_of(rows[i].written))), str_of(rows[i].folded));
}

static void test_different_people_stay_different(void **state)
{
    static const char *const rows[][2] = {{"Mueller", "Müller"}, {"Ada", "Ida"}, {"محمد", "محمود"}, {"Ann", "Anna"}, {"И", "Н"}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_false(str_eq(search_fold(*state, str_of(rows[i][0])), search_fold(*state, str_of(rows[i][1]))));
}

static void test_a_text_falls_into_words(void **state)
{
    static const struct { const char *text, *words; } rows[] = {
        {"Ada Lovelace", "ada | lovelace"}, {"ada@Example.COM", "ada@example.com"}, {"Anne-Marie O'Brien", "anne-marie | o'brien"},
        {"Lovelace, Ada", "lovelace | ada"}, {"\"Ada\" (King)", "ada | king"}, {"J. R. R. Tolkien Jr.", "j | r | tolkien | jr"},
        {"ada ADA Ada", "ada"}, {"x%' OR 1=1 --", "x | or | 1"}, {"100%_*?", "100"}, {"%", ""}, {"_", ""}, {"'", ""}, {"@", ""}, {"-- ;", ""},
        {"", ""}, {"a\x01" "b", "a | b"}, {"ada\xe3\x80\x80love", "ada | love"}, {"user_name+tag@x.example", "user_name+tag@x.example"},
        {"1 2 3 4 5 6 7 8 9 10", "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8"}, {"أحمد، علي", "احمد | علي"}, {"😀 Ada", "ada"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) assert_str(words_of(*state, alone(*state, str_of(rows[i].text))), str_of(rows[i].words));
}

static void test_lengths_are_bounded_at_characters(void **state)
{
    static const char *const pieces[] = {"a", "ü", "山", "😀", "\xef\xb7\xba", "a ", "ß", "%", "\xcc\x88"};
    for (size_t i = 0; i < COUNT(pieces); i++)
        for (size_t times = 1; times <= 10000; times *= 10) {
            Str text = repeated(*state, pieces[i], times + 1), words[4];
            Str folded = search_fold(*state, text);
            assert_true(folded.n <= 128 && utf8_is_valid(folded));
            size_t count = search_words(*state, text, words, 4);
            assert_true(count <= 4);
            for (size_t w = 0; w < count; w++) assert_true(words[w].n && words[w].n <= SEARCH_WORD_BYTES && utf8_is_valid(words[w]));
        }
    assert_int_equal(search_fold(*state, repeated(*state, "a", 500)).n, 128);
    assert_int_equal(search_words(*state, STR("ada"), &(Str){0}, 0), 0);
}

static void test_a_word_has_a_first_piece(void **state)
{
    static const struct { const char *word, *piece; } rows[] = {
        {"ada", "ada"}, {"ada@example.com", "ada"}, {"anne-marie", "anne"}, {"o'brien", "o"}, {"a.b+c", "a"}, {"m\xc3\xbcller_1", "m\xc3\xbcller"}, {"", ""}, {"-x", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) assert_str(search_piece(alone(*state, str_of(rows[i].word))), str_of(rows[i].piece));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_what_people_take_for_the_same_is_the_same), WITH_ARENA(test_different_people_stay_different),
        WITH_ARENA(test_a_text_falls_into_words), WITH_ARENA(test_lengths_are_bounded_at_characters),
        WITH_ARENA(test_a_word_has_a_first_piece),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
