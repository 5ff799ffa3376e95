/* A person's own picture: sending, cropping, removing. */
#include "account/picture.h"

#include "page/picture_words.h"
#include "page/portrait.h"
#include "page/routes.h"
#include "view/words.h"

Str picture_sent(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_is(form->list[i].name, name) && form->list[i].file_name.p) return form->list[i].value;
    return STR_NONE;
}

const char *picture_fault_words(enum picture_fault fault)
{
    switch (fault) {
    case PICTURE_EMPTY: return N_("Choose a file first.");
    case PICTURE_UNKNOWN: return N_("This is no picture of a kind that can be used here. Choose a JPEG, PNG, WebP or GIF file.");
    case PICTURE_TOO_LARGE: return N_("This picture is too large. Choose one with at most 8192 pixels a side and 25 million in all, in a file of at most 2 MB.");
    case PICTURE_TOO_HARD: return N_("This picture takes too long to read. Save it anew in a program for pictures, then try again.");
    case PICTURE_CROP: return N_("The part you chose is not inside the picture. Choose it anew.");
    default: return N_("This file is damaged, or is not the picture it says it is. Choose another one.");
    }
}

int picture_fault_status(enum picture_fault fault)
{
    if (fault == PICTURE_UNKNOWN) return 415;
    return fault == PICTURE_TOO_LARGE ? 413 : 422;
}

/* --- the page --- */

struct showing {
    int status;
    Str problem;                  /* STR_NONE: none */
};

static void add_notice(struct exchange *exchange, struct page *page)
{
    Str done = form_get(&exchange->request->query, "done");
    if (str_is(done, "saved")) exchange_notice(page, exchange_text(exchange, N_("Your picture is saved.")));
    else if (str_is(done, "removed")) exchange_notice(page, exchange_text(exchange, N_("Your picture is removed.")));
    else if (str_is(done, "none")) exchange_notice(page, exchange_text(exchange, N_("There was no picture to remove.")));
}

static Str person_of(const struct exchange *exchange)
{
    Str name = str_of(json_string_value(json_object_get(exchange->session.user.profile, "name")));
    return name.n ? name : str_of(json_string_value(json_object_get(exchange->session.user.profile, "email")));
}

static void add_now(struct exchange *exchange, struct part *content)
{
    const json_t *profile = exchange->session.user.profile;
    Str picture = portrait_name(exchange, profile);
    portrait_fill(exchange, content, picture, person_of(exchange));
    if (picture.n) part_show(content, "IS_OWN");
    else part_show(content, json_object_get(profile, "picture") ? "IS_ELSEWHERE" : "IS_NONE");
}

static void add_problem(struct page *page, Str problem)
{
    if (!problem.n) return;
    part_str(part_section(page_content(page), "PROBLEM"), "TEXT", problem);
    part_show(page_base(page), "HAS_PROBLEM");
}

static Error show(struct exchange *exchange, const struct showing *showing)
{
    const struct field *field = field_find(&exchange->portal->directory.fields, STR("picture"));
    struct subject subject;
    Error error = account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject);
    if (error || !field) return error ? error : ERR_NOT_FOUND;
    Verdict verdict = policy_level(&exchange->portal->directory.fields, field, &subject, ACTOR_OWNER, false);
    if (verdict.level == LEVEL_NONE) return showing->status == 200 ? ERR_NOT_FOUND : ERR_INVALID;
    struct page *page = exchange_page(exchange, "picture.tpl", N_("Your picture"));
    struct part *content = page_content(page);
    add_notice(exchange, page);
    add_problem(page, showing->problem);
    add_now(exchange, content);
    if (verdict.level < LEVEL_ONCE) {
        part_str(part_section(content, "LOCKED"), "REASON", reason_text(exchange->arena, exchange->language, verdict, field));
    } else {
        struct part *change = part_section(content, "CHANGE");
        if (showing->problem.n) part_show(change, "IS_WRONG");
        if (json_object_get(exchange->session.user.profile, "picture")) part_show(change, "REMOVE");
    }
    exchange_send(exchange, page, showing->status);
    return OK;
}

Error picture_show(struct exchange *exchange)
{
    return show(exchange, &(struct showing){.status = 200});
}

/* --- what was sent --- */

static Error refuse(struct exchange *exchange, int status, const char *words)
{
    return show(exchange, &(struct showing){status, exchange_text(exchange, words)});
}

static Error answer(struct exchange *exchange, const PictureAct *act, const char *done)
{
    const struct field *field = field_find(&exchange->portal->directory.fields, STR("picture"));
    switch (act->outcome) {
    case PICTURE_DONE: break;
    case PICTURE_NOTHING: done = "none"; break;
    case PICTURE_LOCKED:
        if (act->verdict.level == LEVEL_NONE) return ERR_INVALID;
        return show(exchange, &(struct showing){403, reason_text(exchange->arena, exchange->language, act->verdict, field)});
    case PICTURE_WAIT:
        reply_retry_after(exchange->reply, 429, act->seconds);
        return refuse(exchange, 429, N_("Too many pictures in this hour. Wait, then try again."));
    default: return refuse(exchange, picture_fault_status(act->fault), picture_fault_words(act->fault));
    }
    reply_see_other(exchange->reply, arena_print(exchange->arena, "/profile/picture?done=%s", done));
    return OK;
}

static bool is_ours(Str name)
{
    static const char *const names[] = {"csrf", "picture", "action", "crop_x", "crop_y", "crop_size"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i])) return true;
    return false;
}

/* Only `picture` may be a file. */
static bool is_readable(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        const Param *param = &form->list[i];
        if (!is_ours(param->name) || (param->file_name.p && !str_is(param->name, "picture"))) return false;
    }
    return !form_has_repeats(form);
}

/* All three or none; empty ones were left out. */
static bool read_crop(const struct form *form, struct picture_crop *out)
{
    Str x = form_get(form, "crop_x"), y = form_get(form, "crop_y"), size = form_get(form, "crop_size");
    *out = (struct picture_crop){.asked = x.n || y.n || size.n};
    if (!out->asked) return true;
    return str_to_int(x, &out->x) && str_to_int(y, &out->y) && str_to_int(size, &out->size);
}

static Error save(struct exchange *exchange)
{
    PictureAct act;
    struct picture_crop crop;
    const struct form *form = &exchange->request->form;
    if (!read_crop(form, &crop)) return refuse(exchange, 422, picture_fault_words(PICTURE_CROP));
    Str upload = picture_sent(form, "picture");
    Error error = picture_save(exchange->portal, &exchange->visit, &exchange->session.user, upload, &crop, &act);
    return error ? error : answer(exchange, &act, "saved");
}

Error picture_post(struct exchange *exchange)
{
    PictureAct act;
    const struct form *form = &exchange->request->form;
    Str action = form_get(form, "action");
    if (!is_readable(form)) return ERR_INVALID;
    if (!action.p) return save(exchange);
    if (!str_is(action, "remove") || form_has(form, STR("picture"))) return ERR_INVALID;
    Error error = picture_remove(exchange->portal, &exchange->visit, &exchange->session.user, &act);
    return error ? error : answer(exchange, &act, "removed");
}
