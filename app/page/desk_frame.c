#include "page/desk_frame.h"

#include <string.h>

#include "base/encode.h"
#include "page/routes.h"
#include "page/waiting.h"
#include "view/words.h"

enum { WAITING_SHOWN = 9 };

struct place {
    const char *below, *label;
    const char *permission;       /* NULL: everybody behind the desk */
};

static const struct place places[] = {
    {"", N_("Overview"), NULL},
    {"members", N_("Members"), "read:members"},
    {"invitations", N_("Invitations"), "create:invitations"},
    {"requests", N_("Requests"), "update:members"},
    {"roles", N_("Roles"), "read:members"},
    {"activity", N_("Activity"), "read:activity"},
    {"branding", N_("Branding"), "update:branding"},
};

Str desk_path(const struct exchange *exchange, const char *below)
{
    return arena_print(exchange->arena, "/o/%.*s/desk/%s", STR_ARGS(exchange->desk.name), below);
}

Str desk_member_path(const struct exchange *exchange, Str user_id)
{
    return arena_join(exchange->arena, desk_path(exchange, "members/"), percent_encode(exchange->arena, user_id));
}

/* --- the side list --- */

static void add_place(struct part *base, Str path, Str label, const char *here)
{
    struct part *part = part_section(base, "PLACE");
    part_str(part, "PATH", path);
    part_str(part, "LABEL", label);
    if (here) part_show(part, here);
}

/* The page of a member stands below that of all members. */
static const char *here(const struct exchange *exchange, const struct place *place)
{
    Str path = exchange->route ? str_of(exchange->route->path) : STR(""), below = str_of(place->below);
    Str rest = str_after(path, sizeof "/o/{organization}/desk/" - 1);
    if (str_eq(rest, below)) return "IS_HERE";
    return below.n && str_starts(rest, below) && rest.p[below.n] == '/' ? "IS_ABOVE" : NULL;
}

/* More than a glance can use is not counted out. */
static Str label_of(struct exchange *exchange, const struct place *place)
{
    Str label = exchange_text(exchange, place->label);
    if (!exchange->requests_waiting || strcmp(place->below, "requests") != 0) return label;
    bool many = exchange->requests_waiting > WAITING_SHOWN;
    int shown = many ? WAITING_SHOWN : (int)exchange->requests_waiting;
    return arena_print(exchange->arena, "%.*s (%d%s)", STR_ARGS(label), shown, many ? "+" : "");
}

void desk_places(struct exchange *exchange, struct part *base)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct place *place = &places[i];
        if (place->permission && !desk_may(&exchange->desk, place->permission)) continue;
        add_place(base, desk_path(exchange, place->below), label_of(exchange, place), here(exchange, place));
    }
    add_place(base, STR("/profile"), exchange_text(exchange, N_("Back to my own profile")), NULL);
}

void desk_doors(struct exchange *exchange, struct part *base)
{
    const struct user *user = &exchange->session.user;
    for (size_t i = 0; user->has_memberships && i < user->membership_count; i++) {
        const struct membership *each = &user->memberships[i];
        const struct rule_source *organization = &each->rules.organization;
        if (each->rules.suspended || !directory_permissions(&exchange->portal->directory, each->roles)) continue;
        Str path = arena_print(exchange->arena, "/o/%.*s/desk/", STR_ARGS(organization->name));
        Str name = organization->display_name.n ? organization->display_name : organization->name;
        add_place(base, path, exchange_fill(exchange, N_("Help desk of {NAME}"), "NAME", name), NULL);
    }
}

/* --- words --- */

Str desk_role_names(const struct exchange *exchange, Str roles)
{
    struct text all = {.arena = exchange->arena};
    while (roles.n) {
        text_add(&all, role_title(exchange->language, str_cut(&roles, ',')));
        if (roles.n) text_add(&all, catalog_text(exchange->language, N_(", ")));
    }
    return text_str(&all);
}

Str desk_person(const struct exchange *exchange, const struct desk_member *member)
{
    static const char *const names[] = {"name", "given_name", "nickname", "username", "email", "phone_number"};
    const struct fields *fields = &exchange->portal->directory.fields;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct field *field = field_find(fields, str_of(names[i]));
        json_t *value = field ? field_value(member->user.profile, field) : NULL;
        if (!value || policy_level(fields, field, &member->subject, ACTOR_DESK, member->guest).level == LEVEL_NONE) continue;
        return field_text(exchange->arena, field, value);
    }
    return member->user.user_id;
}

