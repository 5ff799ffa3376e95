#include "account/password_reader.h"

#include <string.h>

#include "base/encode.h"

enum {
    TEXT_MAX = 1024,                        /* bytes of a hash, salt or key as they stand in the file */
    SCRYPT_COST_MAX = 1 << 20,
    SCRYPT_BLOCK_MAX = 32,
    SCRYPT_PARALLEL_MAX = 16
};

static const int64_t SCRYPT_MEMORY_MAX = 1LL << 30;
static const int64_t SCRYPT_WORK_MAX = 1LL << 32;   /* bytes mixed */

bool custom_complain(struct reader *reader, const char *where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    Str message = arena_vprint(reader->arena, format, arguments);
    va_end(arguments);
    problem_add(reader->problems, *where ? place_at(reader->arena, reader->place, where) : reader->place, "%.*s",
                STR_ARGS(message));
    return false;
}

static const struct digest digests[] = {
    {"md4", 16},    {"md5", 16},    {"ripemd160", 20}, {"sha1", 20},      {"sha224", 28},
    {"sha256", 32}, {"sha384", 48}, {"sha512", 64},    {"whirlpool", 64},
};

const struct digest *custom_digest(Str name)
{
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
        if (str_is(name, digests[i].name))
            return &digests[i];
    return NULL;
}

static const struct algorithm {
    const char *name;
    enum password_family family;
    bool salt;                                      /* may stand apart */
    bool (*read_text)(struct reader *, Str value);  /* NULL: the value is the bytes, in hex or base64 */
} algorithms[] = {
    {"argon2", FAMILY_ARGON2, false, custom_read_argon2}, {"bcrypt", FAMILY_BCRYPT, true, custom_read_bcrypt},
    {"hmac", FAMILY_HMAC, true, NULL},             {"ldap", FAMILY_DIGEST, false, custom_read_ldap},
    {"md4", FAMILY_DIGEST, true, NULL},            {"md5", FAMILY_DIGEST, true, NULL},
    {"pbkdf2", FAMILY_PBKDF2, false, custom_read_pbkdf2}, {"scrypt", FAMILY_SCRYPT, true, NULL},
    {"sha1", FAMILY_DIGEST, true, NULL},           {"sha256", FAMILY_DIGEST, true, NULL},
    {"sha512", FAMILY_DIGEST, true, NULL},
};

static const struct algorithm *algorithm_named(Str name)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (str_is(name, algorithms[i].name))
            return &algorithms[i];
    return NULL;
}

static Str text_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

static bool check_keys(struct reader *reader, const json_t *object, const char *where, const char *const *known)
{
    if (!json_is_object(object))
        return custom_complain(reader, where, "It has to be an object.");
    bool all_known = true;
    json_t *members = (json_t *)(uintptr_t)object;   /* jansson's iterator takes no const */
    for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at)) {
        const char *const *name = known;
        while (*name && strcmp(*name, json_object_iter_key(at)) != 0)
            name++;
        if (!*name)
            all_known = custom_complain(reader, where, "There is no setting \"%.40s\" here.", json_object_iter_key(at));
    }
    return all_known;
}

/* Some exporters write base64 with the two other characters of RFC 4648 §5. */
static bool decode_base64(struct arena *arena, Str text, Str *out)
{
    char *plain = arena_cstr(arena, text);
    for (size_t i = 0; i < text.n; i++)
        plain[i] = plain[i] == '-' ? '+' : plain[i] == '_' ? '/' : plain[i];
    return base64_decode(arena, (Str){plain, text.n}, out);
}

static bool decode(struct arena *arena, Str text, Str encoding, Str *out)
{
    if (str_is(encoding, "hex"))
        return hex_decode(arena, text, out);
    if (str_is(encoding, "base64"))
        return decode_base64(arena, text, out);
    *out = text;
    return str_is(encoding, "utf8");
}

