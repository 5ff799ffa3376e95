#include "page/password_form.h"

#include "page/brand.h"

#include <string.h>

bool password_form_has_problems(const struct password_form *form)
{
    return form->count || form->current || form->again || form->other.n;
}

const char *password_again_problem(const struct form *form)
{
    if (str_eq(form_get(form, "password"), form_get(form, "password_again"))) return NULL;
    return N_("The two new passwords differ. Type the same one twice.");
}

Str password_reason_words(struct exchange *exchange, const struct password_reason *reason)
{
    Str limit = arena_print(exchange->arena, "%lld", (long long)reason->limit);
    return exchange_fill(exchange, reason->message, "LIMIT", limit);
}

static void add_item(struct part *problems, const char *name, Str text)
{
    struct part *item = part_section(problems, "ITEM");
    struct part *kind = part_section(item, name ? "LINKED" : "NOT_LINKED");
    if (name) part_str(kind, "NAME", str_of(name));
    part_str(kind, "TEXT", text);
}

static void add_summary(struct exchange *exchange, struct page *page, const struct password_form *form)
{
    if (!password_form_has_problems(form)) return;
    struct part *problems = part_section(page_content(page), "PROBLEMS");
    part_show(page_base(page), "HAS_PROBLEM");
    if (form->other.n) add_item(problems, NULL, form->other);
    if (form->current) add_item(problems, "current_password", exchange_text(exchange, form->current));
    for (size_t i = 0; i < form->count; i++) add_item(problems, "password", password_reason_words(exchange, &form->reasons[i]));
    if (form->again) add_item(problems, "password_again", exchange_text(exchange, form->again));
}

static bool is_reason(const struct password_form *form, const char *message)
{
    for (size_t i = 0; i < form->count; i++)
        if (!strcmp(form->reasons[i].message, message)) return true;
    return false;
}

/* The line as the script finds it again (static/latchkey.js, passwordChecks). */
static void add_line(struct exchange *exchange, struct part *line, const struct password_reason *reason)
{
    static const char *const names[PASSWORD_CHECKS] = {
        [CHECK_ON_SAVING] = "saving", [CHECK_LEAST] = "least", [CHECK_MOST] = "most", [CHECK_MIXED] = "mixed",
        [CHECK_THREE_KINDS] = "kinds", [CHECK_ROW] = "row", [CHECK_PERSONAL] = "personal",
    };
    part_str(line, "CHECK", str_of(names[reason->check]));
    part_str(line, "LIMIT", arena_print(exchange->arena, "%lld", (long long)reason->limit));
    part_str(line, "TEXT", password_reason_words(exchange, reason));
}

/* A rule that was broken stands with what is wrong, not a second time here. */
static void add_rules(struct exchange *exchange, struct part *fields, const struct password_form *form)
{
    struct password_reason rules[PASSWORD_REASONS];
    size_t count = password_policy_words(exchange->portal, form->user, rules);
    struct part *list = NULL;
    for (size_t i = 0; i < count; i++) {
        if (is_reason(form, rules[i].message)) continue;
        if (!list) list = part_section(fields, "RULES");
        add_line(exchange, part_section(list, "RULE"), &rules[i]);
    }
    if (list) part_show(fields, "HAS_RULES");
    if (password_policy_guesses(exchange->portal, form->user)) part_show(fields, "GUESSES");
}

void password_form_fields(struct exchange *exchange, struct page *page, const struct password_form *form)
{
    struct part *fields = part_include(page_content(page), "FIELDS", "password_fields.tpl");
    add_rules(exchange, fields, form);
    struct part *wrong = form->count ? part_section(fields, "WRONG") : NULL;
    if (wrong) part_show(fields, "IS_WRONG");
    for (size_t i = 0; i < form->count; i++) add_line(exchange, part_section(wrong, "REASON"), &form->reasons[i]);
    if (form->again) part_str(part_section(fields, "AGAIN"), "TEXT", exchange_text(exchange, form->again));
    if (form->again) part_show(fields, "IS_AGAIN_WRONG");
}

void password_form_fill(struct exchange *exchange, struct page *page, const struct password_form *form)
{
    add_summary(exchange, page, form);
    password_form_fields(exchange, page, form);
    if (form->current) part_str(part_section(page_content(page), "CURRENT"), "TEXT", exchange_text(exchange, form->current));
    if (form->current) part_show(page_content(page), "IS_CURRENT_WRONG");
}

Str password_pause_words(struct exchange *exchange, int64_t seconds)
{
    bool minutes = seconds > 90;
    int64_t count = minutes ? (seconds + 59) / 60 : seconds;
    Str words = minutes ? catalog_plural(exchange->language, "Too many wrong passwords. You can try again in {N} minute.",
                                         "Too many wrong passwords. You can try again in {N} minutes.", count)
                        : catalog_plural(exchange->language, "Too many wrong passwords. You can try again in {N} second.",
                                         "Too many wrong passwords. You can try again in {N} seconds.", count);
    return catalog_fill(exchange->arena, words, "N", arena_print(exchange->arena, "%lld", (long long)count), NULL);
}

Error password_form_done(struct exchange *exchange)
{
    reply_see_other(exchange->reply, brand_path(exchange, "/login?new_password=1"));
    return OK;
}
