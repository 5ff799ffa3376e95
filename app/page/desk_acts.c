#include "page/desk_acts.h"

#include "account/member.h"
#include "account/password_policy.h"
#include "page/desk_frame.h"
#include "view/words.h"

struct words {
    const char *path, *permission;
    bool home, other;             /* only for the home's desk; not for oneself */
    bool grave;                   /* stands at the end, apart */
    bool mailed;                  /* the person reads the reason in a mail as well */
    const char *title, *what, *button, *done;
};

static const struct words acts[DESK_ACTS] = {
    [DESK_UNLOCK] = {"unlock", "update:members", true, false, false, false, N_("Let them try to sign in again"),
        N_("Pauses that wrong passwords brought about end at once. Nothing else changes."), N_("End the pauses"),
        N_("The pauses have ended. They can try again now.")},
    [DESK_RESET] = {"reset", "update:members", true, false, false, false, N_("Send a link for a new password"),
        N_("A mail goes to the address of this account. The old password stays until a new one is chosen; you never see either."),
        N_("Send the link"), N_("The link is on its way.")},
    [DESK_VERIFY] = {"verify", "update:members", true, false, false, false, N_("Send the link that confirms the address"),
        N_("A mail goes to the address of this account. Links that were mailed for it before no longer work."), N_("Send the link"),
        N_("The link is on its way.")},
    [DESK_END_SESSIONS] = {"sessions", "update:members", true, false, false, true, N_("Sign them out everywhere"),
        N_("All sessions end at once, and links that were mailed before no longer work. The password stays."),
        N_("End all sessions"), N_("They are signed out everywhere.")},
    [DESK_UNBLOCK] = {"unblock", "block:members", true, false, false, true, N_("Unblock this account"),
        N_("The person can sign in again, with the same password as before."), N_("Unblock"),
        N_("The account is unblocked.")},
    [DESK_RESTORE] = {"restore", "block:members", false, false, false, true, N_("Restore this membership"),
        N_("The person is a member as before, with the same roles."), N_("Restore"), N_("The membership is restored.")},
    [DESK_BLOCK] = {"block", "block:members", true, true, true, true, N_("Block this account"),
        N_("The person is signed out everywhere at once and cannot sign in any more, wherever their identity is kept. "
           "Nothing is deleted. You can undo it here."), N_("Block"),
        N_("The account is blocked, and all its sessions have ended. You can undo it below.")},
    [DESK_SUSPEND] = {"suspend", "block:members", false, true, true, true, N_("Suspend this membership"),
        N_("The person keeps their account but counts as no member here until you restore it, and their roles here rest."),
        N_("Suspend"), N_("The membership is suspended. You can undo it below.")},
    [DESK_KEEP] = {"keep", "delete:members", true, true, false, true, N_("Keep this account"),
        N_("This help desk asked to have it deleted. If you take that back, the account stays as it was, and the person can sign in again."),
        N_("Keep the account"), N_("The account stays. Nothing of it was deleted.")},
    [DESK_DELETE] = {"delete", "delete:members", true, true, true, true, N_("Delete this account"),
        N_("For somebody who asked for it by letter or in person. They are signed out everywhere, and can keep their account until {DATE} by "
           "signing in. After that all of it is deleted for good."), N_("Delete the account"),
        N_("The account will be deleted. Until then its owner can keep it by signing in, and you can take it back below.")},
    [DESK_REMOVE] = {"remove", "delete:members", false, true, true, true, N_("End this membership"),
        N_("The person is no member of this organization any more and loses their roles here. Their account stays. "
           "To have them back, invite them again."), N_("End the membership"), NULL},
};

/* In the order of the page. */
static const enum desk_act order[DESK_ACTS] = {DESK_UNBLOCK, DESK_KEEP, DESK_RESTORE, DESK_UNLOCK, DESK_RESET, DESK_VERIFY, DESK_END_SESSIONS,
                                               DESK_SUSPEND, DESK_BLOCK, DESK_REMOVE, DESK_DELETE};

const char *desk_act_path(enum desk_act act)
{
    return acts[act].path;
}

const char *desk_act_notice(Str done)
{
    for (size_t i = 0; i < DESK_ACTS; i++)
        if (acts[i].done && str_is(done, acts[i].path)) return acts[i].done;
    return NULL;
}

static bool has_address(const struct user *user)
{
    return json_string_length(json_object_get(user->profile, "email")) > 0;
}

/* To any other one goes a letter without the reason (account/desk_acting.h). */
static bool has_confirmed_address(const struct user *user)
{
    return has_address(user) && json_is_true(json_object_get(user->profile, "email_verified"));
}

