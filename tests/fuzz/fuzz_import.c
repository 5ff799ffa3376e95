#include "fuzz.h"

#include <string.h>

#include "account/import_reader.h"

/* A stream that comes in pieces of some size. */
struct stream {
    Str rest;
    size_t piece;
};

static long read_stream(void *context, char *into, size_t room)
{
    struct stream *stream = context;
    Str part = str_first(stream->rest, stream->piece < room ? stream->piece : room);
    if (part.n) memcpy(into, part.p, part.n);
    stream->rest = str_after(stream->rest, part.n);
    return (long)part.n;
}

struct seen {
    size_t records, bytes;
};

/* However it is cut: it ends, goes forward, gives each byte at most once and the same records. */
static struct seen read_all(struct arena *arena, Str input, size_t piece)
{
    struct stream stream = {input, piece};
    struct import_reader *reader = import_reader_open(arena, read_stream, &stream);
    struct import_record record;
    struct seen seen = {0};
    int64_t end = 0, line = 1;
    while (!import_reader_next(reader, &record)) {
        FUZZ_CHECK(record.end >= end && record.end <= (int64_t)input.n && record.line >= line);
        FUZZ_CHECK(record.text.n < IMPORT_RECORD_MAX && !record.flaw == !record.code);
        FUZZ_CHECK(record.flaw || record.end > end);
        end = record.end;
        line = record.line;
        seen.records++;
        seen.bytes += record.text.n;
    }
    FUZZ_CHECK(seen.bytes <= input.n && seen.records <= input.n + 1);
    FUZZ_CHECK(import_reader_next(reader, &record) == ERR_NOT_FOUND);
    return seen;
}

static void check_input(struct arena *arena, Str input)
{
    struct seen whole = read_all(arena, input, SIZE_MAX), pieces = read_all(arena, input, 7);
    FUZZ_CHECK(whole.records == pieces.records && whole.bytes == pieces.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, check_input);
}
