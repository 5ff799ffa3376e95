/* What a help desk does to a member: every act by everybody who might try it, what it brings about, and what keeps it back. */
#include "support/model.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#include "account/desk.h"
#include "account/email.h"
#include "account/outbox.h"
#include "account/session.h"
#include "account/sign_in_lift.h"
#include "store/user_store.h"

#define HERE(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, more) " {\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@example.com\",\"name\":\"" id "\"," more "}"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"},"
    " {\"name\":\"directory\",\"strategy\":\"oidc\",\"fields\":{\"family_name\":{\"owner\":\"read\",\"desk\":\"read\"}}}],"
    "\"roles\":[{\"name\":\"chief\",\"permissions\":[\"read:members\",\"read:activity\",\"update:members\",\"block:members\","
    "  \"delete:members\",\"create:invitations\",\"update:roles\",\"update:branding\"]}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"connections\":[\"customers\"]},{\"name\":\"beta\"}],"
    "\"users\":["
    PERSON("ana", HERE("acme", "\"administrator\"")) ","
    PERSON("cleo", HERE("acme", "\"chief\"")) ","
    PERSON("hal", HERE("acme", "\"help-desk\"")) ","
    PERSON("ida", HERE("acme", "\"help-desk\"")) ","
    PERSON("aud", HERE("acme", "\"auditor\"")) ","
    PERSON("mel", HERE("acme", "")) ","
    PERSON("max", HERE("acme", "")) ","
    PERSON("bea", HERE("beta", "\"administrator\"")) ","
    PERSON("gus", "\"organizations\":[{\"name\":\"beta\",\"home\":true},{\"name\":\"acme\"}]") ","
    PERSON("sam", "\"nickname\":\"sam\"") ","
    " {\"connection\":\"directory\",\"user_id\":\"kim\",\"email\":\"kim@example.com\",\"name\":\"kim\"," HERE("acme", "") "}]}";

struct bench {
    struct arena *arena;
    struct options options;
    struct portal portal;
    struct visit visit;
    int64_t acme;
};
static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    bench = (struct bench){.arena = arena_open(0)};
    portal_make(&bench.portal, &bench.options, bench.arena, store_open_memory(), people);
    bench.visit = (struct visit){.arena = bench.arena, .now = A_DAY_IN_2026, .request_id = STR("r"), .peer = STR("192.0.2.1"),
                                 .user_agent = STR("browser"), .actor_id = STR("local|nobody")};
    bench.options.mail_url = STR("dir:mail");
    bench.acme = store_int(bench.portal.db, STMT_organization_get, DB_ARGS(db_text(STR("acme"))));
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

/* The desk as a page showed it: what the person had then, or, of who has none, what they would like to have. */
static struct desk desk_at(const char *name, const char *organization)
{
    struct user who = user(name);
    struct desk desk;
    Error error = desk_enter(&bench.portal, bench.arena, &who, str_of(organization), &desk);
    if (!error) return desk;
    return (struct desk){.organization = bench.acme, .name = str_of(organization), .account = who.id, .user_id = who.user_id, .may = ~0u};
}

static DeskAct act_on(const struct desk *desk, enum desk_act act, const char *target, const char *reason, Error expected)
{
    DeskAct out;
    Error error = desk_act(&bench.portal, &bench.visit, desk,
                           &(struct desk_wish){.act = act, .user_id = user(target).user_id, .reason = str_of(reason)}, &out);
    if (error != expected) fail_msg("act %d on %s: error %d, not %d", (int)act, target, (int)error, (int)expected);
    return out;
}

static DeskAct act(const char *who, enum desk_act kind, const char *target)
{
    struct desk desk = desk_at(who, "acme");
    return act_on(&desk, kind, target, "asked by phone", OK);
}

static int64_t count(const char *sql)
{
    return store_count(bench.portal.db, sql);
}

/* --- who may what --- */

static const char *const actions[DESK_ACTS] = {
    [DESK_BLOCK] = "account.block", [DESK_UNBLOCK] = "account.unblock", [DESK_SUSPEND] = "membership.suspend",
    [DESK_RESTORE] = "membership.restore", [DESK_RESET] = "password.ask", [DESK_VERIFY] = "email.ask",
    [DESK_UNLOCK] = "signin.unlock", [DESK_END_SESSIONS] = "session.end_all", [DESK_REMOVE] = "membership.drop",
    [DESK_DELETE] = "deletion.confirm", [DESK_KEEP] = "deletion.keep",
};

