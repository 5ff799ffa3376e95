/* Terms and purposes in an apply file: a name, a version that changes with the meaning of the text, title and text by language. */
#include "account/apply_plan.h"

#include "account/shape.h"
#include "base/utf8.h"

enum { NAME_MAX_LENGTH = 50, VERSION_MAX = 40, TITLE_MAX = 150, TEXT_MAX = 20000 };

static bool is_version(Str version)
{
    for (size_t i = 0; i < version.n; i++) {
        char c = version.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (i == 0 || (c != '.' && c != '-' && c != '_'))) return false;
    }
    return version.n > 0;
}

static Str purpose_version(struct planner *planner, const struct shape *entry)
{
    if (!shape_has(entry, "version")) return STR_NONE;
    Str version = shape_text(entry, "version", 1, VERSION_MAX);
    if (!version.p || is_version(version)) return version;
    problem_add(planner->problems, shape_place(entry, "version"), "must be letters, digits and inside it . - or _");
    return STR_NONE;
}

/* A text goes over several lines; a title does not. */
static void check_words(struct planner *planner, const struct shape *words, const char *language, size_t most, bool lines)
{
    Str text = json_str(json_object_get(words->object, language)), place = shape_place(words, language);
    if (!plan_is_language(str_of(language))) problem_add(planner->problems, place, "must be named by a language like en");
    if (!text.p) problem_add(planner->problems, place, "must be a text");
    else if (utf8_length(text) > most) problem_add(planner->problems, place, "must have 1 to %zu characters", most);
    else if (utf8_has_forbidden(text, lines)) problem_add(planner->problems, place, "has characters that do not belong in a text");
    else if (!utf8_is_visible(text)) problem_add(planner->problems, place, "must not be blank");
}

static const json_t *purpose_words(struct planner *planner, const struct shape *entry, const char *key, size_t most, bool known)
{
    if (!known && !shape_has(entry, key)) return NULL;
    const json_t *value = shape_dict(entry, key);
    struct shape words;
    if (!value || !shape_open(planner->problems, value, shape_place(entry, key), &words)) return NULL;
    const char *language;
    json_t *text;
    if (!json_object_size(value)) problem_add(planner->problems, words.place, "must have the words in one language at least");
    json_object_foreach((json_t *)value, language, text) check_words(planner, &words, language, most, most == TEXT_MAX);
    return value;
}

static void plan_purpose(struct planner *planner, const json_t *value, Str place, json_t *claimed)
{
    static const Str keys[] = {STR("name"), STR("version"), STR("required"), STR("title"), STR("text")};
    struct shape entry;
    if (!shape_open(planner->problems, value, place, &entry)) return;
    shape_closed(&entry, keys, sizeof keys / sizeof keys[0]);
    Str name = plan_name(planner, &entry, NAME_MAX_LENGTH, "-_", claimed);
    bool known = name.p && json_object_getn(planner->known->purposes, name.p, name.n);
    planner->plan->purposes[planner->plan->purpose_count++] = (struct plan_purpose){
        .place = place, .name = name, .version = purpose_version(planner, &entry), .required = shape_bool(&entry, "required"),
        .title = purpose_words(planner, &entry, "title", TITLE_MAX, known),
        .text = purpose_words(planner, &entry, "text", TEXT_MAX, known),
    };
}

void plan_purposes(struct planner *planner, const json_t *list)
{
    planner->plan->purposes = ARENA_ARRAY(planner->arena, struct plan_purpose, json_array_size(list) + 1);
    json_t *claimed = json_object();
    for (size_t i = 0; i < json_array_size(list); i++)
        plan_purpose(planner, json_array_get(list, i), place_index(planner->arena, STR("purposes"), i), claimed);
}
