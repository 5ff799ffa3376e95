/* What a view is made of; for the files of the view alone. */
#ifndef LATCHKEY_VIEW_DATA_H
#define LATCHKEY_VIEW_DATA_H

#include "view/view.h"

#define VIEW_BASE "base.tpl"

struct static_file {
    Str name, path;               /* "latchkey.css", "/static/latchkey.0123456789abcdef.css" */
};

struct statics {
    const struct static_file *files;
    size_t count;
};

struct view {
    const struct catalogs *catalogs;
    struct engine **engines;      /* one for each catalogue, in the same order */
    struct statics statics;
};

struct engine *view_engine(const struct view *, const struct catalog *);

/* Files named NAME.<16 hexadecimal digits>.EXT. */
void statics_load(struct arena *, const char *folder, struct problems *, struct statics *out);
Str statics_path(const struct statics *, Str name);             /* STR_NONE: no such file */

/* The rules of a template that the engine's own escaping depends on; see template_rules.c. */
void template_check(const struct statics *, Str path, Str text, struct problems *);
/* The template in one language, for the engine: line by line as in the file. Only for one that template_check found well. */
Str template_translate(struct arena *, const struct statics *, const struct catalog *, Str path, Str text, struct problems *);

#endif
