/* First line: a pattern of an operator; the rest: a text of anybody. */
#include "fuzz.h"

#include "base/utf8.h"
#include "model/pattern.h"

static void target(struct arena *arena, Str text)
{
    Str form = str_cut(&text, '\n');
    const struct pattern *pattern;
    const char *problem = NULL;
    bool usable = pattern_compile(arena, form, &pattern, &problem);
    FUZZ_CHECK(usable || problem);
    if (usable && utf8_is_valid(text))
        (void)pattern_matches(arena, pattern, text.p ? text : STR(""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
