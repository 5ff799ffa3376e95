#include "net/curl.h"

#include <curl/curl.h>
#include <string.h>

#include "base/log.h"
#include "net/target.h"

enum {
    SMTP_CONNECT_SECONDS = 10, HTTP_CONNECT_SECONDS = 5,
    SLOW_BYTES = 1, SLOW_SECONDS = 30,            /* a server that says nothing for so long is given up */
};

struct transfers {
    CURLM *multi;
};

struct transfer {
    struct transfers *transfers;  /* NULL: run by itself */
    CURL *easy;
    struct curl_slist *list;      /* recipients, or headers */
    Str unsent;                   /* of the message */
    char *reply;
    size_t reply_n, reply_most;
    bool smtp, recipient_named, message_begun, ended;
    CURLcode code;
};

#define SET(transfer, option, value)                                                                                    \
    do {                                                                                                                \
        if ((transfer)->code == CURLE_OK) (transfer)->code = curl_easy_setopt((transfer)->easy, option, value);         \
    } while (0)

Error transfers_open(struct arena *arena, struct transfers **out)
{
    struct transfers *transfers = ARENA_NEW(arena, struct transfers);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) transfers->multi = curl_multi_init();
    if (!transfers->multi) {
        log_line(LOG_ERROR, "libcurl cannot be started");
        return ERR_FAULT;
    }
    *out = transfers;
    return OK;
}

void transfers_close(struct transfers *transfers)
{
    if (transfers) curl_multi_cleanup(transfers->multi);
}

/* --- what libcurl calls back --- */

static size_t give_message(char *room, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    Str part = str_first(transfer->unsent, size * count);
    if (part.n) memcpy(room, part.p, part.n);
    transfer->unsent = str_after(transfer->unsent, part.n);
    return part.n;
}

static size_t take_reply(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t n = size * count;
    if (n > transfer->reply_most - transfer->reply_n) return 0;
    if (n) memcpy(transfer->reply + transfer->reply_n, bytes, n);
    transfer->reply_n += n;
    return n;
}

/* What is sent tells how far the dialogue has come; libcurl has no other way to say it. */
static int watch(CURL *easy, curl_infotype type, char *data, size_t n, void *context)
{
    struct transfer *transfer = context;
    (void)easy;
    if (type != CURLINFO_HEADER_OUT) return 0;
    if (str_starts((Str){data, n}, STR("RCPT TO:"))) transfer->recipient_named = true;
    if (str_starts((Str){data, n}, STR("DATA"))) transfer->message_begun = transfer->recipient_named;
    return 0;
}

/* --- beginning --- */

static bool is_clean(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f) return false;
    return true;
}

