/* What was done in this organization, by whom and to whom: the list that its auditors read. */
#include "page/desk_activity.h"
#include "base/encode.h"
#include "page/desk_frame.h"
#include "page/place.h"
#include "page/routes.h"

enum { ON_A_PAGE = 50 };

static Str here(const struct exchange *exchange)
{
    return desk_path(exchange, "activity");
}

/* --- the filter --- */

static Str with_person(const struct exchange *exchange, const struct activity_filter *filter, const char *name, Str user_id)
{
    struct activity_filter other = *filter;
    other.query.before = 0;
    if (str_is(str_of(name), "by")) other.query.by = user_id;
    else other.query.member = user_id;
    return arena_join(exchange->arena, here(exchange), activity_filter_link(exchange, &other));
}

static void add_fitting(struct exchange *exchange, const struct activity_filter *filter, const struct activity_person *person,
                        const char *name, struct part *content)
{
    if (!person->unclear) return;
    struct part *part = part_section(content, "UNCLEAR");
    part_str(part, "TYPED", person->typed);
    if (!person->count) part_show(part_section(part, "NOBODY"), desk_may(&exchange->desk, "read:members") ? "ANYBODY" : "ONLY_IDS");
    struct part *list = person->count ? part_section(part, "SEVERAL") : NULL;
    for (size_t i = 0; i < person->count; i++) {
        struct part *one = part_section(list, "ONE");
        part_str(one, "PATH", with_person(exchange, filter, name, person->fitting[i].user_id));
        part_str(one, "NAME", event_name(&person->fitting[i]));
        if (person->fitting[i].email.n) part_str(part_section(one, "HAS_EMAIL"), "EMAIL", person->fitting[i].email);
    }
    if (person->more) part_show(list, "MORE");
}

static void add_date(struct exchange *exchange, struct part *content, const char *section, Str typed, bool wrong)
{
    struct part *part = part_section(content, section);
    part_str(part, "VALUE", typed);
    if (wrong)
        part_str(part_section(part, "IS_WRONG"), "TEXT", exchange_text(exchange, N_("Write the day as YYYY-MM-DD, such as 2026-01-31.")));
}

static void add_filter(struct exchange *exchange, const struct activity_filter *filter, struct part *content)
{
    part_str(content, "HERE", here(exchange));
    part_str(content, "MEMBER", filter->member.typed);
    part_str(content, "BY", filter->by.typed);
    add_date(exchange, content, "FROM", filter->from, filter->wrong_from);
    add_date(exchange, content, "TO", filter->to, filter->wrong_to);
    for (size_t i = 0; i < act_count; i++) {
        struct part *part = part_section(content, "ACT");
        part_str(part, "VALUE", str_of(act_words[i].action));
        part_str(part, "LABEL", exchange_text(exchange, act_words[i].label));
        if (str_is(filter->act, act_words[i].action)) part_show(part, "IS_CHOSEN");
    }
    if (activity_filter_link(exchange, filter).n) part_show(content, "IS_FILTERED");
    add_fitting(exchange, filter, &filter->member, "member", content);
    add_fitting(exchange, filter, &filter->by, "by", content);
}

/* --- the list --- */

static void add_who(struct exchange *exchange, const struct activity_filter *filter, const struct desk_event *event, struct part *part)
{
    Str words = event_who(exchange, event);
    if (event->by != BY_DESK || !event->who.user_id.n) {
        part_str(part_section(part, "DONE_BY"), "WHO", words);
        return;
    }
    struct part *known = part_section(part, "DONE_BY_DESK");
    part_str(known, "WHO", words);
    part_str(known, "PATH", with_person(exchange, filter, "by", event->who.user_id));
}

static void add_whom(struct exchange *exchange, const struct activity_filter *filter, const struct desk_event *event, struct part *part)
{
    if (!event->whom.user_id.n) return;
    struct part *whom = part_section(part, "ABOUT");
    part_str(whom, "NAME", event_name(&event->whom));
    part_str(whom, "PATH", with_person(exchange, filter, "member", event->whom.user_id));
    if (!event->whom.member || !desk_may(&exchange->desk, "read:members")) return;
    part_str(part_section(whom, "MEMBER_PAGE"), "PATH", desk_member_path(exchange, event->whom.user_id));
}

static void add_event(struct exchange *exchange, const struct activity_filter *filter, const struct desk_event *event, struct part *part)
{
    Str detail, reason = event_reason(exchange, event);
    struct part *details = event_detail(exchange, event, 0, &detail) ? part_section(part, "DETAILS") : NULL;
    part_str(part, "WHAT", event_words(exchange, event));
    part_str(part, "DATE", catalog_date(exchange->arena, exchange->language, event->at, true));
    add_who(exchange, filter, event, part);
    add_whom(exchange, filter, event, part);
    for (size_t i = 0; event_detail(exchange, event, i, &detail); i++) part_str(part_section(details, "DETAIL"), "TEXT", detail);
    if (reason.n) part_str(part_section(part, event->refused ? "WHY_NOT" : "WHY"), "REASON", reason);
}

static void add_ways(struct exchange *exchange, const struct activity_filter *filter, const struct desk_event *last, struct part *content)
{
    Str link = activity_filter_link(exchange, filter);
    if (!last && !filter->query.before) return;
    struct part *ways = part_section(content, "WAYS");
    if (filter->query.before) part_str(part_section(ways, "NEWEST"), "PATH", arena_join(exchange->arena, here(exchange), link));
    if (!last) return;
    Str path = arena_print(exchange->arena, "%.*s%.*s%sbefore=%.*s", STR_ARGS(here(exchange)), STR_ARGS(link), link.n ? "&" : "?",
                           STR_ARGS(place_write(exchange, here(exchange), last->id)));
    part_str(part_section(ways, "OLDER"), "PATH", path);
}

static Error add_events(struct exchange *exchange, const struct activity_filter *filter, struct part *content)
{
    struct desk_event *list = ARENA_ARRAY(exchange->arena, struct desk_event, ON_A_PAGE);
    size_t count;
    bool older;
    Error error = desk_activity_read(exchange->portal, exchange->arena, &exchange->desk, &filter->query, list, ON_A_PAGE, &count, &older);
    if (error) return error;
    struct part *events = count ? part_section(content, "EVENTS") : NULL;
    for (size_t i = 0; i < count; i++) add_event(exchange, filter, &list[i], part_section(events, "EVENT"));
    if (!count) part_show(content, "NOTHING");
    if (count) {
        Str link = activity_filter_link(exchange, filter);
        Str path = arena_print(exchange->arena, "%.*s.csv%.*s", STR_ARGS(here(exchange)), STR_ARGS(link));
        part_str(part_section(content, "TABLE"), "PATH", path);
    }
    add_ways(exchange, filter, older ? &list[count - 1] : NULL, content);
    return OK;
}

Error desk_activity_show(struct exchange *exchange)
{
    struct activity_filter filter;
    Error error = activity_filter_read(exchange, &filter);
    if (error == ERR_NOT_FOUND) return exchange_error(exchange, 404);
    if (error) return error;
    struct page *page = exchange_page(exchange, "desk_activity.tpl", N_("What was done here"));
    struct part *content = page_content(page);
    add_filter(exchange, &filter, content);
    if (activity_filter_fits(&filter)) error = add_events(exchange, &filter, content);
    if (error) return error;
    exchange_send(exchange, page, filter.wrong_from || filter.wrong_to ? 422 : 200);
    return OK;
}
