/* What a file says about itself in its first bytes: read here without any library, before anything is decoded. Every reader is bounded
   by the file and ends; nothing is believed later without being checked again by who decodes. */
#ifndef LATCHKEY_PICTURE_KIND_H
#define LATCHKEY_PICTURE_KIND_H

#include "base/str.h"

enum picture_kind { KIND_NONE = 0, KIND_JPEG, KIND_PNG, KIND_WEBP, KIND_GIF };

struct picture_facts {
    enum picture_kind kind;
    uint32_t width, height;       /* as stored: before it is turned upright */
    int orientation;              /* 1 to 8, of EXIF; 1 when nothing is said */
};

enum picture_kind kind_of(Str file);
/* False: of no kind, or without dimensions where they belong. */
MUST_USE bool kind_read(Str file, struct picture_facts *out);
/* A TIFF structure as EXIF has it: the orientation of its first directory, else 1. */
int exif_orientation(Str tiff);

#endif
