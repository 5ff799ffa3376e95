#include "account/invited_cells.h"

static Str cut_plain(Str *line, const char *separators)
{
    Str all = *line;
    for (size_t i = 0; i < all.n; i++) {
        if (!strchr(separators, all.p[i]) || !all.p[i]) continue;
        *line = str_after(all, i + 1);
        return str_first(all, i);
    }
    *line = STR_NONE;
    return all;
}

/* A quote that is never closed ends with its line, so that one slip does not swallow the list. Behind a quoted name may stand its
   address. */
static Str cut_quoted(struct arena *arena, Str *line, const char *separators, bool *loose)
{
    struct text cell = {.arena = arena};
    Str rest = str_after(*line, 1);
    bool closed = false;
    while (rest.p) {
        text_add(&cell, str_cut(&rest, '"'));
        closed = rest.p != NULL;
        if (!rest.n || *rest.p != '"') break;
        text_add(&cell, STR("\""));
        rest = str_after(rest, 1);
    }
    Str behind = str_trim(cut_plain(&rest, separators));
    *line = rest;
    if (str_starts(behind, STR("<"))) return behind;
    *loose = *loose || !closed || behind.n;
    return text_str(&cell);
}

struct invited_cells invited_cut(struct arena *arena, Str line, const char *separators)
{
    struct invited_cells cells = {.count = 0};
    while (line.p && cells.count < INVITED_CELLS_MAX) {
        while (line.n && *line.p == ' ') line = str_after(line, 1);
        bool quoted = line.n && *line.p == '"';
        Str cell = quoted ? cut_quoted(arena, &line, separators, &cells.loose_quote) : cut_plain(&line, separators);
        cells.cell[cells.count++] = str_trim(cell);
    }
    cells.more = !invited_is_empty(line);
    return cells;
}

const char *invited_separators(Str line)
{
    static const char *const separators[] = {"\t", ";", ","};
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (str_has(line, *separators[i])) return separators[i];
    return ",";
}

bool invited_is_empty(Str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (!strchr(" \t\r,;\"", line.p[i])) return false;
    return true;
}
