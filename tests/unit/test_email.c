/* The e-mail address: what counts, what waits, and what each link may do — once, in its time, for its account. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "account/email.h"
#include "account/profile.h"
#include "account/state.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/scene.h"

enum { A_DAY = 86400 };

static struct scene scene;
static struct portal *const portal = &scene.portal;
static struct visit *const visit = &scene.visit;

/* As the operator: values of a person's fields, by name. */
static void put(const struct user *user, const char *values)
{
    struct change change;
    Commit commit;
    const char *name;
    json_t *value;
    change_init(&change, scene.arena, ACTOR_OPERATOR);
    json_object_foreach(json_loads(values, 0, NULL), name, value) change_put(&change, str_of(name), value);
    assert_int_equal(account_commit(portal, visit, user->id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    scene.options.email_link_seconds = A_DAY;
    scene.options.revert_link_seconds = 3 * A_DAY;
    scene.options.resend_seconds = 60;
    scene.options.verification_mails_per_day = 5;
    scene.options.proofs_per_hour = 10;
    scene.options.proofs_per_network = 100;
    put(&scene.ada, "{\"email_verified\":true}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

/* --- what the tests look at --- */

static Step ask(const struct user *user, const char *typed)
{
    Step step;
    assert_int_equal(proving_ask(portal, visit, &email_proof, user->id, str_of(typed), STR("en"), &step), OK);
    return step;
}

static Step resend(const struct user *user)
{
    Step step;
    assert_int_equal(proving_resend(portal, visit, &email_proof, user->id, STR("en"), &step), OK);
    return step;
}

/* The next message, which must be that letter to that address: the secret of its link. */
static Str mailed(enum letter letter, const char *recipient)
{
    struct message message;
    if (outbox_next(portal, visit, &message) != OK) fail_msg("no mail for %s", recipient);
    assert_int_equal(message.letter, letter);
    assert_true(str_is(message.recipient, recipient));
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    const char *link = json_string_value(json_object_get(message.payload, "link"));
    const char *token = link ? strstr(link, "?token=") : NULL;
    return token ? arena_copy(scene.arena, str_of(token + 7)) : STR_NONE;
}

static void no_mail(void)
{
    struct message message;
    assert_int_equal(outbox_next(portal, visit, &message), ERR_NOT_FOUND);
}

static Str asked(const struct user *user, const char *address)
{
    assert_int_equal(ask(user, address).outcome, STEP_DONE);
    return mailed(LETTER_email_change, address);
}

static Error confirm(Str secret, Step *step)
{
    return email_confirm(portal, visit, secret, STR("en"), step);
}

static void confirmed(Str secret)
{
    Step step;
    assert_int_equal(confirm(secret, &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
}

/* Asks for the address and confirms it; returns the secret of the way back that the old mailbox got. */
static Str changed(const struct user *user, const char *from, const char *to)
{
    confirmed(asked(user, to));
    return mailed(LETTER_email_changed, from);
}

static void dead(Str secret)
{
    Step step;
    EmailLink link;
    assert_int_equal(email_link(portal, visit, secret, &link), ERR_EXPIRED);
    assert_int_equal(confirm(secret, &step), ERR_EXPIRED);
    assert_false(db_in_transaction(portal->db));
}

static void revert_dead(Str secret)
{
    Step step;
    EmailLink link;
    assert_int_equal(email_revert_link(portal, visit, secret, &link), ERR_EXPIRED);
    assert_int_equal(email_revert(portal, visit, secret, &step), ERR_EXPIRED);
}

static void address_is(const struct user *user, const char *address, bool verified)
{
    struct user now = *user;
    scene_read(&scene, &now);
    assert_true(str_is(proving_value(portal, scene.arena, "email", &now), address));
    assert_int_equal(proving_is_verified(&email_proof, &now), verified);
}

static size_t found_by(const char *address)
{
    int64_t accounts[4];
    size_t count = 0;
    Str key = identifier_key(scene.arena, str_of(address));
    assert_int_equal(users_by_identifier(portal->db, scene.arena, key, 0, accounts, 4, &count), OK);
    return count;
}

static struct proof_state state_of(const struct user *user)
{
    struct user now = *user;
    struct proof_state state;
    scene_read(&scene, &now);
    assert_int_equal(proving_state(portal, visit, &email_proof, &now, &state), OK);
    return state;
}

static void begin_session(const char *name, struct user *user)
{
    scene_read(&scene, user);
    store_do(portal->db, STMT_session_add,
             DB_ARGS(db_blob(str_of(name)), db_text(str_of(name)), db_int(user->id), db_int(user->epoch), db_text(user->password_hash),
                     db_int(visit->now), db_int(visit->now + A_DAY), db_text(STR("")), db_text(STR(""))));
}

static int64_t sessions(const struct user *user)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM session WHERE account_id = %lld", (long long)user->id);
    return store_count(portal->db, sql);
}

static int64_t audits(const char *outcome)
{
    return store_count(portal->db, arena_print(scene.arena, "SELECT COUNT(*) FROM audit WHERE outcome = '%s'", outcome).p);
}

/* --- changing --- */

static void test_old_address_counts_until_the_new_mailbox_answers(void **state)
{
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    address_is(&scene.ada, "ada@example.com", true);
    assert_int_equal(found_by("new@example.com"), 0);
    assert_int_equal(found_by("ada@example.com"), 1);
    struct proof_state shown = state_of(&scene.ada);
    assert_true(shown.pending && str_is(shown.pending_value, "new@example.com"));
    assert_int_equal(shown.pending_since, SCENE_NOW);
    assert_int_equal(shown.wait, 60);
    begin_session("here", &scene.ada);
    int64_t epoch = scene.ada.epoch;
    confirmed(secret);
    address_is(&scene.ada, "new@example.com", true);
    scene_read(&scene, &scene.ada);
    assert_int_equal(scene.ada.epoch, epoch + 1);
    assert_int_equal(sessions(&scene.ada), 0);
    assert_int_equal(found_by("new@example.com"), 1);
    assert_int_equal(found_by("ada@example.com"), 0);
    assert_false(state_of(&scene.ada).pending);
}

static void test_looking_changes_nothing(void **state)
{
    EmailLink link;
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(email_link(portal, visit, secret, &link), OK);
        assert_true(link.changes && str_is(link.artefact.value, "new@example.com") && link.user.id == scene.ada.id);
    }
    address_is(&scene.ada, "ada@example.com", true);
    confirmed(secret);
}

static void test_a_link_works_once(void **state)
{
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    confirmed(secret);
    (void)mailed(LETTER_email_changed, "ada@example.com");
    dead(secret);
    no_mail();
}

static int confirm_at_once(struct scene *own, void *context)
{
    Step step;
    Error error = email_confirm(&own->portal, &own->visit, *(Str *)context, STR("en"), &step);
    return error == ERR_EXPIRED ? 1 : error || step.outcome != STEP_DONE ? 2 : 0;
}

static void test_fifty_at_once_one_does(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    scene_at_once(&scene, 50, confirm_at_once, &secret, results);
    assert_int_equal(results[0], 1);
    assert_int_equal(results[1], 49);
    address_is(&scene.ada, "new@example.com", true);
    (void)mailed(LETTER_email_changed, "ada@example.com");
    no_mail();
}

static void test_a_link_dies(void **state)
{
    (void)state;
    Str first = asked(&scene.ada, "one@example.com"), second = asked(&scene.ada, "two@example.com");
    dead(first);
    visit->now += 60;
    assert_int_equal(resend(&scene.ada).outcome, STEP_DONE);
    Str third = mailed(LETTER_email_change, "two@example.com");
    dead(second);
    assert_int_equal(proving_cancel(portal, visit, &email_proof, &scene.ada), OK);
    dead(third);
    assert_int_equal(proving_cancel(portal, visit, &email_proof, &scene.ada), OK);
    Str fourth = asked(&scene.ada, "four@example.com");
    visit->now += A_DAY;
    dead(fourth);
    address_is(&scene.ada, "ada@example.com", true);
}

static void test_a_link_works_to_its_last_second(void **state)
{
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    visit->now += A_DAY - 1;
    confirmed(secret);
}

static void test_what_ends_everything_ends_links_too(void **state)
{
    (void)state;
    Str secret = asked(&scene.ada, "a@example.com");
    assert_int_equal(account_set_password(portal, visit, ACTOR_OWNER, &scene.ada, STR("other")), OK);
    dead(secret);
    secret = asked(&scene.ada, "b@example.com");
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, true, STR_NONE), OK);
    dead(secret);
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, false, STR_NONE), OK);
    dead(secret);
    secret = asked(&scene.ada, "c@example.com");
    put(&scene.ada, "{\"email\":\"desk@example.com\"}");
    dead(secret);
    secret = asked(&scene.ada, "d@example.com");
    portal_drop(portal, &scene.ada);
    dead(secret);
}

