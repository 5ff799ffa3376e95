/* A list of people to invite, as somebody pasted it: bounded, every address that comes out is one as profiles keep it, and no cell is
   dropped without a word. */
#include "fuzz.h"

#include "account/invited.h"
#include "base/json_memory.h"
#include "model/identifier.h"
#include "model/problem.h"

static const struct role known_roles[] = {
    {.id = 1, .name = {"auditor", 7}, .may = 1}, {.id = 2, .name = {"administrator", 13}, .may = 255},
    {.id = 3, .organization = 7, .name = {"acme:porter", 11}, .may = 1}, {.id = 4, .organization = 8, .name = {"beta:porter", 11}, .may = 1},
};
static const struct desk desk = {.organization = 7, .name = {"acme", 4}, .may = 3};

static struct invited_terms terms_of(struct arena *arena, const struct fields *fields, struct directory *directory)
{
    static const struct invited_language languages[] = {{{"en", 2}, {"en", 2}}, {{"Deutsch", 7}, {"de", 2}}};
    struct invited_name *names = ARENA_ARRAY(arena, struct invited_name, fields->count + 3);
    size_t n = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        bool email = str_is(field->name, "email"), open = invited_may_prefill(field);
        names[n++] = (struct invited_name){field->name, email ? INVITED_COLUMN_EMAIL : open ? INVITED_COLUMN_VALUE : INVITED_COLUMN_CLOSED,
                                           email ? NULL : field, false};
    }
    names[n++] = (struct invited_name){STR("roles"), INVITED_COLUMN_ROLES, NULL, false};
    names[n++] = (struct invited_name){STR("language"), INVITED_COLUMN_LANGUAGE, NULL, false};
    names[n++] = (struct invited_name){STR("Größe"), INVITED_COLUMN_VALUE, field_find(fields, STR("nickname")), true};
    *directory = (struct directory){.fields = *fields, .roles = known_roles, .role_count = sizeof known_roles / sizeof *known_roles};
    return (struct invited_terms){.directory = directory, .desk = &desk, .names = names, .name_count = n, .languages = languages,
                                  .language_count = 2};
}

static void check_entry(struct arena *arena, const struct fields *fields, const struct invited_entry *entry, bool headed)
{
    Str address, key;
    const char *name;
    json_t *value, *again;
    FieldProblem problem;
    FUZZ_CHECK(entry->typed.n <= INVITED_TYPED_MAX && !memchr(entry->typed.p, '\n', entry->typed.n) && entry->whole.n >= entry->typed.n);
    FUZZ_CHECK(headed || (!entry->prefilled && !entry->role_count && !entry->language.p));
    if (entry->address.p) FUZZ_CHECK(email_parse(arena, entry->address, &address, &key) && str_eq(address, entry->address) && str_eq(key, entry->key));
    json_object_foreach(entry->prefilled, name, value) {
        const struct field *field = field_find(fields, str_of(name));
        FUZZ_CHECK(field && invited_may_prefill(field) && field_clean(arena, field, value, &again, &problem) && again);
    }
    for (size_t i = 0; i < entry->role_count; i++)
        FUZZ_CHECK(str_is(entry->roles[i], "auditor") || str_is(entry->roles[i], "acme:porter"));
    FUZZ_CHECK(!entry->language.p || str_is(entry->language, "en") || str_is(entry->language, "de"));
}

/* A table's line without an address is said, so that without problems each line of a table has one. */
static void check_list(const struct invited_list *list)
{
    FUZZ_CHECK(list->count <= INVITED_AT_ONCE && (!list->too_many || list->count == INVITED_AT_ONCE || !list->head.p));
    FUZZ_CHECK(list->problem_count <= INVITED_PROBLEMS_MAX && (!list->more_problems || list->problem_count == INVITED_PROBLEMS_MAX));
    for (size_t i = 0; i < list->problem_count; i++) {
        const struct invited_problem *problem = &list->problems[i];
        FUZZ_CHECK(problem->line >= 1 && problem->typed.n <= INVITED_TYPED_MAX && problem->column.n <= INVITED_TYPED_MAX);
        FUZZ_CHECK((problem->wrong == INVITED_VALUE) == (problem->field != NULL));
    }
    for (size_t i = 0; list->head.p && !list->problem_count && i < list->count; i++) FUZZ_CHECK(list->entries[i].address.p);
}

static void target(struct arena *arena, Str input)
{
    struct fields fields;
    struct directory directory;
    struct problems problems = {.arena = arena};
    if (fields_make(arena, NULL, &problems, &fields)) return;
    struct invited_terms terms = terms_of(arena, &fields, &directory);
    struct invited_list list = invited_parse(arena, &terms, input);
    struct arena *before = json_memory_use(arena);
    check_list(&list);
    for (size_t i = 0; i < list.count; i++) check_entry(arena, &fields, &list.entries[i], list.head.p != NULL);
    json_memory_use(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
