#include "support/picture_files.h"

#include <stdio.h>
#include <jpeglib.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <webp/encode.h>

#include <cmocka.h>

static uint32_t quarter(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    static const uint32_t colours[] = {0xffff0000U, 0xff00ff00U, 0xff0000ffU, 0xffffffffU};
    return colours[(x * 2 >= width) + 2 * (y * 2 >= height)];
}

static uint32_t *quarters(struct arena *arena, uint32_t width, uint32_t height)
{
    uint32_t *pixels = ARENA_ARRAY(arena, uint32_t, (size_t)width * height);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) pixels[(size_t)y * width + x] = quarter(x, y, width, height);
    return pixels;
}

Str file_png(struct arena *arena, uint32_t width, uint32_t height)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_BGRA};
    png_alloc_size_t n = (size_t)width * height * 5 + 4096;
    char *out = arena_take(arena, n);
    assert_true(png_image_write_to_memory(&image, out, &n, 0, quarters(arena, width, height), 0, NULL));
    return (Str){out, n};
}

uint32_t *png_pixels(struct arena *arena, Str file, uint32_t *width, uint32_t *height)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, file.p, file.n));
    image.format = PNG_FORMAT_BGRA;
    uint32_t *pixels = arena_take(arena, PNG_IMAGE_SIZE(image));
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    *width = image.width;
    *height = image.height;
    return pixels;
}

/* CMYK as Adobe's programs write it: upside down. */
static void jpeg_row(unsigned char *row, uint32_t y, uint32_t width, uint32_t height, int components)
{
    for (uint32_t x = 0; x < width; x++, row += components) {
        uint32_t pixel = quarter(x, y, width, height);
        row[0] = (unsigned char)(pixel >> 16);
        if (components > 1) row[1] = (unsigned char)(pixel >> 8);
        if (components > 1) row[2] = (unsigned char)pixel;
        if (components > 3) row[3] = 255;
    }
}

