/* account/invitation: who may invite whom to what, that the mailbox alone gets the secret, that one answer counts, and what it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/invitation.h"
#include "account/invited.h"
#include "account/look.h"
#include "account/member.h"
#include "account/outbox.h"
#include "account/state.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/scene.h"

enum { A_DAY = 86400, LIFE = 7 * A_DAY };

static const char place[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.team\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"edit\",\"desk\":\"edit\",\"max\":12,\"label\":{\"en\":\"Team\"}},"
    " {\"name\":\"user_metadata.rank\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"read\",\"desk\":\"edit\",\"label\":{\"en\":\"Rank\"}},"
    " {\"name\":\"user_metadata.secret\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"none\",\"desk\":\"edit\",\"label\":{\"en\":\"S\"}}],"
    "\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\","
    "  \"options\":{\"disable_signup\":true},\"fields\":{}}],"
    "\"roles\":[{\"name\":\"administrator\",\"permissions\":[\"read:members\",\"read:activity\",\"update:members\",\"block:members\","
    "  \"delete:members\",\"create:invitations\",\"update:roles\",\"update:branding\"]},"
    " {\"name\":\"greeter\",\"permissions\":[\"create:invitations\"]},{\"name\":\"auditor\",\"permissions\":[\"read:activity\"]}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"connections\":[\"customers\"],"
    "  \"fields\":{\"user_metadata.secret\":{\"owner\":\"none\",\"desk\":\"read\"}}},"
    " {\"name\":\"beta\",\"display_name\":\"Beta\",\"connections\":[\"customers\"]}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"name\":\"Ada\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"eve\",\"email\":\"eve@example.com\",\"name\":\"Eve\","
    "  \"organizations\":[{\"name\":\"beta\",\"roles\":[\"administrator\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"gil\",\"email\":\"gil@example.com\",\"name\":\"Gil\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"greeter\"]}]}]}";

static struct scene scene;
static struct portal *portal;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    portal = &scene.portal;
    portal->hashing = (struct hashing){.cost = {8, 1}, .job_socket = -1};
    scene.options.invitation_seconds = LIFE;
    scene.options.invitations_per_day = 10;
    scene.options.invitations_per_address_per_day = 3;
    portal_apply(portal, scene.arena, place);
    assert_int_equal(portal_refresh(portal), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

/* --- helpers --- */

static struct user person(const char *user_id)
{
    struct user user;
    assert_int_equal(user_get_by_user_id(portal->db, scene.arena, str_of(user_id), &user), OK);
    return user;
}

static struct desk desk_of(const char *user_id, const char *organization)
{
    struct desk desk;
    struct user user = person(user_id);
    assert_int_equal(desk_enter(portal, scene.arena, &user, str_of(organization), &desk), OK);
    return desk;
}

static struct visit visit_of(const struct desk *desk)
{
    struct visit visit = scene.visit;
    visit.organization = desk->name;
    visit.actor_id = desk->user_id;
    return visit;
}

struct sent {
    Error error;
    DeskAct act;
    struct invited_line lines[INVITED_AT_ONCE];
    size_t count;
};

static struct sent send_wish(const char *who, const char *organization, struct invitation_wish wish)
{
    static struct sent sent;
    struct desk desk = desk_of(who, organization);
    struct visit visit = visit_of(&desk);
    sent = (struct sent){0};
    sent.error = invitation_send(portal, &visit, &desk, &wish, &sent.act, sent.lines, &sent.count);
    assert_false(db_in_transaction(portal->db));
    return sent;
}

static struct sent invite(const char *emails, const char *role)
{
    static Str roles[1];
    roles[0] = str_of(role);
    return send_wish("local|ada", "acme", (struct invitation_wish){.emails = str_of(emails), .roles = roles, .role_count = role ? 1 : 0,
                                                                   .language = STR("en")});
}

static void expect(struct sent sent, enum desk_outcome outcome, size_t count)
{
    assert_int_equal(sent.error, OK);
    assert_int_equal(sent.act.outcome, outcome);
    assert_int_equal(sent.count, count);
}

/* The secret of the newest letter to that address, as its reader would see it. */
static Str secret_for(const char *address)
{
    struct message message;
    Str secret = STR_NONE;
    while (outbox_next(portal, &scene.visit, &message) == OK) {
        assert_int_equal(message.letter, LETTER_invitation);
        Str link = str_of(json_string_value(json_object_get(message.payload, "link")));
        assert_true(str_starts(link, STR("/invitation?token=")));
        if (str_is(message.recipient, address)) secret = arena_copy(scene.arena, str_after(link, 18));
        assert_int_equal(outbox_sent(portal, &scene.visit, &message), OK);
    }
    assert_true(secret.n);
    return secret;
}

