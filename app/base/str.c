#include "base/str.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

uint64_t str_hash(Str text)
{
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);     /* 2^64 by the golden ratio: its products are well spread */
    uint64_t hash = text.n;
    while (text.n > 0) {
        uint64_t word = 0;
        Str part = str_first(text, sizeof word);
        memcpy(&word, part.p, part.n);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
        text = str_after(text, part.n);
    }
    return hash;
}

bool str_starts(Str text, Str prefix)
{
    return text.n >= prefix.n && str_eq(str_first(text, prefix.n), prefix);
}

bool str_ends(Str text, Str suffix)
{
    return text.n >= suffix.n && str_eq(str_after(text, text.n - suffix.n), suffix);
}

int str_compare(Str a, Str b)
{
    size_t shorter = a.n < b.n ? a.n : b.n;
    int order = shorter == 0 ? 0 : memcmp(a.p, b.p, shorter);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

Str str_trim(Str text)
{
    while (text.n > 0 && is_space(text.p[0]))
        text = str_after(text, 1);
    while (text.n > 0 && is_space(text.p[text.n - 1]))
        text.n--;
    return text;
}

Str str_after(Str text, size_t n)
{
    if (n > text.n)
        n = text.n;
    return n == 0 ? text : (Str){text.p + n, text.n - n};
}

Str str_first(Str text, size_t n)
{
    return (Str){text.p, n < text.n ? n : text.n};
}

Str str_cut(Str *text, char separator)
{
    Str all = *text;
    const char *found = all.n == 0 ? NULL : memchr(all.p, separator, all.n);
    if (!found) {
        *text = STR_NONE;
        return all;
    }
    size_t before = (size_t)(found - all.p);
    *text = str_after(all, before + 1);
    return str_first(all, before);
}

bool str_has(Str text, char c)
{
    return text.n > 0 && memchr(text.p, c, text.n) != NULL;
}

bool str_to_int(Str text, int64_t *out)
{
    bool negative = text.n > 0 && text.p[0] == '-';
    Str digits = negative ? str_after(text, 1) : text;
    if (digits.n == 0)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return false;
        int digit = digits.p[i] - '0';
        /* Built up on its own side of zero, because INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}
