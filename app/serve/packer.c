#include "serve/packer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/archive.h"
#include "base/log.h"
#include "page/export_index.h"
#include "store/user_store.h"

enum { EVENTS_AT_ONCE = 200, DONE_READING = 80, DONE_A_SLICE = 5 };

struct packer {
    struct portal *portal;
    const struct view *view;
    struct arena *arena;          /* of what is being built */
    struct export export;
    bool busy;
    int64_t before, done;         /* the last event that was read; per cent */
    bool begun;                   /* the list of events has an entry */
    int events;                   /* the file that it grows in; -1: none */
};

Error packer_open(struct arena *arena, struct portal *portal, const struct view *view, struct packer **out)
{
    struct packer *packer = *out = ARENA_NEW(arena, struct packer);
    *packer = (struct packer){.portal = portal, .view = view, .arena = arena_open(0), .events = -1};
    return packer->arena ? OK : ERR_BUSY;
}

static void forget(struct packer *packer)
{
    if (packer->events >= 0) close(packer->events);
    packer->events = -1;
    packer->busy = packer->begun = false;
    packer->before = packer->done = 0;
    arena_wipe(packer->arena);
}

void packer_close(struct packer *packer)
{
    if (!packer || !packer->arena) return;
    forget(packer);
    arena_close(packer->arena);
}

static Str path_of(struct packer *packer, struct arena *arena, const char *ending)
{
    return export_path(packer->portal, arena, packer->export.public_id, ending);
}

static void remove_parts(struct packer *packer, struct arena *arena)
{
    (void)!unlink(path_of(packer, arena, "events").p);
    (void)!unlink(path_of(packer, arena, "part").p);
}

/* --- what happened: from the store into a file, slice by slice, so that a long life needs no memory --- */

static Error write_all(int file, Str bytes)
{
    while (bytes.n) {
        ssize_t done = write(file, bytes.p, bytes.n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return ERR_FAULT;
        bytes = str_after(bytes, (size_t)done);
    }
    return OK;
}

static Error begin(struct packer *packer, const struct visit *visit)
{
    const struct visit own = {.arena = packer->arena, .now = visit->now};
    Error error = export_take(packer->portal, &own, &packer->export);
    if (error) return error;
    packer->busy = true;
    if (mkdir(packer->portal->options->exports_dir.p, S_IRWXU) && errno != EEXIST) return ERR_FAULT;
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    packer->events = open(path_of(packer, visit->arena, "events").p, flags, S_IRUSR | S_IWUSR);
    return packer->events < 0 ? ERR_FAULT : write_all(packer->events, STR("["));
}

static Error write_slice(struct packer *packer, struct arena *arena, const struct activity *list, size_t count)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        text_add(&text, packer->begun ? STR(",\n") : STR("\n"));
        text_add(&text, str_of(json_dumps(export_event(arena, &list[i]), JSON_COMPACT)));
        packer->begun = true;
    }
    return write_all(packer->events, text_str(&text));
}

static Error read_slice(struct packer *packer, const struct visit *visit, const struct user *user, bool *older)
{
    size_t count;
    struct activity *list = ARENA_ARRAY(visit->arena, struct activity, EVENTS_AT_ONCE);
    Error error = activity_read(packer->portal, visit, user, packer->before, list, EVENTS_AT_ONCE, &count, older);
    if (!error) error = write_slice(packer, visit->arena, list, count);
    if (error) return error;
    if (count) packer->before = list[count - 1].id;
    packer->done += packer->done < DONE_READING ? DONE_A_SLICE : 0;
    if (!*older && (error = write_all(packer->events, STR("\n]\n")))) return error;
    return export_progress(packer->portal, visit, &packer->export, *older ? packer->done : DONE_READING);
}

/* --- packing --- */

static const struct catalog *language_of(const struct packer *packer)
{
    const struct catalogs *catalogs = view_catalogs(packer->view);
    const struct catalog *language = catalogs_get(catalogs, packer->export.language);
    if (!language) language = catalogs_get(catalogs, packer->portal->options->default_language);
    return language ? language : catalogs->list[0];
}

struct pages {
    Str profile, account, index, picture;
};

