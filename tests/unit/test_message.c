/* net/message, net/target, net/folder, net/mail, net/sms: what goes out is what the standards allow, whatever comes in. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/encode.h"
#include "net/encoding.h"
#include "net/mail.h"
#include "net/sms.h"
#include "support/arena_test.h"
#include "support/store_support.h"

static struct mail a_mail(void)
{
    return (struct mail){
        .from = {.name = STR("Acme Ltd"), .address = STR("no-reply@example.com")},
        .to = STR("ada@example.com"), .subject = STR("Acme Ltd: Choose a new password"), .language = STR("en"),
        .id = STR("00112233445566778899aabbccddeeff"), .at = 1795229580, .text = STR("Hello.\n"), .html = STR("<p>Hello.</p>\n"),
    };
}

static Str written(struct arena *arena, const struct mail *mail)
{
    Str message;
    assert_int_equal(message_write(arena, mail, &message), OK);
    return message;
}

/* What holds for every message: ASCII, CR LF, short lines, no dot in front, headers that no value can add to. */
static void assert_wire_safe(Str message)
{
    size_t headers = 0, column = 0;
    bool body = false;
    for (size_t i = 0; i < message.n; i++) {
        unsigned char c = (unsigned char)message.p[i];
        if (c == '\r') {
            assert_true(i + 1 < message.n && message.p[i + 1] == '\n');
            if (column == 0) body = true;
            else if (!body && message.p[i - column] != ' ') headers++;
            column = 0;
            i++;
            continue;
        }
        assert_true(c >= 0x20 && c < 0x7f);
        assert_false(column == 0 && c == '.');
        assert_true(++column <= 78);
    }
    assert_int_equal(column, 0);
    assert_int_equal(headers, 9);
}

/* The value of a header, unfolded as a reader does it. */
static Str header(struct arena *arena, Str message, const char *name)
{
    struct text value = {.arena = arena};
    bool in = false;
    for (Str rest = message, line; rest.n;) {
        line = str_cut(&rest, '\n');
        line = str_first(line, line.n - 1);
        if (!line.n) break;
        bool folded = line.p[0] == ' ';
        if (!folded) in = str_starts(line, arena_print(arena, "%s:", name));
        if (in) text_add(&value, folded ? line : str_after(line, strlen(name) + 1));
    }
    return str_trim(text_str(&value));
}

/* RFC 2047 for values that hold nothing but encoded words: blanks between two of them vanish. */
static Str decoded(struct arena *arena, Str value)
{
    struct text text = {.arena = arena};
    while (value.n) {
        Str word = str_cut(&value, ' '), bytes;
        assert_true(word.n <= 75 && str_starts(word, STR("=?UTF-8?B?")) && str_ends(word, STR("?=")));
        assert_true(base64_decode(arena, (Str){word.p + 10, word.n - 12}, &bytes));
        assert_true(bytes.n > 0 && (bytes.p[0] & 0xc0) != 0x80);
        text_add(&text, bytes);
    }
    return text_str(&text);
}

/* --- whole messages --- */

static void a_message_is_written_like_this(void **state)
{
    struct mail mail = a_mail();
    mail.text = STR("Hello,\n\n.dot\nFrom here\nGr\xc3\xbc\xc3\x9f" "e = 1 \n");
    mail.html = STR("<p dir=\"rtl\">\xd8\xa3\xd9\x87\xd9\x84\xd8\xa7\xd9\x8b</p>\n");
    assert_str(written(*state, &mail),
        STR("Date: Sat, 21 Nov 2026 02:53:00 +0000\r\n"
            "From: Acme Ltd <no-reply@example.com>\r\n"
            "To: ada@example.com\r\n"
            "Subject: Acme Ltd: Choose a new password\r\n"
            "Message-ID: <00112233445566778899aabbccddeeff@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "Content-Language: en\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_latchkey_part_=\"\r\n"
            "\r\n"
            "--=_latchkey_part_=\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello,\r\n"
            "\r\n"
            "=2Edot\r\n"
            "=46rom here\r\n"
            "Gr=C3=BC=C3=9Fe =3D 1=20\r\n"
            "--=_latchkey_part_=\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "PHAgZGlyPSJydGwiPtij2YfZhNin2Ys8L3A+DQo=\r\n"
            "--=_latchkey_part_=--\r\n"));
}

