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
    struct invitation_wish wish;
    json_t *prefilled;
    const struct field *wrong;    /* the first value that cannot be kept; NULL: none */
    FieldProblem wrong_problem;
    Str problem, days_problem;    /* empty: none */
    const struct invited_line *lines;
    size_t line_count;
};

/* --- what was typed --- */

static const struct form *typed(const struct invitations_page *all)
{
    return all->exchange->request->method == METHOD_POST ? &all->exchange->request->form : NULL;
}

static const struct member_of *own_membership(const struct exchange *exchange)
{
    const struct user *user = &exchange->session.user;
    for (size_t i = 0; i < user->membership_count; i++)
        if (user->memberships[i].organization == exchange->desk.organization) return &user->memberships[i].rules;
    return NULL;
}

/* Plain texts that this desk could write into the account that an invitation makes. */
static bool is_offered(const struct exchange *exchange, const struct connection *connection, const struct field *field)
{
    struct subject subject = {.connection = connection ? &connection->source : NULL, .memberships = own_membership(exchange),
                              .membership_count = own_membership(exchange) ? 1 : 0};
    return connection && field->type == TYPE_TEXT && field->section != SECTION_ADDRESS && invited_may_prefill(field) &&
           policy_level(&exchange->portal->directory.fields, field, &subject, ACTOR_DESK, false).level >= LEVEL_ONCE;
}

static Error read_prefilled(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    const struct connection *connection;
    Error error = invitation_connection(exchange->portal, exchange->desk.organization, &connection);
    all->prefilled = json_object();
    for (size_t i = 0; !error && i < fields->count; i++) {
        const struct field *field = &fields->list[i];
        Str text = str_trim(form_get_str(typed(all), field->name));
        json_t *value = NULL, *raw = json_stringn(text.p ? text.p : "", text.n);
        FieldProblem problem = {0};
        if (!text.n || !is_offered(exchange, connection, field)) continue;
        if (field_clean(exchange->arena, field, raw, &value, &problem)) json_object_setn(all->prefilled, field->name.p, field->name.n, value);
        else if (!all->wrong) *all = (struct invitations_page){.exchange = exchange, .wish = all->wish, .prefilled = all->prefilled,
                                                               .days_problem = all->days_problem, .wrong = field, .wrong_problem = problem};
    }
    return error;
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
    else all->days_problem = exchange_text(all->exchange, N_("Choose 1 to 30 days."));
}

