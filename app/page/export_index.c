#include "page/export_index.h"

#include <time.h>

#include "account/profile.h"
#include "page/activity_words.h"
#include "page/profile_form.h"
#include "view/words.h"

struct index {
    struct exchange *exchange;    /* no request stands behind it: what words are made from, and nothing else */
    const struct export_index *facts;
    struct part *content;
};

/* --- values of the JSON in words --- */

static Str text_in(const json_t *entry, const char *name)
{
    const json_t *text = json_object_get(entry, name);
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR("");
}

static Str date_words(struct exchange *exchange, Str iso)
{
    struct tm time = {0};
    if (!strptime(arena_cstr(exchange->arena, iso), "%Y-%m-%dT%H:%M:%SZ", &time)) return iso;
    return catalog_date(exchange->arena, exchange->language, (int64_t)timegm(&time), true);
}

enum kind { AS_TEXT, AS_DATE, AS_FLAG, AS_ROLES, AS_STATE, AS_VALUE };

struct fact {
    const char *name, *label;
    enum kind kind;
};

struct state_words {
    const char *state, *words;
};

static Str state_words(struct exchange *exchange, Str state)
{
    static const struct state_words known[] = {
        {"pending", N_("Waiting")}, {"approved", N_("Approved")}, {"declined", N_("Declined")}, {"withdrawn", N_("Taken back")},
        {"replaced", N_("Replaced by a newer request")},
        {"owner", N_("You")}, {"desk", N_("Your organization's help desk")}, {"operator", N_("The operator of this portal")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(state, known[i].state)) return exchange_text(exchange, known[i].words);
    return state;
}

static Str roles_text(struct exchange *exchange, const json_t *roles)
{
    struct text all = {.arena = exchange->arena};
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const json_t *role = json_array_get(roles, i);
        if (i) text_add(&all, exchange_text(exchange, N_(", ")));
        text_add(&all, role_title(exchange->language, (Str){json_string_value(role), json_string_length(role)}));
    }
    return text_str(&all);
}

static const struct field *field_of(const struct index *index, const json_t *entry)
{
    return field_find(&index->exchange->portal->directory.fields, text_in(entry, "field"));
}

static Str fact_text(const struct index *index, const json_t *entry, const struct fact *fact)
{
    struct exchange *exchange = index->exchange;
    const json_t *value = json_object_get(entry, fact->name);
    const struct field *field;
    switch (fact->kind) {
    case AS_DATE: return value ? date_words(exchange, text_in(entry, fact->name)) : STR("");
    case AS_FLAG: return exchange_text(exchange, json_is_true(value) ? N_("Yes") : N_("No"));
    case AS_ROLES: return roles_text(exchange, value);
    case AS_STATE: return state_words(exchange, text_in(entry, fact->name));
    case AS_VALUE:
        field = field_of(index, entry);
        return field && value ? profile_value_text(exchange, field, value) : STR("");
    default: return text_in(entry, fact->name);
    }
}

/* --- lists --- */

enum { FACTS = 8 };

struct list {
    const char *name, *title, *head;   /* in the JSON; above the list; what each entry is called by */
    struct fact facts[FACTS];
};

static const struct list lists[] = {
    {"memberships", N_("Organizations"), "display_name",
     {{"roles", N_("Roles"), AS_ROLES}, {"joined_at", N_("Member since"), AS_DATE}, {"invited", N_("Joined by invitation"), AS_FLAG},
      {"suspended", N_("Suspended"), AS_FLAG}}},
    {"invitations", N_("Invitations"), "display_name",
     {{"invited_at", N_("Invited"), AS_DATE}, {"accepted_at", N_("Accepted"), AS_DATE}}},
    {"sessions", N_("Where you are signed in"), "browser",
     {{"system", N_("System"), AS_TEXT}, {"address", N_("Network address"), AS_TEXT}, {"signed_in_at", N_("Signed in"), AS_DATE},
      {"last_used_at", N_("Last used"), AS_DATE}}},
    {"consents", N_("Consents"), "purpose",
     {{"version", N_("Version"), AS_TEXT}, {"given", N_("Given"), AS_FLAG}, {"at", N_("Date"), AS_DATE}}},
    {"requests", N_("Requests"), "field",
     {{"old_value", N_("Before"), AS_VALUE}, {"value", N_("Wanted"), AS_VALUE}, {"note", N_("Your words"), AS_TEXT},
      {"state", N_("State"), AS_STATE}, {"answer", N_("Answer"), AS_TEXT}, {"asked_at", N_("Asked"), AS_DATE},
      {"decided_at", N_("Decided"), AS_DATE}}},
    {"waiting_for_proof", N_("Waiting to be confirmed"), "value",
     {{"asked_at", N_("Asked"), AS_DATE}, {"until", N_("Until"), AS_DATE}}},
};

static Str head_of(const struct index *index, const struct list *list, const json_t *entry)
{
    struct exchange *exchange = index->exchange;
    Str head = text_in(entry, list->head);
    if (!head.n && str_is(str_of(list->name), "sessions"))
        return exchange_text(exchange, N_("A browser or program that does not say what it is"));
    if (!head.n) return text_in(entry, "organization");
    if (!str_is(str_of(list->head), "field")) return head;
    const struct field *field = field_of(index, entry);
    return field ? field_label(exchange->language, field) : head;
}