static Str invited(const char *address, const char *role)
{
    expect(invite(address, role), DESK_DONE, 1);
    return secret_for(address);
}

static int64_t count(const char *sql)
{
    return store_count(portal->db, sql);
}

static int64_t audited(const char *action, const char *outcome)
{
    return count(arena_print(scene.arena, "SELECT COUNT(*) FROM audit WHERE action = '%s' AND outcome = '%s'", action, outcome).p);
}

static Error find(Str secret, struct invitation *out)
{
    return invitation_find(portal, &scene.visit, secret, out);
}

static enum invitation_step accept(const struct user *user, Str secret, Error wanted)
{
    enum invitation_step step = INVITATION_REFUSED;
    assert_int_equal(invitation_accept(portal, &scene.visit, user, secret, &step), wanted);
    assert_false(db_in_transaction(portal->db));
    return step;
}

static const struct membership *member(const struct user *user, const char *organization)
{
    struct membership *list;
    size_t n;
    assert_int_equal(user_memberships(portal->db, scene.arena, &portal->directory.fields, user->id, &list, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (str_is(list[i].rules.organization.name, organization)) return &list[i];
    return NULL;
}

/* --- inviting --- */

static void test_one_is_invited(void **state)
{
    struct invitation invitation;
    struct message message;
    (void)state;
    struct sent sent = invite("Bob@Example.com", "auditor");
    expect(sent, DESK_DONE, 1);
    assert_int_equal(sent.lines[0].became, INVITED_DONE);
    assert_true(str_is(sent.lines[0].typed, "Bob@Example.com"));
    assert_int_equal(outbox_next(portal, &scene.visit, &message), OK);
    assert_true(str_is(message.recipient, "bob@example.com") && message.account == 0 && message.organization == scene.organization);
    assert_true(message.expires_at == SCENE_NOW + LIFE);
    assert_string_equal(json_string_value(json_object_get(message.payload, "person")), "Ada");
    Str secret = str_after(str_of(json_string_value(json_object_get(message.payload, "link"))), 18);
    assert_int_equal(find(secret, &invitation), OK);
    assert_true(str_is(invitation.email, "bob@example.com") && str_is(invitation.inviter_name, "Ada") && str_is(invitation.state, "pending"));
    assert_int_equal(json_array_size(invitation.roles), 1);
    assert_int_equal(audited("invitation.send", "allowed"), 1);
    assert_null(member(&scene.bob, "acme"));
}

static void test_the_secret_is_nowhere_else(void **state)
{
    struct invitation invitation, listed[4];
    size_t n;
    bool older;
    (void)state;
    Str secret = invited("bob@example.com", NULL);
    struct desk desk = desk_of("local|ada", "acme");
    assert_false(scene_holds(&scene, secret));
    assert_int_equal(find(secret, &invitation), OK);
    assert_int_equal(invitation_list(portal, &scene.visit, &desk, STR(""), 0, listed, 4, &n, &older), OK);
    assert_int_equal(n, 1);
    assert_false(str_eq(listed[0].public_id, secret));
    assert_int_equal(find(listed[0].public_id, &invitation), ERR_EXPIRED);
}

static void test_each_line_has_its_answer(void **state)
{
    (void)state;
    static const enum invited wanted[] = {INVITED_DONE, INVITED_UNREADABLE, INVITED_MEMBER, INVITED_PENDING, INVITED_DONE, INVITED_UNREADABLE};
    struct sent sent = invite("new@example.com\nnobody\n\nADA@example.com\nNew@example.com\nEve <eve@example.com>\n@example.com\n", NULL);
    expect(sent, DESK_DONE, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < sent.count; i++)
        if (sent.lines[i].became != wanted[i]) fail_msg("line %zu became %d", i, sent.lines[i].became);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 2);
}

/* Bob has an account, nobody@ has none: nothing of the answer, the rows or the letter differs but the address. */
static void test_accounts_elsewhere_do_not_show(void **state)
{
    (void)state;
    struct sent sent = invite("bob@example.com\nnobody@example.com", "auditor");
    expect(sent, DESK_DONE, 2);
    assert_int_equal(sent.lines[0].became, sent.lines[1].became);
    assert_int_equal(count("SELECT COUNT(DISTINCT state || roles || language || prefilled || inviter || inviter_name || expires_at) FROM "
                           "invitation"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE account_id IS NULL"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'invitation.send' AND user_id IS NOT NULL"), 0);
}

static void test_who_may_not(void **state)
{
    (void)state;
    Str roles[] = {STR("administrator")}, none[] = {STR("no-such-role")}, own[] = {STR("greeter")};
    struct invitation_wish wish = {.emails = STR("x@example.com"), .roles = roles, .role_count = 1};
    expect(send_wish("local|gil", "acme", wish), DESK_RANK, 0);
    wish.roles = none;
    expect(send_wish("local|gil", "acme", wish), DESK_IMPOSSIBLE, 0);
    wish.roles = own;
    expect(send_wish("local|gil", "acme", wish), DESK_DONE, 1);
    assert_int_equal(audited("invitation.send", "refused"), 1);
    struct desk desk = desk_of("local|gil", "acme");
    struct visit visit = visit_of(&desk);
    struct user gil = person("local|gil");
    store_do(portal->db, STMT_membership_role_clear, DB_ARGS(db_int(desk.organization), db_int(gil.id)));
    struct invited_line lines[INVITED_AT_ONCE];
    size_t n;
    DeskAct act;
    wish.emails = STR("y@example.com");
    assert_int_equal(invitation_send(portal, &visit, &desk, &wish, &act, lines, &n), OK);
    assert_int_equal(act.outcome, DESK_REFUSED);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 1);
    assert_int_equal(audited("invitation.send", "refused"), 2);
}

