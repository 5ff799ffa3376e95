/* Inviting people: who was invited and what became of it, and the form for more. What is said never tells whether an address has an
   account somewhere else (security.md J8). */
#include "account/invited.h"

#include "page/desk_frame.h"
#include "page/desk_invitations.h"
#include "page/routes.h"
#include "view/words.h"

enum { A_DAY = 86400, MOST_DAYS = 30, ROLES_MAX = 50 };

struct invitations_page {
    struct exchange *exchange;
    const struct connection *connection;      /* where an invitation makes accounts; NULL: nowhere */
    struct invitation_wish wish;
    struct invited_list list;
    json_t *prefilled;
    FieldProblem *wrong;          /* of each field its first value that cannot be kept */
    bool any_wrong;
    Str emails;                   /* what stands in the box */
    const char *problem, *days_problem, *emails_problem;      /* NULL: none */
    Str wait;                     /* why it has to wait; empty: it has not */
    const struct invited_line *lines;
    size_t line_count;
};

/* --- what was typed --- */

static const struct form *typed(const struct invitations_page *all)
{
    return all->exchange->request->method == METHOD_POST ? &all->exchange->request->form : NULL;
}

/* Plain texts; a table may fill in more. */
static bool is_offered(const struct invitations_page *all, const struct field *field)
{
    return field->type == TYPE_TEXT && field->section != SECTION_ADDRESS &&
           desk_invitation_fills(all->exchange, all->connection, field);
}

static void read_prefilled(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    all->prefilled = json_object();
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        Str text = str_trim(form_get_str(typed(all), field->name));
        json_t *value = NULL;
        if (!text.n || !is_offered(all, field)) continue;
        if (field_clean(exchange->arena, field, json_stringn(text.p, text.n), &value, &all->wrong[i]))
            json_object_setn(all->prefilled, field->name.p, field->name.n, value);
        all->any_wrong = all->any_wrong || all->wrong[i].message;
    }
    all->wish.prefilled = all->prefilled;
}

static void read_roles(struct invitations_page *all)
{
    const struct form *form = typed(all);
    Str *roles = ARENA_ARRAY(all->exchange->arena, Str, ROLES_MAX);
    for (size_t i = 0; i < form->count && all->wish.role_count < ROLES_MAX; i++)
        if (str_is(form->list[i].name, "roles") && form->list[i].value.n) roles[all->wish.role_count++] = form->list[i].value;
    all->wish.roles = roles;
}

static void read_days(struct invitations_page *all)
{
    Str text = str_trim(form_get(typed(all), "days"));
    int64_t days = 0;
    if (!text.n) return;
    bool fine = str_to_int(text, &days) && days >= 1 && days <= MOST_DAYS;
    if (fine) all->wish.seconds = days * A_DAY;
    else all->days_problem = N_("Choose 1 to 30 days.");
}

static void read_list(struct invitations_page *all)
{
    struct invited_terms terms = desk_invitation_terms(all->exchange, all->connection);
    all->list = invited_parse(all->exchange->arena, &terms, all->emails);
    bool fine = all->list.count && !all->list.too_many;
    if (!fine) all->emails_problem = N_("Enter one to 100 e-mail addresses, one a line.");
    all->wish.entries = all->list.entries;
    all->wish.entry_count = all->list.count;
}

static void read_wish(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    Str language = form_get(typed(all), "language");
    const struct catalog *known = language.n ? catalogs_get(view_catalogs(exchange->view), language) : NULL;
    all->emails = form_get(typed(all), "emails");
    all->wish.language = catalog_code(known ? known : exchange->language);
    read_roles(all);
    read_days(all);
    read_prefilled(all);
    read_list(all);
}

static bool is_sendable(const struct invitations_page *all)
{
    return !all->any_wrong && !all->days_problem && !all->emails_problem && !all->list.problem_count;
}

/* --- the form --- */

