/* Whose act it was: who blocked an account unblocks it, who asked for its deletion takes it back, and who leaves finds their home again. */
#include "support/model.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#include "account/deletion.h"
#include "account/desk.h"
#include "account/erase.h"
#include "account/invitation.h"
#include "account/invited.h"
#include "account/member.h"
#include "account/organization.h"
#include "account/outbox.h"
#include "account/session.h"
#include "account/state.h"
#include "model/identifier.h"
#include "store/user_store.h"

#define AT(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, more) " {\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@example.com\",\"name\":\"" id "\"," more "}"
#define ORGANIZATIONS(of_acme, of_beta) "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\"," \
    "\"connections\":[\"customers\"]" of_acme "},{\"name\":\"beta\"" of_beta "}]"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"}]," ORGANIZATIONS("", "") ","
    "\"users\":[" PERSON("ana", AT("acme", "\"administrator\"")) "," PERSON("hal", AT("acme", "\"help-desk\"")) ","
    PERSON("mel", AT("acme", "")) "," PERSON("max", AT("acme", "")) "," PERSON("bea", AT("beta", "\"administrator\"")) ","
    PERSON("gus", "\"organizations\":[{\"name\":\"beta\",\"home\":true},{\"name\":\"acme\"}]") "]}";

static struct store_place place;     /* for what is written beside the key when somebody is erased */
static struct arena *arena;
static struct options options;
static struct portal portal;
static struct visit visit;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    portal_make(&portal, &options, arena, store_open_memory(), people);
    visit = (struct visit){.arena = arena, .now = A_DAY_IN_2026, .request_id = STR("r"), .peer = STR("192.0.2.1"),
                           .user_agent = STR("browser"), .actor_id = STR("local|nobody")};
    options.mail_url = STR("dir:mail");
    store_place_make(&place);
    options.key_file = arena_print(arena, "%s/key", place.folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    portal_close(&portal);
    db_close(portal.db);
    json_memory_use(NULL);
    arena_close(arena);
    store_place_remove(&place);
    return 0;
}

static struct user user(const char *name)
{
    struct user user;
    assert_int_equal(user_get(portal.db, arena, portal_account(&portal, arena, arena_print(arena, "%s@example.com", name).p), &user), OK);
    return user;
}

static struct desk desk_of(const char *name, const char *organization)
{
    struct desk desk;
    struct user who = user(name);
    assert_int_equal(desk_enter(&portal, arena, &who, str_of(organization), &desk), OK);
    return desk;
}

static DeskAct confirmed(const char *who, const char *organization, enum desk_act act, const char *target, const char *confirm)
{
    DeskAct out;
    const struct desk desk = desk_of(who, organization);
    const struct desk_wish wish = {.act = act, .user_id = user(target).user_id, .reason = STR("asked by phone"), .confirm = str_of(confirm)};
    assert_int_equal(desk_act(&portal, &visit, &desk, &wish, &out), OK);
    return out;
}

static enum desk_outcome act(const char *who, enum desk_act kind, const char *target)
{
    return confirmed(who, "acme", kind, target, NULL).outcome;
}

static int64_t count(const char *sql)
{
    return store_count(portal.db, sql);
}

static int64_t refused(const char *action, const char *reason)
{
    return count(arena_print(arena, "SELECT COUNT(*) FROM audit WHERE actor = 'desk' AND action = '%s' AND outcome = 'refused' AND"
                                    " reason = '%s'", action, reason).p);
}

static void apply(const char *more)
{
    portal_apply(&portal, arena, arena_print(arena, "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"}],%s}", more).p);
}

/* --- who blocked --- */

static void operator_blocks(const char *name, bool blocked)
{
    const struct user target = user(name);
    assert_int_equal(account_block(&portal, &visit, ACTOR_OPERATOR, &target, blocked, STR("fraud")), OK);
}

