/* What is read of a picture before anything decodes it: kind, dimensions, orientation. Bounded, and the same twice. */
#include "fuzz.h"

#include "picture/kind.h"

static void target(struct arena *arena, Str input)
{
    struct picture_facts facts, again;
    bool read = kind_read(input, &facts);
    FUZZ_CHECK(facts.orientation >= 1 && facts.orientation <= 8);
    FUZZ_CHECK(!read || (facts.kind != KIND_NONE && facts.width && facts.height));
    FUZZ_CHECK(facts.kind == kind_of(input));
    FUZZ_CHECK(kind_read(arena_copy(arena, input), &again) == read && again.width == facts.width && again.orientation == facts.orientation);
    int orientation = exif_orientation(input);
    FUZZ_CHECK(orientation >= 1 && orientation <= 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
