/* Roles: who gives which to whom, an organization's own, and what happens when two act at the same moment. */
#include "support/model.h"
#include "support/scene.h"

#include "account/desk.h"
#include "account/member.h"
#include "account/outbox.h"
#include "account/profile.h"
#include "account/role.h"
#include "store/user_store.h"

static struct scene scene;
static struct portal *const portal = &scene.portal;
static struct visit *const visit = &scene.visit;
static int64_t other_organization;

static int64_t role_id(const char *name)
{
    return store_int(portal->db, STMT_role_get, DB_ARGS(db_text(str_of(name))));
}

static void join(int64_t organization, const struct user *user, const char *role)
{
    scene_begin(&scene);
    struct member_wish wish = {.organization = organization, .account = user->id, .home = organization == scene.organization};
    assert_int_equal(member_put(portal, visit, &wish), OK);
    if (role)
        store_do(portal->db, STMT_membership_role_add, DB_ARGS(db_int(organization), db_int(user->id), db_int(role_id(role))));
    scene_commit(&scene);
}

static struct user make(const char *name)
{
    struct change change;
    Commit commit;
    change_init(&change, scene.arena, ACTOR_OPERATOR);
    change_put_text(&change, STR("email"), arena_print(scene.arena, "%s@example.com", name));
    assert_int_equal(account_create(portal, visit, &portal->directory.connections[0], str_of(name), &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
    return commit.user;
}

static struct user carl, dora, gus;

static void put_builtin_roles(void)
{
    for (size_t i = 0; builtin_roles[i]; i++) {
        json_t *list = json_array();
        for (size_t k = 0; k < permission_count; k++)
            if (builtin_role_has(builtin_roles[i], &permissions[k])) json_array_append_new(list, json_string(permissions[k].name));
        store_do(portal->db, STMT_role_put, DB_ARGS(db_text(str_of(builtin_roles[i])), db_text(str_of(json_dumps(list, 0)))));
    }
    store_do(portal->db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(portal_refresh(portal), OK);
}

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    other_organization = store_int(portal->db, STMT_organization_put,
                                   DB_ARGS(db_text(STR("beta")), db_text(STR("Beta")), db_text(STR("")), db_text(STR("{}")),
                                           db_text(STR("{}")), db_text(STR("{}"))));
    put_builtin_roles();
    carl = make("carl");
    dora = make("dora");
    gus = make("gus");
    join(scene.organization, &scene.ada, "administrator");
    join(scene.organization, &scene.bob, "administrator");
    join(scene.organization, &carl, "help-desk");
    join(scene.organization, &dora, NULL);
    join(other_organization, &gus, "administrator");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

static struct desk desk_of(struct user user, const char *organization)
{
    struct desk desk;
    scene_read(&scene, &user);
    assert_int_equal(desk_enter(portal, scene.arena, &user, str_of(organization), &desk), OK);
    return desk;
}

/* `names` with commas between. */
static enum desk_outcome give(const struct desk *desk, const struct user *target, const char *names, const char *reason)
{
    Str roles[64], rest = str_of(names);
    size_t count = 0;
    DeskAct out;
    while (rest.n && count < COUNT(roles)) roles[count++] = str_cut(&rest, ',');
    assert_int_equal(desk_set_roles(portal, visit, desk, target->user_id, roles, count, str_of(reason), &out), OK);
    return out.outcome;
}

static const char *roles_of(const struct user *target)
{
    struct desk desk = desk_of(scene.ada, "acme");
    struct desk_member member;
    assert_int_equal(desk_member_find(portal, scene.arena, &desk, target->user_id, &member), OK);
    return arena_cstr(scene.arena, member.roles);
}

/* --- giving and taking --- */

static void prove(const struct user *target)
{
    struct change change;
    Commit commit;
    change_init(&change, scene.arena, ACTOR_OPERATOR);
    change_put(&change, STR("email_verified"), json_true());
    assert_int_equal(account_commit(portal, visit, target->id, -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

/* The newest letter: whom it tells what. Empty: nothing of that sort in it. */
static void expect_letter(const char *recipient, const char *gives, const char *takes, const char *reason)
{
    struct message message;
    const struct { const char *key, *words; } rows[] = {{"gives", gives}, {"takes", takes}, {"reason", reason}};
    assert_int_equal(outbox_next(portal, visit, &message), OK);
    assert_int_equal(message.letter, LETTER_roles_changed);
    assert_int_equal(message.organization, scene.organization);
    assert_true(str_is(message.recipient, recipient));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *said = json_string_value(json_object_get(message.payload, rows[i].key));
        assert_string_equal(said ? said : "", rows[i].words);
    }
    assert_int_equal(outbox_sent(portal, visit, &message), OK);
    assert_int_equal(outbox_next(portal, visit, &message), ERR_NOT_FOUND);
}

/* Who is given or loses something reads what, and why when the address is theirs for certain. */
static void test_whose_roles_change_gets_a_letter(void **state)
{
    struct message message;
    (void)state;
    struct desk ada = desk_of(scene.ada, "acme"), carls = desk_of(carl, "acme");
    assert_int_equal(give(&ada, &dora, "auditor,help-desk", "new desk"), DESK_DONE);
    expect_letter("dora@example.com", "auditor,help-desk", "", "");
    prove(&dora);
    assert_int_equal(give(&ada, &dora, "administrator,auditor", "looks after us"), DESK_DONE);
    expect_letter("dora@example.com", "administrator", "help-desk", "looks after us");
    assert_int_equal(give(&ada, &dora, "auditor,administrator", "again"), DESK_NOTHING);
    assert_int_equal(give(&carls, &carl, "administrator", "me"), DESK_REFUSED);
    assert_int_equal(give(&ada, &dora, "", ""), DESK_REASON);
    assert_int_equal(outbox_next(portal, visit, &message), ERR_NOT_FOUND);
    assert_int_equal(give(&ada, &dora, "", "done with it"), DESK_DONE);
    expect_letter("dora@example.com", "", "auditor,administrator", "done with it");
}

static void test_roles_become_exactly_what_was_said(void **state)
{
    (void)state;
    struct desk ada = desk_of(scene.ada, "acme");
    assert_int_equal(give(&ada, &dora, "auditor,help-desk", "new desk"), DESK_DONE);
    assert_string_equal(roles_of(&dora), "auditor,help-desk");
    assert_int_equal(give(&ada, &dora, "help-desk,auditor,auditor", "again"), DESK_NOTHING);
    assert_int_equal(give(&ada, &dora, "auditor", "only reads"), DESK_DONE);
    assert_string_equal(roles_of(&dora), "auditor");
    assert_int_equal(give(&ada, &dora, "", "done with it"), DESK_DONE);
    assert_string_equal(roles_of(&dora), "");
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM audit WHERE action = 'membership.roles' AND outcome = 'allowed'"
                                             " AND actor = 'desk' AND organization = 'acme' AND user_id = 'local|dora'"), 3);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM audit WHERE reason = 'new desk' AND fields LIKE '%\"gives\":\"auditor\"%'"), 1);
}

static void test_nobody_gives_what_they_do_not_have(void **state)
{
    (void)state;
    RoleStep step;
    struct desk ada = desk_of(scene.ada, "acme");
    assert_int_equal(role_make(portal, visit, &ada, STR("giver"), permission_bit("update:roles") | permission_bit("read:members"),
                               STR("for gifts"), &step), OK);
    assert_int_equal(step.outcome, ROLE_DONE);
    assert_int_equal(give(&ada, &carl, "acme:giver", "he gives"), DESK_DONE);
    struct desk giver = desk_of(carl, "acme");
    assert_int_equal(give(&giver, &dora, "administrator", "please"), DESK_RANK);
    assert_int_equal(give(&giver, &dora, "help-desk", "please"), DESK_RANK);
    assert_int_equal(give(&giver, &carl, "administrator", "myself"), DESK_RANK);
    assert_int_equal(give(&giver, &carl, "help-desk,acme:giver", "myself"), DESK_RANK);
    assert_int_equal(give(&giver, &scene.bob, "", "down with him"), DESK_RANK);
    assert_int_equal(give(&giver, &dora, "acme:giver", "as I am"), DESK_DONE);
    assert_string_equal(roles_of(&scene.bob), "administrator");
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM audit WHERE action = 'membership.roles' AND outcome = 'refused'"
                                             " AND reason = 'rank'"), 5);
}

static void test_giving_is_refused(void **state)
{
    (void)state;
    DeskAct out;
    struct desk ada = desk_of(scene.ada, "acme"), help = desk_of(carl, "acme"), beta = desk_of(gus, "beta");
    assert_int_equal(give(&help, &dora, "auditor", "not his to give"), DESK_REFUSED);
    assert_int_equal(give(&ada, &dora, "auditor", ""), DESK_REASON);
    assert_int_equal(give(&ada, &dora, "no-such-role", "why"), DESK_NO_ROLE);
    assert_int_equal(desk_set_roles(portal, visit, &beta, dora.user_id, NULL, 0, STR("not mine"), &out), ERR_NOT_FOUND);
    assert_int_equal(desk_set_roles(portal, visit, &ada, gus.user_id, NULL, 0, STR("not mine"), &out), ERR_NOT_FOUND);
    assert_string_equal(roles_of(&dora), "");
}

static void test_the_last_administrator_keeps_the_role(void **state)
{
    (void)state;
    struct desk ada = desk_of(scene.ada, "acme");
    assert_int_equal(give(&ada, &scene.bob, "auditor", "steps back"), DESK_DONE);
    assert_int_equal(give(&ada, &scene.ada, "auditor", "me too"), DESK_LAST_ADMINISTRATOR);
    assert_int_equal(give(&ada, &scene.ada, "administrator,auditor", "more"), DESK_DONE);
    assert_string_equal(roles_of(&scene.ada), "auditor,administrator");
    bool keeps = true;
    assert_int_equal(desk_keeps_administrator(portal, scene.organization, scene.ada.id, &keeps), OK);
    assert_false(keeps);
    assert_int_equal(desk_keeps_administrator(portal, other_organization, 0, &keeps), OK);
    assert_true(keeps);
}

/* --- an organization's own roles --- */

static RoleStep make_role(const struct desk *desk, const char *name, Permissions may, const char *reason)
{
    RoleStep step;
    portal_settle(portal);        /* as between two requests */
    assert_int_equal(role_make(portal, visit, desk, str_of(name), may, str_of(reason), &step), OK);
    return step;
}

static void test_own_roles_are_made_changed_and_deleted(void **state)
{
    (void)state;
    RoleStep step;
    int64_t members = -1;
    Permissions read = permission_bit("read:members"), more = read | permission_bit("read:activity");
    struct desk ada = desk_of(scene.ada, "acme"), beta = desk_of(gus, "beta");
    assert_int_equal(make_role(&ada, "readers", read, "for the front").outcome, ROLE_DONE);
    assert_int_equal(make_role(&ada, "readers", read, "again").outcome, ROLE_TAKEN);
    assert_int_equal(make_role(&beta, "readers", read, "ours").outcome, ROLE_DONE);       /* each has its own */
    assert_int_equal(portal_refresh(portal), OK);
    const struct role *role = directory_role(&portal->directory, scene.organization, STR("acme:readers"));
    assert_non_null(role);
    assert_true(str_is(role_short_name(role), "readers"));
    assert_null(directory_role(&portal->directory, other_organization, STR("acme:readers")));
    assert_int_equal(give(&beta, &gus, "administrator,acme:readers", "theirs"), DESK_NO_ROLE);
    assert_int_equal(give(&ada, &dora, "acme:readers", "starts"), DESK_DONE);
    assert_int_equal(desk_of(dora, "acme").may, read);
    assert_int_equal(role_change(portal, visit, &ada, STR("readers"), more, STR("more"), &step), OK);
    assert_int_equal(step.outcome, ROLE_DONE);
    assert_int_equal(role_change(portal, visit, &ada, STR("readers"), more, STR("more"), &step), OK);
    assert_int_equal(step.outcome, ROLE_NOTHING);
    assert_int_equal(portal_refresh(portal), OK);
    assert_int_equal(desk_of(dora, "acme").may, more);
    assert_int_equal(role_drop(portal, visit, &ada, STR("readers"), STR("no more"), &step), OK);
    assert_int_equal(step.outcome, ROLE_USED);
    portal_settle(portal);
    assert_int_equal(step.members, 1);
    assert_int_equal(give(&ada, &dora, "", "stops"), DESK_DONE);
    assert_int_equal(role_members(portal, &ada, directory_role(&portal->directory, scene.organization, STR("acme:readers")), &members), OK);
    assert_int_equal(members, 0);
    assert_int_equal(role_drop(portal, visit, &ada, STR("readers"), STR("no more"), &step), OK);
    assert_int_equal(step.outcome, ROLE_DONE);
    assert_int_equal(role_drop(portal, visit, &ada, STR("readers"), STR("no more"), &step), ERR_NOT_FOUND);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM role WHERE name = 'beta:readers'"), 1);
}

static Permissions own_role(const char *name)
{
    assert_int_equal(portal_refresh(portal), OK);
    const struct role *role = directory_role(&portal->directory, scene.organization, str_of(name));
    assert_non_null(role);
    return role->may;
}

/* Whoever may do something to members can find them; also with a role that was made before that was so. */
static void test_who_looks_after_members_sees_them(void **state)
{
    (void)state;
    RoleStep step;
    Permissions read = permission_bit("read:members"), block = permission_bit("block:members"), invite = permission_bit("create:invitations");
    struct desk ada = desk_of(scene.ada, "acme");
    assert_int_equal(make_role(&ada, "blockers", block, "why").outcome, ROLE_DONE);
    assert_int_equal(own_role("acme:blockers"), block | read);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM role WHERE permissions = '[\"read:members\",\"block:members\"]'"), 1);
    assert_int_equal(role_change(portal, visit, &ada, STR("blockers"), block, STR("why"), &step), OK);
    assert_int_equal(step.outcome, ROLE_NOTHING);
    assert_int_equal(role_change(portal, visit, &ada, STR("blockers"), invite | permission_bit("delete:members"), STR("why"), &step), OK);
    assert_int_equal(own_role("acme:blockers"), invite | permission_bit("delete:members") | read);
    assert_int_equal(make_role(&ada, "greeters", invite, "why").outcome, ROLE_DONE);
    assert_int_equal(own_role("acme:greeters"), invite);
    store_count(portal->db, "UPDATE role SET permissions = '[\"update:members\"]' WHERE name = 'acme:greeters' RETURNING 1");
    store_do(portal->db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(own_role("acme:greeters"), permission_bit("update:members") | read);
}

static void test_own_roles_are_refused(void **state)
{
    static const char *const names[] = {"", "Readers", "a b", "a,b", "acme:x", "help-desk", "administrator", "läsare",
                                        "a23456789012345678901234567890123456789012"};
    (void)state;
    RoleStep step;
    Permissions read = permission_bit("read:members");
    struct desk ada = desk_of(scene.ada, "acme"), help = desk_of(carl, "acme");
    for (size_t i = 0; i < COUNT(names); i++) assert_int_equal(make_role(&ada, names[i], read, "why").outcome, ROLE_NAME);
    assert_int_equal(make_role(&ada, "nothing", 0, "why").outcome, ROLE_EMPTY);
    assert_int_equal(make_role(&ada, "fine", read, " ").act.outcome, DESK_REASON);
    assert_int_equal(make_role(&help, "fine", read, "why").act.outcome, DESK_REFUSED);
    assert_int_equal(role_change(portal, visit, &ada, STR("help-desk"), read, STR("why"), &step), ERR_NOT_FOUND);
    assert_int_equal(role_drop(portal, visit, &ada, STR("administrator"), STR("why"), &step), ERR_NOT_FOUND);
    assert_int_equal(make_role(&ada, "giver", read | permission_bit("update:roles"), "why").outcome, ROLE_DONE);
    assert_int_equal(make_role(&ada, "blocker", permission_bit("block:members"), "why").outcome, ROLE_DONE);
    assert_int_equal(give(&ada, &dora, "acme:giver", "why"), DESK_DONE);
    struct desk giver = desk_of(dora, "acme");
    assert_int_equal(make_role(&giver, "mighty", permission_bit("block:members"), "why").act.outcome, DESK_RANK);
    assert_int_equal(role_change(portal, visit, &giver, STR("blocker"), read, STR("why"), &step), OK);
    assert_int_equal(step.act.outcome, DESK_RANK);
    assert_int_equal(role_drop(portal, visit, &giver, STR("blocker"), STR("why"), &step), OK);
    assert_int_equal(step.act.outcome, DESK_RANK);
}

/* --- at the same moment --- */

struct race {
    struct desk ada, bob, carl;
};

/* The two processes tell each other apart by a row that only one of them can write. */
static bool is_first(struct scene *here)
{
    int64_t changed = 0;
    Error error = db_run(here->portal.db, STMT_bouncing_add, DB_ARGS(db_blob(STR("first")), db_int(1)), &changed);
    return !error && changed == 1;
}

static int result_of(Error error, const DeskAct *out)
{
    return error ? 8 : (int)out->outcome;
}

static int demote_the_other(struct scene *here, void *context)
{
    const struct race *race = context;
    const Str none[] = {STR("auditor")};
    bool first = is_first(here);
    DeskAct out;
    Error error = desk_set_roles(&here->portal, &here->visit, first ? &race->ada : &race->bob,
                                 first ? here->bob.user_id : here->ada.user_id, none, 1, STR("a coup"), &out);
    return result_of(error, &out);
}

static int step_down(struct scene *here, void *context)
{
    const struct race *race = context;
    bool first = is_first(here);
    DeskAct out;
    Error error = desk_set_roles(&here->portal, &here->visit, first ? &race->ada : &race->bob,
                                 first ? here->ada.user_id : here->bob.user_id, NULL, 0, STR("tired"), &out);
    return result_of(error, &out);
}

static int block_the_other(struct scene *here, void *context)
{
    const struct race *race = context;
    bool first = is_first(here);
    DeskAct out;
    Error error = desk_act(&here->portal, &here->visit, first ? &race->ada : &race->bob, 
                           &(struct desk_wish){.act = DESK_BLOCK, .user_id = first ? here->bob.user_id : here->ada.user_id,
                                               .reason = STR("a coup")}, &out);
    return result_of(error, &out);
}

static int administrators(void)
{
    return (int)store_count(portal->db,
        "SELECT COUNT(*) FROM membership_role g JOIN role r ON r.id = g.role_id JOIN account a ON a.id = g.account_id"
        " JOIN organization o ON o.id = g.organization_id WHERE r.name = 'administrator' AND a.blocked = 0 AND o.name = 'acme'");
}

static struct race race_of(void)
{
    return (struct race){.ada = desk_of(scene.ada, "acme"), .bob = desk_of(scene.bob, "acme"), .carl = desk_of(carl, "acme")};
}

static void test_two_administrators_demote_each_other(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    struct race race = race_of();
    scene_at_once(&scene, 2, demote_the_other, &race, results);
    assert_int_equal(results[DESK_DONE], 1);
    assert_int_equal(results[DESK_REFUSED], 1);          /* who was demoted first has no say any more */
    assert_int_equal(administrators(), 1);
}

static void test_two_administrators_step_down(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    struct race race = race_of();
    scene_at_once(&scene, 2, step_down, &race, results);
    assert_int_equal(results[DESK_DONE], 1);
    assert_int_equal(results[DESK_LAST_ADMINISTRATOR], 1);
    assert_int_equal(administrators(), 1);
}

static void test_two_administrators_block_each_other(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    struct race race = race_of();
    scene_at_once(&scene, 2, block_the_other, &race, results);
    assert_int_equal(results[DESK_DONE], 1);
    assert_int_equal(results[DESK_REFUSED], 1);
    assert_int_equal(administrators(), 1);
}

/* One blocks Carl while Carl saves Dora's profile: whichever is first, nothing is half done, and a blocked desk writes nothing. */
static int block_or_save(struct scene *here, void *context)
{
    const struct race *race = context;
    DeskAct out;
    Commit commit;
    struct change change;
    if (is_first(here))
        return result_of(desk_act(&here->portal, &here->visit, &race->ada,
                                  &(struct desk_wish){.act = DESK_BLOCK, .user_id = carl.user_id, .reason = STR("leaves")}, &out), &out);
    change_init(&change, here->arena, ACTOR_DESK);
    change_put_text(&change, STR("given_name"), STR("Dorothea"));
    Error error = desk_save(&here->portal, &here->visit, &race->carl, dora.user_id, -1, &change, STR("her wish"), &out, &commit);
    return error ? 8 : out.outcome == DESK_REFUSED ? 7 : 6;
}

static void test_blocking_while_saving(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    struct race race = race_of();
    scene_at_once(&scene, 2, block_or_save, &race, results);
    assert_int_equal(results[DESK_DONE], 1);
    assert_int_equal(results[6] + results[7], 1);
    int64_t saved = store_count(portal->db, "SELECT COUNT(*) FROM account WHERE user_id = 'local|dora' AND profile LIKE '%\"Dorothea\"%'");
    assert_int_equal(saved, results[6]);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND actor = 'desk'"
                                             " AND outcome = 'allowed'"), saved);
}

