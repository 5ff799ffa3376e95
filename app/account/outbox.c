#include "account/outbox.h"

#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "model/identifier.h"
#include "store/stored_json.h"

enum { MESSAGE_ID_BYTES = 16, WORDS_MAX = 200 };

static const struct {
    const char *name, *channel;
} letters[LETTERS] = {
#define LETTER(name, channel) {#name, #channel},
#include "account/letters.def"
#undef LETTER
};

const char *letter_name(enum letter letter)
{
    return letters[letter].name;
}

bool letter_of(Str name, enum letter *out)
{
    for (size_t i = 0; i < LETTERS; i++) {
        if (!str_is(name, letters[i].name)) continue;
        *out = (enum letter)i;
        return true;
    }
    return false;
}

/* --- writing --- */

/* A payload opens only in its own row and for its own recipient: nobody who can write rows gets a link sent to himself. */
static Str binding_of(struct arena *arena, Str message_id, Str recipient)
{
    return arena_print(arena, "outbox.payload\n%.*s\n%.*s", STR_ARGS(message_id), STR_ARGS(recipient));
}

/* Addresses as they are kept, and no others: those are one line, without brackets, and mean one mailbox. */
static bool is_recipient(struct arena *arena, const char *channel, Str recipient)
{
    Str kept, key;
    if (!recipient.p) return false;
    bool parsed = strcmp(channel, "sms") == 0 ? phone_parse(arena, recipient, &kept) : email_parse(arena, recipient, &kept, &key);
    return parsed && str_eq(kept, recipient);
}

/* What goes to the account's own address or number is found by the account alone. */
static bool is_own(const struct outbox_wish *wish)
{
    static const char *const fields[] = {"email", "phone_number"};
    for (size_t i = 0; wish->user && i < sizeof fields / sizeof *fields; i++)
        if (str_eq(str_of(json_string_value(json_object_get(wish->user->profile, fields[i]))), wish->recipient)) return true;
    return false;
}

static Error add(struct portal *portal, const struct visit *visit, const struct outbox_wish *wish)
{
    struct arena *arena = visit->arena;
    const char *channel = letters[wish->letter].channel;
    const char *json = wish->payload ? json_dumps(wish->payload, JSON_COMPACT) : "{}";
    if (!json) return ERR_FAULT;
    Str id = hex_encode(arena, crypto_random(arena, MESSAGE_ID_BYTES));
    Str sealed = keys_seal(arena, portal->keys, str_of(json), binding_of(arena, id, wish->recipient));
    return db_run(portal->db, STMT_outbox_add,
                  DB_ARGS(db_text(id), db_text(str_of(channel)), db_text(str_of(letters[wish->letter].name)),
                          wish->user ? db_int(wish->user->id) : db_null(),
                          wish->organization ? db_int(wish->organization) : db_null(), db_text(wish->recipient),
                          db_text(wish->language.p ? wish->language : portal->options->default_language), db_blob(sealed),
                          db_int(visit->now), db_int(wish->expires_at), db_int(!is_own(wish))), NULL);
}

Error outbox_add(struct portal *portal, const struct visit *visit, const struct outbox_wish *wish)
{
    if (!db_in_transaction(portal->db)) {
        log_line(LOG_ERROR, "outbox_add was called outside a transaction");
        return ERR_FAULT;
    }
    if (!is_recipient(visit->arena, letters[wish->letter].channel, wish->recipient)) return ERR_INVALID;
    return add(portal, visit, wish);
}

/* --- reading --- */

enum message_column {             /* of outbox_due */
    MESSAGE_ROW, MESSAGE_ACCOUNT, MESSAGE_ORGANIZATION, MESSAGE_ATTEMPTS, MESSAGE_CREATED_AT, MESSAGE_DUE_AT, MESSAGE_EXPIRES_AT,
    MESSAGE_ID, MESSAGE_CHANNEL, MESSAGE_RECIPIENT, MESSAGE_LANGUAGE, MESSAGE_STATE, MESSAGE_LAST_ERROR, MESSAGE_KIND,
    MESSAGE_PAYLOAD
};

