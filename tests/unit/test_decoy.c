/* Names that are nobody's: whose hash the time of their refusal is taken from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/decoy.h"
#include "account/session.h"
#include "base/json_memory.h"
#include "support/arena_test.h"
#include "support/portal_support.h"
#include "support/store_support.h"

enum { PEOPLE = 12, NAMES = 200 };

static struct arena *lasting, *arena;
static struct options options;
static struct portal portal;

static int set_up(void **state)
{
    (void)state;
    lasting = arena_open(0);
    arena = arena_open(0);
    portal_make(&portal, &options, lasting, store_open_memory(), "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"}]}");
    json_memory_use(arena);
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

static void add(int number, Str hash)
{
    portal_apply(&portal, arena, arena_print(arena, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"p%d\",\"username\":\"p%d\"}]}",
                                             number, number).p);
    int64_t account = portal_account(&portal, arena, arena_print(arena, "p%d", number).p);
    store_do(portal.db, STMT_account_password, DB_ARGS(db_int(account), hash.n ? db_text(hash) : db_null(), db_int(A_DAY_IN_2026)));
}

static Str decoy_of(int name)
{
    Str hash;
    assert_int_equal(decoy_find(&portal, arena, arena_print(arena, "nobody%d@example.com", name), &hash), OK);
    return hash;
}

static void test_a_name_leads_to_somebodys_hash(void **state)
{
    int counts[PEOPLE] = {0}, same = 0;
    Str before[NAMES];
    (void)state;
    for (int i = 0; i < PEOPLE; i++) add(i, arena_print(arena, "hash %d", i));
    for (int name = 0; name < NAMES; name++) {
        before[name] = decoy_of(name);
        int64_t number;
        assert_true(str_starts(before[name], STR("hash ")) && str_to_int(str_after(before[name], 5), &number));
        assert_true(number >= 0 && number < PEOPLE);
        counts[number]++;
        assert_str(decoy_of(name), before[name]);
    }
    for (int i = 0; i < PEOPLE; i++)
        if (counts[i] == 0 || counts[i] > NAMES / 3) fail_msg("%d of %d lead to %d", counts[i], NAMES, i);
    add(PEOPLE, STR("hash 12"));
    for (int name = 0; name < NAMES; name++) same += str_eq(decoy_of(name), before[name]);
    assert_true(same > NAMES / 2);
}

static void test_where_nobody_has_one(void **state)
{
    (void)state;
    assert_false(decoy_of(1).n);
    add(1, STR_NONE);
    assert_false(decoy_of(1).n);
}

/* It is a clock, not a password: nobody signs in with it, nor is told by the time for a new hash that it would have been right. */
static void test_it_is_never_right(void **state)
{
    Str hash, rehash;
    (void)state;
    assert_int_equal(argon2_hash(arena, (HashCost){16, 1}, STR("correct"), &hash), OK);
    assert_int_equal(hashing_verify(&portal.hashing, arena, hash, STR("correct"), &rehash), OK);
    assert_int_equal(hashing_deny(&portal.hashing, arena, hash, STR("correct")), ERR_DENIED);
    assert_int_equal(hashing_deny(&portal.hashing, arena, STR_NONE, STR("correct")), ERR_DENIED);
    assert_int_equal(hashing_deny(&portal.hashing, arena, hash, STR("")), ERR_DENIED);
    for (int i = 0; i < 3; i++) add(i, hash);
    SignIn result;
    struct visit visit = {.arena = arena, .now = 1800000000, .request_id = STR("r"), .peer = STR("192.0.2.7"), .user_agent = STR("b")};
    assert_int_equal(session_sign_in(&portal, &visit, STR("nobody"), STR("correct"), STR_NONE, STR_NONE, &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_name_leads_to_somebodys_hash), TEST(test_where_nobody_has_one), TEST(test_it_is_never_right),
    };
    return cmocka_run_group_tests_name("decoys", tests, NULL, NULL);
}