static void check_row(const char *who, enum desk_act kind, const char *target, enum desk_outcome outcome)
{
    bool written = outcome == DESK_DONE || outcome == DESK_REFUSED || outcome == DESK_RANK || outcome == DESK_GUEST ||
                   outcome == DESK_SELF || outcome == DESK_LAST_ADMINISTRATOR || outcome == DESK_NEEDED;
    Str sql = arena_print(bench.arena, "SELECT COUNT(*) FROM audit WHERE actor = 'desk' AND actor_id = '%.*s' AND organization = 'acme' AND"
                                       " user_id = '%.*s' AND action = '%s' AND outcome = '%s' AND (outcome = 'refused') = (reason <> 'asked by phone')",
                          STR_ARGS(user(who).user_id), STR_ARGS(user(target).user_id), actions[kind],
                          outcome == DESK_DONE ? "allowed" : "refused");
    if (count(sql.p) != written) fail_msg("%s, act %d on %s: %d rows", who, (int)kind, target, (int)count(sql.p));
}

/* Each try inside a transaction that is taken back: none knows of the one before. */
static void try(const char *who, enum desk_act kind, const char *target, enum desk_outcome expected)
{
    assert_int_equal(db_begin(bench.portal.db), OK);
    DeskAct out = act(who, kind, target);
    if (out.outcome != expected) fail_msg("%s, act %d on %s: %d, not %d", who, (int)kind, target, (int)out.outcome, (int)expected);
    check_row(who, kind, target, expected);
    db_rollback(bench.portal.db);
}

static bool needs_deleting(enum desk_act kind)
{
    return kind == DESK_REMOVE || kind == DESK_DELETE || kind == DESK_KEEP;
}

static void test_every_act_by_everybody(void **state)
{
    (void)state;
    for (int kind = 0; kind < DESK_ACTS; kind++) {
        bool deletes = needs_deleting((enum desk_act)kind);
        bool undoes = kind == DESK_UNBLOCK || kind == DESK_RESTORE || kind == DESK_KEEP || kind == DESK_UNLOCK;
        enum desk_outcome done = undoes ? DESK_NOTHING : DESK_DONE;
        try("ana", (enum desk_act)kind, "mel", done);
        try("cleo", (enum desk_act)kind, "mel", done);
        try("hal", (enum desk_act)kind, "mel", deletes ? DESK_REFUSED : done);
        try("hal", (enum desk_act)kind, "ida", deletes ? DESK_REFUSED : done);
        try("aud", (enum desk_act)kind, "mel", DESK_REFUSED);
        try("max", (enum desk_act)kind, "mel", DESK_REFUSED);
        try("mel", (enum desk_act)kind, "mel", DESK_REFUSED);
        try("sam", (enum desk_act)kind, "mel", DESK_REFUSED);
        try("bea", (enum desk_act)kind, "mel", DESK_REFUSED);
        try("gus", (enum desk_act)kind, "mel", DESK_REFUSED);
    }
}

static void test_nobody_acts_on_who_may_more(void **state)
{
    (void)state;
    for (int kind = 0; kind < DESK_ACTS; kind++)
        try("hal", (enum desk_act)kind, "ana", needs_deleting((enum desk_act)kind) ? DESK_REFUSED : DESK_RANK);
    for (int kind = 0; kind < DESK_ACTS; kind++)
        try("hal", (enum desk_act)kind, "cleo", needs_deleting((enum desk_act)kind) ? DESK_REFUSED : DESK_RANK);
}

static void test_a_guest_keeps_the_account(void **state)
{
    (void)state;
    static const enum desk_act homes[] = {DESK_BLOCK, DESK_UNBLOCK, DESK_RESET, DESK_VERIFY, DESK_UNLOCK, DESK_END_SESSIONS, DESK_DELETE, DESK_KEEP};
    for (size_t i = 0; i < COUNT(homes); i++) try("ana", homes[i], "gus", DESK_GUEST);
    try("ana", DESK_SUSPEND, "gus", DESK_DONE);
    try("ana", DESK_REMOVE, "gus", DESK_DONE);
    assert_int_equal(act("ana", DESK_SUSPEND, "gus").outcome, DESK_DONE);
    assert_int_equal(act("ana", DESK_SUSPEND, "gus").outcome, DESK_NOTHING);
    assert_int_equal(act("ana", DESK_RESTORE, "gus").outcome, DESK_DONE);
    struct user gus = user("gus");
    struct desk beta;
    assert_int_equal(desk_enter(&bench.portal, bench.arena, &gus, STR("beta"), &beta), ERR_DENIED);
    assert_false(gus.blocked);
}

