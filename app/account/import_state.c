#include <stdio.h>

#include "account/importing.h"

enum { NUMBERS = 6 };

static Str name_of(struct importing *importing)
{
    return arena_print(importing->scratch, "import:%.*s", STR_ARGS(importing->import->identity));
}

static bool parse(Str text, struct import_state *out)
{
    int64_t numbers[NUMBERS];
    out->done = str_is(str_cut(&text, ' '), "done");
    for (size_t i = 0; i < NUMBERS; i++)
        if (!str_to_int(str_cut(&text, ' '), &numbers[i]) || numbers[i] < 0) return false;
    out->end = numbers[0];
    out->counts = (struct import_counts){numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
    return true;
}

Error import_state_get(struct importing *importing, struct import_state *out)
{
    struct rows rows;
    Error error = db_select(importing->portal->db, STMT_import_state_get, DB_ARGS(db_text(name_of(importing))), &rows);
    if (error) return error;
    *out = (struct import_state){0};
    bool found = row_next(&rows) && parse(row_text(&rows, 0), out);
    error = rows_end(&rows);
    return error || found ? error : ERR_NOT_FOUND;
}

Error import_state_put(struct importing *importing, const struct import_state *state)
{
    const struct import_counts *counts = &state->counts;
    Str name = name_of(importing);
    if (!importing->import->identity.n) return OK;
    Str value = arena_print(importing->scratch, "%s %lld %lld %lld %lld %lld %lld", state->done ? "done" : "open", (long long)state->end,
                            (long long)counts->rows, (long long)counts->inserted, (long long)counts->updated,
                            (long long)counts->unchanged, (long long)counts->failed);
    Error error = db_run(importing->portal->db, STMT_import_state_put, DB_ARGS(db_text(name), db_text(value)), NULL);
    if (error || !state->done) return error;
    return db_run(importing->portal->db, STMT_import_state_sweep, DB_ARGS(db_text(name)), NULL);
}
