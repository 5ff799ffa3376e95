#include <string.h>
#include "base/json_memory.h"
#include "base/text_marker.h"
#include "model/policy.h"

enum { FIRST_ROOM = 16, REFUSED_NAME_MAX = 100, METADATA_BYTES_MAX = 65536 };

/* Known by name to everybody else, by content only here: nothing outside can make one. */
struct decided {
    enum actor actor;
    json_t *profile;
    struct decided_field *list;
    size_t count, room;
};

/* A change being decided. */
struct decision {
    struct arena *arena;
    const struct fields *fields;
    const struct subject *subject;
    const struct change *change;
    struct refusals *refusals;
    struct decided *decided;
    bool *named;                  /* by place in `fields`: the change has named it already */
};

const json_t *decided_profile(const struct decided *decided)
{
    return decided->profile;
}

const struct decided_field *decided_fields(const struct decided *decided, size_t *count)
{
    *count = decided->count;
    return decided->list;
}

enum actor decided_actor(const struct decided *decided)
{
    return decided->actor;
}

/* Cut between characters: the name is shown and logged. */
static Str cap_name(Str name)
{
    size_t n = name.n < REFUSED_NAME_MAX ? name.n : REFUSED_NAME_MAX;
    while (n && n < name.n && ((unsigned char)name.p[n] & 0xc0) == 0x80)
        n--;
    return str_first(name, n);
}

static void refuse(struct decision *decision, struct refusal wanted)
{
    struct refusals *refusals = decision->refusals;
    struct refusal *refusal = ARENA_NEW(decision->arena, struct refusal);
    *refusal = wanted;
    refusal->field = arena_copy(decision->arena, cap_name(wanted.field));
    refusal->next = NULL;
    if (refusals->last)
        refusals->last->next = refusal;
    else
        refusals->first = refusal;
    refusals->last = refusal;
    refusals->count++;
    refusals->locked = refusals->locked || wanted.kind == REFUSED_LOCKED;
}

static void refuse_unknown(struct decision *decision, Str name)
{
    refuse(decision, (struct refusal){.field = name, .kind = REFUSED_UNKNOWN});
}

static void refuse_locked(struct decision *decision, const struct field *field, Verdict verdict)
{
    refuse(decision, (struct refusal){.field = field->name, .known = field, .kind = REFUSED_LOCKED, .verdict = verdict});
}

static void refuse_invalid(struct decision *decision, const struct field *field, Verdict verdict, FieldProblem problem)
{
    refuse(decision, (struct refusal){.field = field->name, .known = field, .kind = REFUSED_INVALID, .verdict = verdict,
                                      .problem = problem});
}

static void add_decided(struct decided *decided, struct arena *arena, struct decided_field added)
{
    if (decided->count == decided->room) {
        size_t room = decided->room ? decided->room * 2 : FIRST_ROOM;
        struct decided_field *list = ARENA_ARRAY(arena, struct decided_field, room);
        if (decided->count)
            memcpy(list, decided->list, decided->count * sizeof *list);
        decided->list = list;
        decided->room = room;
    }
    decided->list[decided->count++] = added;
}

static bool are_equal(const json_t *before, const json_t *after)
{
    return before && after ? json_equal(before, after) : before == after;
}

static void put_decided(struct decision *decision, const struct field *field, Verdict verdict, json_t *after)
{
    json_t *before = field_value(decision->subject->profile, field);
    if (!are_equal(before, after))
        add_decided(decision->decided, decision->arena,
                    (struct decided_field){.field = field, .verdict = verdict, .before = before, .after = after});
}

/* True at the second time: which of two values was meant cannot be known, so neither is taken. */
static bool is_repeated(struct decision *decision, const struct field *field)
{
    bool *named = &decision->named[field - decision->fields->list];
    bool before = *named;
    *named = true;
    return before;
}

static bool is_named(const struct decision *decision, const struct field *field)
{
    return decision->named[field - decision->fields->list];
}

static bool lacks_proof(const struct decision *decision, const struct field *field)
{
    return decision->change->actor == ACTOR_OWNER && field->proof != PROOF_NONE && decision->subject->profile &&
           !decision->change->proven[field->proof];
}

static void decide_value(struct decision *decision, const struct field *field, Verdict verdict, const json_t *raw)
{
    json_t *value;
    FieldProblem problem;
    if (field->system || verdict.level == LEVEL_READ) {
        refuse_locked(decision, field, verdict);
        return;
    }
    if (lacks_proof(decision, field)) {
        verdict.rule = RULE_PROOF;
        verdict.source = NULL;
        verdict.reason = NULL;
        refuse_locked(decision, field, verdict);
        return;
    }
    if (!field_clean(decision->arena, field, raw, &value, &problem)) {
        refuse_invalid(decision, field, verdict, problem);
        return;
    }
    if (field->required && !value) {
        refuse_invalid(decision, field, verdict, (FieldProblem){.message = N_("Fill this in; it cannot stay empty.")});
        return;
    }
    put_decided(decision, field, verdict, value);
}

