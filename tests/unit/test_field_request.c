/* Asking for a change of a locked field: who may ask for what, what the desk does with it, and that one request is decided once. */
#include "support/model.h"
#include "support/portal_support.h"
#include "support/scene.h"
#include "support/store_support.h"

#include <unistd.h>

#include "account/field_request.h"
#include "account/member.h"
#include "account/outbox.h"
#include "account/profile.h"
#include "store/user_store.h"

#define HERE(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, more) " {\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@example.com\",\"username\":\"" id "\"," more "}"

static const char people[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.size\",\"type\":\"choices\",\"choices\":[\"S\",\"L\"],\"section\":\"preferences\",\"owner\":\"read\","
    "  \"label\":{\"en\":\"Size\"}},"
    " {\"name\":\"user_metadata.card\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"once\",\"label\":{\"en\":\"Card\"}}],"
    "\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"connections\":[\"customers\"],\"fields\":{"
    "  \"family_name\":{\"owner\":\"read\"},\"username\":{\"owner\":\"read\"},\"birthdate\":{\"owner\":\"read\"},"
    "  \"nickname\":{\"owner\":\"read\",\"desk\":\"read\"},\"middle_name\":{\"owner\":\"none\"}}},"
    " {\"name\":\"beta\",\"fields\":{\"family_name\":{\"owner\":\"read\"}}}],"
    "\"users\":["
    PERSON("ana", HERE("acme", "\"administrator\"")) ","
    PERSON("hal", HERE("acme", "\"help-desk\"")) ","
    PERSON("ida", HERE("acme", "\"help-desk\"")) ","
    PERSON("aud", HERE("acme", "\"auditor\"")) ","
    PERSON("mel", "\"family_name\":\"Old\",\"user_metadata\":{\"card\":\"C-1\"}," HERE("acme", "")) ","
    PERSON("max", HERE("acme", "")) ","
    PERSON("bea", HERE("beta", "\"administrator\"")) ","
    PERSON("gus", "\"organizations\":[{\"name\":\"beta\",\"home\":true},{\"name\":\"acme\"}]") ","
    PERSON("sam", "\"nickname\":\"sam\"") "]}";

struct bench {
    struct arena *arena;
    struct options options;
    struct portal portal;
    struct visit visit;
};
static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    bench = (struct bench){.arena = arena_open(0)};
    portal_make(&bench.portal, &bench.options, bench.arena, store_open_memory(), people);
    bench.visit = (struct visit){.arena = bench.arena, .now = A_DAY_IN_2026, .request_id = STR("r"), .peer = STR("192.0.2.1"),
                                 .user_agent = STR("browser"), .actor_id = STR("local|mel")};
    bench.options.mail_url = STR("dir:mail");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    portal_close(&bench.portal);
    db_close(bench.portal.db);
    json_memory_use(NULL);
    arena_close(bench.arena);
    return 0;
}

static int64_t account(const char *name)
{
    return portal_account(&bench.portal, bench.arena, arena_print(bench.arena, "%s@example.com", name).p);
}

static struct user user(const char *name)
{
    struct user user;
    assert_int_equal(user_get(bench.portal.db, bench.arena, account(name), &user), OK);
    return user;
}

static struct desk desk_at(const char *name, const char *organization)
{
    struct user who = user(name);
    struct desk desk;
    assert_int_equal(desk_enter(&bench.portal, bench.arena, &who, str_of(organization), &desk), OK);
    return desk;
}

static int64_t count(const char *sql)
{
    return store_count(bench.portal.db, sql);
}

static RequestStep ask(const char *who, const char *field, const char *json, const char *note)
{
    RequestStep step;
    assert_int_equal(field_request_make(&bench.portal, &bench.visit, account(who), str_of(field), json_of(bench.arena, json),
                                        str_of(note), &step), OK);
    return step;
}

static RequestStep expect_ask(const char *who, const char *field, const char *json, enum request_outcome expected)
{
    RequestStep step = ask(who, field, json, "");
    if (step.outcome != expected) fail_msg("%s asks for %s %s: %d, not %d", who, field, json, (int)step.outcome, (int)expected);
    return step;
}

/* The newest of the person's own. */
static struct field_request newest(const char *who)
{
    struct field_request list[REQUEST_PAGE];
    size_t count;
    assert_int_equal(field_request_of(&bench.portal, bench.arena, account(who), list, REQUEST_PAGE, &count), OK);
    assert_true(count > 0);
    return list[0];
}

static Commit commit;

