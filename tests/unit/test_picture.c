/* Pictures that people send: each hostile file is refused with a clear word or comes out clean, and whoever decoded it goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/crypto.h"
#include "picture/kind.h"
#include "picture/picture.h"
#include "picture/sandbox.h"
#include "support/picture_files.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static const struct picture_crop middle = {.asked = false};

static bool holds(Str bytes, const char *words)
{
    return memmem(bytes.p, bytes.n, words, strlen(words)) != NULL;
}

/* --- what comes out --- */

static void check_png_chunks(Str file)
{
    static const char *const fine[] = {"IHDR", "sRGB", "gAMA", "cHRM", "IDAT", "IEND"};
    for (size_t at = 8; at + 12 <= file.n;) {
        size_t length = 0, known = 0;
        for (int i = 0; i < 4; i++) length = length << 8 | (unsigned char)file.p[at + (size_t)i];
        for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) known += !memcmp(file.p + at + 4, fine[i], 4);
        if (!known) fail_msg("a chunk %.4s", file.p + at + 4);
        at += length + 12;
    }
}

static void check_webp_chunks(Str file)
{
    static const char *const fine[] = {"VP8 ", "VP8X", "ALPH", "VP8L"};
    for (size_t at = 12; at + 8 <= file.n;) {
        size_t length = 0, known = 0;
        for (int i = 3; i >= 0; i--) length = length << 8 | (unsigned char)file.p[at + 4 + (size_t)i];
        for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) known += !memcmp(file.p + at, fine[i], 4);
        if (!known) fail_msg("a chunk %.4s", file.p + at);
        at += 8 + length + (length & 1);
    }
}

static void check_clean(const struct picture_set *set)
{
    static const struct { const char *name; uint32_t side; } files[PICTURE_FILES] = {
        {"512.webp", 512}, {"512.png", 512}, {"256.webp", 256}, {"256.png", 256}, {"64.webp", 64}, {"64.png", 64},
    };
    for (size_t i = 0; i < PICTURE_FILES; i++) {
        struct picture_facts facts;
        Str bytes = set->files[i].bytes;
        assert_string_equal(set->files[i].name, files[i].name);
        assert_true(kind_read(bytes, &facts));
        assert_int_equal(facts.kind, i % 2 ? KIND_PNG : KIND_WEBP);
        assert_int_equal(facts.width, files[i].side);
        assert_int_equal(facts.height, files[i].side);
        if (i % 2) check_png_chunks(bytes);
        else check_webp_chunks(bytes);
        assert_false(holds(bytes, "GPS-SECRET") || holds(bytes, "<script") || holds(bytes, "PK\x03\x04"));
    }
}

static void make_fine(Str file, const struct picture_crop *crop, struct picture_set *set)
{
    enum picture_fault fault = picture_make(file, crop, set);
    if (fault) fail_msg("refused: %d", fault);
    check_clean(set);
}

/* The colour of a point of the 64 px file, in tenths of its side. */
static uint32_t colour_at(const struct picture_set *set, uint32_t x, uint32_t y)
{
    uint32_t width, height;
    const uint32_t *pixels = png_pixels(arena, set->files[5].bytes, &width, &height);
    return pixels[(size_t)(y * height / 10) * width + x * width / 10];
}

static bool is_near(uint32_t colour, uint32_t wanted)
{
    for (int shift = 0; shift < 32; shift += 8)
        if (abs((int)(colour >> shift & 255) - (int)(wanted >> shift & 255)) > 24) return false;
    return true;
}

static void expect_corners(const struct picture_set *set, const char *letters)
{
    static const uint32_t points[4][2] = {{2, 2}, {8, 2}, {2, 8}, {8, 8}};
    for (size_t i = 0; i < 4; i++) {
        uint32_t wanted = letters[i] == 'R' ? 0xffff0000U : letters[i] == 'G' ? 0xff00ff00U : letters[i] == 'B' ? 0xff0000ffU : 0xffffffffU;
        uint32_t colour = colour_at(set, points[i][0], points[i][1]);
        if (!is_near(colour, wanted)) fail_msg("%s: corner %zu is %08x", letters, i, colour);
    }
}

