#include "store/stored_json.h"

#include "base/json_memory.h"
#include "base/log.h"

static Error fault(const char *what, Str name)
{
    log_line(LOG_ERROR, "the store's %s of %.*s cannot be read", what, STR_ARGS(name));
    return ERR_FAULT;
}

Error stored_object(struct arena *arena, Str text, const char *what, Str name, json_t **out)
{
    struct arena *before = json_memory_use(arena);
    *out = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    json_memory_use(before);
    return json_is_object(*out) ? OK : fault(what, name);
}

Error stored_object_or_none(struct arena *arena, Str text, const char *what, Str name, json_t **out)
{
    *out = NULL;
    return str_is(text, "{}") ? OK : stored_object(arena, text, what, name, out);
}

static Error fault_at(const struct problems *problems, const char *what, Str name)
{
    for (const struct problem *each = problems->first; each; each = each->next)
        log_line(LOG_ERROR, "%.*s: %.*s", STR_ARGS(each->place), STR_ARGS(each->message));
    return fault(what, name);
}

Error stored_rules(struct arena *arena, Str text, const char *what, Str name, struct rules *out)
{
    json_t *object;
    struct problems problems = {.arena = arena};
    *out = (struct rules){0};
    Error error = stored_object_or_none(arena, text, what, name, &object);
    if (error || !object) return error;
    return rules_make(arena, object, name, &problems, out) ? fault_at(&problems, what, name) : OK;
}
