/* What lists of members are made from: it follows every change, and holds nothing that the desk may not see. */
#include "support/model.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#include "account/member.h"
#include "account/member_index.h"
#include "account/member_shown.h"
#include "account/profile.h"
#include "account/state.h"
#include "store/engine.h"
#include "store/user_store.h"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"},{\"name\":\"partner\",\"strategy\":\"local\"}],"
    "\"roles\":[{\"name\":\"courier\",\"permissions\":[]}],"
    "\"organizations\":[{\"name\":\"acme\",\"connections\":[\"customers\"]},"
    " {\"name\":\"quiet\",\"fields\":{\"email\":{\"owner\":\"none\",\"desk\":\"none\",\"operator\":\"read\"},"
    "  \"family_name\":{\"owner\":\"none\",\"desk\":\"none\"},\"name\":{\"owner\":\"none\",\"desk\":\"none\"}}},"
    " {\"name\":\"empty\"}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"username\":\"countess\",\"name\":\"Ada Lovelace\","
    "  \"given_name\":\"Ada\",\"family_name\":\"Lovelace\",\"nickname\":\"Addie\","
    "  \"organizations\":[{\"name\":\"acme\",\"home\":true,\"roles\":[\"auditor\",\"courier\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"bob\",\"email\":\"bob@example.com\",\"given_name\":\"Bob\",\"family_name\":\"Secret\","
    "  \"organizations\":[{\"name\":\"quiet\",\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"name\":\"Eve Stranger\"}]}";

struct bench {
    struct arena *arena;
    struct options options;
    struct portal portal;
    struct visit visit;
    int64_t acme, quiet, empty, ada, bob, eve;
};

static int64_t organization(struct bench *bench, const char *name)
{
    return store_int(bench->portal.db, STMT_organization_get, DB_ARGS(db_text(str_of(name))));
}

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    struct bench *bench = ARENA_NEW(arena, struct bench);
    bench->arena = arena;
    portal_make(&bench->portal, &bench->options, arena, store_open_memory(), people);
    bench->visit = (struct visit){.arena = arena, .now = A_DAY_IN_2026, .request_id = STR("r"), .peer = STR(""), .actor_id = STR("cli:test")};
    bench->acme = organization(bench, "acme");
    bench->quiet = organization(bench, "quiet");
    bench->empty = organization(bench, "empty");
    bench->ada = portal_account(&bench->portal, arena, "ada@example.com");
    bench->bob = portal_account(&bench->portal, arena, "bob@example.com");
    bench->eve = portal_account(&bench->portal, arena, "eve@example.com");
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = bench->arena;
    portal_close(&bench->portal);
    db_close(bench->portal.db);
    json_memory_use(NULL);
    arena_close(arena);
    return 0;
}

static struct user user(struct bench *bench, int64_t account)
{
    struct user user;
    assert_int_equal(user_get(bench->portal.db, bench->arena, account, &user), OK);
    return user;
}

static void begin(struct bench *bench) { assert_int_equal(db_begin(bench->portal.db), OK); }
static void commit(struct bench *bench) { assert_int_equal(db_commit(bench->portal.db), OK); }

/* The row as it is kept, in one line; the terms with blanks between them. */
static const char *row_of(struct bench *bench, int64_t organization, int64_t account)
{
    struct rows rows;
    struct text line = {.arena = bench->arena};
    assert_int_equal(db_select(bench->portal.db, STMT_member_shown, DB_ARGS(db_int(organization), db_int(account)), &rows), OK);
    if (row_next(&rows)) {
        for (int i = 3; i < 8; i++) text_print(&line, "%.*s; ", STR_ARGS(row_text(&rows, i)));
        text_print(&line, "%.*s; %.*s", STR_ARGS(row_text(&rows, 1)), STR_ARGS(row_text(&rows, 2)));
    }
    assert_int_equal(rows_end(&rows), OK);
    char *text = arena_cstr(bench->arena, text_str(&line));
    for (char *p = text; *p; p++) *p = *p == '\n' ? ' ' : *p;
    return text;
}

static const char *anew(struct bench *bench, int64_t organization, int64_t account)
{
    struct member_shown shown;
    assert_int_equal(member_look(&bench->portal, bench->arena, organization, account, &shown), OK);
    char *text = arena_cstr(bench->arena, arena_print(bench->arena, "%.*s; %.*s; %.*s; %.*s; %.*s; %.*s; %.*s", STR_ARGS(shown.name),
        STR_ARGS(shown.email), STR_ARGS(shown.roles), STR_ARGS(shown.state), STR_ARGS(shown.picture), STR_ARGS(shown.sort_name), STR_ARGS(shown.terms)));
    for (char *p = text; *p; p++) *p = *p == '\n' ? ' ' : *p;
    return text;
}

