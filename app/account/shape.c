#include "account/shape.h"

#include <string.h>

#include "base/utf8.h"

enum { NEAREST_ROOM = 48, SHOWN_BYTES = 60 };

Str json_str(const json_t *text)
{
    if (!json_is_string(text))
        return STR_NONE;
    return (Str){json_string_value(text), json_string_length(text)};
}

void text_add_safe(struct text *text, Str valid)
{
    size_t at = 0, from = 0;
    uint32_t character;
    if (!utf8_has_forbidden(valid, false)) {
        text_add(text, valid);
        return;
    }
    while (utf8_next(valid, &at, &character)) {
        Str piece = {valid.p + from, at - from};
        if (utf8_has_forbidden(piece, false))
            text_print(text, "\\u%04x", (unsigned)character);
        else
            text_add(text, piece);
        from = at;
    }
}

Str shape_shown(struct arena *arena, Str text)
{
    size_t n = text.n;
    if (n > SHOWN_BYTES)
        for (n = SHOWN_BYTES; n && ((unsigned char)text.p[n] & 0xc0) == 0x80; n--) continue;
    text = str_first(text, n);
    if (!utf8_has_forbidden(text, false)) return arena_copy(arena, text);
    struct text shown = {.arena = arena};
    text_add_safe(&shown, text);
    return text_str(&shown);
}

Str shape_place(const struct shape *shape, const char *key)
{
    return place_at(shape->problems->arena, shape->place, shape_shown(shape->problems->arena, str_of(key)).p);
}

static bool is_too_deep(const json_t *value, int left)
{
    if (!json_is_object(value) && !json_is_array(value))
        return false;
    if (left == 0)
        return true;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
        if (is_too_deep(member, left - 1))
            return true;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (is_too_deep(json_array_get(value, i), left - 1))
            return true;
    return false;
}

/* jansson quotes what stands near the error; that may be a secret. */
static Str without_quotation(const char *message)
{
    const char *near = strstr(message, " near ");
    return near ? (Str){message, (size_t)(near - message)} : str_of(message);
}

Error shape_parse(struct problems *problems, Str text, size_t most, json_t **out)
{
    if (text.n > most) {
        problem_add(problems, STR("file"), "is larger than %zu MB", most >> 20);
        return ERR_INVALID;
    }
    json_error_t error;
    json_t *root = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        Str place = arena_print(problems->arena, "%d:%d", error.line, error.column);
        problem_add(problems, place, "%.*s", STR_ARGS(without_quotation(error.text)));
        return ERR_INVALID;
    }
    if (is_too_deep(root, SHAPE_DEPTH)) {
        problem_add(problems, STR("file"), "is nested deeper than %d levels", SHAPE_DEPTH);
        return ERR_INVALID;
    }
    *out = root;
    return OK;
}

bool shape_open(struct problems *problems, const json_t *value, Str place, struct shape *out)
{
    if (!json_is_object(value)) {
        problem_add(problems, place, "must be an object");
        return false;
    }
    *out = (struct shape){problems, value, place};
    return true;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to add, drop, change or swap (optimal string alignment) between two texts of at most NEAREST_ROOM bytes. */
static size_t distance(Str a, Str b)
{
    size_t rows[3][NEAREST_ROOM + 1], *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            row[j] = least_of(least_of(above[j], row[j - 1]) + 1, above[j - 1] + (a.p[i - 1] != b.p[j - 1]));
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                row[j] = least_of(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b.n];
}

static Str nearest(Str written, const Str *known, size_t count)
{
    if (written.n < 3 || written.n > NEAREST_ROOM)
        return STR_NONE;
    size_t best = written.n / 3 + 1;
    Str found = STR_NONE;
    for (size_t i = 0; i < count; i++) {
        size_t far = known[i].n > NEAREST_ROOM ? best : distance(written, known[i]);
        if (far < best) {
            best = far;
            found = known[i];
        }
    }
    return found;
}

void shape_unknown(struct problems *problems, Str place, const char *what, Str written, const Str *known, size_t count)
{
    Str meant = nearest(written, known, count);
    if (meant.p)
        problem_add(problems, place, "no such %s; did you mean %s?", what, shape_shown(problems->arena, meant).p);
    else
        problem_add(problems, place, "no such %s", what);
}

static bool is_among(Str name, const Str *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, known[i]))
            return true;
    return false;
}

void shape_closed(const struct shape *shape, const Str *known, size_t count)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)shape->object, key, value) {
        if (!is_among(str_of(key), known, count))
            shape_unknown(shape->problems, shape_place(shape, key), "key", str_of(key), known, count);
    }
}

bool shape_has(const struct shape *shape, const char *key)
{
    if (json_object_get(shape->object, key))
        return true;
    problem_add(shape->problems, shape->place, "%s is needed", key);
    return false;
}

Str shape_text(const struct shape *shape, const char *key, size_t least, size_t most)
{
    const json_t *value = json_object_get(shape->object, key);
    if (!value)
        return STR_NONE;
    Str text = json_str(value);
    if (!text.p) {
        problem_add(shape->problems, shape_place(shape, key), "must be a text");
        return STR_NONE;
    }
    size_t length = utf8_length(text);
    if (length < least || length > most) {
        problem_add(shape->problems, shape_place(shape, key), "must have %zu to %zu characters", least, most);
        return STR_NONE;
    }
    if (utf8_has_forbidden(text, false)) {
        problem_add(shape->problems, shape_place(shape, key), "has characters that do not belong in a text");
        return STR_NONE;
    }
    return text;
}

Str shape_name(const struct shape *shape, const char *key, size_t most)
{
    Str text = shape_text(shape, key, 1, most);
    if (!text.p || utf8_is_visible(text))
        return text;
    problem_add(shape->problems, shape_place(shape, key), "must have a letter or sign that can be seen");
    return STR_NONE;
}

int shape_bool(const struct shape *shape, const char *key)
{
    const json_t *value = json_object_get(shape->object, key);
    if (!value)
        return -1;
    if (json_is_boolean(value))
        return json_is_true(value) ? 1 : 0;
    problem_add(shape->problems, shape_place(shape, key), "must be true or false");
    return -1;
}

const json_t *shape_array(const struct shape *shape, const char *key)
{
    const json_t *value = json_object_get(shape->object, key);
    if (!value || json_is_array(value))
        return value;
    problem_add(shape->problems, shape_place(shape, key), "must be a list");
    return NULL;
}

const json_t *shape_dict(const struct shape *shape, const char *key)
{
    const json_t *value = json_object_get(shape->object, key);
    if (!value || json_is_object(value))
        return value;
    problem_add(shape->problems, shape_place(shape, key), "must be an object");
    return NULL;
}
