#include "http/form.h"

#include <string.h>

#include "base/encode.h"
#include "base/utf8.h"

bool form_add(struct form_builder *form, Param param)
{
    if (form->count == form->most)
        return false;
    if (form->count == form->room) {
        size_t room = form->room == 0 ? 8 : form->room * 2;
        Param *larger = ARENA_ARRAY(form->arena, Param, room);
        if (form->count > 0)
            memcpy(larger, form->list, form->count * sizeof *larger);
        form->list = larger;
        form->room = room;
    }
    form->list[form->count++] = param;
    return true;
}

struct form form_built(const struct form_builder *form)
{
    return (struct form){form->list, form->count};
}

bool form_name_is_fine(Str name)
{
    return name.n > 0 && name.n <= LIMIT_FORM_NAME && utf8_is_valid(name) && !utf8_has_forbidden(name, false);
}

bool form_value(struct arena *arena, Str raw, Str *out)
{
    if (str_has(raw, '\0') || !utf8_is_valid(raw))
        return false;
    char *value = arena_cstr(arena, raw);
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] != '\r' || i + 1 == raw.n || raw.p[i + 1] != '\n')
            value[n++] = raw.p[i];
    value[n] = '\0';
    *out = (Str){value, n};
    return true;
}

/* One `name=value`, or a name alone. ';' separates nothing: two readers that disagree on it would see two forms. */
static bool form_pair(struct arena *arena, Str pair, Param *param)
{
    Str name = str_cut(&pair, '='), value;
    return percent_decode(arena, name, true, &param->name) && form_name_is_fine(param->name) &&
           percent_decode(arena, pair, true, &value) && form_value(arena, value, &param->value);
}

bool form_parse(struct arena *arena, Str text, struct form *out)
{
    struct form_builder form = {.arena = arena, .most = LIMIT_FORM_FIELDS};
    if (text.n > LIMIT_FORM)
        return false;
    while (text.n > 0) {
        Str pair = str_cut(&text, '&');
        Param param = {0};
        if (pair.n > 0 && (!form_pair(arena, pair, &param) || !form_add(&form, param)))
            return false;
    }
    *out = form_built(&form);
    return true;
}

/* The only one of that name; *repeats when there are more. */
static const Param *form_find(const struct form *form, Str name, bool *repeats)
{
    const Param *found = NULL;
    *repeats = false;
    for (size_t i = 0; i < form->count; i++) {
        if (!str_eq(form->list[i].name, name))
            continue;
        *repeats = found != NULL;
        found = &form->list[i];
        if (*repeats)
            break;
    }
    return found;
}

Str form_get_str(const struct form *form, Str name)
{
    bool repeats;
    const Param *found = form_find(form, name, &repeats);
    return found && !repeats && !found->file_name.p ? found->value : STR_NONE;
}

Str form_get(const struct form *form, const char *name)
{
    return form_get_str(form, str_of(name));
}

bool form_has(const struct form *form, Str name)
{
    bool repeats;
    return form_find(form, name, &repeats) != NULL;
}

bool form_repeats(const struct form *form, Str name)
{
    bool repeats;
    (void)form_find(form, name, &repeats);
    return repeats;
}

bool form_has_repeats(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        if (form_repeats(form, form->list[i].name))
            return true;
    return false;
}