#define SUM(sql) store_count(bench->portal.db, (sql))

/* Every row is what it would be if it were made now, its terms are those of the table, and the counts count. */
static void check_all(struct bench *bench)
{
    struct { int64_t organization, account; } list[64];
    struct rows rows;
    size_t count = 0;
    for (int64_t account = 1; account < 20; account++) {
        assert_int_equal(db_select(bench->portal.db, STMT_member_terms, DB_ARGS(db_int(account), db_int(0)), &rows), OK);
        for (; row_next(&rows); count++) {
            list[count].organization = row_int(&rows, 0);
            list[count].account = account;
        }
        assert_int_equal(rows_end(&rows), OK);
    }
    for (size_t i = 0; i < count; i++)
        assert_string_equal(row_of(bench, list[i].organization, list[i].account), anew(bench, list[i].organization, list[i].account));
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE derived <> (SELECT value + 0 FROM setting WHERE name = 'rules_generation')"), 0);
    assert_int_equal(SUM("SELECT COUNT(*) FROM organization o WHERE members <>"
                         " (SELECT COUNT(*) FROM membership m WHERE m.organization_id = o.id)"), 0);
    assert_int_equal(SUM("SELECT COUNT(*) FROM member_term t WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE"
                         " m.organization_id = t.organization_id AND m.account_id = t.account_id AND m.sort_name = t.sort_name AND"
                         " m.created_at = t.joined AND"
                         " INSTR(CHAR(10) || m.terms, CHAR(10) || t.term || CHAR(10)) > 0)"), 0);
    assert_int_equal(SUM("SELECT COUNT(*) FROM member_term"),
                     SUM("SELECT COALESCE(SUM(LENGTH(terms) - LENGTH(REPLACE(terms, CHAR(10), ''))), 0) FROM membership"));
}

static int64_t words_like(struct bench *bench, const char *word)
{
    return store_count(bench->portal.db,
                       arena_print(bench->arena, "SELECT COUNT(*) FROM member_term WHERE INSTR(term, '%s') > 0", word).p);
}

static int64_t members(struct bench *bench, int64_t organization)
{
    return store_int(bench->portal.db, STMT_member_total, DB_ARGS(db_int(organization)));
}

static enum commit_outcome save(struct bench *bench, int64_t account, const char *values)
{
    struct change change;
    Commit commit;
    change_of(&change, bench->arena, ACTOR_OPERATOR, json_of(bench->arena, values), NULL);
    assert_int_equal(account_commit(&bench->portal, &bench->visit, account, -1, &change, &commit), OK);
    return commit.outcome;
}

static void put(struct bench *bench, struct member_wish wish)
{
    begin(bench);
    assert_int_equal(member_put(&bench->portal, &bench->visit, &wish), OK);
    commit(bench);
}

static void drop(struct bench *bench, int64_t organization, int64_t account, Error expected)
{
    begin(bench);
    assert_int_equal(member_drop(&bench->portal, &bench->visit, organization, account), expected);
    commit(bench);
}

/* --- what stands in a row --- */

static void test_a_row_says_what_the_desk_may_see(void **state)
{
    struct bench *bench = *state;
    const char *row = row_of(bench, bench->acme, bench->ada);
    static const char *const terms[] = {"w:ada ", "w:lovelace ", "a:ada@example.com ", "w:example ", "a:example.com ", "w:countess ", "r:", "c:",
                                        "s:active "};
    check_all(bench);
    assert_ptr_equal(strstr(row, "Ada Lovelace; ada@example.com; "), row);
    assert_non_null(strstr(row, "; active; ; ada lovelace; "));
    assert_true(strstr(row, "auditor,courier;") || strstr(row, "courier,auditor;"));
    for (size_t i = 0; i < COUNT(terms); i++) assert_non_null(strstr(row, terms[i]));
    assert_null(strstr(row, "w:ada@"));
    assert_null(strstr(row, "addie"));
}

static void test_a_hidden_field_is_neither_shown_nor_searchable_nor_sorted_by(void **state)
{
    struct bench *bench = *state;
    const char *row = row_of(bench, bench->quiet, bench->bob);
    assert_ptr_equal(strstr(row, "Bob; ; ; active; ; bob; w:bob "), row);
    assert_int_equal(words_like(bench, "secret"), 0);
    assert_int_equal(words_like(bench, "bob@"), 0);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE INSTR(LOWER(sort_name || terms || shown_name), 'secret') > 0"), 0);
}