Str file_jpeg(struct arena *arena, uint32_t width, uint32_t height, int components, bool progressive)
{
    static const J_COLOR_SPACE spaces[] = {JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB, JCS_CMYK};
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL, *row = arena_take(arena, (size_t)width * 4);
    unsigned long n = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = width;
    jpeg.image_height = height;
    jpeg.input_components = components;
    jpeg.in_color_space = spaces[components];
    jpeg_set_defaults(&jpeg);
    if (progressive) jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (uint32_t y = 0; y < height; y++) {
        jpeg_row(row, y, width, height, components);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    Str file = arena_copy(arena, (Str){(const char *)bytes, n});
    free(bytes);
    return file;
}

Str file_webp(struct arena *arena, uint32_t width, uint32_t height, bool lossless)
{
    uint8_t *bytes = NULL;
    const uint8_t *pixels = (const uint8_t *)quarters(arena, width, height);
    int w = (int)width, h = (int)height;
    size_t n = lossless ? WebPEncodeLosslessBGRA(pixels, w, h, w * 4, &bytes) : WebPEncodeBGRA(pixels, w, h, w * 4, 90, &bytes);
    Str file = arena_copy(arena, (Str){(const char *)bytes, n});
    WebPFree(bytes);
    return file;
}

/* --- GIF, with codes of nine bits that never grow: a clear code comes often enough --- */

struct bits {
    struct text out;
    uint32_t held;
    int count;
};

static void add_bits(struct bits *bits, uint32_t value, int count)
{
    bits->held |= value << bits->count;
    for (bits->count += count; bits->count >= 8; bits->count -= 8, bits->held >>= 8) text_add(&bits->out, (Str){(char[]){(char)bits->held}, 1});
}

static Str gif_pixels(struct arena *arena, size_t pixels)
{
    struct bits bits = {.out.arena = arena};
    struct text blocks = {.arena = arena};
    for (size_t i = 0; i < pixels; i++) {
        if (i % 200 == 0) add_bits(&bits, 256, 9);
        add_bits(&bits, 1, 9);
    }
    add_bits(&bits, 257, 9);
    add_bits(&bits, 0, 7);
    Str all = text_str(&bits.out);
    for (size_t at = 0; at < all.n; at += 255) {
        Str block = str_first(str_after(all, at), 255);
        text_add(&blocks, (Str){(char[]){(char)block.n}, 1});
        text_add(&blocks, block);
    }
    text_add(&blocks, STR("\0"));
    return text_str(&blocks);
}

static Str u16(struct arena *arena, uint32_t value)
{
    return arena_copy(arena, (Str){(char[]){(char)value, (char)(value >> 8)}, 2});
}

Str file_gif(struct arena *arena, uint32_t width, uint32_t height, size_t frames, bool interlaced)
{
    struct text out = {.arena = arena};
    const Str size[] = {u16(arena, width), u16(arena, height)};
    text_add(&out, STR("GIF89a"));
    text_add(&out, size[0]);
    text_add(&out, size[1]);
    text_add(&out, STR("\x80\0\0" "\0\0\0" "\x20\x40\x80"));
    for (size_t i = 0; i < frames; i++) {
        text_add(&out, STR("\x21\xf9\x04\0\x0a\0\0\0" ",\0\0\0\0"));
        text_add(&out, size[0]);
        text_add(&out, size[1]);
        text_add(&out, interlaced ? STR("\x40") : STR("\0"));
        text_add(&out, STR("\x08"));
        text_add(&out, gif_pixels(arena, (size_t)width * height));
    }
    text_add(&out, STR(";"));
    return text_str(&out);
}

/* --- PNG by hand --- */

static uint32_t crc_of(Str bytes)
{
    uint32_t crc = 0xffffffffU;
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= (unsigned char)bytes.p[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
    }
    return ~crc;
}

static Str u32(struct arena *arena, uint32_t value)
{
    return arena_copy(arena, (Str){(char[]){(char)(value >> 24), (char)(value >> 16), (char)(value >> 8), (char)value}, 4});
}

static Str little32(struct arena *arena, uint32_t value)
{
    return arena_copy(arena, (Str){(char[]){(char)value, (char)(value >> 8), (char)(value >> 16), (char)(value >> 24)}, 4});
}

Str png_chunk(struct arena *arena, const char *type, Str body)
{
    Str named = arena_join(arena, str_of(type), body);
    return arena_join(arena, arena_join(arena, u32(arena, (uint32_t)body.n), named), u32(arena, crc_of(named)));
}

Str file_png_of(struct arena *arena, const struct png_parts *parts)
{
    struct text out = {.arena = arena};
    Str header = arena_join(arena, u32(arena, parts->width), u32(arena, parts->height));
    char kinds[] = {(char)parts->depth, (char)parts->colour, 0, 0, (char)parts->interlace};
    text_add(&out, STR("\x89PNG\r\n\x1a\n"));
    text_add(&out, png_chunk(arena, "IHDR", arena_join(arena, header, (Str){kinds, sizeof kinds})));
    text_add(&out, parts->chunks);
    text_add(&out, png_chunk(arena, "IDAT", parts->pixels));
    text_add(&out, png_chunk(arena, "IEND", STR("")));
    return text_str(&out);
}

static uint32_t reversed(uint32_t code, int count)
{
    uint32_t out = 0;
    for (int i = 0; i < count; i++) out |= (code >> i & 1) << (count - 1 - i);
    return out;
}

/* One zero, then "258 more of the same" again and again: the fixed codes of RFC 1951. */
Str packed_zeroes(struct arena *arena, size_t count)
{
    struct bits bits = {.out.arena = arena};
    uint32_t high = 0;
    text_add(&bits.out, STR("\x78\x01"));
    add_bits(&bits, 1 | 1 << 1, 3);
    add_bits(&bits, reversed(0x30, 8), 8);
    size_t left = count - 1;
    for (; left >= 258; left -= 258) {
        add_bits(&bits, reversed(0xc5, 8), 8);
        add_bits(&bits, 0, 5);
    }
    for (; left; left--) add_bits(&bits, reversed(0x30, 8), 8);
    add_bits(&bits, 0, 7);
    add_bits(&bits, 0, (8 - bits.count) % 8);
    high = (uint32_t)(count % 65521);
    text_add(&bits.out, u32(arena, high << 16 | 1));
    return text_str(&bits.out);
}

Str with_chunk(struct arena *arena, Str png, Str chunk)
{
    return arena_join(arena, arena_join(arena, str_first(png, 33), chunk), str_after(png, 33));
}

Str with_segment(struct arena *arena, Str jpeg, int marker, Str body)
{
    size_t n = body.n + 2;
    Str head = arena_copy(arena, (Str){(char[]){'\xff', (char)marker, (char)(n >> 8), (char)n}, 4});
    return arena_join(arena, arena_join(arena, str_first(jpeg, 2), arena_join(arena, head, body)), str_after(jpeg, 2));
}

Str riff_chunk(struct arena *arena, const char *type, Str body)
{
    Str chunk = arena_join(arena, arena_join(arena, str_of(type), little32(arena, (uint32_t)body.n)), body);
    return body.n % 2 ? arena_join(arena, chunk, STR("\0")) : chunk;
}

Str webp_with(struct arena *arena, Str webp, uint32_t width, uint32_t height, int flags, Str chunks)
{
    Str size = arena_join(arena, str_first(little32(arena, width - 1), 3), str_first(little32(arena, height - 1), 3));
    Str extended = arena_join(arena, little32(arena, (uint32_t)flags), size);
    Str body = arena_join(arena, arena_join(arena, STR("WEBP"), riff_chunk(arena, "VP8X", extended)),
                          arena_join(arena, str_after(webp, 12), chunks));
    return arena_join(arena, arena_join(arena, STR("RIFF"), little32(arena, (uint32_t)body.n)), body);
}

Str exif_of(struct arena *arena, int orientation, bool big)
{
    char value = (char)orientation;
    Str little = arena_join(arena, STR("II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0"), (Str){(char[]){value, 0, 0, 0}, 4});
    Str other = arena_join(arena, STR("MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01"), (Str){(char[]){0, value, 0, 0}, 4});
    return arena_join(arena, big ? other : little, STR("\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0GPS-SECRET"));
}

Str patched(struct arena *arena, Str file, size_t at, Str bytes)
{
    char *copy = arena_cstr(arena, file);
    assert_true(at + bytes.n <= file.n);
    memcpy(copy + at, bytes.p, bytes.n);
    return (Str){copy, file.n};
}
