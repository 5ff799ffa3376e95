#include "account/artefact.h"

#include "base/encode.h"
#include "base/log.h"
#include "store/stored_json.h"

enum { LINK_LENGTH = 43, CODE_LENGTH = 6, CODES = 1000000, MOST_TRIES = 5, MOST_DRAWS = 8, SWEPT_AT_ONCE = 500 };

static const struct {
    const char *name;             /* in the store, and part of what is hashed */
    bool code;
    bool lasting;                 /* outlives epochs and newer ones of its kind */
} purposes[PURPOSES] = {
    [PURPOSE_PASSWORD_RESET] = {.name = "password_reset"},
    [PURPOSE_EMAIL_VERIFY] = {.name = "email_verify"},
    [PURPOSE_EMAIL_CHANGE] = {.name = "email_change"},
    [PURPOSE_EMAIL_REVERT] = {.name = "email_revert", .lasting = true},
    [PURPOSE_ACCOUNT_DELETE] = {.name = "account_delete"},
    [PURPOSE_PHONE_CHANGE] = {.name = "phone_change", .code = true},
};

static Value name_of(enum purpose purpose)
{
    return db_text(str_of(purposes[purpose].name));
}

/* What has to stand and fall with something else must not be written on its own. */
static Error check_inside(const struct portal *portal, const char *call)
{
    if (db_in_transaction(portal->db)) return OK;
    log_line(LOG_ERROR, "%s was called outside a transaction", call);
    return ERR_FAULT;
}

/* A link's secret stands for itself, a code only together with its account. No line feed can come out of a secret, so no text
   that is hashed here is ever that of another purpose. */
static Str hash_of(struct portal *portal, struct arena *arena, enum purpose purpose, int64_t account, Str secret)
{
    Str named = purposes[purpose].code
                    ? arena_print(arena, "%s\n%lld\n%.*s", purposes[purpose].name, (long long)account, STR_ARGS(secret))
                    : arena_print(arena, "%s\n%.*s", purposes[purpose].name, STR_ARGS(secret));
    return keys_mac(arena, portal->keys, KEY_ARTEFACT, named);
}

/* A row stands where its hash says, so that no index of its own has to lead there. Never negative. */
static Value id_of(Str hash)
{
    uint64_t id = 0;
    for (size_t i = 0; i < sizeof id; i++) id = id << 8 | (unsigned char)hash.p[i];
    return db_int((int64_t)(id >> 1));
}

/* --- making --- */

static Str draw_code(struct arena *arena)
{
    Str random = crypto_random(arena, sizeof(uint64_t));
    uint64_t number = 0;
    for (size_t i = 0; i < random.n; i++) number = number << 8 | (unsigned char)random.p[i];
    return arena_print(arena, "%0*u", CODE_LENGTH, (unsigned)(number % CODES));
}

static Str draw(struct arena *arena, enum purpose purpose)
{
    return purposes[purpose].code ? draw_code(arena) : base64url_encode(arena, crypto_random(arena, SECRET_BYTES));
}

static Error add(struct portal *portal, const struct visit *visit, const struct artefact_wish *wish, Str secret, int64_t *added)
{
    struct arena *arena = visit->arena;
    Str hash = hash_of(portal, arena, wish->purpose, wish->user->id, secret);
    char *data = wish->data ? json_dumps(wish->data, JSON_COMPACT) : NULL;
    return db_run(portal->db, STMT_artefact_add,
                  DB_ARGS(name_of(wish->purpose), db_blob(hash), db_int(wish->user->id),
                          wish->organization ? db_int(wish->organization) : db_null(),
                          db_text(wish->value.p ? wish->value : STR("")), db_text(data ? str_of(data) : STR("{}")),
                          db_int(wish->user->epoch), db_int(visit->now), db_int(visit->now + wish->seconds), id_of(hash)), added);
}

