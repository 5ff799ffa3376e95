#include <string.h>
#include <time.h>

#include "view/catalog_data.h"
#include "view/placeholder.h"

bool catalog_find(const struct catalog *catalog, Str english, Str *out)
{
    const struct message *message = message_find(catalog, english);
    if (!message || !message->text.n) return false;
    *out = message_form(message, 0);
    return true;
}

Str catalog_text(const struct catalog *catalog, const char *english)
{
    Str text = str_of(english);
    if (catalog_find(catalog, text, &text)) return text;
    const char *behind_context = strchr(english, '\004');
    return behind_context ? str_of(behind_context + 1) : text;
}

Str catalog_plural(const struct catalog *catalog, const char *one, const char *many, int64_t n)
{
    uint64_t amount = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    const struct message *message = message_find(catalog, str_of(one));
    Str form = message ? message_form(message, plural_form(&catalog->plural, amount)) : STR_NONE;
    return form.n ? form : str_of(amount == 1 ? one : many);
}

/* The value given for a name, from the pairs of catalog_fill. STR_NONE: none. */
static Str value_for(Str wanted, va_list pairs)
{
    Str found = STR_NONE;
    for (const char *name; !found.p && (name = va_arg(pairs, const char *));) {
        Str value = va_arg(pairs, Str);
        if (str_is(wanted, name)) found = value.p ? value : STR("");
    }
    return found;
}

Str catalog_fill(struct arena *arena, Str text, ...)
{
    struct text filled = {.arena = arena};
    size_t done = 0, from = 0, begin;
    Str name;
    while (placeholder_next(text, &from, &begin, &name)) {
        va_list pairs;
        va_start(pairs, text);
        Str value = value_for(name, pairs);
        va_end(pairs);
        if (!value.p) continue;
        text_add(&filled, (Str){text.p + done, begin - done});
        text_add(&filled, value);
        done = from;
    }
    text_add(&filled, str_after(text, done));
    return text_str(&filled);
}

static Str text_in(const json_t *texts, Str code)
{
    const json_t *text = code.n ? json_object_getn(texts, code.p, code.n) : NULL;
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR_NONE;
}

Str catalog_pick(const struct catalog *catalog, const json_t *texts, Str fallback_code)
{
    Str wanted[] = {catalog->code, fallback_code, STR("en")};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        Str text = text_in(texts, wanted[i]);
        if (text.n) return text;
    }
    const char *code;
    json_t *text;
    json_object_foreach((json_t *)(uintptr_t)texts, code, text)
        if (json_string_length(text)) return (Str){json_string_value(text), json_string_length(text)};
    return STR_NONE;
}

static const char *const months[12] = {
    C_("date", "January"), C_("date", "February"), C_("date", "March"),     C_("date", "April"),   C_("date", "May"),
    C_("date", "June"),    C_("date", "July"),     C_("date", "August"),    C_("date", "September"), C_("date", "October"),
    C_("date", "November"), C_("date", "December"),
};

Str catalog_date(struct arena *arena, const struct catalog *catalog, int64_t seconds, bool time)
{
    struct tm tm;
    time_t when = (time_t)seconds;
    if (!gmtime_r(&when, &tm)) return STR("");
    Str date = catalog_fill(arena, catalog_text(catalog, C_("date", "{DAY} {MONTH} {YEAR}")),
                            "DAY", arena_print(arena, "%d", tm.tm_mday), "MONTH", catalog_text(catalog, months[tm.tm_mon]),
                            "YEAR", arena_print(arena, "%lld", tm.tm_year + 1900LL), NULL);
    if (!time) return date;
    return catalog_fill(arena, catalog_text(catalog, C_("date", "{DATE}, {TIME} UTC")), "DATE", date,
                        "TIME", arena_print(arena, "%02d:%02d", tm.tm_hour, tm.tm_min), NULL);
}
