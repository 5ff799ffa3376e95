#include "net/target.h"

#include <string.h>
#include <strings.h>

enum { ADDRESS_MAX = 254, URL_MAX = 2000 };

static bool take(Str *text, const char *start)
{
    size_t n = strlen(start);
    if (text->n < n || strncasecmp(text->p, start, n) != 0) return false;
    *text = str_after(*text, n);
    return true;
}

/* Visible ASCII alone: whatever else a URL may hold is written with %. */
static bool is_visible(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= 0x20 || text.p[i] >= 0x7f) return false;
    return text.n > 0 && text.n <= URL_MAX;
}

static bool is_name(Str host)
{
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '.') return false;
    }
    return host.n > 0;
}

static bool is_number_in_brackets(Str host)
{
    static const char allowed[] = "0123456789abcdefABCDEF:.";
    if (host.n < 4 || host.p[0] != '[' || host.p[host.n - 1] != ']') return false;
    for (size_t i = 1; i + 1 < host.n; i++)
        if (!strchr(allowed, host.p[i])) return false;
    return true;
}

static bool is_port(Str port)
{
    int64_t number;
    return str_to_int(port, &number) && number >= 1 && number <= 65535;
}

/* host or host:port; *host is what stands before the port. */
static bool read_place(Str place, Str *host)
{
    size_t end = place.n;
    while (end && place.p[end - 1] != ':' && place.p[end - 1] != ']') end--;
    bool ported = end && place.p[end - 1] == ':';
    *host = ported ? str_first(place, end - 1) : place;
    if (ported && !is_port(str_after(place, end))) return false;
    return is_name(*host) || is_number_in_brackets(*host);
}

static bool read_http(Str rest, bool tls, struct target *out)
{
    size_t end = 0;
    while (end < rest.n && !strchr("/?#", rest.p[end])) end++;
    Str host;
    if (!is_visible(rest) || str_has(rest, '#') || !read_place(str_first(rest, end), &host)) return false;
    if (!tls && !str_is(host, "localhost") && !str_is(host, "127.0.0.1")) return false;
    *out = (struct target){.kind = TARGET_HTTP};
    return true;
}

bool target_read(Str text, struct target *out)
{
    Str rest = text, host;
    if (take(&rest, "dir:")) {
        *out = (struct target){.kind = TARGET_FOLDER, .folder = rest};
        return rest.n > 0;
    }
    if (take(&rest, "smtp://") || take(&rest, "smtps://")) {
        *out = (struct target){.kind = TARGET_SMTP};
        return is_visible(rest) && read_place(rest, &host);
    }
    if (take(&rest, "https://")) return read_http(rest, true, out);
    return take(&rest, "http://") && read_http(rest, false, out);
}

bool target_is_mail(Str text)
{
    struct target target;
    return target_read(text, &target) && target.kind != TARGET_HTTP;
}

bool target_is_sms(Str text)
{
    struct target target;
    return target_read(text, &target) && target.kind != TARGET_SMTP;
}

bool target_address_is(Str address)
{
    Str domain = address, local = str_cut(&domain, '@');
    if (address.n > ADDRESS_MAX || !is_visible(address) || !local.n || !is_name(domain)) return false;
    for (size_t i = 0; i < local.n; i++)
        if (strchr("<>()[]\\\",;:", local.p[i])) return false;
    return true;
}

bool mailbox_read(Str text, struct mailbox *out)
{
    Str whole = str_trim(text);
    const char *open = whole.n ? memrchr(whole.p, '<', whole.n) : NULL;
    struct mailbox mailbox = {.name = STR(""), .address = whole};
    if (open) {
        size_t before = (size_t)(open - whole.p);
        if (!str_ends(whole, STR(">"))) return false;
        mailbox.name = str_trim(str_first(whole, before));
        mailbox.address = (Str){open + 1, whole.n - before - 2};
    }
    Str name = mailbox.name;
    if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"') mailbox.name = (Str){name.p + 1, name.n - 2};
    if (!target_address_is(mailbox.address)) return false;
    *out = mailbox;
    return true;
}