static void test_who_is_no_member_is_not_there(void **state)
{
    (void)state;
    struct desk desk = desk_at("ana", "acme");
    for (int kind = 0; kind < DESK_ACTS; kind++) {
        (void)act_on(&desk, (enum desk_act)kind, "bea", "why not", ERR_NOT_FOUND);
        (void)act_on(&desk, (enum desk_act)kind, "sam", "why not", ERR_NOT_FOUND);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE actor = 'desk'"), 0);
}

static void test_a_desk_of_another_organization_by_a_forged_name(void **state)
{
    (void)state;
    struct desk desk = desk_at("bea", "beta");
    desk.name = STR("acme");
    desk.organization = bench.acme;
    assert_int_equal(act_on(&desk, DESK_BLOCK, "mel", "mine now", OK).outcome, DESK_REFUSED);
    desk.name = STR("beta");
    assert_int_equal(act_on(&desk, DESK_BLOCK, "mel", "mine now", OK).outcome, DESK_REFUSED);
    assert_false(user("mel").blocked);
}

static void test_nobody_shuts_themself_out(void **state)
{
    (void)state;
    try("cleo", DESK_BLOCK, "cleo", DESK_SELF);
    try("cleo", DESK_SUSPEND, "cleo", DESK_SELF);
    try("cleo", DESK_REMOVE, "cleo", DESK_SELF);
    try("cleo", DESK_END_SESSIONS, "cleo", DESK_DONE);
}

/* Cleo may as much as Ana, who is the only administrator. */
static void test_the_last_administrator_stays(void **state)
{
    (void)state;
    try("cleo", DESK_BLOCK, "ana", DESK_LAST_ADMINISTRATOR);
    try("cleo", DESK_SUSPEND, "ana", DESK_LAST_ADMINISTRATOR);
    try("cleo", DESK_REMOVE, "ana", DESK_LAST_ADMINISTRATOR);
    DeskAct out;
    struct desk desk = desk_at("ana", "acme");
    const Str roles[] = {STR("administrator")};
    assert_int_equal(desk_set_roles(&bench.portal, &bench.visit, &desk, user("hal").user_id, roles, 1, STR("promoted"), &out), OK);
    assert_int_equal(out.outcome, DESK_DONE);
    try("cleo", DESK_BLOCK, "ana", DESK_DONE);
    assert_int_equal(act("cleo", DESK_BLOCK, "hal").outcome, DESK_DONE);
    try("cleo", DESK_BLOCK, "ana", DESK_LAST_ADMINISTRATOR);
}

/* Mel, at home in acme, manages beta alone: acme does not take beta's only administrator away, nor hears what it would be. */
static void test_nor_does_another_organizations(void **state)
{
    (void)state;
    portal_apply(&bench.portal, bench.arena, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"mel\",\"organizations\":["
                 "{\"name\":\"acme\",\"home\":true},{\"name\":\"beta\",\"roles\":[\"administrator\"]}]},"
                 "{\"connection\":\"customers\",\"user_id\":\"bea\",\"organizations\":[{\"name\":\"beta\",\"roles\":[],\"home\":true}]}]}");
    try("hal", DESK_BLOCK, "mel", DESK_NEEDED);
    try("ana", DESK_DELETE, "mel", DESK_NEEDED);
    try("hal", DESK_END_SESSIONS, "mel", DESK_DONE);
    portal_apply(&bench.portal, bench.arena, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"bea\",\"organizations\":["
                 "{\"name\":\"beta\",\"roles\":[\"administrator\"],\"home\":true}]}]}");
    try("hal", DESK_BLOCK, "mel", DESK_DONE);
}

static void test_a_reason_is_needed(void **state)
{
    static const char *const bad[] = {"", "   ", "two\nlines", "\xE2\x80\xAE" "hidden", "\u200b", "\u00a0\u3000", "\u3164", "\u2800"};
    struct desk desk = desk_at("ana", "acme");
    (void)state;
    for (int kind = 0; kind < DESK_ACTS; kind++)
        for (size_t i = 0; i < COUNT(bad); i++)
            assert_int_equal(act_on(&desk, (enum desk_act)kind, "mel", bad[i], OK).outcome, DESK_REASON);
    char longest[2 * 200 + 3];
    for (size_t i = 0; i < 201; i++) memcpy(longest + 2 * i, "é", 2);
    longest[402] = 0;
    assert_int_equal(act_on(&desk, DESK_END_SESSIONS, "mel", longest, OK).outcome, DESK_REASON);
    longest[400] = 0;
    assert_int_equal(act_on(&desk, DESK_END_SESSIONS, "mel", longest, OK).outcome, DESK_DONE);
    assert_int_equal(act_on(&desk, DESK_END_SESSIONS, "mel", NULL, OK).outcome, DESK_REASON);
}

/* --- what was taken away since the page was made --- */

static void test_what_was_taken_away_does_not_count(void **state)
{
    (void)state;
    struct desk hal = desk_at("hal", "acme"), ida = desk_at("ida", "acme"), aud = desk_at("cleo", "acme");
    assert_int_equal(act("ana", DESK_BLOCK, "hal").outcome, DESK_DONE);
    assert_int_equal(act_on(&hal, DESK_BLOCK, "mel", "still here", OK).outcome, DESK_REFUSED);
    assert_int_equal(act("ana", DESK_SUSPEND, "ida").outcome, DESK_DONE);
    assert_int_equal(act_on(&ida, DESK_BLOCK, "mel", "still here", OK).outcome, DESK_REFUSED);
    assert_int_equal(act("ana", DESK_REMOVE, "cleo").outcome, DESK_DONE);
    assert_int_equal(act_on(&aud, DESK_BLOCK, "mel", "still here", OK).outcome, DESK_REFUSED);
    assert_int_equal(act_on(&aud, DESK_BLOCK, "bea", "who is that", OK).outcome, DESK_REFUSED);   /* not even whether she is there */
    assert_false(user("mel").blocked);
}

/* --- what acts bring about --- */

static SignIn sign_in(const char *name, const char *password)
{
    SignIn out;
    assert_int_equal(session_sign_in(&bench.portal, &bench.visit, arena_print(bench.arena, "%s@example.com", name), str_of(password),
                                     STR_NONE, STR_NONE, &out), OK);
    return out;
}

static bool lives(Str cookie)
{
    struct session session;
    return session_find(&bench.portal, &bench.visit, cookie, &session) == OK;
}

static void test_blocking_ends_everything_and_can_be_undone(void **state)
{
    (void)state;
    SignIn before = sign_in("mel", "correct");
    assert_true(lives(before.cookie));
    assert_int_equal(act("hal", DESK_BLOCK, "mel").outcome, DESK_DONE);
    assert_false(lives(before.cookie));
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_BLOCKED);
    assert_int_equal(act("hal", DESK_BLOCK, "mel").outcome, DESK_NOTHING);
    assert_int_equal(act("hal", DESK_UNBLOCK, "mel").outcome, DESK_DONE);
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_OK);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action IN ('account.block', 'account.unblock') AND actor = 'desk'"
                           " AND reason = 'asked by phone' AND outcome = 'allowed'"), 2);
}

