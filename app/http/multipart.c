#include <string.h>

#include "base/utf8.h"
#include "http/form.h"
#include "http/header.h"

enum { LIMIT_PART_HEAD = 1024, LIMIT_BOUNDARY = 70 };

/* What the head of a part says about it. */
struct part_head {
    Str disposition;              /* behind "form-data" */
    Str type;
    bool has_disposition;
};

static bool find(Str text, Str what, size_t *at)
{
    const char *found = memmem(text.p, text.n, what.p, what.n);
    if (found)
        *at = (size_t)(found - text.p);
    return found != NULL;
}

/* Takes what stands before `mark` off *rest, and the mark. */
static bool take_until(Str *rest, Str mark, Str *before)
{
    size_t at;
    if (!find(*rest, mark, &at))
        return false;
    *before = str_first(*rest, at);
    *rest = str_after(*rest, at + mark.n);
    return true;
}

/* RFC 7578 §4.7 knows no encoded parts; "binary" and its like mean none and are sent by some libraries. */
static bool encoding_is_none(Str value)
{
    return str_is(value, "binary") || str_is(value, "8bit") || str_is(value, "7bit");
}

static bool head_line(struct arena *arena, Str line, struct part_head *head)
{
    if (!str_has(line, ':') || header_has_control(line) || !utf8_is_valid(line))
        return false;
    Str name = utf8_ascii_lower(arena, str_cut(&line, ':')), value = str_trim(line);
    if (str_is(name, "content-disposition")) {
        if (head->has_disposition || !str_starts(value, STR("form-data")))
            return false;
        head->has_disposition = true;
        head->disposition = str_after(value, sizeof "form-data" - 1);
    }
    if (str_is(name, "content-type"))
        head->type = value;
    return !str_is(name, "content-transfer-encoding") || encoding_is_none(utf8_ascii_lower(arena, value));
}

static bool part_head(struct arena *arena, Str *rest, struct part_head *head)
{
    Str lines, line, window = str_first(*rest, LIMIT_PART_HEAD);
    size_t before = window.n;
    if (!take_until(&window, STR("\r\n\r\n"), &lines))
        return false;
    *rest = str_after(*rest, before - window.n);
    while (lines.n > 0) {
        if (!take_until(&lines, STR("\r\n"), &line)) {
            line = lines;
            lines = STR_NONE;
        }
        if (!head_line(arena, line, head))
            return false;
    }
    return head->has_disposition;
}

/* A text in another character set would be read wrongly, so it is not read at all. */
static bool text_part(struct arena *arena, Str type, Str content, Str *value)
{
    Str charset, media = utf8_ascii_lower(arena, type);
    str_cut(&media, ';');
    if (media.n > 0 && (!header_param(arena_join(arena, STR(";"), media), "charset", &charset) ||
                        (charset.p && !str_is(charset, "utf-8") && !str_is(charset, "utf8"))))
        return false;
    return form_value(arena, content, value);
}

static bool part_param(struct arena *arena, const struct part_head *head, Str content, Param *param)
{
    Str other;
    if (!header_param(head->disposition, "name", &param->name) ||
        !header_param(head->disposition, "filename", &param->file_name) ||
        !header_param(head->disposition, "filename*", &other) || other.p || !form_name_is_fine(param->name))
        return false;
    if (!param->file_name.p)
        return text_part(arena, head->type, content, &param->value);
    param->file_type = head->type;
    param->value = content;
    return true;
}

static bool boundary_is_fine(Str boundary)
{
    for (size_t i = 0; i < boundary.n; i++)
        if (boundary.p[i] < 0x20 || boundary.p[i] == 0x7f)
            return false;
    return boundary.n > 0 && boundary.n <= LIMIT_BOUNDARY;
}

static bool body_ends(Str rest)
{
    return str_is(rest, "--") || str_is(rest, "--\r\n");
}

/* One part, from behind its delimiter to behind the next. */
static bool take_part(struct arena *arena, Str *rest, Str delimiter, Param *param)
{
    struct part_head head = {0};
    Str content;
    if (!str_starts(*rest, STR("\r\n")))
        return false;
    *rest = str_after(*rest, 2);
    return part_head(arena, rest, &head) && take_until(rest, delimiter, &content) && part_param(arena, &head, content, param);
}

/* Strict on purpose: no preamble, no epilogue, no blanks behind a delimiter. Browsers send none, and what one reader skips
   another one reads. */
bool multipart_parse(struct arena *arena, Str body, Str boundary, struct form *out)
{
    if (!boundary_is_fine(boundary) || body.n > LIMIT_UPLOAD)
        return false;
    struct form_builder form = {.arena = arena, .most = LIMIT_FORM_FIELDS};
    Str delimiter = arena_join(arena, STR("\r\n--"), boundary), rest = body;
    if (!str_starts(rest, str_after(delimiter, 2)))
        return false;
    rest = str_after(rest, delimiter.n - 2);
    size_t text_bytes = 0;
    while (!body_ends(rest)) {
        Param param = {0};
        if (!take_part(arena, &rest, delimiter, &param) || !form_add(&form, param))
            return false;
        text_bytes += param.file_name.p ? 0 : param.value.n;
        if (text_bytes > LIMIT_FORM)
            return false;
    }
    *out = form_built(&form);
    return true;
}
