#include "account/erase_traces.h"

#include "account/outbox.h"
#include "account/sign_in_lift.h"
#include "account/throttle.h"
#include "model/identifier.h"

enum { ADDRESSES = 16 };

struct traces {
    struct portal *portal;
    const struct visit *visit;
    const struct user *user;
    Str addresses[ADDRESSES];     /* proven ones */
    size_t count;
};

static Str address_of(const struct user *user)
{
    const json_t *text = json_object_get(user->profile, "email");
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR("");
}

static void add_address(struct traces *traces, Str address)
{
    if (address.n && traces->count < ADDRESSES) traces->addresses[traces->count++] = arena_copy(traces->visit->arena, address);
}

static Error collect_addresses(struct traces *traces)
{
    struct rows rows;
    bool proven = json_is_true(json_object_get(traces->user->profile, "email_verified"));
    if (proven) add_address(traces, address_of(traces->user));
    Error error = db_select(traces->portal->db, STMT_erase_old_addresses, DB_ARGS(db_int(traces->user->id)), &rows);
    if (error) return error;
    while (row_next(&rows)) add_address(traces, row_text(&rows, 0));
    return rows_end(&rows);
}

static Error erase_address(struct traces *traces, Str address)
{
    Str kept, key;
    struct db *db = traces->portal->db;
    Error error = db_run(db, STMT_erase_messages, DB_ARGS(db_text(address)), NULL);
    if (error || !email_parse(traces->visit->arena, address, &kept, &key)) return error;
    error = db_run(db, STMT_erase_invitations, DB_ARGS(db_text(key)), NULL);
    return error ? error : address_forgive(traces->portal, traces->visit->arena, address);
}

/* Buckets that count by the number of the account, in the words of whoever counts there. */
static Error forget_counters(const struct traces *traces)
{
    static const struct {
        struct bucket bucket;
        const char *before;
    } counted[] = {
        {{"reset", 1}, "account "}, {{"confirm", 1}, ""}, {{"code-tries", 1}, ""}, {{"unique-tries", 1}, ""}, {{"desk-taken", 1}, ""},
        {{"proof-account", 1}, ""}, {{"sign-in-lift", 1}, ""}, {{"deletion", 1}, ""},
    };
    /* Ends the pauses that go by what the person signs in with, and counts that itself. */
    Error error = sign_in_lift(traces->portal, traces->visit, traces->user);
    for (size_t i = 0; !error && i < sizeof counted / sizeof *counted; i++) {
        Str key = arena_print(traces->visit->arena, "%s%lld", counted[i].before, (long long)traces->user->id);
        error = throttle_forget(traces->portal, traces->visit, &counted[i].bucket, key);
    }
    return error;
}

static Error rename_person(const struct traces *traces, Str pseudonym)
{
    struct db *db = traces->portal->db;
    Value user_id = db_text(traces->user->user_id), name = db_text(pseudonym);
    Error error = db_run(db, STMT_erase_invitation_of, DB_ARGS(db_int(traces->user->id)), NULL);
    if (!error) error = db_run(db, STMT_erase_inviter, DB_ARGS(user_id, name), NULL);
    return error ? error : db_run(db, STMT_erase_decider, DB_ARGS(user_id, name), NULL);
}

Error erase_traces(struct portal *portal, const struct visit *visit, const struct user *user, Str pseudonym)
{
    struct traces traces = {.portal = portal, .visit = visit, .user = user};
    Error error = collect_addresses(&traces);
    for (size_t i = 0; !error && i < traces.count; i++) error = erase_address(&traces, traces.addresses[i]);
    if (!error) error = forget_counters(&traces);
    return error ? error : rename_person(&traces, pseudonym);
}
