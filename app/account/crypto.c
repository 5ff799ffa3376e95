#include "account/crypto.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

#include "account/key_file.h"
#include "base/log.h"

enum {
    FINGERPRINT_BYTES = 8,
    SEAL_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    ARGON2_TEXT_MAX = 512,
    ARGON2_KIB_MAX = 1 << 20,
    ARGON2_PASSES_MAX = 20,
    ARGON2_LANES_MAX = 16,
    ARGON2_SALT_MIN = 8,
    ARGON2_HASH_MIN = 16,
    ARGON2_BYTES_MAX = 128,
    ARGON2_OUR_HASH = 32
};

Error crypto_start(void)
{
    return sodium_init() < 0 ? ERR_FAULT : OK;
}

static const unsigned char *bytes_of(Str text)
{
    return (const unsigned char *)(text.p ? text.p : "");
}

Str crypto_random(struct arena *arena, size_t bytes)
{
    unsigned char *random = arena_take(arena, bytes + 1);
    randombytes_buf(random, bytes);
    return (Str){(const char *)random, bytes};
}

void crypto_random_fill(unsigned char *out, size_t bytes)
{
    randombytes_buf(out, bytes);
}

bool crypto_equal(Str a, Str b)
{
    return a.n == b.n && sodium_memcmp(bytes_of(a), bytes_of(b), a.n) == 0;
}

Str crypto_fingerprint(struct arena *arena, Str bytes)
{
    unsigned char *out = arena_take(arena, FINGERPRINT_BYTES);
    crypto_generichash_blake2b(out, FINGERPRINT_BYTES, bytes_of(bytes), bytes.n, NULL, 0);
    return (Str){(const char *)out, FINGERPRINT_BYTES};
}

/* In pages of their own, so that nothing else shares their fate (keys_keep_from_children). */
struct keys {
    struct keys *next;            /* that was opened before */
    unsigned char key[KEY_PURPOSES][SECRET_BYTES];
};
static struct keys *opened;       /* of this process: a reload holds two for a while */

static Error derive_keys(const unsigned char master[SECRET_BYTES], struct keys **out)
{
    _Static_assert(crypto_kdf_KEYBYTES == SECRET_BYTES, "the master key is a key of crypto_kdf");
    struct keys *keys = mmap(NULL, sizeof *keys, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (keys == MAP_FAILED) return ERR_BUSY;
    for (size_t i = 0; i < KEY_PURPOSES; i++)
        crypto_kdf_derive_from_key(keys->key[i], SECRET_BYTES, i + 1, "latchkey", master);
    keys->next = opened;
    opened = *out = keys;
    return OK;
}

static Error make_key(struct arena *arena, const char *file)
{
    unsigned char master[SECRET_BYTES];
    randombytes_buf(master, sizeof master);
    Error error = key_file_make(arena, file, (Str){(const char *)master, sizeof master});
    sodium_memzero(master, sizeof master);
    return error;
}

Error keys_open(struct arena *arena, const char *file, bool make, struct keys **out)
{
    unsigned char master[SECRET_BYTES];
    Error error = key_file_read(file, master);
    if (error == ERR_NOT_FOUND && make) {
        error = make_key(arena, file);
        if (error == OK || error == ERR_CONFLICT)
            error = key_file_read(file, master);
    }
    if (error == OK)
        error = derive_keys(master, out);
    sodium_memzero(master, sizeof master);
    return error;
}

void keys_close(struct keys *keys)
{
    for (struct keys **each = &opened; *each; each = &(*each)->next) {
        if (*each != keys) continue;
        *each = keys->next;
        sodium_memzero(keys, sizeof *keys);
        munmap(keys, sizeof *keys);
        return;
    }
}

bool keys_keep_from_children(void)
{
    bool kept = true;
    for (struct keys *keys = opened; keys; keys = keys->next) kept = !madvise(keys, sizeof *keys, MADV_WIPEONFORK) && kept;
    return kept;
}

Str keys_mac(struct arena *arena, const struct keys *keys, enum key_purpose purpose, Str message)
{
    unsigned char *mac = arena_take(arena, crypto_generichash_BYTES);
    crypto_generichash(mac, crypto_generichash_BYTES, bytes_of(message), message.n, keys->key[purpose], SECRET_BYTES);
    return (Str){(const char *)mac, crypto_generichash_BYTES};
}

void keys_mac_parts(const struct keys *keys, enum key_purpose purpose, const Str *parts, size_t count,
                    unsigned char out[SECRET_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->key[purpose], SECRET_BYTES, SECRET_BYTES);
    for (size_t i = 0; i < count; i++) {
        unsigned char length[8];
        uint64_t n = parts[i].p ? parts[i].n : UINT64_MAX;
        for (size_t byte = 0; byte < sizeof length; byte++) length[byte] = (unsigned char)(n >> (8 * byte));
        crypto_generichash_update(&state, length, sizeof length);
        if (parts[i].n) crypto_generichash_update(&state, bytes_of(parts[i]), parts[i].n);
    }
    crypto_generichash_final(&state, out, SECRET_BYTES);
}

Str keys_seal(struct arena *arena, const struct keys *keys, Str plain, Str associated)
{
    size_t bytes = SEAL_NONCE + plain.n + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    unsigned char *sealed = arena_take(arena, bytes);
    randombytes_buf(sealed, SEAL_NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + SEAL_NONCE, NULL, bytes_of(plain), plain.n, bytes_of(associated),
                                               associated.n, NULL, sealed, keys->key[KEY_SEAL]);
    return (Str){(const char *)sealed, bytes};
}

bool keys_open_sealed(struct arena *arena, const struct keys *keys, Str sealed, Str associated, Str *out)
{
    if (sealed.n < SEAL_NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES) return false;
    size_t bytes = sealed.n - SEAL_NONCE - crypto_aead_xchacha20poly1305_ietf_ABYTES;
    unsigned char *plain = arena_take(arena, bytes + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, bytes_of(sealed) + SEAL_NONCE, sealed.n - SEAL_NONCE,
                                                   bytes_of(associated), associated.n, bytes_of(sealed),
                                                   keys->key[KEY_SEAL]) != 0)
        return false;
    *out = (Str){(const char *)plain, bytes};
    return true;
}

