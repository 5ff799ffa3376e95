/* Purposes as the operator's file says them, and what people answer to them: due, given, withdrawn, asked again on a new version only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/apply.h"
#include "account/consent.h"
#include "base/json_memory.h"
#include "support/portal_support.h"
#include "support/store_support.h"
#include "store/user_store.h"

struct bench {
    struct arena *arena;
    struct options options;
    struct portal portal;
    struct visit visit;
    struct problems problems;
    Applied applied;
    struct user ada;
};

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"}],"
    "\"users\":[{\"connection\":\"customers\",\"email\":\"ada@example.com\"},{\"connection\":\"customers\",\"email\":\"bob@example.com\"}]}";

#define TERMS(version) "{\"name\":\"terms\",\"version\":\"" version "\",\"required\":true,\"title\":{\"en\":\"Terms\"},\"text\":{\"en\":\"One.\\nTwo.\"}}"
#define NEWS(version) "{\"name\":\"news\",\"version\":\"" version "\",\"title\":{\"en\":\"News\",\"de\":\"Neues\"},\"text\":{\"en\":\"A letter.\"}}"
#define FILE_OF(list) "{\"purposes\":[" list "]}"

static int setup(void **state)
{
    static struct bench bench;
    bench = (struct bench){.arena = arena_open(0)};
    portal_make(&bench.portal, &bench.options, bench.arena, store_open_memory(), people);
    json_memory_use(bench.arena);
    bench.visit = (struct visit){.arena = bench.arena, .now = A_DAY_IN_2026, .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                                 .actor_id = STR("local|ada")};
    assert_int_equal(user_get(bench.portal.db, bench.arena, portal_account(&bench.portal, bench.arena, "ada@example.com"), &bench.ada), OK);
    *state = &bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    portal_close(&bench->portal);
    db_close(bench->portal.db);
    json_memory_use(NULL);
    arena_close(bench->arena);
    return 0;
}

static Error run(struct bench *bench, const char *json, bool dry)
{
    bench->problems = (struct problems){.arena = bench->arena};
    bench->applied = (Applied){.lines = STR_NONE};
    return apply_run(&bench->portal, &bench->visit, str_of(json), dry, &bench->problems, &bench->applied);
}

static void apply(struct bench *bench, const char *json)
{
    if (run(bench, json, false)) fail_msg("refused: %s in %s", bench->problems.first ? bench->problems.first->message.p : "?", json);
}

static int64_t generation(struct bench *bench)
{
    return store_int(bench->portal.db, STMT_purposes_generation_get, DB_NO_ARGS);
}

static int64_t count(struct bench *bench, const char *sql)
{
    return store_count(bench->portal.db, sql);
}

static struct consent_state state_of(struct bench *bench, const char *name)
{
    const struct directory *directory = &bench->portal.directory;
    struct consent_state *states = ARENA_ARRAY(bench->arena, struct consent_state, directory->purpose_count + 1);
    assert_int_equal(consent_states(&bench->portal, bench->arena, bench->ada.id, states), OK);
    const struct consent_purpose *purpose = directory_purpose(directory, str_of(name));
    assert_non_null(purpose);
    return states[purpose - directory->purposes];
}

static bool due(struct bench *bench, const char *name)
{
    struct consent_state state = state_of(bench, name);
    return consent_is_due(&state);
}

static void answer(struct bench *bench, const char *name, bool give, bool open)
{
    const struct consent_purpose *purpose = directory_purpose(&bench->portal.directory, str_of(name));
    assert_int_equal(consent_save(&bench->portal, &bench->visit, &bench->ada,
                                  &(struct consent_wish){.purpose = purpose, .give = give, .leave_open = open}, 1), OK);
}

/* --- the file --- */

