#include "page/desk_invitations.h"

#include "account/invitation.h"
#include "page/desk_frame.h"
#include "page/place.h"
#include "page/routes.h"
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
    if (!pending && !str_is(invitation->state, "expired") && !str_is(invitation->state, "revoked")) return;
    Str path = arena_print(exchange->arena, "%.*s/%.*s", STR_ARGS(desk_path(exchange, "invitations")), STR_ARGS(invitation->public_id));
    part_str(part_section(part, "RESEND"), "ACT", arena_join(exchange->arena, path, STR("/resend")));
    if (pending) part_str(part_section(part, "REVOKE"), "ACT", arena_join(exchange->arena, path, STR("/revoke")));
}

static void add_invitation(struct exchange *exchange, const struct invitation *invitation, struct part *part)
{
    bool pending = str_is(invitation->state, "pending");
    Str sent = catalog_date(exchange->arena, exchange->language, invitation->sent_at, true);
    Str until = catalog_date(exchange->arena, exchange->language, invitation->expires_at, true);
    part_str(part, "EMAIL", invitation->email);
    if (pending) part_show(part, "IS_OPEN");
    if (invitation->bouncing && pending) part_show(part, "IS_BOUNCING");
    if (invitation->orphaned) part_show(part, "IS_ORPHANED");
    part_str(part, "STATE", exchange_text(exchange, state_named(invitation->state) ? state_named(invitation->state)->words : N_("Too old")));
    part_str(part, "ROLES", roles_words(exchange, invitation->roles));
    part_str(part, "BY", exchange_fill(exchange, N_("By {PERSON}"), "PERSON", invitation->inviter_name));
    part_str(part, "SENT", exchange_fill(exchange, N_("Sent on {DATE}"), "DATE", sent));
    if (pending) part_str(part_section(part, "UNTIL"), "DATE", exchange_fill(exchange, N_("Works until {DATE}"), "DATE", until));
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

static void add_all(struct exchange *exchange, const struct invitation *list, size_t count, struct part *content)
{
    struct part *invitations = count ? part_section(content, "INVITATIONS") : NULL;
    for (size_t i = 0; i < count; i++) add_invitation(exchange, &list[i], part_section(invitations, "INVITATION"));
}

static Error add_found(struct exchange *exchange, Str typed, struct part *content)
{
    size_t count;
    bool more;
    struct invitation *list = ARENA_ARRAY(exchange->arena, struct invitation, INVITATION_PAGE);
    Error error = invitation_search(exchange->portal, &exchange->visit, &exchange->desk, typed, list, INVITATION_PAGE, &count, &more);
    if (error) return error;
    if (!count) part_show(content, "NOT_FOUND");
    if (more) part_show(content, "IS_MORE");
    add_all(exchange, list, count, content);
    return OK;
}

static Error add_page(struct exchange *exchange, Str state, int64_t before, struct part *content)
{
    size_t count;
    bool older;
    struct invitation *list = ARENA_ARRAY(exchange->arena, struct invitation, INVITATION_PAGE);
    Error error = invitation_list(exchange->portal, &exchange->visit, &exchange->desk, state, before, list, INVITATION_PAGE, &count, &older);
    if (error) return error;
    if (!count) part_show(content, "NOTHING");
    add_all(exchange, list, count, content);
    add_ways(exchange, state, before, older ? &list[count - 1] : NULL, content);
    return OK;
}

Error desk_invitation_list(struct exchange *exchange, struct part *content)
{
    Str state, typed = str_trim(form_get_str(&exchange->request->query, STR("q")));
    int64_t before;
    if (!read_query(exchange, &state, &before)) return ERR_NOT_FOUND;
    part_str(content, "LIST_PATH", desk_path(exchange, "invitations"));
    part_str(content, "Q", typed);
    add_filters(exchange, typed.n ? STR("-") : state, content);
    return typed.n ? add_found(exchange, typed, content) : add_page(exchange, state, before, content);
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
