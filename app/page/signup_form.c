#include "page/signup_form.h"

#include "page/brand.h"
#include "page/password_form.h"
#include "page/profile_form.h"
#include "view/words.h"

static bool is_email(const struct field *field)
{
    return str_is(field->name, "email");
}

static bool asks_for(const struct signup_form *form, const struct field *field)
{
    const struct portal *portal = form->exchange->portal;
    return form->invitation ? invitation_asks_for(portal, form->connection, form->invitation, field)
                            : signup_asks_for(portal, form->connection, field);
}

static void add_item(struct part *problems, Str name, Str text)
{
    struct part *item = part_section(problems, "ITEM");
    struct part *kind = part_section(item, name.n ? "LINKED" : "NOT_LINKED");
    if (name.n) part_str(kind, "NAME", name);
    part_str(kind, "TEXT", text);
}

static Str labelled(struct exchange *exchange, const struct profile_form *profile, const struct refusal *refusal)
{
    Str words = profile_refusal_words(profile, refusal);
    if (!refusal->known) return words;
    return arena_print(exchange->arena, "%.*s: %.*s", STR_ARGS(field_label(exchange->language, refusal->known)), STR_ARGS(words));
}

/* Of one field; NULL: of none that the form knows. */
static void add_refusals(const struct signup_form *form, const struct profile_form *profile, const struct field *field,
                         struct part *problems)
{
    const struct refusal *each = profile->refusals ? profile->refusals->first : NULL;
    for (; each; each = each->next)
        if (each->known == field) add_item(problems, field ? each->field : STR_NONE, labelled(form->exchange, profile, each));
}

/* In the order of the form, so that who goes from one to the next never goes back. */
static void add_all_refusals(const struct signup_form *form, const struct profile_form *profile, struct part *problems)
{
    const struct fields *fields = &form->exchange->portal->directory.fields;
    add_refusals(form, profile, NULL, problems);
    add_refusals(form, profile, field_find(fields, STR("email")), problems);
    for (size_t i = 0; i < fields->count; i++)
        if (!is_email(&fields->list[i])) add_refusals(form, profile, &fields->list[i], problems);
}

static void add_problems(const struct signup_form *form, const struct profile_form *profile, const struct password_form *password,
                         struct page *page)
{
    struct exchange *exchange = form->exchange;
    bool refused = profile->refusals && profile->refusals->first;
    if (!refused && !password_form_has_problems(password)) return;
    part_show(page_base(page), "HAS_PROBLEM");
    struct part *problems = part_section(page_content(page), "PROBLEMS");
    if (form->other.n) add_item(problems, STR_NONE, form->other);
    add_all_refusals(form, profile, problems);
    for (size_t i = 0; i < password->count; i++)
        add_item(problems, STR("password"), password_reason_words(exchange, &password->reasons[i]));
    if (form->again) add_item(problems, STR("password_again"), exchange_text(exchange, form->again));
}

static void add_fields(const struct signup_form *form, const struct profile_form *profile, struct part *content)
{
    const struct portal *portal = form->exchange->portal;
    for (size_t i = 0; i < portal->directory.fields.count; i++) {
        const struct field *field = &portal->directory.fields.list[i];
        if (!is_email(field) && asks_for(form, field)) profile_field(profile, field, content);
    }
    if (form->invitation) {
        part_str(part_section(content, "INVITED"), "ADDRESS", form->invitation->email);
        return;
    }
    content = part_section(content, "PUBLIC");
    part_str(content, "LOGIN_PATH", brand_path(form->exchange, "/login"));
    part_str(content, "EMAIL", form_get(&form->exchange->request->form, "email"));
    const struct refusal *each = profile->refusals ? profile->refusals->first : NULL;
    while (each && !(each->known && is_email(each->known))) each = each->next;
    if (!each) return;
    part_show(content, "IS_EMAIL_WRONG");
    part_str(part_section(content, "EMAIL_PROBLEM"), "TEXT", profile_refusal_words(profile, each));
}

/* What the invitation brings along, as far as it can be kept: a first value, no more. */
static json_t *first_values(const struct signup_form *form)
{
    const char *name;
    json_t *raw, *value, *profile = json_object();
    FieldProblem problem;
    if (!form->invitation) return profile;
    json_object_foreach((json_t *)(uintptr_t)form->invitation->prefilled, name, raw) {
        const struct field *field = field_find(&form->exchange->portal->directory.fields, str_of(name));
        if (field && field_clean(form->exchange->arena, field, raw, &value, &problem) && value) field_put(profile, field, value);
    }
    return profile;
}

Error signup_form_show(const struct signup_form *form, int status)
{
    struct exchange *exchange = form->exchange;
    bool again = exchange->request->method == METHOD_POST;
    struct user nobody = {.connection = form->connection->id, .profile = first_values(form)};
    struct subject subject = {.connection = &form->connection->source};
    struct profile_form profile = {.exchange = exchange, .side = &profile_of_owner, .user = &nobody, .subject = &subject,
                                   .typed = again ? &exchange->request->form : NULL,
                                   .refusals = form->signup ? &form->signup->refusals : NULL};
    struct password_form password = {.user = &nobody, .again = form->again, .other = form->other};
    for (; form->signup && password.count < form->signup->count; password.count++)
        password.reasons[password.count] = form->signup->reasons[password.count];
    profile_form_decide(&profile);
    struct page *page = exchange_page(exchange, "signup.tpl", N_("Make an account"));
    part_str(page_content(page), "PATH", form->invitation ? str_of(exchange->route->path) : brand_path(exchange, "/signup"));
    if (!form->invitation) part_str(page_content(page), "CONNECTION", form->connection->source.name);
    if (form->mark.n) part_str(part_section(page_content(page), "MARKED"), "MARK", form->mark);
    add_problems(form, &profile, &password, page);
    add_fields(form, &profile, page_content(page));
    password_form_fields(exchange, page, &password);
    exchange_send(exchange, page, status);
    return OK;
}

static bool is_ours(Str name)
{
    static const char *const names[] = {"csrf", "connection", "mark", "password", "password_again"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i])) return true;
    return false;
}

bool signup_form_is_closed(const struct signup_form *form)
{
    const struct form *typed = &form->exchange->request->form;
    for (size_t i = 0; i < typed->count; i++) {
        Str name = typed->list[i].name;
        const struct field *field = field_find(&form->exchange->portal->directory.fields, name);
        bool asked = field && asks_for(form, field) && !(form->invitation && is_email(field));
        if (!is_ours(name) && !asked) return false;
        if (form_repeats(typed, name) && !(asked && field->type == TYPE_CHOICES)) return false;
    }
    return true;
}

/* What is missing is empty, so that the policy says which of it is required. */
struct change signup_form_read(const struct signup_form *form)
{
    const struct exchange *exchange = form->exchange;
    struct change change;
    change_init(&change, exchange->arena, ACTOR_OWNER);
    for (size_t i = 0; i < exchange->portal->directory.fields.count; i++) {
        const struct field *field = &exchange->portal->directory.fields.list[i];
        if (!asks_for(form, field)) continue;
        if (form->invitation && is_email(field)) change_put_text(&change, field->name, form->invitation->email);
        else change_put(&change, field->name, profile_typed(&exchange->request->form, field));
    }
    return change;
}