static void expect_quarters(Str file)
{
    struct picture_set set;
    make_fine(file, &middle, &set);
    expect_corners(&set, "RGBW");
    picture_close(&set);
}

/* --- honest pictures --- */

static void test_kinds(void **state)
{
    (void)state;
    expect_quarters(file_png(arena, 300, 300));
    expect_quarters(file_png(arena, 16, 16));
    expect_quarters(file_jpeg(arena, 2000, 1000, 3, false));
    expect_quarters(file_jpeg(arena, 700, 900, 3, true));
    expect_quarters(file_jpeg(arena, 64, 64, 4, false));
    expect_quarters(file_webp(arena, 500, 300, false));
    expect_quarters(file_webp(arena, 300, 500, true));
}

static void expect_grey(Str file, uint32_t wanted)
{
    struct picture_set set;
    make_fine(file, &middle, &set);
    if (!is_near(colour_at(&set, 5, 5), wanted)) fail_msg("it is %08x, not %08x", colour_at(&set, 5, 5), wanted);
    picture_close(&set);
}

static void test_depths_and_palettes(void **state)
{
    (void)state;
    Str palette = png_chunk(arena, "PLTE", STR("\x20\x40\x80\xff\xff\xff"));
    const struct png_parts rows[] = {
        {20, 20, 16, 2, 0, STR(""), packed_zeroes(arena, 20 * 121)},
        {20, 20, 8, 0, 0, STR(""), packed_zeroes(arena, 20 * 21)},
        {20, 20, 1, 0, 0, STR(""), packed_zeroes(arena, 20 * 4)},
        {8, 8, 8, 0, 1, STR(""), packed_zeroes(arena, 64 + 15)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) expect_grey(file_png_of(arena, &rows[i]), 0xff000000U);
    expect_grey(file_png_of(arena, &(struct png_parts){20, 20, 8, 3, 0, palette, packed_zeroes(arena, 20 * 21)}), 0xff204080U);
    expect_grey(file_gif(arena, 40, 30, 1, false), 0xff204080U);
    expect_grey(file_gif(arena, 33, 47, 3, true), 0xff204080U);
}

static void test_what_is_transparent_stays(void **state)
{
    struct picture_set set;
    (void)state;
    make_fine(file_png_of(arena, &(struct png_parts){20, 20, 8, 6, 0, STR(""), packed_zeroes(arena, 20 * 81)}), &middle, &set);
    assert_int_equal(colour_at(&set, 5, 5) >> 24, 0);
    picture_close(&set);
}

static void test_orientations(void **state)
{
    static const char *const corners[] = {"RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB"};
    (void)state;
    for (int i = 1; i <= 8; i++) {
        Str exif = exif_of(arena, i, i % 2);
        const Str files[] = {
            with_chunk(arena, file_png(arena, 90, 60), png_chunk(arena, "eXIf", exif)),
            with_segment(arena, file_jpeg(arena, 1400, 1200, 3, false), 0xe1, arena_join(arena, STR("Exif\0\0"), exif)),
            webp_with(arena, file_webp(arena, 60, 90, false), 60, 90, 8, riff_chunk(arena, "EXIF", exif)),
        };
        for (size_t k = 0; k < 3; k++) {
            struct picture_set set;
            make_fine(files[k], &middle, &set);
            expect_corners(&set, corners[i - 1]);
            picture_close(&set);
        }
    }
}

static void test_crop(void **state)
{
    struct picture_set set;
    Str wide = file_png(arena, 200, 100), turned = with_chunk(arena, wide, png_chunk(arena, "eXIf", exif_of(arena, 6, false)));
    static const struct { int64_t x, y, size; } outside[] = {
        {0, 0, 0}, {0, 0, -1}, {-1, 0, 10}, {0, -1, 10}, {101, 0, 100}, {0, 1, 100}, {0, 0, 101}, {INT64_MAX, 0, 1},
        {0, INT64_MAX, INT64_MAX}, {INT64_MIN, 0, 1}, {200, 0, 1}, {4294967296, 0, 10},
    };
    (void)state;
    make_fine(wide, &(struct picture_crop){true, 150, 0, 50}, &set);
    expect_corners(&set, "GGGG");
    picture_close(&set);
    make_fine(wide, &(struct picture_crop){true, 0, 60, 40}, &set);
    expect_corners(&set, "BBBB");
    picture_close(&set);
    make_fine(turned, &(struct picture_crop){true, 60, 0, 40}, &set);      /* upright it is 100 by 200, red on the right above */
    expect_corners(&set, "RRRR");
    picture_close(&set);
    make_fine(turned, &(struct picture_crop){true, 0, 160, 40}, &set);
    expect_corners(&set, "WWWW");
    picture_close(&set);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        const struct picture_crop crop = {true, outside[i].x, outside[i].y, outside[i].size};
        if (picture_make(wide, &crop, &set) != PICTURE_CROP) fail_msg("crop %zu is taken", i);
    }
}

