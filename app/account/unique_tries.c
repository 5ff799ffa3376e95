#include "account/unique_tries.h"

#include "account/profile.h"
#include "account/throttle.h"

enum { A_MINUTE = 60 };

static const struct bucket bucket = {"unique-tries", A_MINUTE};

static bool is_unique(const struct field *field)
{
    return field->unique || (field->standard && field->type == TYPE_USERNAME);
}

static bool tries(struct arena *arena, const struct user *user, const struct field *field, const json_t *raw)
{
    json_t *value = NULL;
    FieldProblem problem;
    if (!is_unique(field) || !field_clean(arena, field, raw, &value, &problem) || !value) return false;
    const json_t *own = field_value(user->profile, field);
    Str key = field_key(arena, field, value);
    return key.n && !(own && str_eq(key, field_key(arena, field, own)));
}

/* What the owner may not write is refused like a field that does not exist, however often: a count would tell that there is one. */
static Error may_write(struct portal *portal, const struct visit *visit, const struct user *user, const struct field *field, bool *out)
{
    struct subject subject;
    Error error = account_subject(portal, visit->arena, user, &subject);
    *out = !error && policy_level(&portal->directory.fields, field, &subject, ACTOR_OWNER, false).level >= LEVEL_ONCE;
    return error;
}

static Error count(struct portal *portal, const struct visit *visit, const struct user *user, int64_t *seconds)
{
    int64_t count = 0, until = 0;
    Str key = arena_print(visit->arena, "%lld", (long long)user->id);
    Error error = throttle_look(portal, visit, &bucket, key, &count, &until);
    if (!error && until <= visit->now) error = throttle_count(portal, visit, &bucket, key, &count, &until);
    if (error || (until <= visit->now && count <= portal->options->username_tries_per_minute)) return error;
    *seconds = until > visit->now ? until - visit->now : A_MINUTE;
    return until > visit->now ? OK : throttle_pause(portal, visit, &bucket, key, visit->now + A_MINUTE);
}

Error unique_tries_admit(struct portal *portal, const struct visit *visit, const struct user *user, const struct change *change,
                         const struct field **tried, int64_t *seconds)
{
    Error error = OK;
    *seconds = 0;
    for (size_t i = 0; !error && !*seconds && i < change->count; i++) {
        const struct field *field = field_find(&portal->directory.fields, change->items[i].field);
        bool writes = false;
        if (!field || !tries(visit->arena, user, field, change->items[i].value)) continue;
        error = may_write(portal, visit, user, field, &writes);
        if (error || !writes) continue;
        *tried = field;
        error = count(portal, visit, user, seconds);
    }
    return error;
}
