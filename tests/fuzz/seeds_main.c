/* Runs a fuzz target without a fuzzer: over every seed of the files and folders given, and over each seed changed a few hundred
   times in ways that are the same in every run. Prints one TAP line. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CHANGES = 200, LARGEST = 4 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;
static uint64_t state = 0x9e3779b97f4a7c15u;

static size_t chance(size_t below)   /* xorshift64: the same numbers everywhere */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below == 0 ? 0 : (size_t)(state % below);
}

/* Each input lies alone in memory of its size, so that the sanitizer sees a byte read behind it. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *alone = malloc(size == 0 ? 1 : size);
    if (!alone)
        abort();
    memcpy(alone, data, size);
    LLVMFuzzerTestOneInput(alone, size);
    free(alone);
    inputs++;
}

static size_t change(uint8_t *data, size_t size)
{
    static const uint8_t nasty[] = "\0\r\n\"%&;=:-.\\/\x7f\x80\xc0\xc3\xe2\xed\xf4\xff" "09aZ";
    size_t at = chance(size), span = 1 + chance(size - at);
    switch (chance(6)) {
    case 0:
        data[at] ^= (uint8_t)(1u << chance(8));
        return size;
    case 1:
        data[at] = nasty[chance(sizeof nasty - 1)];
        return size;
    case 2:
        return at;                                      /* cut off */
    case 3:
        memmove(data + at, data + at + span, size - at - span);
        return size - span;                             /* without a piece */
    case 4:
        memmove(data + at + span, data + at, size - at);
        return size + span;                             /* a piece twice */
    default:
        memmove(data + at, data + chance(size - span + 1), span);
        return size;                                    /* a piece over another */
    }
}

static void run_changed(const uint8_t *seed, size_t size)
{
    uint8_t *changed = malloc(size * 32 + 1);
    if (!changed)
        abort();
    for (int i = 0; size > 0 && i < CHANGES; i++) {
        memcpy(changed, seed, size);
        size_t now = size;
        for (size_t times = 1 + chance(4); times > 0 && now > 0; times--)
            now = change(changed, now);
        run(changed, now);
    }
    free(changed);
}

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *seed = malloc(LARGEST);
    if (!file || !seed) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    size_t size = fread(seed, 1, LARGEST, file);
    fclose(file);
    run(seed, size);
    run_changed(seed, size);
    free(seed);
}

static void run_path(const char *path);

static void run_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        if (entries[i]->d_name[0] != '.' && snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) < (int)sizeof path)
            run_path(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void run_path(const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        run_folder(path);
    else
        run_file(path);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    printf("%s 1 - fuzz %s: %zu inputs\n", inputs > 0 ? "ok" : "not ok", name, inputs);
    return inputs > 0 ? 0 : 1;
}
