#include "account/user_object.h"

#include "base/clock.h"
#include "model/strategy.h"

/* What a walk over the text has found; strings and brackets are all it knows of JSON. */
struct glance {
    bool has_email, has_verified;
};

/* Behind the closing quote, or NULL: it does not end, or has control characters. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++) {
        if ((unsigned char)*at < ' ') return NULL;
        if (*at == '\\') at++;
    }
    return at < end ? at + 1 : NULL;
}

static void note_key(struct glance *glance, Str key)
{
    if (str_is(key, "\"email\"")) glance->has_email = true;
    if (str_is(key, "\"email_verified\"")) glance->has_verified = true;
}

/* One object and nothing behind it, written compactly. */
static bool look(Str profile, struct glance *out)
{
    const char *at = profile.p, *end = profile.p + profile.n;
    int depth = 0;
    *out = (struct glance){false, false};
    if (profile.n < 2 || *at != '{') return false;
    while (at < end) {
        const char *from = at;
        if (*at == '"' && !(at = skip_string(at, end))) return false;
        if (*from == '"') {
            if (depth == 1 && at < end && *at == ':') note_key(out, (Str){from, (size_t)(at - from)});
            continue;
        }
        if ((unsigned char)*at <= ' ') return false;
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        at++;
        if (depth == 0) break;
    }
    return depth == 0 && at == end && end[-1] == '}';
}

static bool needs_no_escape(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == '"' || text.p[i] == '\\') return false;
    return true;
}

static void add_time(struct text *out, const char *key, int64_t seconds)
{
    Str time = clock_iso(out->arena, seconds);
    text_add(out, str_of(key));
    text_add(out, time);
    text_add(out, STR("\""));
}

static void add_identity(struct text *out, const struct connection *connection, const struct user *user)
{
    Str id = user->user_id, provider = str_cut(&id, '|');
    const struct strategy *strategy = strategy_find(provider);
    text_add(out, STR(",\"identities\":[{\"connection\":\""));
    text_add(out, connection->source.name);
    text_add(out, STR("\",\"provider\":\""));
    text_add(out, provider);
    text_add(out, STR("\",\"user_id\":\""));
    text_add(out, id);
    text_add(out, strategy && strategy->kind == STRATEGY_SOCIAL ? STR("\",\"isSocial\":true}]") : STR("\",\"isSocial\":false}]"));
}

bool user_object_text(struct text *out, const struct directory *directory, const struct user *user, Str profile)
{
    struct glance glance;
    const struct connection *connection = directory_connection(directory, user->connection);
    if (!connection || !needs_no_escape(connection->source.name) || !needs_no_escape(user->user_id) || !look(profile, &glance)) return false;
    text_add(out, STR("{\"user_id\":\""));
    text_add(out, user->user_id);
    text_add(out, profile.n > 2 ? STR("\",") : STR("\""));
    text_add(out, (Str){profile.p + 1, profile.n - 2});
    if (glance.has_email && !glance.has_verified) text_add(out, STR(",\"email_verified\":false"));
    add_identity(out, connection, user);
    if (user->blocked) text_add(out, STR(",\"blocked\":true"));
    add_time(out, ",\"created_at\":\"", user->created_at);
    add_time(out, ",\"updated_at\":\"", user->updated_at);
    if (user->last_login_at) add_time(out, ",\"last_login\":\"", user->last_login_at);
    if (user->password_changed_at) add_time(out, ",\"last_password_reset\":\"", user->password_changed_at);
    text_print(out, ",\"logins_count\":%lld}", (long long)user->logins_count);
    return true;
}
