#include "picture/picture.h"

#include "base/log.h"
#include "picture/raster.h"
#include "picture/sandbox.h"

enum { SIZES = 3, LARGEST = 512, MOST_MS = 8000, OUTPUT_BYTES = 6 * 1024 * 1024, FILE_LEAST = 20 };

static const uint32_t sizes[SIZES] = {LARGEST, 256, 64};
static const char *const names[PICTURE_FILES] = {"512.webp", "512.png", "256.webp", "256.png", "64.webp", "64.png"};

/* What the child leaves behind; its parent believes none of it unseen. */
struct output {
    uint32_t fault;
    uint32_t lengths[PICTURE_FILES];
    unsigned char bytes[OUTPUT_BYTES];
};

struct job {
    Str upload;
    struct picture_facts facts;
    struct square square;         /* of the upright picture */
    struct output *output;
};

/* --- in the sandbox --- */

static enum picture_fault decode(struct decoding *decoding)
{
    switch (decoding->facts.kind) {
    case KIND_JPEG: return jpeg_decode(decoding);
    case KIND_PNG: return png_decode(decoding);
    case KIND_WEBP: return webp_decode(decoding);
    case KIND_GIF: return gif_decode(decoding);
    default: return PICTURE_UNKNOWN;
    }
}

static bool put(struct output *output, size_t *used, int file, const struct raster *raster)
{
    size_t n = 0, room = OUTPUT_BYTES - *used;
    bool is_png = file % 2;
    unsigned char *into = output->bytes + *used;
    if (!(is_png ? png_encode(raster, into, room, &n) : webp_encode(raster, into, room, &n))) return false;
    output->lengths[file] = (uint32_t)n;
    *used += n;
    return true;
}

static enum picture_fault encode(struct arena *arena, struct output *output, struct raster *largest)
{
    size_t used = 0;
    for (int i = 0; i < SIZES; i++) {
        struct raster raster = *largest;
        struct square all = {0, 0, largest->width};
        if (i > 0 && !webp_scale(arena, largest, all, sizes[i], &raster)) return PICTURE_TOO_HARD;
        if (!put(output, &used, 2 * i, &raster) || !put(output, &used, 2 * i + 1, &raster)) return PICTURE_TOO_HARD;
        *largest = raster;
    }
    return PICTURE_FINE;
}

static enum picture_fault make(struct arena *arena, const struct job *job)
{
    struct raster largest;
    struct decoding decoding = {.arena = arena, .file = job->upload, .facts = job->facts, .enough = LARGEST,
                                .square = square_stored(job->square, &job->facts)};
    enum picture_fault fault = decode(&decoding);
    if (fault) return fault;
    if (decoding.square.side == 0) decoding.square.side = 1;
    if (!webp_scale(arena, &decoding.raster, decoding.square, LARGEST, &largest)) return PICTURE_TOO_HARD;
    raster_turn(arena, &largest, job->facts.orientation);
    return encode(arena, job->output, &largest);
}

static void work(void *context)
{
    const struct job *job = context;
    jmp_buf exhausted;
    struct arena *arena = arena_open(0);
    if (!arena || setjmp(exhausted)) {
        job->output->fault = PICTURE_TOO_HARD;
        return;
    }
    arena_on_exhausted(arena, &exhausted);
    job->output->fault = make(arena, job);
}

/* --- outside --- */

static bool is_small_enough(const struct picture_facts *facts)
{
    return facts->width <= PICTURE_SIDE_MAX && facts->height <= PICTURE_SIDE_MAX &&
           (uint64_t)facts->width * facts->height <= PICTURE_PIXELS_MAX;
}

static bool square_of(const struct picture_facts *facts, const struct picture_crop *crop, struct square *out)
{
    bool turned = facts->orientation >= 5;
    uint32_t width = turned ? facts->height : facts->width, height = turned ? facts->width : facts->height;
    uint32_t side = width < height ? width : height;
    *out = (struct square){(width - side) / 2, (height - side) / 2, side};
    if (!crop->asked) return true;
    if (crop->size < 1 || crop->x < 0 || crop->y < 0 || crop->size > side) return false;
    if (crop->x > width - crop->size || crop->y > height - crop->size) return false;
    *out = (struct square){(uint32_t)crop->x, (uint32_t)crop->y, (uint32_t)crop->size};
    return true;
}

static enum picture_fault look_at(Str upload, const struct picture_crop *crop, struct job *out)
{
    if (upload.n == 0) return PICTURE_EMPTY;
    if (upload.n > PICTURE_BYTES_MAX) return PICTURE_TOO_LARGE;
    if (!kind_of(upload)) return PICTURE_UNKNOWN;
    if (!kind_read(upload, &out->facts)) return PICTURE_BROKEN;
    if (!is_small_enough(&out->facts)) return PICTURE_TOO_LARGE;
    return square_of(&out->facts, crop, &out->square) ? PICTURE_FINE : PICTURE_CROP;
}

/* A child that was taken over could leave anything; what goes out begins at least as it must, and lies inside. */
static bool collect(struct output *output, struct picture_set *out)
{
    size_t at = 0;
    for (int i = 0; i < PICTURE_FILES; i++) {
        size_t length = output->lengths[i];
        if (length < FILE_LEAST || length > OUTPUT_BYTES - at) return false;
        out->files[i] = (struct picture_file){names[i], {(const char *)output->bytes + at, length}};
        if (kind_of(out->files[i].bytes) != (i % 2 ? KIND_PNG : KIND_WEBP)) return false;
        at += length;
    }
    out->memory = output;
    return true;
}

static enum picture_fault fault_of(enum sandbox_end end, struct output *output, struct picture_set *out)
{
    uint32_t fault = output->fault;
    switch (end) {
    case SANDBOX_DONE: break;
    case SANDBOX_TOO_LONG: return PICTURE_TOO_HARD;
    case SANDBOX_KILLED: return PICTURE_BROKEN;
    default: return PICTURE_FAILED;
    }
    if (fault) return fault < PICTURE_FAILED ? (enum picture_fault)fault : PICTURE_BROKEN;
    return collect(output, out) ? PICTURE_FINE : PICTURE_BROKEN;
}

enum picture_fault picture_make(Str upload, const struct picture_crop *crop, struct picture_set *out)
{
    struct job job = {.upload = upload};
    *out = (struct picture_set){.memory = NULL};
    enum picture_fault fault = look_at(upload, crop, &job);
    if (fault) return fault;
    job.output = sandbox_memory(sizeof *job.output);
    if (!job.output) return PICTURE_FAILED;
    enum sandbox_end end = sandbox_run(work, &job, MOST_MS);
    fault = fault_of(end, job.output, out);
    if (fault) sandbox_memory_end(job.output, sizeof *job.output);
    return fault;
}

void picture_close(struct picture_set *set)
{
    sandbox_memory_end(set->memory, sizeof(struct output));
    *set = (struct picture_set){.memory = NULL};
}
