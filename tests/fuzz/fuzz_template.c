/* Templates: one that the rules let pass comes out line for line, with a pragma and no mark that the engine is not to see. */
#include "fuzz.h"

#include <string.h>

#include "view/catalog_data.h"
#include "view/mark.h"
#include "view/view_data.h"

static size_t count_lines(Str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    return lines;
}

static void check_marks(Str text)
{
    for (size_t at = 0; at < text.n;) {
        if (!str_starts(str_after(text, at), STR("{{"))) {
            at++;
            continue;
        }
        struct mark mark = mark_read(str_after(text, at));
        FUZZ_CHECK(mark.kind != MARK_UNKNOWN && mark.kind != MARK_TEXT && mark.kind != MARK_STATIC && mark.kind != MARK_COMMENT);
        FUZZ_CHECK(mark.kind != MARK_PRAGMA || at == 0);
        FUZZ_CHECK(!mark.modifiers.p || str_is(mark.modifiers, "u") || str_is(mark.modifiers, "U"));
        at += mark.length;
    }
}

static void target(struct arena *arena, Str input)
{
    static const struct static_file files[] = {{{"a.css", 5}, {"/static/a.0123456789abcdef.css", 30}}};
    static const struct message messages[] = {{{"Hi {NAME}", 9}, {NULL, 0}, {"<b>{{X}} {NAME}}\"'", 18}}, {{"Save", 4}, {NULL, 0}, {"Save", 4}}};
    struct statics statics = {.files = files, .count = 1};
    struct catalog catalog = {.code = STR("de"), .messages = messages, .count = 2};
    message_index(arena, &catalog);
    struct problems problems = {.arena = arena};
    template_check(&statics, STR("x.tpl"), input, &problems);
    if (problems.count) return;
    Str text = template_translate(arena, &statics, &catalog, STR("x.tpl"), input, &problems);
    if (problems.count) return;
    FUZZ_CHECK(count_lines(text) == count_lines(input));
    check_marks(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
