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
    " {\"name\":\"user_metadata.size\",\"type\":\"choice\",\"section\":\"more\",\"owner\":\"edit\",\"desk\":\"edit\",\"choices\":[\"L\",\"XL\"],"
    "  \"label\":{\"en\":\"Size\"}},"
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

static struct desk reading_desk;  /* whose list is read */

static void make_role(const char *organization, const char *name)
{
    int64_t id = store_count(portal->db, arena_print(scene.arena, "SELECT id FROM organization WHERE name = '%s'", organization).p);
    store_do(portal->db, STMT_role_add_own, DB_ARGS(db_int(id), db_text(str_of(name)), db_text(STR("[\"create:invitations\"]"))));
    store_do(portal->db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(portal_refresh(portal), OK);
}

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
    make_role("acme", "acme:porter");
    make_role("beta", "beta:guard");
    reading_desk = (struct desk){.organization = scene.organization, .name = STR("acme"), .may = ~(Permissions)0};
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

/* What a page would let a table say: fields by name, and some by a label. */
static struct invited_terms terms(void)
{
    static struct invited_name names[200];
    static const struct invited_language languages[] = {{{"en", 2}, {"en", 2}}, {{"de", 2}, {"de", 2}}, {{"Deutsch", 7}, {"de", 2}}};
    const struct fields *fields = &portal->directory.fields;
    size_t n = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        bool email = str_is(field->name, "email"), open = invited_may_prefill(field);
        names[n++] = (struct invited_name){field->name, email ? INVITED_COLUMN_EMAIL : open ? INVITED_COLUMN_VALUE : INVITED_COLUMN_CLOSED,
                                           email ? NULL : field, false};
    }
    names[n++] = (struct invited_name){STR("e-mail"), INVITED_COLUMN_EMAIL, NULL, false};
    names[n++] = (struct invited_name){STR("roles"), INVITED_COLUMN_ROLES, NULL, false};
    names[n++] = (struct invited_name){STR("language"), INVITED_COLUMN_LANGUAGE, NULL, false};
    names[n++] = (struct invited_name){STR("Vorname"), INVITED_COLUMN_VALUE, field_find(fields, STR("given_name")), true};
    names[n++] = (struct invited_name){STR("Größe"), INVITED_COLUMN_VALUE, field_find(fields, STR("user_metadata.size")), true};
    names[n++] = (struct invited_name){STR("Language"), INVITED_COLUMN_VALUE, field_find(fields, STR("locale")), true};
    names[n++] = (struct invited_name){STR("Kind"), INVITED_COLUMN_VALUE, field_find(fields, STR("given_name")), true};
    names[n++] = (struct invited_name){STR("Kind"), INVITED_COLUMN_VALUE, field_find(fields, STR("user_metadata.team")), true};
    names[n++] = (struct invited_name){STR("Phone"), INVITED_COLUMN_CLOSED, field_find(fields, STR("phone_number")), true};
    names[n++] = (struct invited_name){STR("Phone"), INVITED_COLUMN_VALUE, field_find(fields, STR("user_metadata.team")), true};
    names[n++] = (struct invited_name){STR("Mobile"), INVITED_COLUMN_VALUE, field_find(fields, STR("nickname")), true};
    names[n++] = (struct invited_name){STR("Mobile"), INVITED_COLUMN_CLOSED, field_find(fields, STR("phone_number")), true};
    return (struct invited_terms){.directory = &portal->directory, .desk = &reading_desk, .names = names, .name_count = n,
                                  .languages = languages, .language_count = sizeof languages / sizeof *languages};
}

static struct invited_list parse(const char *text)
{
    struct invited_terms said = terms();
    return invited_parse(scene.arena, &said, str_of(text));
}

