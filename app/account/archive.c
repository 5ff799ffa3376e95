#include "account/archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/log.h"

struct archive {
    zip_t *zip;
    const char *path;
};

static Error fail(const char *what, const char *why)
{
    log_line(LOG_ERROR, "an archive cannot be %s: %s", what, why);
    return ERR_FAULT;
}

Error archive_open(struct arena *arena, const char *path, struct archive **out)
{
    int code = 0;
    struct archive *archive = *out = ARENA_NEW(arena, struct archive);
    archive->path = path;
    archive->zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (archive->zip) return OK;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    Error failed = fail("made", zip_error_strerror(&error));
    zip_error_fini(&error);
    return failed;
}

static Error add(struct archive *archive, const char *name, zip_source_t *source)
{
    if (source && zip_file_add(archive->zip, name, source, ZIP_FL_ENC_UTF_8) >= 0) return OK;
    zip_source_free(source);
    return fail("filled", zip_strerror(archive->zip));
}

Error archive_add(struct archive *archive, const char *name, Str bytes)
{
    return add(archive, name, zip_source_buffer(archive->zip, bytes.p, bytes.n, 0));
}

Error archive_add_file(struct archive *archive, const char *name, const char *path)
{
    return add(archive, name, zip_source_file(archive->zip, path, 0, -1));
}

/* libzip writes beside the file and renames; the mode that the umask left is made strict before anybody is told of the file. */
static Error settle(const char *path, int64_t *size)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool good = file >= 0 && fchmod(file, S_IRUSR | S_IWUSR) == 0 && fsync(file) == 0 && fstat(file, &about) == 0;
    if (file >= 0) close(file);
    if (!good) return fail("written", "the disk does not take it");
    *size = about.st_size;
    return OK;
}

Error archive_close(struct archive *archive, int64_t *size)
{
    zip_t *zip = archive->zip;
    archive->zip = NULL;
    if (zip_close(zip) == 0) return settle(archive->path, size);
    Error error = fail("written", zip_strerror(zip));
    zip_discard(zip);
    return error;
}

void archive_discard(struct archive *archive)
{
    if (archive && archive->zip) zip_discard(archive->zip);
    if (archive) archive->zip = NULL;
}
