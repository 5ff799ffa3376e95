#include "net/encoding.h"

#include <string.h>

#include "base/utf8.h"

enum {
    BODY_COLUMNS = 76,
    HEADER_COLUMNS = 78,
    ENCODED_COLUMNS = 76,         /* of a header's line with an encoded word in it; the word itself has 75 at most */
    WORD_FRAME = 12,              /* =?UTF-8?B?…?= */
    WORD_BYTES = 45,              /* 60 characters of base64 */
};

/* --- base64 --- */

static void base64_add(struct text *out, Str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.n; i += 3) {
        uint32_t group = 0;
        size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
        for (size_t k = 0; k < 3; k++) group = group << 8 | (k < n ? (unsigned char)bytes.p[i + k] : 0);
        char four[4] = {digits[group >> 18], digits[group >> 12 & 63], n > 1 ? digits[group >> 6 & 63] : '=',
                        n > 2 ? digits[group & 63] : '='};
        text_add(out, (Str){four, 4});
    }
}

/* --- bodies --- */

/* The length of the line end that stands here; 0: none. */
static size_t line_end(Str text, size_t at)
{
    if (text.p[at] == '\n') return 1;
    if (text.p[at] != '\r') return 0;
    return at + 1 < text.n && text.p[at + 1] == '\n' ? 2 : 1;
}

static Str with_crlf(struct arena *arena, Str body)
{
    struct text out = {.arena = arena};
    for (size_t at = 0, end; at < body.n; at += end ? end : 1) {
        end = line_end(body, at);
        text_add(&out, end ? STR("\r\n") : (Str){body.p + at, 1});
    }
    return text_str(&out);
}

void encode_bytes(struct text *out, Str bytes)
{
    enum { LINE_BYTES = BODY_COLUMNS / 4 * 3 };
    for (; bytes.n; bytes = str_after(bytes, LINE_BYTES)) {
        base64_add(out, str_first(bytes, LINE_BYTES));
        text_add(out, STR("\r\n"));
    }
}

void encode_base64(struct text *out, Str body)
{
    encode_bytes(out, with_crlf(out->arena, body));
}

/* Blanks at a line's end fall to programs on the way, a dot or "From " at its start is taken for something else. */
static bool is_plain(Str body, size_t at, size_t column)
{
    unsigned char c = (unsigned char)body.p[at];
    bool last = at + 1 == body.n || line_end(body, at + 1);
    if (c == ' ') return !last;
    if (column == 0 && (c == '.' || str_starts(str_after(body, at), STR("From ")))) return false;
    return c > 0x20 && c < 0x7f && c != '=';
}

void encode_quoted_printable(struct text *out, Str body)
{
    size_t column = 0;
    for (size_t at = 0, end; at < body.n; at += end ? end : 1) {
        end = line_end(body, at);
        if (end) {
            text_add(out, STR("\r\n"));
            column = 0;
            continue;
        }
        bool plain = is_plain(body, at, column);
        if (column + (plain ? 1 : 3) >= BODY_COLUMNS) {
            text_add(out, STR("=\r\n"));
            column = 0;
            plain = is_plain(body, at, column);
        }
        if (plain) text_add(out, (Str){body.p + at, 1});
        else text_print(out, "=%02X", (unsigned)(unsigned char)body.p[at]);
        column += plain ? 1 : 3;
    }
    if (column) text_add(out, STR("\r\n"));
}

bool encode_is_readable(Str body)
{
    size_t others = 0;
    for (size_t i = 0; i < body.n; i++) others += (unsigned char)body.p[i] >= 0x80;
    return others <= body.n / 6;
}

/* --- headers --- */

size_t encode_word(struct text *out, size_t column, Str word)
{
    bool fits = column + 1 + word.n <= HEADER_COLUMNS;
    text_add(out, fits ? STR(" ") : STR("\r\n "));
    text_add(out, word);
    return (fits ? column : 0) + 1 + word.n;
}

/* Plain means: it comes out the same when it is folded at its blanks, and nobody takes a part of it for an encoded word. */
static bool is_foldable(Str value)
{
    size_t word = 0;
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c >= 0x7f || (c == '=' && i + 1 < value.n && value.p[i + 1] == '?')) return false;
        if (c == ' ' && word == 0) return false;
        word = c == ' ' ? 0 : word + 1;
        if (word >= HEADER_COLUMNS - 1) return false;
    }
    return word > 0;
}

/* How many bytes of the value make one more encoded word; a character is never split. */
static size_t word_bytes(Str value, size_t column)
{
    size_t at = 0, fit = 0;
    size_t room = column + WORD_FRAME < ENCODED_COLUMNS ? (ENCODED_COLUMNS - column - WORD_FRAME) / 4 * 3 : 0;
    if (room > WORD_BYTES) room = WORD_BYTES;
    for (uint32_t character; utf8_next(value, &at, &character) && at <= room;) fit = at;
    return fit;
}

static size_t add_encoded(struct text *out, size_t column, Str value)
{
    while (value.n) {
        size_t n = word_bytes(value, column + 1);
        bool fits = n > 0;
        if (!fits) n = word_bytes(value, 1);
        Str bytes = str_first(value, n ? n : value.n);
        text_add(out, fits ? STR(" =?UTF-8?B?") : STR("\r\n =?UTF-8?B?"));
        base64_add(out, bytes);
        text_add(out, STR("?="));
        column = (fits ? column : 0) + 1 + WORD_FRAME + (bytes.n + 2) / 3 * 4;
        value = str_after(value, bytes.n);
        if (value.n) column = ENCODED_COLUMNS;
    }
    return column;
}

static size_t add_folded(struct text *out, size_t column, Str value)
{
    while (value.p) column = encode_word(out, column, str_cut(&value, ' '));
    return column;
}

size_t encode_header(struct text *out, size_t column, Str value)
{
    return is_foldable(value) ? add_folded(out, column, value) : add_encoded(out, column, value);
}

static bool has_specials(Str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (memchr("()<>[]:;@\\,.\"", name.p[i], 13)) return true;
    return false;
}

size_t encode_phrase(struct text *out, size_t column, Str name)
{
    if (!has_specials(name) || !is_foldable(name)) return encode_header(out, column, name);
    struct text quoted = {.arena = out->arena};
    text_add(&quoted, STR("\""));
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"' || name.p[i] == '\\') text_add(&quoted, STR("\\"));
        text_add(&quoted, (Str){name.p + i, 1});
    }
    text_add(&quoted, STR("\""));
    return add_folded(out, column, text_str(&quoted));
}
