#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "view/catalog_data.h"
#include "view/files.h"
#include "view/placeholder.h"

enum { LANGUAGES_MAX = 100 };

#define LANGUAGE_NAME C_("language name", "English")
#define DIRECTION C_("direction", "ltr")

/* One line of the header, which is the translation of the empty text. STR_NONE: not there. */
static Str header_line(Str header, Str name)
{
    while (header.n) {
        Str line = str_cut(&header, '\n');
        if (str_starts(line, name)) return str_trim(str_after(line, name.n));
    }
    return STR_NONE;
}

static bool read_header(struct catalog *catalog)
{
    const struct message *header = message_find(catalog, STR(""));
    if (!header) return false;
    Str type = header_line(header->text, STR("Content-Type:"));
    if (!str_ends(type, STR("charset=UTF-8")) && !str_ends(type, STR("charset=utf-8"))) return false;
    Str plural = header_line(header->text, STR("Plural-Forms:"));
    return plural_parse(plural.p ? plural : STR("nplurals=2; plural=(n != 1);"), &catalog->plural);
}

struct catalog *catalog_read(struct arena *arena, Str code, Str bytes)
{
    struct catalog *catalog = ARENA_NEW(arena, struct catalog);
    struct message *messages;
    if (!mo_read(arena, bytes, &messages, &catalog->count)) return NULL;
    catalog->messages = messages;
    message_index(arena, catalog);
    catalog->code = code;
    if (!read_header(catalog)) return NULL;
    catalog->name = catalog_text(catalog, LANGUAGE_NAME);
    catalog->rtl = str_is(catalog_text(catalog, DIRECTION), "rtl");
    return catalog;
}

static unsigned count_forms(const struct message *message)
{
    unsigned n = 0;
    while (n <= PLURAL_FORMS && message_form(message, n).p) n++;
    return n;
}

/* A form may leave a placeholder out ("one person" for {N}), but none may bring in another. */
static bool same_placeholders(const struct message *english, const struct message *own)
{
    if (!english->many.p) return placeholders_within(own->text, english->text) && placeholders_within(english->text, own->text);
    return placeholders_within(own->text, english->many) && placeholders_within(english->many, own->text);
}

static const char *message_flaw(const struct catalog *catalog, const struct message *english, const struct message *own)
{
    if (!own || !own->text.n) return "has no text for";
    if (!str_eq(english->many, own->many)) return "has another plural for";
    if (own->many.p && count_forms(own) != catalog->plural.forms) return "has not as many plural forms as the language for";
    if (english->key.n && !same_placeholders(english, own)) return "has other {PLACEHOLDERS} than the English in";
    return NULL;
}

static void check_against(struct problems *problems, Str place, const struct catalog *english, const struct catalog *catalog)
{
    for (size_t i = 0; i < english->count; i++) {
        const struct message *message = &english->messages[i];
        const char *flaw = message_flaw(catalog, message, message_find(catalog, message->key));
        if (flaw) problem_add(problems, place, "The language %s \"%.*s\".", flaw, STR_ARGS(message->key));
    }
    Str direction = catalog_text(catalog, DIRECTION);
    if (!str_is(direction, "ltr") && !str_is(direction, "rtl"))
        problem_add(problems, place, "The text \"ltr\" of the context \"direction\" becomes either ltr or rtl.");
}

/* A BCP 47 code of letters, digits and hyphens. */
static bool is_code(Str code)
{
    size_t part = 0;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == '-' && part >= 2) part = 0;
        else if (letter || (c >= '0' && c <= '9')) part++;
        else return false;
        if (part > 8) return false;
    }
    return part >= 2;
}

static struct catalog *load_one(struct arena *arena, const char *folder, Str file, struct problems *problems)
{
    const char *path = path_join(arena, folder, file);
    Str bytes, code = str_first(file, file.n - strlen(".mo"));
    struct catalog *catalog = NULL;
    const char *flaw = NULL;
    if (!is_code(code)) flaw = "The file's name is not a language code like \"de\" or \"pt-BR\".";
    else if (file_read(arena, path, MO_MAX_BYTES, &bytes)) flaw = "The file cannot be read.";
    else if (!(catalog = catalog_read(arena, code, bytes))) flaw = "This is not a catalogue in UTF-8.";
    if (flaw) problem_add(problems, str_of(path), "%s", flaw);
    return catalog;
}

/* English becomes the first, whatever the order of the names. */
static size_t load_all(struct arena *arena, const char *folder, struct problems *problems, struct catalog **list)
{
    Str *names;
    size_t files, count = 0;
    if (folder_list(arena, folder, STR(".mo"), LANGUAGES_MAX, &names, &files)) {
        problem_add(problems, str_of(folder), "The folder of the languages cannot be read.");
        return 0;
    }
    for (size_t i = 0; i < files; i++) {
        struct catalog *catalog = load_one(arena, folder, names[i], problems);
        if (!catalog) continue;
        list[count++] = catalog;
        if (!str_is(catalog->code, "en")) continue;
        memmove(list + 1, list, (count - 1) * sizeof *list);
        list[0] = catalog;
    }
    return count;
}

Error catalogs_load(struct arena *arena, const char *folder, struct problems *problems, struct catalogs *out)
{
    size_t before = problems->count;
    struct catalog **list = ARENA_ARRAY(arena, struct catalog *, LANGUAGES_MAX);
    size_t count = load_all(arena, folder, problems, list);
    if (!count || !str_is(list[0]->code, "en")) {
        problem_add(problems, str_of(folder), "en.mo, the English texts, is missing.");
        return ERR_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        Str place = arena_print(arena, "%s/%.*s.mo", folder, STR_ARGS(list[i]->code));
        check_against(problems, place, list[0], list[i]);
    }
    if (problems->count != before) return ERR_INVALID;
    *out = (struct catalogs){.list = list, .count = count};
    return OK;
}

Str catalog_code(const struct catalog *catalog)
{
    return catalog->code;
}

Str catalog_name(const struct catalog *catalog)
{
    return catalog->name;
}

bool catalog_rtl(const struct catalog *catalog)
{
    return catalog->rtl;
}

const struct catalog *catalogs_get(const struct catalogs *catalogs, Str code)
{
    for (size_t i = 0; i < catalogs->count; i++) {
        Str own = catalogs->list[i]->code;
        if (own.n == code.n && strncasecmp(own.p, code.p, own.n) == 0) return catalogs->list[i];
    }
    return NULL;
}