static void test_members_of_a_directory_are_blocked_here(void **state)
{
    (void)state;
    store_do(bench.portal.db, STMT_account_password, DB_ARGS(db_int(account("kim")), db_text(STR_NONE), db_int(A_DAY_IN_2026)));
    assert_int_equal(act("hal", DESK_BLOCK, "kim").outcome, DESK_DONE);
    assert_true(user("kim").blocked);
    assert_int_equal(act("hal", DESK_RESET, "kim").outcome, DESK_BLOCKED);
    assert_int_equal(act("hal", DESK_UNBLOCK, "kim").outcome, DESK_DONE);
    assert_int_equal(act("hal", DESK_RESET, "kim").outcome, DESK_NO_PASSWORD);   /* the directory keeps the password */
}

static void test_ending_sessions(void **state)
{
    (void)state;
    SignIn one = sign_in("mel", "correct"), other = sign_in("max", "correct");
    assert_int_equal(act("hal", DESK_END_SESSIONS, "mel").outcome, DESK_DONE);
    assert_false(lives(one.cookie));
    assert_true(lives(other.cookie));
}

static void test_removing_keeps_the_account(void **state)
{
    (void)state;
    assert_int_equal(act("ana", DESK_REMOVE, "hal").outcome, DESK_DONE);
    struct desk desk = desk_at("ana", "acme");
    struct desk_member member;
    assert_int_equal(desk_member_find(&bench.portal, bench.arena, &desk, user("hal").user_id, &member), ERR_NOT_FOUND);
    assert_int_equal(sign_in("hal", "correct").outcome, SIGN_IN_OK);
    assert_int_equal(count("SELECT COUNT(*) FROM membership_role g JOIN account a ON a.id = g.account_id WHERE a.user_id = 'local|hal'"), 0);
}

