/* view/letter: every letter in every language, text and HTML saying the same, with nobody else's marks in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "account/outbox.h"
#include "base/utf8.h"
#include "net/message.h"
#include "support/arena_test.h"
#include "view/letter.h"

#define LINK "https://account.example.com/password/reset?token=abcDEF-_0123456789&x=1"

static struct arena *lasting;
static struct catalogs catalogs;
static struct view *view;

static int open_view(void **state)
{
    (void)state;
    lasting = arena_open(0);
    struct problems problems = {.arena = lasting};
    const char *build = getenv("LATCHKEY_BUILD") ? getenv("LATCHKEY_BUILD") : "build";
    Str languages = arena_print(lasting, "%s/i18n", build), files = arena_print(lasting, "%s/static", build);
    Error error = catalogs_load(lasting, languages.p, &problems, &catalogs);
    if (!error) error = view_load(lasting, "templates", files.p, &catalogs, &problems, &view);
    for (const struct problem *each = problems.first; each; each = each->next)
        print_error("%.*s: %.*s\n", STR_ARGS(each->place), STR_ARGS(each->message));
    return error ? -1 : 0;
}

static int close_view(void **state)
{
    (void)state;
    view_close(view);
    arena_close(lasting);
    return 0;
}

static struct letter_facts facts_of(const char *letter, const struct catalog *language)
{
    return (struct letter_facts){
        .letter = str_of(letter), .language = language, .sender = STR("Acme & Sons"),
        .support_email = STR("help@acme.example"), .link = STR(LINK), .code = STR("123456"), .value = STR("new@example.com"),
        .peer = STR("192.0.2.7"), .at = 1795229580, .until = 1795231380, .person = STR("Ada Lovelace"),
        .may = permission_bit("create:invitations"), .reason = STR("lost her telephone"),
        .gives = STR("help-desk,acme:front-office"), .takes = STR("auditor"),
    };
}

static bool has(Str text, const char *words)
{
    return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

/* HTML as a reader sees it: without tags, entities resolved, blanks as they come. */
static Str shown(struct arena *arena, Str html)
{
    static const struct {
        Str entity, text;
    } entities[] = {{STR("&amp;"), STR("&")}, {STR("&lt;"), STR("<")}, {STR("&gt;"), STR(">")}, {STR("&quot;"), STR("\"")},
                    {STR("&#39;"), STR("'")}};
    struct text text = {.arena = arena};
    bool in_tag = false;
    for (size_t i = 0; i < html.n; i++) {
        Str rest = str_after(html, i);
        bool replaced = false;
        if (*rest.p == '<' || *rest.p == '>') in_tag = *rest.p == '<';
        for (size_t k = 0; !in_tag && !replaced && k < COUNT(entities); k++) {
            replaced = str_starts(rest, entities[k].entity);
            if (!replaced) continue;
            text_add(&text, entities[k].text);
            i += entities[k].entity.n - 1;
        }
        if (!in_tag && !replaced && *rest.p != '>') text_add(&text, str_first(rest, 1));
    }
    return text_str(&text);
}

static void assert_nothing_left_open(Str text)
{
    assert_false(has(text, "{") || has(text, "}"));
    assert_true(utf8_is_valid(text));
}

static void every_letter_has_its_words_in_every_language(void **state)
{
    struct arena *arena = *state;
    for (int i = 0; i < LETTERS; i++) {
        for (size_t k = 0; k < catalogs.count; k++) {
            struct letter_facts facts = facts_of(letter_name((enum letter)i), catalogs.list[k]);
            struct letter_text letter;
            if (letter_write(arena, view, &facts, &letter)) fail_msg("no words for %s", letter_name((enum letter)i));
            assert_nothing_left_open(letter.text);
            assert_nothing_left_open(letter.subject);
            assert_true(has(letter.text, "Acme & Sons"));
            assert_int_equal(letter.html.n > 0, letter.subject.n > 0);
        }
    }
}

static void both_parts_say_the_same(void **state)
{
    struct arena *arena = *state;
    for (int i = 0; i < LETTERS; i++) {
        for (size_t k = 0; k < catalogs.count; k++) {
            struct letter_facts facts = facts_of(letter_name((enum letter)i), catalogs.list[k]);
            struct letter_text letter;
            assert_int_equal(letter_write(arena, view, &facts, &letter), OK);
            if (!letter.html.n) continue;
            Str html = shown(arena, letter.html), rest = letter.text;
            assert_nothing_left_open(letter.html);
            while (rest.n) {
                Str line = str_cut(&rest, '\n');
                if (str_ends(line, STR(":"))) line = str_first(line, line.n - 1);      /* the button */
                if (line.n && !str_is(line, "-- ") && !memmem(html.p, html.n, line.p, line.n))
                    fail_msg("%s: the HTML lacks: %.*s", letter_name((enum letter)i), STR_ARGS(line));
            }
        }
    }
}

