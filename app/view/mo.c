#include <string.h>

#include "base/utf8.h"
#include "view/catalog_data.h"

/* The file's head: magic, revision, number of messages, where the tables of originals and translations begin. A table's row is
   a text's length and place. Both tables and texts may stand anywhere, so every one of these numbers is taken for hostile. */
enum { MAGIC = 0x0, REVISION = 4, MESSAGES = 8, ORIGINALS = 12, TRANSLATIONS = 16 };
static const uint32_t magic = 0x950412de, magic_swapped = 0xde120495;

struct mo {
    Str bytes;
    bool swapped;
};

static bool number_at(const struct mo *mo, uint64_t at, uint32_t *out)
{
    if (at > mo->bytes.n || mo->bytes.n - at < sizeof *out) return false;
    memcpy(out, mo->bytes.p + at, sizeof *out);
    if (mo->swapped) *out = __builtin_bswap32(*out);
    return true;
}

static bool text_at(const struct mo *mo, uint64_t row, Str *out)
{
    uint32_t length, offset;
    if (!number_at(mo, row, &length) || !number_at(mo, row + sizeof length, &offset)) return false;
    if (offset >= mo->bytes.n || length >= mo->bytes.n - offset) return false;
    *out = (Str){mo->bytes.p + offset, length};
    return out->p[length] == '\0' && utf8_is_valid(*out);
}

/* The number of messages and the two tables. */
static bool read_head(struct mo *mo, uint32_t *count, uint32_t *originals, uint32_t *translations)
{
    uint32_t first, revision;
    if (mo->bytes.n > MO_MAX_BYTES || !number_at(mo, MAGIC, &first)) return false;
    if (first != magic && first != magic_swapped) return false;
    mo->swapped = first == magic_swapped;
    if (!number_at(mo, REVISION, &revision) || revision >> 16 != 0) return false;
    if (!number_at(mo, MESSAGES, count) || *count > MO_MAX_MESSAGES) return false;
    return number_at(mo, ORIGINALS, originals) && number_at(mo, TRANSLATIONS, translations);
}

bool mo_read(struct arena *arena, Str bytes, struct message **messages, size_t *count)
{
    struct mo mo = {.bytes = bytes};
    uint32_t n, originals, translations;
    if (!read_head(&mo, &n, &originals, &translations)) return false;
    if ((uint64_t)originals + 8 * (uint64_t)n > bytes.n) return false;
    struct message *list = ARENA_ARRAY(arena, struct message, n);
    for (uint32_t i = 0; i < n; i++) {
        Str original;
        if (!text_at(&mo, originals + 8 * (uint64_t)i, &original)) return false;
        if (!text_at(&mo, translations + 8 * (uint64_t)i, &list[i].text)) return false;
        list[i].key = str_cut(&original, '\0');
        list[i].many = original;
        if (!original.p) list[i].text = (Str){list[i].text.p, strlen(list[i].text.p)};
        if (i && str_compare(list[i - 1].key, list[i].key) >= 0) return false;
    }
    *messages = list;
    *count = n;
    return true;
}

void message_index(struct arena *arena, struct catalog *catalog)
{
    size_t room = 2;
    while (room < 2 * catalog->count) room *= 2;
    uint16_t *index = ARENA_ARRAY(arena, uint16_t, room);
    memset(index, 0xff, room * sizeof *index);
    for (size_t i = 0; i < catalog->count; i++) {
        size_t place = str_hash(catalog->messages[i].key) & (room - 1);
        while (index[place] != NO_MESSAGE) place = (place + 1) & (room - 1);
        index[place] = (uint16_t)i;
    }
    catalog->index = index;
    catalog->index_mask = room - 1;
}

const struct message *message_find(const struct catalog *catalog, Str key)
{
    size_t place = str_hash(key) & catalog->index_mask;
    for (; catalog->index[place] != NO_MESSAGE; place = (place + 1) & catalog->index_mask) {
        const struct message *message = &catalog->messages[catalog->index[place]];
        if (str_eq(message->key, key)) return message;
    }
    return NULL;
}

Str message_form(const struct message *message, unsigned index)
{
    if (!message->many.p) return index ? STR_NONE : message->text;
    Str rest = message->text, form = str_cut(&rest, '\0');
    for (; index && rest.p; index--) form = str_cut(&rest, '\0');
    return index ? STR_NONE : form;
}
