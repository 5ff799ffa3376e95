#include "account/password.h"

#include <crypt.h>
#include <string.h>

#include "account/password_digest.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "base/utf8.h"

enum { BCRYPT_PASSWORD_MAX = 72, BCRYPT_HASH_AT = 29 };

static bool is_plain_text(const struct custom_hash *hash)
{
    return (hash->family == FAMILY_ARGON2 || hash->family == FAMILY_BCRYPT) && hash->encoding == ENCODING_UTF8 &&
           hash->salt.n == 0;
}

static Str text_to_keep(struct arena *arena, const struct custom_hash *hash, const json_t *custom)
{
    if (is_plain_text(hash))
        return arena_copy(arena, hash->value);
    struct arena *before = json_memory_use(arena);
    Str text = str_of(json_dumps(custom, JSON_COMPACT | JSON_SORT_KEYS));
    (void)json_memory_use(before);
    return text;
}

Error password_hash_import(struct arena *arena, const json_t *custom, Str place, struct problems *problems, Str *out)
{
    struct custom_hash hash;
    Error error = custom_hash_read(arena, custom, place, problems, &hash);
    if (error != OK)
        return error;
    if (hash.digest.n > 0 && !digest_is_available(arena, hash.digest)) {
        problem_add(problems, place, "This machine cannot compute %.*s: OpenSSL's legacy provider is not installed.",
                    STR_ARGS(hash.digest));
        return ERR_INVALID;
    }
    Str text = text_to_keep(arena, &hash, custom);
    if (text.n < 1 || text.n > PASSWORD_HASH_MAX_BYTES) {
        problem_add(problems, place, "It is longer than %d bytes.", PASSWORD_HASH_MAX_BYTES);
        return ERR_INVALID;
    }
    *out = text;
    return OK;
}

Error password_hash_import_bcrypt(struct arena *arena, Str hash, Str place, struct problems *problems, Str *out)
{
    if (!bcrypt_is_bounded(hash)) {
        problem_add(problems, place, "It has to be a bcrypt text of 60 characters ($2a$, $2b$ or $2y$) with a cost of 04 to 16; "
                                     "for other kinds there is custom_password_hash.");
        return ERR_INVALID;
    }
    *out = arena_copy(arena, hash);
    return OK;
}

static Error read_json(struct arena *arena, Str text, struct custom_hash *out)
{
    struct arena *before = json_memory_use(arena);
    const json_t *custom = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    (void)json_memory_use(before);
    struct problems problems = {.arena = arena};
    return custom ? custom_hash_read(arena, custom, STR("password_hash"), &problems, out) : ERR_INVALID;
}

/* What stands in the store is read with the bounds of an import: a hash that came there in another way costs no more. */
static Error read_kept(struct arena *arena, Str text, struct custom_hash *out)
{
    *out = (struct custom_hash){.value = text};
    if (text.n > PASSWORD_HASH_MAX_BYTES)
        return ERR_INVALID;
    if (str_starts(text, STR("{")))
        return read_json(arena, text, out);
    out->family = str_starts(text, STR("$argon2")) ? FAMILY_ARGON2 : FAMILY_BCRYPT;
    return out->family == FAMILY_ARGON2 || bcrypt_is_bounded(text) ? OK : ERR_INVALID;
}

static size_t put_utf16(char *out, uint32_t unit)
{
    out[0] = (char)(unit & 0xff);
    out[1] = (char)(unit >> 8);
    return 2;
}

static size_t put_character(char *out, uint32_t character, enum password_encoding encoding)
{
    if (encoding != ENCODING_UTF16LE) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x10000)
        return put_utf16(out, character);
    put_utf16(out, 0xd800 + ((character - 0x10000) >> 10));
    return 2 + put_utf16(out + 2, 0xdc00 + ((character - 0x10000) & 0x3ff));
}