/* The rules of one organization bind the desks of all that the person belongs to (policy.h). */
static void test_rules_of_another_membership_count(void **state)
{
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->quiet, .account = bench->ada});
    check_all(bench);
    assert_int_equal(words_like(bench, "lovelace"), 0);
    assert_int_equal(words_like(bench, "ada@example.com"), 0);
    assert_int_equal(words_like(bench, "countess"), 2);
    drop(bench, bench->quiet, bench->ada, OK);
    check_all(bench);
    assert_int_equal(words_like(bench, "lovelace"), 1);
}

static void test_names_are_taken_in_order(void **state)
{
    static const struct { const char *values, *name, *sorted; } rows[] = {
        {"{'name':'Éve Q','given_name':'A','nickname':'N'}", "Éve Q; ", "; eve q; "},
        {"{'name':null,'given_name':'A','family_name':'B'}", "A B; ", "; a b; "},
        {"{'name':null,'given_name':null,'family_name':'B'}", "B; ", "; b; "},
        {"{'family_name':null,'nickname':'Nick'}", "Nick; ", "; nick; "},
        {"{'nickname':null,'username':'evie'}", "evie; ", "; evie; "},
        {"{'username':null}", "; eve@example.com", "; eve@example.com; "},
    };
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->acme, .account = bench->eve});
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(save(bench, bench->eve, rows[i].values), COMMIT_DONE);
        const char *row = row_of(bench, bench->acme, bench->eve);
        assert_ptr_equal(strstr(row, rows[i].name), row);
        assert_non_null(strstr(row, rows[i].sorted));
        check_all(bench);
    }
}

static void test_parts_of_double_names_and_addresses_are_words(void **state)
{
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->acme, .account = bench->eve});
    assert_int_equal(save(bench, bench->eve, "{'name':'Anne-Marie O\xe2\x80\x99" "Brien','email':'a.b+c@mail.example.org'}"), COMMIT_DONE);
    const char *row = row_of(bench, bench->acme, bench->eve);
    static const char *const terms[] = {"a:anne-marie ", "w:anne ", "w:marie ", "a:o'brien ", "w:o ", "w:brien ", "a:a.b+c@mail.example.org ",
                                        "w:a ", "a:b+c@mail.example.org ", "w:b ", "a:mail.example.org ", "w:mail ", "b:mai "};
    for (size_t i = 0; i < COUNT(terms); i++) assert_non_null(strstr(row, terms[i]));
    assert_null(strstr(row, "w:org "));
    assert_null(strstr(row, "b:a."));
    check_all(bench);
}

static void test_terms_are_bounded(void **state)
{
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->acme, .account = bench->eve});
    struct text name = {.arena = bench->arena};
    text_print(&name, "{'name':'");
    for (int i = 10; i < 30; i++) text_print(&name, "n%d-m%d ", i, i);
    text_print(&name, "x'}");
    assert_int_equal(save(bench, bench->eve, text_str(&name).p), COMMIT_DONE);
    check_all(bench);
    assert_in_range(SUM("SELECT COUNT(*) FROM member_term WHERE account_id = (SELECT id FROM account WHERE user_id = 'local|eve')"), 10, 60);
}

/* --- every hook --- */

static void test_a_saved_profile_is_followed(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(save(bench, bench->ada, "{'name':'Augusta King','email':'augusta@example.com'}"), COMMIT_DONE);
    check_all(bench);
    assert_int_equal(words_like(bench, "augusta@example.com"), 1);
    assert_int_equal(words_like(bench, "ada@example.com"), 0);
    assert_int_equal(save(bench, bench->ada, "{'nickname':'A','website':'https://example.com/'}"), COMMIT_DONE);
    check_all(bench);
}

/* Where nothing that lists show differs, no row of theirs is written. */
static void test_a_change_that_no_list_shows_writes_nothing(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(engine_run(bench->portal.db, "UPDATE membership SET shown_name = 'untouched'"), OK);
    assert_int_equal(save(bench, bench->ada, "{'website':'https://example.com/'}"), COMMIT_DONE);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE shown_name <> 'untouched'"), 0);
    assert_int_equal(save(bench, bench->ada, "{'nickname':'Countess'}"), COMMIT_DONE);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE shown_name <> 'untouched'"), 0);
    assert_int_equal(save(bench, bench->ada, "{'given_name':'Augusta'}"), COMMIT_DONE);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE shown_name = 'untouched'"), 1);
}

