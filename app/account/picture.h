/* A person's picture and an organization's mark: files that the picture room made (picture/picture.h), below pictures_dir/NAME/, and
   a row that says whose they are. NAME is random, so that an address tells nothing and never has other contents. Row and value go
   together: a picture whose address the profile does not hold any more is taken away, whoever changed the profile.

   Files are there before their row is: written under another name, synced, renamed. Beforehand the name is put down as one that is to
   go in an hour; the transaction of the row takes it from there. So whatever ends the program in between leaves nothing for long. */
#ifndef LATCHKEY_ACCOUNT_PICTURE_H
#define LATCHKEY_ACCOUNT_PICTURE_H

#include "account/desk.h"
#include "account/profile.h"
#include "picture/picture.h"

enum picture_outcome {
    PICTURE_DONE = 0,
    PICTURE_LOCKED,               /* a rule keeps the field: `verdict`; nothing was even looked at */
    PICTURE_WAIT,                 /* too many in this hour: `seconds` */
    PICTURE_REFUSED,              /* `fault` says what is wrong with the file */
    PICTURE_NOTHING,              /* there was none to remove */
};
typedef struct PictureAct {
    enum picture_outcome outcome;
    Verdict verdict;
    int64_t seconds;
    enum picture_fault fault;
} PictureAct;

/* The person's own: rules first, then the count of this hour, then the file, last one transaction (account_commit with the address of
   the 256 px file). */
MUST_USE Error picture_save(struct portal *, const struct visit *, const struct user *, Str upload, const struct picture_crop *,
                            PictureAct *out);
MUST_USE Error picture_remove(struct portal *, const struct visit *, const struct user *, PictureAct *out);

/* The name of the account's own picture; STR_NONE: it has none. */
MUST_USE Error picture_of(struct portal *, struct arena *, int64_t account, Str *name);
/* Inside the transaction that changed the profile's picture: what it does not name any more goes. ERR_CONFLICT: it names a picture of
   this portal that is not the account's own; nothing was done. */
MUST_USE Error picture_follow(struct portal *, const struct visit *, int64_t account, const json_t *profile);
/* Inside a transaction: the row goes, the courier takes the files away after it. */
MUST_USE Error picture_drop(struct portal *, const struct visit *, int64_t account);

/* An organization's mark, from its desk; `upload` STR_NONE takes it away. DESK_DONE, DESK_NOTHING, DESK_REASON, DESK_REFUSED; when
   act->outcome is DESK_NOTHING, *why may be PICTURE_WAIT or PICTURE_REFUSED. */
MUST_USE Error picture_mark_save(struct portal *, const struct visit *, const struct desk *, Str upload, Str reason, DeskAct *act,
                                 PictureAct *why);

/* The name in one of our own addresses, STR_NONE for any other; names alone are trusted nowhere. */
Str picture_name(const struct options *, Str address);
bool picture_name_is(Str name);
/* "/pictures/NAME/64.webp". */
Str picture_path(struct arena *, Str name, int side);
/* One file, as "64.png"; ERR_NOT_FOUND. */
MUST_USE Error picture_read(const struct options *, struct arena *, Str name, const char *file, Str *out);

/* For the courier: takes files away that no row stands for. *more: call again. */
MUST_USE Error picture_sweep(struct portal *, const struct visit *, bool *more);

#endif
