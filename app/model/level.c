#include "model/level.h"

static const char *const actors[ACTORS] = {"owner", "desk", "operator", "source", "script"};
static const char *const levels[LEVELS] = {"none", "read", "once", "edit"};

static bool word_index(Str name, const char *const *words, size_t count, size_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_is(name, words[i]))
            continue;
        *out = i;
        return true;
    }
    return false;
}

const char *actor_name(enum actor actor)
{
    return actors[actor];
}

bool actor_of(Str name, enum actor *out)
{
    size_t index;
    if (!word_index(name, actors, ACTORS, &index))
        return false;
    *out = (enum actor)index;
    return true;
}

const char *level_name(enum level level)
{
    return levels[level];
}

bool level_of(Str name, enum level *out)
{
    size_t index;
    if (!word_index(name, levels, LEVELS, &index))
        return false;
    *out = (enum level)index;
    return true;
}