static Error read_wish(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    Str language = form_get(typed(all), "language");
    const struct catalog *known = language.n ? catalogs_get(view_catalogs(exchange->view), language) : NULL;
    all->wish.emails = form_get(typed(all), "emails");
    all->wish.language = catalog_code(known ? known : exchange->language);
    read_roles(all);
    read_days(all);
    Error error = read_prefilled(all);
    all->wish.prefilled = all->prefilled;
    return error;
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
        bool ours = role->organization == 0 || role->organization == exchange->desk.organization;
        if (!ours || (role->may & ~exchange->desk.may)) continue;
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

static void add_value(const struct invitations_page *all, const struct field *field, struct part *part)
{
    struct exchange *exchange = all->exchange;
    part_str(part, "NAME", field->name);
    part_str(part, "LABEL", field_label_for(exchange->language, field, ACTOR_DESK));
    if (typed(all)) part_str(part, "VALUE", form_get_str(typed(all), field->name));
    if (all->wrong != field) return;
    part_show(part, "IS_WRONG");
    part_str(part_section(part, "PROBLEM"), "TEXT", field_problem(exchange->arena, exchange->language, all->wrong_problem));
}

static Error add_values(const struct invitations_page *all, struct part *form)
{
    struct exchange *exchange = all->exchange;
    const struct fields *fields = &exchange->portal->directory.fields;
    const struct connection *connection;
    struct part *values = NULL;
    Error error = invitation_connection(exchange->portal, exchange->desk.organization, &connection);
    for (size_t i = 0; !error && i < fields->count; i++) {
        if (!is_offered(exchange, connection, &fields->list[i])) continue;
        if (!values) values = part_section(form, "VALUES");
        add_value(all, &fields->list[i], part_section(values, "FIRST_VALUE"));
    }
    if (values && all->wrong) part_show(values, "IS_OPEN");
    return error;
}

static Error add_form(const struct invitations_page *all, struct part *content)
{
    struct exchange *exchange = all->exchange;
    struct part *form = part_section(content, "INVITE");
    int64_t days = all->wish.seconds ? all->wish.seconds / A_DAY : (exchange->portal->options->invitation_seconds + A_DAY - 1) / A_DAY;
    part_str(form, "PATH", desk_path(exchange, "invitations"));
    part_str(form, "EMAILS", all->wish.emails);
    if (all->days_problem.n) part_str(form, "DAYS", form_get(typed(all), "days"));
    else part_int(form, "DAYS", days);
    if (all->days_problem.n) part_show(form, "IS_DAYS_WRONG");
    if (all->days_problem.n) part_str(part_section(form, "DAYS_PROBLEM"), "TEXT", all->days_problem);
    add_roles(all, form);
    add_languages(all, form);
    return add_values(all, form);
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

/* What can be repaired stays in the box. */
static Str left_over(struct arena *arena, const struct invited_line *lines, size_t count)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        if (lines[i].became != INVITED_UNREADABLE && lines[i].became != INVITED_TOO_OFTEN) continue;
        text_add(&text, lines[i].typed);
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
        {"revoked", N_("The invitation is taken back. Its link is dead.")},
        {"nothing", N_("It was answered or taken back before, so nothing was changed.")},
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
    struct part *content = page_content(page);
    Str problem = all->problem;
    if (!problem.n && (all->wrong || all->days_problem.n)) problem = exchange_text(exchange, N_("Nothing was sent yet. Look at what is marked."));
    if (problem.n) part_show(page_base(page), "HAS_PROBLEM");
    if (problem.n) part_str(part_section(content, "PROBLEM"), "TEXT", problem);
    add_notice(exchange, page);
    add_lines(all, content);
    Error error = add_form(all, content);
    if (!error) error = desk_invitation_list(exchange, content);
    if (!error) exchange_send(exchange, page, status);
    return error;
}

Error desk_invitations_show(struct exchange *exchange)
{
    Error error = portal_refresh(exchange->portal);
    return error ? error : show(&(struct invitations_page){.exchange = exchange}, 200);
}

/* --- sending --- */

static Error show_problem(struct invitations_page *all, int status, const char *words)
{
    all->problem = exchange_text(all->exchange, words);
    return show(all, status);
}

static Error show_wait(struct invitations_page *all, int64_t seconds)
{
    struct exchange *exchange = all->exchange;
    Str most = arena_print(exchange->arena, "%lld", (long long)exchange->portal->options->invitations_per_day);
    reply_retry_after(exchange->reply, 429, seconds);
    all->problem = exchange_fill(exchange, N_("Your organization may send {N} invitations a day, and with this list it would be more. "
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
    all->wish.emails = left_over(exchange->arena, all->lines, all->line_count);
    if (sent) return show(all, 200);
    return show_problem(all, 422, N_("Nothing was sent. See below what became of each line."));
}

static Error send_all(struct invitations_page *all)
{
    struct exchange *exchange = all->exchange;
    struct invited_line *lines = ARENA_ARRAY(exchange->arena, struct invited_line, INVITED_AT_ONCE);
    DeskAct act;
    Error error = invitation_send(exchange->portal, &exchange->visit, &exchange->desk, &all->wish, &act, lines, &all->line_count);
    if (error == ERR_INVALID) return show_problem(all, 422, N_("Enter one to 100 e-mail addresses, one a line. Nothing was sent."));
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
    Error error = portal_refresh(exchange->portal);
    if (!error) error = read_wish(&all);
    if (error) return error;
    return all.wrong || all.days_problem.n ? show(&all, 422) : send_all(&all);
}

/* --- one that was sent --- */

static Error answer_act(struct exchange *exchange, Error error, const DeskAct *act, const char *done)
{
    Str path = desk_path(exchange, "invitations");
    if (error) return error;
    if (act->outcome != DESK_DONE && act->outcome != DESK_NOTHING)
        return desk_refused(exchange, act, N_("Go to the invitations"), path);
    const char *mark = act->outcome == DESK_DONE ? done : "nothing";
    reply_see_other(exchange->reply, arena_print(exchange->arena, "%.*s?done=%s", STR_ARGS(path), mark));
    return OK;
}

Error desk_invitation_resend(struct exchange *exchange)
{
    DeskAct act;
    Error error = invitation_resend(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1], &act);
    return answer_act(exchange, error, &act, "resent");
}

Error desk_invitation_revoke(struct exchange *exchange)
{
    DeskAct act;
    Error error = invitation_revoke(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1], &act);
    return answer_act(exchange, error, &act, "revoked");
}
