/* A person's own data as one file: asking for it, how far it is, fetching it. Open to who is held up as well: it is theirs also when they
   refuse new terms or leave. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/export.h"
#include "base/log.h"
#include "page/fresh.h"
#include "page/routes.h"

enum { AN_HOUR = 3600, BYTES_PER_KIB = 1024 };

/* --- how it stands --- */

static Str date_of(struct exchange *exchange, int64_t seconds)
{
    return catalog_date(exchange->arena, exchange->language, seconds, true);
}

static void add_asking(struct exchange *exchange, struct part *content, const struct export *last)
{
    int64_t from = last && !str_is(last->state, "failed") ? last->created_at + AN_HOUR : 0;
    if (from <= exchange->visit.now) {
        part_show(content, "ASK");
        return;
    }
    part_str(part_section(content, "LATER"), "TEXT",
             exchange_fill(exchange, N_("You can ask for a new copy from {DATE} on."), "DATE", date_of(exchange, from)));
}

static void add_ready(struct exchange *exchange, struct part *content, const struct export *export)
{
    struct part *part = part_section(content, "READY");
    int64_t kib = (export->size + BYTES_PER_KIB - 1) / BYTES_PER_KIB;
    part_str(part, "ID", export->public_id);
    part_str(part, "SIZE", arena_print(exchange->arena, "%lld", (long long)kib));
    part_str(part, "UNTIL", exchange_fill(exchange, N_("It is kept until {DATE}, then it is removed."), "DATE",
                                          date_of(exchange, export->expires_at)));
}

static Error show(struct exchange *exchange, int status, const char *missing)
{
    struct export export;
    Error error = export_latest(exchange->portal, &exchange->visit, exchange->session.user.id, &export);
    if (error && error != ERR_NOT_FOUND) return error;
    bool exists = error == OK;
    struct page *page = exchange_page(exchange, "privacy_export.tpl", N_("Your data as a file"));
    struct part *content = page_content(page);
    if (missing) part_str(part_section(content, "MISSING"), "TEXT", exchange_text(exchange, missing));
    if (exists && str_is(export.state, "failed")) part_show(content, "FAILED");
    if (exists && str_is(export.state, "ready")) add_ready(exchange, content, &export);
    if (exists && (str_is(export.state, "queued") || str_is(export.state, "building")))
        part_int(part_section(content, "WAITING"), "DONE", export.done);
    else
        add_asking(exchange, content, exists ? &export : NULL);
    exchange_send(exchange, page, status);
    return OK;
}

Error privacy_export_show(struct exchange *exchange)
{
    return show(exchange, 200, NULL);
}

/* Whoever asks too early or twice sees on the page how it stands. */
Error privacy_export_save(struct exchange *exchange)
{
    int64_t retry_after;
    if (!fresh_is(exchange)) return fresh_ask(exchange);
    Error error = export_ask(exchange->portal, &exchange->visit, &exchange->session.user, catalog_code(exchange->language), &retry_after);
    if (!error) reply_see_other(exchange->reply, STR("/privacy/export"));
    return error;
}

/* --- the file --- */

/* False: it is not there. */
static bool attach(struct reply *reply, Str path)
{
    struct stat about;
    int file = open(path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 || fstat(file, &about) || !S_ISREG(about.st_mode)) {
        log_line(LOG_ERROR, "the file of an export that is ready is not there");
        if (file >= 0) close(file);
        return false;
    }
    reply->type = STR("application/zip");
    reply_header(reply, "Content-Disposition", STR("attachment; filename=\"my-data.zip\""));
    reply->file_size = about.st_size;
    reply->file = file;
    return true;
}

/* A sign-in that is not fresh is made so first; then the page has the link again, so that nobody is left on a page that is over. */
Error privacy_export_file_show(struct exchange *exchange)
{
    Str path;
    if (!fresh_is(exchange)) {
        reply_see_other(exchange->reply, STR("/reauthenticate?next=%2Fprivacy%2Fexport"));
        return OK;
    }
    Error error = export_file(exchange->portal, &exchange->visit, &exchange->session.user, exchange->segment[0], &path);
    if (error && error != ERR_NOT_FOUND) return error;
    if (error || !attach(exchange->reply, path)) return show(exchange, 404, N_("This copy is not there any more. Ask for a new one."));
    return OK;
}
