#include "account/consent.h"

#include "account/state.h"
#include "store/stored_json.h"

enum { ROW_REFUSED = 0, ROW_GIVEN = 1, ROW_LEFT_OPEN = 2 };

static void take_row(struct consent_state *state, struct arena *arena, const struct rows *rows)
{
    int64_t given = row_int(rows, 2);
    state->asked = state->asked || str_eq(row_text(rows, 1), state->purpose->version);
    if (given == ROW_LEFT_OPEN) return;
    state->answer = given == ROW_GIVEN ? CONSENT_GIVEN : CONSENT_REFUSED;
    state->version = arena_copy(arena, row_text(rows, 1));
    state->at = row_int(rows, 3);
}

Error consent_states(struct portal *portal, struct arena *arena, int64_t account, struct consent_state *out)
{
    const struct directory *directory = &portal->directory;
    struct rows rows;
    for (size_t i = 0; i < directory->purpose_count; i++)
        out[i] = (struct consent_state){.purpose = &directory->purposes[i], .version = STR("")};
    Error error = db_select(portal->db, STMT_consent_last, DB_ARGS(db_int(account)), &rows);
    if (error) return error;
    while (row_next(&rows)) {
        const struct consent_purpose *purpose = directory_purpose(directory, row_text(&rows, 0));
        if (purpose) take_row(&out[purpose - directory->purposes], arena, &rows);
    }
    return rows_end(&rows);
}

static bool is_given(const struct consent_state *state)
{
    return state->answer == CONSENT_GIVEN && str_eq(state->version, state->purpose->version);
}

bool consent_is_due(const struct consent_state *state)
{
    return state->purpose->required ? !is_given(state) : !state->asked;
}

bool consent_holds_up(const struct consent_state *state)
{
    return state->purpose->required && !is_given(state);
}

/* --- answering --- */

static Error add_row(struct portal *portal, const struct visit *visit, const struct user *user, const struct consent_purpose *purpose, int64_t given)
{
    return db_run(portal->db, STMT_consent_add, DB_ARGS(db_int(user->id), db_text(purpose->name), db_text(purpose->version),
                                                        db_int(given), db_int(visit->now)), NULL);
}

static Error save_one(struct portal *portal, const struct visit *visit, const struct user *user, const struct consent_wish *wish,
                      const struct consent_state *state)
{
    const struct consent_purpose *purpose = wish->purpose;
    enum consent_answer answer = wish->give ? CONSENT_GIVEN : CONSENT_REFUSED;
    if (wish->leave_open) return state->asked ? OK : add_row(portal, visit, user, purpose, ROW_LEFT_OPEN);
    if (state->answer == answer && str_eq(state->version, purpose->version)) return OK;
    Error error = add_row(portal, visit, user, purpose, wish->give ? ROW_GIVEN : ROW_REFUSED);
    if (!error && !wish->give && purpose->required) error = db_run(portal->db, STMT_session_ask_again, DB_ARGS(db_int(user->id)), NULL);
    if (error) return error;
    Str reason = arena_print(visit->arena, "%.*s %.*s", STR_ARGS(purpose->name), STR_ARGS(purpose->version));
    return account_audit(portal, visit, ACTOR_OWNER, user, wish->give ? "consent.give" : "consent.withdraw", reason);
}

static Error save_inside(struct portal *portal, const struct visit *visit, const struct user *user, const struct consent_wish *wishes,
                         size_t count)
{
    const struct directory *directory = &portal->directory;
    struct consent_state *states = ARENA_ARRAY(visit->arena, struct consent_state, directory->purpose_count + 1);
    Error error = consent_states(portal, visit->arena, user->id, states);
    for (size_t i = 0; !error && i < count; i++)
        error = save_one(portal, visit, user, &wishes[i], &states[wishes[i].purpose - directory->purposes]);
    return error;
}

Error consent_save(struct portal *portal, const struct visit *visit, const struct user *user, const struct consent_wish *wishes, size_t count)
{
    Error error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, save_inside(portal, visit, user, wishes, count));
}

/* --- holding up --- */

struct open_questions {
    bool required, optional;
};

static Error find_open(struct portal *portal, const struct visit *visit, const struct session *session, struct open_questions *out)
{
    size_t count = portal->directory.purpose_count;
    struct consent_state *states = ARENA_ARRAY(visit->arena, struct consent_state, count);
    *out = (struct open_questions){false, false};
    Error error = consent_states(portal, visit->arena, session->user.id, states);
    for (size_t i = 0; !error && i < count; i++) {
        out->required = out->required || consent_holds_up(&states[i]);
        out->optional = out->optional || consent_is_due(&states[i]);
    }
    return error;
}

/* Looked at again where nobody can take an answer back meanwhile: what was withdrawn in between would count as given. */
static Error settle_inside(struct portal *portal, const struct visit *visit, struct session *session, bool *held)
{
    struct open_questions now;
    Error error = find_open(portal, visit, session, &now);
    *held = *held || now.required;
    if (error || now.required) return error;
    session->consented = portal->directory.purposes_generation;
    return db_run(portal->db, STMT_session_consented, DB_ARGS(db_blob(session->id_hash), db_int(session->consented)), NULL);
}

Error consent_hold(struct portal *portal, const struct visit *visit, struct session *session, bool *held)
{
    struct open_questions open;
    int64_t generation = portal->directory.purposes_generation;
    bool just_signed_in = session->consented == -generation;
    *held = false;
    if (!portal->directory.purpose_count || session->consented == generation) return OK;
    Error error = find_open(portal, visit, session, &open);
    *held = open.required;
    if (error || open.required) return error;
    session->asks = just_signed_in && open.optional;
    error = db_begin(portal->db);
    return error ? error : portal_end(portal, true, settle_inside(portal, visit, session, held));
}

/* --- reading --- */

Error consent_history(struct portal *portal, struct arena *arena, int64_t account, struct consent *out, size_t room, size_t *count)
{
    struct rows rows;
    *count = 0;
    Error error = db_select(portal->db, STMT_consent_history, DB_ARGS(db_int(account), db_int((int64_t)room)), &rows);
    if (error) return error;
    while (*count < room && row_next(&rows)) {
        Str purpose = arena_copy(arena, row_text(&rows, 0));
        out[(*count)++] = (struct consent){.purpose = purpose, .version = arena_copy(arena, row_text(&rows, 1)),
                                           .known = directory_purpose(&portal->directory, purpose),
                                           .given = row_int(&rows, 2) == ROW_GIVEN, .at = row_int(&rows, 3)};
    }
    return rows_end(&rows);
}

Error consent_text(struct portal *portal, struct arena *arena, Str purpose, Str version, const json_t **title, const json_t **text)
{
    struct rows rows;
    json_t *found[2] = {NULL, NULL};
    Error error = db_select(portal->db, STMT_purpose_version_get, DB_ARGS(db_text(purpose), db_text(version)), &rows);
    if (error) return error;
    Error bad = ERR_NOT_FOUND;
    if (row_next(&rows)) {
        bad = stored_object(arena, row_text(&rows, 0), "title", purpose, &found[0]);
        if (!bad) bad = stored_object(arena, row_text(&rows, 1), "text", purpose, &found[1]);
    }
    *title = found[0];
    *text = found[1];
    error = rows_end(&rows);
    return error ? error : bad;
}
