#include "account/invited.h"

#include "account/invited_cells.h"
#include "base/json_memory.h"
#include "base/utf8.h"
#include "model/identifier.h"

enum { WORD_MAX = 200, ROLE_WORDS_MAX = 50 };

struct column {
    const struct invited_name *name;   /* NULL: nobody's */
    Str typed;
};

struct table {
    struct arena *arena;
    const struct invited_terms *terms;
    struct invited_name *names;   /* the terms' own, folded */
    const char *separators;
    size_t line;
    bool headed;                  /* the first line named the columns */
    size_t email;                 /* the column of addresses */
    struct column columns[INVITED_CELLS_MAX];
    struct invited_list list;
};

bool invited_may_prefill(const struct field *field)
{
    bool text = field->type != TYPE_OBJECT && field->type != TYPE_PICTURE && field->type != TYPE_CHOICES &&
                field->type != TYPE_USERNAME && field->type != TYPE_EMAIL;
    return text && !field->system && !field->unique && field->proof == PROOF_NONE && field->level[ACTOR_DESK] >= LEVEL_ONCE;
}

static Str shorten(struct arena *arena, Str typed)
{
    size_t n = typed.n < INVITED_TYPED_MAX ? typed.n : INVITED_TYPED_MAX;
    while (n && n < typed.n && ((unsigned char)typed.p[n] & 0xc0) == 0x80) n--;
    return arena_copy(arena, str_first(typed, n));
}

static struct invited_problem *add_problem(struct table *table, enum invited_wrong wrong, Str column, Str typed)
{
    struct invited_list *list = &table->list;
    struct invited_problem *problem = &list->problems[list->problem_count];       /* there is room for one behind the last */
    list->more_problems = list->problem_count == INVITED_PROBLEMS_MAX;
    if (!list->more_problems) list->problem_count++;
    *problem = (struct invited_problem){.wrong = wrong, .line = table->line, .column = shorten(table->arena, column),
                                        .typed = shorten(table->arena, typed)};
    return problem;
}

/* --- words --- */

static Str fold(struct arena *arena, Str word)
{
    Str trimmed = str_trim(word);
    return trimmed.n <= WORD_MAX && utf8_is_valid(trimmed) ? utf8_fold(arena, trimmed) : trimmed;
}

static void fold_names(struct table *table)
{
    const struct invited_terms *terms = table->terms;
    table->names = ARENA_ARRAY(table->arena, struct invited_name, terms->name_count + 1);
    for (size_t i = 0; i < terms->name_count; i++) {
        table->names[i] = terms->names[i];
        table->names[i].text = fold(table->arena, terms->names[i].text);
    }
}

static bool is_same(const struct invited_name *a, const struct invited_name *b)
{
    return a->column == b->column && a->field == b->field;
}

/* *doubtful: more than one field is called that. Of a word that an open and a closed field share, the open one is meant. */
static const struct invited_name *find_name(const struct table *table, Str cell, bool *doubtful)
{
    const struct invited_name *found = NULL;
    Str word = fold(table->arena, cell);
    *doubtful = false;
    for (size_t i = 0; word.n && i < table->terms->name_count; i++) {
        const struct invited_name *name = &table->names[i];
        if (!str_eq(name->text, word) || (found && is_same(found, name))) continue;
        if (found && !found->label) break;
        if (found && name->label && name->column == INVITED_COLUMN_CLOSED) continue;
        *doubtful = found && name->label && found->column != INVITED_COLUMN_CLOSED;
        found = name;
        if (*doubtful) break;
    }
    return found;
}

/* --- the first line --- */

static void read_column(struct table *table, size_t at, Str cell)
{
    bool doubtful;
    const struct invited_name *name = find_name(table, cell, &doubtful);
    table->columns[at].typed = cell;
    if (!cell.n) return;
    if (!name || doubtful || name->column == INVITED_COLUMN_CLOSED) {
        add_problem(table, !name ? INVITED_NO_COLUMN : doubtful ? INVITED_TWO_FIELDS : INVITED_CLOSED_COLUMN, cell, STR(""));
        return;
    }
    for (size_t i = 0; i < at; i++) {
        if (!table->columns[i].name || !is_same(table->columns[i].name, name)) continue;
        add_problem(table, INVITED_TWICE, cell, STR(""));
        return;
    }
    table->columns[at].name = name;
}

