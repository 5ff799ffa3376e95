/* What happened to my account, in words. An action without words of its own gets a neutral sentence, never its name. */
#include "page/activity_words.h"

#include "page/desk_frame.h"
#include "page/place.h"
#include "page/routes.h"
#include "view/words.h"

enum { ON_A_PAGE = 50 };

struct told {
    const char *action;
    bool refused;
    const char *reason;           /* NULL: any other */
    const char *words;
    bool anybody;                 /* it proves nothing about who did it, or the words say it already */
};

static const struct told told[] = {
    {"session.start", false, NULL, N_("You signed in."), true},
    {"session.start", true, "password", N_("Somebody tried to sign in with a wrong password."), true},
    {"session.start", true, "blocked",
     N_("Somebody tried to sign in with the right password while the account was blocked."), true},
    {"session.start", true, "suspended",
        N_("Somebody tried to sign in with the right password at an organization that has suspended your membership."), true},
    {"session.confirm", false, NULL, N_("You gave your password again, for a page that asks for it."), true},
    {"session.confirm", true, "password", N_("A wrong password was given on a page that asks for it again."), true},
    {"session.end", false, "sign-out", N_("You signed out."), true},
    {"session.end", false, NULL, N_("You signed out on another device."), true},
    {"session.end_others", false, NULL, N_("You signed out everywhere else."), true},
    {"profile.save", false, NULL, N_("Your profile was changed."), false},
    {"profile.save", true, NULL, N_("A change of your profile was refused; nothing was saved."), false},
    {"account.create", false, NULL, N_("Your account was made."), false},
    {"account.create", true, NULL, N_("Somebody wanted to make another account with your address; nothing was made."), true},
    {"consent.give", false, NULL, N_("You agreed to something that you were asked."), true},
    {"consent.withdraw", false, NULL, N_("You said no to something that you were asked, or took your consent back."), true},
    {"deletion.ask", false, NULL, N_("You asked to delete your account; a link was mailed to you."), true},
    {"deletion.confirm", false, NULL, N_("The deletion of your account was scheduled."), false},
    {"deletion.confirm", true, NULL, N_("Your account could not be deleted; it stays as it was."), false},
    {"deletion.keep", false, NULL, N_("The deletion of your account was taken back."), false},
    {"deletion.now", false, NULL, N_("Your account was to be deleted at once."), false},
    {"account.erase", true, NULL, N_("Your account was not deleted yet: nobody would have been left to manage an organization."), false},
    {"account.expire", false, NULL, N_("Your account goes, because its address was never confirmed."), false},
    {"account.hold", false, NULL, N_("Your account is to be kept for legal reasons."), false},
    {"account.release", false, NULL, N_("Your account need not be kept for legal reasons any more."), false},
    {"account.report", false, NULL, N_("A report of all that is held about you was made."), false},
    {"export.ask", false, NULL, N_("You asked for a copy of your data."), true},
    {"export.download", false, NULL, N_("You downloaded the copy of your data."), true},
    {"account.block", false, NULL, N_("Your account was blocked."), false},
    {"account.unblock", false, NULL, N_("Your account was unblocked."), false},
    {"password.ask", false, NULL, N_("Somebody asked for a link to a new password."), true},
    {"password.ask", false, NULL, N_("A link to a new password was mailed to you."), false},
    {"password.ask", true, NULL, N_("Somebody asked too often for a link to a new password; no mail was sent."), true},
    {"password.change", false, NULL, N_("You changed your password."), true},
    {"password.reset", false, NULL, N_("A new password was chosen with a mailed link."), true},
    {"password.set", false, NULL, N_("A new password was set for you."), false},
    {"password.remove", false, NULL, N_("Your password was taken away."), false},
    {"email.ask", false, NULL, N_("A link to confirm an e-mail address was asked for."), false},
    {"email.cancel", false, NULL, N_("The change of your e-mail address was cancelled."), false},
    {"email.revert", false, NULL, N_("The change of your e-mail address was undone with a mailed link."), true},
    {"phone.ask", false, NULL, N_("A code to confirm a phone number was asked for."), false},
    {"phone.cancel", false, NULL, N_("The change of your phone number was cancelled."), false},
    {"signin.unlock", false, NULL, N_("The pause after wrong passwords was ended for you."), false},
    {"session.end_all", false, NULL, N_("You were signed out everywhere."), false},
    {"membership.add", false, NULL, N_("You became a member of {NAME}."), false},
    {"membership.join", false, NULL, N_("You became a member of {NAME} by signing in, as everybody does who signs in the way you do."), false},
    {"membership.drop", false, NULL, N_("Your membership of {NAME} ended."), false},
    {"membership.leave", false, NULL, N_("You left {NAME}."), true},
    {"membership.leave", true, "suspended", N_("You could not leave {NAME} while your membership is suspended."), true},
    {"membership.leave", true, NULL, N_("You could not leave {NAME}: nobody would have been left to manage it."), true},
    {"membership.suspend", false, NULL, N_("Your membership of {NAME} was suspended."), false},
    {"membership.restore", false, NULL, N_("Your membership of {NAME} was restored."), false},
    {"membership.roles", false, NULL, N_("Your roles at {NAME} were changed."), false},
    {"invitation.accept", false, NULL, N_("You accepted the invitation of {NAME}."), true},
    {"invitation.accept", true, "suspended", N_("You could not accept the invitation of {NAME} while your membership is suspended."), true},
    {"invitation.accept", true, NULL, N_("You opened an invitation of {NAME} that was sent to another address; nothing was changed."), true},
    {"invitation.decline", true, NULL, N_("You opened an invitation of {NAME} that was sent to another address; nothing was changed."), true},
    {"invitation.end", false, NULL, N_("The invitation of {NAME} ended, as your e-mail address is another one now."), true},
    {"invitation.decline", false, NULL, N_("You declined the invitation of {NAME}."), true},
    {"request.make", false, NULL, N_("You asked {NAME} to change your profile."), true},
    {"request.withdraw", false, NULL, N_("You took back a request to {NAME}."), true},
    {"request.approve", false, NULL, N_("Your request for a change of your profile was approved."), false},
    {"request.decline", false, NULL, N_("Your request for a change of your profile was declined."), false},
    {"member.add", false, NULL, N_("You became a member of {NAME}."), false},
    {"member.save", false, NULL, N_("Your membership of {NAME} was changed."), false},
    {"member.remove", false, NULL, N_("Your membership of {NAME} ended."), false},
};

