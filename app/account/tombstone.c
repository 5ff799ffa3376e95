#include "account/tombstone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "store/store_file.h"

enum { LINE = 2 * SECRET_BYTES + 1, PIECE = 1024 * LINE };

static Str hash_of(const struct portal *portal, struct arena *arena, Str user_id)
{
    return keys_mac(arena, portal->keys, KEY_TOMBSTONE, user_id);
}

static Str path_of(const struct portal *portal, struct arena *arena)
{
    return arena_print(arena, "%.*s.erased", STR_ARGS(portal->options->key_file));
}

static Error fault(Str path, const char *what)
{
    log_line(LOG_ERROR, "%.*s: %s: %s", STR_ARGS(path), what, strerror(errno));
    return ERR_FAULT;
}

/* --- one more --- */

/* A line that a power loss cut off is ended first, so that it spoils no other. */
static bool ends_whole(int fd)
{
    char last = '\n';
    off_t size = lseek(fd, 0, SEEK_END);
    return size <= 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

static Error append(struct arena *arena, Str path, Str hash)
{
    int fd = open(path.p, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return fault(path, "cannot be opened");
    Str hex = hex_encode(arena, hash);
    Str line = arena_print(arena, "%s%.*s\n", ends_whole(fd) ? "" : "\n", STR_ARGS(hex));
    bool written = write(fd, line.p, line.n) == (ssize_t)line.n && fsync(fd) == 0;
    Error error = written ? OK : fault(path, "cannot be written");
    if (close(fd) != 0 && !error) error = fault(path, "cannot be written");
    return error ? error : store_file_sync(path.p);
}

Error tombstone_put(struct portal *portal, const struct visit *visit, Str user_id, bool file)
{
    Str hash = hash_of(portal, visit->arena, user_id);
    Error error = file ? append(visit->arena, path_of(portal, visit->arena), hash) : OK;
    return error ? error : db_run(portal->db, STMT_erased_add, DB_ARGS(db_blob(hash), db_int(visit->now)), NULL);
}

static Error is_known(struct portal *portal, Str hash, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_erased_get, DB_ARGS(db_blob(hash)), &rows);
    if (error) return error;
    *out = row_next(&rows);
    return rows_end(&rows);
}

Error tombstone_is(struct portal *portal, struct arena *arena, Str user_id, bool *out)
{
    return is_known(portal, hash_of(portal, arena, user_id), out);
}

/* --- all of them --- */

struct found {
    Str hash;
    struct found *next;
};

struct reading {
    struct portal *portal;
    struct arena *arena;
    struct found *first;
    size_t count;
};

static Error take_line(struct reading *reading, Str line)
{
    Str hash;
    bool known = false;
    if (!hex_decode(reading->arena, line, &hash) || hash.n != SECRET_BYTES) return OK;
    Error error = is_known(reading->portal, hash, &known);
    if (error || known) return error;
    struct found *found = ARENA_NEW(reading->arena, struct found);
    *found = (struct found){.hash = hash, .next = reading->first};
    reading->first = found;
    reading->count++;
    return OK;
}

static Error take_lines(struct reading *reading, Str *text)
{
    Error error = OK;
    while (!error && text->n && memchr(text->p, '\n', text->n)) error = take_line(reading, str_cut(text, '\n'));
    return error;
}

/* What is left of a piece without its line's end goes before the next one; longer than a line it is none. */
static Error read_all(struct reading *reading, int fd)
{
    char *piece = arena_take(reading->arena, PIECE + LINE);
    size_t kept = 0;
    Error error = OK;
    for (ssize_t got; !error && (got = read(fd, piece + kept, PIECE)) > 0;) {
        Str text = {piece, kept + (size_t)got};
        error = take_lines(reading, &text);
        kept = text.p && text.n <= LINE ? text.n : 0;
        if (kept) memmove(piece, text.p, kept);
    }
    return error;
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

Error tombstones_missing(struct portal *portal, struct arena *arena, struct tombstones *out)
{
    struct reading reading = {.portal = portal, .arena = arena};
    Str path = path_of(portal, arena);
    *out = (struct tombstones){0};
    int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT ? OK : fault(path, "cannot be opened");
    Error error = read_all(&reading, fd);
    close(fd);
    if (error || !reading.count) return error;
    out->list = ARENA_ARRAY(arena, Str, reading.count);
    for (const struct found *each = reading.first; each; each = each->next) out->list[out->count++] = each->hash;
    qsort(out->list, out->count, sizeof *out->list, compare);
    return OK;
}

bool tombstones_have(const struct tombstones *tombstones, struct portal *portal, struct arena *arena, Str user_id)
{
    Str hash = hash_of(portal, arena, user_id);
    return bsearch(&hash, tombstones->list, tombstones->count, sizeof hash, compare) != NULL;
}

Error tombstones_settle(struct portal *portal, const struct visit *visit, const struct tombstones *tombstones)
{
    Error error = OK;
    for (size_t i = 0; !error && i < tombstones->count; i++)
        error = db_run(portal->db, STMT_erased_add, DB_ARGS(db_blob(tombstones->list[i]), db_int(visit->now)), NULL);
    return error;
}