static void test_a_permission_taken_between_page_and_act(void **state)
{
    (void)state;
    struct desk before = desk_of(carl, "acme"), ada = desk_of(scene.ada, "acme");
    const struct desk_wish wish = {.act = DESK_BLOCK, .user_id = dora.user_id, .reason = STR("still open")};
    DeskAct out;
    assert_int_equal(give(&ada, &carl, "auditor", "reads only"), DESK_DONE);
    assert_int_equal(desk_act(portal, visit, &before, &wish, &out), OK);
    assert_int_equal(out.outcome, DESK_REFUSED);
    assert_int_equal(give(&ada, &carl, "", "goes"), DESK_DONE);
    assert_int_equal(desk_act(portal, visit, &before, &wish, &out), OK);
    assert_int_equal(out.outcome, DESK_REFUSED);
    scene_read(&scene, &dora);
    assert_false(dora.blocked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_whose_roles_change_gets_a_letter), TEST(test_roles_become_exactly_what_was_said), TEST(test_nobody_gives_what_they_do_not_have), TEST(test_giving_is_refused),
        TEST(test_the_last_administrator_keeps_the_role), TEST(test_own_roles_are_made_changed_and_deleted),
        TEST(test_who_looks_after_members_sees_them), TEST(test_own_roles_are_refused), TEST(test_two_administrators_demote_each_other), TEST(test_two_administrators_step_down),
        TEST(test_two_administrators_block_each_other), TEST(test_blocking_while_saving),
        TEST(test_a_permission_taken_between_page_and_act),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