static struct invitation_wish wished(const char *emails)
{
    struct invited_list list = parse(emails);
    return (struct invitation_wish){.entries = list.entries, .entry_count = list.count};
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
    struct invitation_wish wish = wished(emails);
    roles[0] = str_of(role);
    wish.roles = roles;
    wish.role_count = role ? 1 : 0;
    wish.language = STR("en");
    return send_wish("local|ada", "acme", wish);
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

static Error decline(const struct user *user, Str secret)
{
    enum invitation_step step = INVITATION_REFUSED;
    Error error = invitation_decline(portal, &scene.visit, user, secret, &step);
    assert_false(db_in_transaction(portal->db));
    assert_int_equal(step, error ? INVITATION_REFUSED : INVITATION_DONE);
    return error;
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
    struct invitation_wish wish = wished("x@example.com");
    wish.roles = roles;
    wish.role_count = 1;
    expect(send_wish("local|gil", "acme", wish), DESK_RANK, 0);
    wish.roles = none;
    expect(send_wish("local|gil", "acme", wish), DESK_NO_ROLE, 0);
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
    wish.entries = wished("y@example.com").entries;
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
    struct invited_list list = parse(text_str(&many).p);
    assert_true(list.too_many && list.count == INVITED_AT_ONCE);
    struct invitation_wish too_many = {.entries = list.entries, .entry_count = INVITED_AT_ONCE + 1};
    struct sent refused = send_wish("local|ada", "acme", too_many);
    assert_int_equal(refused.error, ERR_INVALID);
    assert_int_equal(refused.count, 0);
    static const char *const bad[] = {"email", "email_verified", "user_id", "phone_number", "nothing"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct invitation_wish wish = wished("x@example.com");
        wish.prefilled = json_pack("{s:s}", bad[i], "x");
        assert_int_equal(send_wish("local|ada", "acme", wish).error, ERR_INVALID);
        struct invited_entry entry = {.address = STR("x@example.com"), .key = STR("x@example.com"),
                                      .prefilled = json_pack("{s:s}", bad[i], "x")};
        assert_int_equal(send_wish("local|ada", "acme", (struct invitation_wish){.entries = &entry, .entry_count = 1}).error, ERR_INVALID);
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
    expect(send_wish("local|eve", "beta", wished("b@example.com")), DESK_DONE, 1);
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
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_DONE);
    Str third = secret_for("bob@example.com");
    assert_int_equal(find(second, &invitation), ERR_EXPIRED);
    assert_int_equal(find(third, &invitation), OK);
    assert_true(invitation.decided_at == 0 && str_is(invitation.state, "pending"));
    assert_int_equal(audited("invitation.resend", "allowed"), 2);
    assert_int_equal(audited("invitation.revoke", "allowed"), 1);
    accept(&scene.bob, second, ERR_EXPIRED);
    assert_null(member(&scene.bob, "acme"));
}

/* An older one that was taken back gives way to a newer one, and nobody sends out what they could not give. */
static void test_sending_again_is_refused(void **state)
{
    (void)state;
    invited("bob@example.com", "administrator");
    Str id = only_id();
    assert_int_equal(act_on("local|gil", "acme", id, true, OK), DESK_RANK);
    assert_int_equal(audited("invitation.resend", "refused"), 1);
    assert_int_equal(act_on("local|ada", "acme", id, false, OK), DESK_DONE);
    expect(invite("bob@example.com", NULL), DESK_DONE, 1);
    assert_int_equal(act_on("local|ada", "acme", id, true, OK), DESK_NOTHING);
    store_count(portal->db, "UPDATE invitation SET state = 'declined', token_hash = NULL WHERE state = 'pending' RETURNING 1");
    assert_int_equal(act_on("local|ada", "acme", only_id(), true, OK), DESK_NOTHING);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE state = 'queued'"), 1);
}

/* --- by the operator --- */

static struct sent send_as_operator(const char *address, const char *role)
{
    static Str roles[1];
    static struct sent sent;
    struct desk desk = {.organization = scene.organization, .name = STR("acme"), .display_name = STR("Acme Ltd")};
    struct invitation_wish wish = wished(address);
    struct visit visit = scene.visit;
    roles[0] = str_of(role);
    visit.actor_id = STR("cli:root");
    visit.organization = STR("acme");
    wish.roles = roles;
    wish.role_count = 1;
    wish.operator_name = STR("The operator");
    sent = (struct sent){0};
    sent.error = invitation_send(portal, &visit, &desk, &wish, &sent.act, sent.lines, &sent.count);
    return sent;
}

static void test_the_operator_invites_the_first_administrator(void **state)
{
    struct invitation invitation;
    (void)state;
    struct desk ada = desk_of("local|ada", "acme");
    struct visit visit = visit_of(&ada);
    struct invitation_wish wish = wished("y@example.com");
    struct invited_line lines[INVITED_AT_ONCE];
    DeskAct act;
    size_t n;
    store_count(portal->db, "DELETE FROM membership_role RETURNING 1");
    expect(send_as_operator("bob@example.com", "administrator"), DESK_DONE, 1);
    Str first = secret_for("bob@example.com");
    expect(send_as_operator("bob@example.com", "administrator"), DESK_DONE, 1);
    Str second = secret_for("bob@example.com");
    assert_int_equal(find(first, &invitation), ERR_EXPIRED);
    assert_int_equal(find(second, &invitation), OK);
    assert_true(str_is(invitation.inviter_name, "The operator") && json_array_size(invitation.roles) == 1);
    assert_int_equal(accept(&scene.bob, second, OK), INVITATION_DONE);
    assert_true(str_is(member(&scene.bob, "acme")->roles, "administrator"));
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE actor = 'operator' AND actor_id = 'cli:root' AND organization = 'acme'"
                           " AND action IN ('invitation.send', 'invitation.revoke')"), 3);
    assert_int_equal(send_as_operator("bob@example.com", "administrator").lines[0].became, INVITED_MEMBER);
    expect(send_as_operator("x@example.com", "no-such-role"), DESK_NO_ROLE, 0);
    scene.options.invitations_per_day = 2;
    expect(send_as_operator("x@example.com", "auditor"), DESK_WAIT, 0);
    assert_int_equal(invitation_send(portal, &visit, &ada, &wish, &act, lines, &n), OK);       /* nobody else became one by it */
    assert_int_equal(act.outcome, DESK_REFUSED);
}