static Str copy(struct arena *arena, const struct rows *rows, int column)
{
    return arena_copy(arena, row_text(rows, column));
}

/* False: of a kind that this program does not know. *sealed: the payload as it is stored. */
static bool read_message(struct arena *arena, const struct rows *rows, struct message *out, Str *sealed)
{
    *out = (struct message){
        .id = row_int(rows, MESSAGE_ROW), .account = row_int(rows, MESSAGE_ACCOUNT),
        .organization = row_int(rows, MESSAGE_ORGANIZATION), .attempts = row_int(rows, MESSAGE_ATTEMPTS),
        .created_at = row_int(rows, MESSAGE_CREATED_AT), .due_at = row_int(rows, MESSAGE_DUE_AT),
        .expires_at = row_int(rows, MESSAGE_EXPIRES_AT), .message_id = copy(arena, rows, MESSAGE_ID),
        .channel = copy(arena, rows, MESSAGE_CHANNEL), .recipient = copy(arena, rows, MESSAGE_RECIPIENT),
        .language = copy(arena, rows, MESSAGE_LANGUAGE), .state = copy(arena, rows, MESSAGE_STATE),
        .last_error = copy(arena, rows, MESSAGE_LAST_ERROR),
    };
    *sealed = copy(arena, rows, MESSAGE_PAYLOAD);
    return letter_of(row_text(rows, MESSAGE_KIND), &out->letter);
}

static bool open_payload(struct portal *portal, struct arena *arena, struct message *message, Str sealed)
{
    Str json;
    Str binding = binding_of(arena, message->message_id, message->recipient);
    return keys_open_sealed(arena, portal->keys, sealed, binding, &json) &&
           stored_object(arena, json, "payload of message", message->message_id, &message->payload) == OK;
}

/* --- for the courier --- */

static int64_t due_after(const struct message *message, int64_t now)
{
    static const int64_t minutes[] = {1, 5, 15, 60};
    size_t last = sizeof minutes / sizeof *minutes - 1;
    size_t tried = message->attempts < (int64_t)last ? (size_t)message->attempts : last;
    int64_t due = now + minutes[tried] * 60;
    return due < message->expires_at ? due : message->expires_at;   /* where it is dropped at once, with the secret in it */
}

/* Of a statement that looks for messages: now, and which channels have a way. */
#define DUE_ARGS(portal, visit) \
    DB_ARGS(db_int((visit)->now), db_int((portal)->options->mail_url.n > 0), db_int((portal)->options->sms_url.n > 0))

/* Takes the one that is due longest as tried. *known: it can be sent. */
static Error claim_inside(struct portal *portal, const struct visit *visit, struct message *out, bool *known)
{
    struct rows rows;
    Str sealed;
    bool found = false;
    int64_t taken = 0;
    Error error = db_run(portal->db, STMT_outbox_expire, DB_ARGS(db_int(visit->now)), NULL);
    if (!error) error = db_select(portal->db, STMT_outbox_due, DUE_ARGS(portal, visit), &rows);
    if (error) return error;
    if ((found = row_next(&rows))) *known = read_message(visit->arena, &rows, out, &sealed);
    error = rows_end(&rows);
    if (error || !found) return error;
    int64_t due = due_after(out, visit->now);
    error = db_run(portal->db, STMT_outbox_try, DB_ARGS(db_int(out->id), db_int(out->attempts), db_int(due)), &taken);
    if (error || !taken) return error ? error : ERR_BUSY;
    out->attempts++;
    out->due_at = due;
    *known = *known && open_payload(portal, visit->arena, out, sealed);
    return OK;
}

