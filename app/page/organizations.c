/* The organizations that somebody belongs to: what they are there, whose look their pages wear, and leaving. */
#include "account/member.h"
#include "page/brand.h"
#include "page/routes.h"
#include "view/words.h"

enum { A_YEAR = 365 * 24 * 3600 };

static const struct membership *membership_named(const struct exchange *exchange, Str name)
{
    const struct user *user = &exchange->session.user;
    for (size_t i = 0; i < user->membership_count; i++)
        if (str_eq(user->memberships[i].rules.organization.name, name)) return &user->memberships[i];
    return NULL;
}

/* --- the list --- */

static void add_roles(struct exchange *exchange, const struct membership *membership, struct part *part)
{
    Permissions may = directory_permissions(&exchange->portal->directory, membership->roles);
    Str roles = membership->roles;
    if (!roles.n) part_show(part, "NO_ROLE");
    struct part *list = roles.n ? part_section(part, "ROLES") : NULL;
    while (roles.n) part_str(part_section(list, "ROLE"), "NAME", role_title(exchange->language, str_cut(&roles, ',')));
    struct part *tasks = may && !membership->rules.suspended ? part_section(part, "TASKS") : NULL;
    for (size_t i = 0; tasks && i < permission_count; i++)
        if (may & permission_bit(permissions[i].name))
            part_str(part_section(tasks, "TASK"), "TEXT", exchange_text(exchange, permission_words(&permissions[i])));
}

static Str suspended_words(struct exchange *exchange, const struct look *look)
{
    if (!look->support_email.n)
        return exchange_text(exchange, N_("Your membership is suspended. Ask this organization why, and for how long."));
    return exchange_fill(exchange, N_("Your membership is suspended. Ask {ADDRESS} why, and for how long."), "ADDRESS",
                         look->support_email);
}

static void add_ways(struct exchange *exchange, const struct membership *membership, struct part *part)
{
    if (membership->rules.suspended) return;
    if (directory_permissions(&exchange->portal->directory, membership->roles)) part_show(part, "DESK");
    part_show(part, brand_worn(exchange) == membership ? "IS_WORN" : "CAN_WEAR");
}

static Str connection_name(const struct exchange *exchange)
{
    const struct connection *connection = directory_connection(&exchange->portal->directory, exchange->session.user.connection);
    return connection ? connection->source.display_name : STR("");
}

/* What leaving brings about is said before it is done. */
static Error add_leaving(struct exchange *exchange, const struct membership *membership, bool returns, struct part *part)
{
    bool may = false;
    if (returns && membership->rules.suspended) return OK;
    Error error = member_may_go(exchange->portal, membership->organization, exchange->session.user.id, &may);
    if (error) return error;
    struct part *leaving = part_section(part, may ? "LEAVING" : "STAYING");
    if (!may) return OK;
    if (!returns) part_show(leaving, "FOR_GOOD");
    else part_str(part_section(leaving, "RETURNS"), "TEXT",
                  exchange_fill(exchange, N_("You lose your roles here at once. Your account and your profile stay. But everybody who signs in "
                                             "with {NAME} becomes a member here: the next time you sign in, you are one again."),
                                "NAME", connection_name(exchange)));
    return OK;
}

static Error add_membership(struct exchange *exchange, const struct membership *membership, bool returns, struct part *part)
{
    struct look look = look_of_membership(exchange->portal, membership);
    part_str(part, "ID", look.name);
    part_str(part, "NAME", look.display_name);
    part_str(part, "JOINED", exchange_fill(exchange, N_("Member since {DATE}"), "DATE",
                                           catalog_date(exchange->arena, exchange->language, membership->joined_at, false)));
    part_show(part, membership->rules.home ? "IS_HOME" : "IS_GUEST");
    if (membership->rules.suspended) part_str(part_section(part, "SUSPENDED"), "TEXT", suspended_words(exchange, &look));
    add_roles(exchange, membership, part);
    add_ways(exchange, membership, part);
    return add_leaving(exchange, membership, returns, part);
}