static size_t found(const char *who, const char *organization, const char *typed)
{
    struct invitation list[2];
    struct desk desk = desk_of(who, organization);
    size_t n;
    bool more;
    assert_int_equal(invitation_search(portal, &scene.visit, &desk, str_of(typed), list, 2, &n, &more), OK);
    return n + more;
}

static void test_searching_by_address(void **state)
{
    (void)state;
    expect(invite("ann@example.com\nanna@example.com\nanne@example.com\nzoe@example.com", NULL), DESK_DONE, 4);
    expect(send_wish("local|eve", "beta", wished("ann@example.com")), DESK_DONE, 1);
    assert_int_equal(found("local|ada", "acme", "ann@EXAMPLE.com"), 1);
    assert_int_equal(found("local|ada", "acme", "anne"), 1);
    assert_int_equal(found("local|ada", "acme", " Ann"), 3);
    assert_int_equal(found("local|eve", "beta", "ann"), 1);
    assert_int_equal(found("local|eve", "beta", "zoe"), 0);
    static const char *const nothing[] = {"", " ", "%", "nn", "ä", "\x7f"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) assert_int_equal(found("local|ada", "acme", nothing[i]), 0);
    struct text text = {.arena = scene.arena};
    for (int i = 0; i < 300; i++) text_add(&text, STR("a"));
    assert_int_equal(found("local|ada", "acme", text_str(&text).p), 0);
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
    expect(send_wish("local|eve", "beta", wished("bob@example.com")), DESK_DONE, 1);
}

