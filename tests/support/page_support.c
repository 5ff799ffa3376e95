#include "support/page_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/json_memory.h"
#include "support/portal_support.h"
#include "support/store_support.h"
#include "support/text_source.h"

static const char people[] =
    "{\"fields\":["
    " {\"name\":\"user_metadata.shirt_size\",\"type\":\"choice\",\"section\":\"preferences\",\"owner\":\"edit\","
    "  \"choices\":[{\"value\":\"S\",\"label\":{\"en\":\"Small\",\"de\":\"Klein\",\"ar\":\"صغير\"}},"
    "               {\"value\":\"L\",\"label\":{\"en\":\"Large\",\"de\":\"Groß\",\"ar\":\"كبير\"}}],"
    "  \"label\":{\"en\":\"Shirt size\",\"de\":\"Hemdgröße\",\"ar\":\"مقاس القميص\"}},"
    " {\"name\":\"user_metadata.newsletter\",\"type\":\"boolean\",\"section\":\"preferences\",\"owner\":\"edit\","
    "  \"label\":{\"en\":\"Newsletter\",\"de\":\"Rundbrief\",\"ar\":\"النشرة\"}},"
    " {\"name\":\"user_metadata.topics\",\"type\":\"choices\",\"section\":\"preferences\",\"owner\":\"edit\","
    "  \"choices\":[\"music\",\"sports\",\"travel\"],\"label\":{\"en\":\"Topics\",\"de\":\"Themen\",\"ar\":\"المواضيع\"}},"
    " {\"name\":\"user_metadata.employee_number\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"once\",\"max\":12,"
    "  \"label\":{\"en\":\"Employee number\",\"de\":\"Personalnummer\",\"ar\":\"الرقم الوظيفي\"}},"
    " {\"name\":\"user_metadata.cost_center\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"read\","
    "  \"label\":{\"en\":\"Cost center\",\"de\":\"Kostenstelle\",\"ar\":\"مركز التكلفة\"}},"
    " {\"name\":\"user_metadata.rating\",\"type\":\"number\",\"section\":\"more\",\"owner\":\"none\",\"label\":{\"en\":\"Rating\"}},"
    " {\"name\":\"user_metadata.badge\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"edit\",\"unique\":true,"
    "  \"label\":{\"en\":\"Badge\",\"de\":\"Ausweis\",\"ar\":\"الشارة\"}}],"
    "\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"partner\",\"strategy\":\"local\",\"display_name\":\"Acme's directory\",\"options\":{},\"fields\":{"
    "  \"given_name\":{\"owner\":\"read\"},\"family_name\":{\"owner\":\"read\"},"
    "  \"email\":{\"owner\":\"read\",\"reason\":{\"en\":\"Acme's directory keeps your address\","
    "                                         \"de\":\"Acmes Verzeichnis führt Ihre Adresse\"}}}}],"
    "\"roles\":[],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\",\"support_email\":\"help@acme.example\","
    "  \"connections\":[\"partner\"],\"fields\":{\"website\":{\"owner\":\"read\"}}}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ada\",\"email\":\"ada@example.com\",\"email_verified\":true,\"username\":\"ada\","
    "  \"given_name\":\"Ada\",\"family_name\":\"Lovelace\",\"name\":\"Ada Lovelace\",\"birthdate\":\"1915-12-10\","
    "  \"user_metadata\":{\"shirt_size\":\"S\",\"topics\":[\"music\"],\"cost_center\":\"C-7\",\"rating\":5}},"
    " {\"connection\":\"customers\",\"user_id\":\"grace\",\"email\":\"grace@example.com\",\"name\":\"Grace\",\"username\":\"grace\","
    "  \"user_metadata\":{\"badge\":\"B-1\"}},"
    " {\"connection\":\"partner\",\"user_id\":\"kim\",\"email\":\"kim@acme.example\",\"given_name\":\"Kim\",\"family_name\":\"Lee\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"mia\",\"email\":\"mia@example.com\",\"name\":\"Mia\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[],\"invited\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"bob\",\"email\":\"bob@example.com\",\"blocked\":true}]}";

static void complain(const struct problems *problems)
{
    for (const struct problem *each = problems->first; each; each = each->next)
        print_error("%.*s: %.*s\n", STR_ARGS(each->place), STR_ARGS(each->message));
    if (problems->count) fail();
}