static void say_done(struct exchange *exchange, struct page *page)
{
    static const struct { const char *mark, *words; } said[] = {
        {"left", N_("You are no longer a member there.")}, {"look", N_("Your pages wear this look from now on.")},
        {"portal", N_("Your pages wear the portal's own look again.")},
    };
    Str done = form_get(&exchange->request->query, "done");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (str_is(done, said[i].mark)) exchange_notice(page, exchange_text(exchange, said[i].words));
}

Error organizations_show(struct exchange *exchange)
{
    const struct user *user = &exchange->session.user;
    struct assignments all;
    Error error = member_assignments(exchange->portal, exchange->arena, user->id, &all);
    if (error) return error;
    struct page *page = exchange_page(exchange, "organizations.tpl", N_("Your organizations"));
    struct part *content = page_content(page);
    for (size_t i = 0; !error && i < user->membership_count; i++)
        error = add_membership(exchange, &user->memberships[i], member_returns(&all, user->memberships[i].organization),
                               part_section(content, "ORGANIZATION"));
    if (error) return error;
    if (!user->membership_count) part_show(content, "NONE");
    say_done(exchange, page);
    exchange_send(exchange, page, 200);
    return OK;
}

/* --- leaving --- */

static Error say_last_administrator(struct exchange *exchange, const struct membership *membership)
{
    bool active = membership && !membership->rules.suspended;
    Str path = active ? arena_print(exchange->arena, "/o/%.*s/desk/members", STR_ARGS(membership->rules.organization.name))
                      : STR("/organizations");
    return exchange_say(exchange, 409, N_("You are the last administrator there"),
                        exchange_text(exchange, N_("Without you nobody could look after this organization, so nothing was changed. Make "
                                                   "another member administrator first, then leave.")),
                        active ? N_("Choose another administrator") : N_("See your organizations"), path);
}

static Error say_suspended(struct exchange *exchange)
{
    return exchange_say(exchange, 409, N_("Your membership is suspended"),
                        exchange_text(exchange, N_("Everybody who signs in the same way as you is a member there, so leaving would end the "
                                                   "suspension. Nothing was changed. Ask the organization about it first.")),
                        N_("See your organizations"), STR("/organizations"));
}

static void take_off(struct exchange *exchange)
{
    reply_cookie(exchange->reply, exchange->portal->options->https, "look", STR(""), -1);
}

Error organization_leave_save(struct exchange *exchange)
{
    Str name = exchange->segment[0];
    const struct membership *membership = membership_named(exchange, name);
    bool worn = membership && brand_worn(exchange) == membership;
    DeskAct act;
    Error error = member_leave(exchange->portal, &exchange->visit, &exchange->session.user, name, &act);
    if (error) return error;
    if (act.outcome == DESK_LAST_ADMINISTRATOR) return say_last_administrator(exchange, membership);
    if (act.outcome == DESK_IMPOSSIBLE) return say_suspended(exchange);
    if (act.outcome != DESK_DONE) return ERR_DENIED;
    if (worn) take_off(exchange);
    reply_see_other(exchange->reply, STR("/organizations?done=left"));
    return OK;
}

/* --- the look --- */

Error organization_look_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    const struct membership *membership = membership_named(exchange, exchange->segment[0]);
    Str wear = form_get(form, "wear");
    if (form_has_repeats(form) || (!str_is(wear, "yes") && !str_is(wear, "no"))) return ERR_INVALID;
    if (!membership || membership->rules.suspended) return ERR_NOT_FOUND;
    if (str_is(wear, "no")) take_off(exchange);
    else reply_cookie(exchange->reply, exchange->portal->options->https, "look", exchange->segment[0], A_YEAR);
    reply_see_other(exchange->reply, str_is(wear, "no") ? STR("/organizations?done=portal") : STR("/organizations?done=look"));
    return OK;
}