/* At an organization's own door an invitation is a reason to be let in as long as it can be accepted. */
static void test_the_door_opens_until_it_expires(void **state)
{
    struct admission admission;
    int64_t acme = count("SELECT id FROM organization WHERE name = 'acme'");
    (void)state;
    count("DELETE FROM organization_connection RETURNING 1");
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &admission), ERR_NOT_FOUND);
    invited("bob@example.com", NULL);
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &admission), OK);
    scene.visit.now += LIFE - 1;
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &admission), OK);
    scene.visit.now++;
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    assert_int_equal(look_admits(portal, &scene.visit, acme, scene.bob.id, &admission), ERR_NOT_FOUND);
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
    assert_int_equal(decline(NULL, invited("no@example.com", NULL)), OK);
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
    assert_int_equal(count("SELECT COUNT(*) FROM audit u JOIN invitation v ON v.public_id = u.reason WHERE u.action = 'invitation.accept'"), 1);
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
    store_do(portal->db, STMT_membership_role_add,
             DB_ARGS(db_int(scene.organization), db_int(ada.id), db_int(count("SELECT id FROM role WHERE name = 'greeter'"))));
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
        assert_int_equal(decline(NULL, dead[i]), ERR_EXPIRED);
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
    assert_int_equal(decline(NULL, secret), OK);
    assert_int_equal(find(secret, &invitation), ERR_EXPIRED);
    assert_int_equal(decline(NULL, secret), ERR_EXPIRED);
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
    struct invitation_wish wish = wished("new@example.com");
    wish.prefilled = prefilled;
    expect(send_wish("local|ada", "acme", wish), DESK_DONE, 1);
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

/* Signing in comes before accepting: where the connection assigns membership, nothing is joined before. */
static void test_the_home_of_who_signed_in_before(void **state)
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
    assert_null(member(&user, "acme"));
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
                          : invitation_decline(&own->portal, &own->visit, NULL, secret, &step);
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
    struct invited_entry entry = {.typed = STR("same@example.com"), .address = STR("same@example.com"), .key = STR("same@example.com")};
    struct invitation_wish wish = {.entries = &entry, .entry_count = 1, .language = STR("en")};
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
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text got = {.arena = scene.arena};
        struct invited_list list = parse(rows[i].text);
        for (size_t k = 0; k < list.count; k++)
            text_print(&got, "%s%.*s", k ? " " : "", STR_ARGS(list.entries[k].address.p ? list.entries[k].address : STR("-")));
        if (!str_is(text_str(&got), rows[i].addresses)) fail_msg("%s: got %s", rows[i].text, text_str(&got).p);
    }
}

static void test_columns_are_first_values(void **state)
{
    (void)state;
    struct invited_list list = parse("VORNAME,email,user_metadata.team,Größe,ROLES,language\n"
                                     " Ann ,a@b.example,Red,XL,greeter|acme:porter porter,Deutsch\n,c@d.example,,,,\n");
    assert_int_equal(list.problem_count, 0);
    assert_int_equal(list.count, 2);
    assert_int_equal(json_object_size(list.entries[0].prefilled), 3);
    assert_string_equal(json_string_value(json_object_get(list.entries[0].prefilled, "given_name")), "Ann");
    assert_string_equal(json_string_value(json_object_get(list.entries[0].prefilled, "user_metadata.team")), "Red");
    assert_string_equal(json_string_value(json_object_get(list.entries[0].prefilled, "user_metadata.size")), "XL");
    assert_true(list.entries[0].role_count == 2 && str_is(list.entries[0].roles[0], "greeter") &&
                str_is(list.entries[0].roles[1], "acme:porter"));
    assert_true(str_is(list.entries[0].language, "de"));
    assert_true(!list.entries[1].prefilled && !list.entries[1].role_count && !list.entries[1].language.p);
    assert_true(str_starts(list.head, STR("VORNAME,")) && str_is(list.entries[1].whole, ",c@d.example,,,,"));
}

/* Words go before labels, and of a label that is shared the field that can be filled in. */
static void test_columns_of_one_name(void **state)
{
    (void)state;
    struct invited_list list = parse("email;language;Phone;Mobile\na@b.example;de;Red;Nick");
    assert_int_equal(list.problem_count, 0);
    assert_true(str_is(list.entries[0].language, "de"));
    assert_null(json_object_get(list.entries[0].prefilled, "locale"));
    assert_string_equal(json_string_value(json_object_get(list.entries[0].prefilled, "nickname")), "Nick");
    assert_string_equal(json_string_value(json_object_get(list.entries[0].prefilled, "user_metadata.team")), "Red");
}

/* --- what cannot be read is said, line by line --- */

