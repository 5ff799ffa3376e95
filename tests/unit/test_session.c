/* Signing in and out and the session behind a cookie: what account/session.h promises, with the clock in the test's hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/session.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "store/user_store.h"
#include "support/arena_test.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { NOW = 1800000000 };

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"options\":{},\"fields\":{}},"
    "{\"name\":\"partner\",\"strategy\":\"ad\",\"display_name\":\"Partner\",\"options\":{},\"fields\":{}}],"
    "\"organizations\":[{\"name\":\"acme\"},{\"name\":\"other\"},{\"name\":\"third\"}],"
    "\"users\":[{\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"username\":\"ada\","
    "            \"phone_number\":\"+442079460018\",\"phone_verified\":true},"
    " {\"connection\":\"customers\",\"user_id\":\"nora\",\"email\":\"nora@example.com\",\"phone_number\":\"+442079460019\"},"
    " {\"connection\":\"customers\",\"user_id\":\"bob\",\"email\":\"bob@example.com\",\"blocked\":true},"
    " {\"connection\":\"partner\",\"user_id\":\"mia\",\"email\":\"mia@example.com\"},"
    " {\"connection\":\"customers\",\"user_id\":\"mia\",\"email\":\"mia@example.com\"}]}";

static struct arena *lasting, *arena;
static struct options options;
static struct portal portal;
static struct visit visit;
static SignIn result;

static int set_up(void **state)
{
    (void)state;
    lasting = arena_open(0);
    arena = arena_open(0);
    portal_make(&portal, &options, lasting, store_open_memory(), people);
    json_memory_use(arena);
    visit = (struct visit){.arena = arena, .now = NOW, .request_id = STR("0123456789abcdef"), .peer = STR("192.0.2.7"),
                           .user_agent = STR("browser")};
    int64_t nora = portal_account(&portal, arena, "nora@example.com");
    store_do(portal.db, STMT_account_password, DB_ARGS(db_int(nora), db_null(), db_int(A_DAY_IN_2026)));
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

static enum sign_in_outcome sign_in_at(const char *identifier, const char *password, const char *connection, Str old_cookie)
{
    assert_int_equal(session_sign_in(&portal, &visit, str_of(identifier), str_of(password), str_of(connection), old_cookie,
                                     &result), OK);
    assert_false(db_in_transaction(portal.db));
    assert_true((result.outcome == SIGN_IN_OK) == (result.cookie.n > 0));
    bool waits = result.outcome == SIGN_IN_PAUSED || result.outcome == SIGN_IN_BUSY;
    assert_true(waits == (result.retry_after > 0));
    return result.outcome;
}

static enum sign_in_outcome sign_in(const char *identifier, const char *password)
{
    return sign_in_at(identifier, password, NULL, STR_NONE);
}

static Str cookie_of(const char *identifier)
{
    assert_int_equal(sign_in(identifier, "correct"), SIGN_IN_OK);
    return result.cookie;
}

static Error find(Str cookie)
{
    struct session session;
    return session_find(&portal, &visit, cookie, &session);
}

static int64_t sessions(void)
{
    return store_count(portal.db, "SELECT COUNT(*) FROM session");
}

static int64_t audits(const char *outcome, const char *reason)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit WHERE action = 'session.start' AND outcome = '%s' AND reason IS %s%s%s",
             outcome, reason ? "'" : "", reason ? reason : "NULL", reason ? "'" : "");
    return store_count(portal.db, sql);
}

static struct user user_of(const char *identifier)
{
    struct user user;
    assert_int_equal(user_get(portal.db, arena, portal_account(&portal, arena, identifier), &user), OK);
    return user;
}

/* --- signing in --- */

