/* Multipart bodies. The boundary is the input's first line, so that the fuzzer can change it as well. */
#include "fuzz.h"

#include "base/utf8.h"
#include "http/request.h"

static bool inside(Str part, Str whole)
{
    return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

static void target(struct arena *arena, Str input)
{
    struct form form;
    Str boundary = str_cut(&input, '\n');
    if (!multipart_parse(arena, input, boundary, &form))
        return;
    size_t text_bytes = 0;
    FUZZ_CHECK(form.count <= LIMIT_FORM_FIELDS);
    for (size_t i = 0; i < form.count; i++) {
        const Param *param = &form.list[i];
        FUZZ_CHECK(param->name.n > 0 && param->name.n <= LIMIT_FORM_NAME && !utf8_has_forbidden(param->name, false));
        if (param->file_name.p) {
            FUZZ_CHECK(utf8_is_valid(param->file_name) && !str_has(param->file_name, '\n') && inside(param->value, input));
            continue;
        }
        text_bytes += param->value.n;
        FUZZ_CHECK(utf8_is_valid(param->value) && !str_has(param->value, '\0'));
    }
    FUZZ_CHECK(text_bytes <= LIMIT_FORM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
