#include "view/letter.h"

#include "view/letter_words.h"
#include "view/plain_words.h"
#include "view/words.h"

enum { SENDER_MAX = 60, REASON_MAX = 200 };

struct letter {
    struct arena *arena;
    const struct wording *wording;
    const struct letter_facts *facts;
    Str sender, at, until, person, rights, reason, field, given, taken;
};

/* --- the sender's name --- */

/* Whoever calls itself nothing but an address still has the name that the operator gave it; the portal may be called like its host. */
static Str sender_of(struct arena *arena, const struct letter_facts *facts)
{
    Str plain = plain_words(arena, facts->sender, SENDER_MAX);
    if (!facts->sender_name.n) return plain;
    return plain.n ? plain_apart(arena, plain) : facts->sender_name;
}

/* --- the same words for both parts --- */

static Str fill(const struct letter *letter, const char *english)
{
    const struct letter_facts *facts = letter->facts;
    return catalog_fill(letter->arena, catalog_text(facts->language, english), "NAME", letter->sender, "VALUE", facts->value,
                        "CODE", facts->code, "UNTIL", letter->until, "TIME", letter->at, "PEER", facts->peer, "PERSON", letter->person,
                        "RIGHTS", letter->rights, "REASON", letter->reason, "FIELD", letter->field,
                        "GIVEN", letter->given, "TAKEN", letter->taken, NULL);
}

