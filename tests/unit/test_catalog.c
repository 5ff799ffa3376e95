/* view/catalog: .mo files, completeness, plural forms, languages a browser asks for, dates, texts of an operator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "support/mo.h"
#include "view/catalog.h"
#include "view/files.h"
#include "view/placeholder.h"
#include "view/plural.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define assert_str(actual, expected) assert_str_at((actual), (expected), __LINE__)

static void assert_str_at(Str actual, const char *expected, int line)
{
    if (!str_is(actual, expected)) fail_msg("line %d: got \"%.*s\", expected \"%s\"", line, STR_ARGS(actual), expected);
}

struct bench {
    struct arena *arena;
    const char *folder;
    struct problems problems;
};

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    struct bench *bench = ARENA_NEW(arena, struct bench);
    *bench = (struct bench){.arena = arena, .folder = folder_make(arena), .problems.arena = arena};
    *state = bench;
    return bench->folder ? 0 : -1;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    Str *names;
    size_t count;
    if (folder_list(bench->arena, bench->folder, STR(""), 100, &names, &count) == OK)
        for (size_t i = 0; i < count; i++) unlink(path_join(bench->arena, bench->folder, names[i]));
    rmdir(bench->folder);
    arena_close(bench->arena);
    return 0;
}

static const struct mo_row english[] = {
    {"", MO_HEADER(MO_PLURAL_EN), NULL},
    {"Hello {NAME}", "Hello {NAME}", NULL},
    {"Save", "Save", NULL},
    {"date\004May", "May", NULL},
    {"date\004{DATE}, {TIME} UTC", "{DATE}, {TIME} UTC", NULL},
    {"date\004{DAY} {MONTH} {YEAR}", "{DAY} {MONTH} {YEAR}", NULL},
    {"direction\004ltr", "ltr", NULL},
    {"language name\004English", "English", NULL},
    {"{N} day", "{N} day|{N} days", "{N} days"},
    {NULL, NULL, NULL},
};

static const struct mo_row german[] = {
    {"", MO_HEADER(MO_PLURAL_EN), NULL},
    {"Hello {NAME}", "Guten Tag, {NAME}", NULL},
    {"Save", "Speichern", NULL},
    {"date\004May", "Mai", NULL},
    {"date\004{DATE}, {TIME} UTC", "{DATE}, {TIME} Uhr UTC", NULL},
    {"date\004{DAY} {MONTH} {YEAR}", "{DAY}. {MONTH} {YEAR}", NULL},
    {"direction\004ltr", "ltr", NULL},
    {"language name\004English", "Deutsch", NULL},
    {"{N} day", "ein Tag|{N} Tage", "{N} days"},
    {NULL, NULL, NULL},
};

static const struct mo_row arabic[] = {
    {"", MO_HEADER("nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"), NULL},
    {"Hello {NAME}", "مرحبًا {NAME}", NULL},
    {"Save", "حفظ", NULL},
    {"date\004May", "مايو", NULL},
    {"date\004{DATE}, {TIME} UTC", "{DATE}، {TIME} UTC", NULL},
    {"date\004{DAY} {MONTH} {YEAR}", "{DAY} {MONTH} {YEAR}", NULL},
    {"direction\004ltr", "rtl", NULL},
    {"language name\004English", "العربية", NULL},
    {"{N} day", "0|1|2|few {N}|many|other", "{N} days"},
    {NULL, NULL, NULL},
};

/* The German rows with one of them another; `text` NULL: without it. */
static Str german_but(struct arena *arena, const char *key, const char *text)
{
    struct mo_row rows[COUNT(german)];
    size_t count = 0;
    for (size_t i = 0; german[i].key; i++) {
        bool changed = strcmp(german[i].key, key) == 0;
        if (changed && !text) continue;
        rows[count] = german[i];
        if (changed) rows[count].text = text;
        count++;
    }
    rows[count] = (struct mo_row){0};
    return mo_write(arena, rows, false);
}

