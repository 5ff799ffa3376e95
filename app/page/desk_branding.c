/* The desk's page for the look of its organization. */
#include "page/branding_form.h"
#include "page/routes.h"

static Str path_of(struct exchange *exchange, const char *rest)
{
    return arena_print(exchange->arena, "/o/%.*s/desk/branding%s", STR_ARGS(exchange->desk.name), rest);
}

Error desk_branding_show(struct exchange *exchange)
{
    struct branding_form form;
    Error error = branding_form_open(exchange, &form);
    if (error) return error;
    form.saved = form_get(&exchange->request->query, "saved");
    branding_form_send(&form, 200);
    return OK;
}

static Error show_stale(struct branding_form *form)
{
    struct branding wished = form->wished;
    Error error = branding_form_open(form->exchange, form);
    if (error) return error;
    form->wished = wished;
    form->typed = form->stale = true;
    branding_form_send(form, 409);
    return OK;
}

static Error answer(struct branding_form *form, const DeskAct *act, bool stale)
{
    struct exchange *exchange = form->exchange;
    if (stale) return show_stale(form);
    switch (act->outcome) {
    case DESK_DONE: reply_see_other(exchange->reply, path_of(exchange, "?saved=1")); return OK;
    case DESK_NOTHING: reply_see_other(exchange->reply, path_of(exchange, "?saved=0")); return OK;
    case DESK_REASON:
        form->needs_reason = true;
        branding_form_send(form, 422);
        return OK;
    default: return ERR_DENIED;
    }
}

Error desk_branding_save(struct exchange *exchange)
{
    struct branding_form form;
    DeskAct act = {0};
    bool stale;
    Error error = branding_form_open(exchange, &form);
    if (error) return error;
    if (!branding_form_take(&form, &exchange->request->form)) return ERR_INVALID;
    Str reason = form_get(&exchange->request->form, "reason"), preview = form_get(&exchange->request->form, "preview");
    stale = false;
    if (preview.p) error = branding_preview(&form, preview);
    else error = branding_save(exchange->portal, &exchange->visit, &exchange->desk, &form.wished, reason.p ? reason : STR(""), &act, &stale);
    if (error == ERR_INVALID) {
        branding_form_send(&form, 422);
        return OK;
    }
    return error || preview.p ? error : answer(&form, &act, stale);
}
