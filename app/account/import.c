#include "account/importing.h"

#include <time.h>

#include "account/state.h"
#include "base/json_memory.h"

enum { CHUNK_ROWS = 500, CHUNK_BYTES = 1 << 20, CHECKPOINT_EVERY = 8 };

struct progress {
    struct importing *importing;
    struct import_reader *reader;
    struct import_state state;    /* as of the last commit */
    size_t read;                  /* rows of the chunk */
    int64_t end;                  /* of the last of them */
    bool more;
};

const char *import_outcome_name(enum import_outcome outcome)
{
    static const char *const names[] = {
        [IMPORT_FAILED] = "failed", [IMPORT_INSERTED] = "inserted", [IMPORT_UPDATED] = "updated", [IMPORT_UNCHANGED] = "unchanged",
    };
    return names[outcome];
}

/* --- a chunk's rows --- */

static void take(struct progress *progress, const struct import_record *record)
{
    struct importing *importing = progress->importing;
    struct import_pending *pending = &importing->pending[progress->read++];
    *pending = (struct import_pending){
        .text = arena_copy(importing->chunk, record->text), .end = record->end, .code = record->code, .flaw = record->flaw,
        .row = {.number = progress->state.counts.rows + (int64_t)progress->read, .line = record->line},
    };
    progress->end = record->end;
}

/* `until`: bytes of the stream after which it ends, at the end of a record; 0: none. */
static Error read_chunk(struct progress *progress, int64_t until)
{
    struct importing *importing = progress->importing;
    struct import_record record;
    size_t bytes = 0;
    Error error = OK;
    arena_wipe(importing->chunk);
    importing->pending = ARENA_ARRAY(importing->chunk, struct import_pending, CHUNK_ROWS);
    progress->read = 0;
    while (progress->read < CHUNK_ROWS && bytes < CHUNK_BYTES && (!until || progress->end < until)) {
        error = import_reader_next(progress->reader, &record);
        if (error) break;
        take(progress, &record);
        bytes += record.text.n;
    }
    progress->more = error != ERR_NOT_FOUND;
    return error == ERR_NOT_FOUND ? OK : error;
}

static void begin_row(struct importing *importing, struct import_pending *pending)
{
    arena_wipe(importing->scratch);
    json_memory_use(importing->scratch);
    pending->row.outcome = IMPORT_FAILED;
    pending->row.user_id = STR("");
    pending->row.errors = pending->row.warnings = NULL;
    pending->last_error = NULL;
    pending->account = 0;
    pending->name_count = 0;
}

static Error do_row(struct importing *importing, struct import_pending *pending)
{
    struct plan_user wanted;
    struct user user;
    if (pending->given_up) return OK;
    begin_row(importing, pending);
    if (!pending->row.name.p) pending->row.name = STR("");
    if (pending->flaw) import_error(importing, pending, pending->code, STR(""), "%s", pending->flaw);
    if (pending->row.errors || !import_read_row(importing, pending, &wanted)) return OK;
    Error error = import_match(importing, pending, &wanted, &user);
    if (error || pending->row.errors) return error;
    return import_write(importing, pending, &wanted, &user);
}

/* *again: a row failed after it had written something, so all of the chunk is done anew without it. */
static Error do_rows(struct progress *progress, bool *again)
{
    struct importing *importing = progress->importing;
    for (importing->count = 0; importing->count < progress->read; importing->count++) {
        struct import_pending *pending = &importing->pending[importing->count];
        Error error = do_row(importing, pending);
        *again = error == ERR_CONFLICT && pending->row.errors;
        if (*again) {
            pending->given_up = true;
            pending->row.outcome = IMPORT_FAILED;
        }
        if (error) return *again ? OK : error;
    }
    return OK;
}

/* --- counting and telling --- */

static void count(struct import_counts *counts, enum import_outcome outcome)
{
    counts->rows++;
    counts->inserted += outcome == IMPORT_INSERTED;
    counts->updated += outcome == IMPORT_UPDATED;
    counts->unchanged += outcome == IMPORT_UNCHANGED;
    counts->failed += outcome == IMPORT_FAILED;
}

static struct import_state state_after(const struct progress *progress)
{
    struct import_state state = progress->state;
    for (size_t i = 0; i < progress->read; i++) count(&state.counts, progress->importing->pending[i].row.outcome);
    state.end = progress->end;
    state.done = !progress->more;
    return state;
}

/* Only now it is certain. */
static void tell(struct progress *progress, const struct import_state *state)
{
    const struct importing *importing = progress->importing;
    const struct import *import = importing->import;
    progress->state = *state;
    for (size_t i = 0; i < progress->read; i++) {
        const struct import_pending *pending = &importing->pending[i];
        bool is_taken_back = import->dry_run && pending->row.outcome == IMPORT_INSERTED;
        if (!is_taken_back) import_touched_add(importing->touched, pending->account);
        for (size_t j = 0; is_taken_back && j < pending->name_count; j++) import_name_add(importing->touched, pending->names[j]);
        if (import->each) import->each(import->context, &pending->row);
    }
    if (import->progress) import->progress(import->context, state->end, &state->counts);
}