/* The nickname is the name of whoever shows no other one, and no longer when there is one. */
static void test_what_stands_in_for_a_name_is_followed(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(save(bench, bench->ada, "{'name':null,'given_name':null,'family_name':null}"), COMMIT_DONE);
    check_all(bench);
    assert_int_equal(save(bench, bench->ada, "{'nickname':'Countess'}"), COMMIT_DONE);
    check_all(bench);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE shown_name = 'Countess'"), 1);
    assert_int_equal(save(bench, bench->ada, "{'nickname':null}"), COMMIT_DONE);
    check_all(bench);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE shown_name = 'countess'"), 1);
    assert_int_equal(save(bench, bench->ada, "{'username':'ada'}"), COMMIT_DONE);
    check_all(bench);
}

static void test_blocking_is_followed(void **state)
{
    struct bench *bench = *state;
    struct user ada = user(bench, bench->ada);
    assert_int_equal(account_block(&bench->portal, &bench->visit, ACTOR_OPERATOR, &ada, true, STR_NONE), OK);
    check_all(bench);
    assert_int_equal(words_like(bench, "s:blocked"), 1);
    assert_int_equal(account_block(&bench->portal, &bench->visit, ACTOR_OPERATOR, &ada, false, STR_NONE), OK);
    check_all(bench);
    assert_int_equal(words_like(bench, "s:blocked"), 0);
    assert_int_equal(words_like(bench, "s:active"), SUM("SELECT COUNT(*) FROM membership"));
}

static void test_states_of_a_membership(void **state)
{
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->acme, .account = bench->ada, .home = true, .suspended = true});
    assert_non_null(strstr(row_of(bench, bench->acme, bench->ada), "; suspended; "));
    check_all(bench);
    store_do(bench->portal.db, STMT_account_deletion, DB_ARGS(db_int(bench->bob), db_int(1)));
    begin(bench);
    assert_int_equal(member_index_refresh(&bench->portal, bench->arena, bench->bob), OK);
    commit(bench);
    assert_int_equal(words_like(bench, "s:deletion"), 1);
    check_all(bench);
}

static void test_deleting_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct user ada = user(bench, bench->ada);
    put(bench, (struct member_wish){.organization = bench->quiet, .account = bench->ada});
    portal_drop(&bench->portal, &ada);
    check_all(bench);
    assert_int_equal(members(bench, bench->acme), 0);
    assert_int_equal(members(bench, bench->quiet), 1);
    assert_int_equal(words_like(bench, "ada"), 0);
}

static void test_joining_and_leaving_count(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(members(bench, bench->acme), 1);
    put(bench, (struct member_wish){.organization = bench->acme, .account = bench->eve});
    put(bench, (struct member_wish){.organization = bench->acme, .account = bench->eve, .invited = true});
    assert_int_equal(members(bench, bench->acme), 2);
    check_all(bench);
    drop(bench, bench->acme, bench->eve, OK);
    drop(bench, bench->acme, bench->eve, ERR_NOT_FOUND);
    drop(bench, bench->empty, bench->ada, ERR_NOT_FOUND);
    assert_int_equal(members(bench, bench->acme), 1);
    assert_int_equal(members(bench, bench->empty), 0);
    check_all(bench);
}

static void test_a_second_home_is_refused_and_nothing_stays(void **state)
{
    struct bench *bench = *state;
    const struct member_wish wish = {.organization = bench->empty, .account = bench->ada, .home = true};
    begin(bench);
    assert_int_equal(member_put(&bench->portal, &bench->visit, &wish), ERR_CONFLICT);
    db_rollback(bench->portal.db);
    assert_int_equal(members(bench, bench->empty), 0);
    check_all(bench);
}

static void test_apply_writes_rows_that_are_right_at_once(void **state)
{
    struct bench *bench = *state;
    portal_apply(&bench->portal, bench->arena,
                 "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"eve\",\"name\":\"Eve New\",\"blocked\":true,"
                 "\"organizations\":[{\"name\":\"acme\",\"roles\":[\"auditor\"]},{\"name\":\"empty\",\"home\":true}]},"
                 "{\"connection\":\"customers\",\"user_id\":\"ada\",\"organizations\":[{\"name\":\"acme\",\"roles\":[]}]}]}");
    check_all(bench);
    assert_int_equal(members(bench, bench->acme), 2);
    assert_int_equal(words_like(bench, "r:"), 1);
    assert_int_equal(words_like(bench, "s:blocked"), 2);
}

