#include "http/request.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/random.h>

#include "base/encode.h"
#include "http/body.h"
#include "http/header.h"

static const char *const methods[METHODS] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

/* Sent twice, no reader could know which one counts. */
static const char *const singles[] = {
    "REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_COOKIE", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE",
    "HTTP_AUTHORIZATION", "HTTP_CONTENT_ENCODING", "PORTAL_PEER",
};

static Str param_of(const struct http_source *source, const char *name)
{
    return str_of(source->param(source->self, name));
}

static void refuse(struct request *request, int status)
{
    if (request->refused == 0)
        request->refused = status;
}

static void read_id(struct request *request)
{
    char bytes[8];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        refuse(request, 503);
    else
        request->id = hex_encode(request->arena, (Str){bytes, sizeof bytes});
}

static void read_method(struct request *request, Str method)
{
    for (int i = 0; i < METHODS; i++)
        if (str_is(method, methods[i])) {
            request->method = (enum method)i;
            return;
        }
    refuse(request, 405);
}

/* The address in its one spelling, an IPv4 address in its own form also when it came mapped into IPv6: throttling counts by
   it. An address that cannot be read refuses the request, because skipping it would skip the throttle. */
static bool peer_parse(struct arena *arena, Str text, Str *out)
{
    struct in_addr four;
    struct in6_addr six;
    char canonical[INET6_ADDRSTRLEN];
    const char *zero_ended = arena_cstr(arena, text);
    if (inet_pton(AF_INET, zero_ended, &four) == 1) {
        inet_ntop(AF_INET, &four, canonical, sizeof canonical);
    } else if (inet_pton(AF_INET6, zero_ended, &six) == 1) {
        bool mapped = IN6_IS_ADDR_V4MAPPED(&six);
        inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &six.s6_addr[12] : &six.s6_addr[0], canonical, sizeof canonical);
    } else {
        return false;
    }
    *out = arena_copy(arena, str_of(canonical));
    return true;
}

static void read_peer(const struct http_source *source, struct request *request)
{
    Str text = param_of(source, "PORTAL_PEER");
    request->peer = STR("");
    request->local = str_is(text, "unix:");
    if (!request->local && !peer_parse(request->arena, text, &request->peer))
        refuse(request, 400);
}

/* Path and query come from REQUEST_URI alone: nginx decodes SCRIPT_NAME in its own way, and two readings are one too many. */
static void read_uri(struct request *request, Str uri)
{
    Str query = uri, path = str_cut(&query, '?');
    if (!path_parse(request->arena, path, &request->path)) {
        refuse(request, 400);
        return;
    }
    request->raw_path = arena_copy(request->arena, path);
    if (query.n > LIMIT_QUERY || !form_parse(request->arena, query, &request->query))
        refuse(request, 400);
}

static Str read_exact(const struct http_source *source, struct request *request, const char *name)
{
    Str value = param_of(source, name);
    if (header_has_control(value))
        refuse(request, 400);
    return value.p ? arena_copy(request->arena, value) : STR_NONE;
}

static void read_headers(const struct http_source *source, struct request *request)
{
    request->accept_language = header_clean(request->arena, param_of(source, "HTTP_ACCEPT_LANGUAGE"));
    request->user_agent = header_clean(request->arena, param_of(source, "HTTP_USER_AGENT"));
    request->accept = header_clean(request->arena, param_of(source, "HTTP_ACCEPT"));
    request->origin = read_exact(source, request, "HTTP_ORIGIN");
    request->fetch_site = read_exact(source, request, "HTTP_SEC_FETCH_SITE");
    request->authorization = read_exact(source, request, "HTTP_AUTHORIZATION");
    if (!cookies_parse(request->arena, param_of(source, "HTTP_COOKIE"), &request->cookies))
        refuse(request, 400);
}

static void refuse_repeated(const struct http_source *source, struct request *request)
{
    for (size_t i = 0; source->repeats && i < sizeof singles / sizeof singles[0]; i++)
        if (source->repeats(source->self, singles[i]))
            refuse(request, 400);
}

/* The first thing that is wrong decides the status; what can be read is read all the same, so that the page that says so is in
   the person's language. A body is read only for a request that is good so far. */
void request_read(struct arena *arena, const struct http_source *source, struct request *out)
{
    *out = (struct request){.arena = arena, .path = STR("/"), .raw_path = STR("/")};
    read_id(out);
    read_method(out, param_of(source, "REQUEST_METHOD"));
    refuse_repeated(source, out);
    read_peer(source, out);
    read_uri(out, param_of(source, "REQUEST_URI"));
    read_headers(source, out);
    if (out->refused == 0)
        refuse(out, body_read(source, out));
}