static struct catalogs load_three(struct bench *bench)
{
    struct catalogs catalogs = {0};
    folder_put(bench->arena, bench->folder, "notes.txt", STR("not a language"));
    folder_put(bench->arena, bench->folder, "ar.mo", mo_write(bench->arena, arabic, false));
    folder_put(bench->arena, bench->folder, "de.mo", mo_write(bench->arena, german, true));
    folder_put(bench->arena, bench->folder, "en.mo", mo_write(bench->arena, english, false));
    assert_int_equal(catalogs_load(bench->arena, bench->folder, &bench->problems, &catalogs), OK);
    assert_int_equal(bench->problems.count, 0);
    return catalogs;
}

static void test_a_folder_gives_its_languages_english_first(void **state)
{
    struct catalogs catalogs = load_three(*state);
    assert_int_equal(catalogs.count, 3);
    assert_str(catalog_code(catalogs.list[0]), "en");
    assert_str(catalog_code(catalogs.list[1]), "ar");
    assert_str(catalog_code(catalogs.list[2]), "de");
    assert_str(catalog_name(catalogs.list[2]), "Deutsch");
    assert_true(catalog_rtl(catalogs.list[1]));
    assert_false(catalog_rtl(catalogs.list[2]));
    assert_ptr_equal(catalogs_get(&catalogs, STR("DE")), catalogs.list[2]);
    assert_null(catalogs_get(&catalogs, STR("d")));
    assert_null(catalogs_get(&catalogs, STR("deu")));
    assert_null(catalogs_get(&catalogs, STR_NONE));
}

static void test_texts_are_found_or_stay_english(void **state)
{
    struct catalogs catalogs = load_three(*state);
    const struct catalog *de = catalogs_get(&catalogs, STR("de"));
    Str text = STR("untouched");
    assert_str(catalog_text(de, "Save"), "Speichern");
    assert_str(catalog_text(de, "Saved"), "Saved");
    assert_str(catalog_text(de, C_("date", "May")), "Mai");
    assert_str(catalog_text(de, C_("date", "June")), "June");
    assert_str(catalog_text(de, "May"), "May");
    assert_false(catalog_find(de, STR("Saved"), &text));
    assert_str(text, "untouched");
    assert_true(catalog_find(de, STR("Hello {NAME}"), &text));
    assert_str(text, "Guten Tag, {NAME}");
}

