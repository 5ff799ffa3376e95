/* Options: the file, the environment, the address, the sample. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "options.h"

static struct arena *arena;
static char folder[] = "/tmp/test_options.XXXXXX";
static char file[sizeof folder + sizeof "/latchkey.conf"];

static const char minimal[] = "public_url = \"https://account.example.com\";\n";

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/latchkey.conf", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(file);
    assert_int_equal(rmdir(folder), 0);
    arena_close(arena);
    return 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_not_equal(fputs(text, out), EOF);
    assert_int_equal(fclose(out), 0);
}

struct outcome {
    Error error;
    struct problems problems;
    struct options options;
};

static struct outcome read_path(const char *path)
{
    struct outcome outcome = {.problems = {.arena = arena}};
    outcome.error = options_read(arena, path, &outcome.problems, &outcome.options);
    return outcome;
}

static struct outcome read_text(const char *text)
{
    write_file(file, text);
    return read_path(file);
}

static void assert_text(Str got, const char *wanted)
{
    assert_string_equal(arena_cstr(arena, got), wanted);
}

static void assert_fine(const struct outcome *outcome)
{
    if (outcome->problems.first) print_message("problem: %s\n", outcome->problems.first->message.p);
    assert_int_equal(outcome->error, OK);
    assert_int_equal(outcome->problems.count, 0);
}

/* One problem and no more, at that line of the file (0: the file as such), with these words in it. */
static void assert_problem(const struct outcome *outcome, int line, const char *words)
{
    assert_int_equal(outcome->error, ERR_INVALID);
    assert_int_equal(outcome->problems.count, 1);
    assert_text(outcome->problems.first->place, line ? arena_print(arena, "%s:%d", file, line).p : file);
    if (!strstr(outcome->problems.first->message.p, words))
        fail_msg("\"%s\" lacks \"%s\"", outcome->problems.first->message.p, words);
}

static void presets_hold_without_a_word(void **state)
{
    (void)state;
    struct outcome outcome = read_text(minimal);
    assert_fine(&outcome);
    assert_int_equal(outcome.options.request_seconds, 20);
    assert_int_equal(outcome.options.password_hash_kib, 65536);
    assert_text(outcome.options.default_language, "en");
    assert_text(outcome.options.user, "");
    assert_text(outcome.options.templates_dir, "/usr/share/latchkey/templates");
}

static void what_stands_in_the_file_counts(void **state)
{
    (void)state;
    struct outcome outcome = read_text("# a comment\npublic_url = \"https://account.example.com\";\nworkers = 3; drain_seconds = 600;\n"
                                       "display_name = \"Grüße\";\n");
    assert_fine(&outcome);
    assert_int_equal(outcome.options.workers, 3);
    assert_int_equal(outcome.options.drain_seconds, 600);
    assert_text(outcome.options.display_name, "Grüße");
}

static void the_program_chooses_processes_for_zero(void **state)
{
    (void)state;
    struct outcome outcome = read_text(minimal);
    assert_true(outcome.options.workers >= 4);
    assert_true(outcome.options.hashers >= 1);
    assert_true(outcome.options.workers <= 256 && outcome.options.hashers <= 64);
}

static void relative_paths_begin_at_the_files_folder(void **state)
{
    (void)state;
    struct outcome outcome = read_text("public_url = \"https://a.example\"; database = \"data/x.db\"; key_file = \"/etc/x.key\";");
    assert_fine(&outcome);
    assert_text(outcome.options.database, arena_print(arena, "%s/data/x.db", folder).p);
    assert_text(outcome.options.key_file, "/etc/x.key");
    assert_text(outcome.options.socket, arena_print(arena, "%s/latchkey.sock", folder).p);
}

static void the_environment_wins(void **state)
{
    (void)state;
    setenv("LATCHKEY_WORKERS", "7", 1);
    setenv("LATCHKEY_DATABASE", "other.db", 1);
    setenv("LATCHKEY_PUBLIC_URL", "http://localhost:8080", 1);
    struct outcome outcome = read_text("public_url = \"https://a.example\"; workers = 2;");
    unsetenv("LATCHKEY_WORKERS");
    unsetenv("LATCHKEY_DATABASE");
    unsetenv("LATCHKEY_PUBLIC_URL");
    assert_fine(&outcome);
    assert_int_equal(outcome.options.workers, 7);
    assert_text(outcome.options.database, arena_print(arena, "%s/other.db", folder).p);
    assert_text(outcome.options.host, "localhost:8080");
    assert_false(outcome.options.https);
}

static void wrong_variables_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } rows[] = {
        {"LATCHKEY_WORKER", "7"}, {"LATCHKEY_workers", "7"}, {"LATCHKEY_", "x"}, {"LATCHKEY_WORKERS", "many"},
        {"LATCHKEY_WORKERS", ""}, {"LATCHKEY_WORKERS", "257"}, {"LATCHKEY_WORKERS", "99999999999999999999"},
        {"LATCHKEY_DATABASE", ""}, {"LATCHKEY_DISPLAY_NAME", "a\nb"}, {"LATCHKEY_DISPLAY_NAME", "\xff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setenv(rows[i].name, rows[i].value, 1);
        struct outcome outcome = read_text(minimal);
        unsetenv(rows[i].name);
        assert_int_equal(outcome.error, ERR_INVALID);
        assert_int_equal(outcome.problems.count, 1);
        assert_text(outcome.problems.first->place, rows[i].name);
    }
}