static void a_reset_reads_like_this(void **state)
{
    struct letter_facts facts = facts_of("password_reset", catalogs.list[0]);
    struct letter_text letter;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_true(has(letter.text, "From: 192.0.2.7.\n\nThis is about the account new@example.com.\n\n"));
    facts.value = STR_NONE;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_str(letter.subject, STR("Acme & Sons: Choose a new password"));
    assert_str(letter.text,
        STR("Somebody, probably you, asked for a new password for your account at Acme & Sons.\n\n"
            "When: 21 November 2026, 02:53 UTC. From: 192.0.2.7.\n\n"
            "Choose a new password:\n" LINK "\n\n"
            "The link works once, until 21 November 2026, 03:23 UTC.\n\n"
            "If this was not you, there is nothing to do: only who opens this link can change the password.\n\n"
            "-- \nAcme & Sons\nThis message was sent by a program; nobody reads replies to it. Questions? Ask help@acme.example.\n"));
    assert_true(has(letter.html, "href=\"https://account.example.com/password/reset?token=abcDEF-_0123456789&amp;x=1\""));
    assert_true(has(letter.html, "<bdi>Acme &amp; Sons</bdi>"));
    assert_true(has(letter.html, "dir=\"ltr\""));
}

static void an_invitation_reads_like_this(void **state)
{
    struct letter_facts facts = facts_of("invitation", catalogs_get(&catalogs, STR("en")));
    struct letter_text letter;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_str(letter.subject, STR("Acme & Sons: You are invited"));
    assert_str(letter.text,
        STR("Ada Lovelace invites you to join Acme & Sons.\n\n"
            "What you can do there then: Invite people\n\n"
            "Opening the invitation joins nothing yet: you see first what it is about, then you accept or decline.\n\n"
            "See the invitation:\n" LINK "\n\n"
            "It is for this address alone and works until 21 November 2026, 03:23 UTC.\n\n"
            "If you do not know Acme & Sons, ignore this mail: nothing happens.\n\n"
            "-- \nAcme & Sons\nThis message was sent by a program; nobody reads replies to it. Questions? Ask help@acme.example.\n"));
    facts.may = 0;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_false(has(letter.text, "What you can do") || has(letter.html, "What you can do"));
}

/* Who invites writes their own name: no address of theirs, no second line and no mark gets into our mail with it. */
static void an_inviter_brings_no_links(void **state)
{
    static const char *const names[] = {"Ada https://evil.example", "Ada evil.example/x", "Ada evil.example", "Ada\nBcc: x", "Ada www.evil.example <b>", "Ada \xe2\x80\xae evil@evil.example"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct letter_facts facts = facts_of("invitation", catalogs_get(&catalogs, STR("en")));
        struct letter_text letter;
        facts.person = str_of(names[i]);
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_false(has(letter.text, "evil.example") || has(letter.html, "evil.example") || has(letter.html, "<b>") || has(letter.text, "Bcc"));
        assert_true(has(letter.text, " invites you to join Acme & Sons."));
    }
}

static void what_a_desk_did_reads_like_this(void **state)
{
    struct letter_facts facts = facts_of("blocked", catalogs_get(&catalogs, STR("en")));
    struct letter_text letter;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_str(letter.subject, STR("Acme & Sons: Your account was blocked"));
    assert_str(letter.text,
        STR("The help desk of Acme & Sons blocked your account on 21 November 2026, 02:53 UTC. You were signed out everywhere and cannot sign in "
            "until they unblock it. Nothing was deleted.\n\n"
            "Their reason: lost her telephone\n\n"
            "If you think that this is a mistake, ask the help desk of Acme & Sons.\n\n"
            "-- \nAcme & Sons\nThis message was sent by a program; nobody reads replies to it. Questions? Ask help@acme.example.\n"));
    facts.reason = STR("");
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_false(has(letter.text, "reason") || has(letter.html, "reason"));
    facts = facts_of("email_replaced", catalogs_get(&catalogs, STR("en")));
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_true(has(letter.text, "This address does not count any more.") && has(letter.text, "ask the help desk of Acme & Sons"));
    assert_false(has(letter.text, "new@example.com") || has(letter.text, LINK) || has(letter.html, LINK));
}

