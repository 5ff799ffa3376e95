#include <strings.h>

#include "view/catalog_data.h"

/* A browser sends a handful of languages and some hundred bytes; what comes behind these limits is not read. */
enum { RANGES_MAX = 32, HEADER_MAX = 1000, QUALITY_MAX = 1000 };

struct range {
    Str language;                 /* "de-AT", "*" */
    int quality;                  /* thousandths */
};

/* "0.85" in thousandths, RFC 9110 §12.4.2. -1: it is none. */
static int read_quality(Str text)
{
    if (!text.n || text.n > 5 || text.p[0] < '0' || text.p[0] > '1' || (text.n > 1 && text.p[1] != '.')) return -1;
    int quality = (text.p[0] - '0') * QUALITY_MAX;
    int weight = QUALITY_MAX / 10;
    for (size_t i = 2; i < text.n; i++, weight /= 10) {
        if (text.p[i] < '0' || text.p[i] > '9') return -1;
        quality += (text.p[i] - '0') * weight;
    }
    return quality <= QUALITY_MAX ? quality : -1;
}

static bool read_range(Str item, struct range *out)
{
    Str parameter = item;
    out->language = str_trim(str_cut(&parameter, ';'));
    out->quality = QUALITY_MAX;
    if (!out->language.n) return false;
    if (!parameter.p) return true;
    parameter = str_trim(parameter);
    if (!str_starts(parameter, STR("q=")) && !str_starts(parameter, STR("Q="))) return false;
    out->quality = read_quality(str_after(parameter, 2));
    return out->quality >= 0;
}

/* The best wish first; equal ones stay in the order they came in. What cannot be read is left out. */
static size_t read_ranges(Str header, struct range *ranges)
{
    size_t count = 0;
    for (Str rest = str_first(header, HEADER_MAX); rest.p && count < RANGES_MAX;) {
        struct range range;
        if (!read_range(str_cut(&rest, ','), &range)) continue;
        size_t at = count++;
        for (; at && ranges[at - 1].quality < range.quality; at--) ranges[at] = ranges[at - 1];
        ranges[at] = range;
    }
    return count;
}

static bool same_start(Str longer, Str shorter)
{
    if (longer.n < shorter.n || strncasecmp(longer.p, shorter.p, shorter.n) != 0) return false;
    return longer.n == shorter.n || longer.p[shorter.n] == '-';
}

static bool is_refused(const struct range *ranges, size_t count, Str code)
{
    for (size_t i = count; i && ranges[i - 1].quality == 0; i--)
        if (same_start(code, ranges[i - 1].language)) return true;
    return false;
}

/* How well a catalogue fits a range: the same code is best, then the language without its region, then another region's. */
enum { SAME_CODE = 4 };

static int fit(Str code, Str range)
{
    if (str_is(range, "*")) return 1;
    if (same_start(range, code)) return code.n == range.n ? SAME_CODE : 3;
    return same_start(code, range) ? 2 : 0;
}

static const struct catalog *best_fit(const struct catalogs *catalogs, const struct range *ranges, size_t count, Str wish)
{
    const struct catalog *best = NULL;
    int best_fits = 0;
    for (size_t i = 0; i < catalogs->count; i++) {
        int fits = fit(catalogs->list[i]->code, wish);
        if (fits <= best_fits) continue;
        if (fits != SAME_CODE && is_refused(ranges, count, catalogs->list[i]->code)) continue;
        best = catalogs->list[i];
        best_fits = fits;
    }
    return best;
}

const struct catalog *catalogs_accept(const struct catalogs *catalogs, Str accept_language)
{
    struct range ranges[RANGES_MAX];
    size_t count = read_ranges(accept_language, ranges);
    for (size_t i = 0; i < count && ranges[i].quality > 0; i++) {
        const struct catalog *found = best_fit(catalogs, ranges, count, ranges[i].language);
        if (found) return found;
    }
    return NULL;
}
