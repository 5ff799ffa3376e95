/* Pages from templates. All templates are read, translated and parsed once per language at start, then frozen: a running
   program never touches them again, and a broken one stops the start. Values are escaped by the template engine; a template
   without the autoescape pragma is refused.

   In a template, beside the engine's own marks:
     {{NAME:p}}                    a value in text whose line breaks and blanks stay; without it they become single blanks
     {{_("Save")}}                 the text in the page's language; {NAME} inside becomes the variable {{NAME}}
     {{static "latchkey.css"}}     the fingerprinted path of a static file                                                     */
#ifndef LATCHKEY_VIEW_H
#define LATCHKEY_VIEW_H

#include "base/arena.h"
#include "view/catalog.h"

#ifdef __cplusplus
extern "C" {
#endif

struct view;
struct page;                      /* one page being filled; lives in the request's arena and ends with it */
struct part;                      /* a node of it: the page itself, an included template, a repeat of a section */

/* Problems have "templates/x.tpl:line" as place. */
MUST_USE Error view_load(struct arena *, const char *templates_dir, const char *static_dir, const struct catalogs *,
                         struct problems *, struct view **out);
void view_close(struct view *);                               /* NULL is fine */
const struct catalogs *view_catalogs(const struct view *);
/* "/static/latchkey.0123456789abcdef.css" for "latchkey.css"; STR_NONE: no such file. */
Str view_static(const struct view *, const char *name);

/* A page in base.tpl, with `template_name` (a constant of ours, without folder) as its {{>CONTENT}}. */
struct page *page_open(const struct view *, struct arena *, const struct catalog *, const char *template_name);
/* One without base.tpl, as a mail wants it: `template_name` is the whole; page_base and page_content are the same part. */
struct page *page_open_alone(const struct view *, struct arena *, const struct catalog *, const char *template_name);
struct part *page_base(struct page *);                         /* the frame: title, navigation, messages */
struct part *page_content(struct page *);
void page_everywhere(struct page *, const char *key, Str value);   /* seen in every part */

/* Nothing is copied: keys are constants, values stay as they are until the page is rendered (the request's arena, literals).
   What is set in a part is seen in the sections inside it too, not in included templates. A key set again has the new value. */
void part_str(struct part *, const char *key, Str value);
void part_int(struct part *, const char *key, int64_t value);
void part_show(struct part *, const char *section);            /* once, without values of its own */
struct part *part_section(struct part *, const char *section); /* one more repeat */
struct part *part_include(struct part *, const char *marker, const char *template_name);

/* The whole page, in the arena it was opened with, or, on a fault of ours (logged), STR_NONE. */
Str page_render(struct page *);

#ifdef __cplusplus
}
#endif
#endif
