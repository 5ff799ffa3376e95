/* Forms and queries: whatever is taken is clean, bounded, and reads the same when it is written and read again. */
#include "fuzz.h"

#include "base/encode.h"
#include "base/utf8.h"
#include "http/request.h"

static Str written(struct arena *arena, const struct form *form)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < form->count; i++) {
        text_add(&text, i > 0 ? STR("&") : STR(""));
        text_add(&text, percent_encode(arena, form->list[i].name));
        text_add(&text, STR("="));
        text_add(&text, percent_encode(arena, form->list[i].value));
    }
    return text_str(&text);
}

static void target(struct arena *arena, Str input)
{
    struct form form, again;
    if (!form_parse(arena, input, &form))
        return;
    FUZZ_CHECK(form.count <= LIMIT_FORM_FIELDS);
    for (size_t i = 0; i < form.count; i++) {
        const Param *param = &form.list[i];
        FUZZ_CHECK(param->name.n > 0 && param->name.n <= LIMIT_FORM_NAME && !utf8_has_forbidden(param->name, false));
        FUZZ_CHECK(param->value.p && utf8_is_valid(param->value) && !str_has(param->value, '\0'));
        FUZZ_CHECK(form_has(&form, param->name));
        FUZZ_CHECK(form_repeats(&form, param->name) != (form_get_str(&form, param->name).p != NULL));
    }
    Str text = written(arena, &form);
    if (text.n > LIMIT_FORM)
        return;
    /* CR CR LF becomes CR LF, which the second reading makes LF: the values differ then, and only then. */
    FUZZ_CHECK(form_parse(arena, text, &again) && again.count == form.count);
    for (size_t i = 0; i < form.count; i++)
        FUZZ_CHECK(str_eq(form.list[i].name, again.list[i].name) &&
                   (str_has(form.list[i].value, '\r') || str_eq(form.list[i].value, again.list[i].value)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
