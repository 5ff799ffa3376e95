#include "view/mark.h"

#include <string.h>

static size_t name_end(Str text)
{
    size_t n = 0;
    for (; n < text.n; n++) {
        char c = text.p[n];
        if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') break;
    }
    return n;
}

/* The length of a quoted text, its quotes included; 0: it does not end on this line. */
static size_t quoted_end(Str text)
{
    if (!text.n || text.p[0] != '"') return 0;
    for (size_t i = 1; i < text.n && text.p[i] != '\n'; i++) {
        if (text.p[i] == '\\') i++;
        else if (text.p[i] == '"') return i + 1;
    }
    return 0;
}

/* A mark of ours with a quoted text between `before` and `behind`. */
static bool read_quoted(Str text, Str before, Str behind, enum mark_kind kind, struct mark *out)
{
    if (!str_starts(text, before)) return false;
    Str quoted = str_after(text, before.n);
    size_t end = quoted_end(quoted);
    if (end < 3 || !str_starts(str_after(quoted, end), behind)) return false;
    *out = (struct mark){.kind = kind, .name = {quoted.p + 1, end - 2}, .length = before.n + end + behind.n};
    return true;
}

static bool read_until_end(Str text, enum mark_kind kind, struct mark *out)
{
    const char *end = memmem(text.p, text.n, "}}", 2);
    if (!end) return false;
    *out = (struct mark){.kind = kind, .name = {text.p + 3, (size_t)(end - text.p) - 3}, .length = (size_t)(end - text.p) + 2};
    return true;
}

static enum mark_kind kind_of(char sign)
{
    switch (sign) {
    case '#': return MARK_SECTION;
    case '/': return MARK_END;
    case '>': return MARK_INCLUDE;
    default: return MARK_VALUE;
    }
}

static bool read_named(Str text, struct mark *out)
{
    enum mark_kind kind = kind_of(text.p[2]);
    size_t at = kind == MARK_VALUE ? 2 : 3;
    Str name = str_first(str_after(text, at), name_end(str_after(text, at)));
    Str rest = str_after(text, at + name.n), modifiers = STR_NONE;
    if (kind == MARK_VALUE && str_starts(rest, STR(":"))) {
        const char *end = memmem(rest.p, rest.n, "}}", 2);
        if (!end) return false;
        modifiers = (Str){rest.p + 1, (size_t)(end - rest.p) - 1};
        rest = str_after(rest, modifiers.n + 1);
    }
    if (!name.n || !str_starts(rest, STR("}}"))) return false;
    *out = (struct mark){.kind = kind, .name = name, .modifiers = modifiers, .length = (size_t)(rest.p - text.p) + 2};
    return true;
}

struct mark mark_read(Str text)
{
    struct mark mark = {.kind = MARK_UNKNOWN, .length = 2};
    if (text.n < 5) return mark;
    if (text.p[2] == '!' && read_until_end(text, MARK_COMMENT, &mark)) return mark;
    if (text.p[2] == '%' && read_until_end(text, MARK_PRAGMA, &mark)) return mark;
    if (read_quoted(text, STR("{{_("), STR(")}}"), MARK_TEXT, &mark)) return mark;
    if (read_quoted(text, STR("{{static "), STR("}}"), MARK_STATIC, &mark)) return mark;
    if (!read_named(text, &mark)) mark = (struct mark){.kind = MARK_UNKNOWN, .length = 2};
    return mark;
}

bool mark_text(struct arena *arena, Str written, Str *out)
{
    char *plain = arena_take(arena, written.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < written.n; i++) {
        if (written.p[i] == '\\' && (++i == written.n || (written.p[i] != '"' && written.p[i] != '\\'))) return false;
        plain[n++] = written.p[i];
    }
    *out = (Str){plain, n};
    return true;
}