/* The password as the system that made the hash had it. False: it has characters that this encoding has not. */
static bool encode(struct arena *arena, Str password, enum password_encoding encoding, Str *out)
{
    static const uint32_t last[] = {[ENCODING_ASCII] = 0x7f, [ENCODING_LATIN1] = 0xff, [ENCODING_UTF16LE] = 0x10ffff};
    *out = password;
    if (encoding == ENCODING_UTF8)
        return true;
    char *bytes = arena_take_array(arena, 2, password.n + 1);
    size_t n = 0, at = 0;
    uint32_t character;
    while (utf8_next(password, &at, &character)) {
        if (character > last[encoding])
            return false;
        n += put_character(bytes + n, character, encoding);
    }
    if (at != password.n)
        return false;
    *out = (Str){bytes, n};
    return true;
}

static Error verify_bcrypt(struct arena *arena, const struct custom_hash *hash, Str password)
{
    Str salted = hash->salt_suffix ? arena_join(arena, password, hash->salt) : arena_join(arena, hash->salt, password);
    Str counted = str_first(salted, BCRYPT_PASSWORD_MAX);
    struct crypt_data *state = ARENA_NEW(arena, struct crypt_data);
    Str computed = str_of(crypt_r(arena_cstr(arena, counted), arena_cstr(arena, hash->value), state));
    /* libcrypt reads up to a zero byte; such a password must not match what stands before it. It is computed all the same. */
    bool same = computed.n == hash->value.n &&
                crypto_equal(str_after(computed, BCRYPT_HASH_AT), str_after(hash->value, BCRYPT_HASH_AT));
    return same && !str_has(counted, '\0') ? OK : ERR_DENIED;
}

static Error verify_digest(struct arena *arena, const struct custom_hash *hash, Str password)
{
    if (hash->digest.n > 0 && !digest_is_available(arena, hash->digest)) {
        log_line(LOG_ERROR, "a password hash needs %.*s: OpenSSL's legacy provider is not installed", STR_ARGS(hash->digest));
        return ERR_DENIED;
    }
    Str computed;
    Error error = digest_compute(arena, hash, password, &computed);
    if (error != OK)
        return error;
    return crypto_equal(computed, hash->value) ? OK : ERR_DENIED;
}

static Error verify_encoded(struct arena *arena, const struct custom_hash *hash, Str password)
{
    switch (hash->family) {
    case FAMILY_ARGON2:
        return argon2_verify(hash->value, password);
    case FAMILY_BCRYPT:
        return verify_bcrypt(arena, hash, password);
    case FAMILY_DIGEST:
    case FAMILY_HMAC:
    case FAMILY_PBKDF2:
    case FAMILY_SCRYPT:
        return verify_digest(arena, hash, password);
    }
    return ERR_DENIED;
}

Error password_verify(struct arena *arena, Str hash, Str password)
{
    struct custom_hash kept;
    if (password.n > PASSWORD_MAX_BYTES || read_kept(arena, hash, &kept) != OK)
        return ERR_DENIED;
    /* A password that cannot be written in the hash's encoding costs as much as one that can, or its kind would show. */
    Str encoded;
    bool possible = encode(arena, password, kept.encoding, &encoded);
    Error error = verify_encoded(arena, &kept, encoded);
    return error == OK && !possible ? ERR_DENIED : error;
}

/* RFC 4648 §4 without padding, as PHC strings have it. */
static Str random_base64(struct arena *arena, size_t bytes)
{
    Str text = base64url_encode(arena, crypto_random(arena, bytes));
    char *standard = arena_cstr(arena, text);
    for (size_t i = 0; i < text.n; i++)
        standard[i] = standard[i] == '-' ? '+' : standard[i] == '_' ? '/' : standard[i];
    return (Str){standard, text.n};
}

/* Drawn, not computed: no password is known that has this hash, it takes as long to verify as any, and a start stays quick. */
Error password_decoy(struct arena *arena, HashCost cost, Str *out)
{
    enum { SALT = 16, HASH = 32 };
    *out = arena_print(arena, "$argon2id$v=19$m=%lld,t=%lld,p=1$%s$%s", (long long)cost.kib, (long long)cost.passes,
                       random_base64(arena, SALT).p, random_base64(arena, HASH).p);
    return OK;
}