Error artefact_make(struct portal *portal, const struct visit *visit, const struct artefact_wish *wish, Str *secret)
{
    Error error = check_inside(portal, "artefact_make");
    if (!error && !purposes[wish->purpose].lasting) error = artefact_cancel(portal, visit, wish->purpose, wish->user->id);
    /* A code may have been drawn for this account before; a link's secret never was. */
    for (int draws = 0; !error && draws < MOST_DRAWS; draws++) {
        int64_t added = 0;
        Str drawn = draw(visit->arena, wish->purpose);
        error = add(portal, visit, wish, drawn, &added);
        if (error || !added) continue;
        *secret = drawn;
        return OK;
    }
    return error ? error : ERR_BUSY;
}

/* --- looking --- */

enum artefact_column {            /* ARTEFACT_COLUMNS */
    ARTEFACT_ID, ARTEFACT_ACCOUNT, ARTEFACT_ORGANIZATION, ARTEFACT_VALUE, ARTEFACT_DATA, ARTEFACT_CREATED_AT, ARTEFACT_EXPIRES_AT,
    ARTEFACT_TRIES, ARTEFACT_HASH, ARTEFACT_NUMBER
};

static Error read_artefact(struct arena *arena, const struct rows *rows, enum purpose purpose, struct artefact *out)
{
    json_t *data = NULL;
    *out = (struct artefact){
        .id = row_int(rows, ARTEFACT_ID), .account = row_int(rows, ARTEFACT_ACCOUNT),
        .organization = row_int(rows, ARTEFACT_ORGANIZATION), .purpose = purpose,
        .value = arena_copy(arena, row_text(rows, ARTEFACT_VALUE)), .created_at = row_int(rows, ARTEFACT_CREATED_AT),
        .expires_at = row_int(rows, ARTEFACT_EXPIRES_AT), .tries = row_int(rows, ARTEFACT_TRIES),
        .number = row_int(rows, ARTEFACT_NUMBER),
    };
    Str name = str_of(purposes[purpose].name);
    Error error = stored_object(arena, row_text(rows, ARTEFACT_DATA), "data of an artefact", name, &data);
    out->data = data;
    return error;
}

/* `hash` may be NULL. */
static Error read_one(const struct visit *visit, struct rows *rows, enum purpose purpose, struct artefact *out, Str *hash)
{
    Error found = ERR_NOT_FOUND;
    if (row_next(rows)) {
        found = read_artefact(visit->arena, rows, purpose, out);
        if (hash) *hash = arena_copy(visit->arena, row_text(rows, ARTEFACT_HASH));
    }
    Error error = rows_end(rows);
    return error ? error : found;
}

static Error look(struct portal *portal, const struct visit *visit, enum purpose purpose, Str hash, struct artefact *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_artefact_get,
                            DB_ARGS(db_blob(hash), name_of(purpose), db_int(visit->now), db_int(purposes[purpose].lasting),
                                    db_int(MOST_TRIES), id_of(hash)), &rows);
    return error ? error : read_one(visit, &rows, purpose, out, NULL);
}

static Error look_of_account(struct portal *portal, const struct visit *visit, enum purpose purpose, int64_t account,
                             struct artefact *out, Str *hash)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_artefact_get_of_account,
                            DB_ARGS(db_int(account), name_of(purpose), db_int(visit->now), db_int(purposes[purpose].lasting),
                                    db_int(MOST_TRIES)), &rows);
    return error ? error : read_one(visit, &rows, purpose, out, hash);
}

/* Only what was handed out, byte for byte: no padding, no other spelling of the same bytes, never a code without its account. */
static bool is_link_secret(struct arena *arena, enum purpose purpose, Str secret)
{
    Str bytes;
    if (purposes[purpose].code || secret.n != LINK_LENGTH) return false;
    return base64url_decode(arena, secret, &bytes) && bytes.n == SECRET_BYTES;
}

Error artefact_find(struct portal *portal, const struct visit *visit, enum purpose purpose, Str secret, struct artefact *out)
{
    if (!is_link_secret(visit->arena, purpose, secret)) return ERR_EXPIRED;
    Str hash = hash_of(portal, visit->arena, purpose, 0, secret);
    Error error = look(portal, visit, purpose, hash, out);
    return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
}