static void test_lists_that_are_none(void **state)
{
    struct text many = {.arena = scene.arena};
    (void)state;
    for (int i = 0; i <= INVITED_AT_ONCE; i++) text_print(&many, "p%d@example.com\n", i);
    assert_int_equal(invite("", NULL).error, ERR_INVALID);
    assert_int_equal(invite(" \n,;\n", NULL).error, ERR_INVALID);
    struct sent refused = invite(text_str(&many).p, NULL);
    assert_int_equal(refused.error, ERR_INVALID);
    assert_int_equal(refused.count, 0);
    static const char *const bad[] = {"email", "email_verified", "user_id", "phone_number", "nothing"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct invitation_wish wish = {.emails = STR("x@example.com"), .prefilled = json_pack("{s:s}", bad[i], "x")};
        assert_int_equal(send_wish("local|ada", "acme", wish).error, ERR_INVALID);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 0);
}

static void test_caps(void **state)
{
    (void)state;
    struct text many = {.arena = scene.arena};
    for (int i = 0; i < 9; i++) text_print(&many, "p%d@example.com\n", i);
    expect(invite(text_str(&many).p, NULL), DESK_DONE, 9);
    expect(invite("a@example.com\nb@example.com", NULL), DESK_WAIT, 0);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 9);
    expect(invite("a@example.com", NULL), DESK_DONE, 1);
    expect(invite("b@example.com", NULL), DESK_WAIT, 0);
    expect(send_wish("local|eve", "beta", (struct invitation_wish){.emails = STR("b@example.com")}), DESK_DONE, 1);
    scene.visit.now += A_DAY + 1;
    expect(invite("b@example.com", NULL), DESK_DONE, 1);
}

static Str only_id(void)
{
    struct invitation listed[1];
    struct desk desk = desk_of("local|ada", "acme");
    size_t n;
    bool older;
    assert_int_equal(invitation_list(portal, &scene.visit, &desk, STR(""), 0, listed, 1, &n, &older), OK);
    assert_int_equal(n, 1);
    return listed[0].public_id;
}

static enum desk_outcome act_on(const char *who, const char *organization, Str id, bool resend, Error wanted)
{
    struct desk desk = desk_of(who, organization);
    struct visit visit = visit_of(&desk);
    DeskAct act;
    Error error = resend ? invitation_resend(portal, &visit, &desk, id, &act) : invitation_revoke(portal, &visit, &desk, id, &act);
    assert_int_equal(error, wanted);
    return act.outcome;
}

static void test_one_address_is_not_flooded(void **state)
{
    (void)state;
    invited("x@example.com", NULL);
    Str id = only_id();
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_DONE);
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_DONE);
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_WAIT);
    assert_int_equal(act_on("local|ada", "acme", id, false, OK), DESK_DONE);
    struct sent sent = invite("x@example.com", NULL);
    assert_int_equal(sent.lines[0].became, INVITED_TOO_OFTEN);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 3);
}

