#include "account/branding.h"

#include <string.h>
#include <strings.h>

#include "base/encode.h"
#include "base/utf8.h"
#include "store/stored_json.h"

static const char *const places[] = {"login", "forgot", "reset"};
static const char *const kinds[] = {"heading", "help"};
enum { PLACES = sizeof places / sizeof *places, KINDS = sizeof kinds / sizeof *kinds };

const struct field branding_support_field = {.name = STR("support_email"), .type = TYPE_EMAIL};

/* --- what may stand in it --- */

Str branding_colour(struct arena *arena, Str text)
{
    if ((text.n != 4 && text.n != 7) || text.p[0] != '#') return STR_NONE;
    for (size_t i = 1; i < text.n; i++)
        if (!strchr("0123456789abcdefABCDEF", text.p[i]) || text.p[i] == '\0') return STR_NONE;
    const char *p = text.p;
    if (text.n == 4) text = arena_print(arena, "#%c%c%c%c%c%c", p[1], p[1], p[2], p[2], p[3], p[3]);
    return utf8_ascii_lower(arena, text);
}

enum branding_fault branding_page_fault(Str kept_colour)
{
    Colour page;
    if (!colour_read(kept_colour, &page)) return BRANDING_NO_COLOUR;
    return colour_is_readable_page(page) ? BRANDING_FINE : BRANDING_TOO_DARK;
}

/* Programs that show pages or mail make links of such words by themselves; a heading shall not lead anywhere. */
static bool has_address(Str text)
{
    for (size_t i = 0; i < text.n; i++) {
        Str rest = str_after(text, i);
        if (str_starts(rest, STR("://")) || rest.p[0] == '@' || (rest.n >= 4 && strncasecmp(rest.p, "www.", 4) == 0)) return true;
    }
    return false;
}

enum branding_fault branding_text_fault(Str text, size_t most, bool heading)
{
    if (!utf8_is_valid(text) || utf8_has_forbidden(text, false)) return BRANDING_CHARACTERS;
    if (!utf8_is_visible(text)) return BRANDING_BLANK;
    if (utf8_length(text) > most) return BRANDING_TOO_LONG;
    return heading && has_address(text) ? BRANDING_ADDRESS : BRANDING_FINE;
}

static enum branding_fault check_colour(struct arena *arena, struct branding_entry *entry, bool page)
{
    if (!entry->value.n) return BRANDING_FINE;
    Str kept = branding_colour(arena, entry->value);
    if (!kept.p) return BRANDING_NO_COLOUR;
    entry->value = kept;
    return page ? branding_page_fault(kept) : BRANDING_FINE;
}

static enum branding_fault check_support(struct arena *arena, struct branding_entry *entry)
{
    FieldProblem problem = {0};
    json_t *clean = NULL;
    if (!entry->value.n) return BRANDING_FINE;
    const json_t *raw = json_stringn(entry->value.p, entry->value.n);
    if (!raw || !field_clean(arena, &branding_support_field, raw, &clean, &problem)) return BRANDING_NO_EMAIL;
    entry->value = (Str){json_string_value(clean), json_string_length(clean)};
    return BRANDING_FINE;
}

static enum branding_fault check_text(const struct branding_entry *entry)
{
    bool heading = str_is(str_of(entry->kind), "heading");
    if (!entry->value.n) return BRANDING_FINE;
    return branding_text_fault(entry->value, heading ? BRANDING_HEADING_MAX : BRANDING_HELP_MAX, heading);
}