Error artefact_pending(struct portal *portal, const struct visit *visit, enum purpose purpose, int64_t account,
                       struct artefact *out)
{
    return look_of_account(portal, visit, purpose, account, out, NULL);
}

/* --- using --- */

static Error cancel_after(struct portal *portal, const struct visit *visit, enum purpose purpose, int64_t account, int64_t after)
{
    return db_run(portal->db, STMT_artefact_cancel,
                  DB_ARGS(db_int(account), name_of(purpose), db_int(visit->now), db_int(after)), NULL);
}

Error artefact_cancel(struct portal *portal, const struct visit *visit, enum purpose purpose, int64_t account)
{
    Error error = check_inside(portal, "artefact_cancel");
    return error ? error : cancel_after(portal, visit, purpose, account, 0);
}

Error artefact_take(struct portal *portal, const struct visit *visit, const struct artefact *artefact)
{
    int64_t used = 0;
    bool lasting = purposes[artefact->purpose].lasting;
    Error error = check_inside(portal, "artefact_take");
    if (error) return error;
    error = db_run(portal->db, STMT_artefact_use,
                   DB_ARGS(db_int(artefact->id), name_of(artefact->purpose), db_int(visit->now), db_int(lasting)), &used);
    if (error) return error;
    if (!used) return ERR_EXPIRED;
    return lasting ? cancel_after(portal, visit, artefact->purpose, artefact->account, artefact->number) : OK;
}

/* --- codes --- */

/* However many come at the same moment: each counts before it is compared, and only so many can be counted. */
static Error try_inside(struct portal *portal, const struct visit *visit, enum purpose purpose, int64_t account, Str code,
                        struct artefact *out, bool *fits)
{
    Str hash;
    int64_t counted = 0;
    Error error = look_of_account(portal, visit, purpose, account, out, &hash);
    if (error) return error;
    error = db_run(portal->db, STMT_artefact_count_try, DB_ARGS(db_int(out->id), db_int(MOST_TRIES)), &counted);
    if (error || !counted) return error ? error : ERR_NOT_FOUND;
    out->tries = MOST_TRIES - out->tries - 1;
    *fits = crypto_equal(hash, hash_of(portal, visit->arena, purpose, account, code));
    return *fits ? artefact_take(portal, visit, out) : OK;
}

Error artefact_try_code(struct portal *portal, const struct visit *visit, enum purpose purpose, int64_t account, Str code,
                        struct artefact *out)
{
    bool fits = false, own = !db_in_transaction(portal->db);
    Error error = own ? db_begin(portal->db) : OK;
    if (error) return error;
    error = try_inside(portal, visit, purpose, account, code, out, &fits);
    if (!error && own) error = db_commit(portal->db);
    else if (own) db_rollback(portal->db);
    if (error) return error == ERR_NOT_FOUND ? ERR_EXPIRED : error;
    if (fits) return OK;
    return out->tries > 0 ? ERR_DENIED : ERR_EXPIRED;
}

/* --- clearing away --- */

/* *ended: one of them is over. */
static Error walk(struct db *db, int64_t now, int64_t from, int64_t *last, size_t *count, bool *ended)
{
    struct rows rows;
    Error error = db_select(db, STMT_artefact_walk, DB_ARGS(db_int(from), db_int(SWEPT_AT_ONCE)), &rows);
    if (error) return error;
    for (*count = 0; row_next(&rows); ++*count) {
        *last = row_int(&rows, 0);
        if (row_int(&rows, 1) <= now) *ended = true;
    }
    return rows_end(&rows);
}

Error artefact_sweep(struct db *db, int64_t now, int64_t *from, bool *more)
{
    int64_t last = 0;
    size_t count = 0;
    bool ended = false;
    *more = false;
    Error error = walk(db, now, *from, &last, &count, &ended);
    if (!error && ended) error = db_run(db, STMT_artefact_sweep, DB_ARGS(db_int(*from), db_int(last), db_int(now)), NULL);
    *more = !error && count == SWEPT_AT_ONCE && last < INT64_MAX;
    *from = *more ? last + 1 : 0;
    return error;
}