static void test_the_right_password(void **state)
{
    (void)state;
    struct session session;
    Str cookie = cookie_of("ada@example.com");
    assert_int_equal(cookie.n, 43);
    assert_int_equal(session_find(&portal, &visit, cookie, &session), OK);
    assert_true(str_is(session.user.user_id, "local|ada"));
    assert_int_equal(session.created_at, NOW);
    assert_int_equal(session.authenticated_at, NOW);
    assert_int_equal(store_count(portal.db, "SELECT expires_at FROM session"), NOW + options.session_seconds);
    assert_int_equal(store_count(portal.db, "SELECT COUNT(*) FROM session WHERE peer || user_agent = '192.0.2.7browser'"), 1);
    assert_int_equal(session.user.logins_count, 1);
    assert_int_equal(session.user.last_login_at, NOW);
    assert_int_equal(audits("allowed", NULL), 1);
    assert_int_equal(store_count(portal.db,
        "SELECT COUNT(*) FROM audit WHERE action = 'session.start' AND at = 1800000000 AND request_id = '0123456789abcdef'"
        " AND actor = 'owner' AND actor_id = 'local|ada' AND user_id = 'local|ada' AND connection = 'customers'"
        " AND organization IS NULL AND peer = '192.0.2.7' AND fields = '[]'"), 1);
}

static void test_the_store_does_not_know_the_cookie(void **state)
{
    (void)state;
    Str cookie = cookie_of("ada"), bytes, sql;
    assert_true(base64url_decode(arena, cookie, &bytes));
    sql = arena_print(arena, "SELECT COUNT(*) FROM session WHERE id_hash IN (x'%s', CAST('%s' AS BLOB)) OR public_id = '%s'",
                      hex_encode(arena, bytes).p, cookie.p, cookie.p);
    assert_int_equal(store_count(portal.db, sql.p), 0);
    assert_int_equal(store_count(portal.db, "SELECT length(id_hash) FROM session"), 32);
}

static void test_every_name_of_a_person(void **state)
{
    static const char *const names[] = {"ada@example.com", " ADA@Example.COM ", "ada", "ADA", "+44 (20) 7946-00-18"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sign_in(names[i], "correct") != SIGN_IN_OK) fail_msg("%s", names[i]);
}

static void test_one_answer_for_every_refusal(void **state)   /* A1, A3, A11 */
{
    static const struct { const char *identifier, *password, *connection; int64_t known; } rows[] = {
        {"ada", "wrong", NULL, 1}, {"nobody@example.com", "correct", NULL, 0}, {"nora@example.com", "correct", NULL, 0},
        {"nora@example.com", "", NULL, 0}, {"nora@example.com", "x", NULL, 0}, {"bob@example.com", "wrong", NULL, 1},
        {"ada", "correct", "nowhere", 0}, {"ada", "correct", "partner", 0}, {"", "correct", NULL, 0},
        {"a\nb", "correct", NULL, 0},
        {"' OR 1=1 --", "correct", NULL, 0}, {"local|ada", "correct", NULL, 0}, {"ada@", "correct", NULL, 0},
        {"+442079460019", "correct", NULL, 0},             /* a number that nobody has proven is nobody's */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (sign_in_at(rows[i].identifier, rows[i].password, rows[i].connection, STR_NONE) != SIGN_IN_REFUSED)
            fail_msg("%s, %s", rows[i].identifier, rows[i].password);
        assert_int_equal(audits("refused", "password"), (int64_t)i + 1);
        assert_int_equal(store_count(portal.db, "SELECT user_id IS NOT NULL FROM audit ORDER BY id DESC LIMIT 1"), rows[i].known);
    }
    assert_int_equal(sessions(), 0);
    assert_int_equal(store_count(portal.db, "SELECT SUM(logins_count) FROM account"), 0);
}

static void test_a_password_too_long_is_wrong(void **state)
{
    (void)state;
    char password[4000];
    memset(password, 'x', sizeof password - 1);
    password[sizeof password - 1] = '\0';
    assert_int_equal(sign_in("ada", password), SIGN_IN_REFUSED);
}

static void test_blocked_is_told_to_who_knows_the_password(void **state)   /* A3 */
{
    (void)state;
    assert_int_equal(sign_in("bob@example.com", "wrong"), SIGN_IN_REFUSED);
    assert_int_equal(sign_in("bob@example.com", "correct"), SIGN_IN_BLOCKED);
    assert_int_equal(sessions(), 0);
    assert_int_equal(audits("refused", "blocked"), 1);
    assert_int_equal(audits("allowed", NULL), 0);
}

static Str blocker_of(const struct user *user)
{
    Str organization = STR("unset");
    assert_int_equal(account_blocked_by(&portal, arena, user, &organization), OK);
    return organization;
}

