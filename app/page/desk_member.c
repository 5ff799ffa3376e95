/* One member, as the help desk of an organization meets them: the profile, and what can be done. */
#include "base/encode.h"
#include "page/desk_acts.h"
#include "page/desk_frame.h"
#include "page/desk_glance.h"
#include "page/profile_form.h"
#include "page/routes.h"

enum { ROLES_SENT_MAX = 100 };

struct showing {
    struct exchange *exchange;
    struct desk_member member;
    struct profile_form form;
    int tried;                    /* enum desk_form whose reason was missing */
    bool unconfirmed;             /* not the reason, but what confirms it */
    int status;
};

static Error find(struct showing *showing)
{
    struct exchange *exchange = showing->exchange;
    return desk_member_find(exchange->portal, exchange->arena, &exchange->desk, exchange->segment[1], &showing->member);
}

/* --- the page --- */

static const char *why_only_read(const struct showing *showing)
{
    const struct desk *desk = &showing->exchange->desk;
    if (showing->member.guest) return NULL;                   /* the policy says it, field by field */
    if (!desk_may(desk, "update:members")) return N_("Your role here lets you see this, not change it.");
    if (showing->member.self) return N_("This is you: what you may change, you change in your own profile.");
    if (showing->member.may & ~desk->may) return N_("This member may do more here than you, so you do not change it.");
    return NULL;
}

static void fill_head(const struct showing *showing, struct part *content)
{
    struct exchange *exchange = showing->exchange;
    part_str(content, "MEMBERS_PATH", desk_path(exchange, "members"));
    if (desk_may(&exchange->desk, "read:activity")) {
        Str user_id = percent_encode(exchange->arena, showing->member.user.user_id);
        Str path = arena_join(exchange->arena, desk_path(exchange, "activity?member="), user_id);
        part_str(part_section(content, "ACTIVITY"), "PATH", path);
    }
    if (showing->member.guest) part_show(content, "GUEST");
    if (showing->member.self) part_show(content, "SELF");
}

static const char *form_name(int tried)
{
    if (tried >= FORM_ACTS) return desk_act_path((enum desk_act)(tried - FORM_ACTS));
    return tried == FORM_ROLES ? "roles" : "save";
}

static void fill_no_reason(const struct showing *showing, struct page *page)
{
    if (showing->tried == FORM_NONE) return;
    part_show(page_base(page), "HAS_PROBLEM");
    if (showing->unconfirmed) part_show(page_content(page), "NOT_CONFIRMED");
    else part_str(part_section(page_content(page), "NO_REASON"), "FORM_NAME", str_of(form_name(showing->tried)));
}

static bool is_savable(const struct showing *showing)
{
    const struct fields *fields = &showing->exchange->portal->directory.fields;
    for (size_t i = 0; i < fields->count; i++)
        if (profile_is_shown(&showing->form, &fields->list[i]) && profile_is_editable(&showing->form, &fields->list[i])) return true;
    return false;
}

static void fill_save(const struct showing *showing, const struct desk_acts *acts, struct part *content)
{
    part_str(content, "MEMBER_PATH", desk_member_path(showing->exchange, showing->member.user.user_id));
    if (!is_savable(showing)) return;
    struct part *part = part_section(content, "SAVE");
    part_str(part, "REASON", showing->form.typed ? form_get(showing->form.typed, "reason") : desk_acts_reason(acts, FORM_SAVE));
    if (showing->tried == FORM_SAVE) part_show(part, "REASON_MISSING");
}

static void say_done(struct exchange *exchange, struct page *page)
{
    Str done = form_get(&exchange->request->query, "done");
    const char *words = desk_act_notice(done);
    if (str_is(done, "roles")) words = N_("The roles are saved.");
    if (str_is(done, "no-pause"))
        words = N_("There was no pause, so nothing was changed. If they cannot sign in, send them a link for a new password.");
    if (str_is(done, "nothing")) words = N_("It was so already. Nothing was changed.");
    if (words) exchange_notice(page, exchange_text(exchange, words));
}

static Error show_parts(struct showing *showing, struct page *page)
{
    struct exchange *exchange = showing->exchange;
    struct desk_acts acts = {.exchange = exchange, .member = &showing->member, .typed = &exchange->request->form,
                             .tried = showing->tried, .unconfirmed = showing->unconfirmed};
    struct part *content = page_content(page);
    Error error = desk_acts_read(&acts);
    if (error) return error;
    fill_head(showing, content);
    say_done(exchange, page);
    profile_form_fill(&showing->form, page);
    fill_save(showing, &acts, content);
    desk_acts_fill(&acts, content);
    return desk_glance_fill(&showing->form, &showing->member, content);
}

static Error show(struct showing *showing)
{
    struct exchange *exchange = showing->exchange;
    struct profile_form *form = &showing->form;
    form->exchange = exchange;
    form->side = &profile_of_desk;
    form->guest = showing->member.guest;
    form->only_read = why_only_read(showing);
    if (!form->user) form->user = &showing->member.user;
    if (!form->subject) form->subject = &showing->member.subject;
    profile_form_decide(form);
    struct page *page = exchange_page(exchange, "desk_member.tpl", N_("Member"));
    fill_no_reason(showing, page);
    Error error = show_parts(showing, page);
    if (!error) exchange_send(exchange, page, showing->status);
    return error;
}

Error desk_member_show(struct exchange *exchange)
{
    struct showing showing = {.exchange = exchange, .status = 200};
    showing.form.saved = form_get(&exchange->request->query, "saved");
    bool together = db_read_begin(exchange->portal->db) == OK;   /* else each of the reads that follow fares on its own */
    Error error = find(&showing);
    if (!error) error = show(&showing);
    if (together) db_read_end(exchange->portal->db);
    return error;
}