static void test_apply_is_idempotent(void **state)
{
    struct bench *bench = *state;
    int64_t before = generation(bench);
    apply(bench, FILE_OF(TERMS("1") "," NEWS("2026-01")));
    assert_non_null(strstr(bench->applied.lines.p, "+ purposes.terms.version: \"1\"\n"));
    assert_non_null(strstr(bench->applied.lines.p, "+ purposes.terms.required: true\n"));
    assert_non_null(strstr(bench->applied.lines.p, "+ purposes.news.required: false\n"));
    assert_non_null(strstr(bench->applied.lines.p, "+ purposes.news.title.de: \"Neues\"\n"));
    assert_int_equal(generation(bench), before + 1);
    assert_int_equal(bench->portal.directory.purpose_count, 2);
    assert_true(bench->portal.directory.purposes[0].required);
    apply(bench, FILE_OF(TERMS("1") "," NEWS("2026-01")));
    assert_int_equal(bench->applied.lines.n, 0);
    assert_int_equal(generation(bench), before + 1);
}

static void test_a_dry_run_changes_nothing(void **state)
{
    struct bench *bench = *state;
    int64_t before = generation(bench);
    assert_int_equal(run(bench, FILE_OF(TERMS("1")), true), OK);
    assert_non_null(strstr(bench->applied.lines.p, "+ purposes.terms.version"));
    assert_int_equal(generation(bench), before);
    assert_int_equal(bench->portal.directory.purpose_count, 0);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM purpose_version"), 0);
}

static void test_what_the_file_does_not_say_stays(void **state)
{
    struct bench *bench = *state;
    apply(bench, FILE_OF(TERMS("1") "," NEWS("1")));
    apply(bench, FILE_OF("{\"name\":\"terms\",\"version\":\"2\",\"required\":false}"));
    assert_non_null(strstr(bench->applied.lines.p, "~ purposes.terms.version: \"1\" -> \"2\"\n"));
    assert_non_null(strstr(bench->applied.lines.p, "~ purposes.terms.required: true -> false\n"));
    const struct consent_purpose *terms = directory_purpose(&bench->portal.directory, STR("terms"));
    assert_string_equal(json_string_value(json_object_get(terms->text, "en")), "One.\nTwo.");
    assert_false(terms->required);
    assert_non_null(directory_purpose(&bench->portal.directory, STR("news")));
    apply(bench, people);
    assert_int_equal(bench->portal.directory.purpose_count, 2);
}

static void test_closed_schema(void **state)
{
    static const struct { const char *entry, *place, *words; } wrong[] = {
        {"{\"version\":\"1\",\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0]", "name is needed"},
        {"{\"name\":\"t\",\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0]", "version is needed"},
        {"{\"name\":\"t\",\"version\":\"1\",\"text\":{\"en\":\"T\"}}", "purposes[0]", "title is needed"},
        {"{\"name\":\"t\",\"version\":\"1\",\"title\":{\"en\":\"T\"}}", "purposes[0]", "text is needed"},
        {"{\"name\":\"T\",\"version\":\"1\",\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0].name", "small letters"},
        {"{\"name\":\"t\",\"version\":\"1/2\",\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0].version", "letters, digits"},
        {"{\"name\":\"t\",\"version\":\"..\",\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0].version", "letters, digits"},
        {"{\"name\":\"t\",\"version\":1,\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0].version", "must be a text"},
        {"{\"name\":\"t\",\"version\":\"1\",\"required\":1,\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0].required", "must be"},
        {"{\"name\":\"t\",\"version\":\"1\",\"title\":{},\"text\":{\"en\":\"T\"}}", "purposes[0].title", "one language at least"},
        {"{\"name\":\"t\",\"version\":\"1\",\"title\":{\"en\":\" \"},\"text\":{\"en\":\"T\"}}", "purposes[0].title.en", "blank"},
        {"{\"name\":\"t\",\"version\":\"1\",\"title\":{\"en\":\"a\\nb\"},\"text\":{\"en\":\"T\"}}", "purposes[0].title.en", "characters"},
        {"{\"name\":\"t\",\"version\":\"1\",\"title\":{\"en\":\"T\"},\"text\":{\"4\":\"T\"}}", "purposes[0].text.4", "language"},
        {"{\"name\":\"t\",\"version\":\"1\",\"title\":{\"en\":\"T\"},\"text\":{\"en\":7}}", "purposes[0].text.en", "must be a text"},
        {"{\"name\":\"t\",\"version\":\"1\",\"titel\":{\"en\":\"T\"},\"title\":{\"en\":\"T\"},\"text\":{\"en\":\"T\"}}", "purposes[0].titel", "title"},
        {TERMS("1") "," TERMS("2"), "purposes[1]", "the same as in purposes[0]"},
        {"7", "purposes[0]", "must be"},
    };
    struct bench *bench = *state;
    int64_t before = generation(bench);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bool said = false;
        if (run(bench, arena_print(bench->arena, "{\"purposes\":[%s]}", wrong[i].entry).p, false) != ERR_INVALID) fail_msg("taken: %s", wrong[i].entry);
        for (const struct problem *each = bench->problems.first; each; each = each->next) {
            said = said || (str_is(each->place, wrong[i].place) && strstr(each->message.p, wrong[i].words));
            if (!each->next && !said) fail_msg("%s: %s is not said of %s", each->place.p, each->message.p, wrong[i].entry);
        }
    }
    assert_int_equal(generation(bench), before);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM purpose"), 0);
}

