#include "view/mark.h"
#include "view/placeholder.h"
#include "view/view_data.h"

struct translator {
    const struct statics *statics;
    const struct catalog *catalog;
    struct problems *problems;
    Str path;
    size_t line;
    struct text out;
};

/* Braces are escaped too: a translation can bring no mark of its own. */
static void add_escaped(struct text *out, Str text)
{
    for (size_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '&': text_add(out, STR("&amp;")); break;
        case '<': text_add(out, STR("&lt;")); break;
        case '>': text_add(out, STR("&gt;")); break;
        case '"': text_add(out, STR("&quot;")); break;
        case '\'': text_add(out, STR("&#39;")); break;
        case '{': text_add(out, STR("&#123;")); break;
        case '}': text_add(out, STR("&#125;")); break;
        case '\n': text_add(out, STR(" ")); break;
        default: text_add(out, (Str){text.p + i, 1});
        }
    }
}

static void add_translation(struct translator *translator, Str written)
{
    Str english, text;
    Str place = arena_print(translator->out.arena, "%.*s:%zu", STR_ARGS(translator->path), translator->line);
    if (!mark_text(translator->out.arena, written, &english)) {
        problem_add(translator->problems, place, "In a text only \\\" and \\\\ are escaped: %.*s", STR_ARGS(written));
        return;
    }
    if (!catalog_find(translator->catalog, english, &text)) {
        problem_add(translator->problems, place, "The language %.*s has no text for \"%.*s\".",
                    STR_ARGS(catalog_code(translator->catalog)), STR_ARGS(english));
        return;
    }
    Str name;
    size_t done = 0, from = 0, begin;
    while (placeholder_next(text, &from, &begin, &name)) {
        add_escaped(&translator->out, (Str){text.p + done, begin - done});
        text_print(&translator->out, "{{%.*s}}", STR_ARGS(name));
        done = from;
    }
    add_escaped(&translator->out, str_after(text, done));
}

static void translate_mark(struct translator *translator, const struct mark *mark, Str written)
{
    if (mark->kind == MARK_TEXT) add_translation(translator, mark->name);
    else if (mark->kind == MARK_STATIC) text_add(&translator->out, statics_path(translator->statics, mark->name));
    else if (mark->kind != MARK_COMMENT) text_add(&translator->out, written);
    for (size_t i = 0; i < written.n; i++) {
        if (written.p[i] != '\n') continue;
        translator->line++;
        if (mark->kind == MARK_COMMENT) text_add(&translator->out, STR("\n"));
    }
}

Str template_translate(struct arena *arena, const struct statics *statics, const struct catalog *catalog, Str path, Str text,
                       struct problems *problems)
{
    struct translator translator = {.statics = statics, .catalog = catalog, .problems = problems, .path = path, .line = 1,
                                    .out.arena = arena};
    size_t at = 0, done = 0;
    while (at < text.n) {
        if (!str_starts(str_after(text, at), STR("{{"))) {
            translator.line += text.p[at++] == '\n';
            continue;
        }
        text_add(&translator.out, (Str){text.p + done, at - done});
        struct mark mark = mark_read(str_after(text, at));
        translate_mark(&translator, &mark, str_first(str_after(text, at), mark.length));
        done = at += mark.length;
    }
    text_add(&translator.out, str_after(text, done));
    return text_str(&translator.out);
}