/* An object { value, encoding }; `usual` is its encoding when it names none. */
static bool read_bytes(struct reader *reader, const json_t *object, const char *where, Str usual, Str *out)
{
    Str value = text_at(object, "value"), encoding = json_object_get(object, "encoding") ? text_at(object, "encoding") : usual;
    if (value.n < 1 || value.n > TEXT_MAX)
        return custom_complain(reader, where, "Its value has to be a text of 1 to %d bytes.", TEXT_MAX);
    return decode(reader->arena, value, encoding, out) ||
           custom_complain(reader, where, "Its value has to be in its encoding: hex, base64%s.", usual.p ? " or utf8" : "");
}

static bool read_salt(struct reader *reader, const json_t *salt)
{
    static const char *const known[] = {"value", "encoding", "position", NULL};
    if (!salt)
        return true;
    if (!reader->algorithm->salt)
        return custom_complain(reader, "salt", "%s keeps its salt in its value; leave this out.", reader->algorithm->name);
    if (!check_keys(reader, salt, "salt", known))
        return false;
    reader->out->salt_suffix = str_is(text_at(salt, "position"), "suffix");
    if (json_object_get(salt, "position") && !reader->out->salt_suffix && !str_is(text_at(salt, "position"), "prefix"))
        return custom_complain(reader, "salt.position", "It has to be prefix or suffix.");
    return read_bytes(reader, salt, "salt", STR("utf8"), &reader->out->salt);
}

static bool read_encoding(struct reader *reader, const json_t *password)
{
    static const char *const known[] = {"encoding", NULL};
    static const struct {
        const char *name;
        enum password_encoding encoding;
    } encodings[] = {{"utf8", ENCODING_UTF8},     {"ascii", ENCODING_ASCII},  {"latin1", ENCODING_LATIN1},
                     {"binary", ENCODING_LATIN1}, {"ucs2", ENCODING_UTF16LE}, {"utf16le", ENCODING_UTF16LE}};
    if (!password)
        return true;
    if (!check_keys(reader, password, "password", known))
        return false;
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        if (!str_is(text_at(password, "encoding"), encodings[i].name))
            continue;
        reader->out->encoding = encodings[i].encoding;
        return true;
    }
    return custom_complain(reader, "password.encoding", "It has to be ascii, utf8, utf16le, ucs2, latin1 or binary.");
}

static bool read_hmac(struct reader *reader, const json_t *hash)
{
    static const char *const known[] = {"value", "encoding", NULL};
    const struct digest *digest = custom_digest(text_at(hash, "digest"));
    if (!digest)
        return custom_complain(reader, "hash.digest",
                               "It has to be md4, md5, ripemd160, sha1, sha224, sha256, sha384, sha512 or whirlpool.");
    reader->out->digest = str_of(digest->name);
    const json_t *key = json_object_get(hash, "key");
    return check_keys(reader, key, "hash.key", known) && read_bytes(reader, key, "hash.key", STR("utf8"), &reader->out->key);
}

static int64_t number_at(const json_t *object, const char *key, int64_t usual)
{
    const json_t *value = json_object_get(object, key);
    return !value ? usual : json_is_integer(value) ? (int64_t)json_integer_value(value) : -1;
}

static bool check_number(struct reader *reader, const char *where, int64_t number, int64_t least, int64_t most)
{
    return (number >= least && number <= most) ||
           custom_complain(reader, where, "It has to be a number from %lld to %lld.", (long long)least, (long long)most);
}