static void block_as(const struct user *user, const char *organization, bool blocked)
{
    visit.organization = str_of(organization);
    visit.actor_id = STR("local|desk");
    assert_int_equal(account_block(&portal, &visit, organization ? ACTOR_DESK : ACTOR_OPERATOR, user, blocked, STR("test")), OK);
    visit.organization = STR_NONE;
}

static int64_t block_rows(const char *action)
{
    return store_count(portal.db, arena_print(arena, "SELECT COUNT(*) FROM audit WHERE action = '%s' AND user_id = 'local|ada' AND"
                                                     " outcome = 'allowed'", action).p);
}

static void test_who_blocked_is_known(void **state)
{
    (void)state;
    struct user ada = user_of("ada"), nora = user_of("nora@example.com");
    assert_str(blocker_of(&ada), STR_NONE);
    block_as(&ada, "acme", true);
    block_as(&nora, "third", true);
    assert_str(blocker_of(&ada), STR("acme"));
    block_as(&ada, "other", true);
    block_as(&ada, "other", false);
    assert_true(user_of("ada").blocked);
    for (int i = 0; i < 3; i++) assert_int_equal(sign_in("ada", "correct"), SIGN_IN_BLOCKED);
    assert_str(result.blocked_by, STR("acme"));
    assert_int_equal(block_rows("account.block"), 1);
    assert_int_equal(block_rows("account.unblock"), 0);
    block_as(&ada, "acme", false);
    assert_false(user_of("ada").blocked);
    assert_str(blocker_of(&ada), STR_NONE);
    assert_str(blocker_of(&nora), STR("third"));
}

static void test_the_operators_block_is_theirs_alone(void **state)
{
    (void)state;
    struct user ada = user_of("ada");
    block_as(&ada, "acme", true);
    block_as(&ada, NULL, true);
    assert_str(blocker_of(&ada), STR_NONE);
    assert_int_equal(block_rows("account.block"), 2);
    block_as(&ada, NULL, true);
    assert_int_equal(block_rows("account.block"), 2);
    block_as(&ada, "acme", true);
    block_as(&ada, "acme", false);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_BLOCKED);
    assert_str(result.blocked_by, STR_NONE);
    block_as(&ada, NULL, false);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
    block_as(&ada, "acme", true);
    block_as(&ada, NULL, false);
    assert_int_equal(sign_in("ada", "correct"), SIGN_IN_OK);
}

static void test_a_connection_can_be_named(void **state)
{
    (void)state;
    struct session session;
    assert_int_equal(sign_in_at("mia@example.com", "correct", "partner", STR_NONE), SIGN_IN_OK);
    assert_int_equal(session_find(&portal, &visit, result.cookie, &session), OK);
    assert_true(str_is(session.user.user_id, "ad|mia"));
    assert_int_equal(sign_in_at("mia@example.com", "correct", "customers", STR_NONE), SIGN_IN_OK);
    assert_int_equal(session_find(&portal, &visit, result.cookie, &session), OK);
    assert_true(str_is(session.user.user_id, "local|mia"));
}

static void test_a_connection_made_meanwhile_is_known(void **state)
{
    (void)state;
    struct portal other = {.options = &options, .db = portal.db, .keys = portal.keys, .hashing = portal.hashing};
    assert_int_equal(portal_refresh(&other), OK);
    portal_apply(&other, arena, "{\"connections\":[{\"name\":\"late\",\"strategy\":\"local\",\"options\":{},\"fields\":{}}],"
                                "\"users\":[{\"connection\":\"late\",\"email\":\"lea@example.com\"}]}");
    Str hash = user_of("ada").password_hash;
    int64_t lea = portal_account(&other, arena, "lea@example.com");
    store_do(portal.db, STMT_account_password, DB_ARGS(db_int(lea), db_text(hash), db_int(A_DAY_IN_2026)));
    portal_close(&other);
    assert_int_equal(sign_in_at("lea@example.com", "correct", "late", STR_NONE), SIGN_IN_OK);
}

/* --- sessions that end --- */

static void test_a_new_sign_in_ends_the_old_session(void **state)   /* E1 */
{
    (void)state;
    Str old = cookie_of("ada"), other = cookie_of("ada");
    assert_int_equal(sign_in_at("ada", "wrong", NULL, old), SIGN_IN_REFUSED);
    assert_int_equal(find(old), OK);
    assert_int_equal(sign_in_at("ada", "correct", NULL, old), SIGN_IN_OK);
    assert_false(str_eq(result.cookie, old));
    assert_int_equal(find(old), ERR_SIGN_IN);
    assert_int_equal(find(other), OK);
    assert_int_equal(find(result.cookie), OK);
}