static bool has(Str message, const char *words)
{
    return memmem(message.p, message.n, words, strlen(words)) != NULL;
}

static void a_mark_comes_along_with_the_html(void **state)
{
    struct arena *arena = *state;
    struct mail mail = a_mail();
    assert_false(has(written(arena, &mail), "multipart/related"));
    mail.mark = STR("\x89PNG\r\n\x1a\n and what follows, longer than a line of an encoded body can be at most");
    Str message = written(arena, &mail);
    assert_wire_safe(message);
    assert_true(has(message, "multipart/related") && has(message, "Content-ID: <mark@latchkey>\r\n") && has(message, "\r\niVBORw0KGgo"));
    assert_true(has(message, "--=_latchkey_inner_=--\r\n--=_latchkey_part_=--\r\n"));
}

static void the_same_row_gives_the_same_bytes(void **state)
{
    struct mail mail = a_mail();
    assert_str(written(*state, &mail), written(*state, &mail));
}

static void hostile_headers_are_refused(void **state)
{
    static const char *const hostile[] = {
        "Acme\r\nBcc: eve@example.com", "Acme\nBcc: eve@example.com", "Acme\rBcc: x", "Acme\r\n\r\n<p>body", "a\x01" "b", "a\x7f", "a\tb",
        "\x1b[2J", "a\xe2\x80\xa8" "Bcc: x", "a\xe2\x80\xa9" "b", "a\xc2\x85" "b", "\xe2\x80\xae" "moc.live", "\xe2\x81\xa6x",
        "\xff\xfe", "\xc0\x8d\xc0\x8a" "Bcc: x", "\xed\xa0\x80", "\xef\xbb\xbfx",
    };
    Str out;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct mail mail = a_mail();
        mail.subject = str_of(hostile[i]);
        assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
        mail = a_mail();
        mail.from.name = str_of(hostile[i]);
        assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
        mail = a_mail();
        mail.to = str_of(hostile[i]);
        assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
        mail = a_mail();
        mail.id = str_of(hostile[i]);
        assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
        mail = a_mail();
        mail.language = str_of(hostile[i]);
        assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
    }
}

static void a_nul_ends_nothing(void **state)
{
    struct mail mail = a_mail();
    Str out;
    mail.subject = STR("a\0\r\nBcc: x");
    assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
    mail = a_mail();
    mail.to = STR("ada@example.com\0>");
    assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
}

static void incomplete_mails_are_refused(void **state)
{
    Str out;
    for (int part = 0; part < 6; part++) {
        struct mail mail = a_mail();
        Str *parts[] = {&mail.subject, &mail.to, &mail.id, &mail.text, &mail.html, &mail.from.address};
        *parts[part] = STR_NONE;
        assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
    }
    struct mail mail = a_mail();
    mail.subject = repeated(*state, "x", 2001);
    assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
    mail = a_mail();
    mail.text = STR("\xff");
    assert_int_equal(message_write(*state, &mail, &out), ERR_INVALID);
}