static bool is_email(const struct table *table, Str cell)
{
    bool doubtful;
    const struct invited_name *name = find_name(table, cell, &doubtful);
    return name && !doubtful && name->column == INVITED_COLUMN_EMAIL;
}

static bool read_head(struct table *table, Str line)
{
    const char *separators = invited_separators(line);
    struct invited_cells cells = invited_cut(table->arena, line, separators);
    while (table->email < cells.count && !is_email(table, cells.cell[table->email])) table->email++;
    if (table->email >= cells.count) return false;
    table->list.head = line;
    table->separators = separators;
    table->headed = true;
    if (cells.loose_quote) add_problem(table, INVITED_QUOTE, STR(""), line);
    if (cells.more) add_problem(table, INVITED_UNNAMED, STR(""), line);
    for (size_t i = 0; i < cells.count; i++) read_column(table, i, cells.cell[i]);
    return true;
}

/* --- a line's own roles, language and first values --- */

static const struct role *find_role(const struct table *table, Str word)
{
    const struct desk *desk = table->terms->desk;
    const struct role *role = directory_role(table->terms->directory, desk->organization, word);
    if (role) return role;
    Str own = arena_print(table->arena, "%.*s:%.*s", STR_ARGS(desk->name), STR_ARGS(word));
    return directory_role(table->terms->directory, desk->organization, own);
}

static Str cut_word(Str *rest)
{
    size_t n = 0;
    while (rest->n && (*rest->p == ' ' || *rest->p == '|')) *rest = str_after(*rest, 1);
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '|') n++;
    Str word = str_first(*rest, n);
    *rest = str_after(*rest, n);
    return word;
}

static bool has_role(const Str *roles, size_t count, Str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(roles[i], name)) return true;
    return false;
}

static void read_roles(struct table *table, Str column, Str cell, struct invited_entry *out)
{
    Str *roles = ARENA_ARRAY(table->arena, Str, ROLE_WORDS_MAX), rest = cell, word = cut_word(&rest);
    for (int words = 0; word.n && words < ROLE_WORDS_MAX && !table->list.more_problems; words++, word = cut_word(&rest)) {
        const struct role *role = word.n <= WORD_MAX ? find_role(table, utf8_ascii_lower(table->arena, word)) : NULL;
        if (!role) add_problem(table, INVITED_NO_ROLE, column, word);
        else if (role->may & ~table->terms->desk->may) add_problem(table, INVITED_ROLE_RANK, column, word);
        else if (!has_role(roles, out->role_count, role->name)) roles[out->role_count++] = role->name;
    }
    if (word.n) add_problem(table, INVITED_NO_ROLE, column, cell);
    out->roles = roles;
}

static void read_language(struct table *table, Str column, Str cell, struct invited_entry *out)
{
    Str word = fold(table->arena, cell);
    for (size_t i = 0; i < table->terms->language_count && !out->language.p; i++)
        if (str_eq(word, fold(table->arena, table->terms->languages[i].text))) out->language = table->terms->languages[i].code;
    if (!out->language.p) add_problem(table, INVITED_NO_LANGUAGE, column, cell);
}

static void read_value(struct table *table, const struct field *field, Str column, Str cell, struct invited_entry *out)
{
    json_t *value = NULL, *raw = json_stringn(cell.p, cell.n);
    FieldProblem problem = {0};
    if (!raw || !field_clean(table->arena, field, raw, &value, &problem)) {
        struct invited_problem *added = add_problem(table, INVITED_VALUE, column, cell);
        added->field = field;
        added->problem = problem;
        return;
    }
    if (!value) return;
    if (!out->prefilled) out->prefilled = json_object();
    json_object_setn(out->prefilled, field->name.p, field->name.n, value);
}

static void read_cell(struct table *table, size_t at, Str cell, struct invited_entry *out)
{
    const struct column *column = &table->columns[at];
    if (table->list.more_problems) return;
    if (!column->typed.n) add_problem(table, INVITED_UNNAMED, STR(""), cell);
    if (!column->name) return;
    switch (column->name->column) {
    case INVITED_COLUMN_ROLES: read_roles(table, column->typed, cell, out); break;
    case INVITED_COLUMN_LANGUAGE: read_language(table, column->typed, cell, out); break;
    case INVITED_COLUMN_VALUE: read_value(table, column->name->field, column->typed, cell, out); break;
    default: break;
    }
}

