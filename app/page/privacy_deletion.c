/* The only page of somebody whose account is to be deleted: keep it, or have it gone at once. */
#include "account/deletion.h"
#include "page/fresh.h"
#include "page/routes.h"

static const char *asked_words(const struct deletion_state *state)
{
    if (state->organization_name.n) return N_("The help desk of {NAME} asked for this on {DATE}.");
    if (str_is(state->asked_by, "desk")) return N_("A help desk asked for this on {DATE}.");
    if (str_is(state->asked_by, "operator")) return N_("The operator of this portal asked for this on {DATE}.");
    return N_("You asked for it on {DATE}.");
}

static Str date(struct exchange *exchange, int64_t at)
{
    return catalog_date(exchange->arena, exchange->language, at, true);
}

/* What an operator writes down is for the audit; what a desk does is for the person to read. */
static void add_asked(struct exchange *exchange, const struct deletion_state *state, struct part *content)
{
    if (!state->asked_by.p) return;
    part_str(part_section(content, "ASKED"), "TEXT",
             catalog_fill(exchange->arena, exchange_text(exchange, asked_words(state)), "DATE", date(exchange, state->asked_at), "NAME",
                          state->organization_name, NULL));
    if (str_is(state->asked_by, "desk") && state->reason.n)
        part_str(part_section(content, "ASKED"), "TEXT", exchange_fill(exchange, N_("Their reason: {REASON}"), "REASON", state->reason));
}

static void fill_open(struct exchange *exchange, const struct deletion_state *state, struct part *content)
{
    part_str(content, "TITLE", exchange_text(exchange, N_("Your account will be deleted")));
    part_str(content, "TEXT", exchange_fill(exchange, N_("It and everything in it goes on {DATE}. Until then you decide: keep it, and everything is as "
                                                         "before, or delete it now."), "DATE", date(exchange, state->at)));
    add_asked(exchange, state, content);
    part_show(content, "KEEP");
    if (!state->hold.p) part_show(content, "NOW");
}

static void fill_over(struct exchange *exchange, const struct deletion_state *state, struct part *content)
{
    part_str(content, "TITLE", exchange_text(exchange, N_("Your account is being deleted")));
    part_str(content, "TEXT", exchange_text(exchange, state->hold.p
        ? N_("The time to keep it is over. For legal reasons the operator must hold it a while longer; it is deleted as soon as that ends.")
        : N_("The time to keep it is over. There is nothing more to do.")));
}

static Error show(struct exchange *exchange, int status)
{
    struct deletion_state state;
    Error error = deletion_state(exchange->portal, exchange->arena, exchange->session.user.id, &state);
    if (error) return error;
    bool open = state.at > exchange->visit.now;
    struct page *page = exchange_page(exchange, "privacy_deletion.tpl", open ? N_("Your account will be deleted") : N_("Your account is being deleted"));
    if (open) fill_open(exchange, &state, page_content(page));
    else fill_over(exchange, &state, page_content(page));
    exchange_send(exchange, page, status);
    return OK;
}

Error privacy_deletion_show(struct exchange *exchange)
{
    if (exchange->session.user.deletion_at) return show(exchange, 200);
    if (str_is(form_get(&exchange->request->query, "done"), "kept"))
        return exchange_say(exchange, 200, N_("Your account stays"),
                            exchange_text(exchange, N_("Everything is as it was before. If it was not you who wanted it deleted, choose a new "
                                                       "password now.")),
                            N_("Go to your profile"), STR("/profile"));
    reply_see_other(exchange->reply, STR("/profile"));
    return OK;
}

static Error keep(struct exchange *exchange)
{
    Deletion out;
    Error error = deletion_keep(exchange->portal, &exchange->visit, ACTOR_OWNER, &exchange->session.user, STR_NONE, &out);
    if (error) return error;
    if (out.outcome == DELETION_NOTHING) return show(exchange, 409);
    exchange->session.user.deletion_at = 0;
    reply_see_other(exchange->reply, STR("/privacy/deletion?done=kept"));
    return OK;
}

static Error now(struct exchange *exchange)
{
    Deletion out;
    if (!fresh_is(exchange)) return fresh_ask(exchange);
    Error error = deletion_now(exchange->portal, &exchange->visit, ACTOR_OWNER, &exchange->session.user, &out);
    if (error) return error;
    if (out.outcome != DELETION_SCHEDULED) return show(exchange, 409);
    reply_cookie(exchange->reply, exchange->portal->options->https, "sid", STR(""), -1);
    reply_see_other(exchange->reply, STR("/privacy/delete/confirm?done=now"));
    return OK;
}

Error privacy_deletion_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Str action = form_get(form, "action");
    if (form_has_repeats(form)) return exchange_error(exchange, 422);
    if (!exchange->session.user.deletion_at) {
        reply_see_other(exchange->reply, STR("/profile"));
        return OK;
    }
    if (str_is(action, "keep")) return keep(exchange);
    return str_is(action, "now") ? now(exchange) : show(exchange, 422);
}
