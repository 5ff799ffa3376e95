#include "view/part.h"

#include "base/log.h"
#include "view/engine.h"
#include "view/view_data.h"

struct page {
    struct arena *arena;
    struct engine *engine;
    const struct value *everywhere;
    const char *template_name;    /* of the base */
    struct part base, *content;
};

/* One of 64 bits for each key. Two keys may share one, so a bit that is set proves nothing. */
static uint64_t bit_of(uint64_t hash)
{
    return UINT64_C(1) << (hash & 63);
}

static const struct value *value_find(const struct value *values, Str key, uint64_t hash)
{
    while (values && (values->hash != hash || !str_eq(values->key, key))) values = values->next;
    return values;
}

Str part_value(const struct part *part, Str key)
{
    const struct page *page = part->page;
    const struct value *found = NULL;
    uint64_t hash = str_hash(key), bit = bit_of(hash);
    if (part->seen & bit)
        for (; part && !found; part = part->around)
            if (part->set & bit) found = value_find(part->values, key, hash);
    if (!found && page) found = value_find(page->everywhere, key, hash);
    return found && found->value.p ? found->value : STR("");
}

static struct branch *branch_find(const struct part *part, Str key, uint64_t hash, bool include)
{
    struct branch *branch = part->branches;
    while (branch && (branch->hash != hash || branch->include != include || !str_eq(branch->key, key))) branch = branch->next;
    return branch;
}

const struct part *part_branch(const struct part *part, Str key, bool include)
{
    const struct branch *found = NULL;
    uint64_t hash = str_hash(key), bit = bit_of(hash);
    if (!(part->seen & bit)) return NULL;
    for (; part && !found; part = part->around)
        if (part->set & bit) found = branch_find(part, key, hash, include);
    return found ? found->first : NULL;
}

static const struct value *value_new(struct arena *arena, const char *name, Str value, const struct value *next)
{
    struct value *made = ARENA_NEW(arena, struct value);
    Str key = str_of(name);
    *made = (struct value){.key = key, .value = value, .hash = str_hash(key), .next = next};
    return made;
}

static struct part *part_add(struct part *part, const char *name, bool include)
{
    struct arena *arena = part->page->arena;
    Str key = str_of(name);
    uint64_t hash = str_hash(key);
    struct part *made = ARENA_NEW(arena, struct part);
    made->page = part->page;
    made->around = include ? NULL : part;
    struct branch *branch = branch_find(part, key, hash, include);
    if (branch) {
        branch->last->next = made;
    } else {
        branch = ARENA_NEW(arena, struct branch);
        *branch = (struct branch){.key = key, .hash = hash, .include = include, .first = made, .next = part->branches};
        part->branches = branch;
        part->set |= bit_of(hash);
    }
    branch->last = made;
    return made;
}

void part_str(struct part *part, const char *key, Str value)
{
    part->values = value_new(part->page->arena, key, value, part->values);
    part->set |= bit_of(part->values->hash);
}

void part_int(struct part *part, const char *key, int64_t value)
{
    part_str(part, key, arena_print(part->page->arena, "%lld", (long long)value));
}

void part_show(struct part *part, const char *section)
{
    Str key = str_of(section);
    if (!branch_find(part, key, str_hash(key), false)) part_add(part, section, false);
}

struct part *part_section(struct part *part, const char *section)
{
    return part_add(part, section, false);
}

struct part *part_include(struct part *part, const char *marker, const char *template_name)
{
    struct part *made = part_add(part, marker, true);
    made->template_name = template_name;
    return made;
}

struct page *page_open_alone(const struct view *view, struct arena *arena, const struct catalog *catalog, const char *template_name)
{
    struct page *page = ARENA_NEW(arena, struct page);
    page->arena = arena;
    page->engine = view_engine(view, catalog);
    page->template_name = template_name;
    page->base.page = page;
    page->content = &page->base;
    return page;
}

struct page *page_open(const struct view *view, struct arena *arena, const struct catalog *catalog, const char *template_name)
{
    struct page *page = page_open_alone(view, arena, catalog, VIEW_BASE);
    page->content = part_include(&page->base, "CONTENT", template_name);
    return page;
}

struct part *page_base(struct page *page)
{
    return &page->base;
}

struct part *page_content(struct page *page)
{
    return page->content;
}

void page_everywhere(struct page *page, const char *key, Str value)
{
    page->everywhere = value_new(page->arena, key, value, page->everywhere);
}

static void see(struct part *part)
{
    part->seen = part->set | (part->around ? part->around->seen : 0);
    for (const struct branch *branch = part->branches; branch; branch = branch->next)
        for (struct part *inside = branch->first; inside; inside = inside->next) see(inside);
}

Str page_render(struct page *page)
{
    Str rendered;
    see(&page->base);
    if (!engine_render(page->engine, page->template_name, &page->base, &rendered)) {
        const struct part *content = page->content;
        log_line(LOG_ERROR, "the page of %s cannot be rendered", content->template_name ? content->template_name : page->template_name);
        return STR_NONE;
    }
    /* The engine's frames are gone here: the arena may jump out when its limit is reached. */
    Str copy = arena_copy(page->arena, rendered);
    engine_forget(page->engine);
    return copy;
}
