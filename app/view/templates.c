#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "view/engine.h"
#include "view/files.h"
#include "view/view_data.h"

enum { TEMPLATES_MAX = 500, TEMPLATE_MAX_BYTES = 256 << 10, COMPLAINT_MAX = 2000 };

struct source {
    Str name, path, text;
};

struct sources {
    struct source *list;
    size_t count;
};

/* ---- the engine's complaints ---- */

/* While a template is parsed, file descriptor 2 is a file in memory: the engine has no other way to say what is wrong.
   Nothing else runs then, as everything is loaded before the first fork or thread. */
struct capture {
    int file, stderr_copy;
};

static struct capture capture_begin(void)
{
    struct capture capture = {.file = memfd_create("complaints", MFD_CLOEXEC), .stderr_copy = -1};
    if (capture.file >= 0) capture.stderr_copy = dup(STDERR_FILENO);
    if (capture.stderr_copy >= 0) dup2(capture.file, STDERR_FILENO);
    return capture;
}

static Str capture_end(struct arena *arena, struct capture *capture)
{
    char said[COMPLAINT_MAX];
    ssize_t n = 0;
    if (capture->stderr_copy >= 0) {
        dup2(capture->stderr_copy, STDERR_FILENO);
        close(capture->stderr_copy);
        n = pread(capture->file, said, sizeof said, 0);
    }
    if (capture->file >= 0) close(capture->file);
    return arena_copy(arena, (Str){said, n > 0 ? (size_t)n : 0});
}

/* What the engine says about a text; empty: it is fine. */
static Str parse(struct arena *arena, struct engine *engine, Str name, Str text)
{
    struct capture capture = capture_begin();
    bool parsed = engine && engine_add(engine, name, text);
    Str said = str_trim(capture_end(arena, &capture));
    return parsed || said.n ? said : STR("The template cannot be parsed.");
}

/* The engine gives no line. The first one is meant that makes it say the same about the text up to there. */
static size_t line_of(struct arena *arena, Str text, Str said)
{
    size_t line = 1;
    for (size_t end = 0; end < text.n; end++) {
        if (text.p[end] != '\n') continue;
        struct engine *engine = engine_open();
        bool found = str_eq(parse(arena, engine, STR("part"), str_first(text, end + 1)), said);
        engine_close(engine);
        if (found) break;
        line++;
    }
    return line;
}

static void report(struct arena *arena, const struct source *source, Str text, Str said, struct problems *problems)
{
    Str place = arena_print(arena, "%.*s:%zu", STR_ARGS(source->path), line_of(arena, text, said));
    Str first = str_cut(&said, '\n');
    const char *prefix = "ERROR: Template : ERROR: ";
    if (str_starts(first, str_of(prefix))) first = str_after(first, strlen(prefix));
    problem_add(problems, place, "%.*s", STR_ARGS(first));
}

/* ---- loading ---- */

static Error read_source(struct arena *arena, const char *folder, Str name, struct problems *problems, struct source *out)
{
    const char *path = path_join(arena, folder, name);
    *out = (struct source){.name = name, .path = str_of(path)};
    Error error = file_read(arena, path, TEMPLATE_MAX_BYTES, &out->text);
    if (!error && (!utf8_is_valid(out->text) || str_has(out->text, '\0') || str_has(out->text, '\r'))) error = ERR_INVALID;
    if (error) problem_add(problems, out->path, "The file cannot be read, is too large, or is not UTF-8 text with plain lines.");
    return error;
}

static void read_sources(struct arena *arena, const char *folder, struct problems *problems, struct sources *out)
{
    Str *names;
    size_t count;
    bool has_base = false;
    *out = (struct sources){0};
    if (folder_list(arena, folder, STR(".tpl"), TEMPLATES_MAX, &names, &count)) {
        problem_add(problems, str_of(folder), "The folder of the templates cannot be read.");
        return;
    }
    out->list = ARENA_ARRAY(arena, struct source, count);
    for (size_t i = 0; i < count; i++) {
        has_base = has_base || str_is(names[i], VIEW_BASE);
        if (!read_source(arena, folder, names[i], problems, &out->list[out->count])) out->count++;
    }
    if (!has_base) problem_add(problems, str_of(folder), "%s is missing.", VIEW_BASE);
}

static void compile(struct arena *arena, const struct view *view, struct engine *engine, const struct catalog *catalog,
                    const struct sources *sources, struct problems *problems)
{
    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->list[i];
        Str text = template_translate(arena, &view->statics, catalog, source->path, source->text, problems);
        Str said = parse(arena, engine, source->name, text);
        if (said.n) report(arena, source, text, said, problems);
    }
    engine_freeze(engine);
}

/* An empty page of each: whatever the engine finds out only then stops the start too. */
static void try_out(struct engine *engine, const struct sources *sources, struct problems *problems)
{
    for (size_t i = 0; i < sources->count; i++) {
        Str rendered;
        struct part nothing = {0};
        if (!engine_render(engine, sources->list[i].name.p, &nothing, &rendered))
            problem_add(problems, sources->list[i].path, "The template cannot be rendered.");
    }
    engine_forget(engine);
}

static void load_language(struct arena *arena, struct view *view, size_t language, const struct sources *sources,
                          struct problems *problems)
{
    size_t before = problems->count;
    struct engine *engine = view->engines[language] = engine_open();
    if (!engine) {
        problem_add(problems, STR("templates"), "Memory is out.");
        return;
    }
    compile(arena, view, engine, view->catalogs->list[language], sources, problems);
    if (problems->count == before) try_out(engine, sources, problems);
}

Error view_load(struct arena *arena, const char *templates_dir, const char *static_dir, const struct catalogs *catalogs,
                struct problems *problems, struct view **out)
{
    size_t before = problems->count;
    struct view *view = ARENA_NEW(arena, struct view);
    struct sources sources;
    view->catalogs = catalogs;
    statics_load(arena, static_dir, problems, &view->statics);
    read_sources(arena, templates_dir, problems, &sources);
    for (size_t i = 0; i < sources.count; i++)
        template_check(&view->statics, sources.list[i].path, sources.list[i].text, problems);
    /* The engine's parser is no match for a hostile template: it gets none that the rules refuse. */
    if (problems->count != before) return ERR_INVALID;
    view->engines = ARENA_ARRAY(arena, struct engine *, catalogs->count);
    for (size_t i = 0; i < catalogs->count; i++) load_language(arena, view, i, &sources, problems);
    if (problems->count != before) {
        view_close(view);
        return ERR_INVALID;
    }
    *out = view;
    return OK;
}

void view_close(struct view *view)
{
    for (size_t i = 0; view && i < view->catalogs->count; i++) engine_close(view->engines[i]);
}

const struct catalogs *view_catalogs(const struct view *view)
{
    return view->catalogs;
}

struct engine *view_engine(const struct view *view, const struct catalog *catalog)
{
    for (size_t i = 0; i < view->catalogs->count; i++)
        if (view->catalogs->list[i] == catalog) return view->engines[i];
    return view->engines[0];
}

Str view_static(const struct view *view, const char *name)
{
    return statics_path(&view->statics, str_of(name));
}
