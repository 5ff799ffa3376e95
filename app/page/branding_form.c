#include "page/branding_form.h"

/* --- reading --- */

Error branding_form_open(struct exchange *exchange, struct branding_form *out)
{
    const struct catalogs *catalogs = view_catalogs(exchange->view);
    Str languages[BRANDING_LANGUAGES_MAX];
    size_t count = 0;
    while (count < catalogs->count && count < BRANDING_LANGUAGES_MAX) {
        languages[count] = catalog_code(catalogs->list[count]);
        count++;
    }
    *out = (struct branding_form){.exchange = exchange};
    Error error = branding_read(exchange->portal, exchange->arena, exchange->desk.organization, languages, count, &out->stored);
    if (error) return error;
    out->wished = out->stored;
    out->wished.entries = ARENA_ARRAY(exchange->arena, struct branding_entry, out->stored.count);
    for (size_t i = 0; i < out->stored.count; i++) out->wished.entries[i] = out->stored.entries[i];
    return OK;
}

/* A box with several lines sends their ends; the texts of a look are one paragraph. */
static Str one_line(struct arena *arena, Str text)
{
    Str copy = arena_copy(arena, text);
    for (char *c = (char *)(uintptr_t)copy.p; c < copy.p + copy.n; c++)
        if (*c == '\n') *c = ' ';
    return copy;
}

static struct branding_entry *entry_named(struct branding_form *form, Str name)
{
    for (size_t i = 0; i < form->wished.count; i++)
        if (str_eq(form->wished.entries[i].name, name)) return &form->wished.entries[i];
    return NULL;
}

static bool is_ours(Str name)
{
    return str_is(name, "csrf") || str_is(name, "version") || str_is(name, "reason") || str_is(name, "preview");
}

bool branding_form_take(struct branding_form *form, const struct form *sent)
{
    if (form_has_repeats(sent)) return false;
    form->typed = true;
    for (size_t i = 0; i < sent->count; i++) {
        struct branding_entry *entry = entry_named(form, sent->list[i].name);
        if (!entry && !is_ours(sent->list[i].name)) return false;
        if (entry && sent->list[i].file_name.p) return false;
        if (entry) entry->value = one_line(form->exchange->arena, sent->list[i].value);
    }
    form->wished.version = form_has(sent, STR("version")) ? form_get(sent, "version") : STR("");
    return true;
}

void branding_form_take_colours(struct branding_form *form, const struct form *query)
{
    for (size_t i = BRANDING_PRIMARY; i <= BRANDING_PAGE; i++) {
        struct branding_entry *entry = &form->wished.entries[i];
        if (form_has(query, entry->name)) entry->value = form_get_str(query, entry->name);
    }
}

/* --- showing --- */

static const char *fault_words(enum branding_fault fault)
{
    switch (fault) {
    case BRANDING_NO_COLOUR: return N_("Write a colour as # and six digits or letters from a to f, like #0a5c36.");
    case BRANDING_TOO_DARK: return N_("This page background is too dark for the text on it. Take a lighter one.");
    case BRANDING_ALONE: return N_("The two colours belong together: give both, or leave both empty.");
    case BRANDING_BLANK: return N_("Enter a name; your members know you by it.");
    case BRANDING_CHARACTERS: return N_("This has characters that cannot be seen or that turn the text around. Type it anew.");
    case BRANDING_ADDRESS: return N_("A heading holds no addresses of websites or mailboxes. Leave them out.");
    case BRANDING_NO_EMAIL: return N_("Enter an address like help@example.com, or leave this empty.");
    default: return N_("This is too long. Use at most {LIMIT} characters.");
    }
}

static int limit_of(const struct branding_entry *entry)
{
    if (!entry->kind) return BRANDING_NAME_MAX;
    return str_is(str_of(entry->kind), "heading") ? BRANDING_HEADING_MAX : BRANDING_HELP_MAX;
}