static void test_sending_again_and_taking_back(void **state)
{
    struct invitation invitation;
    (void)state;
    Str first = invited("bob@example.com", "auditor"), id = only_id();
    scene.visit.now += A_DAY;
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_DONE);
    Str second = secret_for("bob@example.com");
    assert_int_equal(find(first, &invitation), ERR_EXPIRED);
    assert_int_equal(find(second, &invitation), OK);
    assert_true(invitation.expires_at == scene.visit.now + LIFE);
    assert_int_equal(act_on("local|ada", "acme", id, false, OK), DESK_DONE);
    assert_int_equal(find(second, &invitation), ERR_EXPIRED);
    assert_int_equal(act_on("local|ada", "acme", id, false, OK), DESK_NOTHING);
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_NOTHING);
    assert_int_equal(audited("invitation.resend", "allowed"), 1);
    assert_int_equal(audited("invitation.revoke", "allowed"), 1);
    accept(&scene.bob, second, ERR_EXPIRED);
    assert_null(member(&scene.bob, "acme"));
}

static void test_other_desks_reach_nothing(void **state)
{
    struct invitation listed[4];
    size_t n;
    bool older;
    (void)state;
    Str secret = invited("bob@example.com", NULL), id = only_id();
    act_on("local|eve", "beta", id, false, ERR_NOT_FOUND);
    act_on("local|eve", "beta", id, true, ERR_NOT_FOUND);
    struct desk beta = desk_of("local|eve", "beta");
    assert_int_equal(invitation_list(portal, &scene.visit, &beta, STR(""), 0, listed, 4, &n, &older), OK);
    assert_int_equal(n, 0);
    assert_int_equal(find(secret, &listed[0]), OK);
    expect(send_wish("local|eve", "beta", (struct invitation_wish){.emails = STR("bob@example.com")}), DESK_DONE, 1);
}

/* At an organization's own door an invitation is a reason to be let in as long as it can be accepted. */
static void test_the_door_opens_until_it_expires(void **state)
{
    bool suspended;
    int64_t acme = count("SELECT id FROM organization WHERE name = 'acme'");
    (void)state;
    count("DELETE FROM organization_connection RETURNING 1");
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &suspended), ERR_NOT_FOUND);
    invited("bob@example.com", NULL);
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &suspended), OK);
    scene.visit.now += LIFE - 1;
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &suspended), OK);
    scene.visit.now++;
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &suspended), ERR_NOT_FOUND);
}

static void test_states_and_pages(void **state)
{
    static const char *const names[] = {"pending", "accepted", "declined", "revoked", "expired"};
    struct desk desk = desk_of("local|ada", "acme");
    struct invitation listed[3];
    size_t n;
    bool older;
    (void)state;
    invited("late@example.com", NULL);
    scene.visit.now += LIFE;
    accept(&scene.bob, invited("bob@example.com", NULL), OK);
    assert_int_equal(invitation_decline(portal, &scene.visit, invited("no@example.com", NULL)), OK);
    invited("back@example.com", NULL);
    act_on("local|ada", "acme", only_id(), false, OK);
    invited("open@example.com", NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(invitation_list(portal, &scene.visit, &desk, str_of(names[i]), 0, listed, 3, &n, &older), OK);
        assert_int_equal(n, 1);
        assert_true(str_is(listed[0].state, names[i]) && !older);
    }
    assert_int_equal(invitation_list(portal, &scene.visit, &desk, STR(""), 0, listed, 3, &n, &older), OK);
    assert_true(n == 3 && older && str_is(listed[0].email, "open@example.com"));
    assert_int_equal(invitation_list(portal, &scene.visit, &desk, STR(""), listed[2].id, listed, 3, &n, &older), OK);
    assert_true(n == 2 && !older && str_is(listed[1].email, "late@example.com"));
}

/* --- answering --- */

static void test_accepting_joins(void **state)
{
    (void)state;
    Str secret = invited("bob@example.com", "auditor");
    assert_int_equal(accept(&scene.bob, secret, OK), INVITATION_DONE);
    const struct membership *own = member(&scene.bob, "acme");
    assert_non_null(own);
    assert_true(own->rules.invited && !own->rules.home && !own->rules.suspended && str_is(own->roles, "auditor"));
    scene_read(&scene, &scene.bob);
    assert_true(json_is_true(json_object_get(scene.bob.profile, "email_verified")));
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'invitation.accept' AND outcome = 'allowed' AND organization = 'acme'"
                           " AND user_id = 'local|bob'"), 1);
    accept(&scene.bob, secret, ERR_EXPIRED);
    struct subject subject;
    assert_int_equal(account_subject(portal, scene.arena, &scene.bob, &subject), OK);
    const struct field *email = field_find(&portal->directory.fields, STR("email"));
    Verdict verdict = policy_level(&portal->directory.fields, email, &subject, ACTOR_OWNER, false);
    assert_int_equal(verdict.level, LEVEL_READ);
    assert_int_equal(verdict.rule, RULE_INVITATION);
}

