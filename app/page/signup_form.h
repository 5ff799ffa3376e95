/* The form on which somebody makes their own account: on the public page, or through an invitation that fixes the address. */
#ifndef LATCHKEY_SIGNUP_FORM_H
#define LATCHKEY_SIGNUP_FORM_H

#include "account/invitation.h"
#include "page/exchange.h"

struct signup_form {
    struct exchange *exchange;
    const struct connection *connection;
    const struct invitation *invitation;     /* NULL: the public page */
    Str mark;                     /* which link the form is for; empty: none */
    const Signup *signup;         /* what is wrong; NULL: nothing yet */
    const char *again;            /* what is wrong with the repetition of the password; NULL: nothing */
    Str other;                    /* what is wrong with none of the fields; empty: nothing */
};

/* Sections for a link to the form of one of the connections of that door: PATH and LABEL. */
void signup_link(struct exchange *, const struct signup_choice *, const struct connection *, struct part *);
/* It is sent back to where it was asked for, in the flow of the exchange's look. Returns OK. */
Error signup_form_show(const struct signup_form *, int status);
/* Nothing but what the form asks for, once: no other field may come along with a sign-up. */
bool signup_form_is_closed(const struct signup_form *);
/* What was typed, as the owner's change; the address is the invitation's where there is one. */
struct change signup_form_read(const struct signup_form *);

#endif
