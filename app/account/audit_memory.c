#include "account/audit_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/audit.h"
#include "base/encode.h"
#include "base/log.h"
#include "store/store_file.h"

static Str path_of(const struct portal *portal, struct arena *arena)
{
    return arena_print(arena, "%.*s.audit", STR_ARGS(portal->options->key_file));
}

static Error fault(Str path, const char *what)
{
    log_line(LOG_ERROR, "%.*s: %s: %s", STR_ARGS(path), what, strerror(errno));
    return ERR_FAULT;
}

/* --- the file --- */

Error audit_memory_read(const struct portal *portal, struct arena *arena, struct audit_mark *out)
{
    char text[AUDIT_MARK_TEXT];
    Str path = path_of(portal, arena);
    *out = (struct audit_mark){0};
    int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return errno == ENOENT ? OK : fault(path, "cannot be opened");
    ssize_t got = read(fd, text, sizeof text);
    Error error = got < 0 ? fault(path, "cannot be read") : OK;
    close(fd);
    if (error) return error;
    Str line = {text, (size_t)got};
    *out = audit_mark_read(portal->keys, AUDIT_MEMORY, str_cut(&line, '\n'));
    return OK;
}

/* Root verifies for the user who serves: the file is of whoever has the key. */
static bool write_whole(const struct portal *portal, int fd, Str line)
{
    struct stat key;
    if (stat(portal->options->key_file.p, &key) != 0) return false;
    if (geteuid() == 0 && fchown(fd, key.st_uid, key.st_gid) != 0) return false;
    return write(fd, line.p, line.n) == (ssize_t)line.n && fsync(fd) == 0;
}

static Error write_aside(const struct portal *portal, Str aside, Str line)
{
    int fd = open(aside.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0) return fault(aside, "cannot be made");
    Error error = write_whole(portal, fd, line) ? OK : fault(aside, "cannot be written");
    if (close(fd) != 0 && !error) error = fault(aside, "cannot be written");
    return error;
}

Error audit_memory_put(const struct portal *portal, struct arena *arena, const struct audit_point *point)
{
    char text[AUDIT_MARK_TEXT];
    audit_mark_print(portal->keys, AUDIT_MEMORY, point, text);
    Str path = path_of(portal, arena), suffix = hex_encode(arena, crypto_random(arena, 8));
    Str aside = arena_print(arena, "%.*s.%.*s", STR_ARGS(path), STR_ARGS(suffix));
    Error error = write_aside(portal, aside, arena_print(arena, "%s\n", text));
    if (!error && rename(aside.p, path.p) != 0) error = fault(path, "cannot be replaced");
    if (error) unlink(aside.p);
    return error ? error : store_file_sync(path.p);
}

/* --- keeping up with the store --- */

Error audit_remember(struct portal *portal, struct arena *arena)
{
    struct audit_marks marks;
    Error error = audit_marks_read(portal->db, portal->keys, &marks);
    if (error) return error;
    if (marks.head.fits) return audit_memory_put(portal, arena, &marks.head.point);
    log_line(LOG_ERROR, "the audit has no head of ours, so there is nothing to remember: run latchkey audit verify");
    return ERR_INVALID;
}

static Error stands_in_row(struct portal *portal, const struct audit_point *point, bool *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_audit_hash_of, DB_ARGS(db_int(point->id)), &rows);
    if (error) return error;
    *out = row_next(&rows) && audit_point_is(point, row_text(&rows, 0));
    return rows_end(&rows);
}

/* That the rows between hang together is for audit_verify: it walks all of them, however far the memory is. */
static Error is_in_chain(struct portal *portal, const struct audit_marks *marks, const struct audit_point *point, bool *out)
{
    const struct audit_point *anchor = &marks->anchor.point, *head = &marks->head.point;
    *out = false;
    if (!marks->anchor.fits || !marks->head.fits || head->id < point->id) return OK;
    *out = anchor->id > point->id || (anchor->id == point->id && memcmp(anchor->hash, point->hash, SECRET_BYTES) == 0);
    return *out ? OK : stands_in_row(portal, point, out);
}

static Error look(struct portal *portal, const struct audit_point *point, struct audit_marks *marks, bool *whole)
{
    Error error = db_read_begin(portal->db);
    if (error) return error;
    error = audit_marks_read(portal->db, portal->keys, marks);
    if (!error) error = is_in_chain(portal, marks, point, whole);
    db_read_end(portal->db);
    return error;
}

Error audit_keep_up(struct portal *portal, struct arena *arena)
{
    struct audit_marks marks;
    struct audit_mark memory;
    bool whole = false;
    Error error = audit_memory_read(portal, arena, &memory);
    if (error) return error;
    if (!memory.there) {
        log_line(LOG_WARNING, "nothing beside the key remembered how far the audit went: it does from now on");
        return audit_remember(portal, arena);
    }
    error = memory.fits ? look(portal, &memory.point, &marks, &whole) : OK;
    if (error) return error;
    if (whole && marks.head.point.id > memory.point.id) return audit_memory_put(portal, arena, &marks.head.point);
    if (!whole) log_line(LOG_ERROR, "the audit is not the one that is remembered beside the key: run latchkey audit verify");
    return OK;
}