static void make_view(struct stage *stage)
{
    struct problems problems = {.arena = stage->lasting};
    struct catalogs *catalogs = ARENA_NEW(stage->lasting, struct catalogs);
    const char *build = getenv("LATCHKEY_BUILD") ? getenv("LATCHKEY_BUILD") : "build";
    Str languages = arena_print(stage->lasting, "%s/i18n", build), files = arena_print(stage->lasting, "%s/static", build);
    Error error = catalogs_load(stage->lasting, languages.p, &problems, catalogs);
    if (!error) error = view_load(stage->lasting, "templates", files.p, catalogs, &problems, &stage->view);
    complain(&problems);
    assert_int_equal(error, OK);
}

void stage_open(struct stage *stage, const char *json)
{
    *stage = (struct stage){.lasting = arena_open(0), .arena = arena_open(0)};
    portal_make(&stage->portal, &stage->options, stage->lasting, store_open_memory(), json ? json : people);
    make_view(stage);
    json_memory_use(stage->arena);
}

void stage_close(struct stage *stage)
{
    json_memory_use(NULL);
    view_close(stage->view);
    portal_close(&stage->portal);
    db_close(stage->portal.db);
    arena_close(stage->arena);
    arena_close(stage->lasting);
}

void stage_forget(struct stage *stage)
{
    memset(&stage->cookies, 0, sizeof stage->cookies);
    stage->token[0] = '\0';
}

static void keep(char *into, size_t room, Str text)
{
    assert_true(text.n < room);
    memcpy(into, text.p ? text.p : "", text.n);
    into[text.n] = '\0';
}

static void keep_other(struct stage *stage, Str name, Str value)
{
    enum { OTHERS = sizeof stage->cookies.others / sizeof stage->cookies.others[0] };
    size_t at = 0;
    while (at < OTHERS && !str_is(name, stage->cookies.others[at].name)) at++;
    for (size_t i = 0; at == OTHERS && i < OTHERS; i++)
        if (!stage->cookies.others[i].name[0]) at = i;
    assert_true(at < OTHERS);
    keep(stage->cookies.others[at].name, sizeof stage->cookies.others[at].name, value.n ? name : STR(""));
    keep(stage->cookies.others[at].value, sizeof stage->cookies.others[at].value, value);
}

Str stage_cookie(const struct stage *stage, const char *name)
{
    for (size_t i = 0; i < sizeof stage->cookies.others / sizeof stage->cookies.others[0]; i++)
        if (!strcmp(stage->cookies.others[i].name, name)) return str_of(stage->cookies.others[i].value);
    return STR_NONE;
}

static void keep_cookie(struct stage *stage, Str line)
{
    Str name = str_cut(&line, '='), value = str_cut(&line, ';');
    if (str_is(name, "sid")) keep(stage->cookies.sid, sizeof stage->cookies.sid, value);
    if (str_is(name, "pre")) keep(stage->cookies.pre, sizeof stage->cookies.pre, value);
    if (str_is(name, "lang")) keep(stage->cookies.lang, sizeof stage->cookies.lang, value);
    if (!str_is(name, "sid") && !str_is(name, "pre") && !str_is(name, "lang")) keep_other(stage, name, value);
}

static void keep_answer(struct stage *stage)
{
    Str rest = stage->head;
    while (rest.n) {
        Str line = str_cut(&rest, '\n');
        if (str_starts(line, STR("Set-Cookie: "))) keep_cookie(stage, str_trim(str_after(line, 12)));
    }
    const char *token = stage->reply.body.n ? strstr(stage->reply.body.p, "name=\"csrf\" value=\"") : NULL;
    Str value = token ? str_of(token + 19) : STR_NONE;
    if (token) keep(stage->token, sizeof stage->token, str_cut(&value, '"'));
}

static Str cookie_line(const struct stage *stage)
{
    struct text line = {.arena = stage->arena};
    if (stage->cookies.sid[0]) text_print(&line, "sid=%s; ", stage->cookies.sid);
    if (stage->cookies.pre[0]) text_print(&line, "pre=%s; ", stage->cookies.pre);
    if (stage->cookies.lang[0]) text_print(&line, "lang=%s; ", stage->cookies.lang);
    for (size_t i = 0; i < sizeof stage->cookies.others / sizeof stage->cookies.others[0]; i++)
        if (stage->cookies.others[i].name[0])
            text_print(&line, "%s=%s; ", stage->cookies.others[i].name, stage->cookies.others[i].value);
    return line.n ? str_first(text_str(&line), line.n - 2) : STR("");
}