/* --- hostile ones --- */

enum { EITHER = -1, REFUSED = -2, HOSTILE_MAX = 250 };
static struct hostile { const char *name; Str file; int fault; } hostile[HOSTILE_MAX];
static size_t hostile_count;

static void add(const char *name, Str file, int fault)
{
    assert_true(hostile_count < HOSTILE_MAX);
    hostile[hostile_count++] = (struct hostile){name, file, fault};
}

static void add_other_kinds(void)
{
    static const Str files[] = {
        STR("hello"), STR("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"), STR("<?xml version=\"1.0\"?><svg/>"),
        STR("\xef\xbb\xbf<svg/>"), STR("<!doctype html><script>alert(1)</script>"), STR("<?php system($_GET[0]); ?>"),
        STR("PK\x03\x04zip"), STR("%PDF-1.7"), STR("BM\x36\0\0\0\0\0\0\0\x36\0\0\0"), STR("II*\0\x08\0\0\0"), STR("MM\0*\0\0\0\x08"),
        STR("GIF88a\x01\0\x01\0\0\0\0"), STR("\0\0\0\x1c" "ftypavif"), STR("\0\0\0\x1c" "ftypheic"), STR("\0\0\x01\0\x01\0"),
        STR("RIFF\x24\0\0\0WAVEfmt "), STR("\n\xff\xd8\xff\xe0"), STR("\xff\xd8"), STR("#!/bin/sh\n"), STR("\x7f" "ELF\x02\x01\x01"),
        STR("\x89PNG\n\x1a\n"), STR("\x8aMNG\r\n\x1a\n"), STR("\0\0\x02\0\0\0\0\0\0\0\0\0\x01\0\x01\0\x20\0"), STR("P6\n1 1\n255\n\1\1\1"),
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) add("another kind", files[i], PICTURE_UNKNOWN);
    add("nothing", STR(""), PICTURE_EMPTY);
    add("no file", STR_NONE, PICTURE_EMPTY);
}

static Str png_sized(uint32_t width, uint32_t height)
{
    return file_png_of(arena, &(struct png_parts){width, height, 8, 2, 0, STR(""), packed_zeroes(arena, 2000)});
}