/* J5: the link alone adds nobody. */
static void test_another_account_is_refused(void **state)
{
    struct user eve = person("local|eve");
    struct invitation invitation;
    (void)state;
    Str secret = invited("bob@example.com", "administrator");
    assert_int_equal(accept(&eve, secret, OK), INVITATION_REFUSED);
    assert_null(member(&eve, "acme"));
    assert_int_equal(find(secret, &invitation), OK);
    assert_int_equal(audited("invitation.accept", "refused"), 1);
    assert_int_equal(account_block(portal, &scene.visit, ACTOR_OPERATOR, &scene.bob, true, STR_NONE), OK);
    assert_int_equal(accept(&scene.bob, secret, OK), INVITATION_REFUSED);
    assert_null(member(&scene.bob, "acme"));
}

static void test_who_is_a_member_already_gets_the_roles(void **state)
{
    (void)state;
    Str secret = invited("bob@example.com", "auditor");
    store_do(portal->db, STMT_membership_put,
             DB_ARGS(db_int(scene.organization), db_int(scene.bob.id), db_int(1), db_int(0), db_int(0), db_int(SCENE_NOW)));
    assert_int_equal(accept(&scene.bob, secret, OK), INVITATION_MEMBER);
    const struct membership *own = member(&scene.bob, "acme");
    assert_true(own->rules.home && !own->rules.invited && str_is(own->roles, "auditor"));
    accept(&scene.bob, secret, ERR_EXPIRED);
}

/* What was taken from who invited goes to nobody through an older letter. */
static void test_rights_that_were_taken_away(void **state)
{
    struct invitation invitation;
    struct user ada = person("local|ada");
    (void)state;
    Str secret = invited("bob@example.com", "administrator");
    store_do(portal->db, STMT_membership_role_clear, DB_ARGS(db_int(scene.organization), db_int(ada.id)));
    assert_int_equal(find(secret, &invitation), OK);
    assert_int_equal(json_array_size(invitation.roles), 0);
    assert_int_equal(accept(&scene.bob, secret, OK), INVITATION_DONE);
    assert_int_equal(member(&scene.bob, "acme")->roles.n, 0);
}

static void test_dead_links(void **state)
{
    struct invitation invitation;
    (void)state;
    Str secret = invited("bob@example.com", NULL), changed = arena_copy(scene.arena, secret);
    ((char *)(uintptr_t)changed.p)[3] = changed.p[3] == 'x' ? 'y' : 'x';
    const Str dead[] = {STR(""), STR_NONE, STR("x"), changed, str_first(secret, 42), arena_join(scene.arena, secret, STR("=")),
                        arena_join(scene.arena, secret, STR("\n"))};
    for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
        assert_int_equal(find(dead[i], &invitation), ERR_EXPIRED);
        accept(&scene.bob, dead[i], ERR_EXPIRED);
        assert_int_equal(invitation_decline(portal, &scene.visit, dead[i]), ERR_EXPIRED);
    }
    scene.visit.now += LIFE - 1;
    assert_int_equal(find(secret, &invitation), OK);
    scene.visit.now += 1;
    assert_int_equal(find(secret, &invitation), ERR_EXPIRED);
    accept(&scene.bob, secret, ERR_EXPIRED);
    expect(invite("bob@example.com", NULL), DESK_DONE, 1);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 2);
}

static void test_an_organization_that_is_gone(void **state)
{
    struct invitation invitation;
    (void)state;
    Str secret = invited("bob@example.com", NULL);
    assert_int_equal(count("DELETE FROM organization WHERE name = 'acme' RETURNING 1"), 1);
    assert_int_equal(find(secret, &invitation), ERR_EXPIRED);
    accept(&scene.bob, secret, ERR_EXPIRED);
}

static void test_declining(void **state)
{
    struct invitation invitation;
    (void)state;
    Str secret = invited("nobody@example.com", NULL);
    assert_int_equal(invitation_decline(portal, &scene.visit, secret), OK);
    assert_int_equal(find(secret, &invitation), ERR_EXPIRED);
    assert_int_equal(invitation_decline(portal, &scene.visit, secret), ERR_EXPIRED);
    assert_int_equal(audited("invitation.decline", "allowed"), 1);
    expect(invite("nobody@example.com", NULL), DESK_DONE, 1);
}

