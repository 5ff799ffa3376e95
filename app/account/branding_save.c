/* Branding as the store keeps it, out of the list that somebody edited. */
#include "account/branding.h"

#include "account/desk_acting.h"

static void put_text(json_t *object, const char *key, Str value)
{
    if (value.n) json_object_set_new(object, key, json_stringn(value.p, value.n));
    else json_object_del(object, key);
}

/* The object below a key, made when there is none. */
static json_t *below(json_t *object, const char *key)
{
    if (!json_is_object(json_object_get(object, key))) json_object_set_new(object, key, json_object());
    return json_object_get(object, key);
}

static void drop_empty(json_t *object, const char *key)
{
    const json_t *inner = json_object_get(object, key);
    if (json_is_object(inner) && !json_object_size(inner)) json_object_del(object, key);
}

static void put_words(struct arena *arena, json_t *texts, const struct branding_entry *entry)
{
    json_t *place = below(texts, entry->place);
    put_text(below(place, entry->kind), arena_cstr(arena, entry->language), entry->value);
    drop_empty(place, entry->kind);
    drop_empty(texts, entry->place);
}

/* What no entry speaks about (a mark, texts in further languages) stays. */
static json_t *branding_json(struct arena *arena, const struct branding *branding)
{
    json_t *out = json_deep_copy(branding->stored), *colors = below(out, "colors"), *texts = below(out, "texts");
    put_text(colors, "primary", branding->entries[BRANDING_PRIMARY].value);
    put_text(colors, "page_background", branding->entries[BRANDING_PAGE].value);
    for (size_t i = BRANDING_TEXTS; i < branding->count; i++) put_words(arena, texts, &branding->entries[i]);
    drop_empty(out, "colors");
    drop_empty(out, "texts");
    return out;
}

struct look branding_look(const struct portal *portal, struct arena *arena, const struct desk *desk, const struct branding *branding)
{
    const struct branding_entry *entries = branding->entries;
    struct membership membership = {.organization = desk->organization, .branding = branding_json(arena, branding)};
    membership.rules.organization = (struct rule_source){
        .name = desk->name, .display_name = entries[BRANDING_NAME].value, .support_email = entries[BRANDING_SUPPORT].value,
    };
    return look_of_membership(portal, &membership);
}

static bool differs(const struct branding *wished, const struct branding *stored)
{
    for (size_t i = 0; i < wished->count; i++)
        if (!str_eq(wished->entries[i].value, stored->entries[i].value)) return true;
    return false;
}

static Error write(struct desk_acting *acting, const struct branding *wished)
{
    const struct branding_entry *entries = wished->entries;
    Str json = str_of(json_dumps(branding_json(acting->visit.arena, wished), JSON_COMPACT | JSON_SORT_KEYS));
    Error error = db_run(acting->portal->db, STMT_organization_brand,
                         DB_ARGS(db_int(acting->desk.organization), db_text(entries[BRANDING_NAME].value),
                                 db_text(entries[BRANDING_SUPPORT].value), db_text(json)), NULL);
    if (!error) error = db_run(acting->portal->db, STMT_generation_bump, DB_NO_ARGS, NULL);
    return error ? error : desk_acting_done(acting);
}

/* With the languages of `wished`, so that both lists have the same entries in the same order. */
static Error read_again(struct desk_acting *acting, const struct branding *wished, struct branding *stored)
{
    const struct branding_entry *first = &wished->entries[BRANDING_TEXTS];
    Str languages[BRANDING_LANGUAGES_MAX];
    size_t count = 0;
    for (const struct branding_entry *each = first; each < wished->entries + wished->count; each++)
        if (each->place == first->place && each->kind == first->kind) languages[count++] = each->language;
    return branding_read(acting->portal, acting->visit.arena, acting->desk.organization, languages, count, stored);
}

static Error save_inside(struct desk_acting *acting, struct branding *wished, bool *stale)
{
    struct branding stored;
    bool may = false;
    Error error = desk_acting_may(acting, "update:branding", &may);
    if (error || !may || !desk_acting_has_reason(acting)) return error;
    error = read_again(acting, wished, &stored);
    if (error) return error;
    *stale = !str_eq(stored.version, wished->version);
    acting->out->outcome = DESK_NOTHING;
    if (*stale || !differs(wished, &stored)) return OK;
    wished->stored = stored.stored;
    return write(acting, wished);
}

Error branding_save(struct portal *portal, const struct visit *visit, const struct desk *desk, struct branding *wished, Str reason,
                    DeskAct *out, bool *stale)
{
    struct desk_acting acting;
    *stale = false;
    *out = (DeskAct){0};
    if (!branding_check(visit->arena, wished)) return ERR_INVALID;
    Error error = desk_acting_open(portal, visit, desk, "branding.save", reason, out, &acting);
    return error ? error : desk_acting_close(&acting, save_inside(&acting, wished, stale));
}
