#include "page/profile_form.h"

#include "page/routes.h"
#include "view/words.h"

const struct profile_side profile_of_owner = {
    .actor = ACTOR_OWNER, .reader = ACTOR_OWNER, .unknown = N_("There is no such field in your profile."),
    .once = N_("You can fill this in once. After that it stays."),
};
const struct profile_side profile_of_desk = {
    .actor = ACTOR_DESK, .reader = ACTOR_DESK, .unknown = N_("There is no such field in this profile."),
    .once = N_("This can be filled in once. After that it stays."),
};
const struct profile_side profile_of_request = {
    .actor = ACTOR_DESK, .reader = ACTOR_OWNER, .unknown = N_("There is no such field in your profile."),
    .once = N_("This can be filled in once. After that it stays."),
};

Str profile_label(const struct profile_form *form, const struct field *field)
{
    return field_label_for(form->exchange->language, field, form->side->reader);
}

Verdict profile_verdict(const struct profile_form *form, const struct field *field)
{
    return form->verdicts[field - form->exchange->portal->directory.fields.list];
}

bool profile_is_shown(const struct profile_form *form, const struct field *field)
{
    return field->type != TYPE_OBJECT && profile_verdict(form, field).level > LEVEL_NONE;
}

bool profile_has_page(const struct field *field)
{
    return field->proof != PROOF_NONE || str_is(field->name, "picture");
}

/* For its owner an address or a number changes through its proof, a picture with its file: matters of pages of their own. */
bool profile_is_editable(const struct profile_form *form, const struct field *field)
{
    Verdict verdict = profile_verdict(form, field);
    bool elsewhere = profile_has_page(field) && form->subject->profile && form->side->actor == ACTOR_OWNER;
    return !form->only_read && !field->system && verdict.level >= LEVEL_ONCE && !elsewhere;
}

static const struct refusal *refusal_of(const struct profile_form *form, const struct field *field)
{
    const struct refusal *each = form->refusals ? form->refusals->first : NULL;
    while (each && (each->known != field || each->kind == REFUSED_UNKNOWN)) each = each->next;
    return each;
}

Str profile_reason(const struct profile_form *form, Verdict verdict, const struct field *field)
{
    struct exchange *exchange = form->exchange;
    if (form->only_read && !field->system && verdict.level >= LEVEL_ONCE) return exchange_text(exchange, form->only_read);
    if (form->side->actor == ACTOR_OWNER) return reason_text(exchange->arena, exchange->language, verdict, field);
    if (form->side->reader == ACTOR_DESK)
        return reason_for_desk(exchange->arena, exchange->language, verdict, field, exchange->desk.name, form->guest);
    return reason_why(exchange->arena, exchange->language, verdict, field);
}

Str profile_refusal_words(const struct profile_form *form, const struct refusal *refusal)
{
    struct exchange *exchange = form->exchange;
    switch (refusal->kind) {
    case REFUSED_LOCKED: return profile_reason(form, refusal->verdict, refusal->known);
    case REFUSED_INVALID: return field_problem(exchange->arena, exchange->language, refusal->problem);
    default: break;
    }
    if (form->typed && form_repeats(form->typed, refusal->field)) return exchange_text(exchange, N_("This came more than once."));
    return exchange_text(exchange, form->side->unknown);
}

static bool was_saved(const struct profile_form *form, const struct field *field)
{
    Str rest = form->saved;
    while (rest.p) {
        if (str_eq(str_cut(&rest, ','), field->name)) return true;
    }
    return false;
}

static void describe(struct text *ids, Str name, const char *what)
{
    const Str words[] = {ids->n ? STR(" ") : STR(""), STR("f-"), name, STR("-"), str_of(what)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) text_add(ids, words[i]);
}

/* The notes around a control, and the list of their ids for those who hear the page. */
static void add_notes(const struct profile_form *form, const struct field *field, struct part *part)
{
    struct exchange *exchange = form->exchange;
    struct text ids = {.arena = exchange->arena};
    const struct refusal *refusal = refusal_of(form, field);
    bool proves = form->side != &profile_of_request || !field->proof;   /* what a desk approves waits for no proof of the owner's */
    Str help = proves ? field_help_for(exchange->language, field, form->side->reader) : STR("");
    if (field->required) part_show(part, "IS_REQUIRED");
    if (help.n) {
        part_str(part_section(part, "HELP"), "TEXT", help);
        describe(&ids, field->name, "help");
    }
    if (profile_verdict(form, field).level == LEVEL_ONCE) {
        part_str(part_section(part, "ONCE"), "TEXT", exchange_text(exchange, form->side->once));
        describe(&ids, field->name, "once");
    }
    if (refusal) {
        part_str(part_section(part, "PROBLEM"), "TEXT", profile_refusal_words(form, refusal));
        describe(&ids, field->name, "problem");
        part_show(part, "IS_WRONG");
    }
    if (ids.n) part_str(part_section(part, "DESCRIBED"), "NOTES", text_str(&ids));
}

