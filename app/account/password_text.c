#include "account/password_reader.h"

#include <string.h>
#include <strings.h>

#include "account/crypto.h"
#include "base/encode.h"

enum {
    PBKDF2_ITERATIONS = 100000,             /* what is meant when the text does not say */
    PBKDF2_LENGTH = 64,
    PBKDF2_ITERATIONS_MAX = 10 * 1000 * 1000,
    BCRYPT_BYTES = 60,
    BCRYPT_COST_AT = 4,
    BCRYPT_COST_MIN = 4,
    BCRYPT_COST_MAX = 16
};

/* pbkdf2 computes every block of its output anew: 10 million iterations of a small digest for a long output would be minutes. */
static const int64_t PBKDF2_WORK_MAX = 2 * PBKDF2_ITERATIONS_MAX;

bool custom_read_argon2(struct reader *reader, Str value)
{
    reader->out->value = value;
    return argon2_is_bounded(value) ||
           custom_complain(reader, "hash.value",
                           "It has to look like $argon2id$v=19$m=65536,t=2,p=1$salt$hash (or argon2i), "
                           "with m up to 1048576, t up to 20 and p up to 16.");
}

bool bcrypt_is_bounded(Str hash)
{
    static const char digits[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if (hash.n != BCRYPT_BYTES || memcmp(hash.p, "$2", 2) != 0 || !str_has(STR("aby"), hash.p[2]) || hash.p[3] != '$' ||
        hash.p[6] != '$')
        return false;
    for (size_t i = 7; i < hash.n; i++)
        if (!str_has((Str){digits, sizeof digits - 1}, hash.p[i]))
            return false;
    int64_t cost;
    return str_has(STR("01"), hash.p[BCRYPT_COST_AT]) && str_to_int((Str){hash.p + BCRYPT_COST_AT, 2}, &cost) &&
           cost >= BCRYPT_COST_MIN && cost <= BCRYPT_COST_MAX;
}

bool custom_read_bcrypt(struct reader *reader, Str value)
{
    const struct custom_hash *out = reader->out;
    reader->out->value = value;
    /* libcrypt takes its text up to the first zero byte: such a hash would match every password that begins alike. */
    if (out->encoding == ENCODING_UTF16LE)
        return custom_complain(reader, "password.encoding", "bcrypt cannot be checked with this encoding.");
    if (out->salt.n > 0 && memchr(out->salt.p, 0, out->salt.n))
        return custom_complain(reader, "salt.value", "bcrypt cannot be checked with a zero byte in its salt.");
    return bcrypt_is_bounded(value) ||
           custom_complain(reader, "hash.value",
                           "It has to be a bcrypt text of 60 characters ($2a$, $2b$ or $2y$) with a cost of 04 to %d.",
                           BCRYPT_COST_MAX);
}

static const struct ldap_scheme {
    const char *name, *digest;
    bool salted;
} ldap_schemes[] = {
    {"{md5}", "md5", false},       {"{smd5}", "md5", true},       {"{sha}", "sha1", false},      {"{ssha}", "sha1", true},
    {"{sha224}", "sha224", false}, {"{ssha224}", "sha224", true}, {"{sha256}", "sha256", false}, {"{ssha256}", "sha256", true},
    {"{sha384}", "sha384", false}, {"{ssha384}", "sha384", true}, {"{sha512}", "sha512", false}, {"{ssha512}", "sha512", true},
};

static const struct ldap_scheme *ldap_scheme_of(Str value)
{
    for (size_t i = 0; i < sizeof ldap_schemes / sizeof ldap_schemes[0]; i++) {
        size_t n = strlen(ldap_schemes[i].name);
        if (value.n > n && strncasecmp(value.p, ldap_schemes[i].name, n) == 0)
            return &ldap_schemes[i];
    }
    return NULL;
}

/* RFC 2307 {SCHEME} and base64 of the digest, with the salt behind it. */
bool custom_read_ldap(struct reader *reader, Str value)
{
    const struct ldap_scheme *scheme = ldap_scheme_of(value);
    if (!scheme)
        return custom_complain(reader, "hash.value",
                               "It has to begin with {MD5}, {SMD5}, {SHA}, {SSHA} or {SHA256} … {SSHA512}.");
    Str bytes = STR_NONE;
    size_t length = custom_digest(str_of(scheme->digest))->bytes;
    if (!base64_decode(reader->arena, str_after(value, strlen(scheme->name)), &bytes) ||
        (scheme->salted ? bytes.n <= length : bytes.n != length))
        return custom_complain(reader, "hash.value", "What stands behind %s has to be base64 of the %zu bytes%s.",
                               scheme->name, length, scheme->salted ? " and the salt" : "");
    reader->out->digest = str_of(scheme->digest);
    reader->out->value = str_first(bytes, length);
    reader->out->salt = str_after(bytes, length);
    reader->out->salt_suffix = true;
    return true;
}

static bool read_pbkdf2_settings(Str settings, int64_t *iterations, int64_t *length)
{
    while (settings.p) {
        Str setting = str_cut(&settings, ',');
        int64_t *number = str_starts(setting, STR("i=")) ? iterations : str_starts(setting, STR("l=")) ? length : NULL;
        if (!number || !str_to_int(str_after(setting, 2), number))
            return false;
    }
    return true;
}

static bool check_pbkdf2(struct reader *reader, const struct digest *digest, int64_t length)
{
    const struct custom_hash *out = reader->out;
    if (out->iterations < 1 || out->iterations > PBKDF2_ITERATIONS_MAX || length < 1 || length > DERIVED_MAX)
        return custom_complain(reader, "hash.value", "i has to be from 1 to %d, l from 1 to %d.", PBKDF2_ITERATIONS_MAX,
                               DERIVED_MAX);
    int64_t blocks = (length - 1) / (int64_t)digest->bytes + 1;
    if (out->iterations * blocks > PBKDF2_WORK_MAX)
        return custom_complain(reader, "hash.value", "This would take too long to check: fewer iterations or a shorter hash.");
    return out->value.n == (size_t)length ||
           custom_complain(reader, "hash.value", "The hash has %zu bytes, but l says %lld.", out->value.n, (long long)length);
}

/* PHC: $pbkdf2-sha512$i=100000,l=64$salt$hash. */
bool custom_read_pbkdf2(struct reader *reader, Str value)
{
    struct custom_hash *out = reader->out;
    static const Str prefix = {"$pbkdf2-", 8};
    Str rest = str_starts(value, prefix) ? str_after(value, prefix.n) : STR_NONE;
    const struct digest *digest = custom_digest(str_cut(&rest, '$'));
    if (!digest)
        return custom_complain(reader, "hash.value",
                               "It has to look like $pbkdf2-sha512$i=100000,l=64$salt$hash, with a known digest.");
    int64_t length = PBKDF2_LENGTH;
    out->digest = str_of(digest->name);
    out->iterations = PBKDF2_ITERATIONS;
    Str salt = str_cut(&rest, '$');
    if (str_starts(salt, STR("i=")) || str_starts(salt, STR("l="))) {
        if (!read_pbkdf2_settings(salt, &out->iterations, &length))
            return custom_complain(reader, "hash.value", "Its settings have to look like i=100000,l=64.");
        salt = str_cut(&rest, '$');
    }
    if (!rest.p || !base64_decode(reader->arena, salt, &out->salt) || !base64_decode(reader->arena, rest, &out->value))
        return custom_complain(reader, "hash.value", "Its salt and hash have to be base64.");
    return check_pbkdf2(reader, digest, length);
}
