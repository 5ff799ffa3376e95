#include "model/zones.h"

#define ZONE(name) name,
#define ALIAS(old, present)
static const char *const zones[] = {
#include "model/zones.def"
};
#undef ZONE
#undef ALIAS

#define ZONE(name)
#define ALIAS(old, present) {old, present},
static const struct alias {
    const char *old, *present;
} aliases[] = {
#include "model/zones.def"
};
#undef ZONE
#undef ALIAS

bool zone_find(Str name, Str *present)
{
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (!str_is(name, zones[i]))
            continue;
        *present = str_of(zones[i]);
        return true;
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (!str_is(name, aliases[i].old))
            continue;
        *present = str_of(aliases[i].present);
        return true;
    }
    return false;
}

const char *const *zone_list(size_t *count)
{
    *count = sizeof zones / sizeof zones[0];
    return zones;
}
