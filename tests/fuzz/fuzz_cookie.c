/* Cookie headers: no name twice, no control characters, no more than there was. */
#include "fuzz.h"

#include "base/utf8.h"
#include "http/header.h"
#include "http/request.h"

static void target(struct arena *arena, Str input)
{
    struct form cookies;
    if (!cookies_parse(arena, input, &cookies))
        return;
    size_t bytes = 0;
    FUZZ_CHECK(cookies.count <= 200);
    for (size_t i = 0; i < cookies.count; i++) {
        const Param *cookie = &cookies.list[i];
        bytes += cookie->name.n + cookie->value.n + 1;
        FUZZ_CHECK(header_is_token(cookie->name) && !form_repeats(&cookies, cookie->name));
        FUZZ_CHECK(utf8_is_valid(cookie->value) && !header_has_control(cookie->value) && !str_has(cookie->value, ';'));
    }
    FUZZ_CHECK(bytes <= input.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
