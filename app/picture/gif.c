/* The one door to giflib. Its own way to read a whole file would read every frame; here it ends with the first. */
#include <gif_lib.h>

#include "picture/raster.h"

struct reading {
    Str rest;                     /* of the file */
    GifFileType *gif;
    int transparent;              /* index of a colour, or -1 */
};

enum { GRAPHICS_BYTES = 4 };      /* of the block that tells what is transparent */

static int take(GifFileType *gif, GifByteType *into, int n)
{
    struct reading *reading = gif->UserData;
    if (n <= 0 || (size_t)n > reading->rest.n) return 0;
    memcpy(into, reading->rest.p, (size_t)n);
    reading->rest = str_after(reading->rest, (size_t)n);
    return n;
}

static bool read_extension(struct reading *reading)
{
    int code = 0;
    GifByteType *block = NULL;
    if (DGifGetExtension(reading->gif, &code, &block) == GIF_ERROR) return false;
    if (code == GRAPHICS_EXT_FUNC_CODE && block && block[0] == GRAPHICS_BYTES) reading->transparent = block[1] & 1 ? block[4] : -1;
    while (block)
        if (DGifGetExtensionNext(reading->gif, &block) == GIF_ERROR) return false;
    return true;
}

/* False: the file ends without any frame. Each round takes bytes of the file, so there is an end. */
static bool find_frame(struct reading *reading)
{
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    while (DGifGetRecordType(reading->gif, &type) == GIF_OK && type != TERMINATE_RECORD_TYPE) {
        if (type == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(reading->gif) == GIF_OK;
        if (type != EXTENSION_RECORD_TYPE || !read_extension(reading)) return false;
    }
    return false;
}

static void paint(const struct reading *reading, const ColorMapObject *colours, const GifPixelType *line, uint32_t *pixels, int width)
{
    for (int x = 0; x < width; x++) {
        if (line[x] == reading->transparent || line[x] >= colours->ColorCount) continue;
        const GifColorType *colour = &colours->Colors[line[x]];
        pixels[x] = 0xff000000U | (uint32_t)colour->Red << 16 | (uint32_t)colour->Green << 8 | colour->Blue;
    }
}

static bool read_lines(struct decoding *decoding, struct reading *reading, const ColorMapObject *colours)
{
    static const int from[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    const GifImageDesc *frame = &reading->gif->Image;
    const struct raster *raster = &decoding->raster;
    GifPixelType *line = ARENA_ARRAY(decoding->arena, GifPixelType, (size_t)frame->Width);
    for (int pass = frame->Interlace ? 0 : 3; pass < 4; pass++)
        for (int y = frame->Interlace ? from[pass] : 0; y < frame->Height; y += frame->Interlace ? step[pass] : 1) {
            if (DGifGetLine(reading->gif, line, frame->Width) == GIF_ERROR) return false;
            paint(reading, colours, line, raster->pixels + (size_t)(frame->Top + y) * raster->width + frame->Left, frame->Width);
        }
    return true;
}

static bool fits(const GifImageDesc *frame, const struct picture_facts *facts)
{
    return frame->Left >= 0 && frame->Top >= 0 && frame->Width > 0 && frame->Height > 0 &&
           (uint32_t)frame->Left + (uint32_t)frame->Width <= facts->width &&
           (uint32_t)frame->Top + (uint32_t)frame->Height <= facts->height;
}

enum picture_fault gif_decode(struct decoding *decoding)
{
    struct reading *reading = ARENA_NEW(decoding->arena, struct reading);
    *reading = (struct reading){.rest = decoding->file, .transparent = -1};
    int error = 0;
    reading->gif = DGifOpen(reading, take, &error);
    if (!reading->gif || !find_frame(reading) || !fits(&reading->gif->Image, &decoding->facts)) return PICTURE_BROKEN;
    const ColorMapObject *colours = reading->gif->Image.ColorMap ? reading->gif->Image.ColorMap : reading->gif->SColorMap;
    if (!colours) return PICTURE_BROKEN;
    raster_make(decoding->arena, &decoding->raster, decoding->facts.width, decoding->facts.height);
    return read_lines(decoding, reading, colours) ? PICTURE_FINE : PICTURE_BROKEN;
}