static bool was_picked(const struct invitations_page *all, Str role)
{
    for (size_t i = 0; i < all->wish.role_count; i++)
        if (str_eq(all->wish.roles[i], role)) return true;
    return false;
}

/* Only what the one who invites could give: nobody lifts others above themself. */
static void add_roles(const struct invitations_page *all, struct part *form)
{
    struct exchange *exchange = all->exchange;
    const struct directory *directory = &exchange->portal->directory;
    for (size_t i = 0; i < directory->role_count; i++) {
        const struct role *role = &directory->roles[i];
        if (!desk_invitation_gives(exchange, role)) continue;
        struct part *part = part_section(form, "ROLE");
        part_str(part, "NAME", role->name);
        part_str(part, "LABEL", role_title(exchange->language, role->name));
        part_str(part, "RIGHTS", role_summary(exchange->arena, exchange->language, role->name, role->may));
        part_int(part, "NUMBER", (int64_t)i);
        if (was_picked(all, role->name)) part_show(part, "IS_PICKED");
    }
}

static void add_languages(const struct invitations_page *all, struct part *form)
{
    struct exchange *exchange = all->exchange;
    const struct catalogs *catalogs = view_catalogs(exchange->view);
    Str picked = all->wish.language.n ? all->wish.language : catalog_code(exchange->language);
    for (size_t i = 0; i < catalogs->count; i++) {
        struct part *part = part_section(form, "LANGUAGE_CHOICE");
        part_str(part, "VALUE", catalog_code(catalogs->list[i]));
        part_str(part, "LABEL", catalog_name(catalogs->list[i]));
        if (str_eq(picked, catalog_code(catalogs->list[i]))) part_show(part, "IS_PICKED");
    }
}

static void add_value(const struct invitations_page *all, size_t at, struct part *part)
{
    struct exchange *exchange = all->exchange;
    const struct field *field = &exchange->portal->directory.fields.list[at];
    part_str(part, "NAME", field->name);
    part_str(part, "LABEL", field_label_for(exchange->language, field, ACTOR_DESK));
    if (typed(all)) part_str(part, "VALUE", form_get_str(typed(all), field->name));
    if (!all->wrong[at].message) return;
    part_show(part, "IS_WRONG");
    part_str(part_section(part, "PROBLEM"), "TEXT", field_problem(exchange->arena, exchange->language, all->wrong[at]));
}

static void add_values(const struct invitations_page *all, struct part *form)
{
    const struct fields *fields = &all->exchange->portal->directory.fields;
    struct part *values = NULL;
    for (size_t i = 0; i < fields->count; i++) {
        if (!is_offered(all, &fields->list[i])) continue;
        if (!values) values = part_section(form, "VALUES");
        add_value(all, i, part_section(values, "FIRST_VALUE"));
    }
    if (values && all->any_wrong) part_show(values, "IS_OPEN");
}

static void add_days(const struct invitations_page *all, struct part *form)
{
    int64_t seconds = all->wish.seconds ? all->wish.seconds : all->exchange->portal->options->invitation_seconds;
    if (!all->days_problem) {
        part_int(form, "DAYS", (seconds + A_DAY - 1) / A_DAY);
        return;
    }
    part_str(form, "DAYS", form_get(typed(all), "days"));
    part_show(form, "IS_DAYS_WRONG");
    part_str(part_section(form, "DAYS_PROBLEM"), "TEXT", exchange_text(all->exchange, all->days_problem));
}

static void add_form(const struct invitations_page *all, struct part *content)
{
    struct exchange *exchange = all->exchange;
    struct part *form = part_section(content, "INVITE");
    part_str(form, "PATH", desk_path(exchange, "invitations"));
    part_str(form, "EMAILS", all->emails);
    if (all->emails_problem || all->list.problem_count) part_show(form, "IS_LIST_WRONG");
    desk_invitation_columns(exchange, all->connection, form);
    add_days(all, form);
    add_roles(all, form);
    add_languages(all, form);
    add_values(all, form);
}

/* --- what is wrong with it --- */

