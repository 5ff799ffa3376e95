#include "view/placeholder.h"

static size_t name_length(Str text)
{
    size_t n = 0;
    for (; n < text.n; n++) {
        char c = text.p[n];
        bool letter = c >= 'A' && c <= 'Z';
        if (!letter && (n == 0 || (c != '_' && (c < '0' || c > '9')))) break;
    }
    return n;
}

bool placeholder_next(Str text, size_t *from, size_t *begin, Str *name)
{
    for (size_t at = *from; at < text.n; at++) {
        if (text.p[at] != '{') continue;
        Str rest = str_after(text, at + 1);
        size_t n = name_length(rest);
        if (!n || n == rest.n || rest.p[n] != '}') continue;
        *begin = at;
        *name = str_first(rest, n);
        *from = at + n + 2;
        return true;
    }
    return false;
}

static bool has_placeholder(Str text, Str wanted)
{
    Str name;
    for (size_t from = 0, begin; placeholder_next(text, &from, &begin, &name);)
        if (str_eq(name, wanted)) return true;
    return false;
}

bool placeholders_within(Str a, Str b)
{
    Str name;
    for (size_t from = 0, begin; placeholder_next(a, &from, &begin, &name);)
        if (!has_placeholder(b, name)) return false;
    return true;
}