static void hostile_names_stay_names(void **state)
{
    static const struct {
        const char *name, *from;
    } rows[] = {
        {"Acme", "Acme <no-reply@example.com>"},
        {"", "no-reply@example.com"},
        {"Acme, Ltd.", "\"Acme, Ltd.\" <no-reply@example.com>"},
        {"Eve <eve@example.com>", "\"Eve <eve@example.com>\" <no-reply@example.com>"},
        {"a\" <eve@example.com> \"", "\"a\\\" <eve@example.com> \\\"\" <no-reply@example.com>"},
        {"back\\slash", "\"back\\\\slash\" <no-reply@example.com>"},
        {"(comment)", "\"(comment)\" <no-reply@example.com>"},
        {"=?UTF-8?B?eA==?=", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?= <no-reply@example.com>"},
        {"Gr\xc3\xbc\xc3\x9f" "e", "=?UTF-8?B?R3LDvMOfZQ==?= <no-reply@example.com>"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mail mail = a_mail();
        mail.from.name = str_of(rows[i].name);
        Str message = written(*state, &mail);
        assert_wire_safe(message);
        assert_str(header(*state, message, "From"), str_of(rows[i].from));
    }
}

static void subjects_come_out_as_they_went_in(void **state)
{
    static const char arabic[] = "\xd8\xa3\xd9\x83\xd9\x91\xd8\xaf \xd8\xb9\xd9\x86\xd9\x88\xd8\xa7\xd9\x86 ";
    static const char *const rows[] = {
        "Gr\xc3\xbc\xc3\x9f" "e", "  blanks  in  a  row  ", " x", "x ", "=?UTF-8?B?eA==?=", "\xf0\x9f\x94\x91 key", "a =?b",
    };
    struct arena *arena = *state;
    struct mail mail = a_mail();
    for (size_t i = 0; i < COUNT(rows); i++) {
        mail.subject = str_of(rows[i]);
        Str message = written(arena, &mail);
        assert_wire_safe(message);
        assert_str(decoded(arena, header(arena, message, "Subject")), mail.subject);
    }
    for (size_t n = 1; n <= 60; n++) {
        struct text subject = {.arena = arena};
        text_add(&subject, repeated(arena, "x", n % 4));
        text_add(&subject, repeated(arena, arabic, n));
        mail.subject = text_str(&subject);
        Str message = written(arena, &mail);
        assert_wire_safe(message);
        assert_str(decoded(arena, header(arena, message, "Subject")), mail.subject);
    }
}

static void long_plain_subjects_are_folded_at_their_blanks(void **state)
{
    struct arena *arena = *state;
    struct mail mail = a_mail();
    mail.subject = repeated(arena, "seventeen letters ", 40);
    mail.subject = str_first(mail.subject, mail.subject.n - 1);
    Str message = written(arena, &mail);
    assert_wire_safe(message);
    assert_str(header(arena, message, "Subject"), mail.subject);
    for (size_t n = 60; n < 90; n++) {            /* one word around the width of a line */
        mail.subject = repeated(arena, "w", n);
        message = written(arena, &mail);
        assert_wire_safe(message);
        Str value = header(arena, message, "Subject");
        assert_str(str_starts(value, STR("=?")) ? decoded(arena, value) : value, mail.subject);
    }
}

static void long_addresses_have_a_line_of_their_own(void **state)
{
    struct arena *arena = *state;
    struct mail mail = a_mail();
    mail.to = arena_print(arena, "%s@%s.example.com", repeated(arena, "l", 64).p, repeated(arena, "d", 60).p);
    assert_str(header(arena, written(arena, &mail), "To"), mail.to);
    mail.from.address = mail.to;
    assert_str(header(arena, written(arena, &mail), "From"), arena_print(arena, "Acme Ltd <%s>", mail.to.p));
}

/* --- bodies --- */

static Str quoted_printable_decoded(struct arena *arena, Str encoded)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < encoded.n; i++) {
        Str byte;
        if (encoded.p[i] != '=') {
            text_add(&text, (Str){encoded.p + i, 1});
            continue;
        }
        if (!str_starts(str_after(encoded, i + 1), STR("\r\n"))) {
            assert_true(hex_decode(arena, (Str){encoded.p + i + 1, 2}, &byte));
            text_add(&text, byte);
        }
        i += 2;
    }
    return text_str(&text);
}

