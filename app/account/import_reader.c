#include "account/import_reader.h"

#include <stdio.h>

enum form { FORM_UNKNOWN, FORM_ARRAY, FORM_LINES, FORM_BEHIND, FORM_OVER };

struct import_reader {
    ImportRead read;
    void *context;
    char piece[IMPORT_PIECE];
    size_t at, filled;
    bool ended, failed;
    int64_t offset, line;         /* of the byte that comes next */
    enum form form;
    bool comma;                   /* the array goes on: a record has to come */
    char record[IMPORT_RECORD_MAX];
    size_t kept;                  /* bytes of the record, also of those that had no room */
};

/* How far a value is: only as much of JSON as tells where it ends. */
struct scan {
    size_t depth;
    bool quoted, escaped;
    bool lines, cut;              /* a line that ends inside a text, which JSON has not, ends the text */
};

struct import_reader *import_reader_open(struct arena *arena, ImportRead read, void *context)
{
    struct import_reader *reader = ARENA_NEW(arena, struct import_reader);
    reader->read = read;
    reader->context = context;
    reader->line = 1;
    return reader;
}

static void refill(struct import_reader *reader)
{
    long got = reader->ended ? 0 : reader->read(reader->context, reader->piece, sizeof reader->piece);
    reader->failed = reader->failed || got < 0;
    reader->ended = got <= 0;
    reader->at = 0;
    reader->filled = got > 0 ? (size_t)got : 0;
}

static int peek(struct import_reader *reader)
{
    if (reader->at == reader->filled) refill(reader);
    return reader->at < reader->filled ? (unsigned char)reader->piece[reader->at] : EOF;
}

static void skip(struct import_reader *reader)
{
    if (reader->piece[reader->at] == '\n') reader->line++;
    reader->at++;
    reader->offset++;
}

static void keep(struct import_reader *reader)
{
    if (reader->kept < sizeof reader->record) reader->record[reader->kept] = reader->piece[reader->at];
    reader->kept++;
    skip(reader);
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int skip_blanks(struct import_reader *reader)
{
    int c;
    while (is_blank(c = peek(reader))) skip(reader);
    return c;
}

static void scan_byte(struct scan *scan, int c)
{
    if (scan->lines && scan->quoted && c == '\n') {
        scan->cut = true;
        scan->quoted = scan->escaped = false;
    } else if (scan->escaped) {
        scan->escaped = false;
    } else if (scan->quoted) {
        scan->escaped = c == '\\';
        scan->quoted = c != '"';
    } else if (c == '"') {
        scan->quoted = true;
    } else if (c == '{' || c == '[') {
        scan->depth++;
    } else if ((c == '}' || c == ']') && scan->depth) {
        scan->depth--;
    }
}

static void begin(struct import_reader *reader, struct import_record *out)
{
    reader->kept = 0;
    *out = (struct import_record){.line = reader->line};
}

static void say(struct import_record *out, const char *code, const char *flaw)
{
    out->code = code;
    out->flaw = flaw;
}

static Error finish(struct import_reader *reader, struct import_record *out)
{
    if (reader->failed) return ERR_FAULT;
    out->end = reader->offset;
    out->text = (Str){reader->record, reader->kept < sizeof reader->record ? reader->kept : 0};
    if (reader->kept > sizeof reader->record - 1)
        say(out, "MAX_LENGTH", "a record has at most 262143 bytes");
    return OK;
}

/* Something that is no record, and yet nobody must believe that the file was whole. */
static Error complain(struct import_reader *reader, const char *flaw, struct import_record *out)
{
    begin(reader, out);
    reader->form = FORM_OVER;
    Error error = finish(reader, out);
    say(out, "FORMAT", flaw);
    return error;
}

static Error next_behind(struct import_reader *reader, struct import_record *out)
{
    if (skip_blanks(reader) != EOF) return complain(reader, "something stands behind the end of the list", out);
    reader->form = FORM_OVER;
    return reader->failed ? ERR_FAULT : ERR_NOT_FOUND;
}

static Error end_array(struct import_reader *reader, struct import_record *out)
{
    bool comma = reader->comma;
    begin(reader, out);
    skip(reader);
    reader->form = FORM_BEHIND;
    if (!comma) return next_behind(reader, out);
    Error error = finish(reader, out);
    say(out, "FORMAT", "a comma stands before the end of the list");
    return error;
}

static Error next_in_array(struct import_reader *reader, struct import_record *out)
{
    struct scan scan = {0};
    int c = skip_blanks(reader);
    if (c == ']') return end_array(reader, out);
    if (c == EOF) return complain(reader, "the file ends before its list does", out);
    begin(reader, out);
    while ((c = peek(reader)) != EOF && (scan.quoted || scan.depth || (c != ',' && c != ']'))) {
        scan_byte(&scan, c);
        keep(reader);
    }
    reader->comma = c == ',';
    if (reader->comma) skip(reader);
    if (c != EOF) return finish(reader, out);
    reader->form = FORM_OVER;
    Error error = finish(reader, out);
    say(out, "FORMAT", "the file ends before its list does");
    return error;
}

static Error next_of_lines(struct import_reader *reader, struct import_record *out)
{
    struct scan scan = {.lines = true};
    int c = skip_blanks(reader), before = 0;
    if (c == EOF) return reader->failed ? ERR_FAULT : ERR_NOT_FOUND;
    begin(reader, out);
    /* A line that begins with a brace begins a record: so an object that was never closed ends there. */
    while ((c = peek(reader)) != EOF && !(before == '\n' && (c == '{' || !scan.depth || scan.cut))) {
        scan_byte(&scan, c);
        keep(reader);
        before = c;
    }
    return finish(reader, out);
}

static enum form find_form(struct import_reader *reader)
{
    static const char mark[] = "\xef\xbb\xbf";   /* some programs put it before UTF-8 */
    for (size_t i = 0; i < 3 && peek(reader) == (unsigned char)mark[i]; i++) skip(reader);
    if (skip_blanks(reader) != '[') return FORM_LINES;
    skip(reader);
    return FORM_ARRAY;
}

Error import_reader_next(struct import_reader *reader, struct import_record *out)
{
    if (reader->form == FORM_UNKNOWN) reader->form = find_form(reader);
    switch (reader->form) {
    case FORM_ARRAY: return next_in_array(reader, out);
    case FORM_BEHIND: return next_behind(reader, out);
    case FORM_LINES: return next_of_lines(reader, out);
    case FORM_UNKNOWN: case FORM_OVER: break;
    }
    return reader->failed ? ERR_FAULT : ERR_NOT_FOUND;
}
