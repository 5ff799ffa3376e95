#include "view/letter.h"

#include <strings.h>

#include "base/utf8.h"
#include "view/words.h"

enum { PARAGRAPHS = 4, SENDER_MAX = 60, REASON_MAX = 200 };

struct wording {
    const char *name, *title;     /* no title: a short message */
    const char *before[PARAGRAPHS];
    bool tells_when;              /* and from where, behind the first paragraph */
    const char *button;
    const char *after[PARAGRAPHS];
};

static const char only_until[] = N_("The link works once, until {UNTIL}.");
static const char their_reason[] = N_("Their reason: {REASON}");
static const char ask_them[] = N_("If you think that this is a mistake, ask the help desk of {NAME}.");
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
    {"email_replaced", N_("Your e-mail address was changed"),
     {N_("The help desk of {NAME} changed the e-mail address of your account on {TIME}. This address does not count any more."),
      ask_them}, false, NULL, {NULL}},
    {"blocked", N_("Your account was blocked"),
     {N_("The help desk of {NAME} blocked your account on {TIME}. You were signed out everywhere and cannot sign in until they unblock it. "
         "Nothing was deleted."), their_reason, ask_them}, false, NULL, {NULL}},
    {"unblocked", N_("Your account works again"),
     {N_("The help desk of {NAME} unblocked your account on {TIME}. You can sign in again, with the same password as before."), their_reason},
     false, NULL, {NULL}},
    {"suspended", N_("Your membership was suspended"),
     {N_("The help desk of {NAME} suspended your membership there on {TIME}. Until they restore it you do not count as a member, and your roles "
         "there rest. Your account and your profile stay as they are."), their_reason, ask_them}, false, NULL, {NULL}},
    {"restored", N_("Your membership was restored"),
     {N_("The help desk of {NAME} restored your membership there on {TIME}. You are a member as before, with the same roles."), their_reason},
     false, NULL, {NULL}},
    {"removed", N_("Your membership has ended"),
     {N_("The help desk of {NAME} ended your membership there on {TIME}. Your roles there are gone; your account and your profile stay."),
      their_reason, ask_them}, false, NULL, {NULL}},
    {"phone_changed", N_("Your phone number was changed"),
     {N_("The phone number of your account at {NAME} was changed or removed, and your other devices were signed out."), nothing_to_do,
      N_("If this was not you, choose a new password at once, then look after your phone number.")}, true,
     N_("Choose a new password"), {NULL}},
    {"invitation", N_("You are invited"),
     {N_("{PERSON} invites you to join {NAME}."), N_("What you can do there then: {RIGHTS}"),
      N_("Opening the invitation joins nothing yet: you see first what it is about, then you accept or decline.")}, false,
     N_("See the invitation"),
     {N_("It is for this address alone and works until {UNTIL}."), N_("If you do not know {NAME}, ignore this mail: nothing happens.")}},
    {"request_approved", N_("Your request was approved"),
     {N_("You asked for a change of your profile. The help desk of {NAME} has approved it, and the change is made.")}, false,
     N_("See your requests"), {N_("If this was not you, sign out everywhere and choose a new password.")}},
    {"request_declined", N_("Your request was declined"),
     {N_("You asked for a change of your profile. The help desk of {NAME} has declined it, so nothing was changed."),
      N_("Their answer stands beside your request.")}, false,
     N_("See your requests"), {N_("If this was not you, sign out everywhere and choose a new password.")}},
    {"deletion_ask", N_("Confirm that your account is to be deleted"),
     {N_("Somebody, probably you, wants to delete your account at {NAME}. Nothing has happened yet.")}, true,
     N_("Go on to delete the account"),
     {only_until, N_("If this was not you, delete nothing and choose a new password: whoever asked for it knows the present one.")}},
    {"deletion_set", N_("Your account will be deleted"),
     {N_("Your account at {NAME} and everything in it will be deleted on {UNTIL}. Everybody is signed out."),
      N_("Until then you can keep it: sign in and choose to keep your account. After that, nobody can bring it back.")}, false,
     N_("Sign in"), {N_("If you did not want this, sign in, keep the account and choose a new password at once.")}},
    {"deletion_soon", N_("Your account will be deleted soon"),
     {N_("This is a reminder: your account at {NAME} and everything in it will be deleted on {UNTIL}."),
      N_("Until then you can keep it: sign in and choose to keep your account. After that, nobody can bring it back.")}, false,
     N_("Sign in"), {N_("If it is to be deleted, there is nothing to do.")}},
    {"export_ready", N_("Your data is ready"),
     {N_("You asked for the data that {NAME} keeps about you. It is ready as one file."),
      N_("Download it after you have signed in, until {UNTIL}. Then it is removed.")}, false,
     N_("Go to your data"), {N_("If this was not you, sign out everywhere and choose a new password.")}},
    {"phone_code", NULL,
     {N_("{CODE} is your code for {NAME}. Type it only on the page that asked for it; nobody from {NAME} will ask you for it.")}, false,
     NULL, {NULL}},
};

struct letter {
    struct arena *arena;
    const struct wording *wording;
    const struct letter_facts *facts;
    Str sender, at, until, person, rights, reason;
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

/* Whoever may name an organization or give a reason shall not put an address of their own, a second line or other marks into our mail. */
static Str plain_words(struct arena *arena, Str name, size_t most)
{
    struct text kept = {.arena = arena};
    size_t length = 0;
    while (name.p && utf8_is_valid(name)) {
        Str word = str_cut(&name, ' ');
        if (!word.n || is_address(word) || utf8_has_forbidden(word, false)) continue;
        length += utf8_length(word) + (kept.n ? 1 : 0);
        if (length > most) break;
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
                        "CODE", facts->code, "UNTIL", letter->until, "TIME", letter->at, "PEER", facts->peer, "PERSON", letter->person,
                        "RIGHTS", letter->rights, "REASON", letter->reason, NULL);
}

/* Some things are not known of every letter: then the paragraph about them is left out. */
static bool lacks(const struct letter *letter, const char *paragraph)
{
    const struct { const char *mark; Str value; } marks[] = {
        {"{RIGHTS}", letter->rights}, {"{REASON}", letter->reason}, {"{VALUE}", letter->facts->value},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (!marks[i].value.n && strstr(paragraph, marks[i].mark)) return true;
    return false;
}

/* Hands each paragraph above or below the button to `take`. */
static void each_paragraph(const struct letter *letter, bool above, void (*take)(void *context, Str paragraph), void *context)
{
    const char *const *paragraphs = above ? letter->wording->before : letter->wording->after;
    for (size_t i = 0; i < PARAGRAPHS && paragraphs[i]; i++) {
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
    *out = (struct letter){.arena = arena, .wording = wording_named(facts->letter), .facts = facts};
    if (!out->wording || !is_complete(out->wording, facts)) return ERR_INVALID;
    out->sender = plain_words(arena, facts->sender, SENDER_MAX);
    out->person = plain_words(arena, facts->person, SENDER_MAX);
    out->reason = plain_words(arena, facts->reason, REASON_MAX);
    if (!out->person.n) out->person = out->sender;
    out->rights = permissions_text(arena, facts->language, facts->may);
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
