#include "base/utf8.h"
#include "model/cleaning.h"

enum { URL_MAX = 2048, PORT_MAX = 65535 };

static bool is_host_character(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c >= 0x80;
}

static bool is_address_character(char c)
{
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

/* Blanks, quotes and brackets are percent-encoded in an address (RFC 3986 §2); a backslash is a slash to browsers. */
static bool is_plain(Str url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] == ' ' || url.p[i] == '"' || url.p[i] == '<' || url.p[i] == '>' || url.p[i] == '\\' || url.p[i] == '`')
            return false;
    return !utf8_has_forbidden(url, false);
}

static bool is_port(Str port)
{
    int64_t number;
    for (size_t i = 0; i < port.n; i++)
        if (port.p[i] < '0' || port.p[i] > '9')
            return false;
    return str_to_int(port, &number) && number >= 1 && number <= PORT_MAX;
}

static bool is_host_name(Str host)
{
    for (size_t i = 0; i < host.n; i++)
        if (!is_host_character((unsigned char)host.p[i]) || (host.p[i] == '.' && (i == 0 || host.p[i - 1] == '.')))
            return false;
    return host.n > 0;
}

static bool is_host(Str authority)
{
    Str rest = authority;
    if (authority.n && authority.p[0] == '[') {
        rest = str_after(rest, 1);
        Str address = str_cut(&rest, ']');
        for (size_t i = 0; i < address.n; i++)
            if (!is_address_character(address.p[i]))
                return false;
        return rest.p && str_has(address, ':') && (!rest.n || (rest.p[0] == ':' && is_port(str_after(rest, 1))));
    }
    Str host = str_cut(&rest, ':');
    return is_host_name(host) && (!rest.p || is_port(rest));
}

/* User information before the host is refused by is_host: '@' is no host character. It could only mislead. */
static bool is_web_address(struct arena *arena, Str url, bool secure_only)
{
    Str lower = utf8_ascii_lower(arena, str_first(url, sizeof "https://" - 1));
    Str rest;
    if (str_starts(lower, STR("https://")))
        rest = str_after(url, sizeof "https://" - 1);
    else if (!secure_only && str_starts(lower, STR("http://")))
        rest = str_after(url, sizeof "http://" - 1);
    else
        return false;
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?' && rest.p[end] != '#')
        end++;
    return is_host(str_first(rest, end));
}

bool clean_url(struct cleaning *cleaning, json_t **out)
{
    if (cleaning->text.n > URL_MAX)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} characters."), URL_MAX);
    if (!is_plain(cleaning->text) || !is_web_address(cleaning->arena, cleaning->text, false))
        return cleaning_refuse(cleaning, N_("Enter a whole web address, like https://example.com."), 0);
    return cleaning_keep(cleaning->text, out);
}

/* Ours on a machine of one's own, where there is no https: http://localhost[:PORT]/pictures/NAME/256.webp. */
static bool is_own_picture(Str url)
{
    if (!str_starts(url, STR("http://localhost")) || !str_ends(url, STR("/256.webp"))) return false;
    Str rest = str_after(url, sizeof "http://localhost" - 1), port = str_cut(&rest, '/'), folder = str_cut(&rest, '/');
    Str name = str_cut(&rest, '/');
    for (size_t i = 0; i < port.n; i++)
        if (i == 0 ? port.p[i] != ':' : port.p[i] < '0' || port.p[i] > '9') return false;
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] >= '0' && name.p[i] <= '9') && !(name.p[i] >= 'a' && name.p[i] <= 'f')) return false;
    return str_is(folder, "pictures") && name.n == 32 && str_is(rest, "256.webp");
}

bool clean_picture(struct cleaning *cleaning, json_t **out)
{
    if (cleaning->text.n > URL_MAX)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} characters."), URL_MAX);
    if (!is_own_picture(cleaning->text) && !(is_plain(cleaning->text) && is_web_address(cleaning->arena, cleaning->text, true)))
        return cleaning_refuse(cleaning, N_("Enter the picture's address; it starts with https://."), 0);
    return cleaning_keep(cleaning->text, out);
}
