#include "picture/kind.h"

enum { CHUNKS_MAX = 10000 };      /* pieces of one file that are looked at */

static const Str png_signature = STR("\x89PNG\r\n\x1a\n");
static const Str exif_signature = STR("Exif\0\0");

static uint32_t byte_at(Str file, size_t at)
{
    return at < file.n ? (unsigned char)file.p[at] : 0;
}

static uint32_t big(Str file, size_t at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++) value = value << 8 | byte_at(file, at + i);
    return value;
}

static uint32_t little(Str file, size_t at, size_t bytes)
{
    uint32_t value = 0;
    for (size_t i = bytes; i-- > 0;) value = value << 8 | byte_at(file, at + i);
    return value;
}

static bool has(Str file, size_t at, Str bytes)
{
    return at <= file.n && str_starts(str_after(file, at), bytes);
}

enum picture_kind kind_of(Str file)
{
    if (has(file, 0, STR("\xff\xd8\xff"))) return KIND_JPEG;
    if (has(file, 0, png_signature)) return KIND_PNG;
    if (has(file, 0, STR("RIFF")) && has(file, 8, STR("WEBP"))) return KIND_WEBP;
    if (has(file, 0, STR("GIF87a")) || has(file, 0, STR("GIF89a"))) return KIND_GIF;
    return KIND_NONE;
}

/* --- JPEG: segments up to the first scan --- */

static bool is_frame(uint32_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static void jpeg_segment(Str segment, uint32_t marker, struct picture_facts *out)
{
    if (marker == 0xe1 && out->orientation == 1 && str_starts(segment, exif_signature))
        out->orientation = exif_orientation(str_after(segment, exif_signature.n));
    if (!is_frame(marker) || out->width || segment.n < 6) return;
    out->height = big(segment, 1, 2);
    out->width = big(segment, 3, 2);
}

static void read_jpeg(Str file, struct picture_facts *out)
{
    size_t at = 2;
    for (int i = 0; i < CHUNKS_MAX && at + 4 <= file.n && byte_at(file, at) == 0xff; i++) {
        uint32_t marker = byte_at(file, at + 1), length = big(file, at + 2, 2);
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == 0xda || length < 2 || length > file.n - at - 2) return;
        jpeg_segment(str_first(str_after(file, at + 4), length - 2), marker, out);
        at += 2 + length;
    }
}

/* --- PNG: the header, then chunks until the pixels begin --- */

static void read_png(Str file, struct picture_facts *out)
{
    if (file.n < 33 || big(file, 8, 4) != 13 || !has(file, 12, STR("IHDR"))) return;
    out->width = big(file, 16, 4);
    out->height = big(file, 20, 4);
    size_t at = 33;
    for (int i = 0; i < CHUNKS_MAX && at + 12 <= file.n; i++) {
        size_t length = big(file, at, 4);
        if (length > file.n - at - 12 || has(file, at + 4, STR("IDAT"))) return;
        if (has(file, at + 4, STR("eXIf"))) out->orientation = exif_orientation(str_first(str_after(file, at + 8), length));
        at += 12 + length;
    }
}

/* --- WebP: the first chunk tells the size, EXIF comes last --- */

static void webp_first(Str file, struct picture_facts *out)
{
    if (has(file, 12, STR("VP8X")) && file.n >= 30) {
        out->width = little(file, 24, 3) + 1;
        out->height = little(file, 27, 3) + 1;
    } else if (has(file, 12, STR("VP8L")) && file.n >= 25 && byte_at(file, 20) == 0x2f) {
        out->width = (little(file, 21, 4) & 0x3fff) + 1;
        out->height = (little(file, 21, 4) >> 14 & 0x3fff) + 1;
    } else if (has(file, 12, STR("VP8 ")) && file.n >= 30 && has(file, 23, STR("\x9d\x01\x2a"))) {
        out->width = little(file, 26, 2) & 0x3fff;
        out->height = little(file, 28, 2) & 0x3fff;
    }
}

static void read_webp(Str file, struct picture_facts *out)
{
    webp_first(file, out);
    size_t at = 12;
    for (int i = 0; i < CHUNKS_MAX && at + 8 <= file.n; i++) {
        size_t length = little(file, at + 4, 4);
        if (length > file.n - at - 8) return;
        Str body = str_first(str_after(file, at + 8), length);
        if (has(file, at, STR("EXIF")))
            out->orientation = exif_orientation(str_starts(body, exif_signature) ? str_after(body, exif_signature.n) : body);
        at += 8 + length + (length & 1);
    }
}

static void read_gif(Str file, struct picture_facts *out)
{
    if (file.n < 13) return;
    out->width = little(file, 6, 2);
    out->height = little(file, 8, 2);
}

bool kind_read(Str file, struct picture_facts *out)
{
    *out = (struct picture_facts){.kind = kind_of(file), .orientation = 1};
    switch (out->kind) {
    case KIND_JPEG: read_jpeg(file, out); break;
    case KIND_PNG: read_png(file, out); break;
    case KIND_WEBP: read_webp(file, out); break;
    case KIND_GIF: read_gif(file, out); break;
    default: return false;
    }
    return out->width > 0 && out->height > 0;
}