/* What can be of use: nobody is unblocked who is not blocked. A home's desk blocks; suspending is for the others. */
static bool makes_sense(const struct desk_acts *page, enum desk_act act)
{
    const struct desk_member *member = page->member;
    const struct user *user = &member->user;
    switch (act) {
    case DESK_BLOCK: return !user->blocked;
    case DESK_UNBLOCK: return user->blocked && user->blocked_by == page->exchange->desk.organization;
    case DESK_SUSPEND: return member->guest && !member->suspended;
    case DESK_RESTORE: return member->suspended;
    case DESK_RESET: return !user->blocked && has_address(user) && password_is_kept_here(page->exchange->portal, user);
    case DESK_VERIFY: return !user->blocked && has_address(user) && !json_is_true(json_object_get(user->profile, "email_verified"));
    case DESK_DELETE: return !user->deletion_at;
    case DESK_KEEP: return user->deletion_at > page->exchange->visit.now && page->deletion.organization == page->exchange->desk.organization;
    default: return true;
    }
}

static bool is_offered(const struct desk_acts *page, enum desk_act act)
{
    const struct words *words = &acts[act];
    if (!desk_may(&page->exchange->desk, words->permission)) return false;
    if ((words->home && page->member->guest) || (words->other && page->member->self)) return false;
    return makes_sense(page, act);
}

Str desk_acts_reason(const struct desk_acts *page, int form)
{
    return page->typed && page->tried == form ? form_get(page->typed, "reason") : STR("");
}

static void fill_reason(const struct desk_acts *page, int form, struct part *part)
{
    part_str(part, "REASON", desk_acts_reason(page, form));
    if (page->tried == form && !page->unconfirmed) part_show(part, "REASON_MISSING");
}

static Str act_path(const struct desk_acts *page, const char *segment)
{
    Str member = desk_member_path(page->exchange, page->member->user.user_id);
    return arena_print(page->exchange->arena, "%.*s/%s", STR_ARGS(member), segment);
}

/* What was just done stands open where it can be undone. */
static bool is_open(const struct desk_acts *page, enum desk_act act)
{
    Str done = form_get(&page->exchange->request->query, "done");
    bool undoes = (act == DESK_UNBLOCK && str_is(done, "block")) || (act == DESK_RESTORE && str_is(done, "suspend")) ||
                  (act == DESK_KEEP && str_is(done, "delete"));
    return undoes || page->tried == FORM_ACTS + (int)act;
}

static Str delete_what(const struct desk_acts *page)
{
    struct exchange *exchange = page->exchange;
    struct text text = {.arena = exchange->arena};
    Str date = catalog_date(exchange->arena, exchange->language, exchange->visit.now + page->grace, true);
    text_add(&text, page->grace ? exchange_fill(exchange, acts[DESK_DELETE].what, "DATE", date)
                                : exchange_text(exchange, N_("For somebody who asked for it by letter or in person. They are signed out everywhere, and "
                                                             "everything is deleted at once, for good: nobody can take it back.")));
    text_add(&text, STR(" "));
    text_add(&text, exchange_text(exchange, has_address(&page->member->user)
        ? N_("A mail tells them so.") : N_("There is no address for a mail: tell them yourself.")));
    return text_str(&text);
}

/* Ending a membership keeps nobody out who comes back by themself: what does is said before it is done. */
static Str act_what(const struct desk_acts *page, enum desk_act act)
{
    struct exchange *exchange = page->exchange;
    const struct connection *connection = directory_connection(&exchange->portal->directory, page->member->user.connection);
    if (act == DESK_DELETE) return delete_what(page);
    if (act != DESK_REMOVE || !page->returns || !connection) return exchange_text(exchange, acts[act].what);
    const char *words = page->member->suspended
        ? N_("The person loses their roles here, and their account stays. But everybody who signs in with {NAME} becomes a member again, "
             "and the suspension is gone. Leave the membership suspended to keep this person out.")
        : page->member->user.blocked && !page->member->guest
        ? N_("The person loses their roles here. The account is blocked, which keeps this person out: leave it so. Once the membership has "
             "ended, nobody here can unblock it.")
        : page->member->guest
        ? N_("The person loses their roles here, and their account stays. But everybody who signs in with {NAME} becomes a member again. "
             "Suspend the membership instead to keep this person out.")
        : N_("The person loses their roles here, and their account stays. But everybody who signs in with {NAME} becomes a member again. "
             "Block the account instead to keep this person out.");
    return exchange_fill(exchange, words, "NAME", connection->source.display_name);
}

static void add_confirm(const struct desk_acts *page, struct part *act)
{
    struct exchange *exchange = page->exchange;
    struct part *part = part_section(act, "CONFIRM");
    part_str(part, "PHRASE", desk_deletion_phrase(exchange->portal, exchange->arena, page->member));
    part_str(part, "TYPED", page->unconfirmed ? form_get(page->typed, "confirm") : STR(""));
    if (page->unconfirmed) part_show(part, "IS_WRONG");
}