/* --- what was refused --- */

struct refusal_words {
    enum desk_outcome outcome;
    int status;
    const char *title, *text;     /* no text: it depends */
};

static const struct refusal_words refusals[] = {
    {DESK_REFUSED, 403, N_("You may not do this"), N_("Your role here does not allow it, or not any more. Nothing was changed.")},
    {DESK_RANK, 403, N_("You may not do this"),
     N_("It concerns somebody, or a role, that may do more here than you. Nothing was changed. Ask an administrator.")},
    {DESK_GUEST, 403, N_("You may not do this"),
     N_("Only the help desk of this person's own organization does that. Nothing was changed.")},
    {DESK_SELF, 403, N_("You may not do this"),
     N_("Nobody does this to themselves here. Nothing was changed. Ask a colleague, or use your own profile.")},
    {DESK_LAST_ADMINISTRATOR, 409, N_("This is the last administrator"),
     N_("Without one, nobody could manage this organization. Nothing was changed. Make somebody else an administrator first.")},
    {DESK_NEEDED, 409, N_("Needed elsewhere"),
     N_("This person has duties elsewhere that nobody else could take over. Nothing was changed. Ask the operator of this portal.")},
    {DESK_WAIT, 429, N_("Too soon"), NULL},
    {DESK_NO_ADDRESS, 422, N_("This cannot be done"),
     N_("There is no e-mail address here that a mail can go to. Nothing was changed. Enter one first.")},
    {DESK_NO_PASSWORD, 422, N_("This cannot be done"),
     N_("This person signs in through another service, and that service keeps the password. Nothing was changed. It is changed there.")},
    {DESK_BLOCKED, 422, N_("This cannot be done"), N_("This account is blocked, so no link is sent. Nothing was changed. Unblock it first.")},
    {DESK_NO_ROLE, 422, N_("This cannot be done"), N_("There is no role of that name here, or not any more. Nothing was changed.")},
    {DESK_NO_FIELD, 422, N_("This cannot be done"), N_("The field that was asked for is gone. Nothing was changed. Decline the request.")},
    {DESK_OPERATOR, 409, N_("Blocked by the operator"), NULL},
    {DESK_OTHER_DESK, 409, N_("Blocked elsewhere"), NULL},
    {DESK_HELD, 409, N_("This account must be kept for now"),
     N_("The operator of this portal keeps it, and does not say here why. Nothing was changed. Ask them when it can be deleted.")},
    {DESK_NOT_ASKED, 409, N_("This deletion is not yours to take back"),
     N_("The person asked for it, or the operator did. Nothing was changed. The person can keep the account by signing in.")},
    {DESK_TOO_LATE, 409, N_("It is too late"), N_("The time to keep this account is over, and it is being deleted.")},
    {DESK_IMPOSSIBLE, 422, N_("This cannot be done"), N_("Nothing was changed.")},
};

static Str wait_words(struct exchange *exchange, int64_t seconds)
{
    return exchange_fill(exchange, N_("This was done a moment ago, or too often. Nothing was changed. {WHEN}"), "WHEN",
                         waiting_words(exchange, seconds));
}

Str desk_blocker_words(struct exchange *exchange, int64_t blocked_by)
{
    Str support = exchange->portal->options->support_email;
    struct text text = {.arena = exchange->arena};
    text_add(&text, exchange_text(exchange, blocked_by
        ? N_("Another help desk blocked this account before it came to you. Only the operator of this portal can unblock it.")
        : N_("The operator of this portal blocked this account, and only they can unblock it.")));
    text_add(&text, STR(" "));
    text_add(&text, support.n ? exchange_fill(exchange, N_("Ask {ADDRESS}."), "ADDRESS", support) : exchange_text(exchange, N_("Ask them.")));
    return text_str(&text);
}

static Str refusal_text(struct exchange *exchange, const DeskAct *act, const struct refusal_words *words)
{
    if (words->text) return exchange_text(exchange, words->text);
    return act->outcome == DESK_WAIT ? wait_words(exchange, act->seconds) : desk_blocker_words(exchange, act->outcome == DESK_OTHER_DESK);
}

Error desk_refused(struct exchange *exchange, const DeskAct *act, const char *way, Str way_path)
{
    const struct refusal_words *words = &refusals[0];
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].outcome == act->outcome) words = &refusals[i];
    if (words->status == 429) reply_retry_after(exchange->reply, 429, act->seconds);
    return exchange_say(exchange, words->status, words->title, refusal_text(exchange, act, words), way, way_path);
}