static Str with_token(const struct stage *stage, Str body)
{
    const char *mark = body.n ? memmem(body.p, body.n, "{csrf}", 6) : NULL;
    if (!mark) return body;
    size_t before = (size_t)(mark - body.p);
    Str begun = arena_join(stage->arena, str_first(body, before), str_of(stage->token));
    return arena_join(stage->arena, begun, str_after(body, before + 6));
}

/* "Accept-Language: de" is HTTP_ACCEPT_LANGUAGE in FastCGI. */
static void add_header(struct text *lines, Str line)
{
    Str value = line, name = str_cut(&value, ':');
    text_add(lines, str_is(name, "Content-Type") ? STR("") : STR("HTTP_"));
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i] == '-' ? '_' : name.p[i] >= 'a' && name.p[i] <= 'z' ? (char)(name.p[i] - 32) : name.p[i];
        text_add(lines, (Str){&c, 1});
    }
    text_print(lines, ": %.*s\n", STR_ARGS(str_trim(value)));
}

static Str as_fastcgi(const struct stage *stage, Str request)
{
    struct text lines = {.arena = stage->arena};
    Str first = str_cut(&request, '\n'), method = str_cut(&first, ' ');
    bool cookies = false, type = false;
    text_print(&lines, "REQUEST_METHOD: %.*s\nREQUEST_URI: %.*s\nPORTAL_PEER: 192.0.2.7\n", STR_ARGS(method), STR_ARGS(first));
    for (Str line; request.n && (line = str_cut(&request, '\n')).n;) {
        cookies = cookies || str_starts(line, STR("Cookie:"));
        type = type || str_starts(line, STR("Content-Type:"));
        add_header(&lines, line);
    }
    if (!cookies && cookie_line(stage).n) text_print(&lines, "HTTP_COOKIE: %s\n", cookie_line(stage).p);
    Str body = with_token(stage, request);
    if (str_is(method, "POST") && !type) text_print(&lines, "CONTENT_TYPE: application/x-www-form-urlencoded\n");
    if (body.n) text_print(&lines, "CONTENT_LENGTH: %zu\n", body.n);
    text_print(&lines, "\n");
    text_add(&lines, body);
    return text_str(&lines);
}

Str stage_ask(struct stage *stage, const char *request)
{
    return stage_ask_bytes(stage, str_of(request));
}

Str stage_ask_bytes(struct stage *stage, Str request)
{
    struct text_source text;
    struct arena *kept = arena_open(0);
    Str copy = arena_copy(kept, request);
    arena_wipe(stage->arena);
    portal_settle(&stage->portal);
    struct http_source source = text_source(stage->arena, as_fastcgi(stage, copy), &text);
    arena_close(kept);
    request_read(stage->arena, &source, &stage->request);
    reply_init(&stage->reply, stage->arena);
    page_answer(&stage->portal, stage->view, &stage->request, &stage->reply);
    stage->head = reply_head(&stage->reply, stage->options.https);
    assert_false(db_in_transaction(stage->portal.db));
    keep_answer(stage);
    return stage->reply.body;
}

Str stage_upload(struct stage *stage, const char *path, const char *name, Str file, const char *more)
{
    struct arena *arena = arena_open(0);
    struct text request = {.arena = arena};
    Str rest = str_of(more);
    text_print(&request, "POST %s\nContent-Type: multipart/form-data; boundary=B\n\n--B\r\n"
                         "Content-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n", path);
    while (rest.n) {
        Str value = str_cut(&rest, '&'), key = str_cut(&value, '=');
        text_print(&request, "--B\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%.*s\r\n", STR_ARGS(key), STR_ARGS(value));
    }
    if (file.p) {
        text_print(&request, "--B\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"x.png\"\r\n"
                             "Content-Type: image/png\r\n\r\n", name);
        text_add(&request, file);
        text_add(&request, STR("\r\n"));
    }
    text_add(&request, STR("--B--\r\n"));
    Str answer = stage_ask_bytes(stage, text_str(&request));
    arena_close(arena);
    return answer;
}

