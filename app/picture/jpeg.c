/* The one door to libjpeg. */
#include "picture/raster.h"

#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

struct reading {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    bool no_memory;
};

static _Noreturn void fail(j_common_ptr jpeg)
{
    struct reading *reading = jpeg->client_data;
    reading->no_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
    longjmp(reading->failed, 1);
}

/* Most complaints are about things that every program puts up with. But where pixels end too early the library would go on with grey. */
static void take_complaint(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code == JWRN_HIT_MARKER) fail(jpeg);
}

static boolean no_more(j_decompress_ptr jpeg)
{
    fail((j_common_ptr)jpeg);
}

/* The smallest of the eighths in which the square still has enough pixels. */
static unsigned eighths(const struct decoding *decoding)
{
    for (unsigned part = 1; part < 8; part *= 2)
        if ((uint64_t)decoding->square.side * part / 8 >= decoding->enough) return part;
    return 8;
}

static void shrink_square(struct decoding *decoding, unsigned part)
{
    struct square *square = &decoding->square;
    *square = (struct square){square->x * part / 8, square->y * part / 8, square->side * part / 8};
}

/* CMYK as Adobe's programs write it, upside down: all files of this kind in the wild are theirs. */
static void from_cmyk(const JSAMPLE *row, uint32_t *pixels, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, row += 4) {
        uint32_t red = (uint32_t)row[0] * row[3] / 255, green = (uint32_t)row[1] * row[3] / 255, blue = (uint32_t)row[2] * row[3] / 255;
        pixels[x] = 0xff000000U | red << 16 | green << 8 | blue;
    }
}

static void read_rows(struct decoding *decoding, struct reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    bool cmyk = jpeg->out_color_space == JCS_CMYK;
    JSAMPROW line = cmyk ? ARENA_ARRAY(decoding->arena, JSAMPLE, (size_t)jpeg->output_width * 4) : NULL;
    while (jpeg->output_scanline < jpeg->output_height) {
        uint32_t *pixels = decoding->raster.pixels + (size_t)jpeg->output_scanline * jpeg->output_width;
        JSAMPROW row = cmyk ? line : (JSAMPROW)pixels;
        if (jpeg_read_scanlines(jpeg, &row, 1) != 1) fail((j_common_ptr)jpeg);
        if (cmyk) from_cmyk(line, pixels, jpeg->output_width);
    }
}

static enum picture_fault read_all(struct decoding *decoding, struct reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    jpeg_mem_src(jpeg, (const unsigned char *)decoding->file.p, (unsigned long)decoding->file.n);
    jpeg->src->fill_input_buffer = no_more;
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->image_width != decoding->facts.width || jpeg->image_height != decoding->facts.height) return PICTURE_BROKEN;
    unsigned part = eighths(decoding);
    jpeg->scale_num = part;
    jpeg->scale_denom = 8;
    jpeg->out_color_space = jpeg->num_components == 4 ? JCS_CMYK : JCS_EXT_BGRA;
    jpeg_start_decompress(jpeg);
    raster_make(decoding->arena, &decoding->raster, jpeg->output_width, jpeg->output_height);
    read_rows(decoding, reading);
    shrink_square(decoding, part);
    return PICTURE_FINE;
}

/* Nothing is given back: the process ends with its work. */
enum picture_fault jpeg_decode(struct decoding *decoding)
{
    struct reading *reading = ARENA_NEW(decoding->arena, struct reading);
    reading->jpeg.err = jpeg_std_error(&reading->errors);
    reading->errors.error_exit = fail;
    reading->errors.emit_message = take_complaint;
    reading->jpeg.client_data = reading;
    if (setjmp(reading->failed)) return reading->no_memory ? PICTURE_TOO_HARD : PICTURE_BROKEN;
    jpeg_create_decompress(&reading->jpeg);
    return read_all(decoding, reading);
}
