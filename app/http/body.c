#include "http/body.h"

#include "base/utf8.h"
#include "http/header.h"

enum body_kind { BODY_NONE, BODY_FORM, BODY_MULTIPART, BODY_JSON };

static const struct {
    const char *type;
    enum body_kind kind;
} kinds[] = {
    {"application/x-www-form-urlencoded", BODY_FORM},
    {"multipart/form-data", BODY_MULTIPART},
    {"application/json", BODY_JSON},
};

/* Where a picture may come (nginx.conf.example has the same two). */
static bool is_upload_path(Str path)
{
    return str_is(path, "/profile/picture") || (str_starts(path, STR("/o/")) && str_ends(path, STR("/desk/branding/mark")));
}

static int64_t limit_of(const struct request *request, enum body_kind kind)
{
    return kind == BODY_MULTIPART && is_upload_path(request->path) ? LIMIT_UPLOAD : LIMIT_FORM;
}

static Str param_of(const struct http_source *source, const char *name)
{
    return str_of(source->param(source->self, name));
}

/* Requests are never unpacked: a few bytes could become gigabytes. */
static bool is_packed(const struct http_source *source, struct arena *arena)
{
    Str encoding = utf8_ascii_lower(arena, param_of(source, "HTTP_CONTENT_ENCODING"));
    return encoding.n > 0 && !str_is(encoding, "identity");
}

static bool length_of(const struct http_source *source, int64_t *length)
{
    Str text = param_of(source, "CONTENT_LENGTH");
    *length = 0;
    return text.n == 0 || (!str_has(text, '-') && str_to_int(text, length));
}

/* The kind of a type; its parameters stay in *params. False: not a type this program reads. */
static bool kind_of(struct request *request, Str *params, enum body_kind *kind)
{
    Str type = *params, charset;
    size_t n = 0;
    while (n < type.n && type.p[n] != ';')
        n++;
    request->content_type = utf8_ascii_lower(request->arena, str_trim(str_first(type, n)));
    *params = str_after(type, n);
    if (!header_param(*params, "charset", &charset) ||
        (charset.p && !str_is(utf8_ascii_lower(request->arena, charset), "utf-8")))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_is(request->content_type, kinds[i].type)) {
            *kind = kinds[i].kind;
            return true;
        }
    return false;
}

static bool take_bytes(const struct http_source *source, struct request *request, size_t length)
{
    char *bytes = arena_take(request->arena, length + 1);
    size_t n = 0;
    while (n < length) {
        size_t more = source->read ? source->read(source->self, bytes + n, length - n) : 0;
        if (more == 0 || more > length - n)
            return false;
        n += more;
    }
    request->body = (Str){bytes, length};
    return true;
}

static bool parse(struct request *request, enum body_kind kind, Str params)
{
    Str boundary;
    if (kind == BODY_FORM)
        return form_parse(request->arena, request->body, &request->form);
    if (kind == BODY_MULTIPART)
        return header_param(params, "boundary", &boundary) &&
               multipart_parse(request->arena, request->body, boundary, &request->form);
    return true;
}

int body_read(const struct http_source *source, struct request *request)
{
    int64_t length;
    enum body_kind kind = BODY_NONE;
    Str type = param_of(source, "CONTENT_TYPE");
    if (is_packed(source, request->arena))
        return 415;
    if (!length_of(source, &length))
        return 400;
    if (request->method == METHOD_GET || request->method == METHOD_HEAD)
        return length == 0 ? 0 : 400;
    if (type.n == 0 && length == 0)
        return 0;
    if (!kind_of(request, &type, &kind))
        return 415;
    if (length > limit_of(request, kind))
        return 413;
    return take_bytes(source, request, (size_t)length) && parse(request, kind, type) ? 0 : 400;
}