static Str problem_of(struct exchange *exchange, const struct branding_entry *entry)
{
    Str limit = arena_print(exchange->arena, "%d", limit_of(entry));
    return exchange_fill(exchange, fault_words(entry->fault), "LIMIT", limit);
}

static Str label_of(struct exchange *exchange, const struct branding_entry *entry)
{
    static const char *const labels[BRANDING_TEXTS] = {N_("Name"), N_("Support address"), N_("Primary colour"), N_("Page background")};
    for (size_t i = 0; !entry->kind; i++)
        if (i + 1 == BRANDING_TEXTS || str_is(entry->name, (const char *const[]){"display_name", "support_email", "primary"}[i]))
            return exchange_text(exchange, labels[i]);
    const struct catalog *language = catalogs_get(view_catalogs(exchange->view), entry->language);
    bool heading = str_is(str_of(entry->kind), "heading");
    return exchange_fill(exchange, heading ? N_("Heading ({LANGUAGE})") : N_("Help ({LANGUAGE})"), "LANGUAGE",
                         language ? catalog_name(language) : entry->language);
}

static const char *help_of(const struct branding_entry *entry)
{
    if (entry->kind) return NULL;
    if (str_is(entry->name, "display_name")) return N_("It stands at the top of every page and in every mail.");
    if (str_is(entry->name, "support_email")) return N_("Members are told to ask here. Empty: the portal's own address.");
    if (str_is(entry->name, "primary")) return N_("For buttons, links and your mark, like #0a5c36. Leave both colours empty for the portal's own.");
    return N_("What everything lies on; light, so that text can be read on it. People who prefer a dark screen get a dark one.");
}

static void add_control(const struct branding_entry *entry, struct part *part)
{
    bool lines = entry->kind && str_is(str_of(entry->kind), "help");
    struct part *control = part_section(part, lines ? "LINES" : entry->kind ? "LINE" : "PLAIN");
    bool name = str_is(entry->name, "display_name"), colour = !name && !entry->kind && !str_is(entry->name, "support_email");
    part_str(control, "DIRECTION_OF_VALUE", entry->kind || name ? STR("auto") : STR("ltr"));
    part_str(control, "LANGUAGE", entry->language.p ? entry->language : STR(""));
    if (colour) part_show(control, "IS_COLOUR");
}

static void add_notes(struct exchange *exchange, const struct branding_entry *entry, struct part *part)
{
    const char *help = help_of(entry);
    if (help) part_str(part_section(part, "HELP"), "TEXT", exchange_text(exchange, help));
    if (entry->fault) {
        part_str(part_section(part, "PROBLEM"), "TEXT", problem_of(exchange, entry));
        part_show(part, "IS_WRONG");
    }
    Str notes = arena_print(exchange->arena, "%s%.*s%s%s%.*s%s", help ? "f-" : "", STR_ARGS(help ? entry->name : STR("")),
                            help ? "-help" : "", help && entry->fault ? " f-" : entry->fault ? "f-" : "",
                            STR_ARGS(entry->fault ? entry->name : STR("")), entry->fault ? "-problem" : "");
    if (notes.n) part_str(part_section(part, "DESCRIBED"), "NOTES", notes);
}

static void add_field(const struct branding_form *form, size_t at, struct part *parent)
{
    struct exchange *exchange = form->exchange;
    const struct branding_entry *entry = &form->wished.entries[at], *stored = &form->stored.entries[at];
    struct part *part = part_include(parent, "FIELD", "desk_branding_field.tpl");
    part_str(part, "NAME", entry->name);
    part_str(part, "LABEL", label_of(exchange, entry));
    part_str(part, "VALUE", entry->value);
    add_notes(exchange, entry, part);
    add_control(entry, part);
    if (!form->stale || str_eq(entry->value, stored->value)) return;
    struct part *now = part_section(part, "STORED");
    if (stored->value.n) part_str(part_section(now, "HAS_STORED"), "TEXT", stored->value);
    else part_show(now, "NOTHING_STORED");
}