static void problems_have_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        const char *words;
    } rows[] = {
        {"timout = 3;\n", 2, "timout: there is no such option"},
        {"\n\nworkers = \"3\";\n", 4, "workers: must be a whole number"},
        {"workers = 2.5;\n", 2, "must be a whole number"},
        {"workers = true;\n", 2, "must be a whole number"},
        {"workers = -1;\n", 2, "must be from 0 to 256"},
        {"workers = 257;\n", 2, "must be from 0 to 256"},
        {"password_hash_kib = 19455;\n", 2, "must be from 19456 to"},
        {"request_seconds = 9999999999L;\n", 2, "must be from 1 to 600"},
        {"database = 3;\n", 2, "database: must be text"},
        {"database = [\"a\", \"b\"];\n", 2, "database: must be text"},
        {"database = \"\";\n", 2, "database: needs a path"},
        {"display_name = \"a\\x01b\";\n", 2, "without control characters"},
        {"display_name = \"\\xff\";\n", 2, "must be UTF-8"},
        {"server : { workers = 3; };\n", 2, "server: there is no such option"},
        {"workers = 1;\nworkers = 2;\n", 3, "duplicate"},
        {"workers = = 1;\n", 2, "syntax"},
        {"@include \"nothing.conf\"\n", 2, "cannot open include file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = read_text(arena_print(arena, "%s%s", minimal, rows[i].text).p);
        assert_problem(&outcome, rows[i].line, rows[i].words);
    }
}

static void places_for_messages_are_checked(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"mail_url = \"http://mail.example\"; mail_from = \"a@b.example\";", "mail_url: must be smtp://"},
        {"mail_url = \"smtp://user:secret@mail.example\"; mail_from = \"a@b.example\";", "mail_url: must be smtp://"},
        {"mail_url = \"dir:\"; mail_from = \"a@b.example\";", "mail_url: must be smtp://"},
        {"mail_url = \"smtp://mail.example\";", "mail_from: must be the sender"},
        {"mail_from = \"Example\";", "mail_from: must be the sender"},
        {"mail_tls = \"Off\";", "mail_tls: must be required or off"},
        {"sms_url = \"http://sms.example/send\";", "sms_url: must be an https:// address"},
        {"sms_countries = \"+44\";", "sms_countries: must be calling codes"},
        {"sms_countries = \"44 049\";", "sms_countries: must be calling codes"},
        {"sms_countries = \"44,49\";", "sms_countries: must be calling codes"},
        {"sms_countries = \"12345678\";", "sms_countries: must be calling codes"},
        {"sms_url = \"smtp://sms.example\";", "sms_url: must be an https:// address"},
        {"breach_url = \"http://range.example/range/\";", "breach_url: must be an https:// address"},
        {"breach_url = \"dir:range\";", "breach_url: must be an https:// address"},
        {"breach_file = \"nowhere/breached.txt\";", "breach_file: cannot be read"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = read_text(arena_print(arena, "%s%s", minimal, rows[i].text).p);
        assert_int_equal(outcome.error, ERR_INVALID);
        assert_int_equal(outcome.problems.count, 1);
        if (!str_starts(outcome.problems.first->message, str_of(rows[i].words)))
            fail_msg("%s: %.*s", rows[i].text, STR_ARGS(outcome.problems.first->message));
    }
    struct outcome outcome = read_text("public_url = \"https://a.example\"; mail_url = \"dir:mail\"; sms_url = \"dir:/var/sms\";"
                                       "mail_from = \"Example <no-reply@example.com>\"; mail_tls = \"off\";");
    assert_fine(&outcome);
    assert_text(outcome.options.mail_url, arena_print(arena, "dir:%s/mail", folder).p);
    assert_text(outcome.options.sms_url, "dir:/var/sms");
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    struct outcome outcome = read_text("workers = 999;\nnonsense = 1;\ndatabase = 1;\n");
    assert_int_equal(outcome.error, ERR_INVALID);
    assert_int_equal(outcome.problems.count, 4);      /* and public_url is missing */
}