static Error transfer_make(struct arena *arena, struct transfer **out)
{
    struct transfer *transfer = *out = ARENA_NEW(arena, struct transfer);
    transfer->easy = curl_easy_init();
    if (!transfer->easy) return ERR_BUSY;
    SET(transfer, CURLOPT_NOSIGNAL, 1L);
    SET(transfer, CURLOPT_PRIVATE, transfer);
    SET(transfer, CURLOPT_PROXY, "");
    SET(transfer, CURLOPT_NOPROXY, "*");
    SET(transfer, CURLOPT_FOLLOWLOCATION, 0L);
    SET(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(transfer, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(transfer, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    SET(transfer, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
    SET(transfer, CURLOPT_QUICK_EXIT, 1L);
    return OK;
}

/* Adds one line; a list that cannot grow stays as it is and fails the transfer. */
static void list_add(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->list, line);
    if (longer) transfer->list = longer;
    else transfer->code = CURLE_OUT_OF_MEMORY;
}

static void set_smtp(struct transfer *transfer, struct arena *arena, const struct smtp_wish *wish)
{
    bool tls_first = str_starts(wish->url, STR("smtps://"));
    transfer->smtp = true;
    transfer->unsent = wish->message;
    SET(transfer, CURLOPT_PROTOCOLS_STR, tls_first ? "smtps" : "smtp");
    SET(transfer, CURLOPT_URL, arena_cstr(arena, wish->url));
    SET(transfer, CURLOPT_USE_SSL, (long)(tls_first || wish->tls_required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (wish->ca_file.n) SET(transfer, CURLOPT_CAINFO, arena_cstr(arena, wish->ca_file));
    if (wish->user.n) {
        SET(transfer, CURLOPT_USERNAME, arena_cstr(arena, wish->user));
        SET(transfer, CURLOPT_PASSWORD, arena_cstr(arena, wish->password));
    }
    list_add(transfer, arena_print(arena, "<%.*s>", STR_ARGS(wish->to)).p);
    SET(transfer, CURLOPT_MAIL_FROM, arena_print(arena, "<%.*s>", STR_ARGS(wish->from)).p);
    SET(transfer, CURLOPT_MAIL_RCPT, transfer->list);
    SET(transfer, CURLOPT_UPLOAD, 1L);
    SET(transfer, CURLOPT_READFUNCTION, give_message);
    SET(transfer, CURLOPT_READDATA, transfer);
    SET(transfer, CURLOPT_INFILESIZE_LARGE, (curl_off_t)wish->message.n);
    SET(transfer, CURLOPT_VERBOSE, 1L);
    SET(transfer, CURLOPT_DEBUGFUNCTION, watch);
    SET(transfer, CURLOPT_DEBUGDATA, transfer);
    SET(transfer, CURLOPT_CONNECTTIMEOUT, (long)SMTP_CONNECT_SECONDS);
    SET(transfer, CURLOPT_TIMEOUT, (long)wish->total_seconds);
}

static void set_http(struct transfer *transfer, struct arena *arena, const struct http_wish *wish)
{
    transfer->reply = arena_take(arena, wish->most);
    transfer->reply_most = wish->most;
    SET(transfer, CURLOPT_PROTOCOLS_STR, str_starts(wish->url, STR("https://")) ? "https" : "http");
    SET(transfer, CURLOPT_URL, arena_cstr(arena, wish->url));
    SET(transfer, CURLOPT_USERAGENT, "Latchkey");
    if (wish->body.p) {
        list_add(transfer, "Content-Type: application/json");
        SET(transfer, CURLOPT_HTTPHEADER, transfer->list);
        SET(transfer, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)wish->body.n);
        SET(transfer, CURLOPT_COPYPOSTFIELDS, wish->body.p);
    }
    SET(transfer, CURLOPT_WRITEFUNCTION, take_reply);
    SET(transfer, CURLOPT_WRITEDATA, transfer);
    SET(transfer, CURLOPT_CONNECTTIMEOUT, (long)HTTP_CONNECT_SECONDS);
    SET(transfer, CURLOPT_TIMEOUT, (long)wish->total_seconds);
}

static Error begin(struct transfers *transfers, struct transfer *transfer)
{
    bool ready = transfer->code == CURLE_OK;
    if (ready && transfers) ready = curl_multi_add_handle(transfers->multi, transfer->easy) == CURLM_OK;
    if (ready) {
        transfer->transfers = transfers;
        return OK;
    }
    log_line(LOG_ERROR, "libcurl: %s", curl_easy_strerror(transfer->code));
    transfer_close(transfer);
    return ERR_FAULT;
}

Error transfer_smtp(struct transfers *transfers, struct arena *arena, const struct smtp_wish *wish, struct transfer **out)
{
    struct target target;
    bool sendable = target_read(wish->url, &target) && target.kind == TARGET_SMTP && target_address_is(wish->from) &&
                    target_address_is(wish->to) && is_clean(wish->user) && is_clean(wish->password) && wish->total_seconds > 0;
    if (!sendable) return ERR_INVALID;
    Error error = transfer_make(arena, out);
    if (error) return error;
    set_smtp(*out, arena, wish);
    return begin(transfers, *out);
}

static Error http_make(struct arena *arena, const struct http_wish *wish, struct transfer **out)
{
    struct target target;
    if (!target_read(wish->url, &target) || target.kind != TARGET_HTTP || wish->total_seconds <= 0) return ERR_INVALID;
    Error error = transfer_make(arena, out);
    if (!error) set_http(*out, arena, wish);
    return error;
}

Error transfer_http(struct transfers *transfers, struct arena *arena, const struct http_wish *wish, struct transfer **out)
{
    Error error = http_make(arena, wish, out);
    return error ? error : begin(transfers, *out);
}

void transfer_close(struct transfer *transfer)
{
    if (!transfer || !transfer->easy) return;
    if (transfer->transfers) curl_multi_remove_handle(transfer->transfers->multi, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->list);
    transfer->easy = NULL;
}

/* --- ending --- */

void transfers_run(struct transfers *transfers, int wait_ms)
{
    int running, left;
    CURLMsg *note;
    if (curl_multi_perform(transfers->multi, &running) == CURLM_OK && running)
        (void)!curl_multi_poll(transfers->multi, NULL, 0, wait_ms, NULL);
    (void)!curl_multi_perform(transfers->multi, &running);
    while ((note = curl_multi_info_read(transfers->multi, &left))) {
        struct transfer *transfer = NULL;
        if (note->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(note->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        transfer->code = note->data.result;
        transfer->ended = true;
    }
}

static enum transfer_end end_of(const struct transfer *transfer, long status)
{
    switch (transfer->code) {
    case CURLE_OK: return TRANSFER_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return TRANSFER_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT: return TRANSFER_TIMED_OUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED: return TRANSFER_NOT_TRUSTED;
    default: return transfer->smtp && status >= 400 ? TRANSFER_ANSWERED : TRANSFER_BROKEN;
    }
}

bool transfer_ended(const struct transfer *transfer, struct transfer_result *out)
{
    long status = 0;
    if (!transfer->ended) return false;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    *out = (struct transfer_result){.end = end_of(transfer, status), .status = status,
                                    .recipient_named = transfer->recipient_named, .message_begun = transfer->message_begun,
                                    .body = {transfer->reply, transfer->reply_n}};
    return true;
}

Error http_ask(struct arena *arena, const struct http_wish *wish, struct transfer_result *out)
{
    struct transfer *transfer;
    Error error = http_make(arena, wish, &transfer);
    if (!error) error = begin(NULL, transfer);
    if (error) return error;
    transfer->code = curl_easy_perform(transfer->easy);
    transfer->ended = true;
    (void)transfer_ended(transfer, out);
    transfer_close(transfer);
    return OK;
}