static void bodies_come_out_as_they_went_in(void **state)
{
    static const char *const rows[] = {
        "\n", ".\n", "..\n.\n", ".\r\n.\r\nQUIT\r\n", "trailing blank \n", "trailing tab\t\n", "no end", "no end ", "=3D\n", "a\rb\r\nc\nd",
        "From me\nFrom you", "\xd8\xa3\n", "--=_latchkey_part_=--\n", "x=\n",
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < COUNT(rows) + 200; i++) {
        Str body = i < COUNT(rows) ? str_of(rows[i])
                                   : arena_join(arena, repeated(arena, "y", i), i % 2 ? STR(".\xc3\xbc.\n") : STR(" \n.z"));
        struct text text = {.arena = arena}, expected = {.arena = arena};
        encode_quoted_printable(&text, body);
        Str encoded = text_str(&text);
        for (size_t at = 0, column = 0; at < encoded.n; at++) {
            assert_false(column == 0 && encoded.p[at] == '.');
            column = encoded.p[at] == '\n' ? 0 : column + 1;
            assert_true(column <= 77);            /* 76 and the CR */
        }
        for (size_t at = 0; at < body.n; at++) {
            bool cr = body.p[at] == '\r', lf = body.p[at] == '\n';
            if (cr && at + 1 < body.n && body.p[at + 1] == '\n') continue;
            text_add(&expected, cr || lf ? STR("\r\n") : (Str){body.p + at, 1});
        }
        if (!str_ends(text_str(&expected), STR("\n"))) text_add(&expected, STR("\r\n"));
        assert_str(quoted_printable_decoded(arena, encoded), text_str(&expected));
    }
}

static void long_lines_of_every_script_are_cut(void **state)
{
    struct arena *arena = *state;
    static const char *const pieces[] = {"x", " ", "\xd8\xa3", "=", ".", "\t"};
    struct mail mail = a_mail();
    for (size_t i = 0; i < COUNT(pieces); i++) {
        mail.text = repeated(arena, pieces[i], 5000);
        mail.html = arena_join(arena, mail.text, STR("<p>"));
        assert_wire_safe(written(arena, &mail));
    }
}

/* --- addresses and targets --- */

