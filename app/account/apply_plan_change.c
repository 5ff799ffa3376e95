#include "account/apply_plan.h"
#include "model/user.h"

const struct plan_value *plan_value_named(const struct plan_user *wanted, const char *name)
{
    for (size_t i = 0; i < wanted->value_count; i++)
        if (str_is(wanted->values[i].field->name, name)) return &wanted->values[i];
    return NULL;
}

static bool are_equal(const json_t *a, const json_t *b)
{
    return a && b ? json_equal(a, b) : a == b;
}

static bool differs(const struct user *user, const struct plan_value *value)
{
    return !are_equal(field_value(user->profile, value->field), value->value);
}

/* A new address is unverified unless the same change says otherwise: then the flag is said even where it stays what it was. */
static bool goes_with(const struct plan_user *wanted, const struct user *user, const struct plan_value *value)
{
    const struct plan_value *address = NULL;
    if (str_is(value->field->name, "email_verified")) address = plan_value_named(wanted, "email");
    if (str_is(value->field->name, "phone_verified")) address = plan_value_named(wanted, "phone_number");
    return address && differs(user, address);
}

/* A key whose field the plan names is in the values. */
static bool is_value(struct arena *arena, const struct plan_user *wanted, size_t which, const char *key)
{
    return plan_value_named(wanted, place_at(arena, str_of(plan_loose[which]), key).p) != NULL;
}

static void put_loose(struct arena *arena, const struct plan_user *wanted, const struct user *user, size_t which, bool replaces,
                      struct change *change)
{
    const json_t *stored = json_object_get(user->profile, plan_loose[which]), *said = wanted->loose[which];
    json_t *changed = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)said, key, value)
        if (!are_equal(json_object_get(stored, key), json_is_null(value) ? NULL : value)) json_object_set(changed, key, value);
    if (replaces)
        json_object_foreach((json_t *)stored, key, value)
            if (!json_object_get(said, key) && !is_value(arena, wanted, which, key)) json_object_set_new(changed, key, json_null());
    if (json_object_size(changed)) change_put(change, str_of(plan_loose[which]), changed);
}

/* Only what differs: a rule that locks a field does not mind its being said again. */
void plan_change(struct arena *arena, const struct plan_user *wanted, const struct user *user, bool replaces, struct change *out)
{
    change_init(out, arena, ACTOR_OPERATOR);
    for (size_t i = 0; i < wanted->value_count; i++) {
        const struct plan_value *value = &wanted->values[i];
        if (differs(user, value) || goes_with(wanted, user, value))
            change_put(out, value->field->name, value->value ? value->value : json_null());
    }
    for (size_t i = 0; i < 2; i++)
        if (wanted->loose[i]) put_loose(arena, wanted, user, i, replaces, out);
}

bool plan_takes_hash(const struct plan_user *wanted, const struct user *user)
{
    if (!wanted->password_hash.p) return false;
    if (!user->password_hash.p) return true;
    return wanted->replaceable && !user->last_login_at && !str_eq(user->password_hash, wanted->password_hash);
}
