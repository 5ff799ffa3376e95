/* The files of pictures, and what saving one has in common, whoever's it is. For the files of picture.h. */
#ifndef LATCHKEY_PICTURE_FILES_H
#define LATCHKEY_PICTURE_FILES_H

#include "account/picture.h"

enum { PICTURE_NAME_BYTES = 16, PICTURE_ADDRESS_SIDE = 256 };

/* Whole or not at all: written beside, synced, renamed. */
MUST_USE Error picture_files_write(const struct options *, struct arena *, Str name, const struct picture_set *);
/* OK too when there are none. */
MUST_USE Error picture_files_remove(const struct options *, struct arena *, Str name);

Str picture_new_name(struct arena *);
/* Counts one more upload of this hour for the key. */
MUST_USE Error picture_admit(struct portal *, const struct visit *, Str key, PictureAct *);
/* Makes the files, first put down as ones that are to go. */
MUST_USE Error picture_lay_down(struct portal *, const struct visit *, Str name, Str upload, const struct picture_crop *, PictureAct *);

#endif