static Error claim(struct portal *portal, const struct visit *visit, struct message *out, bool *known)
{
    *out = (struct message){0};
    *known = false;
    Error error = db_begin(portal->db);
    if (error) return error;
    error = claim_inside(portal, visit, out, known);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

/* Asked outside of a transaction: an empty queue keeps no writer waiting. */
static Error is_waiting(struct portal *portal, const struct visit *visit)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_outbox_waits, DUE_ARGS(portal, visit), &rows);
    if (error) return error;
    bool waiting = row_next(&rows);
    error = rows_end(&rows);
    return error || waiting ? error : ERR_NOT_FOUND;
}

/* One that cannot be opened waits for its next time: with the right key file back, nothing is lost. */
Error outbox_next(struct portal *portal, const struct visit *visit, struct message *out)
{
    for (;;) {
        bool known;
        Error error = is_waiting(portal, visit);
        if (!error) error = claim(portal, visit, out, &known);
        if (error || known) return error;
        if (!out->id) return ERR_NOT_FOUND;
        log_line(LOG_ERROR, "message %.*s cannot be opened with this key file", STR_ARGS(out->message_id));
        error = outbox_failed(portal, visit, out, STR("cannot be opened with this key file"));
        if (error) return error;
    }
}

static Value words_of(Str words)
{
    return db_text(words.p ? str_first(words, WORDS_MAX) : STR(""));
}

static Str address_hash(struct portal *portal, struct arena *arena, Str address)
{
    Str kept, key;
    if (!email_parse(arena, address, &kept, &key)) key = address;
    return keys_mac(arena, portal->keys, KEY_ARTEFACT, arena_print(arena, "bouncing\n%.*s", STR_ARGS(key)));
}

/* What an end of a message says about its address. */
enum news { NEWS_NONE, NEWS_DELIVERS, NEWS_BOUNCES };

static Error note_address(struct portal *portal, const struct visit *visit, Str address, enum news news)
{
    if (news == NEWS_NONE) return OK;
    Value hash = db_blob(address_hash(portal, visit->arena, address));
    if (news == NEWS_DELIVERS) return db_run(portal->db, STMT_bouncing_drop, DB_ARGS(hash), NULL);
    return db_run(portal->db, STMT_bouncing_add, DB_ARGS(hash, db_int(visit->now)), NULL);
}

static Error finish(struct portal *portal, const struct visit *visit, const struct message *message, const char *state, Str words,
                    enum news news)
{
    Error error = db_begin(portal->db);
    if (error) return error;
    error = db_run(portal->db, STMT_outbox_finish,
                   DB_ARGS(db_int(message->id), db_text(str_of(state)), db_int(visit->now), words_of(words)), NULL);
    if (!error) error = note_address(portal, visit, message->recipient, news);
    if (!error) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error outbox_sent(struct portal *portal, const struct visit *visit, const struct message *message)
{
    return finish(portal, visit, message, "sent", STR_NONE, NEWS_DELIVERS);
}

Error outbox_failed(struct portal *portal, const struct visit *visit, const struct message *message, Str words)
{
    (void)visit;
    return db_run(portal->db, STMT_outbox_note, DB_ARGS(db_int(message->id), words_of(words)), NULL);
}

Error outbox_dropped(struct portal *portal, const struct visit *visit, const struct message *message, Str words, bool bouncing)
{
    return finish(portal, visit, message, "dropped", words, bouncing ? NEWS_BOUNCES : NEWS_NONE);
}

Error address_forgive(struct portal *portal, struct arena *arena, Str address)
{
    return db_run(portal->db, STMT_bouncing_drop, DB_ARGS(db_blob(address_hash(portal, arena, address))), NULL);
}

Error address_is_bouncing(struct portal *portal, struct arena *arena, Str address, bool *out)
{
    struct rows rows;
    *out = false;
    Error error = db_select(portal->db, STMT_bouncing_get, DB_ARGS(db_blob(address_hash(portal, arena, address))), &rows);
    if (error) return error;
    *out = row_next(&rows);
    return rows_end(&rows);
}
