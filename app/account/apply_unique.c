#include "account/applying.h"

#include "account/shape.h"
#include "base/json_memory.h"
#include "store/profile.h"
#include "store/user_store.h"

enum { PAGE = 200 };

static const json_t *definition_before(const struct apply_known *before, Str name)
{
    for (size_t i = 0; i < json_array_size(before->definitions); i++) {
        const json_t *definition = json_array_get(before->definitions, i);
        if (str_eq(json_str(json_object_get(definition, "name")), name)) return definition;
    }
    return NULL;
}

static bool is_unique(const json_t *definition)
{
    return json_is_true(json_object_get(definition, "unique"));
}

/* A value's key depends on the field's type; values that were there before the field was defined count too. */
static bool needs_index(const struct plan_definition *wanted, const struct apply_known *known)
{
    const json_t *before = definition_before(known, wanted->name), *after = wanted->definition;
    if (is_unique(before) != is_unique(after)) return true;
    return is_unique(after) && !json_equal(json_object_get(before, "type"), json_object_get(after, "type"));
}

static Str place_of(const struct applying *applying, const struct field *field)
{
    for (size_t i = 0; i < applying->plan->definition_count; i++)
        if (str_eq(applying->plan->definitions[i].name, field->name))
            return place_at(applying->arena, applying->plan->definitions[i].place, "unique");
    return field->name;
}

static Error index_user(struct applying *applying, struct arena *scratch, const struct user *user)
{
    const struct field *taken = NULL;
    Error error = profile_index(applying->portal->db, scratch, &applying->portal->directory.fields, user, &taken);
    if (error != ERR_CONFLICT || !taken) return error;
    problem_add(applying->problems, place_of(applying, taken), "%.*s has the same value as another account",
                STR_ARGS(user->user_id));
    return OK;
}

static Error index_page(struct applying *applying, struct arena *scratch, int64_t *after, size_t *count)
{
    struct user *users = ARENA_ARRAY(scratch, struct user, PAGE);
    Error error = user_page(applying->portal->db, scratch, *after, users, PAGE, count);
    for (size_t i = 0; !error && i < *count; i++) error = index_user(applying, scratch, &users[i]);
    if (!error && *count) *after = users[*count - 1].id;
    return error;
}

static Error index_all(struct applying *applying)
{
    struct arena *scratch = arena_open(0);
    if (!scratch) return ERR_BUSY;
    struct arena *before = json_memory_use(scratch);
    int64_t after = 0;
    size_t count = 0;
    Error error;
    do {
        error = index_page(applying, scratch, &after, &count);
        arena_wipe(scratch);
    } while (!error && count == PAGE);
    json_memory_use(before);
    arena_close(scratch);
    return error;
}

Error apply_unique(struct applying *applying, const struct apply_known *before)
{
    for (size_t i = 0; i < applying->plan->definition_count; i++)
        if (needs_index(&applying->plan->definitions[i], before)) return index_all(applying);
    return OK;
}
