/* Words that people are found by: folded so that "müller" finds "Muller" and "MÜLLER" (Unicode case folding, NFKD, marks away), and
   so do letters that Unicode does not take apart ("ł", "ø", "ı") and the spellings of Arabic that keyboards mix. Pure. */
#ifndef LATCHKEY_SEARCH_H
#define LATCHKEY_SEARCH_H

#include "base/arena.h"

enum { SEARCH_WORDS_MAX = 8, SEARCH_WORD_BYTES = 64, SEARCH_BEGINNING = 3 };

/* The whole text folded, blanks made single: what lists are sorted by. At most 128 bytes, cut at a character; empty when the text is
   no UTF-8. Only the first 1024 bytes of a text count, here and below. */
Str search_fold(struct arena *, Str text);
/* Its words, folded, each once, at most `room`, each at most SEARCH_WORD_BYTES; whatever is not a letter, digit or one of @._+'-
   parts words, and those signs at either end of a word fall away. Addresses stay whole. */
size_t search_words(struct arena *, Str text, Str *out, size_t room);
/* The word's first letters, at most so many. */
Str search_beginning(Str word, size_t letters);
/* The word up to its first sign; all of it where it has none. */
Str search_piece(Str word);

#endif