/* Some things are not known of every letter: then the paragraph about them is left out. */
static bool lacks(const struct letter *letter, const char *paragraph)
{
    const struct { const char *mark; Str value; } marks[] = {
        {"{RIGHTS}", letter->rights}, {"{REASON}", letter->reason}, {"{VALUE}", letter->facts->value},
        {"{FIELD}", letter->field},
        {"{GIVEN}", letter->given}, {"{TAKEN}", letter->taken},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (!marks[i].value.n && strstr(paragraph, marks[i].mark)) return true;
    return false;
}

/* Hands each paragraph above or below the button to `take`. */
static void each_paragraph(const struct letter *letter, bool above, void (*take)(void *context, Str paragraph), void *context)
{
    const char *const *paragraphs = above ? letter->wording->before : letter->wording->after;
    for (size_t i = 0; i < LETTER_PARAGRAPHS && paragraphs[i]; i++) {
        if (lacks(letter, paragraphs[i])) continue;
        take(context, fill(letter, paragraphs[i]));
        if (above && i == 0 && letter->wording->tells_when && letter->facts->peer.n)
            take(context, fill(letter, N_("When: {TIME}. From: {PEER}.")));
    }
}

static Str help(const struct letter *letter)
{
    const struct letter_facts *facts = letter->facts;
    if (!facts->support_email.n)
        return catalog_text(facts->language, N_("This message was sent by a program; nobody reads replies to it."));
    return catalog_fill(letter->arena,
                        catalog_text(facts->language,
                                     N_("This message was sent by a program; nobody reads replies to it. Questions? Ask {ADDRESS}.")),
                        "ADDRESS", facts->support_email, NULL);
}

static Str title(const struct letter *letter)
{
    return catalog_text(letter->facts->language, letter->wording->title);
}

static void add_text(void *context, Str paragraph)
{
    struct text *text = context;
    text_add(text, paragraph);
    text_add(text, STR("\n\n"));
}

static Str write_text(const struct letter *letter)
{
    struct text text = {.arena = letter->arena};
    each_paragraph(letter, true, add_text, &text);
    if (letter->wording->button) {
        text_print(&text, "%.*s:\n", STR_ARGS(catalog_text(letter->facts->language, letter->wording->button)));
        add_text(&text, letter->facts->link);
    }
    each_paragraph(letter, false, add_text, &text);
    text_print(&text, "-- \n%.*s\n%.*s\n", STR_ARGS(letter->sender), STR_ARGS(help(letter)));
    return text_str(&text);
}

static void add_above(void *context, Str paragraph)
{
    part_str(part_section(context, "ABOVE"), "TEXT", paragraph);
}

static void add_below(void *context, Str paragraph)
{
    part_str(part_section(context, "BELOW"), "TEXT", paragraph);
}

static void add_button(const struct letter *letter, struct part *mail)
{
    const struct letter_facts *facts = letter->facts;
    struct part *button = part_section(mail, "BUTTON");
    Colour colour = palette_primary(&facts->palette);
    part_str(button, "LINK", facts->link);
    part_str(button, "LABEL", catalog_text(facts->language, letter->wording->button));
    part_str(button, "COLOUR", colour_hex(letter->arena, colour));
    part_str(button, "TEXT_COLOUR", colour_hex(letter->arena, colour_text_on(colour)));
}

static void fill_mail(const struct letter *letter, struct part *mail)
{
    const struct letter_facts *facts = letter->facts;
    part_str(mail, "CODE", catalog_code(facts->language));
    part_str(mail, "DIRECTION", catalog_rtl(facts->language) ? STR("rtl") : STR("ltr"));
    part_str(mail, "PORTAL", letter->sender);
    part_str(mail, "TITLE", title(letter));
    part_str(mail, "HELP", help(letter));
    each_paragraph(letter, true, add_above, mail);
    each_paragraph(letter, false, add_below, mail);
    if (letter->wording->button) add_button(letter, mail);
    if (facts->has_mark) part_show(mail, "MARK");
}

static Str write_html(const struct letter *letter, const struct view *view)
{
    struct page *page = page_open_alone(view, letter->arena, letter->facts->language, "mail.tpl");
    fill_mail(letter, page_content(page));
    return page_render(page);
}

static Str write_subject(const struct letter *letter)
{
    const struct catalog *language = letter->facts->language;
    return catalog_fill(letter->arena, catalog_text(language, N_("{NAME}: {TITLE}")), "NAME", letter->sender, "TITLE", title(letter),
                        NULL);
}

static Str role_titles(const struct letter *letter, Str names)
{
    struct text text = {.arena = letter->arena};
    while (names.n) {
        if (text.n) text_add(&text, STR(" · "));
        text_add(&text, role_title(letter->facts->language, str_cut(&names, ',')));
    }
    return text_str(&text);
}

static bool is_complete(const struct wording *wording, const struct letter_facts *facts)
{
    if (wording->button && !facts->link.n) return false;
    return wording->title || facts->code.n;
}

static Str short_text(const struct letter *letter)
{
    return fill(letter, letter->wording->before[0]);
}

static Error begin(struct arena *arena, const struct letter_facts *facts, struct letter *out)
{
    *out = (struct letter){.arena = arena, .wording = letter_wording(facts->letter), .facts = facts};
    if (!out->wording || !is_complete(out->wording, facts)) return ERR_INVALID;
    out->sender = sender_of(arena, facts);
    out->person = plain_apart(arena, plain_words(arena, facts->person, SENDER_MAX));
    out->reason = plain_apart(arena, plain_words(arena, facts->reason, REASON_MAX));
    out->field = plain_words(arena, facts->field, SENDER_MAX);
    if (!out->person.n) out->person = out->sender;
    out->rights = permissions_text(arena, facts->language, facts->may);
    out->given = role_titles(out, facts->gives);
    out->taken = role_titles(out, facts->takes);
    out->at = catalog_date(arena, facts->language, facts->at, true);
    out->until = catalog_date(arena, facts->language, facts->until, true);
    return OK;
}

Error letter_show(struct arena *arena, const struct letter_facts *facts, struct part *into, Str *subject)
{
    struct letter letter;
    Error error = begin(arena, facts, &letter);
    if (error || !letter.wording->title) return ERR_INVALID;
    fill_mail(&letter, into);
    *subject = write_subject(&letter);
    return OK;
}

Error letter_write(struct arena *arena, const struct view *view, const struct letter_facts *facts, struct letter_text *out)
{
    struct letter letter;
    Error error = begin(arena, facts, &letter);
    if (error) return error;
    *out = (struct letter_text){.subject = STR(""), .html = STR("")};
    if (!letter.wording->title) {
        out->text = short_text(&letter);
        return OK;
    }
    out->subject = write_subject(&letter);
    out->text = write_text(&letter);
    out->html = write_html(&letter, view);
    return out->html.n ? OK : ERR_FAULT;
}
