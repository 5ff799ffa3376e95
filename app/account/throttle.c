#include "account/throttle.h"

#include <arpa/inet.h>
#include <string.h>

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