static enum desk_outcome decide(const char *who, Str id, bool approve, const char *answer)
{
    DeskAct act;
    struct desk desk = desk_at(who, "acme");
    assert_int_equal(field_request_decide(&bench.portal, &bench.visit, &desk, id, approve, str_of(answer), &act, &commit), OK);
    return act.outcome;
}

static const char *family_name(const char *who)
{
    const char *name = json_string_value(json_object_get(user(who).profile, "family_name"));
    return name ? name : "";
}

/* --- asking --- */

static void test_who_may_ask_for_what(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    expect_ask("mel", "user_metadata.card", "\"C-2\"", REQUEST_DONE);      /* filled in once already */
    expect_ask("max", "user_metadata.card", "\"C-2\"", REQUEST_OPEN);      /* not yet */
    expect_ask("mel", "given_name", "\"New\"", REQUEST_OPEN);
    expect_ask("mel", "email", "\"new@example.com\"", REQUEST_OPEN);       /* has its proof */
    expect_ask("mel", "nickname", "\"New\"", REQUEST_NOBODY);              /* the desk may not either */
    expect_ask("mel", "user_id", "\"local|ana\"", REQUEST_NOBODY);
    expect_ask("mel", "middle_name", "\"New\"", REQUEST_REFUSED);          /* not for these eyes: as if it were not there */
    expect_ask("mel", "no_such_field", "\"New\"", REQUEST_REFUSED);
    expect_ask("mel", "user_metadata", "{}", REQUEST_REFUSED);
    expect_ask("sam", "family_name", "\"New\"", REQUEST_OPEN);
    expect_ask("sam", "user_metadata.size", "[\"S\"]", REQUEST_NOBODY);    /* no home, so no desk */
    expect_ask("gus", "family_name", "\"New\"", REQUEST_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request WHERE organization_id = (SELECT id FROM organization WHERE name = 'beta')"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request"), 3);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'request.make'"), 3);
}

static void test_the_value_is_one_that_can_be_kept(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"Old\"", REQUEST_SAME);
    expect_ask("mel", "family_name", "\"  Old \"", REQUEST_SAME);
    expect_ask("mel", "birthdate", "\"1999-99-99\"", REQUEST_INVALID);
    assert_non_null(ask("mel", "birthdate", "\"soon\"", "").problem.message);
    expect_ask("mel", "user_metadata.size", "[\"S\",\"XXL\"]", REQUEST_INVALID);
    expect_ask("mel", "family_name", "{\"a\":1}", REQUEST_INVALID);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request"), 0);
    expect_ask("mel", "family_name", "\"\"", REQUEST_DONE);
    assert_null(newest("mel").value);
    assert_string_equal(json_string_value(newest("mel").old_value), "Old");
    expect_ask("mel", "user_metadata.size", "[\"S\",\"L\"]", REQUEST_DONE);
    assert_int_equal(json_array_size(newest("mel").value), 2);
}

static void test_notes_are_bounded(void **state)
{
    (void)state;
    char note[4 * REQUEST_NOTE_MAX + 8];
    memset(note, 'x', REQUEST_NOTE_MAX + 1);
    note[REQUEST_NOTE_MAX + 1] = '\0';
    assert_int_equal(ask("mel", "family_name", "\"New\"", note).outcome, REQUEST_NOTE);
    assert_int_equal(ask("mel", "family_name", "\"New\"", "bell \a").outcome, REQUEST_NOTE);
    assert_int_equal(ask("mel", "family_name", "\"New\"", "\xff").outcome, REQUEST_NOTE);
    note[REQUEST_NOTE_MAX] = '\0';
    assert_int_equal(ask("mel", "family_name", "\"New\"", note).outcome, REQUEST_DONE);
    assert_int_equal(ask("mel", "family_name", "\"New\"", "two\nlines").outcome, REQUEST_DONE);
}

static void test_a_newer_request_takes_the_place_of_an_older(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"One\"", REQUEST_DONE);
    Str first = newest("mel").public_id;
    expect_ask("mel", "family_name", "\"Two\"", REQUEST_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request WHERE state = 'pending'"), 1);
    assert_int_equal(decide("hal", first, true, "as asked"), DESK_NOTHING);
    assert_string_equal(family_name("mel"), "Old");
}