static void letter_is(enum letter letter, const char *recipient)
{
    struct message message;
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), OK);
    assert_int_equal(message.letter, letter);
    assert_true(str_is(message.recipient, recipient));
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND organization_id ="
                           " (SELECT id FROM organization WHERE name = 'acme')"), 1);
    assert_int_equal(outbox_sent(&bench.portal, &bench.visit, &message), OK);
}

static void prove(const char *name)
{
    struct change change;
    Commit commit;
    change_init(&change, bench.arena, ACTOR_OPERATOR);
    change_put(&change, STR("email_verified"), json_true());
    assert_int_equal(account_commit(&bench.portal, &bench.visit, account(name), -1, &change, &commit), OK);
    assert_int_equal(commit.outcome, COMMIT_DONE);
}

/* The letter that an act brought about, with what it must and must not say: the reason is for a confirmed address alone. */
static void told(enum letter letter, const char *recipient, bool confirmed)
{
    struct message message;
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), OK);
    if (message.letter != letter) fail_msg("letter %s, not %s", letter_name(message.letter), letter_name(letter));
    assert_true(str_is(message.recipient, recipient));
    assert_int_equal(message.organization, bench.acme);
    Str reason = str_of(json_string_value(json_object_get(message.payload, "reason")));
    assert_true(confirmed ? str_is(reason, "asked by phone") : !reason.n);
    assert_true(!json_object_get(message.payload, "peer") || !json_string_length(json_object_get(message.payload, "peer")));
    assert_int_equal(outbox_sent(&bench.portal, &bench.visit, &message), OK);
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), ERR_NOT_FOUND);
}

static void test_whom_it_concerns_gets_a_letter(void **state)
{
    (void)state;
    prove("mel");
    assert_int_equal(act("hal", DESK_BLOCK, "mel").outcome, DESK_DONE);
    told(LETTER_blocked, "mel@example.com", true);
    assert_int_equal(act("hal", DESK_BLOCK, "mel").outcome, DESK_NOTHING);
    assert_int_equal(act("hal", DESK_UNBLOCK, "mel").outcome, DESK_DONE);
    told(LETTER_unblocked, "mel@example.com", true);
    assert_int_equal(act("hal", DESK_SUSPEND, "gus").outcome, DESK_DONE);
    told(LETTER_suspended, "gus@example.com", false);
    assert_int_equal(act("hal", DESK_RESTORE, "gus").outcome, DESK_DONE);
    told(LETTER_restored, "gus@example.com", false);
    assert_int_equal(act("hal", DESK_END_SESSIONS, "mel").outcome, DESK_DONE);
    told(LETTER_signed_out, "mel@example.com", true);
    assert_int_equal(act("hal", DESK_END_SESSIONS, "max").outcome, DESK_DONE);
    told(LETTER_signed_out, "max@example.com", false);
    assert_int_equal(act("hal", DESK_END_SESSIONS, "gus").outcome, DESK_GUEST);
    assert_int_equal(act("aud", DESK_BLOCK, "mel").outcome, DESK_REFUSED);
    assert_int_equal(act("hal", DESK_REMOVE, "mel").outcome, DESK_REFUSED);
    assert_int_equal(act("hal", DESK_BLOCK, "gus").outcome, DESK_GUEST);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE state = 'queued'"), 0);
    assert_int_equal(act("ana", DESK_REMOVE, "mel").outcome, DESK_DONE);
    told(LETTER_removed, "mel@example.com", true);
}

/* One transaction: an act that is taken back has told nobody. */
static void test_no_act_no_letter(void **state)
{
    (void)state;
    assert_int_equal(db_begin(bench.portal.db), OK);
    assert_int_equal(act("hal", DESK_BLOCK, "mel").outcome, DESK_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'blocked'"), 1);
    db_rollback(bench.portal.db);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 0);
    assert_false(user("mel").blocked);
}

