/* The branding of a desk's organization as a form: what was typed, what is wrong with it, and what it will look like. */
#ifndef LATCHKEY_BRANDING_FORM_H
#define LATCHKEY_BRANDING_FORM_H

#include "account/branding.h"
#include "page/exchange.h"

struct branding_form {
    struct exchange *exchange;
    struct branding wished;       /* as stored, with what was typed over it */
    struct branding stored;
    bool typed;
    bool stale;                   /* somebody else saved meanwhile: both are shown */
    bool needs_reason;
    Str saved;                    /* ?saved=: "1", "0", "mark", "no-mark", or STR_NONE */
    Str mark_problem, mark_reason;    /* of the form for the mark */
    bool mark_needs_reason;
};

/* The stored branding in the languages of the portal. */
MUST_USE Error branding_form_open(struct exchange *, struct branding_form *out);
/* Puts what was sent over it, and takes the version that the sender saw. Names that are not there stay. False: a name came twice or
   is none of this form. */
MUST_USE bool branding_form_take(struct branding_form *, const struct form *sent);
/* Only the two colours of a query. */
void branding_form_take_colours(struct branding_form *, const struct form *query);
void branding_form_send(struct branding_form *, int status);
/* Answers with "login", "reset" or "mail" as the form's values make it look; nothing is stored. ERR_INVALID: they are wrong, and say
   so (branding_check). ERR_NOT_FOUND: there is no such preview. */
MUST_USE Error branding_preview(struct branding_form *, Str name);

#endif
