#include "account/user_object.h"

#include "base/clock.h"
#include "model/strategy.h"

static json_t *text_of(Str text)
{
    return json_stringn(text.p ? text.p : "", text.n);
}

static json_t *time_of(struct arena *arena, int64_t seconds)
{
    return text_of(clock_iso(arena, seconds));
}

static json_t *identity_of(const struct connection *connection, const struct user *user)
{
    Str id = user->user_id, provider = str_cut(&id, '|');
    const struct strategy *strategy = strategy_find(provider);
    json_t *identity = json_object();
    json_object_set_new(identity, "connection", text_of(connection ? connection->source.name : STR_NONE));
    json_object_set_new(identity, "provider", text_of(provider));
    json_object_set_new(identity, "user_id", text_of(id));
    json_object_set_new(identity, "isSocial", json_boolean(strategy && strategy->kind == STRATEGY_SOCIAL));
    return identity;
}

json_t *user_object(struct arena *arena, const struct directory *directory, const struct user *user)
{
    json_t *object = json_object(), *identities = json_array();
    json_object_set_new(object, "user_id", text_of(user->user_id));
    json_object_update(object, user->profile);
    if (json_object_get(object, "email") && !json_object_get(object, "email_verified"))
        json_object_set_new(object, "email_verified", json_false());
    json_array_append_new(identities, identity_of(directory_connection(directory, user->connection), user));
    json_object_set_new(object, "identities", identities);
    if (user->blocked) json_object_set_new(object, "blocked", json_true());
    json_object_set_new(object, "created_at", time_of(arena, user->created_at));
    json_object_set_new(object, "updated_at", time_of(arena, user->updated_at));
    if (user->last_login_at) json_object_set_new(object, "last_login", time_of(arena, user->last_login_at));
    if (user->password_changed_at) json_object_set_new(object, "last_password_reset", time_of(arena, user->password_changed_at));
    json_object_set_new(object, "logins_count", json_integer(user->logins_count));
    return object;
}
