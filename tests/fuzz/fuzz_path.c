/* Paths: what is taken is canonical, has one spelling, and comes back when it is written again. */
#include "fuzz.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "http/request.h"

static Str written(struct arena *arena, Str path)
{
    struct text text = {.arena = arena};
    Str rest = str_after(path, 1);
    text_add(&text, STR("/"));
    while (rest.n > 0) {
        bool more = str_has(rest, '/');
        text_add(&text, percent_encode(arena, str_cut(&rest, '/')));
        text_add(&text, more ? STR("/") : STR(""));
    }
    return text_str(&text);
}

static void target(struct arena *arena, Str input)
{
    Str path, again;
    if (!path_parse(arena, input, &path))
        return;
    FUZZ_CHECK(str_starts(path, STR("/")) && path.n <= LIMIT_PATH && !utf8_has_forbidden(path, false));
    Str rest = str_after(path, 1);
    while (rest.n > 0) {
        Str segment = str_cut(&rest, '/');
        FUZZ_CHECK(segment.n > 0 && !str_is(segment, ".") && !str_is(segment, "..") && !str_has(segment, '\\'));
    }
    Str text = written(arena, path);
    FUZZ_CHECK(text.n > LIMIT_PATH || (path_parse(arena, text, &again) && str_eq(path, again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
