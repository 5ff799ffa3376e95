/* The one door for changes of profiles: what account/profile.h promises, and the audit rows that tell of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/profile.h"
#include "account/state.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { NOW = 1800000000 };

static const char people[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.badge\",\"type\":\"text\",\"section\":\"more\",\"unique\":true,\"label\":{\"en\":\"B\"}},"
    " {\"name\":\"user_metadata.card\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"once\",\"label\":{\"en\":\"C\"}},"
    " {\"name\":\"user_metadata.rating\",\"type\":\"number\",\"section\":\"more\",\"owner\":\"none\",\"label\":{\"en\":\"R\"}}],"
    "\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"partner\",\"strategy\":\"ad\",\"display_name\":\"Partner\",\"options\":{},\"fields\":{"
    "  \"given_name\":{\"owner\":\"read\"}}}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme\",\"connections\":[\"customers\"],\"fields\":{"
    "  \"website\":{\"owner\":\"read\"}}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"username\":\"ada\",\"nickname\":\"Ada\"},"
    " {\"connection\":\"customers\",\"user_id\":\"ben\",\"email\":\"ben@example.com\",\"username\":\"ben\",\"nickname\":\"Ben\","
    "  \"user_metadata\":{\"badge\":\"B-1\"},\"organizations\":[{\"name\":\"acme\",\"invited\":true}]},"
    " {\"connection\":\"partner\",\"user_id\":\"kim\",\"username\":\"kim\",\"nickname\":\"Kim\",\"given_name\":\"Kim\"}]}";

static struct arena *lasting, *arena;
static struct options options;
static struct portal portal;
static struct visit visit;
static Commit commit;

static int set_up(void **state)
{
    (void)state;
    lasting = arena_open(0);
    arena = arena_open(0);
    portal_make(&portal, &options, lasting, store_open_memory(), people);
    json_memory_use(arena);
    visit = (struct visit){.arena = arena, .now = NOW, .request_id = STR("0123456789abcdef"), .peer = STR("192.0.2.7"),
                           .actor_id = STR("local|actor")};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    portal_close(&portal);
    db_close(portal.db);
    json_memory_use(NULL);
    arena_close(arena);
    arena_close(lasting);
    return 0;
}

/* "field=value field=value …" as a change. */
static struct change change_as(enum actor actor, const char *wanted)
{
    struct change change;
    Str rest = str_of(wanted);
    change_init(&change, arena, actor);
    while (rest.n) {
        Str value = str_cut(&rest, ' '), field = str_cut(&value, '=');
        change_put_text(&change, field, value);
    }
    return change;
}

static enum commit_outcome commit_at(const char *who, int64_t version, enum actor actor, const char *wanted)
{
    struct change change = change_as(actor, wanted);
    bool inside = db_in_transaction(portal.db);
    assert_int_equal(account_commit(&portal, &visit, portal_account(&portal, arena, who), version, &change, &commit), OK);
    assert_true(db_in_transaction(portal.db) == inside);
    return commit.outcome;
}

static enum commit_outcome commit_of(const char *who, const char *wanted)
{
    return commit_at(who, -1, ACTOR_OWNER, wanted);
}

static struct user user_of(const char *who)
{
    struct user user;
    assert_int_equal(user_get(portal.db, arena, portal_account(&portal, arena, who), &user), OK);
    return user;
}

static void value_is(const char *who, const char *field, const char *value)
{
    const char *stored = json_string_value(json_object_get(user_of(who).profile, field));
    if (!stored != !value || (value && strcmp(stored, value) != 0))
        fail_msg("%s's %s is %s", who, field, stored ? stored : "not set");
}

/* All rows of that action, apart from who and when: "outcome fields". */
static void audit_is(const char *action, const char *rows)
{
    struct text text = {.arena = arena};
    for (int64_t id = 1; id <= store_count(portal.db, "SELECT MAX(id) FROM audit"); id++) {
        static const char *const users[] = {"local|ada", "local|ben", "ad|kim", "local|eve"};
        for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
            struct rows result;
            assert_int_equal(db_select(portal.db, STMT_audit_page, DB_ARGS(db_text(str_of(users[i])), db_int(id + 1), db_int(1)),
                                       &result), OK);
            bool found = row_next(&result) && row_int(&result, 0) == id && row_int(&result, 1) == NOW;
            if (found && str_is(row_text(&result, 5), action))
                text_print(&text, "%s%s %.*s %.*s", text.n ? "\n" : "", users[i], STR_ARGS(row_text(&result, 6)),
                           STR_ARGS(row_text(&result, 8)));
            assert_int_equal(rows_end(&result), OK);
        }
    }
    assert_string_equal(text.n ? text_str(&text).p : "", rows);
}

/* --- what is written --- */