/* --- an account through it --- */

static Signup sign_up(Str secret, const char *email, const char *team, Error wanted)
{
    const struct connection *connection;
    struct change change;
    Signup signup;
    assert_int_equal(invitation_connection(portal, scene.organization, &connection), OK);
    change_init(&change, scene.arena, ACTOR_OWNER);
    change_put_text(&change, STR("email"), str_of(email));
    if (team) change_put_text(&change, STR("user_metadata.team"), str_of(team));
    struct signup_wish wish = {.connection = connection, .change = &change, .password = STR("staple battery 41 correct"),
                               .language = STR("en")};
    assert_int_equal(invitation_sign_up(portal, &scene.visit, secret, &wish, &signup), wanted);
    assert_false(db_in_transaction(portal->db));
    return signup;
}

static void test_an_account_is_made(void **state)
{
    (void)state;
    json_t *prefilled = json_pack("{s:s,s:s,s:s,s:s}", "user_metadata.team", "Red", "user_metadata.rank", "7", "user_metadata.secret", "no",
                                  "given_name", "New");
    expect(send_wish("local|ada", "acme", (struct invitation_wish){.emails = STR("new@example.com"), .prefilled = prefilled}), DESK_DONE, 1);
    Str secret = secret_for("new@example.com");
    assert_int_equal(sign_up(secret, "new@example.com", "Blue", OK).outcome, SIGNUP_DONE);
    int64_t account = portal_account(portal, scene.arena, "new@example.com");
    struct user user = {.id = account};
    scene_read(&scene, &user);
    assert_false(json_is_true(json_object_get(user.profile, "email_verified")));
    assert_null(member(&user, "acme"));
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'"), 0);
    assert_int_equal(sign_up(secret, "new@example.com", "Blue", OK).outcome, SIGNUP_EXISTS);
    assert_int_equal(accept(&user, secret, OK), INVITATION_DONE);
    assert_true(member(&user, "acme")->rules.home && member(&user, "acme")->rules.invited);
    scene_read(&scene, &user);
    const json_t *own = json_object_get(user.profile, "user_metadata");
    assert_true(json_is_true(json_object_get(user.profile, "email_verified")));
    assert_string_equal(json_string_value(json_object_get(own, "team")), "Blue");
    assert_string_equal(json_string_value(json_object_get(own, "rank")), "7");
    assert_null(json_object_get(own, "secret"));
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE actor = 'desk' AND actor_id = 'local|ada' AND action = 'profile.save'"
                           " AND outcome = 'allowed'"), 1);
}

/* Signing in comes before accepting: where the connection assigns membership, the home is still the organization that invited. */
static void test_the_home_of_who_was_a_member_by_signing_in(void **state)
{
    (void)state;
    Str secret = invited("new@example.com", "auditor");
    assert_int_equal(count("UPDATE organization_connection SET assign_membership_on_login = 1 WHERE organization_id ="
                           " (SELECT id FROM organization WHERE name = 'acme') RETURNING 1"), 1);
    assert_int_equal(sign_up(secret, "new@example.com", NULL, OK).outcome, SIGNUP_DONE);
    struct user user = {.id = portal_account(portal, scene.arena, "new@example.com")};
    scene_read(&scene, &user);
    scene_begin(&scene);
    assert_int_equal(member_join_assigned(portal, &scene.visit, &user), OK);
    scene_commit(&scene);
    assert_true(member(&user, "acme") && !member(&user, "acme")->rules.home && !member(&user, "acme")->rules.invited);
    assert_int_equal(accept(&user, secret, OK), INVITATION_DONE);
    const struct membership *acme = member(&user, "acme");
    assert_true(acme->rules.home && acme->rules.invited && !acme->rules.suspended && str_is(acme->roles, "auditor"));
    assert_int_equal(count("SELECT COUNT(*) FROM organization o WHERE o.members <>"
                           " (SELECT COUNT(*) FROM membership m WHERE m.organization_id = o.id)"), 0);
}

static void test_no_account_for_somebody_else(void **state)
{
    (void)state;
    Str secret = invited("new@example.com", NULL);
    int64_t before = count("SELECT COUNT(*) FROM account");
    sign_up(secret, "other@example.com", NULL, ERR_INVALID);
    sign_up(secret, "new@example.com", "Red", ERR_INVALID);      /* the form does not ask for it */
    sign_up(STR("none"), "new@example.com", NULL, ERR_EXPIRED);
    assert_int_equal(sign_up(invited("bob@example.com", NULL), "bob@example.com", NULL, OK).outcome, SIGNUP_EXISTS);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), before);
}