static const char *const wrong_names[] = {
    [INVITED_NO_COLUMN] = "column", [INVITED_CLOSED_COLUMN] = "closed", [INVITED_TWO_FIELDS] = "two", [INVITED_TWICE] = "twice",
    [INVITED_UNNAMED] = "unnamed", [INVITED_NO_ADDRESS] = "address", [INVITED_STRAY] = "stray", [INVITED_VALUE] = "value",
    [INVITED_NO_ROLE] = "role", [INVITED_ROLE_RANK] = "rank", [INVITED_NO_LANGUAGE] = "language", [INVITED_QUOTE] = "quote",
};

static Str told(const struct invited_list *list)
{
    struct text text = {.arena = scene.arena};
    for (size_t i = 0; i < list->problem_count; i++) {
        const struct invited_problem *problem = &list->problems[i];
        text_print(&text, "%s%zu %s %.*s=%.*s", i ? "; " : "", problem->line, wrong_names[problem->wrong], STR_ARGS(problem->column),
                   STR_ARGS(problem->typed));
    }
    return text_str(&text);
}

static void test_nothing_is_lost_silently(void **state)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"email,shirt\na@b.example,XL", "1 column shirt="}, {"\n\nshirt,email\n,a@b.example", "3 column shirt="},
        {"email,phone_number\na@b.example,1", "1 closed phone_number="}, {"email,user_id,blocked\n", "1 closed user_id=; 1 closed blocked="},
        {"email,Kind\na@b.example,1", "1 two Kind="}, {"email,given_name,vorname\na@b.example,A,B", "1 twice vorname="},
        {"email,e-mail\na@b.example,c@d.example", "1 twice e-mail="},
        {"email,user_metadata.size\na@b.example,XL\nc@d.example,XXL", "3 value user_metadata.size=XXL"},
        {"email,birthdate\n\na@b.example,31.12.1990", "3 value birthdate=31.12.1990"},
        {"email,user_metadata.team\na@b.example,much-too-long-for-it", "2 value user_metadata.team=much-too-long-for-it"},
        {"email\na@b.example,Ann", "2 unnamed =Ann"}, {"email,,given_name\na@b.example,x,Ann", "2 unnamed =x"},
        {"email,,\na@b.example,,", ""}, {"email,given_name\n,Ann\nx,Bob", "2 address email=; 3 address email=x"},
        {"a@b.example,Ann", "1 stray =Ann"}, {"Ann,a@b.example", "1 stray =Ann"}, {"Lee, Ann <a@b.example>", ""}, {"nobody", ""},
        {"email,roles\na@b.example,greeter boss", "2 role roles=boss"},
        {"email,roles\na@b.example,administrator", "2 rank roles=administrator"}, {"email,roles\na@b.example,beta:guard", "2 role roles=beta:guard"},
        {"email,language\na@b.example,fr", "2 language language=fr"},
        {"email,given_name\na@b.example,\"Ann", "2 quote =a@b.example,\"Ann; "},
        {"email,given_name\na@b.example,\"Ann\" Lee", "2 quote =a@b.example,\"Ann\" Lee; "},
        {"name\temail\n\ta@b.example", ""}, {"email\ta\rb\n", "1 column a\rb="},
    };
    (void)state;
    reading_desk.may = permission_bit("create:invitations");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct invited_list list = parse(rows[i].text);
        Str got = told(&list), wanted = str_of(rows[i].told);
        bool first = str_ends(wanted, STR("; "));          /* what else the line has is of no interest */
        if (first) wanted.n -= 2;
        if (!(first ? str_starts(got, wanted) : str_eq(got, wanted))) fail_msg("%s: told %s", rows[i].text, got.p);
    }
}

