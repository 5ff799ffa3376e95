/* account/crypto, account/password: the key file, argon2id, and every kind of imported hash against known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "account/password.h"
#include "account/password_custom.h"
#include "account/password_digest.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "unit/password_vectors.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const HashCost CHEAP = {.kib = 64, .passes = 1};

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    *state = arena;
    (void)json_memory_use(arena);
    return arena && crypto_start() == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)json_memory_use(NULL);
    arena_close(*state);
    return 0;
}

/* --- the key file --- */

static Str folder_make(struct arena *arena)
{
    char *folder = arena_cstr(arena, STR("/tmp/latchkey-keys-XXXXXX"));
    assert_non_null(mkdtemp(folder));
    return str_of(folder);
}

static char *file_in(struct arena *arena, Str folder)
{
    return arena_cstr(arena, arena_join(arena, folder, STR("/key")));
}

static void folder_remove(struct arena *arena, Str folder)
{
    unlink(file_in(arena, folder));
    /* Nothing else may be left behind: a failed attempt cleans up what it made. */
    assert_int_equal(rmdir(folder.p), 0);
}

static void file_write(const char *file, size_t bytes, mode_t mode)
{
    static const char content[64] = "0123456789abcdef0123456789abcdef0123456789abcdef";
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, bytes), bytes);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static Str mac_of(struct arena *arena, const struct keys *keys)
{
    return keys_mac(arena, keys, KEY_SESSION, STR("message"));
}

