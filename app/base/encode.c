#include "base/encode.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that two hexadecimal digits stand for, or -1. */
static int hex_byte(const char *two)
{
    int high = hex_value(two[0]), low = hex_value(two[1]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

Str hex_encode(struct arena *arena, Str bytes)
{
    char *text = ARENA_ARRAY(arena, char, bytes.n * 2 + 1);
    for (size_t i = 0; i < bytes.n; i++) {
        text[2 * i] = hex_digits[(unsigned char)bytes.p[i] >> 4];
        text[2 * i + 1] = hex_digits[bytes.p[i] & 15];
    }
    return (Str){text, bytes.n * 2};
}

bool hex_decode(struct arena *arena, Str text, Str *out)
{
    if (text.n % 2 != 0)
        return false;
    char *bytes = arena_take(arena, text.n / 2 + 1);
    for (size_t i = 0; i < text.n / 2; i++) {
        int byte = hex_byte(text.p + 2 * i);
        if (byte < 0)
            return false;
        bytes[i] = (char)byte;
    }
    *out = (Str){bytes, text.n / 2};
    return true;
}

Str base64url_encode(struct arena *arena, Str bytes)
{
    char *text = arena_take(arena, bytes.n / 3 * 4 + 5);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        bits = bits << 8 | (unsigned char)bytes.p[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            text[n++] = url_digits[bits >> held & 63];
        }
    }
    if (held > 0)
        text[n++] = url_digits[bits << (6 - held) & 63];
    return (Str){text, n};
}

/* Canonical only: bits that belong to no byte must be 0, or two texts would decode to the same bytes. */
static bool base64_read(struct arena *arena, Str text, const char *digits, Str *out)
{
    if (text.n % 4 == 1)
        return false;
    char *bytes = arena_take(arena, text.n / 4 * 3 + 3);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.n; i++) {
        const char *digit = memchr(digits, text.p[i], 64);
        if (!digit)
            return false;
        bits = (bits << 6 | (uint32_t)(digit - digits)) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[n++] = (char)(bits >> held & 255);
        }
    }
    if ((bits & ((1u << held) - 1)) != 0)
        return false;
    *out = (Str){bytes, n};
    return true;
}

bool base64url_decode(struct arena *arena, Str text, Str *out)
{
    return base64_read(arena, text, url_digits, out);
}

bool base64_decode(struct arena *arena, Str text, Str *out)
{
    size_t padding = 0;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
        padding++;
    if (padding > 0 && text.n % 4 != 0)
        return false;
    return base64_read(arena, str_first(text, text.n - padding), plain_digits, out);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

Str percent_encode(struct arena *arena, Str text)
{
    char *encoded = arena_take_array(arena, 3, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (is_unreserved(c)) {
            encoded[n++] = c;
            continue;
        }
        encoded[n++] = '%';
        encoded[n++] = "0123456789ABCDEF"[(unsigned char)c >> 4];
        encoded[n++] = "0123456789ABCDEF"[c & 15];
    }
    return (Str){encoded, n};
}

bool percent_decode(struct arena *arena, Str text, bool plus, Str *out)
{
    char *decoded = arena_take(arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (plus && c == '+')
            c = ' ';
        if (c == '%') {
            int byte = text.n - i > 2 ? hex_byte(text.p + i + 1) : -1;
            if (byte <= 0)
                return false;
            c = (char)byte;
            i += 2;
        }
        decoded[n++] = c;
    }
    *out = (Str){decoded, n};
    return true;
}