static void test_done(void **state)
{
    (void)state;
    struct user before = user_of("ada");
    assert_int_equal(commit_at("ada", before.version, ACTOR_OWNER, "nickname=Countess given_name=Ada"), COMMIT_DONE);
    value_is("ada", "nickname", "Countess");
    struct user after = user_of("ada");
    assert_int_equal(after.version, before.version + 1);
    assert_int_equal(after.updated_at, NOW);
    assert_int_equal(after.epoch, before.epoch);
    assert_int_equal(commit.user.version, after.version);
    assert_true(json_equal(commit.user.profile, after.profile));
    audit_is("profile.save", "local|ada allowed [{\"field\":\"nickname\",\"level\":\"edit\",\"rule\":\"field\"},"
                                 "{\"field\":\"given_name\",\"level\":\"edit\",\"rule\":\"field\"}]");
    assert_int_equal(store_count(portal.db,
        "SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND at = 1800000000 AND request_id = '0123456789abcdef'"
        " AND actor = 'owner' AND actor_id = 'local|actor' AND organization IS NULL AND connection = 'customers'"
        " AND reason IS NULL AND peer = '192.0.2.7'"), 1);
}

static void test_the_audit_says_no_value(void **state)
{
    (void)state;
    assert_int_equal(commit_of("ada", "nickname=Secret1 gender=Secret2"), COMMIT_DONE);
    assert_int_equal(commit_of("ada", "email=Secret3@example.com nickname=Secret4"), COMMIT_REFUSED);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE fields || COALESCE(reason, '') LIKE '%secret%'"), 0);
}

static void test_unchanged_writes_nothing(void **state)
{
    (void)state;
    struct user before = user_of("ada");
    assert_int_equal(commit_at("ada", 0, ACTOR_OWNER, "nickname=Ada"), COMMIT_UNCHANGED);
    assert_int_equal(commit_of("ada", ""), COMMIT_UNCHANGED);
    assert_int_equal(user_of("ada").version, before.version);
    assert_int_equal(user_of("ada").updated_at, before.updated_at);
    audit_is("profile.save", "");
}

static void test_the_later_one_is_told(void **state)
{
    (void)state;
    int64_t version = user_of("ada").version;
    assert_int_equal(commit_at("ada", version, ACTOR_OWNER, "nickname=first"), COMMIT_DONE);
    assert_int_equal(commit_at("ada", version, ACTOR_OWNER, "nickname=second"), COMMIT_STALE);
    assert_int_equal(commit_at("ada", version + 2, ACTOR_OWNER, "nickname=second"), COMMIT_STALE);
    assert_int_equal(commit.user.version, version + 1);
    value_is("ada", "nickname", "first");
    assert_int_equal(commit_of("ada", "nickname=third"), COMMIT_DONE);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'profile.save'"), 2);
}

/* --- what is refused --- */

static void test_one_locked_field_stops_all(void **state)
{
    (void)state;
    int64_t version = user_of("ben").version;
    assert_int_equal(commit_of("ben", "nickname=x website=https://a.de email=x@a.de blocked=false user_metadata.rating=9"), COMMIT_REFUSED);
    assert_true(commit.refusals.locked);
    assert_int_equal(commit.refusals.count, 4);
    assert_null(commit.decided);
    value_is("ben", "nickname", "Ben");
    assert_int_equal(user_of("ben").version, version);
    audit_is("profile.save", "local|ben refused [{\"field\":\"website\",\"level\":\"read\",\"rule\":\"organization acme\"},"
                                 "{\"field\":\"email\",\"level\":\"read\",\"rule\":\"invitation acme\"},"
                                 "{\"field\":\"blocked\",\"level\":\"none\",\"rule\":\"field\"},"
                                 "{\"field\":\"user_metadata.rating\",\"level\":\"none\",\"rule\":\"field\"}]");
}

static void test_a_connection_locks(void **state)
{
    (void)state;
    assert_int_equal(commit_of("kim", "given_name=Kimberley"), COMMIT_REFUSED);
    assert_int_equal(commit_at("kim", -1, ACTOR_OPERATOR, "given_name=Kimberley"), COMMIT_DONE);
    audit_is("profile.save", "ad|kim refused [{\"field\":\"given_name\",\"level\":\"read\",\"rule\":\"connection partner\"}]\n"
                                 "ad|kim allowed [{\"field\":\"given_name\",\"level\":\"edit\",\"rule\":\"field\"}]");
}

static void test_filled_in_once(void **state)
{
    (void)state;
    assert_int_equal(commit_of("ada", "user_metadata.card=1"), COMMIT_DONE);
    assert_int_equal(commit_of("ada", "user_metadata.card=2"), COMMIT_REFUSED);
    audit_is("profile.save", "local|ada allowed [{\"field\":\"user_metadata.card\",\"level\":\"once\",\"rule\":\"field\"}]\n"
                                 "local|ada refused [{\"field\":\"user_metadata.card\",\"level\":\"read\",\"rule\":\"once\"}]");
}