static Error write_pages(struct packer *packer, const struct visit *visit, const struct user *user, struct pages *out)
{
    size_t flags = JSON_INDENT(2) | JSON_PRESERVE_ORDER;
    json_t *profile, *account;
    struct export_index index = {.language = language_of(packer), .user = user};
    struct activity *events = ARENA_ARRAY(visit->arena, struct activity, EXPORT_EVENTS_SHOWN);
    Error error = export_profile(packer->portal, visit, user, &profile);
    if (!error) error = export_account(packer->portal, visit, user, &account);
    if (!error) error = export_picture(packer->portal, visit, user, &out->picture);
    if (!error)
        error = activity_read(packer->portal, visit, user, 0, events, EXPORT_EVENTS_SHOWN, &index.event_count, &index.older);
    if (error) return error;
    index.account = account;
    index.events = events;
    index.picture = out->picture.n > 0;
    out->profile = str_of(json_dumps(profile, flags));
    out->account = str_of(json_dumps(account, flags));
    return export_index_write(packer->portal, packer->view, visit, &index, &out->index);
}

static Error pack_pages(struct packer *packer, struct arena *arena, const struct pages *pages, int64_t *size)
{
    struct archive *archive = NULL;
    Str part = path_of(packer, arena, "part");
    if (unlink(part.p) && errno != ENOENT) return ERR_FAULT;
    Error error = archive_open(arena, part.p, &archive);
    if (!error) error = archive_add(archive, "index.html", pages->index);
    if (!error) error = archive_add(archive, "profile.json", pages->profile);
    if (!error) error = archive_add(archive, "account.json", pages->account);
    if (!error) error = archive_add_file(archive, "activity.json", path_of(packer, arena, "events").p);
    if (!error && pages->picture.n) error = archive_add(archive, "picture.png", pages->picture);
    if (!error) error = archive_close(archive, size);
    if (error) archive_discard(archive);
    if (!error && rename(part.p, path_of(packer, arena, "zip").p)) error = ERR_FAULT;
    return error;
}

static Error pack(struct packer *packer, const struct visit *visit, const struct user *user)
{
    struct pages pages;
    int64_t size;
    Error error = write_pages(packer, visit, user, &pages);
    if (!error) error = pack_pages(packer, visit->arena, &pages, &size);
    if (!error) error = export_ready(packer->portal, visit, &packer->export, user, size);
    return error;
}

/* --- steps --- */

static Error go_on(struct packer *packer, const struct visit *visit, bool *older)
{
    struct user user;
    Error error = user_get(packer->portal->db, visit->arena, packer->export.account, &user);
    if (!error && !user.has_memberships) {
        struct membership *memberships;
        error = user_memberships(packer->portal->db, visit->arena, &packer->portal->directory.fields, user.id, &memberships,
                                 &user.membership_count);
        user.memberships = memberships;
        user.has_memberships = !error;
    }
    *older = false;
    if (!error) error = read_slice(packer, visit, &user, older);
    return error || *older ? error : pack(packer, visit, &user);
}

/* Busy is passing, and its own tries are counted. Who is gone or asked for another needs none. */
static Error end(struct packer *packer, const struct visit *visit, Error error)
{
    Error failed = error == ERR_FAULT || error == ERR_INVALID ? export_give_up(packer->portal, visit, &packer->export) : OK;
    if (error && !failed && error != ERR_BUSY) (void)!unlink(path_of(packer, visit->arena, "zip").p);
    remove_parts(packer, visit->arena);
    forget(packer);
    return error == ERR_NOT_FOUND ? OK : error;
}

Error packer_step(struct packer *packer, const struct visit *visit, bool *more)
{
    bool older = false;
    Error error = OK;
    *more = false;
    if (!packer->busy) {
        error = begin(packer, visit);
        if (!packer->busy) return error == ERR_NOT_FOUND ? OK : error;
    } else {
        error = go_on(packer, visit, &older);
        if (!error && !older) return end(packer, visit, OK);
    }
    *more = !error;
    return error ? end(packer, visit, error) : OK;
}

Error packer_sweep(struct packer *packer, const struct visit *visit, bool *more)
{
    return export_sweep(packer->portal, visit, packer->busy ? packer->export.public_id : STR_NONE, more);
}