/* --- answers --- */

static void test_required_is_due_until_it_is_given(void **state)
{
    struct bench *bench = *state;
    apply(bench, FILE_OF(TERMS("1")));
    assert_true(due(bench, "terms"));
    answer(bench, "terms", false, false);
    assert_true(due(bench, "terms"));
    assert_int_equal(state_of(bench, "terms").answer, CONSENT_REFUSED);
    answer(bench, "terms", true, false);
    assert_false(due(bench, "terms"));
    answer(bench, "terms", false, false);
    assert_true(due(bench, "terms"));
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM consent"), 3);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM audit WHERE action = 'consent.give' AND reason = 'terms 1'"), 1);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM audit WHERE action = 'consent.withdraw'"), 2);
}

static void test_optional_is_asked_once(void **state)
{
    struct bench *bench = *state;
    apply(bench, FILE_OF(NEWS("1")));
    assert_true(due(bench, "news"));
    answer(bench, "news", false, true);
    assert_false(due(bench, "news"));
    assert_int_equal(state_of(bench, "news").answer, CONSENT_NONE);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM audit WHERE action LIKE 'consent.%'"), 0);
    apply(bench, FILE_OF(NEWS("2")));
    assert_true(due(bench, "news"));
    answer(bench, "news", true, false);
    assert_false(due(bench, "news"));
    answer(bench, "news", false, true);      /* to leave it open later takes nothing back */
    assert_int_equal(state_of(bench, "news").answer, CONSENT_GIVEN);
}

static void test_the_same_answer_is_no_news(void **state)
{
    struct bench *bench = *state;
    apply(bench, FILE_OF(NEWS("1")));
    for (int i = 0; i < 3; i++) answer(bench, "news", true, false);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM consent"), 1);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM audit WHERE action = 'consent.give'"), 1);
}

static void test_only_a_new_version_asks_again(void **state)
{
    struct bench *bench = *state;
    apply(bench, FILE_OF(TERMS("1")));
    answer(bench, "terms", true, false);
    apply(bench, FILE_OF("{\"name\":\"terms\",\"version\":\"1\",\"title\":{\"en\":\"Our terms\"}}"));
    assert_int_equal(bench->applied.changed, 1);
    assert_false(due(bench, "terms"));
    apply(bench, FILE_OF(TERMS("2")));
    assert_true(due(bench, "terms"));
    struct consent_state state_now = state_of(bench, "terms");
    assert_int_equal(state_now.answer, CONSENT_GIVEN);
    assert_true(str_is(state_now.version, "1"));
}

