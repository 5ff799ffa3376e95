#include "account/invited.h"

#include "base/json_memory.h"
#include "base/utf8.h"
#include "model/identifier.h"

enum { COLUMNS_MAX = 20, CELL_MAX = 1000 };

struct cells {
    Str cell[COLUMNS_MAX];        /* without quotes and blanks around; what stands behind the last column is dropped */
    size_t count;
};

struct table {
    struct arena *arena;
    const struct fields *fields;
    const char *separators;
    bool headed;                  /* the first line named the columns */
    size_t email;                 /* the column of addresses */
    const struct field *column[COLUMNS_MAX];   /* whose first values it holds; NULL: nobody's */
};

bool invited_may_prefill(const struct field *field)
{
    bool text = field->type != TYPE_OBJECT && field->type != TYPE_PICTURE && field->type != TYPE_CHOICES &&
                field->type != TYPE_USERNAME && field->type != TYPE_EMAIL;
    return text && !field->system && !field->unique && field->proof == PROOF_NONE && field->level[ACTOR_DESK] >= LEVEL_ONCE;
}

/* --- lines and cells --- */

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
static Str cut_quoted(struct arena *arena, Str *line, const char *separators)
{
    struct text cell = {.arena = arena};
    Str rest = str_after(*line, 1);
    while (rest.n) {
        Str part = str_cut(&rest, '"');
        text_add(&cell, part);
        if (!rest.n || *rest.p != '"') break;
        text_add(&cell, STR("\""));
        rest = str_after(rest, 1);
    }
    Str behind = str_trim(cut_plain(&rest, separators));
    *line = rest;
    if (str_starts(behind, STR("<"))) return str_first(behind, CELL_MAX);
    return str_first(text_str(&cell), CELL_MAX);
}

static struct cells cut_cells(struct arena *arena, Str line, const char *separators)
{
    struct cells cells = {.count = 0};
    while (line.p && cells.count < COLUMNS_MAX) {
        while (line.n && *line.p == ' ') line = str_after(line, 1);
        bool quoted = line.n && *line.p == '"';
        Str cell = quoted ? cut_quoted(arena, &line, separators) : str_first(cut_plain(&line, separators), CELL_MAX);
        cells.cell[cells.count++] = str_trim(cell);
    }
    return cells;
}

static const char any_separator[] = "\t;,";

/* Of a table: the one that its first line has. */
static const char *separator_of(Str line)
{
    static const char *const separators[] = {"\t", ";", ","};
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (str_has(line, *separators[i])) return separators[i];
    return ",";
}

/* --- the first line --- */

static bool is_email_word(struct arena *arena, Str cell)
{
    Str word = utf8_ascii_lower(arena, cell);
    return str_is(word, "email") || str_is(word, "e-mail");
}

static bool read_head(struct table *table, Str line)
{
    bool found = false;
    const char *separators = separator_of(line);
    struct cells cells = cut_cells(table->arena, line, separators);
    for (size_t i = 0; i < cells.count && !found; i++) {
        found = is_email_word(table->arena, cells.cell[i]);
        if (found) table->email = i;
    }
    for (size_t i = 0; found && i < cells.count; i++) {
        const struct field *field = field_find(table->fields, cells.cell[i]);
        if (i != table->email && field && invited_may_prefill(field)) table->column[i] = field;
    }
    if (found) table->separators = separators;
    return found;
}

/* --- one person --- */

/* "Name <address>" as mail programs copy it. */
static Str inside_brackets(Str cell)
{
    size_t open = cell.n;
    for (size_t i = 0; i < cell.n; i++)
        if (cell.p[i] == '<') open = i;
    return open < cell.n && str_ends(cell, STR(">")) ? str_trim((Str){cell.p + open + 1, cell.n - open - 2}) : cell;
}

static Str shorten(struct arena *arena, Str typed)
{
    size_t n = typed.n < INVITED_TYPED_MAX ? typed.n : INVITED_TYPED_MAX;
    while (n && n < typed.n && ((unsigned char)typed.p[n] & 0xc0) == 0x80) n--;
    return arena_copy(arena, str_first(typed, n));
}

static void read_values(const struct table *table, const struct cells *cells, struct invited_entry *out)
{
    for (size_t i = 0; i < cells->count; i++) {
        if (!table->column[i] || !cells->cell[i].n) continue;
        if (!out->prefilled) out->prefilled = json_object();
        json_t *text = json_stringn(cells->cell[i].p, cells->cell[i].n);
        if (text) json_object_set_new(out->prefilled, arena_cstr(table->arena, table->column[i]->name), text);
    }
}

static bool read_address(struct arena *arena, Str cell, struct invited_entry *out)
{
    Str kept, key;
    if (!email_parse(arena, inside_brackets(cell), &kept, &key)) return false;
    out->address = kept;
    out->key = key;
    return true;
}

/* In a table the cell of its column; in a list every cell that is an address, so that some on one line are some people. False: more
   than fit. */
static bool read_line(const struct table *table, Str line, struct invited_entry out[INVITED_AT_ONCE], size_t *count)
{
    struct cells cells = cut_cells(table->arena, line, table->separators);
    size_t before = *count, from = table->headed ? table->email : 0, to = table->headed ? from + 1 : cells.count;
    struct invited_entry entry = {.typed = shorten(table->arena, str_trim(line))};
    for (size_t i = from; i < to && i < cells.count; i++) {
        if (!read_address(table->arena, cells.cell[i], &entry)) continue;
        if (*count == INVITED_AT_ONCE) return false;
        if (table->headed) read_values(table, &cells, &entry);
        else entry.typed = shorten(table->arena, cells.cell[i]);
        out[(*count)++] = entry;
    }
    if (*count > before) return true;
    if (*count == INVITED_AT_ONCE) return false;
    out[(*count)++] = entry;
    return true;
}

/* Separators alone, as spreadsheets write rows without anything in them. */
static bool is_empty(Str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (!strchr(" \t\r,;\"", line.p[i])) return false;
    return true;
}

static bool parse(struct table *table, Str text, struct invited_entry out[INVITED_AT_ONCE], size_t *count)
{
    bool first = true;
    while (text.n) {
        Str line = str_cut(&text, '\n');
        if (is_empty(line)) continue;
        bool head = first && read_head(table, line);
        first = false;
        if (head) table->headed = true;
        else if (!read_line(table, line, out, count)) return false;
    }
    return true;
}

bool invited_parse(struct arena *arena, const struct fields *fields, Str text, struct invited_entry out[INVITED_AT_ONCE], size_t *count)
{
    struct table table = {.arena = arena, .fields = fields, .separators = any_separator};
    *count = 0;
    if (text.p && str_starts(text, STR("\xef\xbb\xbf"))) text = str_after(text, 3);
    struct arena *before = json_memory_use(arena);
    bool whole = parse(&table, text, out, count);
    json_memory_use(before);
    return whole;
}
