/* The one door to libwebp, which scales and encodes as well. */
#include <webp/demux.h>
#include <webp/encode.h>

#include "picture/raster.h"

enum { QUALITY = 84, EFFORT = 4 };

static bool fits(const WebPIterator *frame, const struct raster *canvas)
{
    return frame->x_offset >= 0 && frame->y_offset >= 0 && frame->width > 0 && frame->height > 0 &&
           (uint32_t)frame->x_offset + (uint32_t)frame->width <= canvas->width &&
           (uint32_t)frame->y_offset + (uint32_t)frame->height <= canvas->height;
}

/* Of an animation the first frame. */
static enum picture_fault read_frame(struct decoding *decoding, const WebPIterator *frame)
{
    struct raster *raster = &decoding->raster;
    int width = 0, height = 0;
    raster_make(decoding->arena, raster, decoding->facts.width, decoding->facts.height);
    if (!fits(frame, raster) || !WebPGetInfo(frame->fragment.bytes, frame->fragment.size, &width, &height)) return PICTURE_BROKEN;
    if (width != frame->width || height != frame->height) return PICTURE_BROKEN;
    size_t first = (size_t)frame->y_offset * raster->width + (size_t)frame->x_offset;
    size_t room = ((size_t)raster->width * raster->height - first) * 4;
    uint8_t *into = (uint8_t *)(raster->pixels + first);
    bool decoded = WebPDecodeBGRAInto(frame->fragment.bytes, frame->fragment.size, into, room, (int)raster->width * 4) != NULL;
    return decoded ? PICTURE_FINE : PICTURE_BROKEN;
}

enum picture_fault webp_decode(struct decoding *decoding)
{
    const WebPData data = {(const uint8_t *)decoding->file.p, decoding->file.n};
    WebPIterator frame;
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (!demuxer || WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH) != decoding->facts.width ||
        WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT) != decoding->facts.height || !WebPDemuxGetFrame(demuxer, 1, &frame))
        return PICTURE_BROKEN;
    return read_frame(decoding, &frame);
}

static bool picture_of(const struct raster *raster, WebPPicture *picture)
{
    if (!WebPPictureInit(picture)) return false;
    picture->use_argb = 1;
    picture->width = (int)raster->width;
    picture->height = (int)raster->height;
    picture->argb = raster->pixels;
    picture->argb_stride = (int)raster->width;
    return true;
}

bool webp_scale(struct arena *arena, const struct raster *from, struct square square, uint32_t side, struct raster *out)
{
    WebPPicture whole, part;
    int n = (int)square.side;
    if (!picture_of(from, &whole) || !WebPPictureInit(&part) ||
        !WebPPictureView(&whole, (int)square.x, (int)square.y, n, n, &part) || !WebPPictureRescale(&part, (int)side, (int)side))
        return false;
    raster_make(arena, out, side, side);
    for (uint32_t y = 0; y < side; y++)
        memcpy(out->pixels + (size_t)y * side, part.argb + (size_t)y * (size_t)part.argb_stride, (size_t)side * sizeof *out->pixels);
    WebPPictureFree(&part);
    return true;
}

struct writing {
    unsigned char *into;
    size_t room, n;
};

static int put(const uint8_t *bytes, size_t n, const WebPPicture *picture)
{
    struct writing *writing = picture->custom_ptr;
    if (n > writing->room - writing->n) return 0;
    memcpy(writing->into + writing->n, bytes, n);
    writing->n += n;
    return 1;
}

bool webp_encode(const struct raster *raster, unsigned char *into, size_t room, size_t *n)
{
    struct writing writing = {.into = into, .room = room};
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigInit(&config) || !picture_of(raster, &picture)) return false;
    config.quality = QUALITY;
    config.method = EFFORT;
    picture.writer = put;
    picture.custom_ptr = &writing;
    bool encoded = WebPEncode(&config, &picture);
    WebPPictureFree(&picture);
    *n = writing.n;
    return encoded;
}
