#include "account/decoy.h"

enum { NEIGHBOURS = 20 };

static Error read_newest(struct portal *portal, uint64_t *newest)
{
    struct rows rows;
    *newest = 0;
    Error error = db_select(portal->db, STMT_account_newest, DB_NO_ARGS, &rows);
    if (error) return error;
    if (row_next(&rows)) *newest = (uint64_t)row_int(&rows, 0);
    return rows_end(&rows);
}

/* Accounts that are added take only the names that they split from others: what the rest lead to stays. */
static int64_t pick(uint64_t number, uint64_t newest)
{
    uint64_t mask = 1;
    while (mask < newest) mask = mask << 1 | 1;
    uint64_t picked = number & mask;
    return (int64_t)(picked > newest ? picked & mask >> 1 : picked);
}

Error decoy_find(struct portal *portal, struct arena *arena, Str name, Str *hash)
{
    struct rows rows;
    uint64_t newest, number = 0;
    *hash = STR_NONE;
    Error error = read_newest(portal, &newest);
    if (error) return error;
    Str mac = keys_mac(arena, portal->keys, KEY_THROTTLE, arena_print(arena, "decoy\n%.*s", STR_ARGS(name)));
    for (size_t i = 0; i < sizeof number; i++) number = number << 8 | (unsigned char)mac.p[i];
    error = db_select(portal->db, STMT_account_decoy, DB_ARGS(db_int(pick(number, newest)), db_int(NEIGHBOURS)), &rows);
    if (error) return error;
    if (row_next(&rows)) *hash = arena_copy(arena, row_text(&rows, 0));
    return rows_end(&rows);
}