/* --- races --- */

static int race_accept(struct scene *own, void *context)
{
    enum invitation_step step;
    Error error = invitation_accept(&own->portal, &own->visit, &own->bob, *(Str *)context, &step);
    return error == ERR_EXPIRED ? 1 : error ? 5 : step == INVITATION_DONE ? 0 : 2;
}

static void test_fifty_accept_at_once(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    Str secret = invited("bob@example.com", "auditor");
    scene_at_once(&scene, 50, race_accept, &secret, results);
    assert_int_equal(results[0], 1);
    assert_int_equal(results[1], 49);
    assert_int_equal(count("SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE a.user_id = 'local|bob'"), 1);
    assert_int_equal(audited("invitation.accept", "allowed"), 1);
}

static int race_answer(struct scene *own, void *context)
{
    bool accepts = getpid() % 2 == 0;
    enum invitation_step step = INVITATION_DONE;
    Str secret = *(Str *)context;
    Error error = accepts ? invitation_accept(&own->portal, &own->visit, &own->bob, secret, &step)
                          : invitation_decline(&own->portal, &own->visit, secret);
    return error == ERR_EXPIRED ? 2 : error ? 5 : accepts ? 0 : 1;
}

static void test_accepting_and_declining_at_once(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    Str secret = invited("bob@example.com", NULL);
    scene_at_once(&scene, 20, race_answer, &secret, results);
    assert_int_equal(results[0] + results[1], 1);
    assert_int_equal(results[2], 19);
    assert_int_equal(member(&scene.bob, "acme") ? 1 : 0, results[0]);
}

static int race_invite(struct scene *own, void *context)
{
    struct desk desk = *(struct desk *)context;
    struct invited_line lines[INVITED_AT_ONCE];
    struct invitation_wish wish = {.emails = STR("same@example.com"), .language = STR("en")};
    DeskAct act;
    size_t n;
    Error error = invitation_send(&own->portal, &own->visit, &desk, &wish, &act, lines, &n);
    return error || act.outcome != DESK_DONE ? 5 : lines[0].became == INVITED_DONE ? 0 : lines[0].became == INVITED_PENDING ? 1 : 2;
}

static void test_one_letter_when_many_invite_at_once(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    struct desk desk = desk_of("local|ada", "acme");
    scene_at_once(&scene, 12, race_invite, &desk, results);
    assert_int_equal(results[0], 1);
    assert_int_equal(results[1], 11);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 1);
}

static int race_sign_up(struct scene *own, void *context)
{
    struct change change;
    Signup signup;
    const struct connection *connection;
    if (invitation_connection(&own->portal, own->organization, &connection)) return 5;
    change_init(&change, own->arena, ACTOR_OWNER);
    change_put_text(&change, STR("email"), STR("new@example.com"));
    struct signup_wish wish = {.connection = connection, .change = &change, .password = STR("staple battery 41 correct"),
                               .language = STR("en")};
    Error error = invitation_sign_up(&own->portal, &own->visit, *(Str *)context, &wish, &signup);
    return error ? 5 : signup.outcome == SIGNUP_DONE ? 0 : signup.outcome == SIGNUP_EXISTS ? 1 : 2;
}

static void test_one_account_when_the_form_is_sent_twice(void **state)
{
    int results[SCENE_RESULTS];
    (void)state;
    Str secret = invited("new@example.com", NULL);
    scene_at_once(&scene, 8, race_sign_up, &secret, results);
    assert_int_equal(results[0], 1);
    assert_int_equal(results[1], 7);
}

/* --- lists as people paste them --- */

static size_t parse(const char *text, struct invited_entry *out)
{
    size_t n;
    assert_true(invited_parse(scene.arena, &portal->directory.fields, str_of(text), out, &n));
    return n;
}

