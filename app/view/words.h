/* Why a field stands as it does, in words: the page and `latchkey explain` say the same because they ask here. */
#ifndef LATCHKEY_WORDS_H
#define LATCHKEY_WORDS_H

#include "model/permission.h"
#include "model/policy.h"
#include "view/catalog.h"

/* The rule's own reason in that language, else a sentence of ours that names whose rule it is. Empty when there is nothing to
   explain (the field may be edited freely). Always ends with a full stop or its like. */
Str reason_why(struct arena *, const struct catalog *, Verdict, const struct field *);
/* What a desk of that organization reads: nothing that names another one (a guest desk: nor a connection, which may be another's), and
   not the words in which who made the rule speaks to the owner. */
Str reason_for_desk(struct arena *, const struct catalog *, Verdict, const struct field *, Str organization, bool guest);
/* "Ask help@acme.example." Empty when nobody is known or nothing is locked. */
Str reason_ask(struct arena *, const struct catalog *, Verdict, const struct field *);
/* Both, with a blank between. */
Str reason_text(struct arena *, const struct catalog *, Verdict, const struct field *);

/* A field's label and help in that language: the operator's words for their own fields, the catalogue's for standard ones.
   The help is STR_NONE when there is none. A help desk reads of somebody else where the owner reads "you". */
Str field_label(const struct catalog *, const struct field *);
Str field_label_for(const struct catalog *, const struct field *, enum actor);
Str field_help(const struct catalog *, const struct field *);
Str field_help_for(const struct catalog *, const struct field *, enum actor);
/* What a permission lets somebody do, an English text for the catalogue: "Invite people". */
const char *permission_words(const struct permission *);
/* All of them in one line; empty: none. */
Str permissions_text(struct arena *, const struct catalog *, Permissions);
/* What a role is called: "Help desk"; an organization's own by the name that it gave it. */
Str role_title(const struct catalog *, Str name);
/* What who has it may do, in a line: a sentence of ours, or of an organization's own role all its permissions. */
Str role_summary(struct arena *, const struct catalog *, Str name, Permissions);
/* What is wrong with a value, {LIMIT} filled in. */
Str field_problem(struct arena *, const struct catalog *, FieldProblem);

#endif