static void test_no_other_secret_does(void **state)
{
    static const char *const odd[] = {"", "x", "123456", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) dead(str_of(odd[i]));
    dead(str_first(secret, secret.n - 1));
    dead(arena_join(scene.arena, secret, STR("A")));
    revert_dead(secret);
    Str back = changed(&scene.ada, "ada@example.com", "two@example.com");
    dead(back);
    address_is(&scene.ada, "two@example.com", true);
}

/* --- somebody else's address --- */

static void test_asking_for_somebody_elses_address_tells_nothing(void **state)
{
    Step step;
    (void)state;
    Step free = ask(&scene.ada, "free@example.com"), taken = ask(&scene.ada, "bob@example.com");
    assert_int_equal(free.outcome, taken.outcome);
    (void)mailed(LETTER_email_change, "free@example.com");
    Str secret = mailed(LETTER_email_change, "bob@example.com");
    assert_int_equal(confirm(secret, &step), OK);
    assert_int_equal(step.outcome, STEP_UNUSABLE);
    address_is(&scene.ada, "ada@example.com", true);
    address_is(&scene.bob, "bob@example.com", false);
    no_mail();
}

static void test_the_first_of_two_gets_the_address(void **state)
{
    Step step;
    (void)state;
    Str ada = asked(&scene.ada, "x@example.com"), bob = asked(&scene.bob, "x@example.com");
    confirmed(bob);
    assert_int_equal(confirm(ada, &step), OK);
    assert_int_equal(step.outcome, STEP_UNUSABLE);
    address_is(&scene.bob, "x@example.com", true);
    address_is(&scene.ada, "ada@example.com", true);
}