static void test_plurals_follow_the_language(void **state)
{
    struct catalogs catalogs = load_three(*state);
    static const struct { const char *code; int64_t n; const char *text; } rows[] = {
        {"en", 1, "{N} day"}, {"en", 0, "{N} days"}, {"en", 2, "{N} days"}, {"en", -1, "{N} day"}, {"en", INT64_MIN, "{N} days"},
        {"de", 1, "ein Tag"}, {"de", 3, "{N} Tage"},
        {"ar", 0, "0"}, {"ar", 1, "1"}, {"ar", 2, "2"}, {"ar", 3, "few {N}"}, {"ar", 110, "few {N}"}, {"ar", 11, "many"},
        {"ar", 99, "many"}, {"ar", 100, "other"}, {"ar", 102, "other"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_str(catalog_plural(catalogs_get(&catalogs, str_of(rows[i].code)), "{N} day", "{N} days", rows[i].n), rows[i].text);
    assert_str(catalog_plural(catalogs.list[0], "one cat", "cats", 1), "one cat");
    assert_str(catalog_plural(catalogs.list[0], "one cat", "cats", 7), "cats");
}

static void test_plural_expressions(void **state)
{
    (void)state;
    static const struct { const char *text; uint64_t n; unsigned form; } good[] = {
        {"nplurals=1; plural=0;", 5, 0},
        {"nplurals=2; plural=n != 1", 1, 0},
        {"nplurals=2;plural=(n>1);", 2, 1},
        {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;", 21, 0},
        {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;", 24, 1},
        {"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;", 12, 2},
        {"nplurals=2; plural=1 + 2 * 3 - 7;", 0, 0},
        {"nplurals=2; plural=!(n - n);", 9, 1},
        {"nplurals=2; plural=7 / 2 / 3;", 9, 1},
        {"nplurals=2; plural=1 / (n * 0);", 9, 0},
        {"nplurals=2; plural=1 % 0;", 9, 0},
    };
    struct plural plural;
    for (size_t i = 0; i < COUNT(good); i++) {
        if (!plural_parse(str_of(good[i].text), &plural)) fail_msg("refused: %s", good[i].text);
        if (plural_form(&plural, good[i].n) != good[i].form) fail_msg("wrong form: %s", good[i].text);
    }
    static const char *const bad[] = {
        "", "nplurals=", "nplurals=2", "nplurals=2;", "nplurals=2; plural=", "nplurals=0; plural=0;", "nplurals=9; plural=0;",
        "nplurals=2; plural=2;", "nplurals=2; plural=n;", "nplurals=2; plural=n - 2;", "nplurals=2; plural=(n != 1;", "nplurals=2; plural=n != 1);",
        "nplurals=2; plural=n != 1; x", "nplurals=2; plural=n ? 1;", "nplurals=2; plural=m;", "nplurals=2; plural=n = 1;",
        "nplurals=2; plural=99999999999;", "nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=1 +;",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        if (plural_parse(str_of(bad[i]), &plural)) fail_msg("accepted: %s", bad[i]);
}

static void test_plural_expressions_are_bounded(void **state)
{
    struct bench *bench = *state;
    static const char *const pieces[] = {"(", "!", "n?", "n?0:", "n+", "n||"};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct text text = {.arena = bench->arena};
        struct plural plural;
        text_add(&text, STR("nplurals=2; plural="));
        for (int repeat = 0; repeat < 5000; repeat++) text_add(&text, str_of(pieces[i]));
        text_add(&text, STR("0"));
        if (plural_parse(text_str(&text), &plural)) fail_msg("accepted 5000 times %s", pieces[i]);
    }
}

/* Loads English and one other file; gives the problems as lines. */
static Str problems_with(struct bench *bench, const char *file, Str bytes)
{
    struct catalogs catalogs = {.count = 77};
    folder_put(bench->arena, bench->folder, "en.mo", mo_write(bench->arena, english, false));
    folder_put(bench->arena, bench->folder, file, bytes);
    bench->problems = (struct problems){.arena = bench->arena};
    Error error = catalogs_load(bench->arena, bench->folder, &bench->problems, &catalogs);
    unlink(path_join(bench->arena, bench->folder, str_of(file)));
    struct text lines = {.arena = bench->arena};
    for (const struct problem *each = bench->problems.first; each; each = each->next)
        text_print(&lines, "%.*s: %.*s\n", STR_ARGS(str_after(each->place, strlen(bench->folder) + 1)), STR_ARGS(each->message));
    if (!lines.n && (error || catalogs.count != 2)) fail_msg("refused without a word");
    if (lines.n && (error != ERR_INVALID || catalogs.count != 77)) fail_msg("not refused: %s", lines.p);
    return lines.n ? text_str(&lines) : STR("");
}

static void test_incomplete_languages_are_refused(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *key, *text, *problem; } rows[] = {
        {"Save", "Sichern", ""},
        {"Save", NULL, "de.mo: The language has no text for \"Save\".\n"},
        {"Save", "", "de.mo: The language has no text for \"Save\".\n"},
        {"Hello {NAME}", "{NAME}, hallo {NAME}", ""},
        {"Hello {NAME}", "Hallo {name}", "de.mo: The language has other {PLACEHOLDERS} than the English in \"Hello {NAME}\".\n"},
        {"Hello {NAME}", "Hallo {NAME} {TITLE}", "de.mo: The language has other {PLACEHOLDERS} than the English in \"Hello {NAME}\".\n"},
        {"Save", "Speichern {ALL}", "de.mo: The language has other {PLACEHOLDERS} than the English in \"Save\".\n"},
        {"{N} day", "{N} Tage", "de.mo: The language has not as many plural forms as the language for \"{N} day\".\n"},
        {"{N} day", "1|2|{N}", "de.mo: The language has not as many plural forms as the language for \"{N} day\".\n"},
        {"{N} day", "Tag|Tage", "de.mo: The language has other {PLACEHOLDERS} than the English in \"{N} day\".\n"},
        {"{N} day", "{N} Tag|{M} Tage", "de.mo: The language has other {PLACEHOLDERS} than the English in \"{N} day\".\n"},
        {"direction\004ltr", "up", "de.mo: The text \"ltr\" of the context \"direction\" becomes either ltr or rtl.\n"},
        {"", "Content-Type: text/plain; charset=ISO-8859-1\n", "de.mo: This is not a catalogue in UTF-8.\n"},
        {"", NULL, "de.mo: This is not a catalogue in UTF-8.\n"},
        {"", "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n;\n", "de.mo: This is not a catalogue in UTF-8.\n"},
        {"Save", "Speichern \xff", "de.mo: This is not a catalogue in UTF-8.\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("# row %zu\n", i);
        assert_str(problems_with(bench, "de.mo", german_but(bench->arena, rows[i].key, rows[i].text)), rows[i].problem);
    }
    assert_str(problems_with(bench, "d!.mo", german_but(bench->arena, "", "")), "d!.mo: The file's name is not a language code like \"de\" or \"pt-BR\".\n");
    assert_str(problems_with(bench, "pt-BR.mo", mo_write(bench->arena, german, false)), "");
}

static void test_a_plural_that_english_does_not_have_is_refused(void **state)
{
    struct bench *bench = *state;
    struct mo_row rows[COUNT(german)];
    memcpy(rows, german, sizeof german);
    rows[8].many = "{N} weeks";
    assert_str(problems_with(bench, "de.mo", mo_write(bench->arena, rows, false)), "de.mo: The language has another plural for \"{N} day\".\n");
}

static void test_english_must_be_there(void **state)
{
    struct bench *bench = *state;
    struct catalogs catalogs = {0};
    assert_int_equal(catalogs_load(bench->arena, "/nowhere/at/all", &bench->problems, &catalogs), ERR_INVALID);
    assert_int_equal(bench->problems.count, 2);
    folder_put(bench->arena, bench->folder, "de.mo", mo_write(bench->arena, german, false));
    assert_int_equal(catalogs_load(bench->arena, bench->folder, &bench->problems, &catalogs), ERR_INVALID);
    assert_str(bench->problems.last->message, "en.mo, the English texts, is missing.");
}

static Str with_number(struct arena *arena, Str bytes, size_t at, uint32_t number)
{
    Str copy = arena_copy(arena, bytes);
    memcpy((char *)(uintptr_t)copy.p + at, &number, sizeof number);
    return copy;
}

static void test_broken_files_are_refused(void **state)
{
    struct bench *bench = *state;
    Str good = mo_write(bench->arena, german, false);
    assert_non_null(catalog_read(bench->arena, STR("de"), good));
    for (size_t n = 0; n < good.n; n++) {
        Str cut = {malloc(n + 1), n};   /* of its own, so that a byte read too far is seen */
        memcpy((char *)(uintptr_t)cut.p, good.p, n);
        cut.p = realloc((char *)(uintptr_t)cut.p, n ? n : 1);
        assert_null(catalog_read(bench->arena, STR("de"), cut));
        free((char *)(uintptr_t)cut.p);
    }
    static const struct { size_t at; uint32_t number; } rows[] = {
        {0, 0x12345678}, {4, 1u << 16}, {8, 0xffffffff}, {8, 1000}, {8, 0}, {12, 0xffffffff}, {12, 0x7fffffff}, {16, 0xfffffff8},
        {28, 0xffffffff}, {28, 0x7fffffff}, {32, 0xffffffff}, {36, 0xfffffff0}, {40, 0}, {40, 4}, {100, 0xffffffff}, {104, 0xffffffff},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (catalog_read(bench->arena, STR("de"), with_number(bench->arena, good, rows[i].at, rows[i].number)))
            fail_msg("accepted %u at %zu", rows[i].number, rows[i].at);
    }
}

static void test_keys_out_of_order_are_refused(void **state)
{
    struct bench *bench = *state;
    struct mo_row rows[] = {{"", MO_HEADER(MO_PLURAL_EN), NULL}, {"a", "A", NULL}, {"b", "B", NULL}, {NULL, NULL, NULL}};
    assert_non_null(catalog_read(bench->arena, STR("de"), mo_write(bench->arena, rows, false)));
    rows[2].key = "a";
    assert_null(catalog_read(bench->arena, STR("de"), mo_write(bench->arena, rows, false)));
    rows[2].key = "Z";
    assert_null(catalog_read(bench->arena, STR("de"), mo_write(bench->arena, rows, false)));
}

static void test_what_a_browser_asks_for(void **state)
{
    struct bench *bench = *state;
    struct catalogs catalogs = load_three(bench);
    static const struct { const char *header, *code; } rows[] = {
        {"de", "de"}, {"DE", "de"}, {"de-AT", "de"}, {"de-Latn-AT;q=0.3", "de"}, {"fr, de;q=0.5", "de"}, {"fr", NULL}, {"", NULL},
        {"en;q=0.4, de;q=0.6", "de"}, {"en;q=0.6, de;q=0.4", "en"}, {"en, de", "en"}, {"de, en", "de"},
        {"en-US,en;q=0.9,de;q=0.95", "en"}, {"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "en"},
        {"*", "en"}, {"en;q=0, *", "ar"}, {"de;q=0", NULL}, {"de-AT, de;q=0", NULL}, {"*;q=0", NULL}, {"ar;q=0.001", "ar"},
        {"dee", NULL}, {"d", NULL}, {"de_AT", NULL}, {" \t de \t ; q=1 ", "de"}, {" \t de \t ;q=1.000 ", "de"}, {"de;Q=0.5", "de"},
        {"de;q=2, ar;q=0.1", "ar"}, {"de;q=1.001, ar;q=0.1", "ar"}, {"de;q=, ar", "ar"}, {"de;q=0.1234, ar;q=0.01", "ar"},
        {"de;q=-1, ar;q=0.1", "ar"}, {"de;level=1, ar;q=0.1", "ar"}, {",,,de", "de"}, {";q=1", NULL}, {"\xff\xfe, de", "de"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct catalog *found = catalogs_accept(&catalogs, str_of(rows[i].header));
        const char *code = rows[i].code ? rows[i].code : "none";
        Str got = found ? catalog_code(found) : STR("none");
        if (!str_is(got, code)) fail_msg("\"%s\" gave %.*s, expected %s", rows[i].header, STR_ARGS(got), code);
    }
    assert_null(catalogs_accept(&catalogs, STR_NONE));
}

static void test_an_endless_wish_list_is_cut(void **state)
{
    struct bench *bench = *state;
    struct catalogs catalogs = load_three(bench);
    struct text header = {.arena = bench->arena};
    for (int i = 0; i < 31; i++) text_add(&header, STR("fr,"));
    text_add(&header, STR("de"));
    assert_str(catalog_code(catalogs_accept(&catalogs, text_str(&header))), "de");
    for (int i = 0; i < 100000; i++) text_add(&header, STR(",ar;q=0.9"));
    assert_str(catalog_code(catalogs_accept(&catalogs, text_str(&header))), "de");
    struct text late = {.arena = bench->arena};
    for (int i = 0; i < 32; i++) text_add(&late, STR("fr,"));
    text_add(&late, STR("de"));
    assert_null(catalogs_accept(&catalogs, text_str(&late)));
}

static void test_another_region_is_better_than_another_language(void **state)
{
    struct bench *bench = *state;
    struct catalogs catalogs = {0};
    folder_put(bench->arena, bench->folder, "en.mo", mo_write(bench->arena, english, false));
    folder_put(bench->arena, bench->folder, "pt-BR.mo", mo_write(bench->arena, german, false));
    folder_put(bench->arena, bench->folder, "pt.mo", mo_write(bench->arena, german, false));
    assert_int_equal(catalogs_load(bench->arena, bench->folder, &bench->problems, &catalogs), OK);
    assert_str(catalog_code(catalogs_accept(&catalogs, STR("pt-BR"))), "pt-BR");
    assert_str(catalog_code(catalogs_accept(&catalogs, STR("pt-PT"))), "pt");
    assert_str(catalog_code(catalogs_accept(&catalogs, STR("pt;q=0, pt-BR"))), "pt-BR");
}

static void test_dates_are_written_as_the_language_does(void **state)
{
    struct bench *bench = *state;
    struct catalogs catalogs = load_three(bench);
    const struct catalog *en = catalogs.list[0], *ar = catalogs.list[1], *de = catalogs.list[2];
    assert_str(catalog_date(bench->arena, en, 1794190980, false), "9 November 2026");
    assert_str(catalog_date(bench->arena, en, 1794190980, true), "9 November 2026, 02:23 UTC");
    assert_str(catalog_date(bench->arena, de, 1778457599, true), "10. Mai 2026, 23:59 Uhr UTC");
    assert_str(catalog_date(bench->arena, ar, 1778457599, false), "10 مايو 2026");
    assert_str(catalog_date(bench->arena, en, 0, true), "1 January 1970, 00:00 UTC");
    assert_str(catalog_date(bench->arena, en, -1, true), "31 December 1969, 23:59 UTC");
    assert_str(catalog_date(bench->arena, en, 1709164800, false), "29 February 2024");
    assert_str(catalog_date(bench->arena, en, INT64_MAX, true), "");
    assert_str(catalog_date(bench->arena, en, INT64_MIN, true), "");
}

static void test_placeholders_are_filled(void **state)
{
    struct arena *arena = ((struct bench *)*state)->arena;
    assert_str(catalog_fill(arena, STR("{NAME}, {N} of {N}"), "N", STR("3"), "NAME", STR("Ann"), NULL), "Ann, 3 of 3");
    assert_str(catalog_fill(arena, STR("{NAME} {OTHER}"), "NAME", STR("{OTHER}"), NULL), "{OTHER} {OTHER}");
    assert_str(catalog_fill(arena, STR("{NAME}"), "NAME", STR_NONE, NULL), "");
    assert_str(catalog_fill(arena, STR("{name} {} {1A} {A-B} {{A}} {A"), "A", STR("x"), NULL), "{name} {} {1A} {A-B} {x} {A");
    assert_str(catalog_fill(arena, STR(""), NULL), "");
    assert_str(catalog_fill(arena, STR("plain"), NULL), "plain");
    assert_true(placeholders_within(STR("{A} {A}"), STR("{B}{A}")));
    assert_false(placeholders_within(STR("{A}{B}"), STR("{A}")));
}

static void test_an_operators_text_is_picked(void **state)
{
    struct bench *bench = *state;
    struct catalogs catalogs = load_three(bench);
    const struct catalog *de = catalogs_get(&catalogs, STR("de"));
    static const struct { const char *json, *fallback, *text; } rows[] = {
        {"{\"en\":\"Shirt\",\"de\":\"Hemd\"}", "en", "Hemd"},
        {"{\"en\":\"Shirt\",\"ar\":\"x\"}", "ar", "x"},
        {"{\"en\":\"Shirt\",\"fr\":\"Chemise\"}", "ar", "Shirt"},
        {"{\"fr\":\"Chemise\"}", "ar", "Chemise"},
        {"{\"de\":\"\",\"en\":\"Shirt\"}", "", "Shirt"},
        {"{\"de\":7,\"en\":\"Shirt\"}", "", "Shirt"},
        {"{\"de\":7,\"xx\":null,\"fr\":\"\"}", "", ""},
        {"{}", "", ""}, {"[]", "", ""}, {"\"Shirt\"", "", ""}, {"null", "en", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *texts = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
        assert_str(catalog_pick(de, texts, str_of(rows[i].fallback)), rows[i].text);
        json_decref(texts);
    }
    assert_null(catalog_pick(de, NULL, STR("en")).p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_folder_gives_its_languages_english_first),
        TEST(test_texts_are_found_or_stay_english),
        TEST(test_plurals_follow_the_language),
        TEST(test_plural_expressions),
        TEST(test_plural_expressions_are_bounded),
        TEST(test_incomplete_languages_are_refused),
        TEST(test_a_plural_that_english_does_not_have_is_refused),
        TEST(test_english_must_be_there),
        TEST(test_broken_files_are_refused),
        TEST(test_keys_out_of_order_are_refused),
        TEST(test_what_a_browser_asks_for),
        TEST(test_an_endless_wish_list_is_cut),
        TEST(test_another_region_is_better_than_another_language),
        TEST(test_dates_are_written_as_the_language_does),
        TEST(test_placeholders_are_filled),
        TEST(test_an_operators_text_is_picked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