static void add_act(const struct desk_acts *page, enum desk_act act, struct part *section)
{
    const struct words *words = &acts[act];
    struct part *part = part_include(section, "ACT", "desk_act.tpl");
    part_str(part, "ACT_NAME", str_of(words->path));
    part_str(part, "ACT_PATH", act_path(page, words->path));
    part_str(part, "ACT_TITLE", exchange_text(page->exchange, words->title));
    Str mailed_words = desk_act_mailed(page, act);
    part_str(part, "ACT_WHAT", mailed_words.n ? mailed_words : act_what(page, act));
    part_str(part, "ACT_BUTTON", exchange_text(page->exchange, words->button));
    if (is_open(page, act)) part_show(part, "IS_OPEN");
    bool mailed = words->mailed && has_confirmed_address(&page->member->user);
    part_str(part, "REASON_HELP", exchange_text(page->exchange, mailed ? N_("The person reads it in their activity, and gets it in a mail.")
                                                                       : N_("The person reads it in their activity.")));
    fill_reason(page, FORM_ACTS + (int)act, part);
    if (act == DESK_DELETE && !page->grace) add_confirm(page, part);
}

static bool has_acts(const struct desk_acts *page, bool grave)
{
    for (size_t i = 0; i < DESK_ACTS; i++)
        if (acts[order[i]].grave == grave && is_offered(page, order[i])) return true;
    return false;
}

static void add_acts(const struct desk_acts *page, bool grave, struct part *section)
{
    for (size_t i = 0; i < DESK_ACTS; i++)
        if (acts[order[i]].grave == grave && is_offered(page, order[i])) add_act(page, order[i], section);
}

static bool is_ticked(const struct desk_acts *page, const struct role *role)
{
    if (page->tried == FORM_ROLES) {
        for (size_t i = 0; i < page->typed->count; i++)
            if (str_is(page->typed->list[i].name, "roles") && str_eq(page->typed->list[i].value, role->name)) return true;
        return false;
    }
    for (Str rest = page->member->roles; rest.n;)
        if (str_eq(str_cut(&rest, ','), role->name)) return true;
    return false;
}

/* Only what who looks has themself can be given or taken. */
static bool is_giveable(const struct exchange *exchange, const struct role *role)
{
    bool ours = role->organization == 0 || role->organization == exchange->desk.organization;
    return ours && !(role->may & ~exchange->desk.may);
}

static void add_roles(const struct desk_acts *page, struct part *help)
{
    struct exchange *exchange = page->exchange;
    const struct directory *directory = &exchange->portal->directory;
    if (!desk_may(&exchange->desk, "update:roles")) return;
    struct part *section = part_section(help, "ROLES");
    part_str(section, "ROLES_PATH", act_path(page, "roles"));
    fill_reason(page, FORM_ROLES, section);
    if (page->tried == FORM_ROLES) part_show(section, "IS_OPEN");
    for (size_t i = 0; i < directory->role_count; i++) {
        const struct role *role = &directory->roles[i];
        if (!is_giveable(exchange, role)) continue;
        struct part *part = part_section(section, "ROLE");
        part_str(part, "ROLE_VALUE", role->name);
        part_str(part, "ROLE_NAME", role_title(exchange->language, role->name));
        if (is_ticked(page, role)) part_show(part, "IS_TICKED");
    }
}

Error desk_acts_read(struct desk_acts *page)
{
    struct exchange *exchange = page->exchange;
    const struct user *user = &page->member->user;
    struct assignments all;
    Error error = member_assignments(exchange->portal, exchange->arena, user->id, &all);
    if (error) return error;
    page->returns = member_returns(&all, exchange->desk.organization);
    return user->deletion_at ? deletion_state(exchange->portal, exchange->arena, user->id, &page->deletion)
                             : deletion_grace(exchange->portal, user->id, &page->grace);
}

/* Why there is no form that unblocks, to who looks for it. */
static void say_blocker(const struct desk_acts *page, struct part *content)
{
    const struct user *user = &page->member->user;
    const struct desk *desk = &page->exchange->desk;
    if (!user->blocked || user->blocked_by == desk->organization || page->member->guest || !desk_may(desk, acts[DESK_UNBLOCK].permission)) return;
    part_str(part_section(content, "NOT_UNBLOCKED"), "TEXT", desk_blocker_words(page->exchange, user->blocked_by));
}

void desk_acts_fill(const struct desk_acts *page, struct part *content)
{
    if (page->member->may & ~page->exchange->desk.may) {
        part_show(content, "MAY_MORE");
        return;
    }
    say_blocker(page, content);
    if (has_acts(page, false) || desk_may(&page->exchange->desk, "update:roles")) {
        struct part *help = part_section(content, "HELP");
        add_acts(page, false, help);
        add_roles(page, help);
        if (has_acts(page, true)) part_show(help, "TO_GRAVE");
    }
    if (has_acts(page, true)) add_acts(page, true, part_section(content, "GRAVE"));
}