static void add_sizes(void)
{
    Str jpeg = file_jpeg(arena, 64, 64, 3, false), gif = file_gif(arena, 20, 20, 1, false), webp = file_webp(arena, 20, 20, false);
    size_t frame = (size_t)((const char *)memmem(jpeg.p, jpeg.n, "\xff\xc0", 2) - jpeg.p);
    add("png 50000 a side", png_sized(50000, 50000), PICTURE_TOO_LARGE);
    add("png 65535 a side", png_sized(65535, 65535), PICTURE_TOO_LARGE);
    add("png 8193 wide", png_sized(8193, 1), PICTURE_TOO_LARGE);
    add("png above 25 million", png_sized(5001, 5000), PICTURE_TOO_LARGE);
    add("png of negative width", png_sized(0x80000001U, 1), PICTURE_TOO_LARGE);
    add("png that overflows", png_sized(0xffffffffU, 0xffffffffU), PICTURE_TOO_LARGE);
    add("png without width", png_sized(0, 10), PICTURE_BROKEN);
    add("png without height", png_sized(10, 0), PICTURE_BROKEN);
    add("jpeg 65535 a side", patched(arena, jpeg, frame + 5, STR("\xff\xff\xff\xff")), PICTURE_TOO_LARGE);
    add("jpeg without height", patched(arena, jpeg, frame + 5, STR("\0\0")), PICTURE_BROKEN);
    add("jpeg without width", patched(arena, jpeg, frame + 7, STR("\0\0")), PICTURE_BROKEN);
    add("jpeg larger than its pixels", patched(arena, jpeg, frame + 5, STR("\x10\0\x10\0")), PICTURE_BROKEN);
    add("gif 65535 a side", patched(arena, gif, 6, STR("\xff\xff\xff\xff")), PICTURE_TOO_LARGE);
    add("gif without width", patched(arena, gif, 6, STR("\0\0")), PICTURE_BROKEN);
    add("gif without height", patched(arena, gif, 8, STR("\0\0")), PICTURE_BROKEN);
    add("gif smaller than its frame", patched(arena, gif, 6, STR("\x05\0\x05\0")), PICTURE_BROKEN);
    add("webp 16383 a side", patched(arena, webp, 26, STR("\xff\x3f\xff\x3f")), PICTURE_TOO_LARGE);
    add("webp without width", patched(arena, webp, 26, STR("\0\0")), PICTURE_BROKEN);
    add("webp of a huge canvas", webp_with(arena, webp, 1 << 24, 1 << 24, 0, STR("")), PICTURE_TOO_LARGE);
    add("webp of another canvas", webp_with(arena, webp, 30, 20, 0, STR("")), PICTURE_BROKEN);
    add("more bytes than allowed", (Str){arena_take(arena, PICTURE_BYTES_MAX + 1), PICTURE_BYTES_MAX + 1}, PICTURE_TOO_LARGE);
}

static void add_beginnings(void)
{
    add("jpeg's first bytes", STR("\xff\xd8\xff"), PICTURE_BROKEN);
    add("png's first bytes", STR("\x89PNG\r\n\x1a\n"), PICTURE_BROKEN);
    add("gif's first bytes", STR("GIF89a"), PICTURE_BROKEN);
    add("webp's first bytes", STR("RIFF\x04\0\0\0WEBP"), PICTURE_BROKEN);
    add("a gif that is a script", STR("GIF89a=1;alert(document.domain)//"), PICTURE_TOO_LARGE);
    add("a gif that ends at once", STR("GIF89a\x01\0\x01\0\0\0\0;"), PICTURE_BROKEN);
    add("a gif without colours", STR("GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"), PICTURE_BROKEN);
    add("a gif of unknown blocks", STR("GIF89a\x01\0\x01\0\0\0\0????????"), PICTURE_BROKEN);
    add("a jpeg of markers alone", arena_join(arena, STR("\xff\xd8"), (Str){memset(arena_take(arena, 60000), 0xff, 60000), 60000}), PICTURE_BROKEN);
    add("an orphan frame of a jpeg", STR("\xff\xd8\xff\xc0\0\x11\x08\0\x10\0\x10\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"), PICTURE_BROKEN);
}

static void add_cut_off(void)
{
    const Str files[] = {file_png(arena, 200, 200), file_jpeg(arena, 200, 200, 3, false), file_jpeg(arena, 200, 200, 3, true),
                         file_gif(arena, 60, 60, 1, false), file_webp(arena, 200, 200, false), file_webp(arena, 200, 200, true)};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        for (size_t part = 1; part < 10; part++) add("cut off", str_first(files[i], files[i].n * part / 10), REFUSED);
        add("without its last byte", str_first(files[i], files[i].n - 1), EITHER);
    }
}

