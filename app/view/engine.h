/* The template engine (ctemplate) as C sees it: one for each language. Written in view.cc, the only file that knows it. */
#ifndef LATCHKEY_ENGINE_H
#define LATCHKEY_ENGINE_H

#include "view/part.h"

#ifdef __cplusplus
extern "C" {
#endif

struct engine;

struct engine *engine_open(void);                /* NULL: memory is out */
void engine_close(struct engine *);              /* NULL is fine */
/* Parses a template. False: it is wrong; the engine says why on file descriptor 2 and has no other way to say it. */
MUST_USE bool engine_add(struct engine *, Str name, Str text);
void engine_freeze(struct engine *);             /* from here on no template comes, from nowhere */
/* *out stands in the engine until the next page or engine_forget, which wipes it. False: a template is not there, or memory is
   out. Never leaves by a jump. */
MUST_USE bool engine_render(struct engine *, const char *template_name, const struct part *, Str *out);
void engine_forget(struct engine *);

#ifdef __cplusplus
}
#endif
#endif
