/* Marks an English text for extraction into the catalogues; the look-up happens where the language is known. */
#ifndef LATCHKEY_TEXT_MARKER_H
#define LATCHKEY_TEXT_MARKER_H

#define N_(text) text

#endif