static void test_lists_and_tables(void **state)
{
    static const struct {
        const char *text, *addresses;         /* '-' for a line without one */
    } rows[] = {
        {"", ""}, {"\n \n,,;\n\t\n", ""}, {"a@b.example", "a@b.example"}, {"a@b.example\r\nB@B.example", "a@b.example b@b.example"},
        {"a@b.example, c@d.example;", "a@b.example c@d.example"}, {"Ann Lee <a@b.example>", "a@b.example"},
        {"\"Lee, Ann\" <a@b.example>", "a@b.example"}, {"Lee, Ann <a@b.example>", "a@b.example"}, {"a@b.example c@d.example", "-"},
        {"email\na@b.example", "a@b.example"}, {"E-Mail;name\na@b.example;Ann\n;Bob", "a@b.example -"},
        {"name,email\n\"Lee, \"\"Ann\"\"\",a@b.example\nx,y", "a@b.example -"}, {"\xef\xbb\xbf" "email\na@b.example", "a@b.example"},
        {"email\temail\na@b.example\tc@d.example", "a@b.example"}, {"=cmd()|x@y.example", "-"}, {"<a@b.example", "-"}, {"<>", "-"},
        {"\"a@b.example", "a@b.example"}, {"a@b.example\nemail", "a@b.example -"}, {"email", ""},
        {"a\001@b.example", "-"}, {"a@b.example,a@b.example", "a@b.example a@b.example"},
    };
    struct invited_entry entries[INVITED_AT_ONCE];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text got = {.arena = scene.arena};
        size_t n = parse(rows[i].text, entries);
        for (size_t k = 0; k < n; k++)
            text_print(&got, "%s%.*s", k ? " " : "", STR_ARGS(entries[k].address.p ? entries[k].address : STR("-")));
        if (!str_is(text_str(&got), rows[i].addresses)) fail_msg("%s: got %s", rows[i].text, text_str(&got).p);
    }
}

static void test_columns_are_first_values(void **state)
{
    struct invited_entry entries[INVITED_AT_ONCE];
    (void)state;
    size_t n = parse("given_name,email,user_metadata.team,user_id,phone_number,email_verified,unknown\n"
                     " Ann ,a@b.example,Red,u1,+4930123456,true,x\n,c@d.example,,,,,\n", entries);
    assert_int_equal(n, 2);
    assert_int_equal(json_object_size(entries[0].prefilled), 2);
    assert_string_equal(json_string_value(json_object_get(entries[0].prefilled, "given_name")), "Ann");
    assert_string_equal(json_string_value(json_object_get(entries[0].prefilled, "user_metadata.team")), "Red");
    assert_null(entries[1].prefilled);
}

static void test_what_was_typed_is_kept_short(void **state)
{
    struct invited_entry entries[INVITED_AT_ONCE];
    struct text text = {.arena = scene.arena};
    (void)state;
    for (int i = 0; i < 200; i++) text_add(&text, STR("ä"));
    assert_int_equal(parse(text_str(&text).p, entries), 1);
    assert_true(entries[0].typed.n <= INVITED_TYPED_MAX && entries[0].typed.n % 2 == 0 && !entries[0].address.p);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(test_one_is_invited),
        SCENE_TEST(test_the_secret_is_nowhere_else),
        SCENE_TEST(test_each_line_has_its_answer),
        SCENE_TEST(test_accounts_elsewhere_do_not_show),
        SCENE_TEST(test_who_may_not),
        SCENE_TEST(test_lists_that_are_none),
        SCENE_TEST(test_caps),
        SCENE_TEST(test_one_address_is_not_flooded),
        SCENE_TEST(test_sending_again_and_taking_back),
        SCENE_TEST(test_other_desks_reach_nothing),
        SCENE_TEST(test_the_door_opens_until_it_expires),
        SCENE_TEST(test_states_and_pages),
        SCENE_TEST(test_accepting_joins),
        SCENE_TEST(test_another_account_is_refused),
        SCENE_TEST(test_who_is_a_member_already_gets_the_roles),
        SCENE_TEST(test_rights_that_were_taken_away),
        SCENE_TEST(test_dead_links),
        SCENE_TEST(test_an_organization_that_is_gone),
        SCENE_TEST(test_declining),
        SCENE_TEST(test_an_account_is_made),
        SCENE_TEST(test_the_home_of_who_was_a_member_by_signing_in), SCENE_TEST(test_no_account_for_somebody_else),
        SCENE_TEST(test_fifty_accept_at_once),
        SCENE_TEST(test_accepting_and_declining_at_once),
        SCENE_TEST(test_one_letter_when_many_invite_at_once),
        SCENE_TEST(test_one_account_when_the_form_is_sent_twice),
        SCENE_TEST(test_lists_and_tables),
        SCENE_TEST(test_columns_are_first_values),
        SCENE_TEST(test_what_was_typed_is_kept_short),
    };
    return cmocka_run_group_tests_name("invitations", tests, NULL, NULL);
}
