#include "base/encode.h"
#include "base/utf8.h"
#include "http/request.h"

/* Visible ASCII. What a browser would have sent otherwise ('\' as '/', '#' not at all) is refused, not guessed. */
static bool is_path_byte(char c)
{
    return c > 0x20 && c < 0x7f && c != '\\' && c != '?' && c != '#';
}

/* A byte that needs no escape must not have one, so that a path has one spelling: %2e would be a second one of '.'. */
static bool escapes_are_needed(struct arena *arena, Str segment)
{
    for (size_t i = 0; i + 2 < segment.n; i++) {
        Str byte;
        if (segment.p[i] != '%')
            continue;
        if (!percent_decode(arena, (Str){segment.p + i, 3}, false, &byte) || percent_encode(arena, byte).n == 1)
            return false;
    }
    return true;
}

static bool segment_parse(struct arena *arena, Str raw, Str *out)
{
    for (size_t i = 0; i < raw.n; i++)
        if (!is_path_byte(raw.p[i]))
            return false;
    return escapes_are_needed(arena, raw) && percent_decode(arena, raw, false, out) && !str_is(*out, ".") &&
           !str_is(*out, "..") && !str_has(*out, '/') && !str_has(*out, '\\') && utf8_is_valid(*out) &&
           !utf8_has_forbidden(*out, false);
}

bool path_parse(struct arena *arena, Str raw, Str *out)
{
    if (raw.n > LIMIT_PATH || !str_starts(raw, STR("/")))
        return false;
    struct text path = {.arena = arena};
    Str rest = str_after(raw, 1);
    while (rest.n > 0) {
        Str segment, cut = str_cut(&rest, '/');
        if (cut.n == 0 || !segment_parse(arena, cut, &segment))
            return false;
        text_add(&path, STR("/"));
        text_add(&path, segment);
    }
    if (raw.p[raw.n - 1] == '/')
        text_add(&path, STR("/"));
    *out = text_str(&path);
    return true;
}