static void test_a_reset_mail_in_the_organizations_look(void **state)
{
    (void)state;
    assert_int_equal(act("hal", DESK_RESET, "mel").outcome, DESK_DONE);
    letter_is(LETTER_password_sent, "mel@example.com");
    DeskAct again = act("hal", DESK_RESET, "mel");
    assert_int_equal(again.outcome, DESK_WAIT);
    assert_in_range(again.seconds, 1, 3600);
    assert_int_equal(act("hal", DESK_RESET, "max").outcome, DESK_DONE);         /* counted a member */
    assert_int_equal(act("ana", DESK_BLOCK, "mel").outcome, DESK_DONE);
    assert_int_equal(act("hal", DESK_RESET, "mel").outcome, DESK_BLOCKED);
}

static void test_confirming_the_address_once_more(void **state)
{
    (void)state;
    assert_int_equal(act("hal", DESK_VERIFY, "mel").outcome, DESK_DONE);
    letter_is(LETTER_email_verify, "mel@example.com");
    assert_int_equal(act("hal", DESK_VERIFY, "mel").outcome, DESK_WAIT);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'email.ask' AND actor = 'desk' AND reason = 'asked by phone'"), 1);
}

static void test_unlocking_lets_them_try_again(void **state)
{
    (void)state;
    struct visit desk_at_work = bench.visit;
    bench.visit.peer = STR("198.51.100.9");
    for (int i = 0; i < 30 && sign_in("mel", "wrong").outcome != SIGN_IN_PAUSED; i++) bench.visit.now++;
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_PAUSED);
    struct visit at_home = bench.visit;
    bench.visit.peer = desk_at_work.peer;
    assert_int_equal(act("hal", DESK_UNLOCK, "mel").outcome, DESK_DONE);
    bench.visit = at_home;
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_OK);
}

static void test_where_nothing_is_paused_nothing_is_done(void **state)
{
    int64_t until = 0;
    struct user mel = user("mel");
    (void)state;
    assert_int_equal(sign_in("mel", "wrong").outcome, SIGN_IN_REFUSED);
    assert_int_equal(sign_in_paused(&bench.portal, &bench.visit, &mel, &until), OK);
    assert_int_equal(until, 0);
    assert_int_equal(act("hal", DESK_UNLOCK, "mel").outcome, DESK_NOTHING);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'signin.unlock'"), 0);
}

/* Seen for as long as it lasts, and no longer; who signs in has none. */
static void test_a_pause_is_seen_while_it_lasts(void **state)
{
    int64_t until = 0;
    struct user mel = user("mel");
    SignIn last = {0};
    (void)state;
    for (int i = 0; i < 30 && last.outcome != SIGN_IN_PAUSED; i++) last = sign_in("mel", "wrong");
    assert_int_equal(sign_in_paused(&bench.portal, &bench.visit, &mel, &until), OK);
    assert_int_equal(until, bench.visit.now + last.retry_after);
    bench.visit.now = until;
    assert_int_equal(sign_in_paused(&bench.portal, &bench.visit, &mel, &until), OK);
    assert_int_equal(until, 0);
    assert_int_equal(sign_in("mel", "wrong").outcome, SIGN_IN_REFUSED);
    assert_int_equal(sign_in_paused(&bench.portal, &bench.visit, &mel, &until), OK);
    assert_true(until > bench.visit.now);
    bench.visit.peer = STR("198.51.100.77");
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_OK);
    assert_int_equal(sign_in_paused(&bench.portal, &bench.visit, &mel, &until), OK);
    assert_int_equal(until, 0);
}

/* The browser that she has signed in with before counts by itself: its pauses end as well. */
static void test_unlocking_reaches_known_browsers(void **state)
{
    (void)state;
    bench.visit.device = sign_in("mel", "correct").device;
    for (int i = 0; i < 30 && sign_in("mel", "wrong").outcome != SIGN_IN_PAUSED; i++) bench.visit.now++;
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_PAUSED);
    assert_int_equal(act("hal", DESK_UNLOCK, "mel").outcome, DESK_DONE);
    assert_int_equal(sign_in("mel", "correct").outcome, SIGN_IN_OK);
}

/* --- saving the profile --- */

