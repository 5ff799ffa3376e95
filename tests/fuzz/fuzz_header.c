/* Whole requests as text (support/text_source.h): every request ends as good or as one of four statuses, and a good one keeps
   what request.h promises. */
#include "fuzz.h"

#include "../support/text_source.h"
#include "base/utf8.h"
#include "http/header.h"

static bool is_clean(Str text)
{
    return text.n <= 256 && !utf8_has_forbidden(text, false);
}

static void target(struct arena *arena, Str input)
{
    struct text_source text;
    struct http_source source = text_source(arena, input, &text);
    struct request request;
    request_read(arena, &source, &request);
    FUZZ_CHECK(request.refused == 0 || request.refused == 400 || request.refused == 405 || request.refused == 413 ||
               request.refused == 415);
    FUZZ_CHECK(request.id.n == 16 && str_starts(request.path, STR("/")) && str_starts(request.raw_path, STR("/")));
    FUZZ_CHECK(is_clean(request.accept_language) && is_clean(request.user_agent) && is_clean(request.accept));
    if (request.refused != 0)
        return;
    FUZZ_CHECK(request.peer.n > 0 && request.method < METHODS);
    FUZZ_CHECK(!header_has_control(request.origin) && !header_has_control(request.fetch_site) &&
               !header_has_control(request.authorization));
    FUZZ_CHECK(request.body.n <= LIMIT_UPLOAD && request.query.count <= LIMIT_FORM_FIELDS &&
               request.form.count <= LIMIT_FORM_FIELDS);
    FUZZ_CHECK(request.method > METHOD_HEAD || request.body.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