static void test_nobody_asks_without_end(void **state)
{
    (void)state;
    for (int i = 0; i < REQUESTS_A_DAY; i++)
        expect_ask("mel", "family_name", arena_print(bench.arena, "\"N%d\"", i).p, REQUEST_DONE);
    expect_ask("mel", "family_name", "\"Enough\"", REQUEST_MANY);
    expect_ask("max", "family_name", "\"Mine\"", REQUEST_DONE);
    bench.visit.now += 86401;
    expect_ask("mel", "family_name", "\"Tomorrow\"", REQUEST_DONE);
}

static void test_withdraw(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    assert_int_equal(field_request_withdraw(&bench.portal, &bench.visit, account("max"), id), ERR_NOT_FOUND);
    assert_int_equal(field_request_withdraw(&bench.portal, &bench.visit, account("mel"), STR("nothing")), ERR_NOT_FOUND);
    assert_int_equal(field_request_withdraw(&bench.portal, &bench.visit, account("mel"), id), OK);
    assert_int_equal(field_request_withdraw(&bench.portal, &bench.visit, account("mel"), id), ERR_NOT_FOUND);
    assert_true(str_is(newest("mel").state, "withdrawn"));
    assert_int_equal(decide("hal", id, true, "too late"), DESK_NOTHING);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'request.withdraw' AND organization = 'acme'"), 1);
}

/* --- deciding --- */

static void test_approve(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    assert_int_equal(decide("hal", id, true, " saw the passport "), DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_DONE);
    assert_string_equal(family_name("mel"), "New");
    assert_true(str_is(newest("mel").state, "approved"));
    assert_true(str_is(newest("mel").answer, "saw the passport"));
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'request_approved' AND recipient = 'mel@example.com'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND actor = 'desk' AND reason = 'saw the passport'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'request.approve' AND actor = 'desk' AND reason = 'saw the passport'"
                           " AND organization = 'acme' AND fields LIKE '%family_name%' AND fields NOT LIKE '%New%'"), 1);
    assert_int_equal(decide("ida", id, false, "no"), DESK_NOTHING);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 1);
}

static void prove(const char *name)
{
    struct change change;
    change_init(&change, bench.arena, ACTOR_OPERATOR);
    change_put(&change, STR("email_verified"), json_true());
    assert_int_equal(account_commit(&bench.portal, &bench.visit, account(name), -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

static int64_t letters(const char *kind, const char *recipient)
{
    return count(arena_print(bench.arena, "SELECT COUNT(*) FROM outbox WHERE kind = '%s' AND recipient = '%s'", kind, recipient).p);
}

/* The new mailbox hears of it and can confirm; the one before only when it was a confirmed one. */
static void test_approve_another_address(void **state)
{
    static const char *const names[] = {"max", "mel"};
    (void)state;
    portal_apply(&bench.portal, bench.arena, "{\"organizations\":[{\"name\":\"acme\",\"fields\":{\"email\":{\"owner\":\"read\"}}}]}");
    prove("mel");
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *old = arena_print(bench.arena, "%s@example.com", names[i]).p, *new = arena_print(bench.arena, "new-%s", old).p;
        expect_ask(names[i], "email", arena_print(bench.arena, "\"%s\"", new).p, REQUEST_DONE);
        assert_int_equal(decide("hal", newest(names[i]).public_id, true, "saw the passport"), DESK_DONE);
        assert_int_equal(commit.outcome, COMMIT_DONE);
        bool confirmed = str_is(str_of(names[i]), "mel");
        assert_int_equal(letters("address_approved", new), 1);
        assert_int_equal(letters("email_verify", new), 1);
        assert_int_equal(letters("request_approved", new), 0);
        assert_int_equal(letters("request_approved", old), confirmed);
        assert_int_equal(letters("email_replaced", old), confirmed);
    }
    struct message message;
    while (outbox_next(&bench.portal, &bench.visit, &message) == OK) {
        bool approved = message.letter == LETTER_address_approved;
        assert_true(!approved || json_object_size(message.payload) == 1);       /* "at": neither the answer nor a link */
        assert_int_equal(outbox_sent(&bench.portal, &bench.visit, &message), OK);
    }
}

/* The field is named to everybody, the desk's own words only to who has confirmed the address. */
static void test_the_letter_names_the_field(void **state)
{
    static const char *const names[] = {"max", "mel"};
    (void)state;
    prove("mel");
    for (size_t i = 0; i < 4; i++) {
        expect_ask(names[i % 2], "family_name", "\"New\"", REQUEST_DONE);
        assert_int_equal(decide("hal", newest(names[i % 2]).public_id, i > 1, "saw the passport"), DESK_DONE);
    }
    struct message message;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), OK);
        bool confirmed = str_starts(message.recipient, STR("mel"));
        const char *reason = json_string_value(json_object_get(message.payload, "reason"));
        assert_string_equal(json_string_value(json_object_get(message.payload, "field")), "family_name");
        if (confirmed) assert_string_equal(reason, "saw the passport");
        else assert_null(reason);
        assert_int_equal(outbox_sent(&bench.portal, &bench.visit, &message), OK);
    }
}

