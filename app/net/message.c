#include "net/message.h"

#include <time.h>

#include "base/utf8.h"
#include "net/encoding.h"

/* "=_" stands in no body of either encoding, so this line can only be the boundary. */
#define BOUNDARY "=_latchkey_part_="
#define INNER "=_latchkey_inner_="

enum { SUBJECT_MAX = 2000, NAME_MAX_BYTES = 1000, LANGUAGE_MAX = 35, ID_MAX = 128 };

static bool is_header(Str value, size_t most)
{
    return value.n <= most && utf8_is_valid(value) && !utf8_has_forbidden(value, false);
}

static bool is_token(Str value, size_t most)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_') return false;
    }
    return value.n > 0 && value.n <= most;
}

static bool is_sendable(const struct mail *mail)
{
    return target_address_is(mail->from.address) && target_address_is(mail->to) && is_header(mail->from.name, NAME_MAX_BYTES) &&
           mail->subject.n && is_header(mail->subject, SUBJECT_MAX) && is_token(mail->language, LANGUAGE_MAX) &&
           is_token(mail->id, ID_MAX) && mail->text.n && mail->html.n && utf8_is_valid(mail->text) && utf8_is_valid(mail->html);
}

static void add_mailbox(struct text *out, const char *header, const struct mailbox *mailbox)
{
    size_t column = str_of(header).n;
    text_add(out, str_of(header));
    if (mailbox->name.n) column = encode_phrase(out, column, mailbox->name);
    Str address = mailbox->address;
    if (mailbox->name.n) address = arena_print(out->arena, "<%.*s>", STR_ARGS(address));
    encode_word(out, column, address);
    text_add(out, STR("\r\n"));
}

/* Day and month in English, whatever the language and the locale (RFC 5322 §3.3). */
static void add_date(struct text *out, int64_t at)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    time_t seconds = (time_t)at;
    if (!gmtime_r(&seconds, &tm)) return;
    text_print(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
               tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_headers(struct text *out, const struct mail *mail)
{
    Str domain = mail->from.address;
    (void)str_cut(&domain, '@');
    add_date(out, mail->at);
    add_mailbox(out, "From:", &mail->from);
    add_mailbox(out, "To:", &(struct mailbox){.address = mail->to});
    text_add(out, STR("Subject:"));
    encode_header(out, sizeof "Subject:" - 1, mail->subject);
    text_add(out, STR("\r\nMessage-ID:"));
    encode_word(out, sizeof "Message-ID:" - 1,
                arena_print(out->arena, "<%.*s@%.*s>", STR_ARGS(mail->id), STR_ARGS(domain)));
    text_print(out, "\r\nAuto-Submitted: auto-generated\r\nContent-Language: %.*s\r\nMIME-Version: 1.0\r\n", STR_ARGS(mail->language));
    text_add(out, STR("Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\r\n\r\n"));
}

static void add_part(struct text *out, const char *boundary, const char *type, Str body)
{
    bool readable = encode_is_readable(body);
    text_print(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", boundary, type,
               readable ? "quoted-printable" : "base64");
    if (readable) encode_quoted_printable(out, body);
    else encode_base64(out, body);
}

static void add_html(struct text *out, const struct mail *mail)
{
    if (!mail->mark.n) {
        add_part(out, BOUNDARY, "text/html", mail->html);
        return;
    }
    text_add(out, STR("--" BOUNDARY "\r\nContent-Type: multipart/related; type=\"text/html\";\r\n boundary=\"" INNER "\"\r\n\r\n"));
    add_part(out, INNER, "text/html", mail->html);
    text_add(out, STR("--" INNER "\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
                      "Content-ID: <mark@latchkey>\r\nContent-Disposition: inline; filename=\"mark.png\"\r\n\r\n"));
    encode_bytes(out, mail->mark);
    text_add(out, STR("--" INNER "--\r\n"));
}

Error message_write(struct arena *arena, const struct mail *mail, Str *out)
{
    struct text message = {.arena = arena};
    if (!is_sendable(mail)) return ERR_INVALID;
    add_headers(&message, mail);
    add_part(&message, BOUNDARY, "text/plain", mail->text);
    add_html(&message, mail);
    text_add(&message, STR("--" BOUNDARY "--\r\n"));
    *out = text_str(&message);
    return OK;
}
