#include "account/signup.h"

#include "account/artefact.h"
#include "account/look.h"
#include "account/outbox.h"
#include "account/profile.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/text_marker.h"
#include "store/user_store.h"

enum { PER_NETWORK = 50, A_MINUTE = 60, A_DAY = 86400 };

static const struct bucket network_bucket = {"sign-up-network", A_MINUTE};
static const struct bucket address_bucket = {"sign-up-address", A_DAY};

struct joining {
    struct portal *portal;
    const struct visit *visit;
    const struct signup_wish *wish;
    const struct field *email;
    const struct decided *decided;
    Str hash;
};

static void refuse(struct arena *arena, const struct field *field, const char *message, Signup *out)
{
    struct refusal *refusal = ARENA_NEW(arena, struct refusal);
    *refusal = (struct refusal){.field = field->name, .known = field, .kind = REFUSED_INVALID, .problem = {.message = message}};
    if (out->refusals.last) out->refusals.last->next = refusal;
    else out->refusals.first = refusal;
    out->refusals.last = refusal;
    out->refusals.count++;
}

/* --- what is wrong with it --- */

static const json_t *value_in(const struct change *change, const char *name)
{
    for (size_t i = 0; i < change->count; i++)
        if (str_is(change->items[i].field, name)) return change->items[i].value;
    return NULL;
}

/* The policy looks for the person's own words in the password, so it needs what they are about to be called. */
static struct user as_person(const struct joining *joining)
{
    struct user user = {.connection = joining->wish->connection->id};
    const json_t *email = value_in(joining->wish->change, "email");
    if (joining->decided) user.profile = json_deep_copy(decided_profile(joining->decided));
    else user.profile = json_is_string(email) ? json_pack("{s:O}", "email", email) : json_object();
    return user;
}

static Error decide(struct joining *joining, Signup *out)
{
    struct portal *portal = joining->portal;
    struct subject subject = {.connection = &joining->wish->connection->source};
    joining->email = field_find(&portal->directory.fields, STR("email"));
    Error error = policy_decide(&portal->directory.fields, &subject, joining->wish->change, &out->refusals, &joining->decided);
    return error == ERR_DENIED || error == ERR_INVALID ? OK : error;
}

static Error check(struct joining *joining, Signup *out)
{
    const struct signup_wish *wish = joining->wish;
    Error error = decide(joining, out);
    if (error) return error;
    const json_t *email = value_in(wish->change, "email");
    if (!json_string_length(email))
        refuse(joining->visit->arena, joining->email, N_("Fill this in; it cannot stay empty."), out);
    struct user user = as_person(joining);
    error = password_policy_look(joining->portal, joining->visit, &user, wish->password, out->reasons, &out->count);
    out->outcome = out->refusals.count || out->count ? SIGNUP_REFUSED : SIGNUP_DONE;
    return error;
}

Error signup_check(struct portal *portal, const struct visit *visit, const struct signup_wish *wish, Signup *out)
{
    struct joining joining = {.portal = portal, .visit = visit, .wish = wish};
    *out = (Signup){0};
    return check(&joining, out);
}

/* --- counting --- */

static Error admit_inside(const struct joining *joining, int64_t *wait)
{
    struct portal *portal = joining->portal;
    const struct visit *visit = joining->visit;
    Str network = throttle_network(visit->arena, visit->peer);
    int64_t count, until;
    Error error = throttle_look(portal, visit, &network_bucket, network, &count, &until);
    if (error || until > visit->now) {
        *wait = until - visit->now;
        return error;
    }
    error = throttle_count(portal, visit, &network_bucket, network, &count, &until);
    if (error || count < PER_NETWORK) return error;
    return throttle_pause(portal, visit, &network_bucket, network, visit->now + A_MINUTE);
}

static Error admit(const struct joining *joining, int64_t *wait)
{
    *wait = 0;
    Error error = db_begin(joining->portal->db);
    if (error) return error;
    error = admit_inside(joining, wait);
    if (!error) return db_commit(joining->portal->db);
    db_rollback(joining->portal->db);
    return error;
}

/* --- the letter --- */

static Str text_of(const struct user *user, const char *field)
{
    return str_of(json_string_value(json_object_get(user->profile, field)));
}

static void put_text(json_t *object, const char *key, Str text)
{
    json_object_set_new(object, key, json_stringn(text.p ? text.p : "", text.n));
}

static Error write_letter(const struct joining *joining, const struct user *user, enum letter letter, Str link)
{
    const struct visit *visit = joining->visit;
    json_t *payload = json_object();
    put_text(payload, "value", text_of(user, "email"));
    put_text(payload, "link", link);
    put_text(payload, "peer", visit->peer);
    json_object_set_new(payload, "at", json_integer(visit->now));
    return outbox_add(joining->portal, visit,
                      &(struct outbox_wish){.letter = letter, .user = user, .recipient = text_of(user, "email"),
                                            .organization = joining->wish->organization, .language = joining->wish->language,
                                            .payload = payload,
                                            .expires_at = visit->now + joining->portal->options->email_link_seconds});
}

static Error write_link(const struct joining *joining, const struct user *user)
{
    Str secret;
    json_t *data = json_object();
    put_text(data, "from", text_of(user, "email"));
    Error error = artefact_make(joining->portal, joining->visit,
                                &(struct artefact_wish){.purpose = PURPOSE_EMAIL_VERIFY, .user = user, .data = data,
                                                        .organization = joining->wish->organization,
                                                        .value = text_of(user, "email"),
                                                        .seconds = joining->portal->options->email_link_seconds}, &secret);
    if (error) return error;
    Str link = arena_print(joining->visit->arena, "/email/confirm?token=%.*s", STR_ARGS(secret));
    return write_letter(joining, user, LETTER_email_verify, link);
}