/* What its person did not ask for says who sends it. */
static void a_desks_reset_says_who_sends_it(void **state)
{
    struct letter_facts facts = facts_of("password_sent", catalogs_get(&catalogs, STR("en")));
    struct letter_text letter;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_str(letter.subject, STR("Acme & Sons: Choose a new password"));
    assert_str(letter.text,
        STR("The help desk of Acme & Sons sends you this link, so that you can choose a new password for your account.\n\n"
            "The old password works until you have chosen a new one; the help desk sees neither.\n\n"
            "Choose a new password:\n" LINK "\n\n"
            "The link works once, until 21 November 2026, 03:23 UTC.\n\n"
            "If you do not know why this came, ask the help desk of Acme & Sons. Without the link nothing changes.\n\n"
            "-- \nAcme & Sons\nThis message was sent by a program; nobody reads replies to it. Questions? Ask help@acme.example.\n"));
    facts.link = STR("");
    assert_int_equal(letter_write(*state, view, &facts, &letter), ERR_INVALID);
}

static void roles_that_came_and_went_are_named(void **state)
{
    struct letter_facts facts = facts_of("roles_changed", catalogs_get(&catalogs, STR("en")));
    struct letter_text letter;
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_str(letter.subject, STR("Acme & Sons: Your roles were changed"));
    assert_str(letter.text,
        STR("The help desk of Acme & Sons changed your roles there on 21 November 2026, 02:53 UTC.\n\n"
            "Roles you now have as well: Help desk · front-office\n\n"
            "Roles you no longer have: Auditor\n\n"
            "Their reason: lost her telephone\n\n"
            "If you think that this is a mistake, ask the help desk of Acme & Sons.\n\n"
            "-- \nAcme & Sons\nThis message was sent by a program; nobody reads replies to it. Questions? Ask help@acme.example.\n"));
    facts.gives = STR("");
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_false(has(letter.text, "as well") || has(letter.html, "as well"));
    facts.takes = facts.reason = STR("");
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_false(has(letter.text, "no longer") || has(letter.text, "reason"));
}

static void a_decided_request_is_named(void **state)
{
    static const char *const letters[] = {"request_approved", "request_declined"};
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct letter_facts facts = facts_of(letters[i], catalogs_get(&catalogs, STR("en")));
        struct letter_text letter;
        facts.field = STR("Family name");
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_true(has(letter.text, "\n\nWhat you asked about: Family name\n\nTheir answer: lost her telephone\n\n"));
        facts.reason = STR("see www.evil.example");
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_true(has(letter.text, "Their answer: see\n"));
        assert_false(has(letter.html, "evil"));
        facts.field = facts.reason = STR("");
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_false(has(letter.text, "asked about") || has(letter.text, "Their answer:"));
    }
}

static void other_acts_of_a_desk_read_like_this(void **state)
{
    static const struct { const char *letter, *words; } rows[] = {
        {"signed_out", "The help desk of Acme & Sons signed you out everywhere on 21 November 2026, 02:53 UTC."},
        {"signed_out", "Their reason: lost her telephone\n\nIf you think that this is a mistake, ask the help desk of Acme & Sons."},
        {"address_approved", "They have approved it, and the change is made."},
        {"address_approved", "Another mail brings the link that confirms this address."},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct letter_facts facts = facts_of(rows[i].letter, catalogs_get(&catalogs, STR("en")));
        struct letter_text letter;
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        if (!has(letter.text, rows[i].words)) fail_msg("%s: %.*s", rows[i].words, STR_ARGS(letter.text));
        assert_false(has(letter.text, LINK) || has(letter.html, LINK));
    }
}

/* A reason is what somebody behind a desk typed: the same counts for it as for names. */
static void a_reason_brings_no_links(void **state)
{
    static const char *const letters[] = {"blocked", "unblocked", "suspended", "restored", "removed", "roles_changed", "signed_out"};
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct letter_facts facts = facts_of(letters[i], catalogs_get(&catalogs, STR("en")));
        struct letter_text letter;
        facts.reason = STR("see https://evil.example or www.evil.example or evil.example/x or eve@evil.example <b>now</b>");
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_true(has(letter.text, "Their reason: see or or or <b>now</b>"));
        assert_false(has(letter.text, "evil") || has(letter.html, "evil") || has(letter.html, "<b>"));
    }
}

