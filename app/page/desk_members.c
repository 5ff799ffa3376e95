/* The members of an organization, as its help desk finds them. */
#include "account/member.h"
#include "account/organization.h"
#include "base/encode.h"
#include "page/desk_frame.h"
#include "page/portrait.h"
#include "page/routes.h"
#include "view/words.h"

enum { QUERY_MAX = 200, MOST_PAGES = 1000000 };

struct choice {
    const char *value, *label;
};

static const struct choice states[] = {
    {"active", N_("Active")}, {"suspended", N_("Suspended")}, {"blocked", N_("Blocked")}, {"deletion", N_("About to be deleted")},
};
static const struct choice sorts[] = {          /* in the order of enum member_sort */
    {"name", N_("Name, from A")}, {"-name", N_("Name, from Z")}, {"joined", N_("Longest a member")}, {"-joined", N_("Newest")},
};
enum { STATES = sizeof states / sizeof *states, SORTS = sizeof sorts / sizeof *sorts };

struct members_page {
    struct exchange *exchange;
    struct member_query query;
    struct member_list list;
};

/* --- what is asked --- */

static bool read_sort(Str text, enum member_sort *out)
{
    for (int i = 0; i < SORTS; i++) {
        if (text.n && !str_is(text, sorts[i].value)) continue;
        *out = (enum member_sort)i;
        return true;
    }
    return false;
}

static bool read_query(struct exchange *exchange, struct member_query *out)
{
    const struct form *query = &exchange->request->query;
    *out = (struct member_query){.q = str_trim(form_get(query, "q")), .role = form_get(query, "role"), .state = form_get(query, "state"),
                                 .connection = form_get(query, "connection"), .after = form_get(query, "after"), .page = 1};
    bool counts = !form_has(query, STR("page")) || (str_to_int(form_get(query, "page"), &out->page) && out->page >= 1);
    return counts && out->page <= MOST_PAGES && out->q.n <= QUERY_MAX && read_sort(form_get(query, "sort"), &out->sort);
}

static bool is_filtered(const struct member_query *query)
{
    return query->q.n || query->role.n || query->state.n || query->connection.n;
}

/* --- the form --- */

static void add_option(struct part *form, const char *section, Str value, Str label, Str picked)
{
    struct part *part = part_section(form, section);
    part_str(part, "VALUE", value);
    part_str(part, "LABEL", label);
    if (str_eq(value, picked)) part_show(part, "IS_PICKED");
}

static void add_choices(struct exchange *exchange, struct part *form, const char *section, const struct choice *list, int count, Str picked)
{
    for (int i = 0; i < count; i++) add_option(form, section, str_of(list[i].value), exchange_text(exchange, list[i].label), picked);
}

static void add_roles(const struct members_page *all, struct part *form)
{
    struct exchange *exchange = all->exchange;
    const struct directory *directory = &exchange->portal->directory;
    for (size_t i = 0; i < directory->role_count; i++) {
        const struct role *role = &directory->roles[i];
        if (role->organization && role->organization != exchange->desk.organization) continue;
        add_option(form, "ROLE", role->name, role_title(exchange->language, role->name), all->query.role);
    }
}

/* Only the organization's own: what others are called is none of its business. */
static Error add_connections(const struct members_page *all, struct part *form)
{
    struct exchange *exchange = all->exchange;
    const struct connection *list[ORGANIZATION_CONNECTIONS_MAX];
    struct part *part = NULL;
    size_t count;
    Error error = organization_connections(exchange->portal, exchange->desk.organization, list, ORGANIZATION_CONNECTIONS_MAX, &count);
    for (size_t i = 0; !error && i < count; i++) {
        const struct rule_source *source = &list[i]->source;
        if (!part) part = part_section(form, "CONNECTIONS");
        add_option(part, "CONNECTION", source->name, source->display_name.n ? source->display_name : source->name, all->query.connection);
    }
    return error;
}

static Error add_form(const struct members_page *all, struct part *content)
{
    struct exchange *exchange = all->exchange;
    const struct member_query *query = &all->query;
    struct part *form = part_section(content, "SEARCH");
    part_str(form, "PATH", desk_path(exchange, "members"));
    part_str(form, "Q", query->q);
    add_roles(all, form);
    add_choices(exchange, form, "STATE", states, STATES, query->state);
    add_choices(exchange, form, "SORT", sorts, SORTS, str_of(sorts[query->sort].value));
    if (query->role.n || query->state.n || query->connection.n || query->sort != SORT_NAME) part_show(form, "IS_OPEN");
    return add_connections(all, form);
}

/* --- the list --- */

static const char *state_words(Str state)
{
    for (int i = 0; i < STATES; i++)
        if (str_is(state, states[i].value)) return states[i].label;
    return N_("Active");
}

