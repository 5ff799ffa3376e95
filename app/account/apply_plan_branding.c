/* An organization's look in an apply file: colours that stay readable, texts by language. */
#include "account/apply_plan.h"

#include "account/branding.h"
#include "account/shape.h"

enum { LANGUAGE_MAX = 35 };

static void put_color(struct planner *planner, const struct shape *colors, const char *key, json_t *out)
{
    if (!shape_has(colors, key)) return;
    Str color = branding_colour(planner->arena, json_str(json_object_get(colors->object, key)));
    if (color.p) json_object_set_new(out, key, json_stringn(color.p, color.n));
    else problem_add(planner->problems, shape_place(colors, key), "must be a colour like #0a5c36");
}

static void check_page(struct planner *planner, const struct shape *colors, const json_t *out)
{
    if (branding_page_fault(json_str(json_object_get(out, "page_background"))) != BRANDING_TOO_DARK) return;
    problem_add(planner->problems, shape_place(colors, "page_background"),
                "is too dark for the text on it: take a lighter one, with a contrast of at least 4.5 to #14242a");
}

static const json_t *branding_colors(struct planner *planner, const struct shape *branding)
{
    static const Str keys[] = {STR("primary"), STR("page_background")};
    const json_t *value = shape_dict(branding, "colors");
    struct shape colors;
    if (!value || !shape_open(planner->problems, value, shape_place(branding, "colors"), &colors)) return NULL;
    shape_closed(&colors, keys, 2);
    json_t *out = json_object();
    put_color(planner, &colors, "primary", out);
    put_color(planner, &colors, "page_background", out);
    check_page(planner, &colors, out);
    return out;
}

bool plan_is_language(Str tag)
{
    for (size_t i = 0; i < tag.n; i++)
        if (!((tag.p[i] | 32) >= 'a' && (tag.p[i] | 32) <= 'z') && (i < 2 || (tag.p[i] != '-' && !(tag.p[i] >= '0' && tag.p[i] <= '9'))))
            return false;
    return tag.n >= 2 && tag.n <= LANGUAGE_MAX;
}

/* One text in each language. */
static void check_languages(struct planner *planner, const struct shape *words, bool heading)
{
    const size_t most = heading ? BRANDING_HEADING_MAX : BRANDING_HELP_MAX;
    const char *language;
    json_t *value;
    json_object_foreach((json_t *)words->object, language, value) {
        Str text = shape_text(words, language, 1, most), place = shape_place(words, language);
        if (!plan_is_language(str_of(language))) problem_add(planner->problems, place, "must be named by a language like en");
        enum branding_fault fault = text.p ? branding_text_fault(text, most, heading) : BRANDING_FINE;
        if (fault == BRANDING_BLANK) problem_add(planner->problems, place, "must not be blank");
        if (fault == BRANDING_ADDRESS) problem_add(planner->problems, place, "a heading holds no addresses");
    }
}

static void check_words(struct planner *planner, const struct shape *place)
{
    static const Str kinds[] = {STR("heading"), STR("help")};
    shape_closed(place, kinds, 2);
    for (size_t i = 0; i < 2; i++) {
        struct shape words;
        const json_t *value = shape_dict(place, kinds[i].p);
        if (value && shape_open(planner->problems, value, shape_place(place, kinds[i].p), &words))
            check_languages(planner, &words, i == 0);
    }
}

static const json_t *branding_texts(struct planner *planner, const struct shape *branding)
{
    static const Str places[] = {STR("login"), STR("forgot"), STR("reset")};
    const json_t *value = shape_dict(branding, "texts");
    struct shape texts;
    if (!value || !shape_open(planner->problems, value, shape_place(branding, "texts"), &texts)) return NULL;
    shape_closed(&texts, places, 3);
    for (size_t i = 0; i < 3; i++) {
        struct shape place;
        const json_t *words = shape_dict(&texts, places[i].p);
        if (words && shape_open(planner->problems, words, shape_place(&texts, places[i].p), &place)) check_words(planner, &place);
    }
    return value;
}

const json_t *plan_branding(struct planner *planner, const struct shape *entry)
{
    static const Str keys[] = {STR("logo_url"), STR("colors"), STR("texts")};
    static const struct field logo = {.name = STR("logo_url"), .type = TYPE_URL};
    const json_t *value = shape_dict(entry, "branding");
    struct shape branding;
    if (!value || !shape_open(planner->problems, value, shape_place(entry, "branding"), &branding)) return NULL;
    shape_closed(&branding, keys, 3);
    json_t *out = json_object(), *url = NULL;
    const json_t *raw = json_object_get(value, "logo_url"), *colors = branding_colors(planner, &branding);
    const json_t *texts = branding_texts(planner, &branding);
    if (raw && plan_clean(planner, &logo, raw, shape_place(&branding, "logo_url"), &url) && url)
        json_object_set_new(out, "logo_url", url);
    if (colors) json_object_set(out, "colors", (json_t *)colors);
    if (texts) json_object_set(out, "texts", (json_t *)texts);
    return out;
}