static Verdict level_of_field(const struct decision *decision, const struct field *field)
{
    const struct change *change = decision->change;
    return policy_level(decision->fields, field, decision->subject, change->actor, change->guest_desk);
}

/* A key that nobody has defined: a field only in name, as free as the whole object is and the rules let it be. */
static const struct field *undefined_key(struct arena *arena, const struct field *whole, Str name)
{
    struct field *field = ARENA_NEW(arena, struct field);
    *field = *whole;
    field->name = name;
    field->standard = false;
    return field;
}

static void decide_undefined_key(struct decision *decision, const struct field *whole, Str name, json_t *value)
{
    const struct field *field = undefined_key(decision->arena, whole, name);
    Verdict own = level_of_field(decision, whole), by_name = level_of_field(decision, field);
    bool limits = own.level < by_name.level && own.rule != RULE_ONCE;   /* "once" is a question to each key alone */
    Verdict verdict = limits ? own : by_name;
    if (verdict.level == LEVEL_NONE)
        refuse_unknown(decision, name);
    else if (verdict.level == LEVEL_READ)
        refuse_locked(decision, field, verdict);
    else
        put_decided(decision, field, verdict, json_is_null(value) ? NULL : value);
}

static void decide_key(struct decision *decision, const struct field *whole, const char *key, json_t *value)
{
    Str name = place_at(decision->arena, whole->name, key);
    const struct field *field = field_find(decision->fields, name);
    if (!field) {
        decide_undefined_key(decision, whole, name, value);
        return;
    }
    Verdict verdict = level_of_field(decision, field);
    if (verdict.level == LEVEL_NONE || is_repeated(decision, field))
        refuse_unknown(decision, name);
    else
        decide_value(decision, field, verdict, value);
}

static bool is_hidden_key(const struct decision *decision, const struct field *whole, const char *key)
{
    Str name = place_at(decision->arena, whole->name, key);
    const struct field *field = field_find(decision->fields, name);
    if (!field)
        field = undefined_key(decision->arena, whole, name);
    return level_of_field(decision, field).level == LEVEL_NONE;
}

/* An empty object wipes what the actor sees (domain.md §1.4); what it does not see, it can neither remove nor learn about. */
static bool wipe_object(struct decision *decision, const struct field *whole)
{
    const char *key;
    json_t *value;
    bool any = false;
    json_object_foreach(json_object_get(decision->subject->profile, arena_cstr(decision->arena, whole->name)), key, value) {
        if (is_hidden_key(decision, whole, key))
            continue;
        decide_key(decision, whole, key, json_null());
        any = true;
    }
    return any;
}

/* Merged by key: named keys replace, null deletes, the others stay. */
static void decide_object(struct decision *decision, const struct field *whole, Verdict verdict, const json_t *raw)
{
    json_t *object, *value;
    const char *key;
    FieldProblem problem;
    if (!field_clean(decision->arena, whole, raw, &object, &problem)) {
        if (verdict.level == LEVEL_READ)
            refuse_locked(decision, whole, verdict);
        else
            refuse_invalid(decision, whole, verdict, problem);
        return;
    }
    if (!json_object_size(object)) {
        if (!wipe_object(decision, whole) && verdict.level == LEVEL_READ)
            refuse_locked(decision, whole, verdict);
        return;
    }
    json_object_foreach(object, key, value)
        decide_key(decision, whole, key, value);
}

static void decide_item(struct decision *decision, const struct change_item *item)
{
    const struct field *field = field_find(decision->fields, item->field);
    Verdict verdict = field ? level_of_field(decision, field) : (Verdict){.level = LEVEL_NONE};
    if (!field || verdict.level == LEVEL_NONE || is_repeated(decision, field))
        refuse_unknown(decision, item->field);
    else if (field->type == TYPE_OBJECT)
        decide_object(decision, field, verdict, item->value);
    else
        decide_value(decision, field, verdict, item->value);
}

static const struct decided_field *decided_of(const struct decision *decision, const struct field *field)
{
    for (size_t i = 0; i < decision->decided->count; i++)
        if (decision->decided->list[i].field == field)
            return &decision->decided->list[i];
    return NULL;
}

static json_t *value_after(const struct decision *decision, const struct field *field)
{
    const struct decided_field *decided = decided_of(decision, field);
    return decided ? decided->after : field_value(decision->subject->profile, field);
}

/* A new address is nobody's until it is proven; a proof counts for the address that stands there then. Whoever is allowed to
   say otherwise names the mark itself. */