static void fill_member(struct exchange *exchange, const struct listed_member *member, struct part *part)
{
    Str name = member->name.n ? member->name : member->email.n ? member->email : member->user_id;
    part_str(part, "NAME", name);
    part_str(part, "PATH", desk_member_path(exchange, member->user_id));
    portrait_fill(exchange, part, member->picture, name);
    if (member->email.n && member->name.n) part_str(part_section(part, "HAS_EMAIL"), "EMAIL", member->email);
    if (member->roles.n) part_str(part_section(part, "HAS_ROLES"), "ROLES", desk_role_names(exchange, member->roles));
    part_str(part, "STATE", exchange_text(exchange, state_words(member->state)));
    if (!str_is(member->state, "active")) part_show(part, "IS_HELD");
    part_str(part, "JOINED", catalog_date(exchange->arena, exchange->language, member->joined_at, false));
}

/* What is asked, as a query; `page` and `after` name the page of it. */
static Str page_path(const struct members_page *all, int64_t page, Str after)
{
    struct arena *arena = all->exchange->arena;
    const struct member_query *query = &all->query;
    const struct { const char *name; Str value; } pairs[] = {
        {"q", query->q}, {"role", query->role}, {"state", query->state}, {"connection", query->connection},
        {"sort", query->sort == SORT_NAME ? STR("") : str_of(sorts[query->sort].value)}, {"after", after},
    };
    struct text path = {.arena = arena};
    text_add(&path, desk_path(all->exchange, "members"));
    text_print(&path, "?page=%lld", (long long)page);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].value.n) text_print(&path, "&%s=%.*s", pairs[i].name, STR_ARGS(percent_encode(arena, pairs[i].value)));
    return text_str(&path);
}

static void add_ways(const struct members_page *all, struct part *content)
{
    int64_t page = all->query.page;
    if (page == 1 && !all->list.more) return;
    struct part *ways = part_section(content, "WAYS");
    if (page > 1) part_str(part_section(ways, "PREVIOUS"), "PATH", page_path(all, page - 1, STR("")));
    if (all->list.more) part_str(part_section(ways, "NEXT"), "PATH", page_path(all, page + 1, all->list.next));
}

static Str number(struct exchange *exchange, int64_t n)
{
    return arena_print(exchange->arena, "%lld", (long long)n);
}

static Str counted(struct exchange *exchange, const char *one, const char *many, int64_t n)
{
    return catalog_fill(exchange->arena, catalog_plural(exchange->language, one, many, n), "N", number(exchange, n), NULL);
}

/* What a search found, in the words that are read out while somebody types. */
static Str found_words(const struct members_page *all)
{
    struct exchange *exchange = all->exchange;
    int64_t count = (int64_t)all->list.count;
    if (!count) return exchange_text(exchange, all->list.more ? N_("Nobody yet; there is more to look through.") : N_("Nobody found."));
    if (all->list.more || all->query.page > 1)
        return counted(exchange, P_("{N} member on this page.", "{N} members on this page."), count);
    return counted(exchange, P_("{N} member found.", "{N} members found."), count);
}

static void add_list(const struct members_page *all, struct part *content)
{
    struct exchange *exchange = all->exchange;
    struct part *list = all->list.count ? part_section(content, "LIST") : NULL;
    for (size_t i = 0; i < all->list.count; i++) fill_member(exchange, &all->list.members[i], part_section(list, "MEMBER"));
    part_str(content, "FOUND", found_words(all));
    if (list) return;
    bool beyond = all->query.page > 1;
    struct part *empty = part_section(content, all->list.more ? "SEARCH_ON" : is_filtered(&all->query) ? "NOBODY_FITS" :
                                               beyond ? "BEHIND_THE_END" : "NOBODY");
    part_str(empty, "ALL_PATH", desk_path(exchange, "members"));
    if (desk_may(&exchange->desk, "create:invitations")) part_str(part_section(empty, "INVITE"), "PATH", desk_path(exchange, "invitations"));
}

Error desk_members_show(struct exchange *exchange)
{
    struct members_page all = {.exchange = exchange};
    if (!read_query(exchange, &all.query)) return exchange_error(exchange, 422);
    Error error = portal_refresh(exchange->portal);
    if (!error) error = member_list_read(exchange->portal, exchange->arena, &exchange->desk, &all.query, &all.list);
    if (error) return error == ERR_INVALID ? exchange_error(exchange, 422) : error;
    struct page *page = exchange_page(exchange, "desk_members.tpl", N_("Members"));
    struct part *content = page_content(page);
    part_str(content, "TOTAL", counted(exchange, P_("{N} member", "{N} members"), all.list.total));
    error = add_form(&all, content);
    if (error) return error;
    add_list(&all, content);
    add_ways(&all, content);
    exchange_send(exchange, page, 200);
    return OK;
}