/* --- making it --- */

static Error put(const struct joining *joining, struct user *user)
{
    struct portal *portal = joining->portal;
    const struct visit *visit = joining->visit;
    Commit commit;
    Error error = account_create(portal, visit, joining->wish->connection, STR_NONE, joining->wish->change, &commit);
    if (error) return error;
    if (commit.outcome != COMMIT_DONE) return ERR_FAULT;
    error = db_run(portal->db, STMT_account_password,
                   DB_ARGS(db_int(commit.user.id), db_text(joining->hash), db_int(visit->now)), NULL);
    return error ? error : user_get(portal->db, visit->arena, commit.user.id, user);
}

static Error make(const struct joining *joining)
{
    struct user user;
    Error error = put(joining, &user);
    if (!error)
        error = db_run(joining->portal->db, STMT_account_unproven, DB_ARGS(db_int(user.id), db_int(joining->visit->now)), NULL);
    return error ? error : write_link(joining, &user);
}

/* The letter goes to the address as that account has it, never to another spelling of it. The account is of a connection that the
   organization enables, so the organization's own sign-in page lets it in. */
static Error tell(const struct joining *joining, int64_t account)
{
    struct user user;
    struct look look;
    bool bouncing = false;
    struct arena *arena = joining->visit->arena;
    Error error = user_get(joining->portal->db, arena, account, &user);
    if (!error) error = address_is_bouncing(joining->portal, arena, text_of(&user, "email"), &bouncing);
    if (!error) error = look_of(joining->portal, arena, joining->wish->organization, &look);
    if (!error && !bouncing) error = write_letter(joining, &user, LETTER_signup_exists, look_path(arena, &look, "/login"));
    if (error) return error;
    return account_audit_refused(joining->portal, joining->visit, ACTOR_OWNER, &user, "account.create", STR("exists"));
}

static Error find(const struct joining *joining, const struct field *field, const json_t *value, int64_t *account)
{
    struct rows rows;
    Str key = field_key(joining->visit->arena, field, value);
    *account = 0;
    Error error = db_select(joining->portal->db, STMT_identifier_get,
                            DB_ARGS(db_int(joining->wish->connection->id), db_text(field->name), db_text(key)), &rows);
    if (error) return error;
    if (row_next(&rows)) *account = row_int(&rows, 0);
    return rows_end(&rows);
}

/* Other values that nobody may share are looked at whether or not the address is known: a refusal must not tell that apart. */
static Error find_taken(const struct joining *joining, Signup *out)
{
    size_t count;
    const struct decided_field *fields = decided_fields(joining->decided, &count);
    for (size_t i = 0; i < count; i++) {
        int64_t account = 0;
        const struct field *field = fields[i].field;
        if (field == joining->email || !field->unique || !fields[i].after) continue;
        Error error = find(joining, field, fields[i].after, &account);
        if (error) return error;
        if (account) refuse(joining->visit->arena, field, N_("Somebody else uses this already. Choose another one."), out);
    }
    out->outcome = out->refusals.count ? SIGNUP_REFUSED : SIGNUP_DONE;
    return OK;
}

static Error make_inside(const struct joining *joining, Signup *out)
{
    struct portal *portal = joining->portal;
    const struct visit *visit = joining->visit;
    const json_t *address = field_value(decided_profile(joining->decided), joining->email);
    int64_t account = 0, count, until;
    Error error = find_taken(joining, out);
    if (error || out->outcome == SIGNUP_REFUSED) return error;
    Str key = field_key(visit->arena, joining->email, address);
    error = throttle_count(portal, visit, &address_bucket, key, &count, &until);
    if (!error) error = find(joining, joining->email, address, &account);
    if (error || count > portal->options->verification_mails_per_day) return error;
    return account ? tell(joining, account) : make(joining);
}

Error signup_make(struct portal *portal, const struct visit *visit, const struct signup_wish *wish, Signup *out)
{
    struct joining joining = {.portal = portal, .visit = visit, .wish = wish};
    *out = (Signup){0};
    Error error = check(&joining, out);
    if (error || out->outcome == SIGNUP_REFUSED) return error;
    error = admit(&joining, &out->retry_after);
    if (error || out->retry_after) {
        out->outcome = SIGNUP_WAIT;
        return error;
    }
    error = hashing_make(&portal->hashing, visit->arena, wish->password, &joining.hash);
    if (!error) error = db_begin(portal->db);
    if (error) return error;
    error = make_inside(&joining, out);
    if (!error && out->outcome == SIGNUP_DONE) return db_commit(portal->db);
    db_rollback(portal->db);
    return error;
}

Error signup_put(struct portal *portal, const struct visit *visit, const struct signup_wish *wish, Str hash, Signup *out,
                 int64_t *account)
{
    struct joining joining = {.portal = portal, .visit = visit, .wish = wish, .hash = hash};
    struct user user;
    int64_t before = 0;
    *out = (Signup){0};
    *account = 0;
    Error error = decide(&joining, out);
    if (error || !joining.decided) return error;
    error = find_taken(&joining, out);
    if (error || out->outcome == SIGNUP_REFUSED) return error;
    error = find(&joining, joining.email, field_value(decided_profile(joining.decided), joining.email), &before);
    if (!error && before) out->outcome = SIGNUP_EXISTS;
    if (error || before) return error;
    error = put(&joining, &user);
    if (!error) *account = user.id;
    return error;
}
