#include "account/password_breach.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "net/curl.h"

/* A line is a hash, in some files with ":COUNT" behind it; whatever the file is, no more of a line is read. */
enum { SHA1_BYTES = 20, HASH_LENGTH = 2 * SHA1_BYTES, LINE_MAX_BYTES = 128 };

static bool sha1_hex(struct arena *arena, Str password, Str *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!EVP_Digest(password.p ? password.p : "", password.n, digest, &length, EVP_sha1(), NULL)) return false;
    char *hash = arena_cstr(arena, hex_encode(arena, (Str){(const char *)digest, length}));
    for (char *c = hash; *c; c++) *c = (char)toupper((unsigned char)*c);
    *out = str_of(hash);
    return out->n == HASH_LENGTH;
}

/* --- the file --- */

struct line {
    char bytes[LINE_MAX_BYTES + 1];
    off_t start, next;            /* of this line, of the one behind it */
};

/* Reads from `at` to the end of the line, at most LINE_MAX_BYTES. Returns the length without the line feed; negative: it cannot
   be read, or is longer. */
static ssize_t read_line(int file, off_t at, char *into)
{
    ssize_t got = pread(file, into, LINE_MAX_BYTES, at);
    if (got < 0) return -1;
    const char *end = memchr(into, '\n', (size_t)got);
    if (end) return end - into;
    return got < LINE_MAX_BYTES ? got : -1;
}

/* The first line that begins at or behind `at`. */
static bool line_at(int file, off_t at, struct line *out)
{
    out->start = at;
    if (at > 0) {
        ssize_t rest = read_line(file, at - 1, out->bytes);
        if (rest < 0) return false;
        out->start = at + rest;
    }
    ssize_t length = read_line(file, out->start, out->bytes);
    if (length < 0) return false;
    out->bytes[length] = '\0';
    out->next = out->start + length + 1;
    return true;
}

static bool is_hash(const char *line)
{
    return strspn(line, "0123456789abcdefABCDEF") == HASH_LENGTH;
}

/* Each round halves what is left, so even a file of 2^60 bytes takes sixty reads. */
static Error search(int file, off_t size, const char *hash, bool *found)
{
    off_t low = 0, high = size;
    while (low < high) {
        struct line line;
        off_t middle = low + (high - low) / 2;
        if (!line_at(file, middle, &line)) return ERR_INVALID;
        if (line.start >= high) {
            high = middle;
            continue;
        }
        if (!is_hash(line.bytes)) return ERR_INVALID;
        int order = strncasecmp(hash, line.bytes, HASH_LENGTH);
        if (order == 0) *found = true;
        if (order == 0) return OK;
        if (order < 0) high = middle;
        else low = line.next;
    }
    return OK;
}

static bool is_in_file(const char *path, const char *hash)
{
    struct stat facts;
    bool found = false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        log_line(LOG_WARNING, "breach_file cannot be opened: %s", strerror(errno));
        return false;
    }
    if (fstat(file, &facts) || !S_ISREG(facts.st_mode) || search(file, facts.st_size, hash, &found))
        log_line(LOG_WARNING, "breach_file is no sorted list of SHA-1 hashes, one in a line");
    close(file);
    return found;
}

/* --- the range service --- */

enum { PREFIX_LENGTH = 5, ANSWER_MAX_BYTES = 256 * 1024, ANSWER_SECONDS = 3, REST_SECONDS = 60, HTTP_OK = 200 };

/* Lines "SUFFIX:COUNT"; a count of 0 is padding that hides how long the answer is. */
static bool is_in_answer(Str answer, const char *suffix)
{
    while (answer.n) {
        Str line = str_trim(str_cut(&answer, '\n')), hash = str_cut(&line, ':');
        if (hash.n == HASH_LENGTH - PREFIX_LENGTH && strncasecmp(hash.p, suffix, hash.n) == 0) return !str_is(line, "0");
    }
    return false;
}

/* A service that is down must not hold up every new password: it is left alone for a while. */
static bool is_in_range(struct arena *arena, Str url, const char *hash, int64_t now)
{
    static int64_t rest_until;
    struct transfer_result result = {.end = TRANSFER_BROKEN};
    if (now < rest_until && now >= rest_until - REST_SECONDS) return false;
    struct http_wish wish = {.url = arena_print(arena, "%.*s%.5s", STR_ARGS(url), hash), .body = STR_NONE,
                             .total_seconds = ANSWER_SECONDS, .most = ANSWER_MAX_BYTES};
    Error error = http_ask(arena, &wish, &result);
    if (!error && result.end == TRANSFER_ANSWERED && result.status == HTTP_OK)
        return is_in_answer(result.body, hash + PREFIX_LENGTH);
    log_line(LOG_WARNING, "breach_url does not answer (HTTP status %ld): new passwords are not compared with it for %d seconds",
             result.status, REST_SECONDS);
    rest_until = now + REST_SECONDS;
    return false;
}

bool password_is_breached(const struct portal *portal, const struct visit *visit, Str password)
{
    const struct options *options = portal->options;
    Str hash;
    if (!options->breach_file.n && !options->breach_url.n) return false;
    if (!sha1_hex(visit->arena, password, &hash)) {
        log_line(LOG_WARNING, "no SHA-1 here: passwords are not compared with breached ones");
        return false;
    }
    if (options->breach_file.n && is_in_file(arena_cstr(visit->arena, options->breach_file), hash.p)) return true;
    return options->breach_url.n && is_in_range(visit->arena, options->breach_url, hash.p, visit->now);
}
