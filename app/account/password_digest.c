#include "account/password_digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>

/* scrypt's own block of memory is bounded when the hash is read; OpenSSL counts some more on top. */
static const uint64_t SCRYPT_MEMORY_MAX = (1ULL << 30) + (1ULL << 26);

/* Made at the first use in a process and kept to its end. */
static OSSL_LIB_CTX *library(void)
{
    static OSSL_LIB_CTX *context;
    if (!context) {
        context = OSSL_LIB_CTX_new();
        if (!context || !OSSL_PROVIDER_load(context, "default"))
            return context;
        (void)OSSL_PROVIDER_load(context, "legacy");
        ERR_clear_error();
    }
    return context;
}

bool digest_is_available(struct arena *arena, Str name)
{
    EVP_MD *digest = EVP_MD_fetch(library(), arena_cstr(arena, name), NULL);
    ERR_clear_error();
    EVP_MD_free(digest);
    return digest != NULL;
}

static unsigned char *bytes_of(Str text)
{
    static unsigned char none[1];
    return text.p ? (unsigned char *)(uintptr_t)text.p : none;
}

static Str salted(struct arena *arena, const struct custom_hash *hash, Str password)
{
    return hash->salt_suffix ? arena_join(arena, password, hash->salt) : arena_join(arena, hash->salt, password);
}

static bool compute_digest(const char *name, Str message, unsigned char *out, size_t *bytes)
{
    return EVP_Q_digest(library(), name, NULL, bytes_of(message), message.n, out, bytes) == 1;
}

static bool compute_hmac(const char *name, Str key, Str message, unsigned char *out, size_t *bytes)
{
    return EVP_Q_mac(library(), "HMAC", NULL, name, NULL, bytes_of(key), key.n, bytes_of(message), message.n, out,
                     EVP_MAX_MD_SIZE, bytes) != NULL;
}

static bool derive(const char *algorithm, const OSSL_PARAM *parameters, unsigned char *out, size_t bytes)
{
    EVP_KDF *kdf = EVP_KDF_fetch(library(), algorithm, NULL);
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    bool derived = context && EVP_KDF_derive(context, out, bytes, parameters) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived;
}

static bool compute_pbkdf2(char *digest, const struct custom_hash *hash, Str password, unsigned char *out)
{
    uint64_t iterations = (uint64_t)hash->iterations;
    int any_salt = 1;   /* SP 800-132 asks for longer salts than some of those that are out there */
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, bytes_of(password), password.n),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, bytes_of(hash->salt), hash->salt.n),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &any_salt),
        OSSL_PARAM_construct_end(),
    };
    return derive("PBKDF2", parameters, out, hash->value.n);
}

static bool compute_scrypt(const struct custom_hash *hash, Str password, unsigned char *out)
{
    uint64_t cost = (uint64_t)hash->cost, memory = SCRYPT_MEMORY_MAX;
    uint32_t block = (uint32_t)hash->block_size, lanes = (uint32_t)hash->parallelization;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, bytes_of(password), password.n),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, bytes_of(hash->salt), hash->salt.n),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cost),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &block),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &lanes),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
        OSSL_PARAM_construct_end(),
    };
    return derive("SCRYPT", parameters, out, hash->value.n);
}

static bool compute(struct arena *arena, const struct custom_hash *hash, Str password, unsigned char *out, size_t *bytes)
{
    char *digest = arena_cstr(arena, hash->digest);
    switch (hash->family) {
    case FAMILY_DIGEST:
        return compute_digest(digest, salted(arena, hash, password), out, bytes);
    case FAMILY_HMAC:
        return compute_hmac(digest, hash->key, salted(arena, hash, password), out, bytes);
    case FAMILY_PBKDF2:
        return compute_pbkdf2(digest, hash, password, out);
    case FAMILY_SCRYPT:
        return compute_scrypt(hash, password, out);
    case FAMILY_ARGON2:
    case FAMILY_BCRYPT:
        break;
    }
    return false;
}

Error digest_compute(struct arena *arena, const struct custom_hash *hash, Str password, Str *out)
{
    size_t room = hash->value.n > EVP_MAX_MD_SIZE ? hash->value.n : EVP_MAX_MD_SIZE, bytes = hash->value.n;
    unsigned char *computed = arena_take(arena, room);
    if (!compute(arena, hash, password, computed, &bytes)) {
        ERR_clear_error();
        return ERR_BUSY;
    }
    *out = (Str){(const char *)computed, bytes};
    return OK;
}