/* --- people --- */

/* "Name <address>" as mail programs copy it. */
static Str inside_brackets(Str cell)
{
    size_t open = cell.n;
    for (size_t i = 0; i < cell.n; i++)
        if (cell.p[i] == '<') open = i;
    return open < cell.n && str_ends(cell, STR(">")) ? str_trim((Str){cell.p + open + 1, cell.n - open - 2}) : cell;
}

static bool read_address(struct arena *arena, Str cell, struct invited_entry *out)
{
    Str kept, key;
    if (!email_parse(arena, inside_brackets(cell), &kept, &key)) return false;
    out->address = kept;
    out->key = key;
    return true;
}

static void add_entry(struct table *table, const struct invited_entry *entry)
{
    struct invited_list *list = &table->list;
    list->too_many = list->too_many || list->count == INVITED_AT_ONCE;
    if (!list->too_many) list->entries[list->count++] = *entry;
}

static void read_row(struct table *table, Str line, const struct invited_cells *cells)
{
    struct invited_entry entry = {.typed = shorten(table->arena, line), .whole = line};
    Str address = table->email < cells->count ? cells->cell[table->email] : STR("");
    if (!read_address(table->arena, address, &entry))
        add_problem(table, INVITED_NO_ADDRESS, table->columns[table->email].typed, address);
    for (size_t i = 0; i < cells->count; i++)
        if (cells->cell[i].n) read_cell(table, i, cells->cell[i], &entry);
    if (cells->more) add_problem(table, INVITED_UNNAMED, STR(""), line);
    add_entry(table, &entry);
}

/* "Lee, Ann <address>": what is left of a name that was cut at its comma. */
static bool is_name(const struct invited_cells *cells, size_t at)
{
    return at + 1 < cells->count && str_ends(cells->cell[at + 1], STR(">")) && !str_starts(cells->cell[at + 1], STR("<"));
}

/* In a list every cell that is an address counts, so that some on one line are some people. */
static void read_people(struct table *table, Str line, const struct invited_cells *cells)
{
    struct invited_entry entry = {.typed = shorten(table->arena, line), .whole = line};
    bool is_person[INVITED_CELLS_MAX] = {false}, any = false;
    for (size_t i = 0; i < cells->count; i++) {
        is_person[i] = read_address(table->arena, cells->cell[i], &entry);
        any = any || is_person[i];
        if (!is_person[i]) continue;
        entry.typed = shorten(table->arena, cells->cell[i]);
        entry.whole = cells->cell[i];
        add_entry(table, &entry);
    }
    table->list.too_many = table->list.too_many || cells->more;
    if (!any) add_entry(table, &entry);
    for (size_t i = 0; any && i < cells->count; i++)
        if (!is_person[i] && cells->cell[i].n && !is_name(cells, i)) add_problem(table, INVITED_STRAY, STR(""), cells->cell[i]);
}

static void read_line(struct table *table, Str line)
{
    struct invited_cells cells = invited_cut(table->arena, line, table->separators);
    if (cells.loose_quote) add_problem(table, INVITED_QUOTE, STR(""), line);
    if (table->headed) read_row(table, line, &cells);
    else read_people(table, line, &cells);
}

static void parse(struct table *table, Str text)
{
    bool first = true;
    while (text.n && !table->list.too_many) {
        Str line = str_cut(&text, '\n');
        if (str_ends(line, STR("\r"))) line.n--;
        table->line++;
        if (invited_is_empty(line)) continue;
        bool head = first && read_head(table, line);
        first = false;
        if (!head) read_line(table, line);
    }
}

struct invited_list invited_parse(struct arena *arena, const struct invited_terms *terms, Str text)
{
    struct table *table = ARENA_NEW(arena, struct table);
    *table = (struct table){.arena = arena, .terms = terms, .separators = "\t;,"};
    table->list.entries = ARENA_ARRAY(arena, struct invited_entry, INVITED_AT_ONCE);
    table->list.problems = ARENA_ARRAY(arena, struct invited_problem, INVITED_PROBLEMS_MAX + 1);
    if (text.p && str_starts(text, STR("\xef\xbb\xbf"))) text = str_after(text, 3);
    struct arena *before = json_memory_use(arena);
    fold_names(table);
    parse(table, text);
    json_memory_use(before);
    return table->list;
}
