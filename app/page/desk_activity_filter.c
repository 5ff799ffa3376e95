#include "base/encode.h"
#include "model/dates.h"
#include "page/desk_activity.h"
#include "page/desk_frame.h"
#include "page/place.h"

enum { A_DAY = 86400 };

static Str text_of(struct exchange *exchange, const char *name)
{
    Str text = str_trim(form_get(&exchange->request->query, name));
    return text.n ? text : STR("");
}

/* Days begin at midnight UTC, as all times of the pages are written. */
static bool read_day(Str text, int64_t *out)
{
    int64_t days;
    if (!text.n) return true;
    if (!date_days(text, &days)) return false;
    *out = days * A_DAY;
    return true;
}

static Error read_person(struct exchange *exchange, const char *name, struct activity_person *out, Str *user_id)
{
    out->typed = text_of(exchange, name);
    if (!out->typed.n) return OK;
    Error error = desk_activity_find(exchange->portal, exchange->arena, &exchange->desk, out->typed, out->fitting, ACTIVITY_FITTING,
                                     &out->count, &out->more);
    if (error) return error;
    out->unclear = out->count != 1 || out->more;
    if (!out->unclear) *user_id = out->fitting[0].user_id;
    return OK;
}

static bool read_act(struct activity_filter *filter)
{
    if (!filter->act.n) return true;
    for (size_t i = 0; i < act_count; i++) {
        if (!str_is(filter->act, act_words[i].action)) continue;
        filter->query.action = filter->act;
        filter->query.other_action = act_words[i].other ? str_of(act_words[i].other) : STR("");
        return true;
    }
    return false;
}

Error activity_filter_read(struct exchange *exchange, struct activity_filter *out)
{
    *out = (struct activity_filter){.act = text_of(exchange, "act"), .from = text_of(exchange, "from"), .to = text_of(exchange, "to")};
    if (!place_read(exchange, desk_path(exchange, "activity"), &out->query.before)) return ERR_NOT_FOUND;
    if (!read_act(out)) return ERR_NOT_FOUND;
    out->wrong_from = !read_day(out->from, &out->query.from);
    out->wrong_to = !read_day(out->to, &out->query.to);
    if (out->to.n && !out->wrong_to) out->query.to += A_DAY;
    Error error = read_person(exchange, "member", &out->member, &out->query.member);
    return error ? error : read_person(exchange, "by", &out->by, &out->query.by);
}

bool activity_filter_fits(const struct activity_filter *filter)
{
    return !filter->wrong_from && !filter->wrong_to && !filter->member.unclear && !filter->by.unclear;
}

Str activity_filter_link(const struct exchange *exchange, const struct activity_filter *filter)
{
    struct { const char *name; Str value; } list[] = {
        {"act", filter->act}, {"member", filter->query.member}, {"by", filter->query.by}, {"from", filter->from}, {"to", filter->to},
    };
    struct text link = {.arena = exchange->arena};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (!list[i].value.n) continue;
        Str value = percent_encode(exchange->arena, list[i].value);
        text_print(&link, "%s%s=%.*s", link.n ? "&" : "?", list[i].name, STR_ARGS(value));
    }
    return text_str(&link);
}
