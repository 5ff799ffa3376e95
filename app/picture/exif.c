/* The one tag of EXIF that matters here. Its format lets offsets point anywhere, also in circles; only the first directory is looked at,
   once, so there is nothing to go round in. */
#include "picture/kind.h"

enum { TIFF_HEADER = 8, ENTRY = 12, TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRIES_MAX = 1000 };

static uint32_t number(Str tiff, size_t at, size_t bytes, bool little)
{
    uint32_t value = 0;
    if (at > tiff.n || tiff.n - at < bytes) return 0;
    for (size_t i = 0; i < bytes; i++) value = value << 8 | (unsigned char)tiff.p[little ? at + bytes - 1 - i : at + i];
    return value;
}

static int orientation_at(Str tiff, size_t entry, bool little)
{
    bool fits = number(tiff, entry + 2, 2, little) == TYPE_SHORT && number(tiff, entry + 4, 4, little) == 1;
    uint32_t value = number(tiff, entry + 8, 2, little);
    return fits && value >= 1 && value <= 8 ? (int)value : 1;
}

int exif_orientation(Str tiff)
{
    bool little = str_starts(tiff, STR("II*\0"));
    if (!little && !str_starts(tiff, STR("MM\0*"))) return 1;
    size_t directory = number(tiff, 4, 4, little);
    if (directory < TIFF_HEADER || directory > tiff.n || tiff.n - directory < 2) return 1;
    size_t count = number(tiff, directory, 2, little), room = (tiff.n - directory - 2) / ENTRY;
    if (count > room) count = room;
    for (size_t i = 0; i < count && i < ENTRIES_MAX; i++) {
        size_t entry = directory + 2 + i * ENTRY;
        if (number(tiff, entry, 2, little) == TAG_ORIENTATION) return orientation_at(tiff, entry, little);
    }
    return 1;
}