static const char *english_of(const struct activity *activity, bool *anybody)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (!str_is(activity->action, told[i].action) || told[i].refused != activity->refused) continue;
        if (told[i].reason && (activity->by != BY_OWNER || !str_is(activity->reason, told[i].reason))) continue;
        if (told[i].anybody && activity->by != BY_OWNER) continue;      /* its words are the owner's */
        *anybody = told[i].anybody;
        return told[i].words;
    }
    *anybody = false;
    return activity->refused ? N_("Something was tried with your account and refused.")
                             : N_("Something was done with your account.");
}

static Str organization_of(struct exchange *exchange, const struct activity *activity)
{
    return activity->organization.n ? activity->organization : exchange_text(exchange, N_("an organization"));
}

static Str who_words(struct exchange *exchange, const struct activity *activity)
{
    switch (activity->by) {
    case BY_OWNER: return exchange_text(exchange, N_("By you"));
    case BY_OPERATOR: return exchange_text(exchange, N_("By the operator of this portal"));
    case BY_SERVICE: return exchange_text(exchange, N_("By a service, without a person"));
    default: break;
    }
    if (!activity->organization.n) return exchange_text(exchange, N_("By your organization's help desk"));
    return exchange_fill(exchange, N_("By the help desk of {NAME}"), "NAME", activity->organization);
}

/* Only what changed, or was refused, is of interest: not all that an account was made with. */
static bool has_fields(const struct activity *activity)
{
    bool named = str_is(activity->action, "profile.save") || str_starts(activity->action, STR("request."));
    return named && (activity->count > 0 || activity->more_fields);
}

static void fill_fields(struct exchange *exchange, const struct activity *activity, struct part *part)
{
    for (size_t i = 0; i < activity->count; i++) {
        const struct activity_field *each = &activity->fields[i];
        struct part *item = part_section(part, "FIELD");
        part_str(item, "LABEL", field_label(exchange->language, each->field));
        if (!activity->refused) continue;
        Str why = reason_why(exchange->arena, exchange->language, each->verdict, each->field);
        if (why.n) part_str(part_section(item, "RULE"), "REASON", why);
    }
    if (!activity->more_fields) return;
    part_str(part_section(part, "FIELD"), "LABEL",
             exchange_text(exchange, activity->refused ? N_("Something that is not in your profile")
                                                       : N_("Details that are kept for the service alone")));
}

void activity_fill(struct exchange *exchange, const struct activity *activity, struct part *part)
{
    bool anybody;
    const char *english = english_of(activity, &anybody);
    part_str(part, "WHAT", exchange_fill(exchange, english, "NAME", organization_of(exchange, activity)));
    part_str(part, "DATE", catalog_date(exchange->arena, exchange->language, activity->at, true));
    if (!anybody) part_str(part_section(part, "DONE_BY"), "WHO", who_words(exchange, activity));
    if (activity->by != BY_OWNER && activity->reason.n) part_str(part_section(part, "WHY"), "REASON", activity->reason);
    if (activity->gives.n) part_str(part_section(part, "GIVEN"), "ROLES", desk_role_names(exchange, activity->gives));
    if (activity->takes.n) part_str(part_section(part, "TAKEN"), "ROLES", desk_role_names(exchange, activity->takes));
    if (activity->peer.n) part_str(part_section(part, "PLACED"), "ADDRESS", activity->peer);
    if (has_fields(activity)) fill_fields(exchange, activity, part_section(part, "FIELDS"));
}

static void add_ways(struct exchange *exchange, struct part *content, const struct activity *last, int64_t before)
{
    if (!last && !before) return;
    struct part *ways = part_section(content, "WAYS");
    if (before) part_show(ways, "NEWEST");
    if (!last) return;
    Str place = place_write(exchange, STR("/activity"), last->id);
    part_str(part_section(ways, "OLDER"), "PATH", arena_join(exchange->arena, STR("/activity?before="), place));
}

Error activity_show(struct exchange *exchange)
{
    int64_t before;
    if (!place_read(exchange, STR("/activity"), &before)) return exchange_error(exchange, 404);
    struct activity *list = ARENA_ARRAY(exchange->arena, struct activity, ON_A_PAGE);
    size_t count;
    bool older;
    Error error = activity_read(exchange->portal, &exchange->visit, &exchange->session.user, before, list, ON_A_PAGE, &count,
                                &older);
    if (error) return error;
    struct page *page = exchange_page(exchange, "activity.tpl", N_("What happened to your account"));
    struct part *content = page_content(page), *events = count ? part_section(content, "EVENTS") : NULL;
    for (size_t i = 0; i < count; i++) activity_fill(exchange, &list[i], part_section(events, "EVENT"));
    if (!count) part_show(content, "NOTHING");
    add_ways(exchange, content, older ? &list[count - 1] : NULL, before);
    exchange_send(exchange, page, 200);
    return OK;
}