/* --- after something was sent --- */

/* The page again, with the form open whose reason was missing. */
static Error ask_reason(struct exchange *exchange, int tried)
{
    struct showing showing = {.exchange = exchange, .tried = tried, .status = 422};
    if (tried == FORM_SAVE) showing.form.typed = &exchange->request->form;
    Error error = find(&showing);
    return error ? error : show(&showing);
}

static Error refused(struct exchange *exchange, const DeskAct *act)
{
    return desk_refused(exchange, act, N_("Back to this member"), desk_member_path(exchange, exchange->segment[1]));
}

static Error go_back(struct exchange *exchange, const char *done)
{
    Str path = desk_member_path(exchange, exchange->segment[1]);
    reply_see_other(exchange->reply, arena_print(exchange->arena, "%.*s?done=%s", STR_ARGS(path), done));
    return OK;
}

static Error ask_confirmation(struct exchange *exchange)
{
    struct showing showing = {.exchange = exchange, .tried = FORM_ACTS + (int)DESK_DELETE, .unconfirmed = true, .status = 422};
    Error error = find(&showing);
    return error ? error : show(&showing);
}

static Error carry_out(struct exchange *exchange, enum desk_act act)
{
    DeskAct done;
    const struct form *form = &exchange->request->form;
    const struct desk_wish wish = {.act = act, .user_id = exchange->segment[1], .reason = form_get(form, "reason"),
                                   .confirm = form_get(form, "confirm")};
    Error error = desk_act(exchange->portal, &exchange->visit, &exchange->desk, &wish, &done);
    if (error) return error;
    if (done.outcome == DESK_CONFIRM) return ask_confirmation(exchange);
    if (done.outcome == DESK_REASON) return ask_reason(exchange, FORM_ACTS + (int)act);
    if (done.outcome == DESK_NOTHING) return go_back(exchange, act == DESK_UNLOCK ? "no-pause" : "nothing");
    if (done.outcome != DESK_DONE) return refused(exchange, &done);
    if (act != DESK_REMOVE && !done.at_once) return go_back(exchange, desk_act_path(act));
    reply_see_other(exchange->reply, desk_path(exchange, done.at_once ? "?done=delete" : "?done=remove"));
    return OK;
}

Error desk_block_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_BLOCK);
}

Error desk_unblock_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_UNBLOCK);
}

Error desk_suspend_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_SUSPEND);
}

Error desk_restore_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_RESTORE);
}

Error desk_reset_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_RESET);
}

Error desk_verify_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_VERIFY);
}

Error desk_unlock_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_UNLOCK);
}

Error desk_end_sessions_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_END_SESSIONS);
}

Error desk_remove_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_REMOVE);
}

Error desk_delete_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_DELETE);
}

Error desk_keep_save(struct exchange *exchange)
{
    return carry_out(exchange, DESK_KEEP);
}

Error desk_member_roles_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Str roles[ROLES_SENT_MAX];
    size_t count = 0;
    DeskAct done;
    for (size_t i = 0; i < form->count && count < ROLES_SENT_MAX; i++)
        if (str_is(form->list[i].name, "roles")) roles[count++] = form->list[i].value;
    Error error = desk_set_roles(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1], roles, count,
                                 form_get(form, "reason"), &done);
    if (error) return error;
    if (done.outcome == DESK_REASON) return ask_reason(exchange, FORM_ROLES);
    if (done.outcome == DESK_DONE || done.outcome == DESK_NOTHING)
        return go_back(exchange, done.outcome == DESK_DONE ? "roles" : "nothing");
    return refused(exchange, &done);
}

/* --- saving the profile --- */

static Error show_refused(struct exchange *exchange, const Commit *commit, const struct refusals *refusals, int status)
{
    struct showing showing = {.exchange = exchange, .status = status};
    Error error = find(&showing);
    if (error) return error;
    showing.form = (struct profile_form){.user = &commit->user, .subject = &commit->subject, .typed = &exchange->request->form,
                                         .refusals = refusals, .stale = commit->outcome == COMMIT_STALE};
    return show(&showing);
}

static Error show_commit(struct exchange *exchange, const Commit *commit)
{
    struct refusals refusals;
    switch (commit->outcome) {
    case COMMIT_DONE:
    case COMMIT_UNCHANGED:
        reply_see_other(exchange->reply,
                        profile_saved_path(exchange, desk_member_path(exchange, exchange->segment[1]), commit));
        return OK;
    case COMMIT_STALE: return show_refused(exchange, commit, NULL, 409);
    case COMMIT_TAKEN:
        refusals = profile_taken(exchange, commit);
        return show_refused(exchange, commit, &refusals, 422);
    default: return show_refused(exchange, commit, &commit->refusals, commit->refusals.locked ? 403 : 422);
    }
}

Error desk_member_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    int64_t version = -1;
    DeskAct done;
    Commit commit;
    if (form_has(form, STR("version")) && !str_to_int(form_get(form, "version"), &version)) return exchange_error(exchange, 422);
    struct change change = profile_change(exchange, &profile_of_desk);
    Error error = desk_save(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1], version, &change,
                            form_get(form, "reason"), &done, &commit);
    if (error) return error;
    if (done.outcome == DESK_REASON) return ask_reason(exchange, FORM_SAVE);
    return done.outcome == DESK_DONE ? show_commit(exchange, &commit) : refused(exchange, &done);
}