static void test_another_request_replaces_the_first(void **state)
{
    (void)state;
    RequestStep first = expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    assert_false(first.replaced);
    assert_true(expect_ask("mel", "family_name", "\"Newer\"", REQUEST_DONE).replaced);
    assert_int_equal(count("SELECT COUNT(*) FROM field_request WHERE state = 'replaced'"), 1);
    assert_int_equal(field_request_withdraw(&bench.portal, &bench.visit, account("mel"), id), ERR_NOT_FOUND);
    assert_int_equal(decide("hal", id, true, "too late"), DESK_NOTHING);
    assert_string_equal(family_name("mel"), "Old");
    assert_int_equal(field_request_withdraw(&bench.portal, &bench.visit, account("mel"), newest("mel").public_id), OK);
    assert_false(expect_ask("mel", "family_name", "\"Newest\"", REQUEST_DONE).replaced);
}

static void test_those_that_wait_are_counted_so_far(void **state)
{
    static const char *const wishes[] = {"\"A\"", "\"B\"", "\"C\""};
    struct desk desk = desk_at("hal", "acme");
    int64_t waiting = 7;
    (void)state;
    assert_int_equal(field_request_count(&bench.portal, &desk, &waiting), OK);
    assert_int_equal(waiting, 0);
    for (size_t i = 0; i < 3; i++) expect_ask("mel", "family_name", wishes[i], REQUEST_DONE);
    expect_ask("max", "family_name", "\"D\"", REQUEST_DONE);
    assert_int_equal(field_request_count(&bench.portal, &desk, &waiting), OK);
    assert_int_equal(waiting, 2);
    assert_int_equal(decide("hal", newest("max").public_id, false, "no"), DESK_DONE);
    assert_int_equal(field_request_count(&bench.portal, &desk, &waiting), OK);
    assert_int_equal(waiting, 1);
    (void)count("INSERT INTO field_request (public_id, account_id, organization_id, field, old_value, value, note, state, answer, decided_by,"
                " created_at, decided_at) SELECT public_id || n.value, account_id, organization_id, 'f' || n.value, 'null', '1', '', 'pending', '', '', 1, 0"
                " FROM field_request, json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13]') n WHERE state = 'pending' RETURNING 1");
    assert_int_equal(field_request_count(&bench.portal, &desk, &waiting), OK);
    assert_int_equal(waiting, REQUESTS_COUNTED);
}

static void test_decline(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    assert_int_equal(decide("hal", id, false, ""), DESK_REASON);
    assert_int_equal(decide("hal", id, true, "  "), DESK_REASON);
    assert_true(str_is(newest("mel").state, "pending"));
    assert_int_equal(decide("hal", id, false, "no proof"), DESK_DONE);
    assert_string_equal(family_name("mel"), "Old");
    assert_true(str_is(newest("mel").state, "declined"));
    assert_true(str_is(newest("mel").answer, "no proof"));
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'request_declined'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND actor = 'desk'"), 0);
}

static void test_who_may_decide(void **state)
{
    (void)state;
    DeskAct act;
    struct desk stale = desk_at("hal", "acme");
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    assert_int_equal(decide("aud", id, true, "x"), DESK_REFUSED);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'request.approve' AND outcome = 'refused'"), 1);
    struct desk other = desk_at("bea", "beta");
    assert_int_equal(field_request_decide(&bench.portal, &bench.visit, &other, id, true, STR("x"), &act, &commit), ERR_NOT_FOUND);
    /* nobody answers their own request, nor that of somebody who may more */
    expect_ask("hal", "family_name", "\"Mine\"", REQUEST_DONE);
    assert_int_equal(decide("hal", newest("hal").public_id, true, "me"), DESK_SELF);
    expect_ask("ana", "family_name", "\"Chief\"", REQUEST_DONE);
    assert_int_equal(decide("hal", newest("ana").public_id, true, "up"), DESK_RANK);
    /* what was taken away a moment ago does not count */
    portal_apply(&bench.portal, bench.arena, "{\"users\":[{\"connection\":\"customers\",\"email\":\"hal@example.com\","
                                             "\"organizations\":[{\"name\":\"acme\",\"roles\":[]}]}]}");
    assert_int_equal(field_request_decide(&bench.portal, &bench.visit, &stale, id, true, STR("x"), &act, &commit), OK);
    assert_int_equal(act.outcome, DESK_REFUSED);
    assert_string_equal(family_name("mel"), "Old");
}

