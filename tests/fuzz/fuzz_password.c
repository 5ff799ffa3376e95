/* Imported password hashes: a first line as the password, then the JSON of custom_password_hash. What is refused says why, what
   is kept is bounded and stays what it is, and computing it (where that is cheap) is safe. */
#include "fuzz.h"

#include <string.h>

#include "account/password.h"
#include "account/password_custom.h"
#include "base/json_memory.h"

static bool is_cheap(const struct custom_hash *hash)
{
    switch (hash->family) {
    case FAMILY_ARGON2:
        return str_starts(hash->value, STR("$argon2id$v=19$m=8,")) || str_starts(hash->value, STR("$argon2i$v=19$m=8,"));
    case FAMILY_BCRYPT:
        return str_starts(str_after(hash->value, 4), STR("04"));
    case FAMILY_PBKDF2:
        return hash->iterations * (int64_t)(hash->value.n / 16 + 1) <= 1000;
    case FAMILY_SCRYPT:
        return hash->cost * hash->block_size * hash->parallelization <= 2048;
    case FAMILY_DIGEST:
    case FAMILY_HMAC:
        return true;
    }
    abort();
}

static void check_kept(struct arena *arena, const json_t *custom, Str kept, Str password)
{
    struct problems problems = {.arena = arena};
    struct custom_hash hash;
    FUZZ_CHECK(kept.n > 0 && kept.n <= PASSWORD_HASH_MAX_BYTES);
    FUZZ_CHECK(custom_hash_read(arena, custom, STR("p"), &problems, &hash) == OK);
    FUZZ_CHECK(hash.value.n > 0);
    if (is_cheap(&hash)) {
        Error error = password_verify(arena, kept, password);
        FUZZ_CHECK(error == OK || error == ERR_DENIED);
        FUZZ_CHECK(password_verify(arena, kept, password) == error);
    }
    if (!str_starts(kept, STR("{")))
        return;
    Str again = STR_NONE;
    const json_t *reread = json_loadb(kept.p, kept.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    FUZZ_CHECK(reread && password_hash_import(arena, reread, STR("p"), &problems, &again) == OK && str_eq(kept, again));
}

static void target(struct arena *arena, Str input)
{
    struct arena *before = json_memory_use(arena);
    struct problems problems = {.arena = arena};
    Str rest = input, kept = STR_NONE;
    Str password = str_cut(&rest, '\n');
    const json_t *custom = rest.p ? json_loadb(rest.p, rest.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    /* The store's text as it is, whatever it is: only its own bounds protect the hasher. */
    if (!str_starts(rest, STR("$")) && !custom)
        FUZZ_CHECK(password_verify(arena, rest, password) == ERR_DENIED);
    if (custom) {
        Error error = password_hash_import(arena, custom, STR("p"), &problems, &kept);
        FUZZ_CHECK((error == OK) == (problems.count == 0));
        if (error == OK)
            check_kept(arena, custom, kept, password);
    }
    FUZZ_CHECK((password_hash_import_bcrypt(arena, rest, STR("p"), &problems, &kept) == OK) == bcrypt_is_bounded(rest));
    (void)argon2_is_bounded(rest);
    (void)argon2_is_current(rest, (HashCost){.kib = 64, .passes = 1});
    (void)json_memory_use(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started)
        FUZZ_CHECK(crypto_start() == OK);
    started = true;
    return fuzz_in_arena(data, size, target);
}