static void follow_address(struct decision *decision, Str address_name, Str mark_name, enum proof proof)
{
    const struct field *address = field_find(decision->fields, address_name), *mark = field_find(decision->fields, mark_name);
    const struct decided_field *changed = decided_of(decision, address);
    bool proven = decision->change->proven[proof];
    if (is_named(decision, mark) || (!changed && !proven))
        return;
    Verdict verdict = changed ? changed->verdict : level_of_field(decision, address);
    if (verdict.level == LEVEL_NONE)
        return;
    if (!changed)
        verdict = (Verdict){.level = LEVEL_EDIT, .rule = RULE_PROOF, .support_email = verdict.support_email};
    put_decided(decision, mark, verdict, value_after(decision, address) ? json_boolean(proven) : NULL);
}

static Str text_after(const struct decision *decision, Str name)
{
    const json_t *value = value_after(decision, field_find(decision->fields, name));
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

static Str local_part(const struct decision *decision)
{
    Str address = text_after(decision, STR("email"));
    return str_cut(&address, '@');
}

/* The first candidate that the field can keep; an account without any keeps its field empty. */
static void default_text(struct decision *decision, Str name, const Str *candidates, size_t count)
{
    const struct field *field = field_find(decision->fields, name);
    for (size_t i = 0; i < count && !value_after(decision, field); i++) {
        json_t *raw = candidates[i].p ? json_stringn(candidates[i].p, candidates[i].n) : NULL, *value;
        FieldProblem problem;
        if (field_clean(decision->arena, field, raw, &value, &problem))
            put_decided(decision, field, (Verdict){.level = LEVEL_EDIT, .rule = RULE_FIELD}, value);
    }
}

/* Everybody has something to be called by (domain.md §2.1, §2.2). */
static void default_names(struct decision *decision)
{
    Str given = text_after(decision, STR("given_name")), family = text_after(decision, STR("family_name"));
    Str username = text_after(decision, STR("username")), local = local_part(decision);
    Str both = arena_print(decision->arena, "%.*s %.*s", STR_ARGS(given), STR_ARGS(family));
    Str names[] = {both, given, text_after(decision, STR("nickname")), username, local};
    default_text(decision, STR("name"), names, sizeof names / sizeof names[0]);
    Str nicknames[] = {local, username};
    default_text(decision, STR("nickname"), nicknames, sizeof nicknames / sizeof nicknames[0]);
}

static void make_profile(struct decision *decision)
{
    struct decided *decided = decision->decided;
    decided->profile = decision->subject->profile ? json_deep_copy(decision->subject->profile) : json_object();
    for (size_t i = 0; i < decided->count; i++)
        field_put(decided->profile, decided->list[i].field, decided->list[i].after);
}

/* Each step of a merge may be small and the sum still grow without end. */
static void check_size(struct decision *decision, Str name)
{
    const struct field *whole = field_find(decision->fields, name);
    const json_t *object = field_value(decision->decided->profile, whole);
    if (!is_named(decision, whole) || !object || json_dumpb(object, NULL, 0, JSON_COMPACT) <= METADATA_BYTES_MAX)
        return;
    refuse_invalid(decision, whole, level_of_field(decision, whole),
                   (FieldProblem){.message = N_("Keep this within {LIMIT} bytes."), .limit = METADATA_BYTES_MAX});
}

static Error outcome(const struct refusals *refusals)
{
    if (!refusals->count)
        return OK;
    return refusals->locked ? ERR_DENIED : ERR_INVALID;
}

static Error decide(struct decision *decision)
{
    const struct change *change = decision->change;
    for (size_t i = 0; i < change->count; i++)
        decide_item(decision, &change->items[i]);
    if (decision->refusals->count)
        return outcome(decision->refusals);
    follow_address(decision, STR("email"), STR("email_verified"), PROOF_EMAIL);
    follow_address(decision, STR("phone_number"), STR("phone_verified"), PROOF_PHONE);
    if (!decision->subject->profile)
        default_names(decision);
    make_profile(decision);
    check_size(decision, STR("user_metadata"));
    check_size(decision, STR("app_metadata"));
    return outcome(decision->refusals);
}

Error policy_decide(const struct fields *fields, const struct subject *subject, const struct change *change,
                    struct refusals *refusals, const struct decided **out)
{
    struct decided *decided = ARENA_NEW(change->arena, struct decided);
    struct decision decision = {
        .arena = change->arena, .fields = fields, .subject = subject, .change = change, .refusals = refusals, .decided = decided,
        .named = ARENA_ARRAY(change->arena, bool, fields->count),
    };
    struct arena *before = json_memory_use(change->arena);
    decided->actor = change->actor;
    *refusals = (struct refusals){0};
    Error error = decide(&decision);
    json_memory_use(before);
    if (error)
        return error;
    *out = decided;
    return OK;
}