/* --- rules --- */

static void lock_email(const char *rules)
{
    store_do(portal->db, STMT_connection_put,
             DB_ARGS(db_text(STR("customers")), db_text(STR("local")), db_text(STR("Customers")), db_text(STR("{}")),
                     db_text(str_of(rules))));
    store_do(portal->db, STMT_generation_bump, DB_NO_ARGS);
    portal_settle(portal);
}

static void test_a_rule_refuses_before_anything_is_stored(void **state)
{
    (void)state;
    lock_email("{\"email\":{\"owner\":\"read\"}}");
    int64_t refused = audits("refused");
    Step step = ask(&scene.ada, "new@example.com");
    assert_int_equal(step.outcome, STEP_REFUSED);
    assert_int_equal(step.verdict.rule, RULE_CONNECTION);
    assert_int_equal(audits("refused"), refused + 1);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact"), 0);
    no_mail();
    assert_false(state_of(&scene.ada).pending);
}

static void test_the_rule_at_the_end_wins(void **state)
{
    Step step;
    (void)state;
    Str secret = asked(&scene.ada, "new@example.com");
    lock_email("{\"email\":{\"owner\":\"read\"}}");
    int64_t refused = audits("refused");
    assert_int_equal(confirm(secret, &step), OK);
    assert_int_equal(step.outcome, STEP_REFUSED);
    assert_int_equal(audits("refused"), refused + 1);
    address_is(&scene.ada, "ada@example.com", true);
    visit->now += 60;
    assert_int_equal(resend(&scene.ada).outcome, STEP_REFUSED);
    no_mail();
}

