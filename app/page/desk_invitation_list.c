#include "page/desk_invitations.h"

#include "account/invitation.h"
#include "page/desk_frame.h"
#include "page/place.h"
#include "view/words.h"

struct state_words {
    const char *state, *words;
};

static const struct state_words states[] = {
    {"", N_("All")}, {"pending", N_("Waiting for an answer")}, {"accepted", N_("Accepted")}, {"declined", N_("Declined")},
    {"revoked", N_("Taken back")}, {"expired", N_("Too old")},
};
enum { STATES = sizeof states / sizeof *states };

static const struct state_words *state_named(Str state)
{
    for (size_t i = 0; i < STATES; i++)
        if (str_is(state, states[i].state)) return &states[i];
    return NULL;
}

static void add_filters(struct exchange *exchange, Str wanted, struct part *content)
{
    for (size_t i = 0; i < STATES; i++) {
        struct part *part = part_section(content, "FILTER");
        Str path = desk_path(exchange, "invitations");
        if (*states[i].state) path = arena_print(exchange->arena, "%.*s?state=%s", STR_ARGS(path), states[i].state);
        part_str(part, "PATH", path);
        part_str(part, "LABEL", exchange_text(exchange, states[i].words));
        if (str_is(wanted, states[i].state)) part_show(part, "IS_HERE");
    }
}

static Str roles_words(struct exchange *exchange, const json_t *roles)
{
    struct text text = {.arena = exchange->arena};
    for (size_t i = 0; i < json_array_size(roles); i++) {
        if (text.n) text_add(&text, exchange_text(exchange, N_(", ")));
        text_add(&text, role_title(exchange->language, str_of(json_string_value(json_array_get(roles, i)))));
    }
    return text.n ? text_str(&text) : exchange_text(exchange, N_("Member"));
}

static void add_acts(struct exchange *exchange, const struct invitation *invitation, struct part *part)
{
    bool pending = str_is(invitation->state, "pending");
    if (!pending && !str_is(invitation->state, "expired")) return;
    Str path = arena_print(exchange->arena, "%.*s/%.*s", STR_ARGS(desk_path(exchange, "invitations")), STR_ARGS(invitation->public_id));
    part_str(part_section(part, "RESEND"), "ACT", arena_join(exchange->arena, path, STR("/resend")));
    if (pending) part_str(part_section(part, "REVOKE"), "ACT", arena_join(exchange->arena, path, STR("/revoke")));
}

static void add_invitation(struct exchange *exchange, const struct invitation *invitation, struct part *part)
{
    const char *when = str_is(invitation->state, "pending") ? N_("Works until {DATE}") : N_("Sent on {DATE}");
    int64_t at = str_is(invitation->state, "pending") ? invitation->expires_at : invitation->sent_at;
    part_str(part, "EMAIL", invitation->email);
    part_str(part, "STATE", exchange_text(exchange, state_named(invitation->state) ? state_named(invitation->state)->words : N_("Too old")));
    part_str(part, "ROLES", roles_words(exchange, invitation->roles));
    part_str(part, "BY", exchange_fill(exchange, N_("By {PERSON}"), "PERSON", invitation->inviter_name));
    part_str(part, "DATE", exchange_fill(exchange, when, "DATE", catalog_date(exchange->arena, exchange->language, at, true)));
    add_acts(exchange, invitation, part);
}

static void add_ways(struct exchange *exchange, Str state, int64_t before, const struct invitation *last, struct part *content)
{
    if (!before && !last) return;
    struct part *ways = part_section(content, "WAYS");
    Str path = desk_path(exchange, "invitations");
    if (before) part_str(part_section(ways, "NEWEST"), "PATH", arena_print(exchange->arena, "%.*s?state=%.*s", STR_ARGS(path), STR_ARGS(state)));
    if (!last) return;
    Str place = place_write(exchange, path, last->id);
    part_str(part_section(ways, "OLDER"), "PATH",
             arena_print(exchange->arena, "%.*s?state=%.*s&before=%.*s", STR_ARGS(path), STR_ARGS(state), STR_ARGS(place)));
}

/* False: a filter or a place in the list that there is not. */
static bool read_query(const struct exchange *exchange, Str *state, int64_t *before)
{
    const struct form *query = &exchange->request->query;
    *state = form_get(query, "state");
    if (!place_read(exchange, desk_path(exchange, "invitations"), before)) return false;
    if (!state->p) *state = STR("");
    return state_named(*state) != NULL;
}

Error desk_invitation_list(struct exchange *exchange, struct part *content)
{
    Str state;
    int64_t before;
    size_t count;
    bool older;
    struct invitation *list = ARENA_ARRAY(exchange->arena, struct invitation, INVITATION_PAGE);
    if (!read_query(exchange, &state, &before)) return ERR_NOT_FOUND;
    Error error = invitation_list(exchange->portal, &exchange->visit, &exchange->desk, state, before, list, INVITATION_PAGE, &count, &older);
    if (error) return error;
    add_filters(exchange, state, content);
    if (!count) part_show(content, "NOTHING");
    struct part *invitations = count ? part_section(content, "INVITATIONS") : NULL;
    for (size_t i = 0; i < count; i++) add_invitation(exchange, &list[i], part_section(invitations, "INVITATION"));
    add_ways(exchange, state, before, older ? &list[count - 1] : NULL, content);
    return OK;
}
