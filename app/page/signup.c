/* Making one's own account. Who gets one and who has one already see the very same page (security.md A6). */
#include "account/signup.h"
#include "page/gate.h"
#include "page/password_form.h"
#include "page/profile_form.h"
#include "page/routes.h"
#include "view/words.h"

/* Named by the form or by the address; without a name it is the one that is open, if there is exactly one. NULL: none. */
static const struct connection *wanted(const struct exchange *exchange)
{
    const struct directory *directory = &exchange->portal->directory;
    Str name = form_get(&exchange->request->form, "connection");
    if (!name.n) name = form_get(&exchange->request->query, "connection");
    const struct connection *found = NULL;
    if (name.n) {
        found = directory_connection_named(directory, name);
        return signup_is_open(found) ? found : NULL;
    }
    for (size_t i = 0; i < directory->connection_count; i++) {
        if (!signup_is_open(&directory->connections[i])) continue;
        if (found) return NULL;
        found = &directory->connections[i];
    }
    return found;
}

struct signup_form {
    struct exchange *exchange;
    const struct connection *connection;
    const Signup *signup;         /* what is wrong; NULL: nothing yet */
    const char *again;            /* what is wrong with the repetition of the password; NULL: nothing */
    Str other;                    /* what is wrong with none of the fields; empty: nothing */
};

static bool is_email(const struct field *field)
{
    return str_is(field->name, "email");
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

static void add_problems(const struct signup_form *form, const struct profile_form *profile, const struct password_form *password,
                         struct page *page)
{
    struct exchange *exchange = form->exchange;
    const struct refusal *first = profile->refusals ? profile->refusals->first : NULL;
    if (!first && !password_form_has_problems(password)) return;
    part_show(page_base(page), "HAS_PROBLEM");
    struct part *problems = part_section(page_content(page), "PROBLEMS");
    if (form->other.n) add_item(problems, STR_NONE, form->other);
    for (const struct refusal *each = first; each; each = each->next)
        add_item(problems, each->known ? each->field : STR_NONE, labelled(exchange, profile, each));
    for (size_t i = 0; i < password->count; i++)
        add_item(problems, STR("password"), password_reason_words(exchange, &password->reasons[i]));
    if (form->again) add_item(problems, STR("password_again"), exchange_text(exchange, form->again));
}

static void add_fields(const struct signup_form *form, const struct profile_form *profile, struct part *content)
{
    const struct portal *portal = form->exchange->portal;
    for (size_t i = 0; i < portal->directory.fields.count; i++) {
        const struct field *field = &portal->directory.fields.list[i];
        if (!is_email(field) && signup_asks_for(portal, form->connection, field)) profile_field(profile, field, content);
    }
    part_str(content, "EMAIL", form_get(&form->exchange->request->form, "email"));
    const struct refusal *each = profile->refusals ? profile->refusals->first : NULL;
    while (each && !(each->known && is_email(each->known))) each = each->next;
    if (!each) return;
    part_show(content, "IS_EMAIL_WRONG");
    part_str(part_section(content, "EMAIL_PROBLEM"), "TEXT", profile_refusal_words(profile, each));
}

static Error show_form(const struct signup_form *form, int status)
{
    struct exchange *exchange = form->exchange;
    bool again = exchange->request->method == METHOD_POST;
    struct user nobody = {.connection = form->connection->id, .profile = json_object()};
    struct subject subject = {.connection = &form->connection->source};
    struct profile_form profile = {.exchange = exchange, .user = &nobody, .subject = &subject,
                                   .typed = again ? &exchange->request->form : NULL,
                                   .refusals = form->signup ? &form->signup->refusals : NULL};
    struct password_form password = {.user = &nobody, .again = form->again, .other = form->other};
    for (; form->signup && password.count < form->signup->count; password.count++)
        password.reasons[password.count] = form->signup->reasons[password.count];
    profile_form_decide(&profile);
    struct page *page = exchange_page(exchange, "signup.tpl", N_("Make an account"));
    part_str(page_content(page), "CONNECTION", form->connection->source.name);
    add_problems(form, &profile, &password, page);
    add_fields(form, &profile, page_content(page));
    password_form_fields(exchange, page, &password);
    exchange_send(exchange, page, status);
    return OK;
}

static Error show_sent(struct exchange *exchange)
{
    Str text = exchange_text(exchange, N_("A mail is on its way to the address that you entered. It tells you how to go on. "
                                          "When nothing comes, look among the unwanted mail, then try again."));
    return exchange_say(exchange, 200, N_("Look into your mailbox"), text, N_("Go to the sign-in page"), STR("/login"));
}

static Error go_on(struct exchange *exchange, Str path)
{
    reply_see_other(exchange->reply, path);
    return OK;
}

Error signup_show(struct exchange *exchange)
{
    if (exchange->signed_in) return go_on(exchange, STR("/profile"));
    if (form_has(&exchange->request->query, STR("sent"))) return show_sent(exchange);
    Error error = portal_refresh(exchange->portal);
    if (error) return error;
    const struct connection *connection = wanted(exchange);
    if (!connection) return exchange_error(exchange, 404);
    gate_begin(exchange);
    return show_form(&(struct signup_form){.exchange = exchange, .connection = connection}, 200);
}

static bool is_ours(Str name)
{
    static const char *const names[] = {"csrf", "connection", "password", "password_again"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i])) return true;
    return false;
}