static void languages_have_their_words_and_direction(void **state)
{
    static const struct {
        const char *language, *subject, *direction;
    } rows[] = {
        {"de", "Acme & Sons: Neues Passwort wählen", "<html lang=\"de\" dir=\"ltr\">"},
        {"ar", "Acme & Sons: اختيار كلمة مرور جديدة", "<html lang=\"ar\" dir=\"rtl\">"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct letter_facts facts = facts_of("password_reset", catalogs_get(&catalogs, str_of(rows[i].language)));
        struct letter_text letter;
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_str(letter.subject, str_of(rows[i].subject));
        assert_true(has(letter.html, rows[i].direction));
    }
}

static void mails_load_nothing(void **state)
{
    static const char *const loading[] = {"<img", "<link", "<script", "<style", "url(", "@import", "<iframe", "background=", "srcset"};
    for (int i = 0; i < LETTERS; i++) {
        struct letter_facts facts = facts_of(letter_name((enum letter)i), catalogs.list[0]);
        struct letter_text letter;
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        for (size_t k = 0; k < COUNT(loading); k++) assert_false(has(letter.html, loading[k]));
    }
}

static void a_short_message_is_short(void **state)
{
    for (size_t k = 0; k < catalogs.count; k++) {
        struct letter_facts facts = facts_of("phone_code", catalogs.list[k]);
        struct letter_text letter;
        facts.link = STR("");
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_true(str_starts(letter.text, STR("123456 ")));
        assert_false(has(letter.text, "\n"));
        assert_true(utf8_length(letter.text) <= 160);
        assert_int_equal(letter.subject.n, 0);
        assert_int_equal(letter.html.n, 0);
    }
}

static void what_lacks_its_link_or_code_is_not_written(void **state)
{
    struct letter_text letter;
    struct letter_facts facts = facts_of("password_reset", catalogs.list[0]);
    facts.link = STR("");
    assert_int_equal(letter_write(*state, view, &facts, &letter), ERR_INVALID);
    facts = facts_of("phone_code", catalogs.list[0]);
    facts.code = STR("");
    assert_int_equal(letter_write(*state, view, &facts, &letter), ERR_INVALID);
    facts = facts_of("nothing", catalogs.list[0]);
    assert_int_equal(letter_write(*state, view, &facts, &letter), ERR_INVALID);
}

/* An organization that calls itself nothing but an address has the name that the operator gave it: no mail comes from nobody. */
static void no_sender_is_without_a_name(void **state)
{
    static const struct {
        const char *name, *subject;
    } rows[] = {
        {"https://evil.example/login", "acme: "}, {"www.evil.example", "acme: "}, {"mailto:eve@evil.example", "acme: "},
        {"evil.example/login", "acme: "}, {"\u3164", "acme: "}, {"evil.example", "evil. example: "}, {"Bank evil.example:81/x now", "Bank now: "},
        {"St.Gallen e.V. 2.0", "St. Gallen e.V. 2.0: "}, {"A/B-Labor & Co.", "A/B-Labor & Co.: "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct letter_facts facts = facts_of("password_changed", catalogs_get(&catalogs, STR("en")));
        struct letter_text letter;
        facts.sender = str_of(rows[i].name);
        facts.sender_name = STR("acme");
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        if (!str_starts(letter.subject, str_of(rows[i].subject))) fail_msg("%s: %.*s", rows[i].name, STR_ARGS(letter.subject));
        assert_false(has(letter.text, "evil.example") || has(letter.html, "evil.example"));
    }
}

static void a_long_name_is_cut(void **state)
{
    char longest[256] = "";
    memset(longest, 'x', 255);
    struct letter_facts facts = facts_of("password_changed", catalogs_get(&catalogs, STR("en")));
    struct letter_text letter;
    facts.sender = str_of(longest);
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_true(str_starts(letter.subject, STR("xxxx")) && has(letter.subject, "xx…: ") && utf8_length(letter.subject) < 120);
}

/* The portal is often called like its host, and its operator is trusted. */
static void the_portals_own_name_stays(void **state)
{
    struct letter_facts facts = facts_of("password_changed", catalogs_get(&catalogs, STR("en")));
    struct letter_text letter;
    facts.sender = STR("portal.example");
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_true(str_starts(letter.subject, STR("portal.example: ")));
}

/* Whoever names an organization gets no address, line or mark of their own into a mail (security.md B19). */
static void hostile_names_are_plain_words(void **state)
{
    static const struct {
        const char *name, *kept;
    } rows[] = {
        {"Bank – click https://evil.example/x now", "Bank – click now"},
        {"Bank www.evil.example", "Bank"}, {"Bank HTTP://EVIL", "Bank"}, {"Bank eve@evil.example", "Bank"},
        {"Bank\r\nBcc: eve", "eve"}, {"a\xe2\x80\xae" "b ok", "ok"}, {"{CODE} {LINK}", "{CODE} {LINK}"}, {"a  b", "a b"},
        {"<b>bold</b>", "<b>bold</b>"}, {"{{X}} %n ${x}", "{{X}} %n ${x}"},
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct letter_facts facts = facts_of("password_changed", catalogs.list[0]);
        struct letter_text letter;
        facts.sender = str_of(rows[i].name);
        assert_int_equal(letter_write(arena, view, &facts, &letter), OK);
        assert_str(letter.subject, arena_print(arena, "%s: Your password was changed", rows[i].kept));
        assert_false(has(letter.html, "<b>"));
        assert_false(has(letter.text, "evil"));
        assert_false(has(letter.html, "evil"));
    }
    struct letter_facts facts = facts_of("password_changed", catalogs.list[0]);
    struct letter_text letter;
    facts.sender = repeated(arena, "word ", 2000);
    assert_int_equal(letter_write(arena, view, &facts, &letter), OK);
    assert_true(letter.subject.n < 120);
}

static void hostile_values_stay_text(void **state)
{
    static const char *const hostile[] = {"\"><svg onload=x>", "</p><script>x</script>", "{{BUTTON}}", "{NAME}{CODE}", "javascript:x"};
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct letter_facts facts = facts_of("email_change", catalogs.list[0]);
        struct letter_text letter;
        facts.value = str_of(hostile[i]);
        assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
        assert_false(has(letter.html, "<svg") || has(letter.html, "<script"));
        assert_true(has(letter.text, hostile[i]));
        assert_false(has(letter.subject, hostile[i]));
    }
    struct letter_facts facts = facts_of("password_reset", catalogs.list[0]);
    struct letter_text letter;
    facts.link = STR("javascript:alert(1)");
    assert_int_equal(letter_write(*state, view, &facts, &letter), OK);
    assert_false(has(letter.html, "href=\"javascript"));
}

static void every_letter_goes_through_the_mail_builder(void **state)
{
    struct arena *arena = *state;
    for (int i = 0; i < LETTERS; i++) {
        for (size_t k = 0; k < catalogs.count; k++) {
            Str code = catalog_code(catalogs.list[k]), message;
            struct letter_facts facts = facts_of(letter_name((enum letter)i), catalogs.list[k]);
            struct letter_text letter;
            assert_int_equal(letter_write(arena, view, &facts, &letter), OK);
            if (!letter.html.n) continue;
            const struct mail mail = {.from = {STR("A"), STR("a@b.example")}, .to = STR("c@d.example"), .subject = letter.subject,
                                      .language = code, .id = STR("1"), .at = 1, .text = letter.text, .html = letter.html};
            assert_int_equal(message_write(arena, &mail, &message), OK);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(every_letter_has_its_words_in_every_language),
        WITH_ARENA(both_parts_say_the_same),
        WITH_ARENA(a_reset_reads_like_this),
        WITH_ARENA(an_invitation_reads_like_this),
        WITH_ARENA(an_inviter_brings_no_links),
        WITH_ARENA(what_a_desk_did_reads_like_this),
        WITH_ARENA(a_desks_reset_says_who_sends_it),
        WITH_ARENA(roles_that_came_and_went_are_named),
        WITH_ARENA(a_decided_request_is_named),
        WITH_ARENA(other_acts_of_a_desk_read_like_this),
        WITH_ARENA(a_reason_brings_no_links),
        WITH_ARENA(languages_have_their_words_and_direction),
        WITH_ARENA(mails_load_nothing),
        WITH_ARENA(a_short_message_is_short),
        WITH_ARENA(what_lacks_its_link_or_code_is_not_written),
        WITH_ARENA(no_sender_is_without_a_name),
        WITH_ARENA(a_long_name_is_cut),
        WITH_ARENA(the_portals_own_name_stays),
        WITH_ARENA(hostile_names_are_plain_words),
        WITH_ARENA(hostile_values_stay_text),
        WITH_ARENA(every_letter_goes_through_the_mail_builder),
    };
    return cmocka_run_group_tests_name("letter", tests, open_view, close_view);
}