static void addresses_are_kept_as_browsers_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *given, *kept, *host;
        bool https;
    } rows[] = {
        {"https://account.example.com", "https://account.example.com", "account.example.com", true},
        {"https://Account.Example.com/", "https://account.example.com", "account.example.com", true},
        {"https://a.example:8443", "https://a.example:8443", "a.example:8443", true},
        {"https://a.example:443", "https://a.example", "a.example", true},
        {"https://a.example:80", "https://a.example:80", "a.example:80", true},
        {"https://192.0.2.1", "https://192.0.2.1", "192.0.2.1", true},
        {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example", true},
        {"http://localhost", "http://localhost", "localhost", false},
        {"http://localhost:8080", "http://localhost:8080", "localhost:8080", false},
        {"http://localhost:80/", "http://localhost", "localhost", false},
        {"https://localhost:8080", "https://localhost:8080", "localhost:8080", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = read_text(arena_print(arena, "public_url = \"%s\";", rows[i].given).p);
        assert_fine(&outcome);
        assert_text(outcome.options.public_url, rows[i].kept);
        assert_text(outcome.options.host, rows[i].host);
        assert_int_equal(outcome.options.https, rows[i].https);
    }
}

static void other_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "", "account.example.com", "ftp://a.example", "https://", "https:///", "https://a.example/portal", "https://a.example//",
        "https://a.example?x", "https://a.example#x", "https://user@a.example", "https://a.example:", "https://a.example:0",
        "https://a.example:65536", "https://a.example:080", "https://a.example:8 0", "https://a..example", "https://.example",
        "https://a.example.", "https://-a.example", "https://a_b.example", "https://bücher.example", "https://a example",
        "https://[::1]", "http://a.example", "http://127.0.0.1:8080", "http://localhost.example", "http://localhost@evil.example",
        "http://localhost:8080/x", "javascript:alert(1)", "https://a.example\\\\evil",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome outcome = read_text(arena_print(arena, "\npublic_url = \"%s\";", rows[i]).p);
        if (outcome.error != ERR_INVALID) fail_msg("\"%s\" was taken", rows[i]);
        assert_problem(&outcome, 2, "public_url: ");
    }
}

static void a_missing_address_is_said(void **state)
{
    (void)state;
    struct outcome outcome = read_text("workers = 2;");
    assert_problem(&outcome, 0, "public_url: is needed");
}

static void a_socket_that_no_system_can_bind_is_refused(void **state)
{
    (void)state;
    char path[110];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[108] = '\0';
    struct outcome longer = read_text(arena_print(arena, "public_url = \"https://a.example\";\nsocket = \"%s\";", path).p);
    assert_problem(&longer, 2, "socket: ");
    path[107] = '\0';
    struct outcome longest = read_text(arena_print(arena, "public_url = \"https://a.example\";\nsocket = \"%s\";", path).p);
    assert_fine(&longest);
}

static void files_that_cannot_be_read_are_said(void **state)
{
    (void)state;
    struct outcome missing = read_path(file);
    assert_int_equal(missing.error, ERR_NOT_FOUND);
    assert_int_equal(missing.problems.count, 1);
    assert_text(missing.problems.first->place, file);
    struct outcome directory = read_path(folder);
    assert_int_equal(directory.error, ERR_INVALID);
    assert_text(directory.problems.first->place, folder);
}

static void included_files_have_their_own_lines(void **state)
{
    (void)state;
    char included[sizeof folder + 16];
    snprintf(included, sizeof included, "%s/more.conf", folder);
    write_file(included, "\n\nworkers = 999;\n");
    struct outcome outcome = read_text("public_url = \"https://a.example\";\n@include \"more.conf\"\n");
    unlink(included);
    assert_int_equal(outcome.error, ERR_INVALID);
    assert_int_equal(outcome.problems.count, 1);
    assert_true(str_ends(outcome.problems.first->place, STR("more.conf:3")));
}

/* Every assignment of the sample, with its comment mark taken off, is what holds anyway. */
static void the_sample_says_the_presets(void **state)
{
    (void)state;
    struct text bare = {.arena = arena};
    Str sample = options_sample(arena);
    for (Str rest = sample; rest.p;) {
        Str line = str_cut(&rest, '\n');
        assert_true(line.n <= 100);
        assert_true(line.n == 0 || line.p[0] == '#');
        if (line.n > 1 && line.p[1] != ' ' && !str_starts(line, STR("#public_url")))
            text_print(&bare, "%.*s\n", STR_ARGS(str_after(line, 1)));
    }
    text_add(&bare, str_of(minimal));
    struct outcome from_sample = read_text(text_str(&bare).p);
    assert_fine(&from_sample);
    struct outcome preset = read_text(minimal);
    size_t options = 0;
#define OPTION_TEXT(name, is, help) assert_true(str_eq(from_sample.options.name, preset.options.name)); options++;
#define OPTION_PATH(name, is, help) OPTION_TEXT(name, is, help)
#define OPTION_INT(name, is, least, most, help) assert_int_equal(from_sample.options.name, preset.options.name); options++;
#include "options.def"
#undef OPTION_TEXT
#undef OPTION_PATH
#undef OPTION_INT
    size_t assignments = 0;
    for (Str rest = text_str(&bare); rest.p;)
        assignments += str_has(str_cut(&rest, '\n'), '=');
    assert_int_equal(assignments, options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(presets_hold_without_a_word, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_stands_in_the_file_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_program_chooses_processes_for_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(relative_paths_begin_at_the_files_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_variables_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(problems_have_their_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_for_messages_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_problems_are_told_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(addresses_are_kept_as_browsers_write_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_addresses_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_address_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_socket_that_no_system_can_bind_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read_are_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(included_files_have_their_own_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_sample_says_the_presets, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