static void test_a_desk_does_not_undo_what_the_operator_did(void **state)
{
    (void)state;
    operator_blocks("mel", true);
    assert_int_equal(act("ana", DESK_UNBLOCK, "mel"), DESK_OPERATOR);
    assert_int_equal(act("ana", DESK_BLOCK, "mel"), DESK_NOTHING);
    assert_int_equal(act("ana", DESK_UNBLOCK, "mel"), DESK_OPERATOR);
    assert_true(user("mel").blocked);
    assert_int_equal(refused("account.unblock", "operator"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
    operator_blocks("mel", false);
    assert_int_equal(act("ana", DESK_UNBLOCK, "mel"), DESK_NOTHING);
    assert_int_equal(act("hal", DESK_BLOCK, "mel"), DESK_DONE);
    assert_int_equal(act("ana", DESK_UNBLOCK, "mel"), DESK_DONE);
}

static void test_the_operator_takes_a_desks_block_over(void **state)
{
    (void)state;
    assert_int_equal(act("hal", DESK_BLOCK, "mel"), DESK_DONE);
    operator_blocks("mel", true);
    assert_int_equal(act("hal", DESK_UNBLOCK, "mel"), DESK_OPERATOR);
    assert_int_equal(act("hal", DESK_BLOCK, "max"), DESK_DONE);
    operator_blocks("max", false);
    assert_false(user("max").blocked);
}

static void test_another_desk_does_not_undo_it(void **state)
{
    (void)state;
    struct organization gone;
    assert_int_equal(act("hal", DESK_BLOCK, "mel"), DESK_DONE);
    apply(ORGANIZATIONS("", "") ",\"users\":[" PERSON("mel", AT("beta", "")) "]");
    assert_int_equal(confirmed("bea", "beta", DESK_UNBLOCK, "mel", NULL).outcome, DESK_OTHER_DESK);
    assert_int_equal(act("hal", DESK_UNBLOCK, "mel"), DESK_GUEST);
    assert_true(user("mel").blocked);
    assert_int_equal(refused("account.unblock", "elsewhere"), 1);
    assert_int_equal(organization_delete(&portal, &visit, STR("acme"), STR("closed"), &gone), OK);
    assert_int_equal(confirmed("bea", "beta", DESK_UNBLOCK, "mel", NULL).outcome, DESK_OPERATOR);
}

/* --- where somebody belongs --- */

static bool is_home(const char *name, const char *organization)
{
    return count(arena_print(arena, "SELECT COUNT(*) FROM membership m JOIN organization o ON o.id = m.organization_id JOIN account a ON"
                                    " a.id = m.account_id WHERE a.user_id = 'local|%s' AND o.name = '%s' AND m.home = 1", name, organization).p);
}

static int64_t memberships(const char *name)
{
    return count(arena_print(arena, "SELECT COUNT(*) FROM membership WHERE user_id = 'local|%s'", name).p);
}

static void invite_and_accept(const char *who, const char *organization, const char *name)
{
    DeskAct out;
    struct message message;
    struct invited_line line[INVITED_AT_ONCE];
    size_t lines = 0;
    enum invitation_step step;
    const struct desk desk = desk_of(who, organization);
    struct visit as = visit;
    const struct user target = user(name);
    Str address = arena_print(arena, "%s@example.com", name);
    const struct invited_entry entry = {.typed = address, .whole = address, .address = address, .key = identifier_key(arena, address)};
    as.organization = desk.name;
    as.actor_id = desk.user_id;
    store_do(portal.db, STMT_outbox_expire, DB_ARGS(db_int(INT64_MAX)));
    assert_int_equal(invitation_send(&portal, &as, &desk, &(struct invitation_wish){.entries = &entry, .entry_count = 1}, &out, line, &lines), OK);
    assert_int_equal(out.outcome, DESK_DONE);
    assert_int_equal(outbox_next(&portal, &visit, &message), OK);
    Str link = str_of(json_string_value(json_object_get(message.payload, "link")));
    assert_int_equal(outbox_sent(&portal, &visit, &message), OK);
    assert_int_equal(invitation_accept(&portal, &visit, &target, str_after(link, sizeof "/invitation?token=" - 1), &step), OK);
    assert_int_equal(step, INVITATION_DONE);
}

static void test_who_is_removed_and_invited_again_is_home(void **state)
{
    (void)state;
    assert_int_equal(act("ana", DESK_REMOVE, "mel"), DESK_DONE);
    assert_int_equal(memberships("mel"), 0);
    invite_and_accept("ana", "acme", "mel");
    assert_true(is_home("mel", "acme"));
    assert_int_equal(act("hal", DESK_BLOCK, "mel"), DESK_DONE);   /* no guest: their desk looks after them again */
    DeskAct left;
    const struct user max = user("max");
    assert_int_equal(member_leave(&portal, &visit, &max, STR("acme"), &left), OK);
    assert_int_equal(left.outcome, DESK_DONE);
    invite_and_accept("bea", "beta", "max");
    assert_false(is_home("max", "beta"));
    invite_and_accept("ana", "acme", "max");
    assert_true(is_home("max", "acme"));
}

static void test_a_guest_stays_a_guest(void **state)
{
    (void)state;
    assert_int_equal(act("ana", DESK_REMOVE, "gus"), DESK_DONE);
    invite_and_accept("ana", "acme", "gus");
    assert_true(is_home("gus", "beta") && !is_home("gus", "acme"));
    assert_int_equal(act("ana", DESK_REMOVE, "mel"), DESK_DONE);
    apply(ORGANIZATIONS("", "") ",\"users\":[" PERSON("mel", AT("beta", "")) "]");
    invite_and_accept("ana", "acme", "mel");
    assert_true(is_home("mel", "beta") && !is_home("mel", "acme"));   /* the home moved, and with it where they belong */
    assert_int_equal(confirmed("bea", "beta", DESK_REMOVE, "mel", NULL).outcome, DESK_DONE);
    invite_and_accept("bea", "beta", "mel");
    assert_true(is_home("mel", "beta"));
}

static void test_who_signs_in_again_is_home(void **state)
{
    SignIn out;
    (void)state;
    apply("\"organizations\":[{\"name\":\"acme\",\"connections\":[{\"name\":\"customers\",\"assign_membership_on_login\":true}]}]");
    store_count(portal.db, "UPDATE account SET profile = json_set(profile, '$.email_verified', json('true')) RETURNING 1");
    assert_int_equal(act("ana", DESK_REMOVE, "mel"), DESK_DONE);
    assert_int_equal(session_sign_in(&portal, &visit, STR("mel@example.com"), STR("correct"), STR_NONE, STR_NONE, &out), OK);
    assert_true(is_home("mel", "acme"));
    assert_int_equal(act("ana", DESK_REMOVE, "gus"), DESK_DONE);
    assert_int_equal(session_sign_in(&portal, &visit, STR("gus@example.com"), STR("correct"), STR_NONE, STR_NONE, &out), OK);
    assert_int_equal(memberships("gus"), 2);
    assert_false(is_home("gus", "acme"));
}

static void test_apply_gives_the_home_back_unless_it_says_otherwise(void **state)
{
    static const struct { const char *entries; bool acme, beta; } rows[] = {
        {"{\"name\":\"acme\"}", true, false},
        {"{\"name\":\"beta\"},{\"name\":\"acme\"}", true, false},
        {"{\"name\":\"acme\",\"home\":false}", false, false},
        {"{\"name\":\"acme\"},{\"name\":\"beta\",\"home\":true}", false, true},
        {"{\"name\":\"acme\"},{\"name\":\"beta\",\"invited\":true}", false, true},
        {"{\"name\":\"beta\"}", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(db_begin(portal.db), OK);
        assert_int_equal(act("ana", DESK_REMOVE, "mel"), DESK_DONE);
        assert_int_equal(db_commit(portal.db), OK);
        apply(arena_print(arena, ORGANIZATIONS("", "") ",\"users\":[" PERSON("mel", "\"organizations\":[%s]") "]", rows[i].entries).p);
        if (is_home("mel", "acme") != rows[i].acme || is_home("mel", "beta") != rows[i].beta) fail_msg("row %zu", i);
        apply(ORGANIZATIONS("", "") ",\"users\":[" PERSON("mel", AT("acme", "")) "]");
        assert_true(is_home("mel", "acme"));
    }
}

/* What the operator took from an organization that keeps the member does not come back by itself. */
static void test_a_home_that_was_taken_stays_taken(void **state)
{
    (void)state;
    apply(ORGANIZATIONS("", "") ",\"users\":[" PERSON("mel", "\"organizations\":[{\"name\":\"acme\",\"home\":false}]") "]");
    assert_int_equal(act("ana", DESK_REMOVE, "mel"), DESK_DONE);
    invite_and_accept("ana", "acme", "mel");
    assert_false(is_home("mel", "acme"));
}

/* --- the end of an account --- */

static void prove(const char *name)
{
    struct change change;
    Commit commit;
    change_init(&change, arena, ACTOR_OPERATOR);
    change_put(&change, STR("email_verified"), json_true());
    assert_int_equal(account_commit(&portal, &visit, user(name).id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

/* The only letter that waits: `reason` for a confirmed address alone. */
static void told(enum letter letter, const char *name, bool confirmed, int64_t until)
{
    struct message message;
    assert_int_equal(outbox_next(&portal, &visit, &message), OK);
    if (message.letter != letter) fail_msg("letter %s, not %s", letter_name(message.letter), letter_name(letter));
    assert_true(str_eq(message.recipient, arena_print(arena, "%s@example.com", name)));
    assert_int_equal(message.organization, store_int(portal.db, STMT_organization_get, DB_ARGS(db_text(STR("acme")))));
    Str reason = str_of(json_string_value(json_object_get(message.payload, "reason")));
    assert_true(confirmed ? str_is(reason, "asked by phone") : !reason.n);
    if (until) assert_int_equal(message.expires_at, until);
    assert_int_equal(outbox_sent(&portal, &visit, &message), OK);
    assert_int_equal(outbox_next(&portal, &visit, &message), ERR_NOT_FOUND);
}

static void erase_what_is_due(void)
{
    bool more = true;
    while (more) assert_int_equal(erase_step(&portal, &visit, &more), OK);
}

static bool is_there(const char *user_id)
{
    return count(arena_print(arena, "SELECT COUNT(*) FROM account WHERE user_id = '%s'", user_id).p);
}

static void test_a_desk_deletes_with_a_time_of_grace(void **state)
{
    (void)state;
    prove("mel");
    DeskAct out = confirmed("ana", "acme", DESK_DELETE, "mel", NULL);
    assert_true(out.outcome == DESK_DONE && !out.at_once);
    assert_int_equal(user("mel").deletion_at, visit.now + options.deletion_grace_seconds);
    told(LETTER_deletion_desk, "mel", true, user("mel").deletion_at);
    assert_int_equal(act("ana", DESK_DELETE, "mel"), DESK_NOTHING);
    assert_int_equal(act("ana", DESK_DELETE, "max"), DESK_DONE);
    told(LETTER_deletion_desk, "max", false, user("max").deletion_at);
}

static void test_without_grace_it_has_to_be_confirmed(void **state)
{
    static const char *const wrong[] = {NULL, "", "max@example.com", "mel@example.co", "local|mel"};
    (void)state;
    apply(ORGANIZATIONS(",\"deletion_grace\":0", ""));
    prove("mel");
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(confirmed("ana", "acme", DESK_DELETE, "mel", wrong[i]).outcome, DESK_CONFIRM);
    assert_int_equal(user("mel").deletion_at, 0);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
    DeskAct out = confirmed("ana", "acme", DESK_DELETE, "mel", " Mel@Example.com ");
    assert_true(out.outcome == DESK_DONE && out.at_once);
    erase_what_is_due();
    assert_true(is_there("local|mel"));   /* not before the mail is out */
    told(LETTER_deletion_now, "mel", true, 0);
    erase_what_is_due();
    assert_false(is_there("local|mel"));
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
}

/* A mailbox that takes nothing holds nothing up for long. */
static void test_the_mail_is_not_waited_for_without_end(void **state)
{
    (void)state;
    apply(ORGANIZATIONS(",\"deletion_grace\":0", ""));
    assert_int_equal(confirmed("ana", "acme", DESK_DELETE, "mel", "mel@example.com").outcome, DESK_DONE);
    visit.now += 3599;
    erase_what_is_due();
    assert_true(is_there("local|mel"));
    visit.now++;
    erase_what_is_due();
    assert_false(is_there("local|mel"));
}

/* Nobody is asked to type, or shown, an address that the rules hide from them. */
static void test_a_desk_that_sees_no_address_types_the_number(void **state)
{
    struct desk_member member;
    (void)state;
    apply(ORGANIZATIONS(",\"deletion_grace\":0,\"fields\":{\"email\":{\"owner\":\"none\",\"desk\":\"none\"}}", ""));
    assert_int_equal(portal_refresh(&portal), OK);
    const struct desk desk = desk_of("ana", "acme");
    assert_int_equal(desk_member_find(&portal, arena, &desk, STR("local|mel"), &member), OK);
    assert_true(str_is(desk_deletion_phrase(&portal, arena, &member), "local|mel"));
    assert_int_equal(confirmed("ana", "acme", DESK_DELETE, "mel", "mel@example.com").outcome, DESK_CONFIRM);
    assert_int_equal(confirmed("ana", "acme", DESK_DELETE, "mel", "local|mel").outcome, DESK_DONE);
}

static void test_an_account_under_hold_stays(void **state)
{
    (void)state;
    const struct user mel = user("mel");
    assert_int_equal(deletion_hold(&portal, &visit, &mel, STR("case 7"), STR("case 7")), OK);
    assert_int_equal(act("ana", DESK_DELETE, "mel"), DESK_HELD);
    assert_int_equal(refused("deletion.confirm", "legal hold"), 1);
    assert_int_equal(user("mel").deletion_at, 0);
}

static void test_a_desk_takes_its_own_deletion_back(void **state)
{
    Deletion out;
    struct deletion_state now;
    (void)state;
    prove("mel");
    assert_int_equal(act("ana", DESK_KEEP, "mel"), DESK_NOTHING);
    assert_int_equal(act("ana", DESK_DELETE, "mel"), DESK_DONE);
    told(LETTER_deletion_desk, "mel", true, 0);
    struct user mel = user("mel");
    assert_int_equal(deletion_state(&portal, arena, mel.id, &now), OK);
    assert_true(str_is(now.organization_name, "Acme Ltd") && str_is(now.asked_by, "desk"));
    assert_int_equal(act("hal", DESK_KEEP, "mel"), DESK_REFUSED);
    assert_int_equal(act("ana", DESK_KEEP, "mel"), DESK_DONE);
    told(LETTER_deletion_kept, "mel", true, 0);
    assert_int_equal(user("mel").deletion_at, 0);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'deletion.keep' AND actor = 'desk' AND organization = 'acme' AND"
                           " reason = 'asked by phone' AND outcome = 'allowed'"), 1);
    assert_int_equal(deletion_schedule(&portal, &visit, ACTOR_OWNER, &mel, STR_NONE, &out), OK);
    assert_int_equal(act("ana", DESK_KEEP, "mel"), DESK_NOT_ASKED);   /* now it is the person's own */
    assert_true(user("mel").deletion_at > 0);
    assert_int_equal(refused("deletion.keep", "asked elsewhere"), 1);
}

static void test_what_others_asked_for_is_theirs(void **state)
{
    Deletion out;
    (void)state;
    const struct user mel = user("mel");
    assert_int_equal(deletion_schedule(&portal, &visit, ACTOR_OPERATOR, &mel, STR("letter"), &out), OK);
    assert_int_equal(act("ana", DESK_KEEP, "mel"), DESK_NOT_ASKED);
    assert_int_equal(confirmed("bea", "beta", DESK_DELETE, "gus", NULL).outcome, DESK_DONE);
    assert_int_equal(act("ana", DESK_KEEP, "gus"), DESK_GUEST);
    apply(ORGANIZATIONS("", "") ",\"users\":[" PERSON("gus", AT("acme", "")) "]");
    assert_int_equal(act("ana", DESK_KEEP, "gus"), DESK_NOT_ASKED);
    assert_int_equal(act("ana", DESK_DELETE, "max"), DESK_DONE);
    visit.now += options.deletion_grace_seconds;
    assert_int_equal(act("ana", DESK_KEEP, "max"), DESK_TOO_LATE);
    assert_int_equal(refused("deletion.keep", "too late"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_desk_does_not_undo_what_the_operator_did), TEST(test_the_operator_takes_a_desks_block_over),
        TEST(test_another_desk_does_not_undo_it),
        TEST(test_who_is_removed_and_invited_again_is_home), TEST(test_a_guest_stays_a_guest), TEST(test_who_signs_in_again_is_home),
        TEST(test_apply_gives_the_home_back_unless_it_says_otherwise), TEST(test_a_home_that_was_taken_stays_taken),
        TEST(test_a_desk_deletes_with_a_time_of_grace), TEST(test_without_grace_it_has_to_be_confirmed),
        TEST(test_the_mail_is_not_waited_for_without_end), TEST(test_a_desk_that_sees_no_address_types_the_number),
        TEST(test_an_account_under_hold_stays), TEST(test_a_desk_takes_its_own_deletion_back), TEST(test_what_others_asked_for_is_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