bool branding_check(struct arena *arena, struct branding *branding)
{
    struct branding_entry *entries = branding->entries;
    bool fine = true;
    for (size_t i = 0; i < branding->count; i++) entries[i].value = str_trim(entries[i].value);
    entries[BRANDING_NAME].fault = branding_text_fault(entries[BRANDING_NAME].value, BRANDING_NAME_MAX, false);
    entries[BRANDING_SUPPORT].fault = check_support(arena, &entries[BRANDING_SUPPORT]);
    struct branding_entry *primary = &entries[BRANDING_PRIMARY], *page = &entries[BRANDING_PAGE];
    primary->fault = check_colour(arena, primary, false);
    page->fault = check_colour(arena, page, true);
    if (page->value.n && !primary->value.n) primary->fault = BRANDING_ALONE;
    if (primary->value.n && !page->value.n) page->fault = BRANDING_ALONE;
    for (size_t i = BRANDING_TEXTS; i < branding->count; i++) entries[i].fault = check_text(&entries[i]);
    for (size_t i = 0; i < branding->count; i++) fine = fine && !entries[i].fault;
    return fine;
}

/* --- as a list --- */

static Str text_at(const json_t *object, const char *key)
{
    const json_t *text = json_object_get(object, key);
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR("");
}

static struct branding_entry text_entry(struct arena *arena, const json_t *texts, const char *place, const char *kind, Str language)
{
    const json_t *words = json_object_get(json_object_get(texts, place), kind);
    return (struct branding_entry){
        .name = arena_print(arena, "texts.%s.%s.%.*s", place, kind, STR_ARGS(language)), .place = place, .kind = kind,
        .language = language, .value = text_at(words, arena_cstr(arena, language)),
    };
}

static void list_entries(struct arena *arena, const struct rows *rows, const Str *languages, size_t count, struct branding *out)
{
    const json_t *colors = json_object_get(out->stored, "colors"), *texts = json_object_get(out->stored, "texts");
    struct branding_entry *entries = ARENA_ARRAY(arena, struct branding_entry, BRANDING_TEXTS + PLACES * KINDS * count);
    entries[BRANDING_NAME] = (struct branding_entry){.name = STR("display_name"), .value = arena_copy(arena, row_text(rows, 2))};
    entries[BRANDING_SUPPORT] = (struct branding_entry){.name = STR("support_email"), .value = arena_copy(arena, row_text(rows, 3))};
    entries[BRANDING_PRIMARY] = (struct branding_entry){.name = STR("primary"), .value = text_at(colors, "primary")};
    entries[BRANDING_PAGE] = (struct branding_entry){.name = STR("page_background"), .value = text_at(colors, "page_background")};
    out->entries = entries;
    out->count = BRANDING_TEXTS;
    for (size_t place = 0; place < PLACES; place++)
        for (size_t kind = 0; kind < KINDS; kind++)
            for (size_t i = 0; i < count; i++)
                entries[out->count++] = text_entry(arena, texts, places[place], kinds[kind], languages[i]);
}

/* The row: id, name, display_name, support_email, branding. Lengths keep two texts apart from two others with the same letters. */
static Error read_row(struct arena *arena, const struct rows *rows, const Str *languages, size_t count, struct branding *out)
{
    Str name = row_text(rows, 2), support = row_text(rows, 3), branding = row_text(rows, 4);
    Str state = arena_print(arena, "%zu %.*s %zu %.*s %.*s", name.n, STR_ARGS(name), support.n, STR_ARGS(support), STR_ARGS(branding));
    Error error = stored_object(arena, branding, "branding", row_text(rows, 1), &out->stored);
    if (error) return error;
    out->version = hex_encode(arena, crypto_fingerprint(arena, state));
    list_entries(arena, rows, languages, count, out);
    return OK;
}

Error branding_read(struct portal *portal, struct arena *arena, int64_t organization, const Str *languages, size_t count,
                    struct branding *out)
{
    struct rows rows;
    *out = (struct branding){.count = 0};
    if (count > BRANDING_LANGUAGES_MAX) count = BRANDING_LANGUAGES_MAX;
    Error error = db_select(portal->db, STMT_organization_look, DB_ARGS(db_int(organization)), &rows);
    if (error) return error;
    bool found = row_next(&rows);
    if (found) error = read_row(arena, &rows, languages, count, out);
    Error end = rows_end(&rows);
    if (error || end) return error ? error : end;
    return found ? OK : ERR_NOT_FOUND;
}
