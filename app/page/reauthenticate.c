/* The password once more, before pages that could give the account away. */
#include "page/device.h"
#include "page/password_form.h"
#include "page/routes.h"
#include "page/way.h"

static Error show_form(struct exchange *exchange, int status, Str problem)
{
    const struct request *request = exchange->request;
    struct page *page = exchange_page(exchange, "reauthenticate.tpl", N_("Enter your password again"));
    struct part *content = page_content(page);
    part_str(content, "NEXT", way_next(request));
    if (request->method == METHOD_GET && form_has(&request->query, STR("kept"))) part_show(content, "IS_LOST");
    if (problem.n) {
        part_show(page_base(page), "HAS_PROBLEM");
        part_show(content, "IS_WRONG");
        part_str(part_section(content, "PROBLEM"), "TEXT", problem);
    }
    exchange_send(exchange, page, status);
    return OK;
}

Error reauthenticate_show(struct exchange *exchange)
{
    return show_form(exchange, 200, STR_NONE);
}

static Error go_on(struct exchange *exchange, const SignIn *result)
{
    Str next = way_next(exchange->request);
    reply_cookie(exchange->reply, exchange->portal->options->https, "sid", result->cookie, 0);
    device_keep(exchange, result->device);
    reply_see_other(exchange->reply, next.n ? next : STR("/profile"));
    return OK;
}

static Error answer(struct exchange *exchange, const SignIn *result)
{
    switch (result->outcome) {
    case SIGN_IN_OK: return go_on(exchange, result);
    case SIGN_IN_PAUSED:
        reply_retry_after(exchange->reply, 429, result->retry_after);
        return show_form(exchange, 429, password_pause_words(exchange, result->retry_after));
    case SIGN_IN_BUSY:
        reply_retry_after(exchange->reply, 503, result->retry_after);
        return show_form(exchange, 503, exchange_text(exchange, N_("Too busy at the moment. Nothing was changed; try again in a "
                                                                   "few seconds.")));
    default: return show_form(exchange, 422, exchange_text(exchange, N_("This is not your present password.")));
    }
}

Error reauthenticate_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    SignIn result = {.outcome = SIGN_IN_REFUSED};
    Str password = form_get(form, "current_password");
    if (form_has_repeats(form)) return exchange_error(exchange, 422);
    if (!password.n) return show_form(exchange, 422, exchange_text(exchange, N_("Enter your present password.")));
    Error error = session_confirm(exchange->portal, &exchange->visit, &exchange->session, password, &result);
    if (error == ERR_SIGN_IN) {
        reply_see_other(exchange->reply, STR("/login"));
        return OK;
    }
    return error ? error : answer(exchange, &result);
}
