#include "http/reply.h"

#include "base/log.h"
#include "http/header.h"

static const struct {
    int status;
    const char *text;
} statuses[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {303, "See Other"}, {304, "Not Modified"},
    {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
    {409, "Conflict"}, {410, "Gone"}, {413, "Content Too Large"}, {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"}, {429, "Too Many Requests"}, {500, "Internal Server Error"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"},
};

static const char always[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Origin-Agent-Cluster: ?1\r\n"
    "Permissions-Policy: camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), "
    "display-capture=(), browsing-topics=(), publickey-credentials-get=(self), publickey-credentials-create=(self)\r\n";
static const char for_once[] = "Cache-Control: no-store\r\nVary: Sec-Fetch-Site, Origin, Cookie\r\n";
static const char for_a_year[] = "Cache-Control: public, max-age=31536000, immutable\r\n";

const char *status_text(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i].status == status)
            return statuses[i].text;
    return "Unknown";
}

void reply_init(struct reply *reply, struct arena *arena)
{
    *reply = (struct reply){
        .arena = arena, .status = 200, .type = STR("text/html; charset=utf-8"), .body = STR(""), .file = -1, .headers = {.arena = arena}};
}

void reply_header(struct reply *reply, const char *name, Str value)
{
    if (!header_is_token(str_of(name)) || header_has_control(value)) {
        log_line(LOG_ERROR, "header %s left out: its value has a control character", name);
        return;
    }
    text_print(&reply->headers, "%s: ", name);
    text_add(&reply->headers, value);
    text_add(&reply->headers, STR("\r\n"));
}

/* "//host" and "/\host" are other people's pages to a browser. */
static bool is_own_path(Str location)
{
    return str_starts(location, STR("/")) && !str_starts(location, STR("//")) && !str_starts(location, STR("/\\")) &&
           !header_has_control(location);
}

void reply_see_other(struct reply *reply, Str location)
{
    reply->status = 303;
    reply->body = STR("");
    if (!is_own_path(location)) {
        log_line(LOG_ERROR, "redirect to a foreign place replaced");
        location = STR("/");
    }
    reply_header(reply, "Location", location);
}

void reply_retry_after(struct reply *reply, int status, int64_t seconds)
{
    reply->status = status;
    reply_header(reply, "Retry-After", arena_print(reply->arena, "%lld", (long long)(seconds < 1 ? 1 : seconds)));
}

Str cookie_name(struct arena *arena, bool https, const char *name)
{
    return arena_join(arena, https ? STR("__Host-") : STR(""), str_of(name));
}

/* RFC 6265 §4.1.1: cookie-octet. */
static bool is_cookie_value(Str value)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
            return false;
    }
    return true;
}

void reply_cookie(struct reply *reply, bool https, const char *name, Str value, int64_t seconds)
{
    if (!is_cookie_value(value)) {
        log_line(LOG_ERROR, "cookie %s left out: its value is not made of cookie letters", name);
        return;
    }
    struct text line = {.arena = reply->arena};
    text_add(&line, cookie_name(reply->arena, https, name));
    text_add(&line, STR("="));
    text_add(&line, seconds < 0 ? STR("") : value);
    text_add(&line, https ? STR("; Path=/; Secure; HttpOnly; SameSite=Lax") : STR("; Path=/; HttpOnly; SameSite=Lax"));
    if (seconds != 0)
        text_print(&line, "; Max-Age=%lld", seconds < 0 ? 0LL : (long long)seconds);
    reply_header(reply, "Set-Cookie", text_str(&line));
}

Str reply_head(struct reply *reply, bool https)
{
    struct text head = {.arena = reply->arena};
    text_print(&head, "Status: %d %s\r\n", reply->status, status_text(reply->status));
    if (reply->body.n > 0 || reply->file >= 0)
        text_print(&head, "Content-Type: %.*s\r\n", STR_ARGS(reply->type));
    if (reply->file >= 0)
        text_print(&head, "Content-Length: %lld\r\n", (long long)reply->file_size);
    text_add(&head, str_of(always));
    text_add(&head, str_of(reply->lasting ? for_a_year : for_once));
    text_print(&head, "Referrer-Policy: %s\r\n", reply->no_referrer ? "no-referrer" : "same-origin");
    if (https)
        text_add(&head, STR("Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"));
    if (reply->clear_site_data)
        text_add(&head, STR("Clear-Site-Data: \"cache\",\"storage\"\r\n"));
    text_add(&head, text_str(&reply->headers));
    text_add(&head, STR("\r\n"));
    return text_str(&head);
}