/* Nothing but what the form asks for, once: no other field may come along with a sign-up. */
static bool is_closed(const struct exchange *exchange, const struct connection *connection)
{
    const struct form *form = &exchange->request->form;
    for (size_t i = 0; i < form->count; i++) {
        Str name = form->list[i].name;
        const struct field *field = field_find(&exchange->portal->directory.fields, name);
        bool asked = field && signup_asks_for(exchange->portal, connection, field);
        if (!is_ours(name) && !asked) return false;
        if (form_repeats(form, name) && !(asked && field->type == TYPE_CHOICES)) return false;
    }
    return true;
}

/* What is missing is empty, so that the policy says which of it is required. */
static struct change read_change(const struct exchange *exchange, const struct connection *connection)
{
    const struct form *form = &exchange->request->form;
    struct change change;
    change_init(&change, exchange->arena, ACTOR_OWNER);
    for (size_t i = 0; i < exchange->portal->directory.fields.count; i++) {
        const struct field *field = &exchange->portal->directory.fields.list[i];
        if (signup_asks_for(exchange->portal, connection, field)) change_put(&change, field->name, profile_typed(form, field));
    }
    return change;
}

static Error show_wait(struct signup_form *form, int64_t seconds)
{
    struct exchange *exchange = form->exchange;
    reply_retry_after(exchange->reply, 429, seconds);
    form->other = exchange_text(exchange, N_("Many accounts were made from your network. Try again in a minute."));
    return show_form(form, 429);
}

Error signup_save(struct exchange *exchange)
{
    const struct form *typed = &exchange->request->form;
    if (exchange->signed_in) return go_on(exchange, STR("/profile"));
    Error error = portal_refresh(exchange->portal);
    if (error) return error;
    const struct connection *connection = wanted(exchange);
    if (!connection) return exchange_error(exchange, 404);
    if (!is_closed(exchange, connection)) return exchange_error(exchange, 422);
    struct change change = read_change(exchange, connection);
    struct signup_wish wish = {.connection = connection, .change = &change, .password = form_get(typed, "password"),
                               .language = catalog_code(exchange->language)};
    struct signup_form form = {.exchange = exchange, .connection = connection, .again = password_again_problem(typed)};
    Signup signup;
    error = form.again ? signup_check(exchange->portal, &exchange->visit, &wish, &signup)
                       : signup_make(exchange->portal, &exchange->visit, &wish, &signup);
    if (error) return error;
    form.signup = &signup;
    if (signup.outcome == SIGNUP_WAIT) return show_wait(&form, signup.retry_after);
    if (form.again || signup.outcome == SIGNUP_REFUSED) return show_form(&form, 422);
    return go_on(exchange, STR("/signup?sent=1"));
}
