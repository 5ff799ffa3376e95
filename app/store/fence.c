#include "store/fence.h"

#include <string.h>

const struct statement_text statement_texts[] = {
#define STATEMENT(name, writes, sql) {#name, WRITES_##writes, sql},
#include "store/stmts.def"
#undef STATEMENT
};

/* An account's state: what it may do here, not who it is. A column that is not named here counts as profile. */
static const char *const state_columns[] = {"password_hash", "epoch", "blocked", "deletion_at", "last_login_at", "logins_count",
                                            "password_changed_at", "legal_hold", "unproven_since", "blocked_by_id", "origin_id"};

static bool is_state(const char *column)
{
    for (size_t i = 0; i < sizeof state_columns / sizeof *state_columns; i++)
        if (strcmp(state_columns[i], column) == 0) return true;
    return false;
}

enum writes fence_kind(const char *table, const char *column, bool adds)
{
    if (strcmp(table, "audit") == 0) return adds ? WRITES_other : WRITES_audit;
    if (strcmp(table, "identifier") == 0) return WRITES_profile;
    if (strcmp(table, "account") != 0) return WRITES_other;
    return column && is_state(column) ? WRITES_other : WRITES_profile;
}