static void add_damaged(void)
{
    Str png = file_png(arena, 100, 100), jpeg = file_jpeg(arena, 100, 100, 3, false);
    size_t data = (size_t)((const char *)memmem(png.p, png.n, "IDAT", 4) - png.p);
    add("a wrong sum of the header", patched(arena, png, 29, STR("\0\0\0\0")), PICTURE_BROKEN);
    add("a wrong sum of the pixels", patched(arena, png, data + 4, STR("\1\2\3\4")), PICTURE_BROKEN);
    add("a chunk of four gigabytes", patched(arena, png, data - 4, STR("\xff\xff\xff\xf0")), PICTURE_BROKEN);
    add("a depth that does not exist", file_png_of(arena, &(struct png_parts){9, 9, 7, 2, 0, STR(""), packed_zeroes(arena, 900)}), PICTURE_BROKEN);
    add("a colour that does not exist", file_png_of(arena, &(struct png_parts){9, 9, 8, 5, 0, STR(""), packed_zeroes(arena, 900)}), PICTURE_BROKEN);
    add("a palette that is not there", file_png_of(arena, &(struct png_parts){9, 9, 8, 3, 0, STR(""), packed_zeroes(arena, 90)}), PICTURE_BROKEN);
    add("fewer pixels than promised", file_png_of(arena, &(struct png_parts){5000, 5000, 8, 6, 0, STR(""), packed_zeroes(arena, 100)}), PICTURE_BROKEN);
    add("pixels that cannot be unpacked", file_png_of(arena, &(struct png_parts){9, 9, 8, 2, 0, STR(""), STR("not packed")}), PICTURE_BROKEN);
    add("more pixels than promised", file_png_of(arena, &(struct png_parts){9, 9, 8, 0, 0, STR(""), packed_zeroes(arena, 100000000)}), EITHER);
    add("a jpeg without tables", patched(arena, jpeg, 20, STR("\xff\xd9\xff\xd9\xff\xd9")), EITHER);
    for (size_t i = 0; i < 8; i++)
        add("a jpeg with a hole", patched(arena, jpeg, 160 + i * (jpeg.n - 220) / 8, STR("\0\xff\xff\0\xc4\xff\xda\0\xff\xd9")), EITHER);
}

static Str flood(Str each, size_t count)
{
    struct text out = {.arena = arena};
    for (size_t i = 0; i < count; i++) text_add(&out, each);
    return text_str(&out);
}

static void add_floods(void)
{
    Str png = file_png(arena, 50, 50), jpeg = file_jpeg(arena, 50, 50, 3, false), webp = file_webp(arena, 50, 50, false);
    Str bomb = packed_zeroes(arena, 100000000), exif = exif_of(arena, 1, false);
    Str bare = str_after(with_segment(arena, STR("\xff\xd8"), 0xfe, STR("")), 2);
    add("a hundred thousand chunks", with_chunk(arena, png, flood(png_chunk(arena, "tEXt", STR("a")), 100000)), PICTURE_FINE);
    add("unknown chunks", with_chunk(arena, png, flood(png_chunk(arena, "luCk", STR("")), 100000)), PICTURE_FINE);
    add("a profile of 100 MB", with_chunk(arena, png, png_chunk(arena, "iCCP", arena_join(arena, STR("icc\0\0"), bomb))), PICTURE_FINE);
    add("a text of 100 MB", with_chunk(arena, png, png_chunk(arena, "zTXt", arena_join(arena, STR("a\0\0"), bomb))), PICTURE_FINE);
    add("twenty palettes", with_chunk(arena, png, flood(png_chunk(arena, "PLTE", STR("abc")), 20)), EITHER);
    add("comments", arena_join(arena, STR("\xff\xd8"), arena_join(arena, flood(bare, 100000), str_after(jpeg, 2))), EITHER);
    add("chunks behind the pixels", webp_with(arena, webp, 50, 50, 8, flood(riff_chunk(arena, "EXIF", exif), 20000)), EITHER);
    add("a thousand frames", file_gif(arena, 10, 10, 1000, false), PICTURE_FINE);
    add("24 million pixels of nothing", file_png_of(arena, &(struct png_parts){4900, 4900, 8, 2, 0, STR(""), packed_zeroes(arena, 4900u * 14701)}), EITHER);
}

