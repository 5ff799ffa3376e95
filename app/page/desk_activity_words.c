#include "page/desk_activity.h"
#include "page/desk_frame.h"
#include "view/words.h"

const struct act_words act_words[] = {
    {"profile.save", NULL, N_("Change a profile"), N_("The profile of {NAME} was changed."), NULL},
    {"account.create", NULL, N_("Make an account"), N_("An account was made for {NAME}."), NULL},
    {"account.block", NULL, N_("Block an account"), N_("The account of {NAME} was blocked."), NULL},
    {"account.unblock", NULL, N_("Unblock an account"), N_("The account of {NAME} was unblocked."), NULL},
    {"membership.add", "member.add", N_("Add a member"), N_("{NAME} became a member."), NULL},
    {"membership.join", NULL, N_("Become a member by signing in"), N_("{NAME} became a member by signing in."), NULL},
    {"membership.save", "member.save", N_("Change a membership"), N_("The membership of {NAME} was changed."), NULL},
    {"membership.roles", NULL, N_("Change somebody's roles"), N_("The roles of {NAME} were changed."), NULL},
    {"membership.suspend", NULL, N_("Suspend a membership"), N_("The membership of {NAME} was suspended."), NULL},
    {"membership.restore", NULL, N_("Restore a membership"), N_("The membership of {NAME} was restored."), NULL},
    {"membership.drop", "member.remove", N_("End a membership"), N_("The membership of {NAME} ended."), NULL},
    {"membership.leave", NULL, N_("Leave the organization"), N_("{NAME} left the organization."), NULL},
    {"password.set", NULL, N_("Set a password"), N_("A new password was set for {NAME}."), NULL},
    {"password.remove", NULL, N_("Take a password away"), N_("The password of {NAME} was taken away."), NULL},
    {"password.ask", NULL, N_("Send a link to a new password"), N_("A link to a new password was sent to {NAME}."), NULL},
    {"email.ask", NULL, N_("Send a link that confirms an address"), N_("A link that confirms the address was sent to {NAME}."), NULL},
    {"signin.unlock", NULL, N_("End a pause after wrong passwords"), N_("The pause after wrong passwords was ended for {NAME}."), NULL},
    {"session.end_all", NULL, N_("Sign somebody out everywhere"), N_("{NAME} was signed out everywhere."), NULL},
    {"deletion.confirm", NULL, N_("Delete an account"), N_("The account of {NAME} is to be deleted."), NULL},
    {"deletion.keep", NULL, N_("Keep an account that was to be deleted"), N_("The account of {NAME} stays; its deletion was taken back."), NULL},
    {"deletion.now", NULL, N_("Delete an account at once"), N_("The account of {NAME} is to be deleted at once."), NULL},
    {"account.erase", NULL, N_("The end of a deleted account"), N_("An account was deleted for good: {NAME}."), NULL},
    {"invitation.send", NULL, N_("Send an invitation"), N_("An invitation was sent."),
     N_("An invitation was sent to {ADDRESS}.")},
    {"invitation.resend", NULL, N_("Send an invitation again"), N_("An invitation was sent again."),
     N_("An invitation was sent again to {ADDRESS}.")},
    {"invitation.revoke", NULL, N_("Revoke an invitation"), N_("An invitation was revoked."),
     N_("The invitation to {ADDRESS} was revoked.")},
    {"invitation.end", NULL, N_("End an invitation"), N_("An invitation ended: the account made with it has another address now."), NULL},
    {"invitation.accept", NULL, N_("Accept an invitation"), N_("{NAME} accepted an invitation."), NULL},
    {"invitation.decline", NULL, N_("Decline an invitation"), N_("An invitation was declined."),
     N_("The invitation to {ADDRESS} was declined.")},
    {"request.make", NULL, N_("Ask for a change"), N_("{NAME} asked for a change of their profile."), NULL},
    {"request.withdraw", NULL, N_("Take a request back"), N_("{NAME} took back a request for a change."), NULL},
    {"request.approve", NULL, N_("Approve a request"), N_("The request of {NAME} for a change was approved."), NULL},
    {"request.decline", NULL, N_("Decline a request"), N_("The request of {NAME} for a change was declined."), NULL},
    {"role.save", NULL, N_("Make or change a role"), N_("A role was made or changed."), NULL},
    {"role.drop", NULL, N_("Remove a role"), N_("A role was removed."), NULL},
    {"branding.save", NULL, N_("Change the look"), N_("The look of the organization was changed."), NULL},
    {"desk.act", NULL, N_("Do something without the permission for it"), N_("Something was done."), NULL},
    {"branding.mark", NULL, N_("Change the mark"), N_("The mark of the organization was changed."), NULL},
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
    if (words->invited && event->invited.n) return exchange_fill(exchange, words->invited, "ADDRESS", event->invited);
    return exchange_fill(exchange, words->done, "NAME", name.n ? name : exchange_text(exchange, N_("somebody")));
}