/* Mistyping is nobody else's business. */
static void test_a_wrong_value_is_not_written_down(void **state)
{
    (void)state;
    assert_int_equal(commit_of("ada", "birthdate=yesterday"), COMMIT_REFUSED);
    assert_false(commit.refusals.locked);
    audit_is("profile.save", "");
    assert_int_equal(commit_of("ada", "birthdate=yesterday email_verified=true"), COMMIT_REFUSED);
    audit_is("profile.save", "local|ada refused [{\"field\":\"email_verified\",\"level\":\"read\",\"rule\":\"field\"}]");
}

static void test_a_made_up_name_is_kept_short(void **state)
{
    (void)state;
    char name[301];
    memset(name, 'n', 300);
    memcpy(name + 298, "=1", 3);
    assert_int_equal(commit_of("ada", name), COMMIT_REFUSED);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM audit WHERE outcome = 'refused' AND length(fields) < 160"), 1);
}

static void test_twice_is_refused(void **state)
{
    (void)state;
    assert_int_equal(commit_of("ada", "nickname=x nickname=y"), COMMIT_REFUSED);
    value_is("ada", "nickname", "Ada");
}

static void test_taken(void **state)
{
    (void)state;
    int64_t version = user_of("ada").version;
    assert_int_equal(commit_of("ada", "nickname=x user_metadata.badge=B-2"), COMMIT_DONE);
    assert_int_equal(commit_of("ada", "nickname=y user_metadata.badge=b-1"), COMMIT_TAKEN);
    assert_int_equal(commit.refusals.count, 1);
    assert_true(str_is(commit.refusals.first->field, "user_metadata.badge"));
    value_is("ada", "nickname", "x");
    assert_int_equal(user_of("ada").version, version + 1);
    assert_int_equal(commit_of("ada", "username=BEN"), COMMIT_TAKEN);
    assert_int_equal(commit_of("kim", "username=ben"), COMMIT_DONE);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM identifier WHERE field = 'username' AND key = 'ada'"), 1);
}

static void test_nobody_there(void **state)
{
    (void)state;
    struct change change = change_as(ACTOR_OWNER, "nickname=x");
    assert_int_equal(account_commit(&portal, &visit, 4711, -1, &change, &commit), ERR_NOT_FOUND);
    assert_false(db_in_transaction(portal.db));
}

/* --- the rule of that very moment --- */

/* Another process of the same portal. */
static void apply_elsewhere(const char *json)
{
    struct portal other = {.options = &options, .db = portal.db, .keys = portal.keys, .hashing = portal.hashing};
    assert_int_equal(portal_refresh(&other), OK);
    portal_apply(&other, arena, json);
    portal_close(&other);
}

static void test_the_rule_at_commit_counts(void **state)   /* D4 */
{
    (void)state;
    apply_elsewhere("{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"options\":{},"
                    "\"fields\":{\"nickname\":{\"owner\":\"read\"}}}]}");
    assert_int_equal(commit_of("ada", "nickname=x"), COMMIT_REFUSED);
    assert_true(str_is(verdict_rule(arena, commit.refusals.first->verdict), "connection customers"));
    apply_elsewhere("{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"options\":{},\"fields\":{}}]}");
    assert_int_equal(commit_of("ada", "nickname=x"), COMMIT_DONE);
}

static void test_blocked_meanwhile(void **state)
{
    (void)state;
    struct user ada = user_of("ada");
    assert_int_equal(account_block(&portal, &visit, ACTOR_OPERATOR, &ada, true, STR_NONE), OK);
    assert_int_equal(commit_of("ada", "nickname=x"), COMMIT_REFUSED);
    assert_int_equal(commit.refusals.first->kind, REFUSED_UNKNOWN);
    value_is("ada", "nickname", "Ada");
}

static void test_joined_meanwhile(void **state)
{
    (void)state;
    apply_elsewhere("{\"users\":[{\"connection\":\"customers\",\"user_id\":\"ada\",\"organizations\":[{\"name\":\"acme\"}]}]}");
    assert_int_equal(commit_of("ada", "website=https://a.example"), COMMIT_REFUSED);
    assert_true(str_is(verdict_rule(arena, commit.refusals.first->verdict), "organization acme"));
}