static void test_addresses_that_are_none(void **state)
{
    static const char *const odd[] = {
        "", "   ", "a", "a@b", "a@b@c.de", "a@[127.0.0.1]", "\"a\\r\\nRCPT TO:x\"@d.de", "a@-d.de", "a b@c.de", ".a@c.de", "a@c.de.",
        "a@c..de", "a(x)@c.de", "a\r\nBcc: x@y.de", "a@c.de,b@c.de", "\xef\xbd\x81@c.de", "k@\xe2\x84\xaa.de",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@c.de", "ada@example.com", " ADA@Example.COM ",
    };
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        Step step = ask(&scene.ada, odd[i]);
        if (step.outcome != STEP_INVALID || !step.problem.message) fail_msg("%s: %d", odd[i], step.outcome);
    }
    no_mail();
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM throttle"), 0);
}

/* --- verifying --- */

static void test_verifying_what_counts_already(void **state)
{
    EmailLink link;
    (void)state;
    begin_session("here", &scene.bob);
    int64_t epoch = scene.bob.epoch;
    assert_int_equal(resend(&scene.bob).outcome, STEP_DONE);
    Str secret = mailed(LETTER_email_verify, "bob@example.com");
    assert_int_equal(email_link(portal, visit, secret, &link), OK);
    assert_false(link.changes);
    address_is(&scene.bob, "bob@example.com", false);
    confirmed(secret);
    address_is(&scene.bob, "bob@example.com", true);
    scene_read(&scene, &scene.bob);
    assert_int_equal(scene.bob.epoch, epoch);
    assert_int_equal(sessions(&scene.bob), 1);
    dead(secret);
    no_mail();
    visit->now += 60;
    assert_int_equal(resend(&scene.bob).outcome, STEP_NOTHING);
}

static void test_asking_for_the_own_unverified_address_verifies_it(void **state)
{
    (void)state;
    Str change = asked(&scene.bob, "other@example.com");
    assert_int_equal(ask(&scene.bob, "Bob@Example.com").outcome, STEP_DONE);
    Str secret = mailed(LETTER_email_verify, "bob@example.com");
    dead(change);
    put(&scene.bob, "{\"email\":\"moved@example.com\"}");
    dead(secret);
    address_is(&scene.bob, "moved@example.com", false);
}

static void test_a_locked_address_can_be_verified(void **state)
{
    (void)state;
    lock_email("{\"email\":{\"owner\":\"read\"}}");
    assert_int_equal(resend(&scene.bob).outcome, STEP_DONE);
    confirmed(mailed(LETTER_email_verify, "bob@example.com"));
    address_is(&scene.bob, "bob@example.com", true);
}

/* --- the way back --- */

static void test_revert_after_two_changes(void **state)
{
    Step step;
    (void)state;
    Str first = changed(&scene.ada, "ada@example.com", "evil@example.com");
    Str second = changed(&scene.ada, "evil@example.com", "worse@example.com");
    Str pending = asked(&scene.ada, "worst@example.com");
    begin_session("evil", &scene.ada);
    int64_t epoch = scene.ada.epoch;
    assert_int_equal(email_revert(portal, visit, first, &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
    address_is(&scene.ada, "ada@example.com", true);
    scene_read(&scene, &scene.ada);
    assert_int_equal(scene.ada.epoch, epoch + 1);
    assert_int_equal(sessions(&scene.ada), 0);
    dead(pending);
    revert_dead(second);
    revert_dead(first);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM audit WHERE action = 'email.revert' AND user_id = 'local|ada'"), 1);
}

static void test_the_later_mailbox_cannot_suppress_the_first(void **state)
{
    Step step;
    (void)state;
    Str first = changed(&scene.ada, "ada@example.com", "evil@example.com");
    Str second = changed(&scene.ada, "evil@example.com", "worse@example.com");
    assert_int_equal(email_revert(portal, visit, second, &step), OK);
    address_is(&scene.ada, "evil@example.com", true);
    lock_email("{\"email\":{\"owner\":\"none\"}}");
    store_do(portal->db, STMT_account_deletion, DB_ARGS(db_int(scene.ada.id), db_int(visit->now + A_DAY)));
    assert_int_equal(account_set_password(portal, visit, ACTOR_OWNER, &scene.ada, STR("other")), OK);
    assert_int_equal(email_revert(portal, visit, first, &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
    address_is(&scene.ada, "ada@example.com", true);
}

static void test_a_way_back_dies(void **state)
{
    (void)state;
    Str back = changed(&scene.ada, "ada@example.com", "new@example.com");
    visit->now += 3 * A_DAY;
    revert_dead(back);
    Str next = changed(&scene.ada, "new@example.com", "newer@example.com");
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, true, STR_NONE), OK);
    revert_dead(next);
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, false, STR_NONE), OK);
    portal_drop(portal, &scene.ada);
    revert_dead(next);
}

