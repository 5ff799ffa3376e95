/* A picture that somebody sent becomes ours: looked at by its bytes alone, decoded where it can do no harm, turned upright, cropped
   to a square, scaled and encoded anew, so that nothing of the file itself is kept. Source: security.md M1, M2. */
#ifndef LATCHKEY_PICTURE_H
#define LATCHKEY_PICTURE_H

#include "base/arena.h"

enum { PICTURE_SIDE_MAX = 8192, PICTURE_PIXELS_MAX = 25000000, PICTURE_BYTES_MAX = 2 * 1024 * 1024 };

enum picture_fault {
    PICTURE_FINE = 0,
    PICTURE_EMPTY,                /* no file, or one without bytes */
    PICTURE_UNKNOWN,              /* none of the four kinds, whatever it calls itself */
    PICTURE_TOO_LARGE,            /* more than so many bytes, or pixels */
    PICTURE_BROKEN,               /* not what its beginning promises, or cut off */
    PICTURE_TOO_HARD,             /* it would take more time or memory than any honest picture */
    PICTURE_CROP,                 /* a crop that is not inside it */
    PICTURE_FAILED,               /* ours: it could not be tried; logged */
};

/* In pixels of the upright picture. */
struct picture_crop {
    bool asked;                   /* else the largest square in the middle */
    int64_t x, y, size;
};

enum { PICTURE_FILES = 6 };
struct picture_file {
    const char *name;             /* "256.webp" */
    Str bytes;
};
struct picture_set {
    struct picture_file files[PICTURE_FILES];
    void *memory;                 /* where the bytes lie */
};

/* Decodes in a process of its own (picture/sandbox.h). PICTURE_FINE: *out wants picture_close. */
enum picture_fault picture_make(Str upload, const struct picture_crop *, struct picture_set *out);
void picture_close(struct picture_set *);

#endif