static void test_key_file_is_made_once(void **state)
{
    Str folder = folder_make(*state);
    char *file = file_in(*state, folder);
    struct keys *first = NULL, *second = NULL;
    assert_int_equal(keys_open(*state, file, false, &first), ERR_NOT_FOUND);
    mode_t before = umask(0);
    assert_int_equal(keys_open(*state, file, true, &first), OK);
    umask(before);
    struct stat facts;
    assert_int_equal(stat(file, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    assert_int_equal(facts.st_size, 32);
    assert_int_equal(keys_open(*state, file, true, &second), OK);
    assert_true(str_eq(mac_of(*state, first), mac_of(*state, second)));
    assert_int_equal(keys_open(*state, file, false, &second), OK);
    assert_true(str_eq(mac_of(*state, first), mac_of(*state, second)));
    folder_remove(*state, folder);
}

static void test_key_file_refuses_what_is_not_safe(void **state)
{
    static const struct { size_t bytes; mode_t mode; Error expected; } cases[] = {
        {32, 0600, OK},          {32, 0400, OK},          {32, 0640, ERR_INVALID}, {32, 0604, ERR_INVALID},
        {32, 0620, ERR_INVALID}, {32, 0610, ERR_INVALID}, {31, 0600, ERR_INVALID}, {33, 0600, ERR_INVALID},
        {0, 0600, ERR_INVALID},
    };
    Str folder = folder_make(*state);
    char *file = file_in(*state, folder);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct keys *keys = NULL;
        file_write(file, cases[i].bytes, cases[i].mode);
        assert_int_equal(keys_open(*state, file, true, &keys), cases[i].expected);
        assert_true((keys != NULL) == (cases[i].expected == OK));
        unlink(file);
    }
    folder_remove(*state, folder);
}

static void test_key_file_refuses_other_things(void **state)
{
    Str folder = folder_make(*state);
    char *file = file_in(*state, folder);
    struct keys *keys = NULL;
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_int_equal(keys_open(*state, file, true, &keys), ERR_INVALID);
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    assert_int_equal(keys_open(*state, file, true, &keys), ERR_INVALID);
    rmdir(file);
    assert_int_equal(keys_open(*state, "/nonexistent/folder/key", true, &keys), ERR_FAULT);
    assert_null(keys);
    folder_remove(*state, folder);
}

/* Opens the keys as soon as the pipe is closed, and writes what they give. */
static _Noreturn void key_racer(const char *file, int start, int result)
{
    char unused;
    struct keys *keys = NULL;
    struct arena *arena = arena_open(0);
    if (read(start, &unused, 1) != 0 || keys_open(arena, file, true, &keys) != OK)
        _exit(1);
    Str mac = mac_of(arena, keys);
    _exit(write(result, mac.p, mac.n) == (ssize_t)mac.n ? 0 : 1);
}

static void test_key_file_made_by_several_at_once_is_one(void **state)
{
    for (int round = 0; round < 20; round++) {
        Str folder = folder_make(*state);
        char *file = file_in(*state, folder);
        int start[2], result[2];
        pid_t racers[4];
        assert_int_equal(pipe(start), 0);
        assert_int_equal(pipe(result), 0);
        for (size_t i = 0; i < COUNT(racers); i++) {
            racers[i] = fork();
            if (racers[i] == 0) {
                close(start[1]);
                key_racer(file, start[0], result[1]);
            }
        }
        close(start[1]);
        char macs[COUNT(racers)][32];
        for (size_t i = 0; i < COUNT(racers); i++) {
            int status;
            assert_int_equal(waitpid(racers[i], &status, 0), racers[i]);
            assert_int_equal(status, 0);
            assert_int_equal(read(result[0], macs[i], 32), 32);
            assert_memory_equal(macs[i], macs[0], 32);
        }
        close(start[0]);
        close(result[0]);
        close(result[1]);
        folder_remove(*state, folder);
    }
}

static void test_keys_of_two_purposes_differ(void **state)
{
    Str folder = folder_make(*state);
    struct keys *keys = NULL;
    assert_int_equal(keys_open(*state, file_in(*state, folder), true, &keys), OK);
    for (enum key_purpose a = 0; a < KEY_PURPOSES; a++)
        for (enum key_purpose b = 0; b < KEY_PURPOSES; b++)
            assert_true(str_eq(keys_mac(*state, keys, a, STR("x")), keys_mac(*state, keys, b, STR("x"))) == (a == b));
    assert_int_equal(mac_of(*state, keys).n, 32);
    assert_false(str_eq(mac_of(*state, keys), keys_mac(*state, keys, KEY_SESSION, STR("messagf"))));
    assert_int_equal(keys_mac(*state, keys, KEY_FORM, STR_NONE).n, 32);
    folder_remove(*state, folder);
}

/* A known answer: with another derivation every session and every throttle bucket of a running portal would be lost. */
static void test_keys_stay_the_same_over_releases(void **state)
{
    Str folder = folder_make(*state);
    struct keys *keys = NULL;
    file_write(file_in(*state, folder), 32, 0600);
    assert_int_equal(keys_open(*state, file_in(*state, folder), false, &keys), OK);
    assert_string_equal(hex_encode(*state, mac_of(*state, keys)).p,
                        "979149ad6456cca645a26d4c43d811f62d05c0d277e603c9fd33493776d693e0");
    folder_remove(*state, folder);
}

/* --- randomness, comparing, fingerprints --- */

static void test_random_is_not_repeated(void **state)
{
    Str a = crypto_random(*state, 32), b = crypto_random(*state, 32);
    assert_int_equal(a.n, 32);
    assert_false(str_eq(a, b));
    assert_int_equal(crypto_random(*state, 0).n, 0);
}

static void test_equal_compares_all(void **state)
{
    (void)state;
    assert_true(crypto_equal(STR("abc"), STR("abc")));
    assert_false(crypto_equal(STR("abc"), STR("abd")));
    assert_false(crypto_equal(STR("abc"), STR("ab")));
    assert_false(crypto_equal(STR("a\0c"), STR("a\0d")));
    assert_true(crypto_equal(STR_NONE, STR("")));
}

/* As `b2sum -l 64` gives it, so that a person can compare. */
static void test_fingerprint_is_blake2b(void **state)
{
    assert_string_equal(hex_encode(*state, crypto_fingerprint(*state, STR("latchkey"))).p, "977ddbf0fe8f1f73");
    assert_string_equal(hex_encode(*state, crypto_fingerprint(*state, STR_NONE)).p, "e4a6a0577479b2b4");
}

/* --- argon2 --- */

#define HASH "$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
#define SALT_AND_HASH "$c29tZXNhbHQ" HASH
#define OUR_SALT_AND_HASH "$c29tZXNhbHRzb21lc2FsdA" HASH

static void test_argon2_makes_and_verifies(void **state)
{
    Str hash = STR_NONE, again = STR_NONE;
    assert_int_equal(argon2_hash(*state, CHEAP, STR("p\0q"), &hash), OK);
    assert_true(str_starts(hash, STR("$argon2id$v=19$m=64,t=1,p=1$")));
    assert_int_equal(argon2_verify(hash, STR("p\0q")), OK);
    assert_int_equal(argon2_verify(hash, STR("p\0r")), ERR_DENIED);
    assert_int_equal(argon2_verify(hash, STR("p")), ERR_DENIED);
    assert_int_equal(argon2_verify(hash, STR_NONE), ERR_DENIED);
    assert_int_equal(argon2_hash(*state, CHEAP, STR("p\0q"), &again), OK);
    assert_false(str_eq(hash, again));
}

static void test_argon2_of_another_cost_is_not_current(void **state)
{
    Str hash = STR_NONE;
    assert_int_equal(argon2_hash(*state, CHEAP, STR("x"), &hash), OK);
    assert_true(argon2_is_current(hash, CHEAP));
    assert_false(argon2_is_current(hash, (HashCost){.kib = 65, .passes = 1}));
    assert_false(argon2_is_current(hash, (HashCost){.kib = 64, .passes = 2}));
    assert_false(argon2_is_current(STR("$argon2i$v=19$m=64,t=1,p=1" OUR_SALT_AND_HASH), CHEAP));
    assert_false(argon2_is_current(STR("$argon2id$v=19$m=64,t=1,p=2" OUR_SALT_AND_HASH), CHEAP));
    assert_false(argon2_is_current(STR("$argon2id$v=19$m=64,t=1,p=1" SALT_AND_HASH), CHEAP));
    assert_false(argon2_is_current(STR_NONE, CHEAP));
}


static void test_argon2_bounds(void **state)
{
    (void)state;
    static const struct { const char *hash; bool bounded; } cases[] = {
        {"$argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH, true},
        {"$argon2i$v=19$m=1048576,t=20,p=16" SALT_AND_HASH, true},
        {"$argon2id$v=19$m=1048577,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=4294967295,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=99999999999999999999,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=256,t=21,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=256,t=0,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=256,t=2,p=17" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=8,t=2,p=2" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=0256,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=-256,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=256,t=2,p=1,x=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=256,t=2" SALT_AND_HASH, false},
        {"$argon2id$v=19$t=2,m=256,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=16$m=256,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$m=256,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2d$v=19$m=256,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2$v=19$m=256,t=2,p=1" SALT_AND_HASH, false},
        {"argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH, false},
        {"$argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH "$", false},
        {"$argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH "=", false},
        {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$", false},
        {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ", false},
        {"$argon2id$v=19$m=256,t=2,p=1$c2FsdA" HASH, false},
        {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR", false},
        {"$argon2id$", false}, {"$", false}, {"", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (argon2_is_bounded(str_of(cases[i].hash)) != cases[i].bounded)
            fail_msg("%s", cases[i].hash);
        if (!cases[i].bounded)
            assert_int_equal(argon2_verify(str_of(cases[i].hash), STR("password")), ERR_DENIED);
    }
}

/* A machine without memory must not say "wrong password". The limit holds in a child alone. */
static void test_argon2_without_memory_is_busy(void **state)
{
    Str foreign = STR("$argon2id$v=19$m=1048576,t=1,p=1" SALT_AND_HASH);
    Str own = STR("$argon2id$v=19$m=1048576,t=1,p=1" OUR_SALT_AND_HASH);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit;
        getrlimit(RLIMIT_AS, &limit);
        FILE *status = fopen("/proc/self/statm", "r");
        unsigned long pages = 0;
        if (!status || fscanf(status, "%lu", &pages) != 1)
            _exit(9);
        limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + (256u << 20);
        setrlimit(RLIMIT_AS, &limit);
        Str unused;
        Error made = argon2_hash(*state, (HashCost){.kib = 1 << 20, .passes = 1}, STR("x"), &unused);
        bool busy = argon2_verify(own, STR("x")) == ERR_BUSY && argon2_verify(foreign, STR("x")) == ERR_BUSY;
        _exit(made == ERR_BUSY && busy ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_decoy_is_of_the_current_cost(void **state)
{
    Str a = STR_NONE, b = STR_NONE;
    assert_int_equal(password_decoy(*state, CHEAP, &a), OK);
    assert_int_equal(password_decoy(*state, CHEAP, &b), OK);
    assert_true(argon2_is_current(a, CHEAP));
    assert_false(str_eq(a, b));
    assert_int_equal(password_verify(*state, a, STR("")), ERR_DENIED);
}

/* --- imported hashes --- */

static Str unquoted(struct arena *arena, const char *text)
{
    char *copy = arena_cstr(arena, str_of(text));
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return str_of(copy);
}

static json_t *custom_of(struct arena *arena, const char *text)
{
    Str json = unquoted(arena, text);
    json_t *custom = json_loadb(json.p, json.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (!custom)
        fail_msg("not JSON: %s", text);
    return custom;
}

static bool is_computable(struct arena *arena, const json_t *custom)
{
    struct problems problems = {.arena = arena};
    struct custom_hash hash;
    return custom_hash_read(arena, custom, STR("hash"), &problems, &hash) != OK || hash.digest.n == 0 ||
           digest_is_available(arena, hash.digest);
}

static void expect(struct arena *arena, const char *name, Str hash, Str password, Error expected)
{
    Error error = password_verify(arena, hash, password);
    if (error != expected)
        fail_msg("%s: \"%.*s\" gives %d, expected %d", name, STR_ARGS(password), (int)error, (int)expected);
}

static void check_vector(struct arena *arena, const struct password_vector *vector)
{
    struct problems problems = {.arena = arena};
    Str hash = STR_NONE, right = str_of(vector->password);
    const json_t *custom = custom_of(arena, vector->custom);
    Error error = password_hash_import(arena, custom, STR("users[0].custom_password_hash"), &problems, &hash);
    if (!is_computable(arena, custom)) {
        assert_int_equal(error, ERR_INVALID);
        assert_non_null(strstr(problems.first->message.p, "legacy provider"));
        return;
    }
    if (error != OK)
        fail_msg("%s: %.*s: %.*s", vector->name, STR_ARGS(problems.first->place), STR_ARGS(problems.first->message));
    assert_int_equal(problems.count, 0);
    expect(arena, vector->name, hash, right, OK);
    expect(arena, vector->name, hash, arena_join(arena, right, STR("x")), ERR_DENIED);
    expect(arena, vector->name, hash, str_first(right, right.n - 1), ERR_DENIED);
    expect(arena, vector->name, hash, arena_join(arena, STR("X"), str_after(right, 1)), ERR_DENIED);
    expect(arena, vector->name, hash, STR(""), ERR_DENIED);
}

static void test_known_answers(void **state)
{
    for (size_t i = 0; i < COUNT(password_vectors); i++) {
        struct arena *arena = arena_open(0);
        struct arena *before = json_memory_use(arena);
        check_vector(arena, &password_vectors[i]);
        (void)json_memory_use(before);
        arena_close(arena);
    }
    (void)state;
}

static void test_the_new_digests_are_always_there(void **state)
{
    static const char *const names[] = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_true(digest_is_available(*state, str_of(names[i])));
    assert_false(digest_is_available(*state, STR("sha257")));
}

#define MD5 "5f4dcc3b5aa765d61d8327deb882cf99"
#define BCRYPT_REST "abcdefghijklmnopqrstuuDFXY5kWehSCFWvX6lbIlXss9P5D3V0K"
#define TEXT(algorithm, value) "{'algorithm':'" algorithm "','hash':{'value':'" value "','encoding':'utf8'}}"
#define TEXT_AND(algorithm, value, more) "{'algorithm':'" algorithm "','hash':{'value':'" value "','encoding':'utf8'}," more "}"
#define HEX(algorithm, value, more) "{'algorithm':'" algorithm "','hash':{'value':'" value "','encoding':'hex'}" more "}"
#define SCRYPT(more) HEX("scrypt", "00112233445566778899aabbccddeeff", ",'salt':{'value':'x'}" more)

/* argon2 and bcrypt are kept as the text they are, unless their JSON says more than that. */
static void test_what_is_kept(void **state)
{
    static const struct { const char *custom, *kept; } cases[] = {
        {TEXT("argon2", "$argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH), "$argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH},
        {TEXT_AND("bcrypt", "$2y$04$" BCRYPT_REST, "'password':{'encoding':'utf8'}"), "$2y$04$" BCRYPT_REST},
        {TEXT_AND("bcrypt", "$2y$04$" BCRYPT_REST, "'salt':{'value':'x'}"),
         "{'algorithm':'bcrypt','hash':{'encoding':'utf8','value':'$2y$04$" BCRYPT_REST "'},'salt':{'value':'x'}}"},
        {"{'hash':{'encoding':'hex',  'value':'" MD5 "'}, 'algorithm':'md5'}",
         "{'algorithm':'md5','hash':{'encoding':'hex','value':'" MD5 "'}}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct problems problems = {.arena = *state};
        Str hash = STR_NONE;
        assert_int_equal(password_hash_import(*state, custom_of(*state, cases[i].custom), STR("p"), &problems, &hash), OK);
        assert_string_equal(hash.p, unquoted(*state, cases[i].kept).p);
    }
}

static const struct refused_import {
    const char *custom, *place;
} refused_imports[] = {
    {"[]", ""},
    {"null", ""},
    {"'md5'", ""},
    {"{}", ".algorithm"},
    {HEX("md6", MD5, ""), ".algorithm"},
    {HEX("MD5", MD5, ""), ".algorithm"},
    {HEX("whirlpool", MD5, ""), ".algorithm"},
    {"{'algorithm':5,'hash':{}}", ".algorithm"},
    {"{'algorithm':'md5'}", ".hash"},
    {"{'algorithm':'md5','hash':'" MD5 "'}", ".hash"},
    {HEX("md5", MD5, ",'more':1"), ""},
    {"{'algorithm':'md5','hash':{'value':'" MD5 "','encoding':'hex','rounds':2}}", ".hash"},
    {"{'algorithm':'md5','hash':{'value':'" MD5 "'}}", ".hash.encoding"},
    {TEXT("md5", MD5), ".hash.encoding"},
    {"{'algorithm':'md5','hash':{'value':'" MD5 "','encoding':'HEX'}}", ".hash.encoding"},
    {HEX("md5", "", ""), ".hash"},
    {HEX("md5", "5f4d", ""), ".hash.value"},
    {HEX("sha1", MD5, ""), ".hash.value"},
    {HEX("md5", "5f4dcc3b5aa765d61d8327deb882cf9", ""), ".hash"},
    {HEX("md5", "5f4dcc3b5aa765d61d8327deb882cfzz", ""), ".hash"},
    {"{'algorithm':'md5','hash':{'value':'X03MO1qnZdYdgyfeuILPm===','encoding':'base64'}}", ".hash"},
    {"{'algorithm':'md5','hash':{'value':7,'encoding':'hex'}}", ".hash"},
    {HEX("md5", MD5, ",'salt':'x'"), ".salt"},
    {HEX("md5", MD5, ",'salt':{}"), ".salt"},
    {HEX("md5", MD5, ",'salt':null"), ".salt"},
    {HEX("md5", MD5, ",'salt':{'value':'xyz','encoding':'hex'}"), ".salt"},
    {HEX("md5", MD5, ",'salt':{'value':'xy','encoding':'rot13'}"), ".salt"},
    {HEX("md5", MD5, ",'salt':{'value':'xy','encoding':5}"), ".salt"},
    {HEX("md5", MD5, ",'salt':{'value':'xy','position':'middle'}"), ".salt.position"},
    {HEX("md5", MD5, ",'salt':{'value':'xy','place':'prefix'}"), ".salt"},
    {HEX("md5", MD5, ",'password':{'encoding':'utf7'}"), ".password.encoding"},
    {HEX("md5", MD5, ",'password':{}"), ".password.encoding"},
    {HEX("md5", MD5, ",'password':'utf8'"), ".password"},
    {HEX("hmac", MD5, ""), ".hash.digest"},
    {"{'algorithm':'hmac','hash':{'value':'" MD5 "','encoding':'hex','digest':'md5'}}", ".hash.key"},
    {"{'algorithm':'hmac','hash':{'value':'" MD5 "','encoding':'hex','digest':'sha512t','key':{'value':'k'}}}", ".hash.digest"},
    {"{'algorithm':'hmac','hash':{'value':'" MD5 "','encoding':'hex','digest':'md5','key':{'value':''}}}", ".hash.key"},
    {"{'algorithm':'hmac','hash':{'value':'" MD5 "','encoding':'hex','digest':'md5','key':{'value':'g0','encoding':'hex'}}}",
     ".hash.key"},
    {"{'algorithm':'hmac','hash':{'value':'" MD5 "','encoding':'hex','digest':'sha1','key':{'value':'k'}}}", ".hash.value"},
    {TEXT("ldap", "5f4d"), ".hash.value"},
    {TEXT("ldap", "{MD5}"), ".hash.value"},
    {TEXT("ldap", "{CRYPT}abcdefgh"), ".hash.value"},
    {TEXT("ldap", "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="), ".hash.value"},
    {TEXT("ldap", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9h="), ".hash.value"},
    {TEXT("ldap", "{SHA}X03MO1qnZdYdgyfeuILPmQ=="), ".hash.value"},
    {HEX("ldap", "{MD5}X03MO1qnZdYdgyfeuILPmQ==", ""), ".hash.encoding"},
    {"{'algorithm':'ldap','hash':{'value':'{MD5}X03MO1qnZdYdgyfeuILPmQ==','encoding':'utf8'},'salt':{'value':'x'}}", ".salt"},
    {TEXT("pbkdf2", "$pbkdf2-sha512"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$c2FsdA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha513$i=1,l=2$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "pbkdf2-sha512$i=1,l=2$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=0,l=2$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=10000001,l=2$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=9223372036854775808,l=2$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=1,l=3$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=1,l=0$c2FsdA$"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=1,l=513$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=1,x=2$c2FsdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=1,l=2$c2!sdA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-sha512$i=1,l=2$c2FsdA$AAA$AAA"), ".hash.value"},
    {TEXT("pbkdf2", "$pbkdf2-md5$i=10000000,l=64$c2FsdA$"
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
     ".hash.value"},
    {SCRYPT(""), ".keylen"},
    {SCRYPT(",'keylen':'16'"), ".keylen"},
    {SCRYPT(",'keylen':16.0"), ".keylen"},
    {SCRYPT(",'keylen':0"), ".keylen"},
    {SCRYPT(",'keylen':513"), ".keylen"},
    {SCRYPT(",'keylen':15"), ".hash.value"},
    {SCRYPT(",'keylen':16,'cost':1"), ".cost"},
    {SCRYPT(",'keylen':16,'cost':16383"), ".cost"},
    {SCRYPT(",'keylen':16,'cost':2097152"), ".cost"},
    {SCRYPT(",'keylen':16,'cost':-2"), ".cost"},
    {SCRYPT(",'keylen':16,'cost':1048576,'blockSize':9"), ".cost"},
    {SCRYPT(",'keylen':16,'blockSize':33"), ".blockSize"},
    {SCRYPT(",'keylen':16,'blockSize':0"), ".blockSize"},
    {SCRYPT(",'keylen':16,'parallelization':17"), ".parallelization"},
    {SCRYPT(",'keylen':16,'cost':1048576,'parallelization':5"), ".cost"},
    {SCRYPT(",'keylen':16,'parallelization':0"), ".parallelization"},
    {TEXT("scrypt", "00112233"), ".hash.encoding"},
    {TEXT("argon2", "$argon2d$v=19$m=256,t=2,p=1" SALT_AND_HASH), ".hash.value"},
    {TEXT("argon2", "$argon2id$v=19$m=1048577,t=2,p=1" SALT_AND_HASH), ".hash.value"},
    {TEXT("argon2", "$argon2id$v=19$m=256,t=21,p=1" SALT_AND_HASH), ".hash.value"},
    {TEXT("argon2", "$2b$04$" BCRYPT_REST), ".hash.value"},
    {TEXT_AND("argon2", "$argon2id$v=19$m=256,t=2,p=1" SALT_AND_HASH, "'salt':{'value':'x'}"), ".salt"},
    {TEXT("bcrypt", "$2b$17$" BCRYPT_REST), ".hash.value"},
    {TEXT("bcrypt", "$2b$03$" BCRYPT_REST), ".hash.value"},
    {TEXT("bcrypt", "$2x$04$" BCRYPT_REST), ".hash.value"},
    {TEXT("bcrypt", "$2$04$" BCRYPT_REST), ".hash.value"},
    {TEXT("bcrypt", "$2b$04$" BCRYPT_REST "A"), ".hash.value"},
    {TEXT("bcrypt", "$2b$4$" BCRYPT_REST "A"), ".hash.value"},
    {TEXT("bcrypt", "$2b$04$:bcdefghijklmnopqrstuuDFXY5kWehSCFWvX6lbIlXss9P5D3V0K"), ".hash.value"},
    {"{'algorithm':'bcrypt','hash':{'value':'$2b$04$" BCRYPT_REST "','encoding':'utf8'},'password':{'encoding':'utf16le'}}",
     ".password.encoding"},
    {TEXT_AND("bcrypt", "$2b$04$" BCRYPT_REST, "'salt':{'value':'6100','encoding':'hex'}"), ".salt.value"},
};

static void test_refused_imports_say_where(void **state)
{
    for (size_t i = 0; i < COUNT(refused_imports); i++) {
        const struct refused_import *refused = &refused_imports[i];
        struct problems problems = {.arena = *state};
        Str hash = STR("untouched");
        Error error = password_hash_import(*state, custom_of(*state, refused->custom), STR("users[3].hash"), &problems, &hash);
        if (error != ERR_INVALID || problems.count != 1)
            fail_msg("%s: %d, %zu problems", refused->custom, (int)error, problems.count);
        assert_true(str_is(hash, "untouched"));
        const char *place = arena_join(*state, STR("users[3].hash"), str_of(refused->place)).p;
        if (!str_is(problems.first->place, place))
            fail_msg("%s: at %.*s, expected %s", refused->custom, STR_ARGS(problems.first->place), place);
        assert_true(problems.first->message.n > 0);
        /* What came past the import in another way is not computed either. */
        assert_int_equal(password_verify(*state, unquoted(*state, refused->custom), STR("password")), ERR_DENIED);
    }
}

static void test_texts_are_bounded(void **state)
{
    static char long_text[4096];
    memset(long_text, 'a', sizeof long_text - 1);
    for (size_t n = 1020; n < 1030; n++) {
        struct problems problems = {.arena = *state};
        Str hash;
        json_t *custom = custom_of(*state, HEX("md5", MD5, ""));
        json_object_set_new(custom, "salt", json_pack("{s:s%}", "value", long_text, n));
        assert_int_equal(password_hash_import(*state, custom, STR(""), &problems, &hash), n <= 1024 ? OK : ERR_INVALID);
    }
    /* Characters that JSON writes as six bytes: what is kept would not fit into a job. */
    memset(long_text, 1, 1000);
    struct problems problems = {.arena = *state};
    Str hash;
    json_t *custom = custom_of(*state, HEX("md5", MD5, ""));
    json_object_set_new(custom, "salt", json_pack("{s:s%}", "value", long_text, (size_t)1000));
    assert_int_equal(password_hash_import(*state, custom, STR("p"), &problems, &hash), ERR_INVALID);
}

static void test_import_of_password_hash(void **state)
{
    struct problems problems = {.arena = *state};
    Str hash = STR_NONE;
    assert_int_equal(password_hash_import_bcrypt(*state, STR("$2b$16$" BCRYPT_REST), STR("p"), &problems, &hash), OK);
    assert_true(str_is(hash, "$2b$16$" BCRYPT_REST));
    assert_int_equal(password_hash_import_bcrypt(*state, STR("$2b$17$" BCRYPT_REST), STR("p"), &problems, &hash), ERR_INVALID);
    assert_int_equal(password_hash_import_bcrypt(*state, STR("{MD5}X03M"), STR("p"), &problems, &hash), ERR_INVALID);
    assert_int_equal(password_hash_import_bcrypt(*state, STR(""), STR("p"), &problems, &hash), ERR_INVALID);
    assert_int_equal(password_hash_import_bcrypt(*state, STR_NONE, STR("p"), &problems, &hash), ERR_INVALID);
    assert_int_equal(problems.count, 4);
}

/* bcrypt counts 72 bytes; salts count among them. */
static void test_bcrypt_counts_72_bytes(void **state)
{
    char password[PASSWORD_MAX_BYTES];
    memset(password, 'a', sizeof password);
    Str hash = STR("$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe");
    for (size_t n = 70; n <= sizeof password; n += n < 80 ? 1 : 59)
        expect(*state, "72 bytes", hash, (Str){password, n}, n >= 72 ? OK : ERR_DENIED);
    password[71] = 'b';
    expect(*state, "72 bytes", hash, (Str){password, 80}, ERR_DENIED);
}

static void test_bcrypt_does_not_stop_at_a_zero_byte(void **state)
{
    Str hash = STR("$2b$04$abcdefghijklmnopqrstuuCi15uRb1eH7NAlJ/TgeJertyknQpYn2");
    expect(*state, "abc", hash, STR("abc"), OK);
    expect(*state, "abc", hash, STR("abc\0"), ERR_DENIED);
    expect(*state, "abc", hash, STR("abc\0def"), ERR_DENIED);
}

static void test_characters_that_an_encoding_has_not_never_match(void **state)
{
    /* U+0141 cut to one byte would be 'A'. */
    static const struct { const char *encoding, *right, *wrong; } cases[] = {
        {"ascii", "A", "\xc5\x81"}, {"latin1", "A", "\xc5\x81"}, {"binary", "A", "\xc5\x81"}, {"ascii", "A", "A\xff"},
        {"latin1", "A", "A\xff"}, {"utf16le", NULL, "\xff\xfe"}, {"ucs2", NULL, "\xed\xa0\x80"}, {"utf16le", NULL, "A"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Str custom = arena_print(*state,
                                 "{'algorithm':'md5','hash':{'value':'7fc56270e7a70fa81a5935b72eacbe29','encoding':'hex'},"
                                 "'password':{'encoding':'%s'}}", cases[i].encoding);
        Str hash = unquoted(*state, custom.p);
        if (cases[i].right)
            expect(*state, cases[i].encoding, hash, str_of(cases[i].right), OK);
        expect(*state, cases[i].encoding, hash, str_of(cases[i].wrong), ERR_DENIED);
    }
}

/* Nor do its bytes in UTF-8, which are computed so that the time tells nothing. */
static void test_an_impossible_password_never_matches_its_bytes(void **state)
{
    const char *hash = "{'algorithm':'md5','hash':{'value':'892e100e17e1b1c24bc48b3ee1aaabe0','encoding':'hex'}}";
    const char *ascii = "{'algorithm':'md5','hash':{'value':'892e100e17e1b1c24bc48b3ee1aaabe0','encoding':'hex'},"
                        "'password':{'encoding':'ascii'}}";
    expect(*state, "utf8", unquoted(*state, hash), STR("\xc5\x81"), OK);
    expect(*state, "ascii", unquoted(*state, ascii), STR("\xc5\x81"), ERR_DENIED);
}

static void test_hashes_of_no_known_kind_match_nothing(void **state)
{
    static const char *const hashes[] = {
        "", "{", "{}", "[]", "{\"algorithm\":\"md5\"}", "password", "$1$abc$def", "$2b$", "$argon2", "$argon2id$v=19$", "*0",
        "{MD5}X03MO1qnZdYdgyfeuILPmQ==",
        "{\"algorithm\":\"md5\",\"algorithm\":\"md5\",\"hash\":{\"value\":\"" MD5 "\",\"encoding\":\"hex\"}}",
    };
    for (size_t i = 0; i < COUNT(hashes); i++)
        expect(*state, hashes[i], str_of(hashes[i]), STR("password"), ERR_DENIED);
    expect(*state, "none", STR_NONE, STR_NONE, ERR_DENIED);
}

static void test_lengths_are_bounded(void **state)
{
    static char text[PASSWORD_HASH_MAX_BYTES + 2];
    memset(text, 'a', sizeof text);
    Str hash = STR_NONE;
    assert_int_equal(argon2_hash(*state, CHEAP, (Str){text, PASSWORD_MAX_BYTES}, &hash), OK);
    expect(*state, "longest", hash, (Str){text, PASSWORD_MAX_BYTES}, OK);
    assert_int_equal(argon2_hash(*state, CHEAP, (Str){text, PASSWORD_MAX_BYTES + 1}, &hash), OK);
    expect(*state, "too long", hash, (Str){text, PASSWORD_MAX_BYTES + 1}, ERR_DENIED);
    expect(*state, "long hash", (Str){text, sizeof text}, STR("x"), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_file_is_made_once),
        cmocka_unit_test(test_key_file_refuses_what_is_not_safe),
        cmocka_unit_test(test_key_file_refuses_other_things),
        cmocka_unit_test(test_key_file_made_by_several_at_once_is_one),
        cmocka_unit_test(test_keys_of_two_purposes_differ),
        cmocka_unit_test(test_keys_stay_the_same_over_releases),
        cmocka_unit_test(test_random_is_not_repeated),
        cmocka_unit_test(test_equal_compares_all),
        cmocka_unit_test(test_fingerprint_is_blake2b),
        cmocka_unit_test(test_argon2_makes_and_verifies),
        cmocka_unit_test(test_argon2_of_another_cost_is_not_current),
        cmocka_unit_test(test_argon2_bounds),
        cmocka_unit_test(test_argon2_without_memory_is_busy),
        cmocka_unit_test(test_decoy_is_of_the_current_cost),
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_the_new_digests_are_always_there),
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_refused_imports_say_where),
        cmocka_unit_test(test_texts_are_bounded),
        cmocka_unit_test(test_import_of_password_hash),
        cmocka_unit_test(test_bcrypt_counts_72_bytes),
        cmocka_unit_test(test_bcrypt_does_not_stop_at_a_zero_byte),
        cmocka_unit_test(test_characters_that_an_encoding_has_not_never_match),
        cmocka_unit_test(test_an_impossible_password_never_matches_its_bytes),
        cmocka_unit_test(test_hashes_of_no_known_kind_match_nothing),
        cmocka_unit_test(test_lengths_are_bounded),
    };
    log_to(open("/dev/null", O_WRONLY | O_CLOEXEC));
    return cmocka_run_group_tests(tests, setup, teardown);
}