static DeskAct leave(struct bench *bench, int64_t account, const char *organization, Error expected)
{
    struct user who = user(bench, account);
    DeskAct act;
    assert_int_equal(member_leave(&bench->portal, &bench->visit, &who, str_of(organization), &act), expected);
    assert_false(db_in_transaction(bench->portal.db));
    check_all(bench);
    return act;
}

static void test_a_person_leaves_but_not_the_last_administrator(void **state)
{
    struct bench *bench = *state;
    static const char rest[] = "\"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"]}]}";
    portal_apply(&bench->portal, bench->arena,
                 arena_print(bench->arena, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"ada\",%s]}", rest).p);
    assert_int_equal(leave(bench, bench->ada, "acme", OK).outcome, DESK_LAST_ADMINISTRATOR);
    assert_int_equal(members(bench, bench->acme), 1);
    assert_int_equal(SUM("SELECT COUNT(*) FROM audit WHERE action = 'membership.leave' AND outcome = 'refused' AND organization = 'acme'"), 1);
    portal_apply(&bench->portal, bench->arena,
                 arena_print(bench->arena, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"eve\",%s]}", rest).p);
    assert_int_equal(leave(bench, bench->ada, "acme", OK).outcome, DESK_DONE);
    assert_int_equal(members(bench, bench->acme), 1);
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership_role"), 1);
    assert_int_equal(SUM("SELECT COUNT(*) FROM audit WHERE action = 'membership.leave' AND outcome = 'allowed' AND user_id = 'local|ada'"), 1);
    (void)leave(bench, bench->ada, "acme", ERR_NOT_FOUND);
    (void)leave(bench, bench->eve, "quiet", ERR_NOT_FOUND);
    (void)leave(bench, bench->eve, "no-such", ERR_NOT_FOUND);
    /* Where nobody administers, nobody is kept. */
    assert_int_equal(leave(bench, bench->bob, "quiet", OK).outcome, DESK_DONE);
}

/* --- rules that change --- */

static void mend_all(struct bench *bench, size_t most, size_t least_steps)
{
    bool more = true;
    size_t steps = 0;
    for (; more; steps++) {
        assert_true(steps < 100);
        assert_int_equal(member_index_mend(&bench->portal, &bench->visit, most, &more), OK);
    }
    assert_true(steps >= least_steps);
}

static void test_new_rules_outdate_and_the_courier_mends(void **state)
{
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->empty, .account = bench->ada});
    portal_apply(&bench->portal, bench->arena, "{\"organizations\":[{\"name\":\"acme\",\"fields\":"
                                               "{\"email\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}");
    assert_int_equal(words_like(bench, "ada@example.com"), 2);
    mend_all(bench, 1, 3);
    assert_int_equal(words_like(bench, "ada@example.com"), 0);
    assert_int_equal(words_like(bench, "example.com"), 0);
    check_all(bench);
    bool more = true;
    assert_int_equal(member_index_mend(&bench->portal, &bench->visit, 10, &more), OK);
    assert_false(more);
}

#define OWN_PICTURE "0123456789abcdef0123456789abcdef"

static bool shows_picture(struct bench *bench)
{
    check_all(bench);
    return strstr(row_of(bench, bench->acme, bench->ada), OWN_PICTURE) != NULL;
}

/* Only one of our own, and only where the desk may see the field. */
static void test_a_picture_is_followed(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(save(bench, bench->ada, "{\"picture\":\"https://pictures.example/" OWN_PICTURE ".png\"}"), COMMIT_DONE);
    assert_false(shows_picture(bench));
    assert_int_equal(save(bench, bench->ada, "{\"picture\":\"http://localhost:8080/pictures/" OWN_PICTURE "/256.webp\"}"), COMMIT_DONE);
    assert_true(shows_picture(bench));
    portal_apply(&bench->portal, bench->arena, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"picture\":{\"desk\":\"none\",\"owner\":\"none\"}}}]}");
    mend_all(bench, 10, 1);
    assert_false(shows_picture(bench));
    portal_apply(&bench->portal, bench->arena, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{}}]}");
    mend_all(bench, 10, 1);
    assert_true(shows_picture(bench));
    assert_int_equal(save(bench, bench->ada, "{\"picture\":null}"), COMMIT_DONE);
    assert_false(shows_picture(bench));
}