static void test_a_rule_that_came_since_keeps_it_pending(void **state)
{
    (void)state;
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    portal_apply(&bench.portal, bench.arena, "{\"organizations\":[{\"name\":\"acme\",\"fields\":"
                                             "{\"family_name\":{\"owner\":\"read\",\"desk\":\"read\"}}}]}");
    assert_int_equal(decide("hal", newest("mel").public_id, true, "as asked"), DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_REFUSED);
    assert_true(commit.refusals.locked);
    assert_true(str_is(newest("mel").state, "pending"));
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND outcome = 'refused' AND actor = 'desk'"), 1);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
    assert_int_equal(decide("hal", newest("mel").public_id, false, "not any more"), DESK_DONE);
}

static void test_a_value_that_somebody_has_stays_theirs(void **state)
{
    (void)state;
    expect_ask("mel", "username", "\"max\"", REQUEST_DONE);     /* asking tells nothing of who has it */
    assert_int_equal(decide("hal", newest("mel").public_id, true, "as asked"), DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_TAKEN);
    assert_true(str_is(newest("mel").state, "pending"));
    assert_string_equal(json_string_value(json_object_get(user("mel").profile, "username")), "mel");
}

/* Approving is no second way to find out who is there. */
static void test_other_peoples_values_are_counted(void **state)
{
    (void)state;
    expect_ask("mel", "username", "\"max\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(decide("hal", id, true, "as asked"), DESK_DONE);
        assert_int_equal(commit.outcome, COMMIT_TAKEN);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'request.approve' AND outcome = 'refused' AND reason = 'taken'"
                           " AND fields LIKE '[{\"field\":\"username\",%' AND fields NOT LIKE '%max%'"), 10);
    assert_int_equal(decide("hal", id, true, "as asked"), DESK_WAIT);
    assert_true(str_is(newest("mel").state, "pending"));
    assert_int_equal(decide("hal", id, false, "it is taken"), DESK_DONE);
}

static void test_who_leaves_takes_the_request_along(void **state)
{
    (void)state;
    DeskAct act;
    struct desk desk = desk_at("hal", "acme");
    struct desk_counts counts;
    expect_ask("mel", "family_name", "\"New\"", REQUEST_DONE);
    Str id = newest("mel").public_id;
    assert_int_equal(desk_count(&bench.portal, &bench.visit, &desk, &counts), OK);
    assert_int_equal(counts.requests, 1);
    struct user mel = user("mel");
    assert_int_equal(member_leave(&bench.portal, &bench.visit, &mel, STR("acme"), &act), OK);
    assert_int_equal(desk_count(&bench.portal, &bench.visit, &desk, &counts), OK);
    assert_int_equal(counts.requests, 0);
    assert_int_equal(field_request_decide(&bench.portal, &bench.visit, &desk, id, true, STR("x"), &act, &commit), ERR_NOT_FOUND);
}

static void test_the_queue(void **state)
{
    (void)state;
    struct field_request list[2];
    struct desk desk = desk_at("hal", "acme");
    size_t found;
    bool more;
    expect_ask("mel", "family_name", "\"A\"", REQUEST_DONE);
    expect_ask("max", "family_name", "\"B\"", REQUEST_DONE);
    expect_ask("ida", "family_name", "\"C\"", REQUEST_DONE);
    expect_ask("gus", "family_name", "\"D\"", REQUEST_DONE);    /* beta's */
    assert_int_equal(field_request_list(&bench.portal, bench.arena, &desk, true, 0, list, 2, &found, &more), OK);
    assert_true(found == 2 && more);
    assert_true(str_is(list[0].user_id, "local|mel") && str_is(list[1].user_id, "local|max"));
    assert_int_equal(field_request_list(&bench.portal, bench.arena, &desk, true, list[1].id, list, 2, &found, &more), OK);
    assert_true(found == 1 && !more && str_is(list[0].user_id, "local|ida"));
    assert_int_equal(field_request_list(&bench.portal, bench.arena, &desk, false, 0, list, 2, &found, &more), OK);
    assert_int_equal(found, 0);
    assert_int_equal(decide("ana", newest("mel").public_id, true, "ok"), DESK_DONE);
    assert_int_equal(decide("ana", newest("max").public_id, false, "no"), DESK_DONE);
    assert_int_equal(field_request_list(&bench.portal, bench.arena, &desk, false, 0, list, 2, &found, &more), OK);
    assert_true(found == 2 && str_is(list[0].state, "declined") && str_is(list[1].state, "approved"));
}