static void test_problems_are_bounded(void **state)
{
    struct text text = {.arena = scene.arena}, wide = {.arena = scene.arena};
    (void)state;
    text_add(&text, STR("email,user_metadata.size\n"));
    for (int i = 0; i < 2 * INVITED_PROBLEMS_MAX; i++) text_print(&text, "p%d@example.com,no\n", i);
    struct invited_list list = parse(text_str(&text).p);
    assert_true(list.problem_count == INVITED_PROBLEMS_MAX && list.more_problems && !list.too_many);
    text_add(&wide, STR("email"));
    for (int i = 0; i < 300; i++) text_add(&wide, STR(","));
    assert_int_equal(parse(text_str(&wide).p).problem_count, 0);
    text_add(&wide, STR("x"));
    list = parse(text_str(&wide).p);
    assert_true(list.problem_count == 1 && list.problems[0].wrong == INVITED_UNNAMED);
    wide.n = 0;
    for (int i = 0; i <= INVITED_AT_ONCE; i++) text_print(&wide, "p%d@example.com,", i);
    assert_true(parse(text_str(&wide).p).too_many);
}

static struct invited_list with_roles(int words)
{
    struct text text = {.arena = scene.arena};
    text_add(&text, STR("email,roles\np@example.com,"));
    for (int i = 0; i < words; i++) text_add(&text, STR("greeter "));
    return parse(text_str(&text).p);
}

static void test_the_roles_of_a_line_are_bounded(void **state)
{
    (void)state;
    struct invited_list list = with_roles(50);
    assert_true(!list.problem_count && list.entries[0].role_count == 1);
    list = with_roles(51);
    assert_true(list.problem_count == 1 && list.problems[0].wrong == INVITED_NO_ROLE && list.problems[0].typed.n == INVITED_TYPED_MAX);
    assert_int_equal(with_roles(5000).problem_count, 1);
}

static void test_a_line_has_its_own(void **state)
{
    (void)state;
    Str roles[] = {STR("auditor")};
    struct invitation_wish wish = wished("email,roles,language,user_metadata.team\na@b.example,greeter,de,Red\nc@d.example,,,\n");
    wish.roles = roles;
    wish.role_count = 1;
    wish.language = STR("en");
    wish.prefilled = json_pack("{s:s,s:s}", "user_metadata.team", "Blue", "given_name", "New");
    expect(send_wish("local|ada", "acme", wish), DESK_DONE, 2);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE email = 'a@b.example' AND roles = '[\"greeter\"]' AND language = 'de'"
                           " AND prefilled = '{\"user_metadata.team\":\"Red\",\"given_name\":\"New\"}'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE email = 'c@d.example' AND roles = '[\"auditor\"]' AND language = 'en'"
                           " AND prefilled LIKE '%Blue%'"), 1);
    expect(send_wish("local|gil", "acme", wished("email,roles\nx@b.example,greeter\ny@b.example,administrator")), DESK_RANK, 0);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation"), 2);
}

static void test_what_was_typed_is_kept_short(void **state)
{
    struct text text = {.arena = scene.arena};
    (void)state;
    for (int i = 0; i < 200; i++) text_add(&text, STR("ä"));
    struct invited_list list = parse(text_str(&text).p);
    assert_int_equal(list.count, 1);
    const struct invited_entry *entry = &list.entries[0];
    assert_true(entry->typed.n <= INVITED_TYPED_MAX && entry->typed.n % 2 == 0 && !entry->address.p && entry->whole.n == 400);
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
        SCENE_TEST(test_sending_again_is_refused),
        SCENE_TEST(test_the_operator_invites_the_first_administrator),
        SCENE_TEST(test_searching_by_address),
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
        SCENE_TEST(test_the_home_of_who_signed_in_before), SCENE_TEST(test_no_account_for_somebody_else),
        SCENE_TEST(test_fifty_accept_at_once),
        SCENE_TEST(test_accepting_and_declining_at_once),
        SCENE_TEST(test_one_letter_when_many_invite_at_once),
        SCENE_TEST(test_one_account_when_the_form_is_sent_twice),
        SCENE_TEST(test_lists_and_tables),
        SCENE_TEST(test_columns_are_first_values),
        SCENE_TEST(test_columns_of_one_name),
        SCENE_TEST(test_nothing_is_lost_silently),
        SCENE_TEST(test_problems_are_bounded),
        SCENE_TEST(test_the_roles_of_a_line_are_bounded),
        SCENE_TEST(test_a_line_has_its_own),
        SCENE_TEST(test_what_was_typed_is_kept_short),
    };
    return cmocka_run_group_tests_name("invitations", tests, NULL, NULL);
}