static int revert_at_once(struct scene *own, void *context)
{
    Step step;
    Error error = email_revert(&own->portal, &own->visit, *(Str *)context, &step);
    return error == ERR_EXPIRED ? 1 : error || step.outcome != STEP_DONE ? 2 : 0;
}

static void test_a_way_back_works_once(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    Str back = changed(&scene.ada, "ada@example.com", "new@example.com");
    scene_at_once(&scene, 20, revert_at_once, &back, results);
    assert_int_equal(results[0], 1);
    assert_int_equal(results[1], 19);
    address_is(&scene.ada, "ada@example.com", true);
}

static int64_t email_rows(const char *action, const char *user_id, const char *actor_id)
{
    return store_count(portal->db, arena_print(scene.arena, "SELECT COUNT(*) FROM audit WHERE action = '%s' AND user_id = '%s' AND"
                                               " actor_id = '%s' AND outcome = 'allowed'", action, user_id, actor_id).p);
}

static void test_the_old_address_is_somebody_elses_by_now(void **state)
{
    Step step;
    (void)state;
    Str back = changed(&scene.ada, "ada@example.com", "new@example.com");
    put(&scene.bob, "{\"email\":\"ada@example.com\",\"email_verified\":true}");
    begin_session("bob", &scene.bob);
    assert_int_equal(email_revert(portal, visit, back, &step), OK);
    assert_int_equal(step.outcome, STEP_UNUSABLE);
    address_is(&scene.ada, "new@example.com", true);
    address_is(&scene.bob, "ada@example.com", true);
    assert_int_equal(sessions(&scene.bob), 1);
    assert_int_equal(email_rows("profile.save", "local|bob", "system:revert"), 0);
    put(&scene.bob, "{\"email\":\"bob@example.com\"}");
    assert_int_equal(email_revert(portal, visit, back, &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
}

static void test_who_took_the_old_address_unproven_gives_way(void **state)
{
    Step step;
    (void)state;
    Str back = changed(&scene.ada, "ada@example.com", "new@example.com");
    put(&scene.bob, "{\"email\":\"Ada@Example.com\"}");
    begin_session("squatter", &scene.bob);
    Str link = (assert_int_equal(resend(&scene.bob).outcome, STEP_DONE), mailed(LETTER_email_verify, "ada@example.com"));
    int64_t epoch = scene.bob.epoch;
    assert_int_equal(email_revert(portal, visit, back, &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
    address_is(&scene.ada, "ada@example.com", true);
    address_is(&scene.bob, "", false);
    assert_int_equal(found_by("ada@example.com"), 1);
    assert_int_equal(sessions(&scene.bob), 0);
    scene_read(&scene, &scene.bob);
    assert_int_equal(scene.bob.epoch, epoch + 1);
    dead(link);
    assert_int_equal(email_rows("profile.save", "local|bob", "system:revert"), 1);
    assert_int_equal(email_rows("email.revert", "local|ada", "local|ada"), 1);
}

/* When the way back is dead, nobody loses anything by it. */
static void test_a_dead_way_back_takes_nothing_from_anybody(void **state)
{
    (void)state;
    Str back = changed(&scene.ada, "ada@example.com", "new@example.com");
    put(&scene.bob, "{\"email\":\"ada@example.com\"}");
    visit->now += 3 * A_DAY;
    revert_dead(back);
    address_is(&scene.bob, "ada@example.com", false);
}

/* A mistyped address may be a stranger's mailbox. */
static void test_an_unproven_mailbox_gets_no_way_back(void **state)
{
    (void)state;
    confirmed(asked(&scene.bob, "right@example.com"));
    no_mail();
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact WHERE purpose = 'email_revert'"), 0);
}

/* --- how often --- */

static void test_once_a_minute(void **state)
{
    (void)state;
    (void)asked(&scene.ada, "new@example.com");
    visit->now += 18;
    Step step = resend(&scene.ada);
    assert_int_equal(step.outcome, STEP_WAIT);
    assert_int_equal(step.seconds, 42);
    assert_int_equal(ask(&scene.ada, "new@example.com").outcome, STEP_WAIT);
    no_mail();
    (void)asked(&scene.ada, "corrected@example.com");
    visit->now += 60;
    assert_int_equal(state_of(&scene.ada).wait, 0);
    assert_int_equal(resend(&scene.ada).outcome, STEP_DONE);
}

static void test_a_mailbox_gets_five_a_day_whoever_asks(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        (void)asked(i % 2 ? &scene.bob : &scene.ada, "third@example.com");
        visit->now += 60;
        visit->peer = i % 2 ? STR("198.51.100.1") : STR("2001:db8::1");
    }
    assert_int_equal(ask(&scene.ada, "third@example.com").outcome, STEP_WAIT);
    assert_int_equal(ask(&scene.bob, "third@example.com").outcome, STEP_WAIT);
    no_mail();
    visit->now += A_DAY;
    (void)asked(&scene.bob, "third@example.com");
}

static void ask_many(const struct user *user, int from, int to)
{
    for (int i = from; i < to; i++)
        assert_int_equal(ask(user, arena_print(scene.arena, "a%d@example.com", i).p).outcome, STEP_DONE);
}

static void test_an_account_and_a_network_ask_so_often(void **state)
{
    (void)state;
    ask_many(&scene.ada, 0, 10);
    Step step = ask(&scene.ada, "more@example.com");
    assert_int_equal(step.outcome, STEP_WAIT);
    assert_int_equal(step.seconds, 3600);
    visit->now += 3600;
    scene.options.proofs_per_network = 3;
    ask_many(&scene.ada, 10, 12);
    ask_many(&scene.bob, 12, 13);
    visit->peer = STR("192.0.2.200");
    assert_int_equal(ask(&scene.bob, "more@example.com").outcome, STEP_WAIT);
    visit->peer = STR("198.51.100.1");
    assert_int_equal(ask(&scene.bob, "more@example.com").outcome, STEP_DONE);
}

#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCENE(test_old_address_counts_until_the_new_mailbox_answers), WITH_SCENE(test_looking_changes_nothing),
        WITH_SCENE(test_a_link_works_once), WITH_SCENE(test_fifty_at_once_one_does), WITH_SCENE(test_a_link_dies),
        WITH_SCENE(test_a_link_works_to_its_last_second), WITH_SCENE(test_what_ends_everything_ends_links_too),
        WITH_SCENE(test_no_other_secret_does), WITH_SCENE(test_asking_for_somebody_elses_address_tells_nothing),
        WITH_SCENE(test_the_first_of_two_gets_the_address), WITH_SCENE(test_a_rule_refuses_before_anything_is_stored),
        WITH_SCENE(test_the_rule_at_the_end_wins), WITH_SCENE(test_addresses_that_are_none),
        WITH_SCENE(test_verifying_what_counts_already), WITH_SCENE(test_asking_for_the_own_unverified_address_verifies_it),
        WITH_SCENE(test_a_locked_address_can_be_verified), WITH_SCENE(test_revert_after_two_changes),
        WITH_SCENE(test_the_later_mailbox_cannot_suppress_the_first), WITH_SCENE(test_a_way_back_dies),
        WITH_SCENE(test_a_way_back_works_once), WITH_SCENE(test_the_old_address_is_somebody_elses_by_now),
        WITH_SCENE(test_who_took_the_old_address_unproven_gives_way), WITH_SCENE(test_a_dead_way_back_takes_nothing_from_anybody),
        WITH_SCENE(test_an_unproven_mailbox_gets_no_way_back), WITH_SCENE(test_once_a_minute),
        WITH_SCENE(test_a_mailbox_gets_five_a_day_whoever_asks), WITH_SCENE(test_an_account_and_a_network_ask_so_often),
    };
    return cmocka_run_group_tests_name("email", tests, NULL, NULL);
}
