/* The same list as a table for spreadsheets (RFC 4180). What members or desks have written must not be calculated there, so whatever
   could be a formula begins with an apostrophe: also behind what other programs take for the end of a cell. */
#include "base/clock.h"
#include "page/desk_activity.h"
#include "page/routes.h"

enum { MOST_ROWS = 10000, MOST_BYTES = 2 * 1024 * 1024, PIECE = 200, ROOM = 3 * 1024 * 1024 };

/* East Asian programs calculate what begins with the wide forms of these signs, too. */
static bool begins_formula(Str text)
{
    static const Str signs[] = {STR("="), STR("+"), STR("-"), STR("@"), STR("\t"), STR("\r"), STR("\xef\xbc\x9d"), STR("\xef\xbc\x8b"), STR("\xef\xbc\x8d"),
                                STR("\xef\xbc\xa0")};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(text, signs[i])) return true;
    return false;
}

static void add_cell(struct text *table, Str text, char end)
{
    bool fresh = true;            /* a cell may begin here */
    text_add(table, STR("\""));
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (fresh && begins_formula(str_after(text, i))) text_add(table, STR("'"));
        text_add(table, c == '"' ? STR("\"\"") : (Str){&text.p[i], 1});
        fresh = memchr(";\t\r\n", c, 4) || (fresh && (c == ' ' || c == '"'));
    }
    text_print(table, "\"%s", end == '\n' ? "\r\n" : ",");
}

static void add_head(struct exchange *exchange, struct text *table)
{
    static const char *const heads[] = {N_("Time (UTC)"), N_("What"), N_("Outcome"), N_("By"), N_("user_id of who did it"), N_("Member"),
                                        N_("user_id of the member"), N_("Reason"), N_("Details")};
    enum { HEADS = sizeof heads / sizeof *heads };
    text_add(table, STR("\xef\xbb\xbf"));
    for (size_t i = 0; i < HEADS; i++) add_cell(table, exchange_text(exchange, heads[i]), i + 1 == HEADS ? '\n' : ',');
}

static Str details_of(struct exchange *exchange, struct arena *arena, const struct desk_event *event)
{
    struct text all = {.arena = arena};
    Str detail;
    for (size_t i = 0; event_detail(exchange, event, i, &detail); i++) {
        if (i) text_add(&all, STR("; "));
        text_add(&all, detail);
    }
    return text_str(&all);
}

static void add_row(struct exchange *piece, const struct desk_event *event, struct text *table)
{
    add_cell(table, clock_iso(piece->arena, event->at), ',');
    add_cell(table, event_words(piece, event), ',');
    add_cell(table, exchange_text(piece, event->refused ? N_("Refused") : N_("Done")), ',');
    add_cell(table, event_who(piece, event), ',');
    add_cell(table, event->by == BY_DESK || event->by == BY_OWNER ? event->who.user_id : STR(""), ',');
    add_cell(table, event_name(&event->whom), ',');
    add_cell(table, event->whom.user_id, ',');
    add_cell(table, event_reason(piece, event), ',');
    add_cell(table, details_of(piece, piece->arena, event), '\n');
}

/* Each piece has its own memory, which goes when its rows stand in the table. */
static Error add_piece(struct exchange *piece, struct desk_query *query, size_t *left, struct text *table, bool *older)
{
    struct desk_event *list = ARENA_ARRAY(piece->arena, struct desk_event, PIECE);
    size_t count = 0, room = *left < PIECE ? *left : PIECE;
    Error error = desk_activity_read(piece->portal, piece->arena, &piece->desk, query, list, room, &count, older);
    for (size_t i = 0; !error && i < count; i++) add_row(piece, &list[i], table);
    if (count) query->before = list[count - 1].id;
    *left -= count;
    return error;
}

static Error add_rows(struct exchange *exchange, struct activity_filter *filter, struct text *table, bool *cut)
{
    struct exchange piece = *exchange;
    size_t left = MOST_ROWS;
    bool older = true;
    Error error = OK;
    if (!(piece.arena = arena_open(0))) return ERR_BUSY;
    while (!error && older && left && table->n < MOST_BYTES) {
        error = add_piece(&piece, &filter->query, &left, table, &older);
        arena_wipe(piece.arena);
    }
    arena_close(piece.arena);
    *cut = older;
    return error;
}

Error desk_activity_csv_show(struct exchange *exchange)
{
    struct activity_filter filter;
    bool cut = false;
    Error error = activity_filter_read(exchange, &filter);
    if (error == ERR_NOT_FOUND) return exchange_error(exchange, 404);
    if (error) return error;
    if (!activity_filter_fits(&filter)) return exchange_error(exchange, 422);
    /* Room for the bound and a piece above it: grown step by step, it would be more than a request may have. */
    struct text table = {.arena = exchange->arena, .p = arena_take(exchange->arena, ROOM), .room = ROOM};
    add_head(exchange, &table);
    error = add_rows(exchange, &filter, &table, &cut);
    if (error) return error;
    if (cut) add_cell(&table, exchange_text(exchange, N_("There is more than fits here: choose fewer days for the rest.")), '\n');
    exchange->reply->type = STR("text/csv; charset=utf-8");
    exchange->reply->body = text_str(&table);
    reply_header(exchange->reply, "Content-Disposition",
                 arena_print(exchange->arena, "attachment; filename=\"activity-%.*s.csv\"", STR_ARGS(exchange->desk.name)));
    return OK;
}
