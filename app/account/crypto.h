/* The one door to sodium.h: randomness, keyed hashes, the portal's keys, argon2id. */
#ifndef LATCHKEY_CRYPTO_H
#define LATCHKEY_CRYPTO_H

#include "base/arena.h"

enum { SECRET_BYTES = 32 };

MUST_USE Error crypto_start(void);                              /* once per program; ERR_FAULT without entropy */
Str crypto_random(struct arena *, size_t bytes);
void crypto_random_fill(unsigned char *out, size_t bytes);
bool crypto_equal(Str a, Str b);                                /* constant time in the contents; lengths are public */
Str crypto_fingerprint(struct arena *, Str bytes);              /* unkeyed BLAKE2b, 8 bytes: names of static files */

/* Keys derived from the master key, one per purpose (crypto_kdf). */
enum key_purpose { KEY_SESSION, KEY_FORM, KEY_THROTTLE, KEY_ARTEFACT, KEY_SEAL, KEY_AUDIT, KEY_TOMBSTONE, KEY_PURPOSES };
struct keys;
/* Reads the master key; makes it (O_EXCL, 0600, synced) when there is none and `make` is set. Refuses a file that others can
   read or that is not 32 bytes. */
MUST_USE Error keys_open(struct arena *, const char *file, bool make, struct keys **out);
void keys_close(struct keys *);                                 /* NULL is fine */
/* Processes that are forked from now on find zeros in the place of all keys that are open: who decodes what strangers send needs none.
   False (errno): the kernel does not do that. */
MUST_USE bool keys_keep_from_children(void);
/* Keyed BLAKE2b-256. */
Str keys_mac(struct arena *, const struct keys *, enum key_purpose, Str message);
/* The same over several parts, each with its length, so that none runs into the next; STR_NONE is another part than an empty one. */
void keys_mac_parts(const struct keys *, enum key_purpose, const Str *parts, size_t count, unsigned char out[SECRET_BYTES]);

/* Sealed with KEY_SEAL (XChaCha20-Poly1305, random nonce in front); opens only with the same associated data. */
Str keys_seal(struct arena *, const struct keys *, Str plain, Str associated);
MUST_USE bool keys_open_sealed(struct arena *, const struct keys *, Str sealed, Str associated, Str *out);

/* argon2id as a PHC string. ERR_BUSY: memory is out. */
typedef struct HashCost { int64_t kib, passes; } HashCost;
MUST_USE Error argon2_hash(struct arena *, HashCost, Str password, Str *out);
MUST_USE Error argon2_verify(Str hash, Str password);           /* OK, ERR_DENIED, ERR_BUSY */
bool argon2_is_current(Str hash, HashCost);
/* argon2id or argon2i, version 19, with parameters that one sign-in may cost: at most 1 GiB, 20 passes, 16 lanes. */
bool argon2_is_bounded(Str hash);

#endif
