/* The mark of a desk's organization: a form of its own on the page for its look. */
#include "page/branding_form.h"
#include "page/picture_words.h"
#include "page/routes.h"

static bool is_readable(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        const Param *param = &form->list[i];
        bool file = str_is(param->name, "mark");
        bool ours = file || str_is(param->name, "csrf") || str_is(param->name, "reason") || str_is(param->name, "action");
        if (!ours || (param->file_name.p && !file)) return false;
    }
    return !form_has_repeats(form);
}

static Error show(struct exchange *exchange, int status, const char *problem, bool needs_reason)
{
    struct branding_form form;
    Error error = branding_form_open(exchange, &form);
    if (error) return error;
    form.mark_problem = problem ? exchange_text(exchange, problem) : STR_NONE;
    form.mark_needs_reason = needs_reason;
    form.mark_reason = form_get(&exchange->request->form, "reason");
    branding_form_send(&form, status);
    return OK;
}

static Error answer(struct exchange *exchange, const DeskAct *act, const PictureAct *why, bool sent)
{
    if (act->outcome == DESK_REFUSED) return ERR_DENIED;
    if (act->outcome == DESK_REASON) return show(exchange, 422, NULL, true);
    if (why->outcome == PICTURE_WAIT) {
        reply_retry_after(exchange->reply, 429, why->seconds);
        return show(exchange, 429, N_("Too many pictures in this hour. Wait, then try again."), false);
    }
    if (why->outcome == PICTURE_REFUSED)
        return show(exchange, picture_fault_status(why->fault), picture_fault_words(why->fault), false);
    const char *done = act->outcome != DESK_DONE ? "0" : sent ? "mark" : "no-mark";
    reply_see_other(exchange->reply, arena_print(exchange->arena, "/o/%.*s/desk/branding?saved=%s", STR_ARGS(exchange->desk.name), done));
    return OK;
}

Error desk_mark_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Str action = form_get(form, "action"), reason = form_get(form, "reason"), upload = picture_sent(form, "mark");
    PictureAct why;
    DeskAct act;
    bool removes = str_is(action, "remove");
    if (!is_readable(form) || (action.p && (!removes || upload.p))) return ERR_INVALID;
    if (!removes && !upload.p) upload = STR("");
    Error error = picture_mark_save(exchange->portal, &exchange->visit, &exchange->desk, upload, reason.p ? reason : STR(""), &act, &why);
    return error ? error : answer(exchange, &act, &why, !removes);
}
