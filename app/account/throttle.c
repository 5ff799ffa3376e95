#include "account/throttle.h"

#include <arpa/inet.h>
#include <string.h>

enum { SWEPT_AT_ONCE = 500 };

static Value bucket_key(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key)
{
    Str named = arena_print(visit->arena, "%s\n%.*s", bucket->name, STR_ARGS(key));
    return db_blob(keys_mac(visit->arena, portal->keys, KEY_THROTTLE, named));
}

static Error read_count(struct rows *rows, int64_t *count, int64_t *paused_until)
{
    *count = 0;
    *paused_until = 0;
    while (row_next(rows)) {
        *count = row_int(rows, 0);
        *paused_until = row_int(rows, 1);
    }
    return rows_end(rows);
}

Error throttle_count(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key, int64_t *count,
                     int64_t *paused_until)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_throttle_count,
                            DB_ARGS(db_text(str_of(bucket->name)), bucket_key(portal, visit, bucket, key),
                                    db_int(visit->now), db_int(visit->now + bucket->window)), &rows);
    if (error) return error;
    return read_count(&rows, count, paused_until);
}

Error throttle_look(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key, int64_t *count,
                    int64_t *paused_until)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_throttle_get,
                            DB_ARGS(db_text(str_of(bucket->name)), bucket_key(portal, visit, bucket, key),
                                    db_int(visit->now)), &rows);
    if (error) return error;
    return read_count(&rows, count, paused_until);
}

Error throttle_count_paused(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key, int64_t until)
{
    return db_run(portal->db, STMT_throttle_count_paused,
                  DB_ARGS(db_text(str_of(bucket->name)), bucket_key(portal, visit, bucket, key), db_int(visit->now),
                          db_int(visit->now + bucket->window), db_int(until)), NULL);
}

Error throttle_pause(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key, int64_t until)
{
    return db_run(portal->db, STMT_throttle_pause,
                  DB_ARGS(db_text(str_of(bucket->name)), bucket_key(portal, visit, bucket, key), db_int(until)), NULL);
}

Error throttle_forget(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key)
{
    return db_run(portal->db, STMT_throttle_forget,
                  DB_ARGS(db_text(str_of(bucket->name)), bucket_key(portal, visit, bucket, key)), NULL);
}

Error throttle_uncount(struct portal *portal, const struct visit *visit, const struct bucket *bucket, Str key)
{
    return db_run(portal->db, STMT_throttle_uncount,
                  DB_ARGS(db_text(str_of(bucket->name)), bucket_key(portal, visit, bucket, key)), NULL);
}

/* --- sweeping --- */

/* A name or key that is longer than any of ours is cut: the walk goes on a little before it. */
static size_t keep(char *room, size_t size, Str text)
{
    size_t n = text.n < size ? text.n : size;
    memcpy(room, text.p, n);
    return n;
}

/* *ended: one of them is over. */
static Error walk_on(struct db *db, int64_t now, struct throttle_walk *walk, size_t *count, bool *ended)
{
    struct rows rows;
    struct throttle_walk at = *walk;
    Error error = db_select(db, STMT_throttle_walk,
                            DB_ARGS(db_text((Str){at.bucket, at.bucket_length}), db_blob((Str){at.key, at.key_length}),
                                    db_int(SWEPT_AT_ONCE)), &rows);
    if (error) return error;
    for (*count = 0; row_next(&rows); ++*count) {
        walk->bucket_length = keep(walk->bucket, sizeof walk->bucket, row_text(&rows, 0));
        walk->key_length = keep(walk->key, sizeof walk->key, row_text(&rows, 1));
        if (row_int(&rows, 2) <= now) *ended = true;
    }
    return rows_end(&rows);
}

Error throttle_sweep(struct db *db, int64_t now, struct throttle_walk *walk, bool *more)
{
    struct throttle_walk from = *walk;
    size_t count = 0;
    bool ended = false;
    *more = false;
    Error error = walk_on(db, now, walk, &count, &ended);
    if (!error && ended)
        error = db_run(db, STMT_throttle_sweep,
                       DB_ARGS(db_text((Str){from.bucket, from.bucket_length}), db_blob((Str){from.key, from.key_length}),
                               db_text((Str){walk->bucket, walk->bucket_length}), db_blob((Str){walk->key, walk->key_length}),
                               db_int(now)), NULL);
    *more = !error && count == SWEPT_AT_ONCE;
    if (!*more) *walk = (struct throttle_walk){.bucket_length = 0};
    return error;
}

Str throttle_network(struct arena *arena, Str peer)
{
    struct in6_addr six;
    struct in_addr four;
    const char *text = arena_cstr(arena, peer);
    const unsigned char *bytes;
    if (inet_pton(AF_INET, text, &four) == 1) {
        bytes = (const unsigned char *)&four;
        return arena_print(arena, "%d.%d.%d.0/24", bytes[0], bytes[1], bytes[2]);
    }
    if (inet_pton(AF_INET6, text, &six) != 1) return STR("unknown");
    bytes = six.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&six)) return arena_print(arena, "%d.%d.%d.0/24", bytes[12], bytes[13], bytes[14]);
    return arena_print(arena, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                       bytes[5], bytes[6], bytes[7]);
}
