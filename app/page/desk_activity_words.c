#include "page/desk_activity.h"
#include "page/desk_frame.h"
#include "view/words.h"

const struct act_words act_words[] = {
    {"profile.save", NULL, N_("Change a profile"), N_("The profile of {NAME} was changed.")},
    {"account.create", NULL, N_("Make an account"), N_("An account was made for {NAME}.")},
    {"account.block", NULL, N_("Block an account"), N_("The account of {NAME} was blocked.")},
    {"account.unblock", NULL, N_("Unblock an account"), N_("The account of {NAME} was unblocked.")},
    {"membership.add", "member.add", N_("Add a member"), N_("{NAME} became a member.")},
    {"membership.join", NULL, N_("Become a member by signing in"), N_("{NAME} became a member by signing in.")},
    {"membership.save", "member.save", N_("Change a membership"), N_("The membership of {NAME} was changed.")},
    {"membership.roles", NULL, N_("Change somebody's roles"), N_("The roles of {NAME} were changed.")},
    {"membership.suspend", NULL, N_("Suspend a membership"), N_("The membership of {NAME} was suspended.")},
    {"membership.restore", NULL, N_("Restore a membership"), N_("The membership of {NAME} was restored.")},
    {"membership.drop", "member.remove", N_("End a membership"), N_("The membership of {NAME} ended.")},
    {"membership.leave", NULL, N_("Leave the organization"), N_("{NAME} left the organization.")},
    {"password.ask", NULL, N_("Send a link to a new password"), N_("A link to a new password was sent to {NAME}.")},
    {"email.ask", NULL, N_("Send a link that confirms an address"), N_("A link that confirms the address was sent to {NAME}.")},
    {"signin.unlock", NULL, N_("End a pause after wrong passwords"), N_("The pause after wrong passwords was ended for {NAME}.")},
    {"session.end_all", NULL, N_("Sign somebody out everywhere"), N_("{NAME} was signed out everywhere.")},
    {"deletion.confirm", NULL, N_("Delete an account"), N_("The account of {NAME} is to be deleted.")},
    {"deletion.keep", NULL, N_("Keep an account that was to be deleted"), N_("{NAME} keeps their account.")},
    {"deletion.now", NULL, N_("Delete an account at once"), N_("The account of {NAME} is to be deleted at once.")},
    {"account.erase", NULL, N_("The end of a deleted account"), N_("An account was deleted for good: {NAME}.")},
    {"invitation.send", NULL, N_("Send an invitation"), N_("An invitation was sent.")},
    {"invitation.resend", NULL, N_("Send an invitation again"), N_("An invitation was sent again.")},
    {"invitation.revoke", NULL, N_("Revoke an invitation"), N_("An invitation was revoked.")},
    {"invitation.accept", NULL, N_("Accept an invitation"), N_("{NAME} accepted an invitation.")},
    {"invitation.decline", NULL, N_("Decline an invitation"), N_("An invitation was declined.")},
    {"request.make", NULL, N_("Ask for a change"), N_("{NAME} asked for a change of their profile.")},
    {"request.withdraw", NULL, N_("Take a request back"), N_("{NAME} took back a request for a change.")},
    {"request.approve", NULL, N_("Approve a request"), N_("The request of {NAME} for a change was approved.")},
    {"request.decline", NULL, N_("Decline a request"), N_("The request of {NAME} for a change was declined.")},
    {"role.save", NULL, N_("Make or change a role"), N_("A role was made or changed.")},
    {"role.drop", NULL, N_("Remove a role"), N_("A role was removed.")},
    {"branding.save", NULL, N_("Change the look"), N_("The look of the organization was changed.")},
    {"branding.mark", NULL, N_("Change the mark"), N_("The mark of the organization was changed.")},
};
const size_t act_count = sizeof act_words / sizeof *act_words;

static const struct act_words *words_of(Str action)
{
    for (size_t i = 0; i < act_count; i++)
        if (str_is(action, act_words[i].action) || (act_words[i].other && str_is(action, act_words[i].other))) return &act_words[i];
    return NULL;
}

Str event_name(const struct desk_named *named)
{
    return named->name.n ? named->name : named->user_id;
}

Str event_words(struct exchange *exchange, const struct desk_event *event)
{
    const struct act_words *words = words_of(event->action);
    Str name = event_name(&event->whom);
    if (!words) return exchange_text(exchange, event->refused ? N_("Something was tried and refused.") : N_("Something was done."));
    if (event->refused) return exchange_fill(exchange, N_("Refused: {ACT}"), "ACT", exchange_text(exchange, words->label));
    return exchange_fill(exchange, words->done, "NAME", name.n ? name : exchange_text(exchange, N_("somebody")));
}

Str event_who(struct exchange *exchange, const struct desk_event *event)
{
    if (event->by == BY_OPERATOR) return exchange_text(exchange, N_("By the operator of this portal"));
    if (event->by == BY_SERVICE) return exchange_text(exchange, N_("By a service, without a person"));
    Str name = event_name(&event->who);
    return exchange_fill(exchange, N_("By {NAME}"), "NAME", name.n ? name : exchange_text(exchange, N_("somebody who is no member")));
}

struct refusal_reason {
    const char *reason, *words;
};

/* An invitation's row says which one by its number, which is no reason. */
Str event_reason(struct exchange *exchange, const struct desk_event *event)
{
    static const struct refusal_reason refusals[] = {
        {"permission", N_("The role does not allow it.")}, {"rank", N_("It concerns somebody, or a role, that may do more.")},
        {"last administrator", N_("Nobody would be left to manage the organization.")},
        {"guest", N_("Only the help desk of the person's own organization does that.")},
        {"self", N_("Nobody does that to themselves.")}, {"address", N_("The invitation was sent to another address.")},
        {"too often", N_("It was asked for too often.")}, {"suspended", N_("The membership is suspended.")},
    };
    if (!event->refused) return event->by == BY_DESK && !str_starts(event->action, STR("invitation.")) ? event->reason : STR("");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (str_is(event->reason, refusals[i].reason)) return exchange_text(exchange, refusals[i].words);
    return STR("");
}

bool event_detail(struct exchange *exchange, const struct desk_event *event, size_t number, Str *out)
{
    bool saved = str_is(event->action, "profile.save");
    size_t fields = saved ? event->count : 0;
    if (number < fields) {
        *out = field_label_for(exchange->language, event->fields[number], ACTOR_DESK);
        return true;
    }
    number -= fields;
    if (saved && event->more_fields && number-- == 0) {
        *out = exchange_text(exchange, N_("Something that no help desk sees"));
        return true;
    }
    if (event->gives.n && number-- == 0) {
        bool role = str_starts(event->action, STR("role."));
        *out = exchange_fill(exchange, role ? N_("Role: {NAME}") : N_("Given: {NAME}"), "NAME", desk_role_names(exchange, event->gives));
        return true;
    }
    if (!event->takes.n || number) return false;
    *out = exchange_fill(exchange, N_("Taken away: {NAME}"), "NAME", desk_role_names(exchange, event->takes));
    return true;
}