static void add_texts(const struct branding_form *form, struct part *content)
{
    static const struct { const char *place, *title; } places[] = {
        {"login", N_("Sign-in page")}, {"forgot", N_("Page for a forgotten password")}, {"reset", N_("Page for a new password")},
    };
    for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
        struct part *part = part_section(content, "PLACE");
        part_str(part, "ID", str_of(places[place].place));
        part_str(part, "TITLE", exchange_text(form->exchange, places[place].title));
        for (size_t i = BRANDING_TEXTS; i < form->wished.count; i++)
            if (str_is(str_of(form->wished.entries[i].place), places[place].place)) add_field(form, i, part);
    }
}

/* --- the verdict --- */

static Str ratio_words(struct exchange *exchange, double ratio)
{
    int tenths = (int)(ratio * 10);                       /* never rounded up to what it does not reach */
    return arena_print(exchange->arena, "%d.%d:1", tenths / 10, tenths % 10);
}

static void add_line(struct exchange *exchange, struct part *verdict, const char *id, double ratio, Colour colour, const char *one,
                     const char *other, bool is_one)
{
    struct part *line = part_section(verdict, "LINE");
    Str words = exchange_text(exchange, is_one ? one : other);
    part_str(line, "ID", str_of(id));
    part_str(line, "ONE", exchange_text(exchange, one));
    part_str(line, "OTHER", exchange_text(exchange, other));
    if (str_is(str_of(id), "page") && !is_one) part_show(line, "IS_BAD");
    part_str(line, "TEXT", catalog_fill(exchange->arena, words, "RATIO", ratio_words(exchange, ratio), "COLOUR",
                                        colour_hex(exchange->arena, colour), NULL));
}

static void add_verdict(const struct branding_form *form, struct part *content)
{
    struct exchange *exchange = form->exchange;
    const struct branding_entry *entries = form->wished.entries;
    struct palette palette = {.has_primary = false};
    palette.has_primary = colour_read(branding_colour(exchange->arena, entries[BRANDING_PRIMARY].value), &palette.primary);
    palette.has_page = colour_read(branding_colour(exchange->arena, entries[BRANDING_PAGE].value), &palette.page);
    struct part *part = part_section(content, "VERDICT");
    bool both = palette.has_primary && palette.has_page;
    bool none = !entries[BRANDING_PRIMARY].value.n && !entries[BRANDING_PAGE].value.n;
    part_str(part, "NONE", exchange_text(exchange, N_("The portal's own colours are used; everything on them is easy to read.")));
    part_str(part, "UNKNOWN", exchange_text(exchange, N_("Give both colours to see how well everything can be read.")));
    if (!both) part_show(part, none ? "IS_NONE" : "IS_UNKNOWN");
    if (both) part_show(part, "IS_JUDGED");
    struct palette_verdict verdict = palette_judge(&palette);
    add_line(exchange, part, "page", verdict.page, palette.page, N_("Text on the page: {RATIO}, easy to read."),
             N_("Text on the page: {RATIO}, too little. It takes 4.5:1, so a lighter page background."), verdict.readable);
    add_line(exchange, part, "button", verdict.button, palette.primary, N_("Words on buttons: white, {RATIO}, easy to read."),
             N_("Words on buttons: black, {RATIO}, easy to read."), verdict.white_words);
    add_line(exchange, part, "link", verdict.link, verdict.link_colour, N_("Links: in the primary colour, {RATIO}, easy to read."),
             N_("Links: the primary colour is too light for them, so they are {COLOUR}, {RATIO}."), !verdict.darkened);
}

/* --- the page --- */

static void add_problem(struct part *problems, Str name, Str text)
{
    struct part *item = part_section(problems, "ITEM");
    part_str(item, "NAME", name);
    part_str(item, "TEXT", text);
}

