/* Where in a page a place is: a small reader of the plain HTML that our templates keep to. */
#ifndef LATCHKEY_MARKUP_H
#define LATCHKEY_MARKUP_H

#include "base/str.h"

enum where { IN_TEXT, IN_COMMENT, IN_TAG_NAME, IN_TAG, IN_ATTRIBUTE, BEHIND_EQUALS, IN_VALUE, IN_SCRIPT, IN_TITLE };

struct markup {
    Str text;
    size_t at;
    enum where where;             /* IN_SCRIPT: styles too; IN_TITLE: text areas too */
    size_t since;                 /* where the tag or the value began: what is in one has the same; 0 in text */
    Str tag, attribute;
    bool closing;                 /* the tag ends its element */
    char quote;
};

enum markup_event {
    MARKUP_NOTHING,
    MARKUP_NAMED,                 /* the name of an attribute ended */
    MARKUP_UNQUOTED,              /* its value begins without a quote */
    MARKUP_INLINE                 /* a script or style has a content; it is read as text from here on */
};

/* Reads the character at `at` and moves behind it. */
enum markup_event markup_read(struct markup *);
bool markup_is_space(char c);

#endif
