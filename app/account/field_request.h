/* A person asks for a change of a field that a rule locks for them and that their home's desk may edit; the desk decides, and what it
   approves walks through the one door as the desk's own change. */
#ifndef LATCHKEY_FIELD_REQUEST_H
#define LATCHKEY_FIELD_REQUEST_H

#include "account/desk.h"

enum { REQUEST_NOTE_MAX = 500, REQUESTS_PENDING_MAX = 20, REQUESTS_A_DAY = 50, REQUEST_PAGE = 25 };

struct field_request {
    int64_t id;
    Str public_id, user_id, note;
    Str state;                    /* pending, approved, declined, withdrawn, replaced */
    Str answer;                   /* the desk's word; empty: none yet */
    Str name;                     /* of the field, as it was when the request was made */
    const struct field *field;    /* NULL: the operator took it away since */
    const json_t *old_value, *value;   /* NULL: not set */
    int64_t created_at, decided_at;
};

enum request_outcome {
    REQUEST_REFUSED = 0,          /* no such field, or not for these eyes */
    REQUEST_DONE,
    REQUEST_OPEN,                 /* the field is the person's own to edit: no need to ask */
    REQUEST_NOBODY,               /* there is no desk that could change it either; `verdict` says who keeps it */
    REQUEST_INVALID,              /* the value cannot be kept: `problem` */
    REQUEST_NOTE,                 /* the note is longer than REQUEST_NOTE_MAX characters, or holds what no text may */
    REQUEST_SAME,                 /* it has that value */
    REQUEST_MANY,                 /* REQUESTS_PENDING_MAX wait, or REQUESTS_A_DAY were made today */
};
typedef struct RequestStep {
    enum request_outcome outcome;
    bool replaced;                /* done, and an older one of the field waits no more */
    Verdict verdict;
    FieldProblem problem;
} RequestStep;
/* Whether the owner of that subject may ask for the field, without a value yet: REQUEST_DONE when they may. What a proof of their own
   would change is REQUEST_OPEN. */
enum request_outcome field_request_may(const struct fields *, const struct field *, const struct subject *);
/* One transaction; an older pending one of the field is replaced. ERR_NOT_FOUND: no such account. */
MUST_USE Error field_request_make(struct portal *, const struct visit *, int64_t account, Str field, const json_t *value, Str note,
                                  RequestStep *out);
/* ERR_NOT_FOUND: it is nobody's, somebody else's, or not pending. */
MUST_USE Error field_request_withdraw(struct portal *, const struct visit *, int64_t account, Str public_id);
/* The person's own, the newest first, and those that wait (at most REQUESTS_PENDING_MAX). */
MUST_USE Error field_request_of(struct portal *, struct arena *, int64_t account, struct field_request *out, size_t room, size_t *count);
MUST_USE Error field_request_waiting(struct portal *, struct arena *, int64_t account, struct field_request *out, size_t room,
                                     size_t *count);
/* The desk's queue: pending ones behind the id `beyond`, the oldest first; or what the desk decided, below that id (0: from the newest),
   the newest first. Only of people whose home the organization still is. */
MUST_USE Error field_request_list(struct portal *, struct arena *, const struct desk *, bool pending, int64_t beyond,
                                  struct field_request *out, size_t room, size_t *count, bool *more);
/* How many wait for the desk; REQUESTS_COUNTED: that many or more. */
enum { REQUESTS_COUNTED = 10 };
MUST_USE Error field_request_count(struct portal *, const struct desk *, int64_t *out);
/* ERR_NOT_FOUND: no request to this desk has that id. */
MUST_USE Error field_request_find(struct portal *, struct arena *, const struct desk *, Str public_id, struct field_request *out);
/* One transaction. update:members, home's desk, nobody's own; `answer` is the reason, 1 to 200 characters. Approving saves through
   desk_save: with DESK_DONE *commit says what became of it, and unless that is COMMIT_DONE or COMMIT_UNCHANGED nothing is decided.
   The person gets a letter. DESK_NOTHING: it was decided or withdrawn before. DESK_NO_FIELD: the field is gone.
   ERR_NOT_FOUND: no request to this desk has that id. */
MUST_USE Error field_request_decide(struct portal *, const struct visit *, const struct desk *, Str public_id, bool approve, Str answer,
                                    DeskAct *out, Commit *commit);

#endif
