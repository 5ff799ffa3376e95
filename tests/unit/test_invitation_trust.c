/* What an invitation cannot be made to do: more accounts than one, members whom nobody invited, rights that nobody gives any more, a way
   around a suspension. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <string.h>

#include "account/field_request.h"
#include "account/invitation.h"
#include "account/invited.h"
#include "account/member.h"
#include "account/outbox.h"
#include "account/role.h"
#include "account/session.h"
#include "model/identifier.h"
#include "store/sqlite.h"
#include "store/user_store.h"
#include "support/portal_support.h"
#include "support/scene.h"

#define PASSWORD "staple battery 41 correct"

/* Nobody signs up for customers, and whoever signs in there is acme's. */
static const char place[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{\"disable_signup\":true}}],"
    "\"roles\":[{\"name\":\"administrator\",\"permissions\":[\"read:members\",\"read:activity\",\"update:members\",\"block:members\","
    "  \"delete:members\",\"create:invitations\",\"update:roles\",\"update:branding\"]},"
    " {\"name\":\"help-desk\",\"permissions\":[\"read:members\",\"update:members\"]},"
    " {\"name\":\"greeter\",\"permissions\":[\"create:invitations\"]},"
    " {\"name\":\"keeper\",\"permissions\":[\"update:roles\",\"read:members\"]}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\",\"connections\":"
    "  [{\"name\":\"customers\",\"assign_membership_on_login\":true}],"
    "  \"fields\":{\"birthdate\":{\"owner\":\"read\",\"desk\":\"edit\"}}},"
    " {\"name\":\"nour\",\"connections\":[{\"name\":\"customers\",\"assign_membership_on_login\":true}]}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"boss\",\"email\":\"boss@example.com\",\"name\":\"Boss\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"gil\",\"email\":\"gil@example.com\",\"name\":\"Gil\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"greeter\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"kim\",\"email\":\"kim@example.com\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"keeper\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"old\",\"email\":\"old@example.com\",\"name\":\"Old\"}]}";

static struct scene scene;
static struct portal *portal;
static int64_t acme;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    portal = &scene.portal;
    portal_close(portal);
    portal_make(portal, &scene.options, scene.arena, portal->db, place);
    scene.options.invitation_seconds = 1000;
    scene.options.invitations_per_day = 20;
    scene.options.invitations_per_address_per_day = 5;
    acme = store_count(portal->db, "SELECT id FROM organization WHERE name = 'acme'");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

/* --- helpers --- */

static struct user person(const char *who)
{
    struct user user;
    Str user_id = arena_print(scene.arena, "local|%s", who);
    assert_int_equal(user_get_by_user_id(portal->db, scene.arena, user_id, &user), OK);
    return user;
}

static struct user owner_of(const char *address)
{
    struct user user;
    assert_int_equal(user_get(portal->db, scene.arena, portal_account(portal, scene.arena, address), &user), OK);
    return user;
}

static struct desk desk_of(const char *who)
{
    struct desk desk;
    struct user user = person(who);
    assert_int_equal(desk_enter(portal, scene.arena, &user, STR("acme"), &desk), OK);
    return desk;
}

static struct visit visit_of(const struct desk *desk)
{
    struct visit visit = scene.visit;
    visit.organization = desk->name;
    visit.actor_id = desk->user_id;
    return visit;
}

static int64_t count(const char *sql)
{
    return store_count(portal->db, sql);
}

static int64_t audited(const char *action, const char *outcome, const char *reason)
{
    return count(arena_print(scene.arena, "SELECT COUNT(*) FROM audit WHERE action = '%s' AND outcome = '%s' AND (reason = '%s' OR '%s' = '')",
                             action, outcome, reason, reason).p);
}

static Str secret_for(const char *address)
{
    struct message message;
    Str secret = STR_NONE;
    while (outbox_next(portal, &scene.visit, &message) == OK) {
        const char *link = json_string_value(json_object_get(message.payload, "link"));
        if (message.letter == LETTER_invitation && str_is(message.recipient, address))
            secret = arena_copy(scene.arena, str_after(str_of(link), strlen("/invitation?token=")));
        assert_int_equal(outbox_sent(portal, &scene.visit, &message), OK);
    }
    assert_true(secret.n);
    return secret;
}

static DeskAct invite_with(const char *who, const char *address, const char *role, const json_t *prefilled)
{
    struct desk desk = desk_of(who);
    struct visit visit = visit_of(&desk);
    struct invited_line line;
    struct invited_entry entry = {.typed = str_of(address)};
    size_t lines;
    DeskAct act;
    Str name = str_of(role);
    assert_true(email_parse(scene.arena, str_of(address), &entry.address, &entry.key));
    struct invitation_wish wish = {.entries = &entry, .entry_count = 1, .roles = &name, .role_count = role ? 1 : 0, .prefilled = prefilled};
    assert_int_equal(invitation_send(portal, &visit, &desk, &wish, &act, &line, &lines), OK);
    return act;
}

static Str invited(const char *who, const char *address, const char *role)
{
    assert_int_equal(invite_with(who, address, role, NULL).outcome, DESK_DONE);
    return secret_for(address);
}

/* Empty: whosever. */
static Str newest_for(const char *address)
{
    struct rows rows;
    Str public_id = STR_NONE;
    assert_int_equal(db_select(portal->db, STMT_invitation_page,
                               DB_ARGS(db_int(acme), db_int(0), db_text(STR("")), db_int(0), db_int(50)), &rows), OK);
    while (row_next(&rows))
        if (!public_id.n && (!*address || str_is(row_text(&rows, 3), address))) public_id = arena_copy(scene.arena, row_text(&rows, 1));
    assert_int_equal(rows_end(&rows), OK);
    assert_true(public_id.n);
    return public_id;
}

static enum signup_outcome sign_up_with(Str secret, const char *address, const char *birthdate, Error wanted)
{
    const struct connection *connection;
    struct change change;
    Signup signup;
    assert_int_equal(invitation_connection(portal, acme, &connection), OK);
    change_init(&change, scene.arena, ACTOR_OWNER);
    change_put_text(&change, STR("email"), str_of(address));
    if (birthdate) change_put_text(&change, STR("birthdate"), str_of(birthdate));
    struct signup_wish wish = {.connection = connection, .change = &change, .password = STR(PASSWORD), .language = STR("en")};
    assert_int_equal(invitation_sign_up(portal, &scene.visit, secret, &wish, &signup), wanted);
    assert_false(db_in_transaction(portal->db));
    return signup.outcome;
}

static enum signup_outcome sign_up(Str secret, const char *address)
{
    return sign_up_with(secret, address, NULL, OK);
}

static void sign_in(const char *address)
{
    SignIn result;
    assert_int_equal(session_sign_in(portal, &scene.visit, str_of(address), STR(PASSWORD), STR_NONE, STR_NONE, &result), OK);
    assert_int_equal(result.outcome, SIGN_IN_OK);
}

/* Without an answer to the invitation: by another mail. */
static void confirm(const char *address)
{
    Str sql = arena_print(scene.arena, "UPDATE account SET profile = json_set(profile, '$.email_verified', json('true')) WHERE id = %lld"
                                       " RETURNING 1", (long long)owner_of(address).id);
    assert_int_equal(count(sql.p), 1);
}

static Error find(Str secret, struct invitation *out)
{
    return invitation_find(portal, &scene.visit, secret, out);
}

static enum invitation_step accept(const char *address, Str secret, Error wanted)
{
    enum invitation_step step;
    struct user user = owner_of(address);
    assert_int_equal(invitation_accept(portal, &scene.visit, &user, secret, &step), wanted);
    assert_false(db_in_transaction(portal->db));
    return step;
}

static enum invitation_step decline(const struct user *user, Str secret)
{
    enum invitation_step step;
    assert_int_equal(invitation_decline(portal, &scene.visit, user, secret, &step), OK);
    assert_false(db_in_transaction(portal->db));
    return step;
}

static const struct membership *member(const char *address)
{
    struct membership *list;
    size_t n;
    struct user user = owner_of(address);
    assert_int_equal(user_memberships(portal->db, scene.arena, NULL, user.id, &list, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (str_is(list[i].rules.organization.name, "acme")) return &list[i];
    return NULL;
}

static void move(const char *from, const char *to)
{
    Commit commit;
    struct change change;
    struct user user = owner_of(from);
    change_init(&change, scene.arena, ACTOR_OWNER);
    change_put_text(&change, STR("email"), str_of(to));
    change.proven[PROOF_EMAIL] = true;
    assert_int_equal(account_commit(portal, &scene.visit, user.id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

static enum desk_outcome act_on(const char *who, Error (*act)(struct portal *, const struct visit *, const struct desk *, Str, DeskAct *))
{
    struct desk desk = desk_of(who);
    struct visit visit = visit_of(&desk);
    DeskAct out;
    portal_settle(portal);
    assert_int_equal(act(portal, &visit, &desk, newest_for(""), &out), OK);
    return out.outcome;
}

static enum desk_outcome resend(const char *address)
{
    struct desk desk = desk_of("boss");
    struct visit visit = visit_of(&desk);
    DeskAct out;
    assert_int_equal(invitation_resend(portal, &visit, &desk, newest_for(address), &out), OK);
    return out.outcome;
}

static enum desk_outcome desk_does(enum desk_act act, const struct user *user)
{
    struct desk desk = desk_of("boss");
    struct visit visit = visit_of(&desk);
    DeskAct out;
    assert_int_equal(desk_act(portal, &visit, &desk, &(struct desk_wish){.act = act, .user_id = user->user_id, .reason = STR("so")}, &out),
                     OK);
    return out.outcome;
}

static void clear_roles(const char *who)
{
    struct user user = person(who);
    store_do(portal->db, STMT_membership_role_clear, DB_ARGS(db_int(acme), db_int(user.id)));
}

/* --- one account --- */

static void test_one_invitation_makes_one_account(void **state)
{
    struct invitation invitation;
    (void)state;
    Str secret = invited("boss", "new@example.com", NULL);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    int64_t accounts = count("SELECT COUNT(*) FROM account");
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_EXISTS);
    assert_int_equal(find(secret, &invitation), OK);
    assert_true(invitation.made_account == owner_of("new@example.com").id);
    /* Should its address be free without the program's doing, the invitation is used up all the same. */
    assert_int_equal(count("UPDATE identifier SET key = 'else@example.com' WHERE key = 'new@example.com' RETURNING 1"), 1);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_EXISTS);
    assert_int_equal(count("SELECT COUNT(*) FROM account"), accounts);
}

static void test_another_address_ends_the_invitation(void **state)
{
    (void)state;
    Str secret = invited("boss", "new@example.com", NULL), other = invited("boss", "else@example.com", NULL);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    move("new@example.com", "NEW@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 2);
    move("new@example.com", "free@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'declined' AND email = 'new@example.com'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM audit u JOIN invitation v ON v.public_id = u.reason AND v.email = 'new@example.com'"
                           " WHERE u.action = 'invitation.end' AND u.actor = 'owner' AND u.organization = 'acme'"), 1);
    sign_up_with(secret, "new@example.com", NULL, ERR_EXPIRED);
    assert_int_equal(sign_up(other, "else@example.com"), SIGNUP_DONE);
}

/* Sent again, it would lead its reader to an account that is somewhere else by now. */
static void test_what_was_taken_back_ends_as_well(void **state)
{
    (void)state;
    Str secret = invited("boss", "new@example.com", NULL);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
    move("new@example.com", "free@example.com");
    assert_int_equal(act_on("boss", invitation_resend), DESK_NOTHING);
    assert_int_equal(sign_up(invited("boss", "new@example.com", NULL), "new@example.com"), SIGNUP_DONE);
}

static void check_comes_home(const char *address, Str secret)
{
    struct invitation invitation;
    assert_int_equal(find(secret, &invitation), OK);
    assert_true(invitation.made_account == owner_of(address).id);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE made_account_id IS NOT NULL"), 1);
    sign_in(address);
    assert_null(member(address));
    assert_int_equal(accept(address, secret, OK), INVITATION_DONE);
    assert_true(member(address)->rules.home && member(address)->rules.invited);
    assert_string_equal(json_string_value(json_object_get(owner_of(address).profile, "birthdate")), "2001-02-03");
    sign_in(address);
    struct user user = owner_of(address);
    assert_int_equal(count(arena_print(scene.arena, "SELECT COUNT(*) FROM membership WHERE account_id = %lld", (long long)user.id).p), 2);
}

static void make_account(const char *address)
{
    assert_int_equal(sign_up(invited("boss", address, NULL), address), SIGNUP_DONE);
    confirm(address);
}

static Str invited_to_birthdate(const char *address)
{
    assert_int_equal(invite_with("boss", address, NULL, json_pack("{s:s}", "birthdate", "2001-02-03")).outcome, DESK_DONE);
    return secret_for(address);
}

static void test_a_newer_invitation_knows_the_account(void **state)
{
    (void)state;
    make_account("new@example.com");
    assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
    check_comes_home("new@example.com", invited_to_birthdate("new@example.com"));
    tear_down(state);
    set_up(state);
    make_account("new@example.com");
    scene.visit.now += 1000;
    check_comes_home("new@example.com", invited_to_birthdate("new@example.com"));
}

/* Of the newer one nothing came either, and the older one is sent again. */
static void test_an_older_invitation_gets_the_account_back(void **state)
{
    (void)state;
    assert_int_equal(sign_up(invited_to_birthdate("new@example.com"), "new@example.com"), SIGNUP_DONE);
    confirm("new@example.com");
    struct desk desk = desk_of("boss");
    struct visit visit = visit_of(&desk);
    Str older = newest_for("new@example.com");
    DeskAct out;
    assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
    invited("boss", "new@example.com", NULL);
    assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
    assert_int_equal(invitation_resend(portal, &visit, &desk, older, &out), OK);
    assert_int_equal(out.outcome, DESK_DONE);
    check_comes_home("new@example.com", secret_for("new@example.com"));
}

static void test_what_was_declined_stays_so(void **state)
{
    struct invitation invitation;
    (void)state;
    Str secret = invited("boss", "new@example.com", NULL);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    assert_int_equal(decline(NULL, secret), INVITATION_DONE);
    assert_int_equal(find(invited("boss", "new@example.com", NULL), &invitation), OK);
    assert_int_equal(invitation.made_account, 0);
}

/* --- membership by signing in --- */

static void test_nothing_is_joined_before_it_is_accepted(void **state)
{
    (void)state;
    Str secret = invited("boss", "new@example.com", NULL);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    confirm("new@example.com");
    sign_in("new@example.com");
    assert_int_equal(count("SELECT COUNT(*) FROM membership m JOIN account a ON a.id = m.account_id WHERE a.logins_count = 1"), 0);
    assert_int_equal(accept("new@example.com", secret, OK), INVITATION_DONE);
    assert_true(member("new@example.com")->rules.home && member("new@example.com")->rules.invited);
    sign_in("new@example.com");
    struct user user = owner_of("new@example.com");
    assert_int_equal(count(arena_print(scene.arena, "SELECT COUNT(*) FROM membership WHERE account_id = %lld", (long long)user.id).p), 2);
}

static void test_nothing_is_joined_after_a_decline(void **state)
{
    (void)state;
    for (int revoked = 0; revoked < 2; revoked++) {
        const char *address = revoked ? "second@example.com" : "first@example.com";
        Str secret = invited("boss", address, NULL);
        assert_int_equal(sign_up(secret, address), SIGNUP_DONE);
        confirm(address);
        sign_in(address);
        if (revoked) assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
        else assert_int_equal(decline(NULL, secret), INVITATION_DONE);
        sign_in(address);
        assert_null(member(address));
    }
}

static void test_who_leaves_comes_back_as_who_they_were(void **state)
{
    DeskAct left;
    (void)state;
    Str secret = invited("boss", "new@example.com", NULL);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    assert_int_equal(accept("new@example.com", secret, OK), INVITATION_DONE);
    struct user user = owner_of("new@example.com");
    assert_int_equal(member_leave(portal, &scene.visit, &user, STR("acme"), &left), OK);
    assert_int_equal(left.outcome, DESK_DONE);
    sign_in("new@example.com");
    assert_true(member("new@example.com")->rules.home && member("new@example.com")->rules.invited);
    assert_int_equal(count("SELECT COUNT(*) FROM membership m JOIN organization o ON o.id = m.organization_id AND o.name = 'nour'"
                           " WHERE m.home = 1 OR m.invited = 1"), 0);
}

/* --- who may send it again, or take it back --- */

static void test_rank_counts_for_what_was_sent(void **state)
{
    (void)state;
    invited("boss", "high@example.com", "administrator");
    for (int old = 0; old < 2; old++) {
        assert_int_equal(act_on("gil", invitation_resend), DESK_RANK);
        assert_int_equal(act_on("gil", invitation_revoke), DESK_RANK);
        scene.visit.now += 2000;
    }
    assert_int_equal(audited("invitation.resend", "refused", "rank"), 2);
    assert_int_equal(audited("invitation.revoke", "refused", "rank"), 2);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending' AND inviter = 'local|boss'"), 1);
    assert_int_equal(act_on("boss", invitation_resend), DESK_DONE);
    assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
}

/* --- who invited --- */

static void make_blocked(void)
{
    assert_int_equal(count("UPDATE account SET blocked = 1 WHERE user_id = 'local|gil' RETURNING 1"), 1);
}

static void make_leaving(void)
{
    assert_int_equal(count("UPDATE account SET deletion_at = 99999999 WHERE user_id = 'local|gil' RETURNING 1"), 1);
}

static void make_removed(void)
{
    struct user gil = person("gil");
    assert_int_equal(desk_does(DESK_REMOVE, &gil), DESK_DONE);
}

static void make_suspended(void)
{
    struct user gil = person("gil");
    assert_int_equal(desk_does(DESK_SUSPEND, &gil), DESK_DONE);
}

static void make_lesser(void)
{
    clear_roles("gil");
}

static void test_an_invitation_needs_its_inviter(void **state)
{
    static void (*const falls[])(void) = {make_blocked, make_leaving, make_removed, make_suspended, make_lesser};
    struct invitation invitation;
    for (size_t i = 0; i < sizeof falls / sizeof *falls; i++) {
        Str secret = invited("gil", "old@example.com", NULL);
        assert_int_equal(find(secret, &invitation), OK);
        falls[i]();
        assert_int_equal(find(secret, &invitation), ERR_EXPIRED);
        assert_true(invitation.organization == acme);
        accept("old@example.com", secret, ERR_EXPIRED);
        sign_up_with(secret, "old@example.com", NULL, ERR_EXPIRED);
        assert_null(member("old@example.com"));
        tear_down(state);
        set_up(state);
    }
}

static void test_somebody_else_may_take_it_over(void **state)
{
    struct invitation invitation;
    (void)state;
    Str dead = invited("gil", "old@example.com", NULL);
    make_suspended();
    assert_int_equal(act_on("boss", invitation_resend), DESK_DONE);
    Str secret = secret_for("old@example.com");
    assert_int_equal(find(dead, &invitation), ERR_EXPIRED);
    assert_int_equal(invitation.organization, 0);
    assert_int_equal(find(secret, &invitation), OK);
    assert_true(str_is(invitation.inviter_name, "Boss"));
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE inviter = 'local|boss' AND inviter_name = 'Boss'"), 1);
    assert_int_equal(accept("old@example.com", secret, OK), INVITATION_DONE);
}

static bool is_listed_as_dead(void)
{
    struct invitation list[INVITATION_PAGE];
    struct desk desk = desk_of("boss");
    size_t n;
    bool older;
    assert_int_equal(invitation_list(portal, &scene.visit, &desk, STR(""), 0, list, INVITATION_PAGE, &n, &older), OK);
    assert_true(n > 0);
    for (size_t i = 1; i < n; i++) assert_false(list[i].orphaned);
    return list[0].orphaned;
}

static void test_the_list_says_which_are_dead(void **state)
{
    (void)state;
    invited("boss", "other@example.com", NULL);
    invited("gil", "old@example.com", NULL);
    assert_false(is_listed_as_dead());
    make_suspended();
    assert_true(is_listed_as_dead());
    assert_int_equal(act_on("boss", invitation_resend), DESK_DONE);
    assert_false(is_listed_as_dead());
    assert_int_equal(count("UPDATE invitation SET inviter = 'local|gil', state = 'revoked' WHERE email = 'old@example.com' RETURNING 1"), 1);
    assert_false(is_listed_as_dead());
}

static int runs_of(enum statement statement)
{
    sqlite3_stmt *prepared = portal->db->prepared[statement].statement;
    return prepared ? sqlite3_stmt_status(prepared, SQLITE_STMTSTATUS_RUN, 1) : 0;
}

static void test_the_list_asks_for_nobody_twice(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) invited(i % 2 ? "gil" : "boss", arena_print(scene.arena, "p%d@example.com", i).p, NULL);
    struct invitation list[INVITATION_PAGE];
    struct desk desk = desk_of("boss");
    size_t n;
    bool older;
    runs_of(STMT_membership_list);
    runs_of(STMT_account_get_by_user_id);
    assert_int_equal(invitation_list(portal, &scene.visit, &desk, STR(""), 0, list, INVITATION_PAGE, &n, &older), OK);
    assert_int_equal(n, 6);
    assert_int_equal(runs_of(STMT_membership_list), 2);
    assert_int_equal(runs_of(STMT_account_get_by_user_id), 0);
}

static void test_the_operators_stay(void **state)
{
    (void)state;
    Str secret = invited("gil", "old@example.com", NULL);
    assert_int_equal(count("UPDATE invitation SET inviter = 'cli:root' RETURNING 1"), 1);
    make_removed();
    assert_int_equal(accept("old@example.com", secret, OK), INVITATION_DONE);
}

/* --- a suspension --- */

static struct user let_in(const char *address)
{
    struct user user = owner_of(address);
    store_do(portal->db, STMT_membership_put, DB_ARGS(db_int(acme), db_int(user.id), db_int(0), db_int(0), db_int(0), db_int(SCENE_NOW)));
    return user;
}

static void test_no_invitation_leads_around_a_suspension(void **state)
{
    (void)state;
    for (int removed = 0; removed < 2; removed++) {
        struct user user;
        Str secret = invited("boss", "old@example.com", "help-desk"), other = invited("boss", "other@example.com", NULL);
        user = let_in("old@example.com");
        assert_int_equal(desk_does(removed ? DESK_REMOVE : DESK_SUSPEND, &user), DESK_DONE);
        if (!removed) assert_int_equal(resend("old@example.com"), DESK_NOTHING);
        accept("old@example.com", secret, ERR_EXPIRED);
        assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE email = 'old@example.com' AND state = 'revoked'"), 1);
        assert_int_equal(count("SELECT COUNT(*) FROM audit u JOIN invitation v ON v.public_id = u.reason AND v.email = 'old@example.com'"
                               " WHERE u.action = 'invitation.revoke' AND u.actor = 'desk' AND u.actor_id = 'local|boss'"), 1);
        assert_int_equal(sign_up(other, "other@example.com"), SIGNUP_DONE);
        tear_down(state);
        set_up(state);
    }
}

static void test_another_organizations_invitations_stay(void **state)
{
    (void)state;
    invited("boss", "old@example.com", NULL);
    assert_int_equal(count("UPDATE invitation SET organization_id = (SELECT id FROM organization WHERE name = 'nour') RETURNING 1"), 1);
    struct user user = let_in("old@example.com");
    assert_int_equal(desk_does(DESK_SUSPEND, &user), DESK_DONE);
    assert_int_equal(desk_does(DESK_REMOVE, &user), DESK_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
}

static void test_nobody_accepts_while_suspended(void **state)
{
    (void)state;
    struct user user = let_in("old@example.com");
    assert_int_equal(desk_does(DESK_SUSPEND, &user), DESK_DONE);
    Str secret = invited("boss", "else@example.com", "help-desk");
    move("old@example.com", "else@example.com");
    assert_int_equal(accept("else@example.com", secret, OK), INVITATION_SUSPENDED);
    assert_true(member("else@example.com")->rules.suspended && !member("else@example.com")->roles.n);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    assert_int_equal(audited("invitation.accept", "refused", "suspended"), 1);
    assert_int_equal(desk_does(DESK_RESTORE, &user), DESK_DONE);
    assert_int_equal(accept("else@example.com", secret, OK), INVITATION_MEMBER);
}

/* --- roles that invitations name --- */

static RoleStep with_role(Error (*act)(struct portal *, const struct visit *, const struct desk *, Str, Str, RoleStep *), const char *name)
{
    struct desk desk = desk_of("boss");
    struct visit visit = visit_of(&desk);
    RoleStep step;
    assert_int_equal(act(portal, &visit, &desk, str_of(name), STR("so"), &step), OK);
    return step;
}

static Error make(struct portal *own, const struct visit *visit, const struct desk *desk, Str name, Str reason, RoleStep *out)
{
    return role_make(own, visit, desk, name, permission_bit("read:members"), reason, out);
}

static void test_a_promised_role_is_in_use(void **state)
{
    (void)state;
    assert_int_equal(with_role(make, "a_b").outcome, ROLE_DONE);
    assert_int_equal(with_role(make, "axb").outcome, ROLE_DONE);
    assert_int_equal(with_role(make, "b").outcome, ROLE_DONE);
    invited("boss", "old@example.com", "acme:axb");
    RoleStep step = with_role(role_drop, "axb");
    assert_int_equal(step.outcome, ROLE_USED);
    assert_true(step.members == 0 && step.invitations == 1);
    assert_int_equal(with_role(role_drop, "a_b").outcome, ROLE_DONE);
    assert_int_equal(with_role(role_drop, "b").outcome, ROLE_DONE);
    assert_int_equal(act_on("boss", invitation_revoke), DESK_DONE);
    assert_int_equal(with_role(role_drop, "axb").outcome, ROLE_DONE);
}

static RoleStep change_role(const char *who, const char *name, Permissions may)
{
    struct desk desk = desk_of(who);
    struct visit visit = visit_of(&desk);
    RoleStep step;
    assert_int_equal(role_change(portal, &visit, &desk, str_of(name), may, STR("so"), &step), OK);
    return step;
}

static void give(const char *who, const char *role)
{
    Str sql = arena_print(scene.arena, "SELECT id FROM role WHERE name = '%s'", role);
    store_do(portal->db, STMT_membership_role_add, DB_ARGS(db_int(acme), db_int(person(who).id), db_int(count(sql.p))));
}

static void test_a_role_of_somebody_higher_is_not_edited(void **state)
{
    (void)state;
    assert_int_equal(with_role(make, "reader").outcome, ROLE_DONE);
    give("gil", "acme:reader");
    clear_roles("gil");
    give("gil", "acme:reader");
    assert_int_equal(change_role("kim", "reader", permission_bit("update:roles")).act.outcome, DESK_DONE);
    give("boss", "acme:reader");
    RoleStep step = change_role("kim", "reader", permission_bit("read:members"));
    assert_true(step.outcome == ROLE_REFUSED && step.act.outcome == DESK_RANK);
    assert_int_equal(audited("role.save", "refused", "rank"), 1);
    assert_int_equal(change_role("boss", "reader", permission_bit("read:members")).act.outcome, DESK_DONE);
}

/* --- first values --- */

static void test_first_values_stand_under_the_organizations_rules(void **state)
{
    struct invitation invitation;
    const struct connection *connection;
    (void)state;
    assert_int_equal(invite_with("boss", "new@example.com", NULL, json_pack("{s:s}", "birthdate", "2001-02-03")).outcome, DESK_DONE);
    Str secret = secret_for("new@example.com");
    const struct field *birthdate = field_find(&portal->directory.fields, STR("birthdate"));
    assert_int_equal(find(secret, &invitation), OK);
    assert_int_equal(invitation_connection(portal, acme, &connection), OK);
    assert_false(invitation_asks_for(portal, connection, &invitation, birthdate));
    sign_up_with(secret, "new@example.com", "1999-09-09", ERR_INVALID);
    assert_int_equal(sign_up(secret, "new@example.com"), SIGNUP_DONE);
    assert_int_equal(accept("new@example.com", secret, OK), INVITATION_DONE);
    assert_string_equal(json_string_value(json_object_get(owner_of("new@example.com").profile, "birthdate")), "2001-02-03");
}

/* --- declining --- */

static void test_nobody_else_declines(void **state)
{
    struct user boss = person("boss"), old = person("old");
    (void)state;
    Str secret = invited("boss", "old@example.com", NULL);
    assert_int_equal(decline(&boss, secret), INVITATION_REFUSED);
    assert_int_equal(audited("invitation.decline", "refused", "address"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM invitation WHERE state = 'pending'"), 1);
    assert_int_equal(decline(&old, secret), INVITATION_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'invitation.decline' AND outcome = 'allowed'"
                           " AND user_id = 'local|old'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_invitation_makes_one_account, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_address_ends_the_invitation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_taken_back_ends_as_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_newer_invitation_knows_the_account, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_older_invitation_gets_the_account_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_declined_stays_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_joined_before_it_is_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_joined_after_a_decline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_leaves_comes_back_as_who_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rank_counts_for_what_was_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_invitation_needs_its_inviter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_somebody_else_may_take_it_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_list_says_which_are_dead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_list_asks_for_nobody_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_operators_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_invitation_leads_around_a_suspension, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_organizations_invitations_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_accepts_while_suspended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_promised_role_is_in_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_role_of_somebody_higher_is_not_edited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_values_stand_under_the_organizations_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_else_declines, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
