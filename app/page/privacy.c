/* One's own data in plain words: what is held, who sees it, how long, and what can be done about it. */
#include "page/privacy.h"

#include "account/deletion.h"
#include "page/consent.h"
#include "page/routes.h"

enum { A_MINUTE = 60, AN_HOUR = 3600, A_DAY = 86400 };

/* --- how long --- */

/* In the largest unit that fits evenly. */
static Str duration(struct exchange *exchange, int64_t seconds)
{
    int64_t unit = seconds % A_DAY == 0 ? A_DAY : seconds % AN_HOUR == 0 ? AN_HOUR : A_MINUTE, n = (seconds + unit - 1) / unit;
    Str words = unit == A_DAY    ? catalog_plural(exchange->language, "{N} day", "{N} days", n)
                : unit == AN_HOUR ? catalog_plural(exchange->language, "{N} hour", "{N} hours", n)
                                  : catalog_plural(exchange->language, "{N} minute", "{N} minutes", n);
    return catalog_fill(exchange->arena, words, "N", arena_print(exchange->arena, "%lld", (long long)n), NULL);
}

static void add_time(struct exchange *exchange, struct part *content, const char *what, Str how_long)
{
    struct part *part = part_section(content, "TIME");
    part_str(part, "LABEL", exchange_text(exchange, what));
    part_str(part, "TEXT", how_long);
}

static Str session_time(struct exchange *exchange)
{
    const struct options *options = exchange->portal->options;
    return catalog_fill(exchange->arena, exchange_text(exchange, N_("Each ends {IDLE} after its last use, and after {TIME} at the latest.")),
                        "IDLE", duration(exchange, options->session_idle_seconds), "TIME", duration(exchange, options->session_seconds), NULL);
}

static Str deletion_time(struct exchange *exchange, int64_t grace)
{
    if (!grace) return exchange_text(exchange, N_("At once when you confirm it."));
    return exchange_fill(exchange, N_("{TIME} after you confirm it. Until then you can keep it after all."), "TIME", duration(exchange, grace));
}

Error privacy_times(struct exchange *exchange, struct part *content)
{
    const struct options *options = exchange->portal->options;
    int64_t grace = 0;
    Error error = deletion_grace(exchange->portal, exchange->session.user.id, &grace);
    if (error) return error;
    add_time(exchange, content, N_("Your profile, your consents and your memberships"),
             exchange_text(exchange, N_("As long as you have this account.")));
    add_time(exchange, content, N_("What happened to your account"), options->activity_days
                 ? duration(exchange, options->activity_days * A_DAY)
                 : exchange_text(exchange, N_("As long as you have this account. After that your name is taken out of it.")));
    add_time(exchange, content, N_("Where you are signed in"), session_time(exchange));
    add_time(exchange, content, N_("A file with your data that you ask for"), duration(exchange, options->export_seconds));
    Str end = deletion_time(exchange, grace);
    add_time(exchange, content, N_("Your account, when you delete it"), end);
    part_str(content, "END", exchange_fill(exchange, N_("When you delete your account: {TIME}"), "TIME", end));
    return OK;
}

/* --- the page --- */

static Error fill(struct profile_form *form, struct part *content)
{
    struct exchange *exchange = form->exchange;
    profile_form_decide(form);
    Error error = privacy_held(form, content);
    if (!error) error = privacy_times(exchange, content);
    return error ? error : consent_list(exchange, content);
}

Error privacy_show(struct exchange *exchange)
{
    struct subject subject;
    Error error = account_subject(exchange->portal, exchange->arena, &exchange->session.user, &subject);
    if (error) return error;
    struct profile_form form = {.exchange = exchange, .side = &profile_of_owner, .user = &exchange->session.user, .subject = &subject};
    bool together = db_read_begin(exchange->portal->db) == OK;   /* else each of the reads that follow fares on its own */
    struct page *page = exchange_page(exchange, "privacy.tpl", N_("Your data"));
    error = fill(&form, page_content(page));
    if (together) db_read_end(exchange->portal->db);
    if (error) return error;
    if (str_is(form_get(&exchange->request->query, "done"), "consent")) exchange_notice(page, exchange_text(exchange, N_("Your answer is kept.")));
    exchange_send(exchange, page, 200);
    return OK;
}
