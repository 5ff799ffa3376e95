#include "base/clock.h"

#include <time.h>

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Times outside of the years 0000 to 9999 have no such form and are written as the nearest that has one. */
Str clock_iso(struct arena *arena, int64_t seconds)
{
    const int64_t first = -62167219200, last = 253402300799;
    time_t time = (time_t)(seconds < first ? first : seconds > last ? last : seconds);
    struct tm utc;
    gmtime_r(&time, &utc);
    return arena_print(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                       utc.tm_min, utc.tm_sec);
}
