#include "model/field.h"

#include <stdlib.h>
#include <string.h>
#include "base/json_memory.h"
#include "base/text_marker.h"
#include "model/custom.h"
#include "model/problem.h"

#define OURS false
#define KEPT true
#define HELPS(owner_, desk_) owner_, .help_desk = desk_
#define FIELD(name_, type_, section_, order_, least, most, owner, desk, operator, source, script, proof_, kept, autofill, label_,\
              help_)                                                                                                             \
    {.name = {name_, sizeof(name_) - 1}, .type = TYPE_##type_, .section = SECTION_##section_, .order = order_,                   \
     .has_min = (least) > 0, .min = least, .has_max = (most) > 0, .max = most,                                                   \
     .level = {LEVEL_##owner, LEVEL_##desk, LEVEL_##operator, LEVEL_##source, LEVEL_##script}, .proof = PROOF_##proof_,          \
     .standard = true, .system = kept, .autocomplete = autofill, .label = label_, .help = help_},
static const struct field standard_fields[] = {
#include "model/fields.def"
};
#undef FIELD
#undef HELPS

enum { STANDARD_COUNT = sizeof standard_fields / sizeof standard_fields[0] };

static const char *const type_names[FIELD_TYPES] = {
    "text", "multiline", "email", "phone", "username", "url", "date", "number", "boolean",
    "choice", "choices", "language", "timezone", "picture", "object",
};

static const char *const section_names[SECTIONS] = {
    [SECTION_NAME] = "name", [SECTION_CONTACT] = "contact", [SECTION_ADDRESS] = "address", [SECTION_ABOUT] = "about",
    [SECTION_PREFERENCES] = "preferences", [SECTION_MORE] = "more", [SECTION_ACCOUNT] = "account",
};

static const char *const section_titles[SECTIONS] = {
    [SECTION_NAME] = N_("Name"), [SECTION_CONTACT] = N_("Contact"), [SECTION_ADDRESS] = N_("Address"),
    [SECTION_ABOUT] = N_("About you"), [SECTION_PREFERENCES] = N_("Preferences"), [SECTION_MORE] = N_("More about you"),
    [SECTION_ACCOUNT] = N_("Account"),
};

/* Of those that speak to the owner: what somebody else reads. */
static const char *const section_titles_desk[SECTIONS] = {
    [SECTION_ABOUT] = N_("About the person"), [SECTION_MORE] = N_("More about the person"),
};

const char *field_type_name(enum field_type type)
{
    return type_names[type];
}

const char *section_name(enum section section)
{
    return section_names[section];
}

const char *section_title(enum section section)
{
    return section_titles[section];
}

const char *section_title_for(enum section section, enum actor actor)
{
    const char *other = actor == ACTOR_DESK ? section_titles_desk[section] : NULL;
    return other ? other : section_titles[section];
}

bool field_may_exist(Str name)
{
    for (size_t i = 0; i < STANDARD_COUNT; i++)
        if (str_eq(standard_fields[i].name, name))
            return true;
    return custom_name_is_valid(name);
}

static int compare_on_page(const void *left, const void *right)
{
    const struct field *a = left, *b = right;
    if (a->section != b->section)
        return a->section < b->section ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return str_compare(a->name, b->name);
}

static int compare_names(const void *left, const void *right)
{
    const struct field *const *a = left, *const *b = right;
    return str_compare((*a)->name, (*b)->name);
}

static void index_names(struct arena *arena, struct fields *fields)
{
    fields->by_name = ARENA_ARRAY(arena, const struct field *, fields->count);
    for (size_t i = 0; i < fields->count; i++)
        fields->by_name[i] = &fields->list[i];
    qsort(fields->by_name, fields->count, sizeof *fields->by_name, compare_names);
}

static void check_doubles(struct arena *arena, const struct field *list, size_t count, struct problems *problems)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_eq(list[i].name, list[j].name))
                problem_add(problems, place_index(arena, STR("fields"), i), "%.*s is defined twice", STR_ARGS(list[i].name));
}

static void read_custom(struct arena *arena, const json_t *custom, struct problems *problems, struct field *list)
{
    size_t index;
    json_t *definition;
    json_array_foreach(custom, index, definition)
        if (!custom_field_read(arena, definition, place_index(arena, STR("fields"), index), problems, &list[index]))
            list[index].name = arena_print(arena, "%zu", index);
    check_doubles(arena, list, json_array_size(custom), problems);
}

Error fields_make(struct arena *arena, const json_t *custom, struct problems *problems, struct fields *out)
{
    size_t before = problems->count, count = json_array_size(custom);
    if (custom && !json_is_array(custom))
        problem_add(problems, STR("fields"), "this is a list of field definitions");
    if (count > CUSTOM_FIELDS_MAX) {
        problem_add(problems, STR("fields"), "at most %d fields can be defined", CUSTOM_FIELDS_MAX);
        return ERR_INVALID;
    }
    struct arena *current = json_memory_use(arena);
    struct field *list = ARENA_ARRAY(arena, struct field, STANDARD_COUNT + count);
    memcpy(list, standard_fields, sizeof standard_fields);
    read_custom(arena, json_deep_copy(custom), problems, list + STANDARD_COUNT);
    json_memory_use(current);
    if (problems->count > before)
        return ERR_INVALID;
    qsort(list, STANDARD_COUNT + count, sizeof *list, compare_on_page);
    *out = (struct fields){.list = list, .count = STANDARD_COUNT + count};
    index_names(arena, out);
    return OK;
}

const struct field *field_find(const struct fields *fields, Str name)
{
    size_t low = 0, high = fields->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, fields->by_name[middle]->name);
        if (!order)
            return fields->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
