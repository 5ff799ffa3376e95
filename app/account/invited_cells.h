/* One line of a pasted list, cut into its cells, for account/invited.c alone. */
#ifndef LATCHKEY_INVITED_CELLS_H
#define LATCHKEY_INVITED_CELLS_H

#include "account/invitation.h"

enum { INVITED_CELLS_MAX = INVITED_AT_ONCE + 1 };
struct invited_cells {
    Str cell[INVITED_CELLS_MAX];  /* without quotes and blanks around */
    size_t count;
    bool more;                    /* something stands behind the last of them */
    bool loose_quote;             /* a quote is not closed on this line, or text stands behind a closed one */
};

/* Any of `separators` ends a cell. */
struct invited_cells invited_cut(struct arena *, Str line, const char *separators);
/* What parts the cells of a table: what its first line has. */
const char *invited_separators(Str line);
/* Separators alone, as spreadsheets write rows without anything in them. */
bool invited_is_empty(Str line);

#endif
