/* Where a person is signed in, and ending it there. */
#include "account/session_list.h"
#include "page/routes.h"

static Str device_words(struct exchange *exchange, Device device)
{
    if (device.browser && device.system) {
        return catalog_fill(exchange->arena, exchange_text(exchange, N_("{BROWSER} on {SYSTEM}")), "BROWSER",
                            str_of(device.browser), "SYSTEM", str_of(device.system), NULL);
    }
    if (device.browser) return str_of(device.browser);
    if (device.system) return exchange_fill(exchange, N_("A browser on {SYSTEM}"), "SYSTEM", str_of(device.system));
    return exchange_text(exchange, N_("A browser or program that does not say what it is"));
}

static Str date_words(struct exchange *exchange, const char *english, int64_t at)
{
    return exchange_fill(exchange, english, "DATE", catalog_date(exchange->arena, exchange->language, at, true));
}

static void fill_session(struct exchange *exchange, const struct listed_session *session, struct part *part)
{
    part_str(part, "DEVICE", device_words(exchange, session->device));
    part_str(part, "BEGUN", date_words(exchange, N_("Signed in on {DATE}"), session->created_at));
    if (session->peer.n) part_str(part_section(part, "PLACED"), "ADDRESS", session->peer);
    if (session->current) return;
    part_str(part, "USED", date_words(exchange, N_("Last used on {DATE}"), session->last_seen_at));
    part_str(part, "ID", session->public_id);
}

struct said {
    const char *mark, *words;
};

static void say_ended(struct exchange *exchange, struct page *page)
{
    static const struct said said[] = {
        {"one", N_("You are signed out there.")}, {"others", N_("You are signed out everywhere else.")},
        {"none", N_("You were signed in nowhere else, so nothing was changed.")},
    };
    Str ended = form_get(&exchange->request->query, "ended");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (str_is(ended, said[i].mark)) exchange_notice(page, exchange_text(exchange, said[i].words));
    }
}

Error sessions_show(struct exchange *exchange)
{
    struct listed_session *first;
    Error error = session_list(exchange->portal, &exchange->visit, &exchange->session, &first);
    if (error) return error;
    struct page *page = exchange_page(exchange, "sessions.tpl", N_("Where you are signed in"));
    struct part *content = page_content(page), *others = NULL;
    for (const struct listed_session *each = first; each; each = each->next) {
        if (!each->current && !others) others = part_section(content, "OTHERS");
        fill_session(exchange, each, part_section(each->current ? content : others, each->current ? "THIS_ONE" : "OTHER"));
    }
    if (!others) part_show(content, "ALONE");
    say_ended(exchange, page);
    exchange_send(exchange, page, 200);
    return OK;
}

static Error say_over(struct exchange *exchange)
{
    return exchange_say(exchange, 404, N_("You are not signed in there"),
                        exchange_text(exchange, N_("It ended already, or it was never yours. Nothing was changed.")),
                        N_("See where you are signed in"), STR("/sessions"));
}

Error session_end_save(struct exchange *exchange)
{
    Str id = exchange->segment[0];
    if (str_eq(id, exchange->session.public_id)) return logout_save(exchange);
    Error error = session_end(exchange->portal, &exchange->visit, &exchange->session, id);
    if (error == ERR_NOT_FOUND) return say_over(exchange);
    if (!error) reply_see_other(exchange->reply, STR("/sessions?ended=one"));
    return error;
}

Error sessions_end_others_save(struct exchange *exchange)
{
    int64_t ended;
    Error error = session_end_others(exchange->portal, &exchange->visit, &exchange->session, &ended);
    if (!error) reply_see_other(exchange->reply, ended ? STR("/sessions?ended=others") : STR("/sessions?ended=none"));
    return error;
}