static void add_item(struct part *problems, Str name, Str text)
{
    struct part *item = part_section(problems, "ITEM");
    struct part *inner = part_section(item, name.n ? "LINKED" : "NOT_LINKED");
    if (name.n) part_str(inner, "NAME", name);
    part_str(inner, "TEXT", text);
}

static void add_list_problems(const struct invitations_page *all, struct part *problems)
{
    struct exchange *exchange = all->exchange;
    const struct invited_list *list = &all->list;
    for (size_t i = 0; i < list->problem_count; i++)
        add_item(problems, STR("emails"), desk_invitation_problem(exchange, &list->problems[i]));
    if (list->more_problems) add_item(problems, STR_NONE, exchange_text(exchange, N_("There are more. Put these right first.")));
    if (all->emails_problem) add_item(problems, STR("emails"), exchange_text(exchange, all->emails_problem));
}

static void add_value_problems(const struct invitations_page *all, struct part *problems)
{
    struct exchange *exchange = all->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    for (size_t i = 0; all->any_wrong && i < fields->count; i++) {
        if (!all->wrong[i].message) continue;
        Str label = field_label_for(exchange->language, &fields->list[i], ACTOR_DESK);
        Str text = field_problem(exchange->arena, exchange->language, all->wrong[i]);
        add_item(problems, fields->list[i].name, arena_print(exchange->arena, "%.*s: %.*s", STR_ARGS(label), STR_ARGS(text)));
    }
}

static void add_problems(const struct invitations_page *all, struct page *page)
{
    struct exchange *exchange = all->exchange;
    if (!typed(all) || (!all->problem && !all->wait.n && is_sendable(all))) return;
    part_show(page_base(page), "HAS_PROBLEM");
    struct part *problems = part_section(page_content(page), "PROBLEMS");
    if (all->problem) add_item(problems, STR_NONE, exchange_text(exchange, all->problem));
    if (all->wait.n) add_item(problems, STR_NONE, all->wait);
    add_list_problems(all, problems);
    if (all->days_problem) add_item(problems, STR("days"), exchange_text(exchange, all->days_problem));
    add_value_problems(all, problems);
}

/* --- what became of a list --- */

static const char *const became_words[] = {
    [INVITED_DONE] = N_("Invited."),
    [INVITED_UNREADABLE] = N_("This is no e-mail address. Correct it below."),
    [INVITED_MEMBER] = N_("Is a member already."),
    [INVITED_PENDING] = N_("Is invited already. Below you can send that invitation again."),
    [INVITED_TOO_OFTEN] = N_("Was invited too often today. Try again tomorrow."),
};

static void add_lines(const struct invitations_page *all, struct part *content)
{
    if (!all->line_count) return;
    struct part *list = part_section(content, "RESULT");
    for (size_t i = 0; i < all->line_count; i++) {
        struct part *part = part_section(list, "LINE");
        part_str(part, "TYPED", all->lines[i].typed);
        part_str(part, "TEXT", exchange_text(all->exchange, became_words[all->lines[i].became]));
    }
}

/* What can be repaired stays in the box, of a table with the line that names its columns. */
static Str left_over(const struct invitations_page *all)
{
    struct text text = {.arena = all->exchange->arena};
    for (size_t i = 0; i < all->line_count; i++) {
        if (all->lines[i].became != INVITED_UNREADABLE && all->lines[i].became != INVITED_TOO_OFTEN) continue;
        if (!text.n && all->list.head.n) text_print(&text, "%.*s\n", STR_ARGS(all->list.head));
        text_add(&text, all->list.entries[i].whole);
        text_add(&text, STR("\n"));
    }
    return text_str(&text);
}

/* --- the page --- */

struct said {
    const char *mark, *words;
};