void profile_field(const struct profile_form *form, const struct field *field, struct part *section)
{
    struct part *part = part_include(section, "FIELD", "field.tpl");
    profile_control(form, field, part);
    if (was_saved(form, field)) part_show(part, "IS_SAVED");
    if (profile_is_editable(form, field)) {
        add_notes(form, field, part);
        return;
    }
    const struct refusal *refusal = refusal_of(form, field);
    if (refusal) part_str(part_section(part, "PROBLEM"), "TEXT", exchange_text(form->exchange, N_("This was not changed.")));
}

static void add_section(const struct profile_form *form, enum section which, struct page *page)
{
    const struct fields *fields = &form->exchange->portal->directory.fields;
    struct part *section = NULL;
    bool editable = false;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        if (field->section != which || !profile_is_shown(form, field) || profile_marked(form, field)) continue;
        if (!section) section = part_section(page_content(page), "SECTION");
        editable = editable || profile_is_editable(form, field);
        profile_field(form, field, section);
    }
    if (!section) return;
    Str title = exchange_text(form->exchange, section_title_for(which, form->side->reader)), name = str_of(section_name(which));
    part_str(section, "SECTION_NAME", name);
    part_str(section, "SECTION_TITLE", title);
    if (editable) part_show(section, "HAS_SAVE");
    part_show(page_base(page), "HAS_ANCHORS");
    struct part *anchor = part_section(page_base(page), "ANCHOR");
    part_str(anchor, "ANCHOR_NAME", name);
    part_str(anchor, "ANCHOR_TITLE", title);
}

static void add_refusal(const struct profile_form *form, const struct refusal *refusal, struct part *list)
{
    bool linked = refusal->kind != REFUSED_UNKNOWN && refusal->known && profile_is_shown(form, refusal->known);
    struct part *item = part_section(list, "ITEM");
    struct part *inside = part_section(item, linked ? "LINKED" : "NOT_LINKED");
    part_str(item, "TEXT", profile_refusal_words(form, refusal));
    part_str(item, "LABEL", linked ? profile_label(form, refusal->known) : refusal->field);
    if (!linked) return;
    const struct field *row = profile_marked(form, refusal->known);
    part_str(inside, "NAME", row ? row->name : refusal->known->name);
}

static void add_problems(const struct profile_form *form, struct page *page)
{
    bool refused = form->refusals && form->refusals->first;
    if (!refused && !form->stale) return;
    part_show(page_base(page), "HAS_PROBLEM");
    struct part *list = part_section(page_content(page), "PROBLEMS");
    if (form->stale) part_show(list, "IS_STALE");
    if (!refused) return;
    part_show(list, "IS_REFUSED");
    struct part *items = part_section(list, "ITEMS");
    for (const struct refusal *each = form->refusals->first; each; each = each->next) add_refusal(form, each, items);
}

/* The address says what was saved; only fields that this person sees are named, and a list too long to read is not read out. */
static void add_notice(const struct profile_form *form, struct page *page)
{
    enum { READABLE = 6 };
    const struct fields *fields = &form->exchange->portal->directory.fields;
    struct text names = {.arena = form->exchange->arena};
    size_t count = 0;
    if (!form->saved.p) return;
    if (str_is(form->saved, "0")) {
        exchange_notice(page, exchange_text(form->exchange, N_("Nothing to save: nothing was different.")));
        return;
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (!was_saved(form, &fields->list[i]) || !profile_is_shown(form, &fields->list[i])) continue;
        if (count++) text_add(&names, exchange_text(form->exchange, N_(", ")));
        text_add(&names, profile_label(form, &fields->list[i]));
    }
    if (count == 0 && !str_is(form->saved, "1")) return;
    bool readable = count > 0 && count <= READABLE;
    exchange_notice(page, readable ? exchange_fill(form->exchange, N_("Saved: {FIELDS}."), "FIELDS", text_str(&names))
                                   : exchange_text(form->exchange, N_("Your changes are saved.")));
}

void profile_form_decide(struct profile_form *form)
{
    const struct fields *fields = &form->exchange->portal->directory.fields;
    Verdict *verdicts = ARENA_ARRAY(form->exchange->arena, Verdict, fields->count);
    for (size_t i = 0; i < fields->count; i++) {
        verdicts[i] = policy_level(fields, &fields->list[i], form->subject, form->side->actor, form->guest);
    }
    form->verdicts = verdicts;
    form->reasons = ARENA_ARRAY(form->exchange->arena, Str, fields->count);
    form->waiting = ARENA_NEW(form->exchange->arena, struct waiting_requests);
}

void profile_form_fill(struct profile_form *form, struct page *page)
{
    part_int(page_content(page), "VERSION", form->user->version);
    add_notice(form, page);
    add_problems(form, page);
    for (int which = 0; which < SECTIONS; which++) add_section(form, (enum section)which, page);
}

void profile_form_send(struct profile_form *form, int status)
{
    struct db *db = form->exchange->portal->db;
    bool together = db_read_begin(db) == OK;   /* else each of the reads that follow fares on its own */
    profile_form_decide(form);
    struct page *page = exchange_page(form->exchange, "profile.tpl", N_("Your profile"));
    profile_form_fill(form, page);
    if (together) db_read_end(db);
    exchange_send(form->exchange, page, status);
}