static void add_two_in_one(void)
{
    Str png = file_png(arena, 50, 50), jpeg = file_jpeg(arena, 50, 50, 3, false), gif = file_gif(arena, 50, 50, 1, false);
    Str webp = file_webp(arena, 50, 50, false), script = STR("<script>alert(1)</script>"), zip = STR("PK\x03\x04 and so on PK\x05\x06");
    add("png and zip", arena_join(arena, png, zip), PICTURE_FINE);
    add("jpeg and zip", arena_join(arena, jpeg, zip), PICTURE_FINE);
    add("gif and script", arena_join(arena, gif, script), PICTURE_FINE);
    add("webp and script", arena_join(arena, webp, script), EITHER);
    add("a script in a comment", with_segment(arena, jpeg, 0xfe, script), PICTURE_FINE);
    add("a script in a text", with_chunk(arena, png, png_chunk(arena, "tEXt", arena_join(arena, STR("a\0"), script))), PICTURE_FINE);
    add("animated png", with_chunk(arena, png, png_chunk(arena, "acTL", STR("\0\0\x0f\xff\0\0\0\0"))), PICTURE_FINE);
    add("an animation of one png frame", with_chunk(arena, png, png_chunk(arena, "fcTL", flood(STR("\0"), 26))), PICTURE_FINE);
}

static void add_exif(void)
{
    Str jpeg = file_jpeg(arena, 50, 50, 3, false), png = file_png(arena, 50, 50);
    const Str tiffs[] = {
        STR("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x08\0\0\0"),          /* the next directory is this one */
        STR("II*\0\xff\xff\xff\xff"), STR("II*\0\0\0\0\0"), STR("MM\0*\0\0\0\x08\xff\xff"), STR("II*\0\x08\0\0\0\xff\xff\x12\x01"),
        STR("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\xff\x06\0\0\0"), STR("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0"),
        STR("II*\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x06\0\0\0"), STR("II"), STR(""), exif_of(arena, 0, false), exif_of(arena, 1, true),
    };
    for (size_t i = 0; i < sizeof tiffs / sizeof *tiffs; i++) {
        add("exif in a jpeg", with_segment(arena, jpeg, 0xe1, arena_join(arena, STR("Exif\0\0"), tiffs[i])), PICTURE_FINE);
        add("exif in a png", with_chunk(arena, png, png_chunk(arena, "eXIf", tiffs[i])), PICTURE_FINE);
    }
}

static void check_hostile(const struct hostile *each, size_t number)
{
    struct picture_set set = {.memory = NULL};
    enum picture_fault fault = picture_make(each->file, &middle, &set);
    bool expected = each->fault == EITHER || (each->fault == REFUSED ? fault != PICTURE_FINE : (int)fault == each->fault);
    if (fault == PICTURE_FAILED || !expected)
        fail_msg("%s (%zu): %d, not %d", each->name, number, (int)fault, each->fault);
    if (fault) {
        assert_null(set.memory);
        return;
    }
    check_clean(&set);
    picture_close(&set);
}

static void test_hostile(void **state)
{
    (void)state;
    add_other_kinds();
    add_sizes();
    add_beginnings();
    add_cut_off();
    add_damaged();
    add_floods();
    add_two_in_one();
    add_exif();
    assert_true(hostile_count > 150);
    for (size_t i = 0; i < hostile_count; i++) check_hostile(&hostile[i], i);
    expect_quarters(file_png(arena, 100, 100));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);          /* no child is left */
}

/* --- the sandbox --- */

static int *shared;

static void return_a_number(void *context)
{
    *shared = *(int *)context + 1;
}

static void forbidden_open(void *context)
{
    (void)context;
    *shared = 1;
    int file = open("/etc/passwd", O_RDONLY);
    *shared = 2 + file;
}

static void forbidden_socket(void *context)
{
    (void)context;
    *shared = 1;
    *shared = 2 + socket(AF_INET, SOCK_STREAM, 0);
}

static void forbidden_write(void *context)
{
    (void)context;
    *shared = 1;
    *shared = 2 + (int)write(2, "x", 1);
}

static void forbidden_fork(void *context)
{
    (void)context;
    *shared = 1;
    *shared = 2 + (fork() == 0);
}

