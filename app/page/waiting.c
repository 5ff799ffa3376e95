#include "page/waiting.h"

enum { A_MINUTE = 60, AN_HOUR = 3600, SECONDS_READABLE = 90, MINUTES_READABLE = 90 };

static int64_t rounded_up(int64_t seconds, int64_t unit)
{
    return (seconds + unit - 1) / unit;
}

Str waiting_words(struct exchange *exchange, int64_t seconds)
{
    Str words;
    int64_t count = seconds;
    if (seconds <= SECONDS_READABLE) {
        words = catalog_plural(exchange->language, "You can ask for it again in {N} second.",
                               "You can ask for it again in {N} seconds.", count);
    } else if (seconds <= MINUTES_READABLE * A_MINUTE) {
        count = rounded_up(seconds, A_MINUTE);
        words = catalog_plural(exchange->language, "You can ask for it again in {N} minute.",
                               "You can ask for it again in {N} minutes.", count);
    } else {
        count = rounded_up(seconds, AN_HOUR);
        words = catalog_plural(exchange->language, "You can ask for it again in {N} hour.",
                               "You can ask for it again in {N} hours.", count);
    }
    return catalog_fill(exchange->arena, words, "N", arena_print(exchange->arena, "%lld", (long long)count), NULL);
}