Str stage_get(struct stage *stage, const char *path)
{
    char request[LIMIT_PATH + LIMIT_QUERY];
    snprintf(request, sizeof request, "GET %s\n\n", path);
    return stage_ask(stage, request);
}

Str stage_post(struct stage *stage, const char *path, const char *body)
{
    struct arena *arena = arena_open(0);
    Str request = arena_print(arena, "POST %s\n\ncsrf={csrf}%s%s", path, *body ? "&" : "", body);
    Str answer = stage_ask(stage, request.p);
    arena_close(arena);
    return answer;
}

void stage_sign_in(struct stage *stage, const char *identifier)
{
    struct visit visit = {.arena = stage->arena, .now = clock_now(), .request_id = STR(""), .peer = STR("192.0.2.7"),
        .user_agent = STR("")};
    SignIn result;
    stage_forget(stage);
    arena_wipe(stage->arena);
    assert_int_equal(session_sign_in(&stage->portal, &visit, str_of(identifier), STR("correct"), STR_NONE, STR_NONE, &result),
        OK);
    assert_int_equal(result.outcome, SIGN_IN_OK);
    keep(stage->cookies.sid, sizeof stage->cookies.sid, result.cookie);
    stage_get(stage, "/profile");
    if (stage->reply.status == 303) stage_get(stage, "/reauthenticate");      /* open also to who is held up */
    assert_int_equal(stage->reply.status, 200);
}

bool text_has(Str text, const char *words)
{
    return text.n && memmem(text.p, text.n, words, strlen(words)) != NULL;
}

Str form_pair(struct arena *arena, const char *name, Str value)
{
    return arena_print(arena, "%s=%s", percent_encode(arena, str_of(name)).p, percent_encode(arena, value).p);
}

Str text_replaced(struct arena *arena, Str text, Str what, const char *with)
{
    struct text out = {.arena = arena};
    for (const char *found; what.n && text.n && (found = memmem(text.p, text.n, what.p, what.n));) {
        text_add(&out, str_first(text, (size_t)(found - text.p)));
        text_add(&out, str_of(with));
        text = str_after(text, (size_t)(found - text.p) + what.n);
    }
    text_add(&out, text);
    return text_str(&out);
}

static bool is_hex(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!strchr("0123456789abcdef", text.p[i])) return false;
    return text.n > 0;
}

/* "/static/latchkey.0123456789abcdef.css" loses its fingerprint. */
static Str without_fingerprints(struct arena *arena, Str text)
{
    struct text out = {.arena = arena};
    for (size_t i = 0; i < text.n; i++) {
        Str rest = str_after(text, i);
        bool mark = rest.n > 18 && rest.p[0] == '.' && rest.p[17] == '.' && is_hex((Str){rest.p + 1, 16});
        if (mark) i += 17;
        text_add(&out, mark ? STR(".") : (Str){text.p + i, 1});
    }
    return text_str(&out);
}

Str stage_masked(struct stage *stage)
{
    struct arena *arena = stage->arena;
    Str text = arena_join(arena, stage->head, stage->reply.body);
    struct session session;
    struct visit visit = {.arena = arena, .now = clock_now()};
    text = text_replaced(arena, without_fingerprints(arena, text), STR("\r\n"), "\n");
    text = text_replaced(arena, text, str_of(stage->token), "TOKEN");
    text = text_replaced(arena, text, str_of(stage->cookies.sid), "SESSION");
    text = text_replaced(arena, text, str_of(stage->cookies.pre), "PRE");
    text = text_replaced(arena, text, stage_cookie(stage, "device"), "DEVICE");
    text = text_replaced(arena, text, stage->request.id, "REQUEST");
    if (!stage->cookies.sid[0] || session_find(&stage->portal, &visit, str_of(stage->cookies.sid), &session)) return text;
    const struct catalogs *catalogs = view_catalogs(stage->view);
    for (size_t i = 0; i < catalogs->count; i++) {
        text = text_replaced(arena, text, catalog_date(arena, catalogs->list[i], session.user.last_login_at, true), "LAST SIGN-IN");
        if (session.user.updated_at != A_DAY_IN_2026)
            text = text_replaced(arena, text, catalog_date(arena, catalogs->list[i], session.user.updated_at, true), "LAST CHANGE");
    }
    return text;
}