static void forbidden_code(void *context)
{
    (void)context;
    *shared = 1;
    *shared = 2 + (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static void forbidden_kill(void *context)
{
    (void)context;
    *shared = 1;
    *shared = 2 + kill(getppid(), 0);
}

static void fault(void *context)
{
    (void)context;
    *shared = 1;
    raise(SIGILL);
    *shared = 2;
}

static void for_ever(void *context)
{
    (void)context;
    for (volatile unsigned i = 0;; i++) *shared = 1;
}

static void test_sandbox_kills(void **state)
{
    static void (*const works[])(void *) = {forbidden_open, forbidden_socket, forbidden_write, forbidden_fork, forbidden_code,
                                           forbidden_kill, fault};
    (void)state;
    shared = sandbox_memory(sizeof *shared);
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        *shared = 0;
        if (sandbox_run(works[i], NULL, 10000) != SANDBOX_KILLED || *shared != 1) fail_msg("work %zu: %d", i, *shared);
    }
    *shared = 0;
    assert_int_equal(sandbox_run(for_ever, NULL, 200), SANDBOX_TOO_LONG);
    assert_int_equal(*shared, 1);
    assert_int_equal(sandbox_run(for_ever, NULL, 60000), SANDBOX_TOO_LONG);       /* its own time of CPU */
    assert_int_equal(sandbox_run(return_a_number, &(int){41}, 10000), SANDBOX_DONE);
    assert_int_equal(*shared, 42);
    sandbox_memory_end(shared, sizeof *shared);
}

/* --- what the child cannot see --- */

static struct keys *keys;

static void use_keys(void *context)
{
    static const Str parts[] = {STR("whose")};
    keys_mac_parts(keys, KEY_SESSION, parts, 1, context);
}

/* A decoder that was taken over computes with zeros; its parent goes on with the keys as they are. */
static void test_keys_are_kept_from_the_child(void **state)
{
    char file[] = "/tmp/latchkey-keys-XXXXXX";
    unsigned char before[SECRET_BYTES], after[SECRET_BYTES], *child = sandbox_memory(SECRET_BYTES);
    (void)state;
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    close(fd);
    unlink(file);
    assert_int_equal(crypto_start(), OK);
    assert_int_equal(keys_open(arena, file, true, &keys), OK);
    use_keys(before);
    assert_int_equal(sandbox_run(use_keys, child, 10000), SANDBOX_DONE);
    assert_memory_equal(child, before, SECRET_BYTES);
    assert_true(keys_keep_from_children());
    assert_int_equal(sandbox_run(use_keys, child, 10000), SANDBOX_DONE);
    assert_memory_not_equal(child, before, SECRET_BYTES);
    use_keys(after);
    assert_memory_equal(after, before, SECRET_BYTES);
    keys_close(keys);
    unlink(file);
    sandbox_memory_end(child, SECRET_BYTES);
}

/* --- the readers of headers, on everything that can be cut off or changed --- */

static void test_readers_are_bounded(void **state)
{
    struct picture_facts facts;
    Str exif = exif_of(arena, 6, false);
    const Str files[] = {with_chunk(arena, file_png(arena, 30, 20), png_chunk(arena, "eXIf", exif)), file_gif(arena, 30, 20, 1, false),
                         with_segment(arena, file_jpeg(arena, 30, 20, 3, false), 0xe1, arena_join(arena, STR("Exif\0\0"), exif)),
                         webp_with(arena, file_webp(arena, 30, 20, true), 30, 20, 8, riff_chunk(arena, "EXIF", exif))};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_true(kind_read(files[i], &facts));
        assert_int_equal(facts.width, 30);
        assert_int_equal(facts.height, 20);
        assert_int_equal(facts.orientation, files[i].p[0] == 'G' ? 1 : 6);
        for (size_t n = 0; n < files[i].n; n++) {
            char *alone = malloc(n ? n : 1);                   /* so that reading behind its end is seen */
            memcpy(alone, files[i].p, n);
            if (!kind_read((Str){alone, n}, &facts)) facts.orientation = 1;
            assert_in_range(facts.orientation, 1, 8);
            free(alone);
        }
    }
    assert_int_equal(exif_orientation(exif_of(arena, 8, true)), 8);
    assert_int_equal(exif_orientation(exif_of(arena, 9, true)), 1);
    assert_int_equal(exif_orientation(exif_of(arena, 3, false)), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_depths_and_palettes),
        cmocka_unit_test(test_what_is_transparent_stays),
        cmocka_unit_test(test_orientations),
        cmocka_unit_test(test_crop),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_sandbox_kills),
        cmocka_unit_test(test_keys_are_kept_from_the_child),
        cmocka_unit_test(test_readers_are_bounded),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