static bool read_scrypt(struct reader *reader, const json_t *custom)
{
    struct custom_hash *out = reader->out;
    int64_t length = number_at(custom, "keylen", -1);
    out->cost = number_at(custom, "cost", 16384);
    out->block_size = number_at(custom, "blockSize", 8);
    out->parallelization = number_at(custom, "parallelization", 1);
    if (!check_number(reader, "keylen", length, 1, DERIVED_MAX) || !check_number(reader, "cost", out->cost, 2, SCRYPT_COST_MAX) ||
        !check_number(reader, "blockSize", out->block_size, 1, SCRYPT_BLOCK_MAX) ||
        !check_number(reader, "parallelization", out->parallelization, 1, SCRYPT_PARALLEL_MAX))
        return false;
    if (out->cost & (out->cost - 1))
        return custom_complain(reader, "cost", "It has to be a power of two.");
    int64_t memory = 128 * out->cost * out->block_size;
    if (memory > SCRYPT_MEMORY_MAX || memory * out->parallelization > SCRYPT_WORK_MAX)
        return custom_complain(reader, "cost",
                               "This would take too much memory or time to check: at most 1 GiB, 4 GiB over all lanes.");
    return out->value.n == (size_t)length ||
           custom_complain(reader, "hash.value", "The hash has %zu bytes, but keylen says %lld.", out->value.n,
                           (long long)length);
}

static bool check_length(struct reader *reader)
{
    const struct digest *digest = custom_digest(reader->out->digest);
    return reader->out->value.n == digest->bytes ||
           custom_complain(reader, "hash.value", "The hash has %zu bytes, but %s gives %zu.", reader->out->value.n, digest->name,
                           digest->bytes);
}

static bool read_text_hash(struct reader *reader, const json_t *hash)
{
    Str value = text_at(hash, "value");
    if (!str_is(text_at(hash, "encoding"), "utf8"))
        return custom_complain(reader, "hash.encoding", "It has to be utf8 for %s.", reader->algorithm->name);
    if (value.n < 1 || value.n > TEXT_MAX)
        return custom_complain(reader, "hash.value", "It has to be a text of 1 to %d bytes.", TEXT_MAX);
    return reader->algorithm->read_text(reader, value);
}

static bool read_hash(struct reader *reader, const json_t *custom, const json_t *hash)
{
    if (reader->algorithm->read_text)
        return read_text_hash(reader, hash);
    Str encoding = text_at(hash, "encoding");
    if (!str_is(encoding, "hex") && !str_is(encoding, "base64"))
        return custom_complain(reader, "hash.encoding", "It has to be hex or base64 for %s.", reader->algorithm->name);
    if (!read_bytes(reader, hash, "hash", STR_NONE, &reader->out->value))
        return false;
    if (reader->algorithm->family == FAMILY_SCRYPT)
        return read_scrypt(reader, custom);
    reader->out->digest = str_of(reader->algorithm->name);
    return (reader->algorithm->family == FAMILY_DIGEST || read_hmac(reader, hash)) && check_length(reader);
}

static bool read_custom(struct reader *reader, const json_t *custom)
{
    static const char *const known[] = {"algorithm", "hash", "salt", "password", "keylen",
                                        "cost", "blockSize", "parallelization", NULL};
    static const char *const known_in_hash[] = {"value", "encoding", "digest", "key", NULL};
    if (!check_keys(reader, custom, "", known))
        return false;
    reader->algorithm = algorithm_named(text_at(custom, "algorithm"));
    if (!reader->algorithm)
        return custom_complain(reader, "algorithm",
                        "It has to be argon2, bcrypt, hmac, ldap, md4, md5, pbkdf2, scrypt, sha1, sha256 or sha512.");
    reader->out->family = reader->algorithm->family;
    const json_t *hash = json_object_get(custom, "hash");
    return check_keys(reader, hash, "hash", known_in_hash) && read_encoding(reader, json_object_get(custom, "password")) &&
           read_salt(reader, json_object_get(custom, "salt")) && read_hash(reader, custom, hash);
}

Error custom_hash_read(struct arena *arena, const json_t *custom, Str place, struct problems *problems, struct custom_hash *out)
{
    struct reader reader = {.arena = arena, .place = place, .problems = problems, .out = out};
    *out = (struct custom_hash){.digest = STR(""), .salt = STR(""), .key = STR("")};
    return read_custom(&reader, custom) ? OK : ERR_INVALID;
}