/* What stands in a PHC string of argon2: $argon2id$v=19$m=65536,t=2,p=1$salt$hash. */
struct argon2 {
    bool id;
    int64_t kib, passes, lanes;
    size_t salt_bytes, hash_bytes;
    unsigned char salt[ARGON2_BYTES_MAX], hash[ARGON2_BYTES_MAX];
};

static bool read_number(Str *text, const char *name, char end, int64_t least, int64_t most, int64_t *out)
{
    Str value = str_cut(text, end);
    if (!str_starts(value, str_of(name)))
        return false;
    value = str_after(value, strlen(name));
    return value.n > 0 && value.p[0] != '0' && str_to_int(value, out) && *out >= least && *out <= most;
}

static bool read_base64(Str text, size_t least, unsigned char decoded[ARGON2_BYTES_MAX], size_t *bytes)
{
    return text.n > 0 &&
           sodium_base642bin(decoded, ARGON2_BYTES_MAX, text.p, text.n, NULL, bytes, NULL,
                             sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
           *bytes >= least;
}

static bool read_argon2(Str hash, struct argon2 *out)
{
    *out = (struct argon2){0};
    if (hash.n > ARGON2_TEXT_MAX || !str_starts(hash, STR("$")))
        return false;
    hash = str_after(hash, 1);
    Str type = str_cut(&hash, '$');
    out->id = str_is(type, "argon2id");
    if (!out->id && !str_is(type, "argon2i"))
        return false;
    if (!str_is(str_cut(&hash, '$'), "v=19"))
        return false;
    Str costs = str_cut(&hash, '$');
    if (!read_number(&costs, "m=", ',', 1, ARGON2_KIB_MAX, &out->kib) ||
        !read_number(&costs, "t=", ',', 1, ARGON2_PASSES_MAX, &out->passes) ||
        !read_number(&costs, "p=", ',', 1, ARGON2_LANES_MAX, &out->lanes) || costs.p != NULL || out->kib < 8 * out->lanes)
        return false;
    return read_base64(str_cut(&hash, '$'), ARGON2_SALT_MIN, out->salt, &out->salt_bytes) &&
           read_base64(hash, ARGON2_HASH_MIN, out->hash, &out->hash_bytes);
}

bool argon2_is_bounded(Str hash)
{
    struct argon2 read;
    return read_argon2(hash, &read);
}

bool argon2_is_current(Str hash, HashCost cost)
{
    struct argon2 read;
    return read_argon2(hash, &read) && read.id && read.kib == cost.kib && read.passes == cost.passes && read.lanes == 1 &&
           read.salt_bytes == crypto_pwhash_SALTBYTES && read.hash_bytes == ARGON2_OUR_HASH;
}

Error argon2_hash(struct arena *arena, HashCost cost, Str password, Str *out)
{
    char *text = arena_take(arena, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(text, (const char *)bytes_of(password), password.n, (unsigned long long)cost.passes,
                              (size_t)cost.kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        log_line(LOG_ERROR, "argon2id with %lld KiB and %lld passes failed: %s", (long long)cost.kib, (long long)cost.passes,
                 strerror(errno));
        return ERR_BUSY;
    }
    *out = str_of(text);
    return OK;
}

/* Hashes of the shape that is made here. */
static Error verify_own(const struct argon2 *read, Str password)
{
    unsigned char computed[ARGON2_BYTES_MAX];
    if (crypto_pwhash(computed, read->hash_bytes, (const char *)bytes_of(password), password.n, read->salt,
                      (unsigned long long)read->passes, (size_t)read->kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ERR_BUSY;
    return sodium_memcmp(computed, read->hash, read->hash_bytes) == 0 ? OK : ERR_DENIED;
}

static bool memory_is_there(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED && munmap(memory, bytes) == 0;
}

/* Other lanes, salts and argon2i. libsodium's one call for them answers "wrong" without memory as well: ask again then. */
static Error verify_foreign(const struct argon2 *read, Str hash, Str password)
{
    char text[ARGON2_TEXT_MAX + 1] = {0};
    memcpy(text, hash.p, hash.n);
    if (crypto_pwhash_str_verify(text, (const char *)bytes_of(password), password.n) == 0)
        return OK;
    return memory_is_there((size_t)read->kib * 1024) ? ERR_DENIED : ERR_BUSY;
}

Error argon2_verify(Str hash, Str password)
{
    struct argon2 read;
    if (!read_argon2(hash, &read))
        return ERR_DENIED;
    bool own = read.id && read.lanes == 1 && read.salt_bytes == crypto_pwhash_SALTBYTES;
    Error error = own ? verify_own(&read, password) : verify_foreign(&read, hash, password);
    if (error == ERR_BUSY)
        log_line(LOG_ERROR, "argon2 with %lld KiB: out of memory", (long long)read.kib);
    return error;
}
