#include "page/role_words.h"

static const struct {
    const char *name, *words;
} roles[] = {
    {"administrator", N_("Administrator")}, {"help-desk", N_("Help desk")}, {"auditor", N_("Auditor")},
};

Str role_words(struct exchange *exchange, Str name)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (str_is(name, roles[i].name)) return exchange_text(exchange, roles[i].words);
    Str own = name;
    str_cut(&own, ':');
    return own.n ? own : name;
}