Str event_who(struct exchange *exchange, const struct desk_event *event)
{
    if (event->by == BY_OPERATOR) return exchange_text(exchange, N_("By the operator of this portal"));
    if (event->by == BY_SERVICE) return exchange_text(exchange, N_("By a service, without a person"));
    Str name = event_name(&event->who);
    return exchange_fill(exchange, N_("By {NAME}"), "NAME", name.n ? name : exchange_text(exchange, N_("somebody who is no member")));
}

enum detail { MORE_FIELDS, INVITED, INVITED_ROLES, GIVEN, TAKEN, ALLOWED, FORBIDDEN, DETAILS };

struct refusal_reason {
    const char *reason, *words;
};

/* An invitation's row says which one by its number, which is no reason. */
Str event_reason(struct exchange *exchange, const struct desk_event *event)
{
    static const struct refusal_reason refusals[] = {
        {"permission", N_("The role does not allow it.")}, {"rank", N_("It concerns somebody, or a role, that may do more.")},
        {"last administrator", N_("Nobody would be left to manage the organization.")},
        {"needed elsewhere", N_("The person has duties elsewhere that nobody else could take over.")},
        {"guest", N_("Only the help desk of the person's own organization does that.")},
        {"self", N_("Nobody does that to themselves.")}, {"address", N_("The invitation was sent to another address.")},
        {"operator", N_("The operator of this portal blocked it.")}, {"elsewhere", N_("Another help desk blocked it.")},
        {"asked elsewhere", N_("The deletion was not asked for by this help desk.")}, {"too late", N_("It was too late.")},
        {"legal hold", N_("The operator keeps the account for now.")}, {"too often", N_("It was asked for too often.")},
        {"suspended", N_("The membership is suspended.")},
        {"taken", N_("Somebody else uses the value.")},
    };
    bool given = event->by == BY_DESK || event->by == BY_OPERATOR;
    if (!event->refused) return given && !str_starts(event->action, STR("invitation.")) ? event->reason : STR("");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (str_is(event->reason, refusals[i].reason)) return exchange_text(exchange, refusals[i].words);
    return STR("");
}

static const char *roles_words(const struct desk_event *event)
{
    return str_starts(event->action, STR("role.")) ? N_("Role: {NAME}") : N_("Given: {NAME}");
}

static Str named(struct exchange *exchange, const char *words, Str name)
{
    return name.n ? exchange_fill(exchange, words, "NAME", name) : STR("");
}

static Str allowed(struct exchange *exchange, Permissions may)
{
    return permissions_text(exchange->arena, exchange->language, may);
}

/* Of what is no field: empty where there is nothing of it. */
static Str detail_of(struct exchange *exchange, const struct desk_event *event, bool about_fields, enum detail detail)
{
    switch (detail) {
    case MORE_FIELDS:
        return about_fields && event->more_fields ? exchange_text(exchange, N_("Something that no help desk sees")) : STR("");
    case INVITED:
        return words_of(event->action) && !words_of(event->action)->invited ? named(exchange, N_("Invited address: {NAME}"), event->invited)
                                                                            : STR("");
    case INVITED_ROLES: return named(exchange, N_("Roles: {NAME}"), desk_role_names(exchange, event->invited_roles));
    case GIVEN: return named(exchange, roles_words(event), desk_role_names(exchange, event->gives));
    case TAKEN: return named(exchange, N_("Taken away: {NAME}"), desk_role_names(exchange, event->takes));
    case ALLOWED: return named(exchange, N_("Now allowed: {NAME}"), allowed(exchange, event->allows));
    default: return named(exchange, N_("No longer allowed: {NAME}"), allowed(exchange, event->forbids));
    }
}

bool event_detail(struct exchange *exchange, const struct desk_event *event, size_t number, Str *out)
{
    bool about_fields = str_is(event->action, "profile.save") || str_starts(event->action, STR("request."));
    size_t fields = about_fields ? event->count : 0;
    if (number < fields) {
        *out = field_label_for(exchange->language, event->fields[number], ACTOR_DESK);
        return true;
    }
    number -= fields;
    for (int i = 0; i < DETAILS; i++) {
        *out = detail_of(exchange, event, about_fields, (enum detail)i);
        if (out->n && number-- == 0) return true;
    }
    return false;
}
