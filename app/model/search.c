#include "model/search.h"

#include "base/utf8.h"

enum { TEXT_BYTES = 1024, FOLDED_BYTES = 128 };

/* What the decomposition leaves apart though people take it for the same. An empty text: the character falls away. */
static const struct { uint32_t from; Str to; } alike[] = {
    {0x0131, {"i", 1}},  {0x0142, {"l", 1}},  {0x00f8, {"o", 1}},  {0x0111, {"d", 1}},  {0x00f0, {"d", 1}},  {0x0127, {"h", 1}},
    {0x00e6, {"ae", 2}}, {0x0153, {"oe", 2}}, {0x00fe, {"th", 2}}, {0x2019, {"'", 1}},  {0x02bc, {"'", 1}},  {0x2010, {"-", 1}},
    {0x0640, {"", 0}},             /* tatweel: a stroke that stretches a word */
    {0x0649, {"\xd9\x8a", 2}},     /* alef maksura as yeh */
    {0x06cc, {"\xd9\x8a", 2}},     /* Farsi yeh as yeh */
    {0x06a9, {"\xd9\x83", 2}},     /* keheh as kaf */
    {0x0629, {"\xd9\x87", 2}},     /* teh marbuta as heh */
};

static Str cut(Str text, size_t most)
{
    if (text.n <= most) return text;
    while (most && ((unsigned char)text.p[most] & 0xc0) == 0x80) most--;
    return str_first(text, most);
}

static Str replaced(uint32_t character, Str own)
{
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        if (alike[i].from == character) return alike[i].to;
    return own;
}

static Str fold(struct arena *arena, Str text)
{
    struct text folded = {.arena = arena};
    size_t at = 0, before = 0;
    uint32_t character;
    text = cut(text, TEXT_BYTES);
    if (!utf8_is_valid(text)) return STR("");
    text = utf8_fold_bare(arena, text);
    for (; utf8_next(text, &at, &character); before = at)
        text_add(&folded, replaced(character, (Str){text.p + before, at - before}));
    return text_str(&folded);
}

static bool is_blank(char byte)
{
    return (unsigned char)byte <= ' ' || byte == 0x7f;
}

Str search_fold(struct arena *arena, Str text)
{
    Str folded = fold(arena, text);
    char *single = arena_take(arena, folded.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < folded.n; i++) {
        bool blank = is_blank(folded.p[i]);
        if (!blank) single[n++] = folded.p[i];
        else if (n && single[n - 1] != ' ') single[n++] = ' ';
    }
    return str_trim(cut((Str){single, n}, FOLDED_BYTES));
}

static bool is_sign(uint32_t character)
{
    return character < 0x80 && character && strchr("@._+'-", (int)character);
}

/* The next stretch of letters, digits and signs from *at on; STR_NONE at the end. */
static Str next_word(Str folded, size_t *at)
{
    size_t start = *at, before = *at;
    uint32_t character;
    for (; utf8_next(folded, at, &character); before = *at) {
        if (utf8_is_letter(character) || is_sign(character)) continue;
        if (before > start) return (Str){folded.p + start, before - start};
        start = *at;
    }
    return before > start ? (Str){folded.p + start, before - start} : STR_NONE;
}

static Str without_signs(Str word)
{
    while (word.n && is_sign((unsigned char)word.p[0])) word = str_after(word, 1);
    word = cut(word, SEARCH_WORD_BYTES);
    while (word.n && is_sign((unsigned char)word.p[word.n - 1])) word.n--;
    return word;
}

static bool is_among(const Str *words, size_t count, Str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(words[i], word)) return true;
    return false;
}

size_t search_words(struct arena *arena, Str text, Str *out, size_t room)
{
    Str folded = fold(arena, text), word;
    size_t at = 0, count = 0;
    while (count < room && (word = next_word(folded, &at)).p) {
        word = without_signs(word);
        if (word.n && !is_among(out, count, word)) out[count++] = word;
    }
    return count;
}

Str search_beginning(Str word, size_t letters)
{
    size_t at = 0;
    uint32_t character;
    while (letters && utf8_next(word, &at, &character)) letters--;
    return str_first(word, at);
}

Str search_piece(Str word)
{
    size_t n = 0;
    while (n < word.n && !is_sign((unsigned char)word.p[n])) n++;
    return str_first(word, n);
}
