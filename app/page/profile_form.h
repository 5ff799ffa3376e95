/* The profile as a form: what its owner, or a help desk, sees of it, with what they typed and what was refused. */
#ifndef LATCHKEY_PROFILE_FORM_H
#define LATCHKEY_PROFILE_FORM_H

#include "page/exchange.h"

/* Whose page it is. */
struct profile_side {
    enum actor actor;                    /* whose rules count */
    enum actor reader;                   /* whom its words speak to */
    const char *unknown;                 /* of a name that is no field, or not for these eyes */
    const char *once;                    /* beside what can be filled in once */
};
extern const struct profile_side profile_of_owner, profile_of_desk;
extern const struct profile_side profile_of_request;    /* what somebody asks their desk to save */

/* Read when the first lock asks for them. */
struct waiting_requests {
    bool read;
    const struct field_request *list;
    size_t count;
};

struct profile_form {
    struct exchange *exchange;
    const struct profile_side *side;
    bool guest;                          /* a desk that is not the person's home's */
    const char *only_read;               /* why nothing here changes, whatever the rules allow; NULL: it does */
    const struct user *user;
    const struct subject *subject;
    const struct form *typed;            /* what was sent and is kept on the page; NULL: nothing yet */
    const struct refusals *refusals;     /* NULL: none */
    bool stale;                          /* the profile was changed elsewhere since `typed` was opened */
    Str saved;                           /* ?saved=: names of fields, "0", or STR_NONE */
    const Verdict *verdicts;             /* one a field of the directory; filled in by profile_form_decide */
    Str *reasons;                        /* likewise: the words for each lock, once somebody asked for them */
    struct waiting_requests *waiting;    /* likewise: the owner's requests for locked fields */
    Str control;                         /* what controls are called; STR_NONE: each by its field's name */
};

/* What this side may do with each field: before anything else here is asked. */
void profile_form_decide(struct profile_form *);

/* What this side calls the field. */
Str profile_label(const struct profile_form *, const struct field *);
/* What this side may do with the field, and whether the page holds a control for it. */
Verdict profile_verdict(const struct profile_form *, const struct field *);
bool profile_is_shown(const struct profile_form *, const struct field *);
bool profile_is_editable(const struct profile_form *, const struct field *);
/* Whether its owner changes it on a page of its own: what needs a proof, and the picture. */
bool profile_has_page(const struct field *);

/* What was typed into the field as JSON: a text, or an array of texts for `choices` (whose empty marker is dropped). */
json_t *profile_typed(const struct form *, const struct field *);

/* One more {{>FIELD}} of a part: field.tpl, with what is wrong and what helps. */
void profile_field(const struct profile_form *, const struct field *, struct part *);
Str profile_refusal_words(const struct profile_form *, const struct refusal *);

/* Whether what was typed into the field is something else than what is stored. */
bool profile_differs(const struct profile_form *, const struct field *);

/* The field beside whose value this one is shown as a mark, without a row of its own; NULL: none. */
const struct field *profile_marked(const struct profile_form *, const struct field *);

/* Fills one field's part: its control, or its value and the reason for the lock. */
void profile_control(const struct profile_form *, const struct field *, struct part *);
void profile_locked(const struct profile_form *, const struct field *, struct part *);

/* One of the values a person can pick. */
struct option {
    Str value, label;
};
struct option *profile_options(const struct exchange *, const struct field *, size_t *count);
/* Beside a locked field: what its owner asked for and waits, or the way to ask for a change. */
void profile_request_way(const struct profile_form *, const struct field *, struct part *locked);
/* A value as a person reads it: labels of choices, Yes and No, names of languages, dates written out. */
Str profile_value_text(const struct exchange *, const struct field *, const json_t *value);
/* The same of what is stored, also for what the program itself keeps (when the account was made …). Empty: not set. */
Str profile_stored_text(const struct profile_form *, const struct field *);
/* The direction of such a text: "auto", or "ltr" for what is written left to right in every language. A date is words here. */
Str profile_value_direction(const struct field *);

/* Why the field is locked for this side. A desk is not told to ask itself. */
Str profile_reason(const struct profile_form *, Verdict, const struct field *);

/* Sections, notice and list of problems, and the version that is looked at; after profile_form_decide. */
void profile_form_fill(struct profile_form *, struct page *);

/* A person's own page, whole. */
void profile_form_send(struct profile_form *, int status);

/* Everything that was sent becomes the change, also twice: what does not exist, repeats or is not this side's to write is refused by the
   policy, not left away. What belongs to the form itself (csrf, version, section, reason of a desk) is none of it. */
struct change profile_change(const struct exchange *, const struct profile_side *);
/* `path` with what was saved as its query. */
Str profile_saved_path(const struct exchange *, Str path, const Commit *);
/* What is wrong when a value is somebody else's. */
struct refusals profile_taken(const struct exchange *, const Commit *);

#endif