static DeskAct save(const char *who, const char *target, const char *field, const char *value, const char *reason, Commit *commit)
{
    struct desk desk = desk_at(who, "acme");
    struct change change;
    DeskAct out;
    change_init(&change, bench.arena, ACTOR_OWNER);         /* whatever came in: it is the desk's change */
    change_put_text(&change, str_of(field), str_of(value));
    assert_int_equal(desk_save(&bench.portal, &bench.visit, &desk, user(target).user_id, -1, &change, str_of(reason), &out, commit), OK);
    assert_false(db_in_transaction(bench.portal.db));
    return out;
}

static void test_saving_goes_through_the_one_door(void **state)
{
    Commit commit;
    (void)state;
    assert_int_equal(save("hal", "mel", "given_name", "Melanie", "passport seen", &commit).outcome, DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND actor = 'desk' AND organization = 'acme'"
                           " AND actor_id = 'local|hal' AND user_id = 'local|mel' AND reason = 'passport seen'"), 1);
    assert_int_equal(save("hal", "mel", "email", "melanie@example.com", "moved", &commit).outcome, DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_DONE);
    assert_true(json_is_false(json_object_get(commit.user.profile, "email_verified")));
    assert_int_equal(save("hal", "max", "given_name", "Max", "", &commit).outcome, DESK_REASON);
}

/* What a desk changes, the mailbox before hears of and can undo; one that was never proven may be a stranger's. */
static void test_the_old_mailbox_hears_of_another_address(void **state)
{
    struct message message;
    Commit commit;
    (void)state;
    int64_t mel = account("mel"), max = account("max");
    assert_int_equal(save("hal", "max", "email", "maximilian@example.com", "moved", &commit).outcome, DESK_DONE);
    letter_is(LETTER_email_verify, "maximilian@example.com");
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), ERR_NOT_FOUND);
    prove("mel");
    assert_int_equal(save("hal", "mel", "nickname", "Mellie", "asked", &commit).outcome, DESK_DONE);
    assert_int_equal(save("aud", "mel", "email", "mine@example.com", "mine", &commit).outcome, DESK_REFUSED);
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), ERR_NOT_FOUND);
    assert_int_equal(save("hal", "mel", "email", "melanie@example.com", "moved", &commit).outcome, DESK_DONE);
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), OK);
    assert_int_equal(message.letter, LETTER_email_replaced);
    assert_true(str_is(message.recipient, "mel@example.com"));
    assert_int_equal(message.organization, bench.acme);
    assert_int_equal(json_object_size(message.payload), 1);   /* "at" alone: no way back, no new address, no reason */
    assert_int_equal(outbox_sent(&bench.portal, &bench.visit, &message), OK);
    letter_is(LETTER_email_verify, "melanie@example.com");
    assert_int_equal(store_count(bench.portal.db, "SELECT COUNT(*) FROM artefact WHERE purpose LIKE '%revert%'"), 0);
    assert_int_equal(portal_account(&bench.portal, bench.arena, "melanie@example.com"), mel);
    assert_int_equal(portal_account(&bench.portal, bench.arena, "maximilian@example.com"), max);
}

/* The ordinary link, in the same transaction and under the same limits; who is blocked gets none. */
static void test_the_new_mailbox_gets_the_link(void **state)
{
    struct message message;
    Commit commit;
    Step step;
    (void)state;
    assert_int_equal(save("hal", "mel", "email", "melanie@example.com", "moved", &commit).outcome, DESK_DONE);
    assert_int_equal(outbox_next(&bench.portal, &bench.visit, &message), OK);
    const char *link = json_string_value(json_object_get(message.payload, "link"));
    assert_int_equal(strncmp(link, "/email/confirm?token=", 21), 0);
    assert_int_equal(email_confirm(&bench.portal, &bench.visit, str_of(link + 21), STR("en"), &step), OK);
    assert_int_equal(step.outcome, STEP_DONE);
    assert_true(json_is_true(json_object_get(user("melanie").profile, "email_verified")));
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'email.ask' AND actor = 'desk' AND reason = 'moved'"), 1);
    assert_int_equal(act("hal", DESK_BLOCK, "max").outcome, DESK_DONE);
    int64_t letters = count("SELECT COUNT(*) FROM outbox");
    assert_int_equal(save("hal", "max", "email", "maximilian@example.com", "moved", &commit).outcome, DESK_DONE);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), letters);
}