static void test_signing_out(void **state)   /* E6 */
{
    (void)state;
    Str cookie = cookie_of("ada"), other = cookie_of("ada");
    assert_int_equal(session_sign_out(&portal, &visit, str_first(cookie, 42)), OK);
    assert_int_equal(find(cookie), OK);
    assert_int_equal(session_sign_out(&portal, &visit, cookie), OK);
    assert_int_equal(session_sign_out(&portal, &visit, cookie), OK);
    assert_int_equal(find(cookie), ERR_SIGN_IN);
    assert_int_equal(find(other), OK);
}

static void test_signing_out_is_written_down(void **state)
{
    static const char written[] = "SELECT COUNT(*) FROM audit WHERE action = 'session.end' AND actor = 'owner' AND outcome = 'allowed'"
                                  " AND actor_id = 'local|ada' AND user_id = 'local|ada' AND reason = 'sign-out' AND peer = '192.0.2.7'";
    static const char ended[] = "SELECT COUNT(*) FROM audit WHERE action = 'session.end'";
    (void)state;
    Str cookie = cookie_of("ada"), late = cookie_of("ada");
    assert_int_equal(session_sign_out(&portal, &visit, str_first(cookie, 42)), OK);
    assert_int_equal(session_sign_out(&portal, &visit, STR_NONE), OK);
    assert_int_equal(store_count(portal.db, ended), 0);
    assert_int_equal(session_sign_out(&portal, &visit, cookie), OK);
    assert_int_equal(session_sign_out(&portal, &visit, cookie), OK);
    assert_int_equal(store_count(portal.db, written), 1);
    visit.now += options.session_seconds;
    assert_int_equal(session_sign_out(&portal, &visit, late), OK);
    assert_int_equal(store_count(portal.db, ended), 1);
    assert_int_equal(sessions(), 0);
}

static void test_only_the_exact_cookie_is_one(void **state)   /* E3 */
{
    (void)state;
    Str cookie = cookie_of("ada");
    Str hash = base64url_encode(arena, keys_mac(arena, portal.keys, KEY_SESSION, cookie));
    char text[64];
    const Str wrong[] = {
        STR_NONE, STR(""), str_first(cookie, 42), str_after(cookie, 1), arena_join(arena, cookie, STR("=")),
        arena_join(arena, cookie, STR("A")), arena_join(arena, STR(" "), cookie), arena_join(arena, cookie, cookie), hash,
        STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), STR("../../../../../../../../../../../../../etc/pas"),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (find(wrong[i]) != ERR_SIGN_IN) fail_msg("row %zu is a session", i);
    for (size_t i = 0; i < cookie.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(text, cookie.p, cookie.n);
            text[i] = (char)(text[i] ^ (1 << bit));
            if (find((Str){text, cookie.n}) != ERR_SIGN_IN) fail_msg("byte %zu, bit %d", i, bit);
        }
    assert_int_equal(find(cookie), OK);
}

static void test_a_session_not_used_ends(void **state)   /* E8 */
{
    (void)state;
    Str cookie = cookie_of("ada");
    visit.now = NOW + options.session_idle_seconds - 1;
    assert_int_equal(find(cookie), OK);
    visit.now += options.session_idle_seconds;
    assert_int_equal(find(cookie), ERR_SIGN_IN);
}

static void test_a_session_used_all_the_time_ends(void **state)   /* E8 */
{
    (void)state;
    Str cookie = cookie_of("ada");
    for (visit.now = NOW; visit.now < NOW + options.session_seconds; visit.now += 1000) assert_int_equal(find(cookie), OK);
    visit.now = NOW + options.session_seconds;
    assert_int_equal(find(cookie), ERR_SIGN_IN);
}

static void test_reading_writes_once_a_minute(void **state)
{
    (void)state;
    static const int steps[][2] = {{0, 0}, {59, 0}, {60, 60}, {119, 60}, {120, 120}};
    Str cookie = cookie_of("ada");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        visit.now = NOW + steps[i][0];
        assert_int_equal(find(cookie), OK);
        assert_int_equal(store_count(portal.db, "SELECT last_seen_at FROM session"), NOW + steps[i][1]);
    }
}

