#include "view/letter.h"

#include <strings.h>

#include "base/utf8.h"

enum { PARAGRAPHS = 3, SENDER_MAX = 60 };

struct wording {
    const char *name, *title;     /* no title: a short message */
    const char *before[PARAGRAPHS];
    bool tells_when;              /* and from where, behind the first paragraph */
    const char *button;
    const char *after[PARAGRAPHS];
};

static const char only_until[] = N_("The link works once, until {UNTIL}.");
static const char nothing_to_do[] = N_("If this was you, there is nothing to do.");

static const struct wording wordings[] = {
    {"password_reset", N_("Choose a new password"),
     {N_("Somebody, probably you, asked for a new password for your account at {NAME}.")}, true, N_("Choose a new password"),
     {only_until, N_("If this was not you, there is nothing to do: only who opens this link can change the password.")}},
    {"password_elsewhere", N_("Your password is kept elsewhere"),
     {N_("Somebody, probably you, asked for a new password for your account at {NAME}."),
      N_("You sign in there through another service, and that service keeps your password. Change it there; here nothing was changed.")},
     true, NULL, {N_("If this was not you, there is nothing to do.")}},
    {"password_changed", N_("Your password was changed"),
     {N_("The password of your account at {NAME} was changed, and you were signed out everywhere."), nothing_to_do,
      N_("If this was not you, choose a new password at once.")}, true, N_("Choose a new password"), {NULL}},
    {"email_verify", N_("Confirm your e-mail address"),
     {N_("Confirm that {VALUE} is the e-mail address of your account at {NAME}.")}, false, N_("Confirm this address"),
     {only_until, N_("If you have no account at {NAME}, there is nothing to do: without the link nothing happens.")}},
    {"signup_exists", N_("You have an account already"),
     {N_("Somebody, probably you, wanted to make an account at {NAME} with this address. It has one already, so nothing was made or changed."),
      N_("Sign in as usual. If you do not know the password any more, choose a new one from the sign-in page.")}, true, N_("Sign in"),
     {N_("If this was not you, there is nothing to do.")}},
    {"email_change", N_("Confirm your new e-mail address"),
     {N_("Somebody, probably you, wants to use {VALUE} for an account at {NAME}. Until you confirm it, the old address stays.")}, true,
     N_("Confirm this address"),
     {only_until, N_("If this was not you, there is nothing to do: without the link nothing happens.")}},
    {"email_changed", N_("Your e-mail address was changed"),
     {N_("Your account at {NAME} now uses {VALUE} instead of this address."), nothing_to_do,
      N_("If this was not you, undo the change: this address comes back, and everybody is signed out.")}, true,
     N_("Undo the change"), {N_("The link works until {UNTIL}.")}},
    {"phone_changed", N_("Your phone number was changed"),
     {N_("The phone number of your account at {NAME} was changed or removed, and your other devices were signed out."), nothing_to_do,
      N_("If this was not you, choose a new password at once, then look after your phone number.")}, true,
     N_("Choose a new password"), {NULL}},
    {"phone_code", NULL,
     {N_("{CODE} is your code for {NAME}. Type it only on the page that asked for it; nobody from {NAME} will ask you for it.")}, false,
     NULL, {NULL}},
};

struct letter {
    struct arena *arena;
    const struct wording *wording;
    const struct letter_facts *facts;
    Str sender, at, until;
};

static const struct wording *wording_named(Str name)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
        if (str_is(name, wordings[i].name)) return &wordings[i];
    return NULL;
}

/* --- the sender's name --- */

/* Programs that show mail make links of such words by themselves. */
static bool is_address(Str word)
{
    bool web = word.n >= 4 && strncasecmp(word.p, "www.", 4) == 0;
    for (size_t i = 0; i + 2 < word.n && !web; i++) web = str_starts(str_after(word, i), STR("://"));
    return web || str_has(word, '@');
}

/* Whoever may name an organization shall not put an address of their own, a second line or other marks into our mail. */
static Str plain_words(struct arena *arena, Str name)
{
    struct text kept = {.arena = arena};
    size_t length = 0;
    while (name.p && utf8_is_valid(name)) {
        Str word = str_cut(&name, ' ');
        if (!word.n || is_address(word) || utf8_has_forbidden(word, false)) continue;
        length += utf8_length(word) + (kept.n ? 1 : 0);
        if (length > SENDER_MAX) break;
        if (kept.n) text_add(&kept, STR(" "));
        text_add(&kept, word);
    }
    return text_str(&kept);
}

/* --- the same words for both parts --- */

static Str fill(const struct letter *letter, const char *english)
{
    const struct letter_facts *facts = letter->facts;
    return catalog_fill(letter->arena, catalog_text(facts->language, english), "NAME", letter->sender, "VALUE", facts->value,
                        "CODE", facts->code, "UNTIL", letter->until, "TIME", letter->at, "PEER", facts->peer, NULL);
}

/* Hands each paragraph above or below the button to `take`. */
static void each_paragraph(const struct letter *letter, bool above, void (*take)(void *context, Str paragraph), void *context)
{
    const char *const *paragraphs = above ? letter->wording->before : letter->wording->after;
    for (size_t i = 0; i < PARAGRAPHS && paragraphs[i]; i++) {
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

static Str write_html(const struct letter *letter, const struct view *view)
{
    const struct letter_facts *facts = letter->facts;
    struct page *page = page_open_alone(view, letter->arena, facts->language, "mail.tpl");
    struct part *mail = page_content(page);
    part_str(mail, "CODE", catalog_code(facts->language));
    part_str(mail, "DIRECTION", catalog_rtl(facts->language) ? STR("rtl") : STR("ltr"));
    part_str(mail, "PORTAL", letter->sender);
    part_str(mail, "TITLE", title(letter));
    part_str(mail, "HELP", help(letter));
    each_paragraph(letter, true, add_above, mail);
    each_paragraph(letter, false, add_below, mail);
    if (letter->wording->button) add_button(letter, mail);
    return page_render(page);
}

static Str write_subject(const struct letter *letter)
{
    const struct catalog *language = letter->facts->language;
    return catalog_fill(letter->arena, catalog_text(language, N_("{NAME}: {TITLE}")), "NAME", letter->sender, "TITLE", title(letter),
                        NULL);
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

Error letter_write(struct arena *arena, const struct view *view, const struct letter_facts *facts, struct letter_text *out)
{
    struct letter letter = {.arena = arena, .wording = wording_named(facts->letter), .facts = facts};
    if (!letter.wording || !is_complete(letter.wording, facts)) return ERR_INVALID;
    letter.sender = plain_words(arena, facts->sender);
    letter.at = catalog_date(arena, facts->language, facts->at, true);
    letter.until = catalog_date(arena, facts->language, facts->until, true);
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