static void test_history_is_never_rewritten(void **state)
{
    struct bench *bench = *state;
    struct consent list[8];
    size_t n = 0;
    apply(bench, FILE_OF(TERMS("1") "," NEWS("1")));
    answer(bench, "terms", true, false);
    answer(bench, "news", false, true);
    bench->visit.now++;
    answer(bench, "terms", false, false);
    apply(bench, FILE_OF(TERMS("2")));
    answer(bench, "terms", true, false);
    assert_int_equal(consent_history(&bench->portal, bench->arena, bench->ada.id, list, 8, &n), OK);
    assert_int_equal(n, 3);
    assert_true(list[0].given && str_is(list[0].version, "2"));
    assert_true(!list[1].given && str_is(list[1].version, "1"));
    assert_true(list[2].given && list[2].at == A_DAY_IN_2026 && str_is(list[2].purpose, "terms"));
    assert_int_equal(consent_history(&bench->portal, bench->arena, bench->ada.id, list, 2, &n), OK);
    assert_int_equal(n, 2);
    int64_t bob = portal_account(&bench->portal, bench->arena, "bob@example.com");
    assert_int_equal(consent_history(&bench->portal, bench->arena, bob, list, 8, &n), OK);
    assert_int_equal(n, 0);
}

static void test_every_version_can_be_read(void **state)
{
    struct bench *bench = *state;
    const json_t *title, *text;
    apply(bench, FILE_OF(TERMS("1")));
    apply(bench, FILE_OF("{\"name\":\"terms\",\"version\":\"2\",\"text\":{\"en\":\"New.\"}}"));
    assert_int_equal(consent_text(&bench->portal, bench->arena, STR("terms"), STR("1"), &title, &text), OK);
    assert_string_equal(json_string_value(json_object_get(text, "en")), "One.\nTwo.");
    assert_int_equal(consent_text(&bench->portal, bench->arena, STR("terms"), STR("2"), &title, &text), OK);
    assert_string_equal(json_string_value(json_object_get(text, "en")), "New.");
    assert_int_equal(consent_text(&bench->portal, bench->arena, STR("terms"), STR("3"), &title, &text), ERR_NOT_FOUND);
}

static void test_nothing_is_half_saved(void **state)
{
    struct bench *bench = *state;
    apply(bench, FILE_OF(TERMS("1") "," NEWS("1")));
    struct consent_purpose list[2] = {bench->portal.directory.purposes[0], bench->portal.directory.purposes[1]};
    struct consent_wish wishes[2] = {{.purpose = &list[0], .give = true}, {.purpose = &list[1], .give = true}};
    list[1].version = STR_NONE;      /* which the store refuses */
    bench->portal.directory.purposes = list;
    log_catch();
    Error error = consent_save(&bench->portal, &bench->visit, &bench->ada, wishes, 2);
    (void)log_caught("");
    assert_int_not_equal(error, OK);
    assert_false(db_in_transaction(bench->portal.db));
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM consent"), 0);
    assert_int_equal(count(bench, "SELECT COUNT(*) FROM audit WHERE action LIKE 'consent.%'"), 0);
}

#define CONSENT_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONSENT_TEST(test_apply_is_idempotent), CONSENT_TEST(test_a_dry_run_changes_nothing),
        CONSENT_TEST(test_what_the_file_does_not_say_stays), CONSENT_TEST(test_closed_schema),
        CONSENT_TEST(test_required_is_due_until_it_is_given), CONSENT_TEST(test_optional_is_asked_once),
        CONSENT_TEST(test_the_same_answer_is_no_news), CONSENT_TEST(test_only_a_new_version_asks_again),
        CONSENT_TEST(test_history_is_never_rewritten), CONSENT_TEST(test_every_version_can_be_read),
        CONSENT_TEST(test_nothing_is_half_saved),
    };
    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
