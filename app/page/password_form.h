/* What the pages have in common on which somebody chooses a new password. */
#ifndef LATCHKEY_PASSWORD_FORM_H
#define LATCHKEY_PASSWORD_FORM_H

#include "account/password_policy.h"
#include "page/exchange.h"

struct password_form {
    const struct user *user;
    struct password_reason reasons[PASSWORD_REASONS];    /* what is wrong with the new password */
    size_t count;
    const char *current, *again;  /* what is wrong with the present one, with its repetition; NULL: nothing */
    Str other;                    /* what is wrong with none of them; empty: nothing */
};

bool password_form_has_problems(const struct password_form *);
/* NULL when the two are the same. */
const char *password_again_problem(const struct form *);
/* The summary, and the two fields with the rules beside them, into a template with {{>FIELDS}}. */
void password_form_fill(struct exchange *, struct page *, const struct password_form *);
/* The two fields alone, for a page that has its own summary. */
void password_form_fields(struct exchange *, struct page *, const struct password_form *);
Str password_reason_words(struct exchange *, const struct password_reason *);
/* Too many wrong passwords: how long it lasts. */
Str password_pause_words(struct exchange *, int64_t seconds);
/* 303 to the sign-in page of the flow, which says that the new password is set. */
Error password_form_done(struct exchange *);

#endif
