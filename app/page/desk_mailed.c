/* Where a link goes that a desk sends: whoever reads that mailbox gets the account, so the desk is to look at the address first. */
#include "page/desk_acts.h"

static Str address_of(const struct desk_acts *page)
{
    const struct fields *fields = &page->exchange->portal->directory.fields;
    const struct desk_member *member = page->member;
    const struct field *email = field_find(fields, STR("email"));
    Verdict verdict = policy_level(fields, email, &member->subject, ACTOR_DESK, member->guest);
    return verdict.level >= LEVEL_READ ? str_of(json_string_value(field_value(member->user.profile, email))) : STR_NONE;
}

static Str reset_words(const struct desk_acts *page, Str address)
{
    struct exchange *exchange = page->exchange;
    Str words = exchange_fill(exchange, N_("A mail goes to {ADDRESS}. The old password stays until a new one is chosen; you never see either."),
                              "ADDRESS", address);
    if (json_is_true(json_object_get(page->member->user.profile, "email_verified"))) return words;
    Str warning = exchange_text(exchange, N_("Nobody has confirmed this address yet: make sure that it is theirs. Whoever reads that mail gets "
                                             "the account."));
    return arena_print(exchange->arena, "%.*s %.*s", STR_ARGS(words), STR_ARGS(warning));
}

Str desk_act_mailed(const struct desk_acts *page, enum desk_act act)
{
    Str address = act == DESK_RESET || act == DESK_VERIFY ? address_of(page) : STR_NONE;
    if (!address.n) return STR_NONE;
    if (act == DESK_RESET) return reset_words(page, address);
    return exchange_fill(page->exchange, N_("A mail goes to {ADDRESS}. Links that were mailed for it before no longer work."), "ADDRESS", address);
}