static void add_notice(struct exchange *exchange, struct page *page)
{
    static const struct said said[] = {
        {"resent", N_("The invitation is on its way again. The link in the older mail is dead.")},
        {"revoked", N_("The invitation is taken back. Its link is dead. To undo that, press \"Send again\".")},
        {"nothing", N_("Nothing was changed: it was answered or taken back before, a newer one waits, or a member has this address.")},
    };
    Str done = form_get(&exchange->request->query, "done");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (str_is(done, said[i].mark)) exchange_notice(page, exchange_text(exchange, said[i].words));
    int64_t sent;
    if (!str_to_int(form_get(&exchange->request->query, "sent"), &sent) || sent < 1 || sent > INVITED_AT_ONCE) return;
    Str words = catalog_plural(exchange->language, "{N} invitation is on its way.", "{N} invitations are on their way.", sent);
    exchange_notice(page, catalog_fill(exchange->arena, words, "N", arena_print(exchange->arena, "%lld", (long long)sent), NULL));
}

static Error show(const struct invitations_page *all, int status)
{
    struct exchange *exchange = all->exchange;
    struct page *page = exchange_page(exchange, "desk_invitations.tpl", N_("Invitations"));
    add_problems(all, page);
    add_notice(exchange, page);
    add_lines(all, page_content(page));
    add_form(all, page_content(page));
    Error error = desk_invitation_list(exchange, page_content(page));
    if (!error) exchange_send(exchange, page, status);
    return error;
}

static Error begin(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    Error error = portal_refresh(exchange->portal);
    if (!error) error = invitation_connection(exchange->portal, exchange->desk.organization, &all->connection);
    all->wrong = ARENA_ARRAY(exchange->arena, FieldProblem, exchange->portal->directory.fields.count + 1);
    return error;
}

Error desk_invitations_show(struct exchange *exchange)
{
    struct invitations_page all = {.exchange = exchange};
    Error error = begin(&all);
    return error ? error : show(&all, 200);
}

/* --- sending --- */

static Error show_wait(struct invitations_page *all, int64_t seconds)
{
    struct exchange *exchange = all->exchange;
    Str most = arena_print(exchange->arena, "%lld", (long long)exchange->portal->options->invitations_per_day);
    reply_retry_after(exchange->reply, 429, seconds);
    all->wait = exchange_fill(exchange, N_("Your organization may send {N} invitations a day, and with this list it would be more. "
                                           "Nothing was sent. Send fewer, or try again tomorrow."), "N", most);
    return show(all, 429);
}

static Error show_result(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    size_t sent = 0;
    for (size_t i = 0; i < all->line_count; i++) sent += all->lines[i].became == INVITED_DONE;
    if (sent == all->line_count) {
        Str path = desk_path(exchange, "invitations");
        reply_see_other(exchange->reply, arena_print(exchange->arena, "%.*s?sent=%zu", STR_ARGS(path), sent));
        return OK;
    }
    all->emails = left_over(all);
    if (!sent) all->problem = N_("See below what became of each line.");
    return show(all, sent ? 200 : 422);
}

static Error send_all(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    struct invited_line *lines = ARENA_ARRAY(exchange->arena, struct invited_line, INVITED_AT_ONCE);
    DeskAct act;
    Error error = invitation_send(exchange->portal, &exchange->visit, &exchange->desk, &all->wish, &act, lines, &all->line_count);
    if (error) return error;
    all->lines = lines;
    if (act.outcome == DESK_WAIT) return show_wait(all, act.seconds);
    if (act.outcome == DESK_DONE) return show_result(all);
    return desk_refused(exchange, &act, N_("Go to the invitations"), desk_path(exchange, "invitations"));
}

Error desk_invitations_save(struct exchange *exchange)
{
    struct invitations_page all = {.exchange = exchange};
    const struct form *form = &exchange->request->form;
    for (size_t i = 0; i < form->count; i++)
        if (!str_is(form->list[i].name, "roles") && form_repeats(form, form->list[i].name)) return exchange_error(exchange, 422);
    Error error = begin(&all);
    if (error) return error;
    read_wish(&all);
    return is_sendable(&all) ? send_all(&all) : show(&all, 422);
}