/* --- many at once --- */

struct crowd {
    struct desk desk;
    Str id;
};

static int decide_once(struct scene *scene, void *context)
{
    const struct crowd *crowd = context;
    DeskAct act;
    Commit saved;
    Error error = field_request_decide(&scene->portal, &scene->visit, &crowd->desk, crowd->id, getpid() % 2, STR("as asked"), &act, &saved);
    return error ? 8 : act.outcome == DESK_DONE ? 1 : act.outcome == DESK_NOTHING ? 2 : 3;
}

static void test_one_of_fifty_decides(void **state)
{
    (void)state;
    enum { CROWD = 50 };
    struct scene scene;
    struct crowd crowd;
    struct user hal;
    struct field_request own;
    RequestStep step;
    int results[SCENE_RESULTS];
    size_t found;
    scene_open(&scene);
    portal_apply(&scene.portal, scene.arena, people);
    int64_t mel = portal_account(&scene.portal, scene.arena, "mel@example.com");
    assert_int_equal(user_get(scene.portal.db, scene.arena, portal_account(&scene.portal, scene.arena, "hal@example.com"), &hal), OK);
    assert_int_equal(desk_enter(&scene.portal, scene.arena, &hal, STR("acme"), &crowd.desk), OK);
    assert_int_equal(field_request_make(&scene.portal, &scene.visit, mel, STR("family_name"), json_string("New"), STR(""), &step), OK);
    assert_int_equal(field_request_of(&scene.portal, scene.arena, mel, &own, 1, &found), OK);
    crowd.id = own.public_id;
    scene_at_once(&scene, CROWD, decide_once, &crowd, results);
    assert_int_equal(results[1], 1);
    assert_int_equal(results[2], CROWD - 1);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM outbox"), 1);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE action IN ('request.approve','request.decline')"), 1);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM field_request r, account a WHERE a.id = r.account_id AND"
                                                  " (r.state = 'approved') = (a.profile LIKE '%New%')"), 1);
    scene_close(&scene);
}

static int ask_once(struct scene *scene, void *context)
{
    RequestStep step;
    Error error = field_request_make(&scene->portal, &scene->visit, *(int64_t *)context, STR("family_name"),
                                     json_sprintf("N%d", (int)getpid()), STR(""), &step);
    return error ? 8 : (int)step.outcome;
}

static void test_fifty_ask_and_one_waits(void **state)
{
    (void)state;
    enum { CROWD = 50 };
    struct scene scene;
    int results[SCENE_RESULTS];
    scene_open(&scene);
    portal_apply(&scene.portal, scene.arena, people);
    int64_t mel = portal_account(&scene.portal, scene.arena, "mel@example.com");
    scene_at_once(&scene, CROWD, ask_once, &mel, results);
    assert_int_equal(results[REQUEST_DONE], CROWD);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM field_request WHERE state = 'pending'"), 1);
    scene_close(&scene);
}

#define ON_A_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_STORE(test_who_may_ask_for_what), ON_A_STORE(test_the_value_is_one_that_can_be_kept), ON_A_STORE(test_notes_are_bounded),
        ON_A_STORE(test_a_newer_request_takes_the_place_of_an_older), ON_A_STORE(test_nobody_asks_without_end), ON_A_STORE(test_withdraw),
        ON_A_STORE(test_another_request_replaces_the_first), ON_A_STORE(test_the_letter_names_the_field),
        ON_A_STORE(test_those_that_wait_are_counted_so_far), ON_A_STORE(test_approve), ON_A_STORE(test_approve_another_address), ON_A_STORE(test_decline), ON_A_STORE(test_who_may_decide),
        ON_A_STORE(test_a_rule_that_came_since_keeps_it_pending), ON_A_STORE(test_a_value_that_somebody_has_stays_theirs),
        ON_A_STORE(test_other_peoples_values_are_counted),
        ON_A_STORE(test_who_leaves_takes_the_request_along), ON_A_STORE(test_the_queue),
        cmocka_unit_test(test_one_of_fifty_decides), cmocka_unit_test(test_fifty_ask_and_one_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
