#include "account/password_person.h"

#include <string.h>

#include "base/utf8.h"
#include "store/user_store.h"

enum { WORDS_MAX = 30, WORD_MIN = 3 };

static void add(struct words *words, Str word)
{
    if (word.n >= WORD_MIN && words->count < words->room) words->list[words->count++] = word;
}

/* A name, and each part of it. */
static void add_name(struct words *words, const json_t *value)
{
    Str rest = str_of(json_string_value(value));
    add(words, rest);
    if (!str_has(rest, ' ')) return;
    while (rest.n) add(words, str_cut(&rest, ' '));
}

static struct words words_open(struct arena *arena)
{
    return (struct words){.list = ARENA_ARRAY(arena, Str, WORDS_MAX), .room = WORDS_MAX};
}

struct words words_of_person(struct arena *arena, const struct user *user)
{
    static const char *const names[] = {"name", "given_name", "family_name", "nickname", "username"};
    static const char *const own[] = {"name", "first", "last"};
    struct words words = words_open(arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) add_name(&words, json_object_get(user->profile, names[i]));
    const json_t *metadata = json_object_get(user->profile, "user_metadata");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) add_name(&words, json_object_get(metadata, own[i]));
    Str address = str_of(json_string_value(json_object_get(user->profile, "email")));
    add(&words, str_cut(&address, '@'));
    return words;
}

Error words_of_place(struct portal *portal, struct arena *arena, const struct user *user, struct words *out)
{
    struct membership *memberships = NULL;
    size_t count = 0;
    const struct connection *connection = directory_connection(&portal->directory, user->connection);
    *out = words_open(arena);
    add(out, portal->options->display_name);
    add(out, portal->options->host);
    if (connection) add(out, connection->source.name);
    if (connection) add(out, connection->source.display_name);
    Error error = user_memberships(portal->db, arena, &portal->directory.fields, user->id, &memberships, &count);
    for (size_t i = 0; !error && i < count; i++) {
        add(out, memberships[i].rules.organization.name);
        add(out, memberships[i].rules.organization.display_name);
    }
    return error;
}

/* What comes from a terminal or an import may be no UTF-8 at all. */
static Str folded(struct arena *arena, Str text)
{
    return utf8_is_valid(text) ? utf8_fold(arena, text) : utf8_ascii_lower(arena, text);
}

static bool counts(Str word, Str password)
{
    return word.n > WORD_MIN || (word.n == WORD_MIN && 4 * word.n >= password.n);
}

bool password_contains(struct arena *arena, Str password, const struct words *words)
{
    Str text = folded(arena, password);
    for (size_t i = 0; text.n && i < words->count; i++) {
        Str word = folded(arena, words->list[i]);
        if (counts(word, text) && memmem(text.p, text.n, word.p, word.n)) return true;
    }
    return false;
}

/* Digits and signs of ASCII fall away; letters of all scripts stay. */
static Str letters(struct arena *arena, Str text)
{
    Str from = folded(arena, text);
    struct text out = {.arena = arena};
    for (size_t i = 0; i < from.n; i++) {
        unsigned char c = (unsigned char)from.p[i];
        if ((c >= 'a' && c <= 'z') || c >= 0x80) text_add(&out, (Str){from.p + i, 1});
    }
    return text_str(&out);
}

bool password_is_one_of(struct arena *arena, Str password, const struct words *words)
{
    Str text = letters(arena, password);
    for (size_t i = 0; text.n && i < words->count; i++)
        if (str_eq(text, letters(arena, words->list[i]))) return true;
    return false;
}

bool password_is_same(struct arena *arena, Str password, Str other)
{
    return str_eq(folded(arena, password), folded(arena, other));
}