static void test_sessions_die_with_what_they_stand_on(void **state)   /* E4 */
{
    (void)state;
    Str cookie = cookie_of("ada");
    struct user ada = user_of("ada");
    store_do(portal.db, STMT_account_epoch, DB_ARGS(db_int(ada.id)));
    assert_int_equal(find(cookie), ERR_SIGN_IN);
    cookie = cookie_of("ada");
    assert_int_equal(account_set_password(&portal, &visit, ACTOR_OPERATOR, &ada, ada.password_hash), OK);
    assert_int_equal(find(cookie), ERR_SIGN_IN);
    cookie = cookie_of("ada");
    assert_int_equal(account_block(&portal, &visit, ACTOR_OPERATOR, &ada, true, STR("test")), OK);
    assert_int_equal(find(cookie), ERR_SIGN_IN);
    assert_int_equal(account_block(&portal, &visit, ACTOR_OPERATOR, &ada, false, STR("test")), OK);
    assert_int_equal(find(cookie), ERR_SIGN_IN);
    cookie = cookie_of("ada");
    portal_drop(&portal, &ada);
    assert_int_equal(find(cookie), ERR_SIGN_IN);
    assert_int_equal(sessions(), 0);
}

static void test_the_oldest_session_makes_room(void **state)   /* E14 */
{
    (void)state;
    options.sessions_per_person = 3;
    Str cookies[5], mia = cookie_of("mia@example.com");
    for (int i = 0; i < 5; i++) cookies[i] = cookie_of("ada");
    for (int i = 0; i < 5; i++) assert_int_equal(find(cookies[i]), i < 2 ? ERR_SIGN_IN : OK);
    assert_int_equal(find(mia), OK);
}

/* What a request has seen stays until it is over, and it cannot pile up without end. */
static void test_directories_of_one_request(void **state)
{
    (void)state;
    const struct connection *first = directory_connection_named(&portal.directory, STR("customers"));
    for (int i = 0; i < 4; i++) {
        store_do(portal.db, STMT_generation_bump, DB_NO_ARGS);
        assert_int_equal(portal_refresh(&portal), OK);
        assert_true(str_is(first->source.name, "customers"));
    }
    store_do(portal.db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(portal_refresh(&portal), ERR_BUSY);
    assert_non_null(directory_connection_named(&portal.directory, STR("customers")));
    portal_settle(&portal);
    assert_int_equal(portal_refresh(&portal), OK);
}

/* --- form tokens --- */

static void test_form_tokens(void **state)   /* F1 */
{
    (void)state;
    Str token = form_token(&portal, arena, STR("one"));
    assert_true(form_token_is(&portal, arena, STR("one"), token));
    assert_false(form_token_is(&portal, arena, STR("two"), token));
    assert_false(form_token_is(&portal, arena, STR("one"), str_first(token, token.n - 1)));
    assert_false(form_token_is(&portal, arena, STR("one"), STR("")));
    assert_false(form_token_is(&portal, arena, STR("one"), STR_NONE));
    assert_false(form_token_is(&portal, arena, STR(""), form_token(&portal, arena, STR(""))));
    assert_false(form_token_is(&portal, arena, STR_NONE, form_token(&portal, arena, STR_NONE)));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_right_password), CASE(test_the_store_does_not_know_the_cookie), CASE(test_every_name_of_a_person),
        CASE(test_one_answer_for_every_refusal), CASE(test_a_password_too_long_is_wrong),
        CASE(test_blocked_is_told_to_who_knows_the_password),
        CASE(test_who_blocked_is_known), CASE(test_the_operators_block_is_theirs_alone),
        CASE(test_a_connection_can_be_named),
        CASE(test_a_connection_made_meanwhile_is_known), CASE(test_a_new_sign_in_ends_the_old_session), CASE(test_signing_out),
        CASE(test_signing_out_is_written_down),
        CASE(test_only_the_exact_cookie_is_one), CASE(test_a_session_not_used_ends), CASE(test_a_session_used_all_the_time_ends),
        CASE(test_reading_writes_once_a_minute), CASE(test_sessions_die_with_what_they_stand_on),
        CASE(test_the_oldest_session_makes_room), CASE(test_directories_of_one_request), CASE(test_form_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