static void test_what_outdates(void **state)
{
    static const struct { const char *json; bool outdates; } rows[] = {
        {"{\"fields\":[{\"name\":\"user_metadata.x\",\"type\":\"text\",\"label\":{\"en\":\"X\"}}]}", true},
        {"{\"connections\":[{\"name\":\"customers\",\"fields\":{\"name\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}", true},
        {"{\"roles\":[{\"name\":\"new\",\"permissions\":[]}]}", true}, {"{\"organizations\":[{\"name\":\"another\"}]}", true},
        {"{\"organizations\":[{\"name\":\"acme\",\"connections\":[\"partner\"]}]}", true}, {"{\"organizations\":[{\"name\":\"acme\"}]}", false},
        {"{\"users\":[{\"connection\":\"customers\",\"user_id\":\"eve\",\"name\":\"Else\"}]}", false},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t before = store_int(bench->portal.db, STMT_rules_generation_get, DB_NO_ARGS);
        portal_apply(&bench->portal, bench->arena, rows[i].json);
        assert_int_equal(store_int(bench->portal.db, STMT_rules_generation_get, DB_NO_ARGS) > before, rows[i].outdates);
    }
    mend_all(bench, 10, 1);
    check_all(bench);
}

/* A process that read the directory before must not keep its rows as those of the new rules. */
static void test_a_refresh_knows_the_newest_rules(void **state)
{
    struct bench *bench = *state;
    struct portal other = bench->portal;
    other.directory_arena = NULL;
    memset(other.retired, 0, sizeof other.retired);
    assert_int_equal(portal_refresh(&other), OK);
    portal_apply(&bench->portal, bench->arena, "{\"connections\":[{\"name\":\"customers\",\"fields\":"
                                               "{\"family_name\":{\"owner\":\"none\",\"desk\":\"none\"},\"name\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}");
    begin(bench);
    assert_int_equal(member_index_refresh(&other, bench->arena, bench->ada), OK);
    commit(bench);
    assert_int_equal(words_like(bench, "lovelace"), 0);
    portal_close(&other);
}

static void test_an_account_that_cannot_be_read_keeps_nobody_waiting(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(engine_run(bench->portal.db, "UPDATE account SET profile = 'broken' WHERE user_id = 'local|ada';"
                                                  "UPDATE setting SET value = '9' WHERE name = 'rules_generation'"), OK);
    log_catch();
    mend_all(bench, 10, 1);
    assert_true(log_caught("local|ada"));
    assert_int_equal(SUM("SELECT COUNT(*) FROM membership WHERE derived <> 9"), 0);
    assert_int_equal(words_like(bench, "ada"), 0);
}

static void test_an_organization_that_goes_takes_its_terms(void **state)
{
    struct bench *bench = *state;
    put(bench, (struct member_wish){.organization = bench->quiet, .account = bench->ada});
    begin(bench);
    assert_int_equal(member_index_forget(&bench->portal, bench->quiet), OK);
    assert_int_equal(engine_run(bench->portal.db, "DELETE FROM organization WHERE name = 'quiet'"), OK);
    commit(bench);
    mend_all(bench, 10, 1);
    check_all(bench);
    assert_int_equal(words_like(bench, "lovelace"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_row_says_what_the_desk_may_see), TEST(test_a_hidden_field_is_neither_shown_nor_searchable_nor_sorted_by),
        TEST(test_a_picture_is_followed), TEST(test_rules_of_another_membership_count), TEST(test_names_are_taken_in_order),
        TEST(test_parts_of_double_names_and_addresses_are_words), TEST(test_terms_are_bounded),
        TEST(test_a_saved_profile_is_followed), TEST(test_a_change_that_no_list_shows_writes_nothing),
        TEST(test_what_stands_in_for_a_name_is_followed), TEST(test_blocking_is_followed),
        TEST(test_states_of_a_membership), TEST(test_deleting_leaves_nothing), TEST(test_joining_and_leaving_count),
        TEST(test_a_second_home_is_refused_and_nothing_stays), TEST(test_apply_writes_rows_that_are_right_at_once),
        TEST(test_a_person_leaves_but_not_the_last_administrator),
        TEST(test_new_rules_outdate_and_the_courier_mends), TEST(test_what_outdates), TEST(test_a_refresh_knows_the_newest_rules),
        TEST(test_an_account_that_cannot_be_read_keeps_nobody_waiting), TEST(test_an_organization_that_goes_takes_its_terms),
    };
    return cmocka_run_group_tests_name("member index", tests, NULL, NULL);
}