/* Which identity a field came from decides, not the one that was signed in with. */
static void test_a_field_of_another_identity(void **state)   /* D5 */
{
    (void)state;
    struct user ada = user_of("ada");
    struct subject subject;
    json_t *sources = json_object();
    json_object_set_new(sources, "given_name", json_integer(2));
    json_object_set_new(sources, "family_name", json_integer(99));       /* a connection that is gone rules nothing */
    ada.sources = sources;
    assert_int_equal(account_subject(&portal, arena, &ada, &subject), OK);
    assert_int_equal(subject.owned_count, 1);
    const struct fields *fields = &portal.directory.fields;
    Verdict given = policy_level(fields, field_find(fields, STR("given_name")), &subject, ACTOR_OWNER, false);
    assert_int_equal(given.level, LEVEL_READ);
    assert_true(str_is(verdict_rule(arena, given), "connection partner"));
    assert_int_equal(policy_level(fields, field_find(fields, STR("nickname")), &subject, ACTOR_OWNER, false).level, LEVEL_EDIT);
}

/* --- inside a transaction of the caller's --- */

static void test_joins_a_transaction(void **state)
{
    (void)state;
    assert_int_equal(db_begin(portal.db), OK);
    assert_int_equal(commit_of("ada", "nickname=x"), COMMIT_DONE);
    assert_int_equal(commit_of("ben", "nickname=y"), COMMIT_DONE);
    db_rollback(portal.db);
    value_is("ada", "nickname", "Ada");
    audit_is("profile.save", "");
    assert_int_equal(db_begin(portal.db), OK);
    assert_int_equal(commit_of("ada", "nickname=x"), COMMIT_DONE);
    assert_int_equal(commit_of("ben", "email=x@example.com"), COMMIT_REFUSED);
    assert_int_equal(commit_of("ben", "username=ada"), COMMIT_TAKEN);
    assert_true(db_in_transaction(portal.db));
    db_rollback(portal.db);
    audit_is("profile.save", "");
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM identifier WHERE key = 'ben' AND field = 'username'"), 1);
}

/* --- making accounts --- */

static enum commit_outcome create(const char *wanted_id, const char *wanted)
{
    struct change change = change_as(ACTOR_OPERATOR, wanted);
    const struct connection *customers = directory_connection_named(&portal.directory, STR("customers"));
    assert_int_equal(account_create(&portal, &visit, customers, str_of(wanted_id), &change, &commit), OK);
    assert_false(db_in_transaction(portal.db));
    return commit.outcome;
}

static void test_an_account_is_made(void **state)
{
    (void)state;
    assert_int_equal(create("eve", "email=eve@example.com"), COMMIT_DONE);
    assert_true(str_is(commit.user.user_id, "local|eve"));
    assert_int_equal(commit.user.version, 1);
    value_is("eve@example.com", "nickname", "eve");
    audit_is("account.create",
                 "local|eve allowed [{\"field\":\"email\",\"level\":\"edit\",\"rule\":\"field\"},"
                 "{\"field\":\"email_verified\",\"level\":\"edit\",\"rule\":\"field\"},"
                 "{\"field\":\"name\",\"level\":\"edit\",\"rule\":\"field\"},"
                 "{\"field\":\"nickname\",\"level\":\"edit\",\"rule\":\"field\"}]");
    assert_int_equal(create(NULL, "email=two@example.com"), COMMIT_DONE);
    assert_int_equal(commit.user.user_id.n, sizeof "local|" - 1 + 24);
}

static void test_an_account_is_not_made(void **state)
{
    (void)state;
    int64_t before = store_count(portal.db, "SELECT COUNT(*) FROM account");
    assert_int_equal(create("eve", "email=ADA@example.com"), COMMIT_TAKEN);
    assert_true(str_is(commit.refusals.first->field, "email"));
    assert_int_equal(create("ada", "email=eve@example.com"), COMMIT_STALE);
    assert_int_equal(create("eve", "email=eve"), COMMIT_REFUSED);
    assert_int_equal(create("eve", "email=eve@example.com user_id=root"), COMMIT_REFUSED);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM account"), before);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM identifier WHERE key LIKE 'eve%'"), 0);
    audit_is("account.create", "local|eve refused [{\"field\":\"user_id\",\"level\":\"read\",\"rule\":\"field\"}]");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_done), CASE(test_the_audit_says_no_value), CASE(test_unchanged_writes_nothing),
        CASE(test_the_later_one_is_told), CASE(test_one_locked_field_stops_all), CASE(test_a_connection_locks), CASE(test_filled_in_once),
        CASE(test_a_wrong_value_is_not_written_down), CASE(test_a_made_up_name_is_kept_short), CASE(test_twice_is_refused),
        CASE(test_taken), CASE(test_nobody_there), CASE(test_the_rule_at_commit_counts), CASE(test_blocked_meanwhile),
        CASE(test_joined_meanwhile), CASE(test_a_field_of_another_identity),
        CASE(test_joins_a_transaction), CASE(test_an_account_is_made), CASE(test_an_account_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
