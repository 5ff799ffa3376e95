#include "base/clock.h"

#include <time.h>

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

static int64_t microseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
    return microseconds(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_ms(void)
{
    return microseconds(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_running_ms(void)
{
    return microseconds(CLOCK_BOOTTIME) / 1000;
}

static void put_digits(char *at, int number, int digits)
{
    for (; digits > 0; digits--, number /= 10) at[digits - 1] = (char)('0' + number % 10);
}

/* Times outside of the years 0000 to 9999 have no such form and are written as the nearest that has one. By hand, because an export
   writes two for every account. */
Str clock_iso(struct arena *arena, int64_t seconds)
{
    static const Str form = {"0000-00-00T00:00:00Z", 20};
    const int64_t first = -62167219200, last = 253402300799;
    time_t time = (time_t)(seconds < first ? first : seconds > last ? last : seconds);
    char *text = arena_cstr(arena, form);
    struct tm utc;
    gmtime_r(&time, &utc);
    put_digits(text, utc.tm_year + 1900, 4);
    put_digits(text + 5, utc.tm_mon + 1, 2);
    put_digits(text + 8, utc.tm_mday, 2);
    put_digits(text + 11, utc.tm_hour, 2);
    put_digits(text + 14, utc.tm_min, 2);
    put_digits(text + 17, utc.tm_sec, 2);
    return (Str){text, form.n};
}
