#include "model/zones.h"

#include <stdlib.h>

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

static int compare_zone(const void *name, const void *zone)
{
    return str_compare(*(const Str *)name, str_of(*(const char *const *)zone));
}

bool zone_find(Str name, Str *present)
{
    const char *const *zone = bsearch(&name, zones, sizeof zones / sizeof zones[0], sizeof zones[0], compare_zone);
    if (zone) {
        *present = str_of(*zone);
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