static void test_a_new_address_and_its_limits(void **state)
{
    static const struct { const char *from, *to; int64_t letters; } rows[] = {
        {"mel", "melanie@example.com", 1}, {"melanie", "mel@example.com", 2}, {"mel", "melanie@example.com", 2},   /* asked for just now */
    };
    Commit commit;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(save("hal", rows[i].from, "email", rows[i].to, "moved", &commit).outcome, DESK_DONE);
        assert_int_equal(commit.outcome, COMMIT_DONE);
        assert_int_equal(count("SELECT COUNT(*) FROM outbox WHERE kind = 'email_verify'"), rows[i].letters);
    }
    assert_int_equal(save("hal", "max", "email", "sam@example.com", "is it free", &commit).outcome, DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_TAKEN);
    assert_int_equal(save("hal", "gus", "email", "gustav@example.com", "moved", &commit).outcome, DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_REFUSED);
    assert_int_equal(count("SELECT COUNT(*) FROM outbox"), 2);
}

static void test_saving_is_refused(void **state)
{
    Commit commit;
    (void)state;
    assert_int_equal(save("aud", "mel", "given_name", "X", "why", &commit).outcome, DESK_REFUSED);
    assert_int_equal(save("sam", "mel", "given_name", "X", "why", &commit).outcome, DESK_REFUSED);
    assert_int_equal(save("hal", "ana", "given_name", "X", "why", &commit).outcome, DESK_RANK);
    assert_int_equal(save("hal", "hal", "given_name", "X", "why", &commit).outcome, DESK_SELF);
    assert_int_equal(save("hal", "gus", "given_name", "X", "why", &commit).outcome, DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_REFUSED);                           /* a guest: the policy says it, with the rule */
    assert_true(commit.refusals.locked);
    assert_int_equal(save("hal", "kim", "family_name", "X", "why", &commit).outcome, DESK_DONE);
    assert_int_equal(commit.outcome, COMMIT_REFUSED);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND outcome = 'refused' AND actor = 'desk'"), 6);
    assert_int_equal(count("SELECT COUNT(*) FROM account WHERE profile LIKE '%\"X\"%'"), 0);
}

/* Meeting other people's addresses again and again is how one finds out who is there. */
static void test_other_peoples_values_are_counted(void **state)
{
    Commit commit;
    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(save("hal", "mel", "email", "sam@example.com", "is it free", &commit).outcome, DESK_DONE);
        assert_int_equal(commit.outcome, COMMIT_TAKEN);
    }
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'profile.save' AND outcome = 'refused' AND actor = 'desk' AND"
                           " reason = 'taken' AND fields LIKE '[{\"field\":\"email\",%' AND fields NOT LIKE '%@%'"
                           " AND organization = 'acme'"), 10);
    DeskAct out = save("hal", "mel", "given_name", "Mel", "now for real", &commit);
    assert_int_equal(out.outcome, DESK_WAIT);
    assert_true(out.seconds > 0);
    assert_int_equal(save("ida", "mel", "given_name", "Mel", "a colleague", &commit).outcome, DESK_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_every_act_by_everybody), TEST(test_nobody_acts_on_who_may_more), TEST(test_a_guest_keeps_the_account),
        TEST(test_who_is_no_member_is_not_there), TEST(test_a_desk_of_another_organization_by_a_forged_name),
        TEST(test_nobody_shuts_themself_out), TEST(test_the_last_administrator_stays), TEST(test_nor_does_another_organizations),
        TEST(test_a_reason_is_needed),
        TEST(test_what_was_taken_away_does_not_count), TEST(test_blocking_ends_everything_and_can_be_undone),
        TEST(test_members_of_a_directory_are_blocked_here), TEST(test_ending_sessions), TEST(test_removing_keeps_the_account),
        TEST(test_whom_it_concerns_gets_a_letter), TEST(test_no_act_no_letter), TEST(test_the_old_mailbox_hears_of_another_address),
        TEST(test_a_reset_mail_in_the_organizations_look), TEST(test_confirming_the_address_once_more),
        TEST(test_unlocking_lets_them_try_again), TEST(test_where_nothing_is_paused_nothing_is_done),
        TEST(test_a_pause_is_seen_while_it_lasts), TEST(test_unlocking_reaches_known_browsers),
        TEST(test_saving_goes_through_the_one_door), TEST(test_saving_is_refused),
        TEST(test_the_new_mailbox_gets_the_link), TEST(test_a_new_address_and_its_limits), TEST(test_other_peoples_values_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
