#include "page/desk_glance.h"

#include "account/outbox.h"
#include "account/session_list.h"
#include "account/sign_in_lift.h"
#include "page/desk_activity.h"
#include "page/desk_frame.h"
#include "page/portrait.h"

static const struct field *shown_field(const struct profile_form *form, const char *name)
{
    const struct field *field = field_find(&form->exchange->portal->directory.fields, str_of(name));
    return field && profile_is_shown(form, field) ? field : NULL;
}

/* --- how it stands with them --- */

static const char *state_words(const struct desk_member *member)
{
    if (member->user.blocked) return N_("Blocked");
    if (member->suspended) return N_("Suspended");
    return member->user.deletion_at ? N_("About to be deleted") : N_("Active");
}

static bool is_held(const struct desk_member *member)
{
    return member->user.blocked || member->suspended || member->user.deletion_at;
}

static enum desk_standing standing_of(const struct desk_member *member)
{
    if (member->user.blocked) return STANDING_BLOCKED;
    return member->suspended ? STANDING_SUSPENDED : STANDING_DELETED;
}

/* What the activity tells, for who may read that; of a member with whom all is well nothing is looked up. */
static Error fill_since(const struct profile_form *form, const struct desk_member *member, struct part *content)
{
    struct exchange *exchange = form->exchange;
    struct desk_event event;
    bool found = false;
    if (!is_held(member) || !desk_may(&exchange->desk, "read:activity")) return OK;
    Error error = desk_activity_since(exchange->portal, exchange->arena, &exchange->desk, member->user.user_id, standing_of(member),
                                      &event, &found);
    if (error || !found) return error;
    struct part *part = part_section(content, "SINCE");
    Str time = catalog_date(exchange->arena, exchange->language, event.at, true);
    part_str(part, "WHEN", exchange_fill(exchange, N_("Since {TIME}"), "TIME", time));
    part_str(part, "WHO", event_who(exchange, &event));
    Str reason = event_reason(exchange, &event);
    if (reason.n) part_str(part_section(part, "WHY"), "REASON", reason);
    return OK;
}

/* What is the whole account's is for its home's desk. */
static Error fill_access(const struct profile_form *form, const struct desk_member *member, struct part *content)
{
    struct exchange *exchange = form->exchange;
    int64_t paused_until = 0, sessions = 0;
    if (member->guest) return OK;
    Error error = sign_in_paused(exchange->portal, &exchange->visit, &member->user, &paused_until);
    if (!error) error = session_count(exchange->portal, &exchange->visit, &member->user, &sessions);
    if (error) return error;
    part_str(part_section(content, "SESSIONS"), "COUNT", arena_print(exchange->arena, "%lld", (long long)sessions));
    if (!paused_until) return OK;
    Str time = catalog_date(exchange->arena, exchange->language, paused_until, true);
    part_str(part_section(content, "PAUSED"), "TEXT", exchange_fill(exchange, N_("Paused until {TIME}"), "TIME", time));
    return OK;
}

static void fill_state(const struct profile_form *form, const struct desk_member *member, struct part *content)
{
    struct exchange *exchange = form->exchange;
    part_str(content, "STATE", exchange_text(exchange, state_words(member)));
    if (is_held(member)) part_show(content, "IS_HELD");
    part_str(content, "JOINED", catalog_date(exchange->arena, exchange->language, member->joined_at, false));
    if (member->roles.n) part_str(part_section(content, "HAS_ROLES"), "ROLE_NAMES", desk_role_names(exchange, member->roles));
    else part_show(content, "HAS_NO_ROLES");
}

/* Which other organization it is, is not this one's business. */
static void fill_home(const struct profile_form *form, const struct desk_member *member, struct part *content)
{
    const struct desk *desk = &form->exchange->desk;
    Str name = desk->display_name.n ? desk->display_name : desk->name;
    part_str(content, "HOME_NAME", member->home ? name : exchange_text(form->exchange, N_("Elsewhere")));
}

static void fill_sign_in(const struct profile_form *form, struct part *content)
{
    const struct field *last = shown_field(form, "last_login");
    if (!last) return;
    Str when = profile_stored_text(form, last);
    part_str(part_section(content, "SIGN_IN"), "WHEN", when.n ? when : exchange_text(form->exchange, N_("Never yet")));
}

static void add_mark(const struct profile_form *form, const char *words, bool open, struct part *address)
{
    struct part *mark = part_section(address, "MARK");
    part_str(mark, "TEXT", exchange_text(form->exchange, words));
    if (open) part_show(mark, "IS_OPEN");
}

static Error fill_address(const struct profile_form *form, const struct desk_member *member, struct part *content)
{
    struct exchange *exchange = form->exchange;
    const struct field *field = shown_field(form, "email"), *confirmed = shown_field(form, "email_verified");
    bool bouncing = false;
    if (!field) return OK;
    struct part *address = part_section(content, "ADDRESS");
    Str value = field_text(exchange->arena, field, field_value(member->user.profile, field));
    if (!value.n) {
        part_show(address, "IS_EMPTY");
        return OK;
    }
    part_str(part_section(address, "HAS_VALUE"), "VALUE", value);
    bool proven = confirmed && json_is_true(field_value(member->user.profile, confirmed));
    if (confirmed) add_mark(form, proven ? N_("Confirmed") : N_("Not confirmed yet"), !proven, address);
    Error error = address_is_bouncing(exchange->portal, exchange->arena, value, &bouncing);
    if (!error && bouncing) add_mark(form, N_("Mail comes back"), true, address);
    return error;
}

Error desk_glance_fill(const struct profile_form *form, const struct desk_member *member, struct part *content)
{
    Str name = desk_person(form->exchange, member);
    bool seen = shown_field(form, "picture");
    part_str(content, "MEMBER_NAME", name);
    portrait_fill(form->exchange, content, seen ? portrait_name(form->exchange, member->user.profile) : STR_NONE, name);
    fill_state(form, member, content);
    fill_home(form, member, content);
    fill_sign_in(form, content);
    Error error = fill_since(form, member, content);
    if (!error) error = fill_access(form, member, content);
    return error ? error : fill_address(form, member, content);
}