/* --- chunks --- */

static Error find_connection(struct importing *importing)
{
    portal_settle(importing->portal);
    Error error = portal_refresh(importing->portal);
    if (error) return error;
    importing->connection = directory_connection_named(&importing->portal->directory, importing->import->connection);
    return importing->connection ? OK : ERR_NOT_FOUND;
}

static Error say_end(struct importing *importing, const struct import_state *state)
{
    const struct import_counts *counts = &state->counts;
    struct visit visit = *importing->visit;
    visit.arena = importing->scratch;
    Str words = arena_print(importing->scratch, "%.*s: %lld rows, %lld inserted, %lld updated, %lld unchanged, %lld failed",
                            STR_ARGS(importing->import->connection), (long long)counts->rows, (long long)counts->inserted,
                            (long long)counts->updated, (long long)counts->unchanged, (long long)counts->failed);
    return account_audit(importing->portal, &visit, ACTOR_OPERATOR, NULL, "account.import", words);
}

static Error write_inside(struct progress *progress, bool *again, struct import_state *state)
{
    struct importing *importing = progress->importing;
    Error error = find_connection(importing);
    if (!error) error = do_rows(progress, again);
    if (error || *again) return error;
    arena_wipe(importing->scratch);
    json_memory_use(importing->scratch);
    *state = state_after(progress);
    if (state->done) error = say_end(importing, state);
    return error ? error : import_state_put(importing, state);
}

static Error write_chunk(struct progress *progress)
{
    struct db *db = progress->importing->portal->db;
    struct import_state state;
    bool again;
    do {
        again = false;
        Error error = db_begin(db);
        if (error) return error;
        error = write_inside(progress, &again, &state);
        if (!error && !again && !progress->importing->import->dry_run) error = db_commit(db);
        else db_rollback(db);
        if (error) return error;
    } while (again);
    tell(progress, &state);
    return OK;
}

/* So that the store's log does not grow with the file. */
static Error tend_log(struct db *db, int64_t chunk)
{
    return chunk % CHECKPOINT_EVERY == 0 && db_may_checkpoint(db) ? db_checkpoint(db) : OK;
}

/* Whoever serves people beside it looks every millisecond for the moment to write (store/sqlite.c). */
static void let_others_write(void)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    nanosleep(&moment, NULL);
}

static Error write_all(struct progress *progress)
{
    Error error = OK;
    for (int64_t chunk = 1; !error && progress->more; chunk++) {
        error = read_chunk(progress, 0);
        if (!error) error = write_chunk(progress);
        if (!error) error = tend_log(progress->importing->portal->db, chunk);
        let_others_write();
    }
    return error;
}

/* --- going on --- */

/* Rows that are done are read again for one thing: which accounts they are, so that a double behind them is still seen. */
static Error meet_again(struct progress *progress)
{
    struct importing *importing = progress->importing;
    struct plan_user wanted;
    struct user user;
    Error error = db_read_begin(importing->portal->db);
    if (error) return error;
    for (importing->count = 0; !error && importing->count < progress->read; importing->count++) {
        struct import_pending *pending = &importing->pending[importing->count];
        begin_row(importing, pending);
        if (!pending->flaw && import_read_row(importing, pending, &wanted)) error = import_match(importing, pending, &wanted, &user);
        import_touched_add(importing->touched, pending->account);
    }
    db_read_end(importing->portal->db);
    return error;
}

static Error go_on(struct progress *progress)
{
    struct import_state state;
    Error error = import_state_get(progress->importing, &state);
    if (error) return error;
    while (!error && progress->end < state.end) {
        error = read_chunk(progress, state.end);
        if (!error && !progress->read) return ERR_CONFLICT;
        if (!error) error = meet_again(progress);
    }
    if (!error && progress->end != state.end) return ERR_CONFLICT;
    progress->state = state;
    progress->more = !state.done;
    return error;
}

static Error run(struct importing *importing)
{
    struct progress progress = {.importing = importing, .more = true};
    progress.reader = import_reader_open(importing->lasting, importing->import->read, importing->import->source);
    Error error = find_connection(importing);
    if (!error && importing->import->resume) error = go_on(&progress);
    if (!error) error = write_all(&progress);
    importing->counts = progress.state.counts;
    return error;
}

Error import_run(struct portal *portal, const struct visit *visit, const struct import *import, struct import_counts *out)
{
    struct importing importing = {.portal = portal, .visit = visit, .import = import, .lasting = arena_open(0), .chunk = arena_open(0),
                                  .scratch = arena_open(0)};
    struct arena *before = json_memory_use(importing.scratch);
    bool has_memory = importing.lasting && importing.chunk && importing.scratch;
    if (has_memory) importing.touched = import_touched_open(importing.lasting);
    Error error = has_memory ? run(&importing) : ERR_BUSY;
    json_memory_use(before);
    *out = importing.counts;
    import_touched_close(importing.touched);
    arena_close(importing.scratch);
    arena_close(importing.chunk);
    arena_close(importing.lasting);
    return error;
}