static void add_list(const struct index *index, const struct list *list, const json_t *entries)
{
    if (!json_array_size(entries)) return;
    struct part *part = part_section(index->content, "LIST");
    part_str(part, "TITLE", exchange_text(index->exchange, list->title));
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        struct part *item = part_section(part, "ITEM");
        part_str(item, "NAME", head_of(index, list, entry));
        for (const struct fact *fact = list->facts; fact < list->facts + FACTS && fact->name; fact++) {
            Str value = fact_text(index, entry, fact);
            if (!value.n) continue;
            struct part *line = part_section(item, "FACT");
            part_str(line, "LABEL", exchange_text(index->exchange, fact->label));
            part_str(line, "VALUE", value);
        }
    }
}

static void add_deletion(const struct index *index)
{
    static const struct fact facts[] = {{"at", N_("Will be deleted"), AS_DATE}, {"asked_at", N_("Asked"), AS_DATE},
                                        {"asked_by", N_("Asked by"), AS_STATE}};
    const json_t *entry = json_object_get(index->facts->account, "deletion");
    if (!entry) return;
    struct part *part = part_section(index->content, "LIST"), *item = part_section(part, "ITEM");
    part_str(part, "TITLE", exchange_text(index->exchange, N_("Deletion")));
    part_str(item, "NAME", exchange_text(index->exchange, N_("Your account will be deleted")));
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct part *line = part_section(item, "FACT");
        part_str(line, "LABEL", exchange_text(index->exchange, facts[i].label));
        part_str(line, "VALUE", fact_text(index, entry, &facts[i]));
    }
}

/* --- the profile --- */

static void add_field(const struct index *index, Str label, Str value)
{
    struct part *part = part_section(index->content, "FIELD");
    part_str(part, "LABEL", label);
    part_str(part, "VALUE", value);
}

static void add_dates(const struct index *index)
{
    struct exchange *exchange = index->exchange;
    const struct user *user = index->facts->user;
    add_field(index, exchange_text(exchange, N_("User ID")), user->user_id);
    add_field(index, exchange_text(exchange, N_("Account made")), catalog_date(exchange->arena, exchange->language, user->created_at, true));
    if (!user->last_login_at) return;
    add_field(index, exchange_text(exchange, N_("Last sign-in")),
              catalog_date(exchange->arena, exchange->language, user->last_login_at, true));
    add_field(index, exchange_text(exchange, N_("Number of sign-ins")), arena_print(exchange->arena, "%lld", (long long)user->logins_count));
}

static Error add_profile(const struct index *index)
{
    struct subject subject;
    struct exchange *exchange = index->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    Error error = account_subject(exchange->portal, exchange->arena, index->facts->user, &subject);
    if (error) return error;
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        const json_t *value = field->system ? NULL : field_value(index->facts->user->profile, field);
        if (!value || field->type == TYPE_OBJECT || !export_shows(exchange->portal, &subject, field)) continue;
        add_field(index, field_label(exchange->language, field), profile_value_text(exchange, field, value));
    }
    add_dates(index);
    return OK;
}

static void add_activity(const struct index *index)
{
    const struct export_index *facts = index->facts;
    if (facts->older) part_show(index->content, "NEWEST_ONLY");
    for (size_t i = 0; i < facts->event_count; i++)
        activity_fill(index->exchange, &facts->events[i], part_section(index->content, "EVENT"));
}

static void add_head(const struct index *index)
{
    struct exchange *exchange = index->exchange;
    Str portal = exchange->portal->options->display_name;
    Str date = catalog_date(exchange->arena, exchange->language, exchange->visit.now, true);
    part_str(index->content, "CODE", catalog_code(exchange->language));
    part_str(index->content, "DIRECTION", catalog_rtl(exchange->language) ? STR("rtl") : STR("ltr"));
    part_str(index->content, "TITLE", exchange_fill(exchange, N_("Your data at {NAME}"), "NAME", portal));
    part_str(index->content, "WHAT",
             catalog_fill(exchange->arena, exchange_text(exchange, N_("This is a copy of what {NAME} keeps about you, made on {DATE}.")),
                          "NAME", portal, "DATE", date, NULL));
    if (index->facts->picture) part_show(index->content, "HAS_PICTURE");
}

Error export_index_write(struct portal *portal, const struct view *view, const struct visit *visit, const struct export_index *facts,
                         Str *out)
{
    struct exchange exchange = {.arena = visit->arena, .portal = portal, .view = view, .language = facts->language, .visit = *visit};
    struct page *page = page_open_alone(view, visit->arena, facts->language, "export.tpl");
    const struct index index = {&exchange, facts, page_content(page)};
    add_head(&index);
    Error error = add_profile(&index);
    if (error) return error;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        add_list(&index, &lists[i], json_object_get(facts->account, lists[i].name));
    add_deletion(&index);
    add_activity(&index);
    *out = page_render(page);
    return out->p ? OK : ERR_FAULT;
}