static void addresses_that_open_or_end_something_are_refused(void **state)
{
    static const char *const good[] = {"a@b", "ada.b+c@example.com", "x@xn--bcher-kva.example", "o'neil@example.com"};
    static const char *const bad[] = {
        "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "<a@b>", "a>@b", "a@b>", "a,b@c", "a;b@c", "a:b@c", "\"a\"@b", "a\\@b", "(a)@b",
        "a@[127.0.0.1]", "a@b\r\nRCPT TO:<eve@example.com>", "a@b\n", "\xc3\xbc@b", "a@b\xc3\xbc", "a\x7f@b", "a@b/c",
    };
    for (size_t i = 0; i < COUNT(good); i++) assert_true(target_address_is(str_of(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (target_address_is(str_of(bad[i]))) fail_msg("%s is taken", bad[i]);
    assert_false(target_address_is(STR("a@b\0c")));
    assert_false(target_address_is(STR_NONE));
    assert_false(target_address_is(repeated(*state, "a@bcdefghi", 26)));
}

static void senders_are_read(void **state)
{
    static const struct {
        const char *text, *name, *address;
    } rows[] = {
        {"a@b.example", "", "a@b.example"}, {"<a@b.example>", "", "a@b.example"}, {" Example  <a@b.example> ", "Example", "a@b.example"},
        {"\"Ex, ample\" <a@b.example>", "Ex, ample", "a@b.example"}, {"B\xc3\xbc" "cher <a@b.example>", "B\xc3\xbc" "cher", "a@b.example"},
        {"A <x> B <a@b.example>", "A <x> B", "a@b.example"},
    };
    static const char *const bad[] = {"", "Example", "Example <>", "Example <a@b", "a@b <c", "<a@b> x", "a@b, c@d", "Example <a@b\n>"};
    struct mailbox mailbox;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(mailbox_read(str_of(rows[i].text), &mailbox));
        assert_str(mailbox.name, str_of(rows[i].name));
        assert_str(mailbox.address, str_of(rows[i].address));
    }
    for (size_t i = 0; i < COUNT(bad); i++) assert_false(mailbox_read(str_of(bad[i]), &mailbox));
}

static void targets_are_what_can_be_reached_safely(void **state)
{
    static const struct {
        const char *url;
        bool mail, sms;
    } rows[] = {
        {"smtp://mail.example:587", true, false}, {"smtps://mail.example:465", true, false}, {"smtp://127.0.0.1:25", true, false},
        {"smtp://[::1]:25", true, false}, {"SMTP://mail.example", true, false}, {"dir:mail", true, true}, {"dir:/var/x", true, true},
        {"https://sms.example/send?key=a%20b", false, true}, {"http://localhost:8000/x", false, true}, {"http://127.0.0.1/", false, true},
        {"", false, false}, {"dir:", false, false}, {"smtp://", false, false}, {"smtp://mail.example:0", false, false},
        {"smtp://mail.example:99999", false, false}, {"smtp://mail.example:", false, false}, {"smtp://user@mail.example", false, false},
        {"smtp://mail.example/client", false, false}, {"smtp://mail example", false, false}, {"smtp://mail.example\r\nX", false, false},
        {"http://sms.example/", false, false}, {"http://localhost.evil.example/", false, false}, {"http://localhost@evil.example/", false, false},
        {"http://127.0.0.1.evil.example/", false, false}, {"https://user:secret@sms.example/", false, false}, {"https:///x", false, false},
        {"https://sms.example/#x", false, false}, {"ftp://x/", false, false}, {"file:///etc/passwd", false, false}, {"gopher://x", false, false},
        {"https://sms.example/a b", false, false}, {"https://\xc3\xbc.example/", false, false}, {"mail.example", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (target_is_mail(str_of(rows[i].url)) != rows[i].mail) fail_msg("mail: %s", rows[i].url);
        if (target_is_sms(str_of(rows[i].url)) != rows[i].sms) fail_msg("sms: %s", rows[i].url);
    }
}

/* --- into a folder --- */

static int setup_folder(void **state)
{
    static struct store_place place;
    store_place_make(&place);
    *state = &place;
    return 0;
}

static int teardown_folder(void **state)
{
    store_place_remove(*state);
    return 0;
}

static size_t list_names(const char *folder, char names[][300], size_t room)
{
    size_t count = 0;
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.' && count < room) snprintf(names[count++], 300, "%s", entries[i]->d_name);
        else assert_true(!strcmp(entries[i]->d_name, ".") || !strcmp(entries[i]->d_name, ".."));
        free(entries[i]);
    }
    free(entries);
    return count;
}

static Str content_of(struct arena *arena, const char *folder, const char *name)
{
    char buffer[4000];
    FILE *file = fopen(arena_print(arena, "%s/%s", folder, name).p, "r");
    assert_non_null(file);
    size_t n = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    return arena_copy(arena, (Str){buffer, n});
}

static void mail_falls_into_a_folder_the_newest_last(void **state)
{
    struct store_place *place = *state;
    struct arena *arena = arena_open(0);
    struct mail_way way = {.url = arena_print(arena, "dir:%s", place->folder), .tls_required = true};
    struct stat facts;
    char names[10][300];
    for (int i = 0; i < 5; i++) {
        struct mail mail = a_mail();
        mail.subject = arena_print(arena, "number %d", i);
        mail.id = arena_print(arena, "%d", 9 - i);
        assert_int_equal(mail_begin(NULL, arena, &way, &mail, 100).state, DELIVERY_SENT);
    }
    assert_int_equal(list_names(place->folder, names, 10), 5);
    for (int i = 0; i < 5; i++) {
        Str content = content_of(arena, place->folder, names[i]);
        assert_true(str_ends(str_of(names[i]), STR(".eml")));
        assert_str(header(arena, content, "Subject"), arena_print(arena, "number %d", i));
        assert_wire_safe(content);
        assert_int_equal(stat(arena_print(arena, "%s/%s", place->folder, names[i]).p, &facts), 0);
        assert_int_equal(facts.st_mode & 0777, 0600);
    }
    arena_close(arena);
}

static void short_messages_fall_into_a_folder(void **state)
{
    struct store_place *place = *state;
    struct arena *arena = arena_open(0);
    char names[4][300];
    const struct sms sms = {.id = STR("7"), .to = STR("+4420794600"), .text = STR("123456 is your code.")};
    Str url = arena_print(arena, "dir:%s", place->folder);
    assert_int_equal(sms_begin(NULL, arena, url, &sms, 10).state, DELIVERY_SENT);
    assert_int_equal(list_names(place->folder, names, 4), 1);
    assert_str(content_of(arena, place->folder, names[0]), STR("To: +4420794600\n\n123456 is your code.\n"));
    static const char *const wrong[] = {"", "+", "4420794600", "+44\n", "+44 20", "+12345678901234567", "+44a"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct sms other = sms;
        other.to = str_of(wrong[i]);
        assert_int_equal(sms_begin(NULL, arena, url, &other, 10).state, DELIVERY_NEVER);
    }
    assert_int_equal(list_names(place->folder, names, 4), 1);
    arena_close(arena);
}

static void a_folder_that_cannot_be_written_means_later(void **state)
{
    struct arena *arena = arena_open(0);
    struct mail mail = a_mail();
    struct mail_way way = {.url = STR("dir:/proc/nothing/mail")};
    (void)state;
    log_catch();
    assert_int_equal(mail_begin(NULL, arena, &way, &mail, 100).state, DELIVERY_LATER);
    assert_true(log_caught("/proc/nothing/mail"));
    way.url = STR("");
    assert_int_equal(mail_begin(NULL, arena, &way, &mail, 100).state, DELIVERY_LATER);
    arena_close(arena);
}

/* --- our own gate in front of libcurl, which sends what it is given --- */

static void no_line_break_reaches_the_protocol(void **state)
{
    static const char *const hostile[] = {"a@b>\r\nRCPT TO:<eve@example.com", "a@b\nDATA", "a@b\r", "a\x01@b", "a@b\x7f"};
    const struct smtp_wish good = {.url = STR("smtp://127.0.0.1:1"), .user = STR("portal"), .password = STR("secret"),
                                   .from = STR("a@b.example"), .to = STR("c@d.example"), .message = STR("x"), .total_seconds = 1};
    struct transfer *transfer = NULL;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct smtp_wish wishes[] = {good, good, good, good, good};
        wishes[0].from = wishes[1].to = wishes[2].user = wishes[3].password = str_of(hostile[i]);
        wishes[4].url = arena_print(*state, "smtp://%s", hostile[i]);
        for (size_t k = 0; k < COUNT(wishes); k++)
            assert_int_equal(transfer_smtp(NULL, *state, &wishes[k], &transfer), ERR_INVALID);
    }
    struct smtp_wish late = good, elsewhere = good;
    late.total_seconds = 0;
    elsewhere.url = STR("file:///etc/passwd");
    assert_int_equal(transfer_smtp(NULL, *state, &late, &transfer), ERR_INVALID);
    assert_int_equal(transfer_smtp(NULL, *state, &elsewhere, &transfer), ERR_INVALID);
    assert_int_equal(transfer_smtp(NULL, *state, &good, &transfer), OK);
    transfer_close(transfer);
}

static void only_safe_addresses_are_asked(void **state)
{
    static const char *const refused[] = {"http://example.com/", "file:///etc/passwd", "ftp://example.com/", "https://a@b/", "https://a b/",
                                          "https://a/\r\nX: y", "dir:/tmp", "smtp://localhost", ""};
    struct transfer_result result;
    for (size_t i = 0; i < COUNT(refused); i++) {
        const struct http_wish wish = {.url = str_of(refused[i]), .total_seconds = 1, .most = 10};
        assert_int_equal(http_ask(*state, &wish, &result), ERR_INVALID);
    }
    const struct http_wish nobody = {.url = STR("http://127.0.0.1:1/"), .total_seconds = 5, .most = 10};
    assert_int_equal(http_ask(*state, &nobody, &result), OK);
    assert_int_equal(result.end, TRANSFER_UNREACHABLE);
    assert_int_equal(result.status, 0);
}

/* --- what answers mean --- */

static void answers_are_sorted_into_sent_later_never(void **state)
{
    static const struct {
        struct transfer_result result;
        enum delivery_state mail, sms;
        bool refused;
    } rows[] = {
        {{.end = TRANSFER_ANSWERED, .status = 250, .recipient_named = true}, DELIVERY_SENT, DELIVERY_SENT, false},
        {{.end = TRANSFER_ANSWERED, .status = 451, .recipient_named = true}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_ANSWERED, .status = 550, .recipient_named = true}, DELIVERY_NEVER, DELIVERY_LATER, true},
        {{.end = TRANSFER_ANSWERED, .status = 554, .recipient_named = true, .message_begun = true}, DELIVERY_NEVER, DELIVERY_LATER, false},
        {{.end = TRANSFER_ANSWERED, .status = 535}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_ANSWERED, .status = 554}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_ANSWERED, .status = 422}, DELIVERY_LATER, DELIVERY_NEVER, false},
        {{.end = TRANSFER_ANSWERED, .status = 429}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_UNREACHABLE}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_TIMED_OUT, .status = 354, .recipient_named = true}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_NOT_TRUSTED, .status = 220}, DELIVERY_LATER, DELIVERY_LATER, false},
        {{.end = TRANSFER_BROKEN, .status = 354, .recipient_named = true}, DELIVERY_LATER, DELIVERY_LATER, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct delivery mail = mail_end(*state, &rows[i].result), sms = sms_end(*state, &rows[i].result);
        assert_int_equal(mail.state, rows[i].mail);
        assert_int_equal(mail.refused, rows[i].refused);
        assert_int_equal(sms.state, rows[i].sms);
        assert_int_equal(mail.words.n > 0, mail.state != DELIVERY_SENT);
        assert_int_equal(sms.words.n > 0, sms.state != DELIVERY_SENT);
    }
    struct transfer_result redirected = {.end = TRANSFER_ANSWERED, .status = 302};
    assert_int_equal(sms_end(*state, &redirected).state, DELIVERY_LATER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(a_message_is_written_like_this),
        WITH_ARENA(a_mark_comes_along_with_the_html),
        WITH_ARENA(the_same_row_gives_the_same_bytes),
        WITH_ARENA(hostile_headers_are_refused),
        WITH_ARENA(a_nul_ends_nothing),
        WITH_ARENA(incomplete_mails_are_refused),
        WITH_ARENA(hostile_names_stay_names),
        WITH_ARENA(subjects_come_out_as_they_went_in),
        WITH_ARENA(long_plain_subjects_are_folded_at_their_blanks),
        WITH_ARENA(long_addresses_have_a_line_of_their_own),
        WITH_ARENA(bodies_come_out_as_they_went_in),
        WITH_ARENA(long_lines_of_every_script_are_cut),
        WITH_ARENA(addresses_that_open_or_end_something_are_refused),
        WITH_ARENA(senders_are_read),
        WITH_ARENA(targets_are_what_can_be_reached_safely),
        cmocka_unit_test_setup_teardown(mail_falls_into_a_folder_the_newest_last, setup_folder, teardown_folder),
        cmocka_unit_test_setup_teardown(short_messages_fall_into_a_folder, setup_folder, teardown_folder),
        cmocka_unit_test(a_folder_that_cannot_be_written_means_later),
        WITH_ARENA(no_line_break_reaches_the_protocol),
        WITH_ARENA(only_safe_addresses_are_asked),
        WITH_ARENA(answers_are_sorted_into_sent_later_never),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
