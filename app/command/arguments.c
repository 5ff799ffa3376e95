#include "command/arguments.h"

#include <string.h>

struct arguments arguments_of(int argc, char **argv)
{
    return (struct arguments){.count = argc > 0 ? argc - 1 : 0, .words = argv + 1};
}

static void take(struct arguments *arguments, int from, int count)
{
    for (int i = from; i + count < arguments->count; i++) arguments->words[i] = arguments->words[i + count];
    arguments->count -= count;
}

/* Behind "--" everything is a plain word. */
static int options_end(const struct arguments *arguments)
{
    for (int i = 0; i < arguments->count; i++)
        if (!strcmp(arguments->words[i], "--")) return i;
    return arguments->count;
}

bool argument_flag(struct arguments *arguments, const char *name)
{
    bool found = false;
    for (int i = 0; i < options_end(arguments);) {
        if (strcmp(arguments->words[i], name)) {
            i++;
            continue;
        }
        found = true;
        take(arguments, i, 1);
    }
    return found;
}

const char *argument_value(struct arguments *arguments, const char *name)
{
    size_t n = strlen(name);
    for (int i = 0, end = options_end(arguments); i < end; i++) {
        char *word = arguments->words[i];
        if (strncmp(word, name, n)) continue;
        if (word[n] == '=') {
            take(arguments, i, 1);
            return word + n + 1;
        }
        if (word[n]) continue;
        if (i + 1 == end) {
            arguments->wrong = name;
            return NULL;
        }
        const char *value = arguments->words[i + 1];
        take(arguments, i, 2);
        return value;
    }
    return NULL;
}

bool arguments_are(struct arguments *arguments, int least, int most)
{
    int end = options_end(arguments);
    for (int i = 0; !arguments->wrong && i < end; i++)
        if (arguments->words[i][0] == '-' && arguments->words[i][1]) arguments->wrong = arguments->words[i];
    if (end < arguments->count) take(arguments, end, 1);
    return !arguments->wrong && arguments->count >= least && arguments->count <= most;
}
