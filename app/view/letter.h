/* The words of every message we send (account/letters.def names them): one structure that the text and the HTML of a mail are both
   written from, so that they say the same. Subjects hold our own words and the sender's name, never what a person typed. */
#ifndef LATCHKEY_LETTER_H
#define LATCHKEY_LETTER_H

#include "model/colour.h"
#include "model/permission.h"
#include "view/view.h"

struct letter_facts {
    Str letter;                   /* its name in letters.def */
    const struct catalog *language;
    Str sender;                   /* the organization's or the portal's display name, as somebody wrote it */
    Str sender_name;              /* the organization's as in /o/NAME/, for one that calls itself nothing else; empty: the portal,
                                     whose operator is trusted */
    struct palette palette;       /* its colours; the button has the primary one */
    bool has_mark;                /* the mail brings the sender's mark along (net/message.h) */
    Str support_email;            /* empty: nobody to ask */
    Str link;                     /* a whole address; empty: none */
    Str code, value, peer;        /* empty: none */
    Str reason;                   /* as a help desk wrote it; empty: none */
    Str person;                   /* who invites, as they wrote it; empty: the sender */
    Str field;                    /* what a field is called in that language; empty: none */
    Str gives, takes;             /* names of roles that came and went, with commas between; empty: none */
    Permissions may;              /* what the invited person will be able to do beyond their own account */
    int64_t at, until;
};

struct letter_text {
    Str subject, html;            /* empty in a short message */
    Str text;
};

/* A mail's words into a page that shows what it will look like (templates/mail.tpl names the marks). ERR_INVALID also for a short
   message. */
MUST_USE Error letter_show(struct arena *, const struct letter_facts *, struct part *into, Str *subject);
/* ERR_INVALID: there is no such letter, or it lacks its link or code. ERR_FAULT: it cannot be rendered; logged. */
MUST_USE Error letter_write(struct arena *, const struct view *, const struct letter_facts *, struct letter_text *out);

#endif