static void add_problems(const struct branding_form *form, struct page *page)
{
    struct exchange *exchange = form->exchange;
    struct part *problems = NULL, *content = page_content(page);
    for (size_t i = 0; i < form->wished.count; i++) {
        const struct branding_entry *entry = &form->wished.entries[i];
        if (!entry->fault) continue;
        if (!problems) problems = part_section(content, "PROBLEMS");
        Str text = arena_print(exchange->arena, "%.*s: %.*s", STR_ARGS(label_of(exchange, entry)), STR_ARGS(problem_of(exchange, entry)));
        add_problem(problems, entry->name, text);
    }
    if (form->needs_reason && !problems) problems = part_section(content, "PROBLEMS");
    if (form->needs_reason)
        add_problem(problems, STR("reason"), exchange_text(exchange, N_("Say in a few words why you change this.")));
    if (form->mark_needs_reason && !problems) problems = part_section(content, "PROBLEMS");
    if (form->mark_needs_reason)
        add_problem(problems, STR("mark-reason"), exchange_text(exchange, N_("Say in a few words why you change this.")));
    if (form->mark_problem.n && !problems) problems = part_section(content, "PROBLEMS");
    if (form->mark_problem.n) add_problem(problems, STR("mark"), form->mark_problem);
    if (form->stale) part_show(content, "STALE");
    if (problems || form->stale) part_show(page_base(page), "HAS_PROBLEM");
}

static void add_reason(const struct branding_form *form, struct part *content)
{
    const struct form *sent = &form->exchange->request->form;
    Str reason = form->typed ? form_get(sent, "reason") : STR_NONE;
    part_str(content, "REASON", reason.p ? reason : STR(""));
    if (form->needs_reason) part_show(content, "NO_REASON");
}

static void add_mark(const struct branding_form *form, struct part *content)
{
    Str mark = form->exchange->look.mark;
    struct part *part = part_section(content, "OWN_MARK_FORM");
    part_str(part, "MARK_REASON", form->mark_reason.p ? form->mark_reason : STR(""));
    if (mark.n) part_str(part_section(part, "MARK_NOW"), "NAME", mark);
    else part_show(part, "NO_MARK_NOW");
    if (form->mark_problem.n) part_str(part_section(part, "MARK_PROBLEM"), "TEXT", form->mark_problem);
    if (form->mark_needs_reason) part_show(part, "MARK_NO_REASON");
}

void branding_form_send(struct branding_form *form, int status)
{
    struct exchange *exchange = form->exchange;
    struct page *page = exchange_page(exchange, "desk_branding.tpl", N_("Branding"));
    struct part *content = page_content(page);
    part_str(content, "ORGANIZATION", exchange->desk.name);
    part_str(content, "VERSION", form->stale || !form->typed ? form->stored.version : form->wished.version);
    add_problems(form, page);
    if (str_is(form->saved, "1")) exchange_notice(page, exchange_text(exchange, N_("Saved. Your members see it from now on.")));
    if (str_is(form->saved, "0")) exchange_notice(page, exchange_text(exchange, N_("Nothing to save: nothing was different.")));
    if (str_is(form->saved, "mark")) exchange_notice(page, exchange_text(exchange, N_("The mark is saved. Your members see it from now on.")));
    if (str_is(form->saved, "no-mark")) exchange_notice(page, exchange_text(exchange, N_("The mark is removed.")));
    add_mark(form, content);
    struct part *names = part_section(content, "NAMES"), *colours = part_section(content, "COLOURS");
    add_field(form, BRANDING_NAME, names);
    add_field(form, BRANDING_SUPPORT, names);
    add_field(form, BRANDING_PRIMARY, colours);
    add_field(form, BRANDING_PAGE, colours);
    add_verdict(form, content);
    add_texts(form, content);
    add_reason(form, content);
    exchange_send(exchange, page, status);
}
