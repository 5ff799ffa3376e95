/* What roles there are in an organization, what each allows, and making its own. */
#include "account/role.h"
#include "page/desk_frame.h"
#include "page/routes.h"
#include "view/words.h"

struct roles_page {
    struct exchange *exchange;
    const struct form *typed;     /* NULL: nothing was sent */
    Str tried;                    /* the own role whose form was sent; empty: that of a new one */
    bool drops;                   /* … to delete it */
    const RoleStep *step;         /* what became of it; NULL: nothing was sent */
};

static bool is_tried(const struct roles_page *page, Str name, bool drops)
{
    return page->step && str_eq(page->tried, name) && page->drops == drops;
}

/* A name that is no permission cannot be part of a role: *known false. */
static Permissions read_permissions(const struct form *form, bool *known)
{
    Permissions may = 0;
    *known = true;
    for (size_t i = 0; i < form->count; i++) {
        if (!str_is(form->list[i].name, "permissions")) continue;
        const struct permission *found = permission_find(form->list[i].value);
        *known = *known && found;
        if (found) may |= permission_bit(found->name);
    }
    return permissions_whole(may);
}

static void fill_allowed(const struct roles_page *page, const struct role *role, struct part *part)
{
    for (size_t i = 0; i < permission_count; i++) {
        if (!(role->may & permission_bit(permissions[i].name))) continue;
        struct part *item = part_section(part, "ALLOWED");
        part_str(item, "WORDS", exchange_text(page->exchange, permission_words(&permissions[i])));
    }
}

/* Only what who looks may do themself can go into a role. */
static void fill_boxes(const struct roles_page *page, Permissions may, bool tried, struct part *part)
{
    bool known;
    Permissions ticked = tried ? read_permissions(page->typed, &known) : may;
    for (size_t i = 0; i < permission_count; i++) {
        Permissions bit = permission_bit(permissions[i].name);
        if (!(page->exchange->desk.may & bit)) continue;
        struct part *box = part_section(part, "BOX");
        part_str(box, "PERMISSION", str_of(permissions[i].name));
        part_str(box, "WORDS", exchange_text(page->exchange, permission_words(&permissions[i])));
        if (ticked & bit) part_show(box, "IS_TICKED");
    }
}

/* --- what is wrong --- */

static const char *problem_words(const RoleStep *step)
{
    switch (step->outcome) {
    case ROLE_NAME: return N_("Name it with up to 40 of the letters a to z, digits, - and _, and not like a role that is there for everybody.");
    case ROLE_TAKEN: return N_("There is a role of that name already. Choose another name, or change that one.");
    case ROLE_EMPTY: return N_("Tick at least one thing that the role allows.");
    case ROLE_MANY: return N_("There are 50 roles already. Delete one that nobody needs first.");
    case ROLE_USED:
        if (!step->members) return N_("Invitations that nobody answered yet give this role. Take them back first, then delete it.");
        return N_("Members have this role. Take it from them first, then delete it.");
    default: return N_("Say why, in up to 200 characters. Nothing was saved yet.");
    }
}

static void fill_form(const struct roles_page *page, bool tried, struct part *part)
{
    part_str(part, "REASON", tried ? form_get(page->typed, "reason") : STR(""));
    if (!tried) return;
    part_show(part, "IS_OPEN");
    part_str(part_section(part, "PROBLEM"), "TEXT", exchange_text(page->exchange, problem_words(page->step)));
}

/* --- the page --- */

static void add_shared(const struct roles_page *page, const struct role *role, struct part *content)
{
    struct part *part = part_section(content, "SHARED");
    part_str(part, "ROLE_NAME", role_title(page->exchange->language, role->name));
    fill_allowed(page, role, part);
}

static Error add_own(const struct roles_page *page, const struct role *role, struct part *content)
{
    struct exchange *exchange = page->exchange;
    int64_t members = 0;
    Error error = role_members(exchange->portal, &exchange->desk, role, &members);
    if (error) return error;
    Str name = role_short_name(role), path = arena_join(exchange->arena, desk_path(exchange, "roles/"), name);
    Str count = arena_print(exchange->arena, "%lld", (long long)members);
    struct part *part = part_section(content, "OWN");
    part_str(part, "ROLE_NAME", name);
    part_str(part, "MEMBERS", catalog_fill(exchange->arena, catalog_plural(exchange->language, "{N} member has it",
                                           "{N} members have it", members), "N", count, NULL));
    fill_allowed(page, role, part);
    if (!desk_may(&exchange->desk, "update:roles") || (role->may & ~exchange->desk.may)) return OK;
    struct part *change = part_section(part, "CHANGE"), *drop = part_section(part, "DROP");
    part_str(change, "CHANGE_PATH", path);
    fill_boxes(page, role->may, is_tried(page, name, false), change);
    fill_form(page, is_tried(page, name, false), change);
    part_str(drop, "DROP_PATH", arena_join(exchange->arena, path, STR("/drop")));
    fill_form(page, is_tried(page, name, true), drop);
    return OK;
}

