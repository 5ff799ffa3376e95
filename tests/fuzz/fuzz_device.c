/* What a browser says of itself: whatever it is, only words of ours come back, and the same ones for the part that counts. */
#include "fuzz.h"

#include "account/device.h"

static bool is_plain(const char *name)
{
    Str text = str_of(name);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ')) return false;
    }
    return text.n < 32;
}

static void target(struct arena *arena, Str input)
{
    Device device = device_of(input), same = device_of(arena_copy(arena, str_first(input, 512)));
    FUZZ_CHECK(is_plain(device.browser) && is_plain(device.system));
    FUZZ_CHECK(device.browser == same.browser && device.system == same.system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
