#include "support/portal_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "account/apply.h"
#include "account/audit.h"
#include "account/member_index.h"
#include "account/password.h"
#include "base/json_memory.h"
#include "model/identifier.h"
#include "store/profile.h"
#include "store/user_store.h"
#include "support/store_support.h"

static const struct options presets = {
#define OPTION_TEXT(name, preset, help) .name = {preset, sizeof preset - 1},
#define OPTION_PATH OPTION_TEXT
#define OPTION_INT(name, preset, least, most, help) .name = preset,
#include "options.def"
#undef OPTION_TEXT
#undef OPTION_PATH
#undef OPTION_INT
};

const struct keys *portal_keys(struct arena *lasting)
{
    struct store_place place;
    struct keys *keys = NULL;
    store_place_make(&place);
    Str file = arena_print(lasting, "%s/key", place.folder);
    assert_int_equal(crypto_start(), OK);
    assert_int_equal(keys_open(lasting, file.p, true, &keys), OK);
    store_place_remove(&place);
    return keys;
}

void portal_apply(struct portal *portal, struct arena *arena, const char *json)
{
    struct problems problems = {.arena = arena};
    struct visit visit = {.arena = arena, .now = A_DAY_IN_2026, .request_id = STR(""), .peer = STR(""),
                          .actor_id = STR("cli:test")};
    Applied applied;
    Error error = apply_run(portal, &visit, str_of(json), false, &problems, &applied);
    for (const struct problem *each = problems.first; each; each = each->next)
        print_error("%.*s: %.*s\n", STR_ARGS(each->place), STR_ARGS(each->message));
    assert_int_equal(problems.count, 0);
    assert_int_equal(error, OK);
}

/* One cheap hash for all: what a password costs is not what these tests are about. */
static void put_passwords(struct portal *portal, struct arena *lasting)
{
    Str hash;
    assert_int_equal(argon2_hash(lasting, portal->hashing.cost, STR("correct"), &hash), OK);
    for (int64_t account = 1; account < 100; account++) {
        struct user user;
        if (user_get(portal->db, lasting, account, &user)) break;
        store_do(portal->db, STMT_account_password, DB_ARGS(db_int(account), db_text(hash), db_int(A_DAY_IN_2026)));
    }
}

void portal_make(struct portal *portal, struct options *options, struct arena *lasting, struct db *db, const char *json)
{
    *options = presets;
    options->public_url = STR("http://localhost:8080");
    options->host = STR("localhost:8080");
    options->support_email = STR("help@portal.example");
    options->key_file = STR("/nonexistent/key");       /* the key's place is gone already, and nothing is to be written beside another */
    options->mail_url = STR("dir:mail");
    options->sms_url = STR("dir:sms");
    *portal = (struct portal){.options = options, .db = db, .hashing = {.cost = {8, 1}, .job_socket = -1}};
    json_memory_use(lasting);
    portal->keys = portal_keys(lasting);
    assert_int_equal(password_decoy(lasting, portal->hashing.cost, &portal->hashing.decoy), OK);
    assert_int_equal(audit_begin(portal, lasting, true), OK);
    assert_int_equal(portal_refresh(portal), OK);
    portal_apply(portal, lasting, json);
    put_passwords(portal, lasting);
    assert_int_equal(portal_refresh(portal), OK);
    portal_settle(portal);
}

int64_t portal_account(struct portal *portal, struct arena *arena, const char *identifier)
{
    int64_t accounts[2];
    size_t count = 0;
    Str key = identifier_key(arena, str_of(identifier));
    assert_int_equal(users_by_identifier(portal->db, arena, key, 0, accounts, 2, &count), OK);
    assert_int_equal(count, 1);
    return accounts[0];
}

void portal_drop(struct portal *portal, const struct user *user)
{
    assert_int_equal(db_begin(portal->db), OK);
    assert_int_equal(member_index_drop(portal, user->id, 0), OK);
    assert_int_equal(profile_drop(portal->db, user->id), OK);
    assert_int_equal(db_commit(portal->db), OK);
}