static void add_new(const struct roles_page *page, struct part *content)
{
    if (!desk_may(&page->exchange->desk, "update:roles")) return;
    bool tried = is_tried(page, STR(""), false);
    struct part *part = part_section(content, "NEW");
    part_str(part, "NEW_PATH", desk_path(page->exchange, "roles"));
    part_str(part, "NAME_TYPED", tried ? form_get(page->typed, "name") : STR(""));
    fill_boxes(page, 0, tried, part);
    fill_form(page, tried, part);
}

static void say_done(struct exchange *exchange, struct page *page)
{
    static const char *const said[][2] = {
        {"made", N_("The role is there. Give it to members on their pages.")}, {"changed", N_("The role is changed for all who have it.")},
        {"dropped", N_("The role is deleted.")}, {"nothing", N_("It was so already. Nothing was changed.")},
    };
    Str done = form_get(&exchange->request->query, "done");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (str_is(done, said[i][0])) exchange_notice(page, exchange_text(exchange, said[i][1]));
}

static Error add_roles(const struct roles_page *view, struct part *content)
{
    struct exchange *exchange = view->exchange;
    const struct directory *directory = &exchange->portal->directory;
    bool any = false;
    for (size_t i = 0; i < directory->role_count; i++) {
        const struct role *role = &directory->roles[i];
        Error error = OK;
        if (!role->organization) add_shared(view, role, content);
        if (role->organization == exchange->desk.organization) error = add_own(view, role, content);
        any = any || role->organization == exchange->desk.organization;
        if (error) return error;
    }
    if (!any) part_show(content, "NO_OWN");
    return OK;
}

static Error show(const struct roles_page *view, int status)
{
    struct exchange *exchange = view->exchange;
    struct page *page = exchange_page(exchange, "desk_roles.tpl", N_("Roles"));
    if (view->step) part_show(page_base(page), "HAS_PROBLEM");
    Error error = add_roles(view, page_content(page));
    if (error) return error;
    add_new(view, page_content(page));
    say_done(exchange, page);
    exchange_send(exchange, page, status);
    return OK;
}

Error desk_roles_show(struct exchange *exchange)
{
    return show(&(struct roles_page){.exchange = exchange}, 200);
}

/* --- what was sent --- */

static Error answer(const struct roles_page *view, const RoleStep *step, const char *done)
{
    struct exchange *exchange = view->exchange;
    struct roles_page again = *view;
    const DeskAct *act = &step->act;
    bool refused = step->outcome == ROLE_REFUSED && act->outcome != DESK_REASON;
    if (refused) return desk_refused(exchange, act, N_("Back to the roles"), desk_path(exchange, "roles"));
    if (step->outcome == ROLE_DONE || step->outcome == ROLE_NOTHING) {
        const char *mark = step->outcome == ROLE_DONE ? done : "nothing";
        reply_see_other(exchange->reply, arena_print(exchange->arena, "%.*s?done=%s", STR_ARGS(desk_path(exchange, "roles")), mark));
        return OK;
    }
    again.typed = &exchange->request->form;
    again.step = step;
    return show(&again, step->outcome == ROLE_USED || step->outcome == ROLE_TAKEN ? 409 : 422);
}

Error desk_role_make_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    bool known;
    RoleStep step;
    Permissions may = read_permissions(form, &known);
    if (!known) return exchange_error(exchange, 422);
    Str name = form_get(form, "name");
    Error error = role_make(exchange->portal, &exchange->visit, &exchange->desk, str_trim(name.p ? name : STR("")), may,
                            form_get(form, "reason"), &step);
    return error ? error : answer(&(struct roles_page){.exchange = exchange, .tried = STR("")}, &step, "made");
}

Error desk_role_change_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    bool known;
    RoleStep step;
    Permissions may = read_permissions(form, &known);
    if (!known) return exchange_error(exchange, 422);
    Error error = role_change(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1], may, form_get(form, "reason"),
                              &step);
    return error ? error : answer(&(struct roles_page){.exchange = exchange, .tried = exchange->segment[1]}, &step, "changed");
}

Error desk_role_drop_save(struct exchange *exchange)
{
    RoleStep step;
    Error error = role_drop(exchange->portal, &exchange->visit, &exchange->desk, exchange->segment[1],
                            form_get(&exchange->request->form, "reason"), &step);
    return error ? error : answer(&(struct roles_page){.exchange = exchange, .tried = exchange->segment[1], .drops = true}, &step, "dropped");
}
