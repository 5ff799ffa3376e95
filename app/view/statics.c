#include "view/files.h"
#include "view/view_data.h"

enum { STATICS_MAX = 1000, FINGERPRINT = 16 };

static bool is_fingerprint(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!(text.p[i] >= '0' && text.p[i] <= '9') && !(text.p[i] >= 'a' && text.p[i] <= 'f')) return false;
    return text.n == FINGERPRINT;
}

/* Letters, digits, '-', '_' and '.': nothing that an address or an attribute would have to escape. */
static bool is_plain(Str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.') return false;
    }
    return name.n > 0;
}

/* "latchkey.0123456789abcdef.css" gives "latchkey.css". STR_NONE: not named like that. */
static Str plain_name(struct arena *arena, Str file)
{
    size_t dot = file.n;
    while (dot && file.p[dot - 1] != '.') dot--;
    if (!is_plain(file) || dot < FINGERPRINT + 3 || dot == file.n) return STR_NONE;
    size_t mark = dot - 1 - FINGERPRINT;
    if (file.p[mark - 1] != '.' || !is_fingerprint((Str){file.p + mark, FINGERPRINT})) return STR_NONE;
    return arena_join(arena, str_first(file, mark), str_after(file, dot));
}

Str statics_path(const struct statics *statics, Str name)
{
    for (size_t i = 0; i < statics->count; i++)
        if (str_eq(statics->files[i].name, name)) return statics->files[i].path;
    return STR_NONE;
}

void statics_load(struct arena *arena, const char *folder, struct problems *problems, struct statics *out)
{
    Str *names;
    size_t count;
    *out = (struct statics){0};
    if (folder_list(arena, folder, STR(""), STATICS_MAX, &names, &count)) {
        problem_add(problems, str_of(folder), "The folder of the static files cannot be read.");
        return;
    }
    struct static_file *files = ARENA_ARRAY(arena, struct static_file, count);
    out->files = files;
    for (size_t i = 0; i < count; i++) {
        Str name = plain_name(arena, names[i]);
        if (!name.p) continue;
        if (statics_path(out, name).p)
            problem_add(problems, str_of(folder), "There is more than one version of %.*s.", STR_ARGS(name));
        files[out->count++] = (struct static_file){.name = name, .path = arena_join(arena, STR("/static/"), names[i])};
    }
}
