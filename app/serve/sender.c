#include "serve/sender.h"

#include "account/look.h"
#include "account/outbox.h"
#include "account/picture.h"
#include "base/clock.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "model/identifier.h"
#include "net/mail.h"
#include "net/sms.h"
#include "view/files.h"
#include "view/letter.h"
#include "view/words.h"

enum { ERRANDS = 4, ROUND = 20, PASSWORD_BYTES = 1024 };

/* One message on its way; everything about it lives in its arena. */
struct errand {
    struct arena *arena;
    struct message message;
    struct delivery delivery;
    bool busy, mail;
};

struct sender {
    struct portal portal;
    const struct view *view;
    struct transfers *transfers;
    struct errand errands[ERRANDS];
};

/* --- opening --- */

static Error open_errands(struct sender *sender)
{
    for (size_t i = 0; i < ERRANDS; i++)
        if (!(sender->errands[i].arena = arena_open(0))) return ERR_FAULT;
    return OK;
}

Error sender_open(struct arena *arena, const struct generation *generation, struct db *db, struct sender **out)
{
    struct sender *sender = ARENA_NEW(arena, struct sender);
    sender->portal = (struct portal){.options = &generation->options, .db = db, .keys = generation->keys, .hashing.job_socket = -1};
    sender->view = generation->view;
    Error error = open_errands(sender);
    if (!error) error = transfers_open(arena, &sender->transfers);
    if (error) sender_close(sender);
    else *out = sender;
    return error;
}

static void errand_close(struct errand *errand)
{
    transfer_close(errand->delivery.transfer);
    arena_wipe(errand->arena);
    *errand = (struct errand){.arena = errand->arena};
}

void sender_close(struct sender *sender)
{
    if (!sender) return;
    for (size_t i = 0; i < ERRANDS; i++) {
        if (!sender->errands[i].arena) continue;
        errand_close(&sender->errands[i]);
        arena_close(sender->errands[i].arena);
        sender->errands[i].arena = NULL;
    }
    transfers_close(sender->transfers);
    portal_close(&sender->portal);
}

/* --- one message --- */

static struct visit visit_of(const struct errand *errand)
{
    return (struct visit){.arena = errand->arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""),
                          .user_agent = STR(""), .actor_id = STR("courier")};
}

static Str text_of(const struct errand *errand, const char *key)
{
    const json_t *value = json_object_get(errand->message.payload, key);
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR("");
}

static const struct catalog *language_of(const struct sender *sender, Str code)
{
    const struct catalogs *catalogs = view_catalogs(sender->view);
    const struct catalog *language = catalogs_get(catalogs, code);
    if (!language) language = catalogs_get(catalogs, sender->portal.options->default_language);
    return language ? language : catalogs->list[0];
}

/* What the operator took away since, or cannot be read now, goes without a label. */
static Str label_of(struct sender *sender, const struct errand *errand, const struct catalog *language)
{
    Str name = text_of(errand, "field");
    portal_settle(&sender->portal);       /* no letter before this one is still being written */
    if (!name.n || portal_refresh(&sender->portal)) return STR("");
    const struct field *field = field_find(&sender->portal.directory.fields, name);
    return field ? field_label(language, field) : STR("");
}

/* A mark that cannot be read is left out: the words matter. */
static Error write_letter(struct sender *sender, const struct errand *errand, const struct catalog *language,
                          struct letter_text *out, Str *mark)
{
    struct look look;
    const struct message *message = &errand->message;
    Str path = text_of(errand, "link");
    Error error = look_of(&sender->portal, errand->arena, message->organization, &look);
    if (error) return error;
    if (!errand->mail || picture_read(sender->portal.options, errand->arena, look.mark, "64.png", mark)) *mark = STR("");
    const json_t *at = json_object_get(message->payload, "at");
    struct letter_facts facts = {
        .letter = str_of(letter_name(message->letter)), .language = language, .sender = look.display_name, .sender_name = look.name,
        .palette = look.palette, .has_mark = mark->n > 0,
        .support_email = look.support_email, .link = STR(""), .code = text_of(errand, "code"), .value = text_of(errand, "value"),
        .peer = text_of(errand, "peer"), .reason = text_of(errand, "reason"), .person = text_of(errand, "person"),
        .field = label_of(sender, errand, language), .gives = text_of(errand, "gives"), .takes = text_of(errand, "takes"),
        .may = (Permissions)json_integer_value(json_object_get(message->payload, "may")), .at = json_is_integer(at) ? json_integer_value(at) : message->created_at,
        .until = message->expires_at,
    };
    /* The address of the portal comes from the configuration alone, whatever a request said. */
    if (str_starts(path, STR("/"))) facts.link = arena_join(errand->arena, sender->portal.options->public_url, path);
    return letter_write(errand->arena, sender->view, &facts, out);
}

static struct delivery never(const char *words)
{
    return (struct delivery){.state = DELIVERY_NEVER, .words = str_of(words)};
}

/* Read for each mail: it stays in memory for as long as it is needed, and a new one needs no reload. */
static Error read_password(struct arena *arena, Str file, Str *out)
{
    Str content = STR("");
    if (file.n && file_read(arena, file.p, PASSWORD_BYTES, &content)) {
        log_line(LOG_ERROR, "mail_password_file: %.*s cannot be read", STR_ARGS(file));
        return ERR_FAULT;
    }
    *out = str_cut(&content, '\n');
    return OK;
}

static struct delivery later(const char *words)
{
    return (struct delivery){.state = DELIVERY_LATER, .words = str_of(words)};
}

static struct delivery send_mail(struct sender *sender, struct errand *errand, const struct catalog *language,
                                 const struct letter_text *letter, Str mark)
{
    Str address, key;
    struct mailbox from;
    const struct message *message = &errand->message;
    const struct options *options = sender->portal.options;
    struct mail_way way = {.url = options->mail_url, .tls_required = !str_is(options->mail_tls, "off"),
                           .ca_file = options->mail_ca_file, .user = options->mail_user};
    if (!email_parse(errand->arena, message->recipient, &address, &key)) return never("the recipient is no address");
    if (!mailbox_read(options->mail_from, &from)) return later("mail_from is not set");
    if (read_password(errand->arena, options->mail_password_file, &way.password)) return later("mail_password_file cannot be read");
    const struct mail mail = {.from = from, .to = key, .subject = letter->subject, .language = catalog_code(language),
                              .id = message->message_id, .at = message->created_at, .text = letter->text, .html = letter->html,
                              .mark = mark};
    return mail_begin(sender->transfers, errand->arena, &way, &mail, message->expires_at - clock_now());
}

static struct delivery send_sms(struct sender *sender, struct errand *errand, const struct letter_text *letter)
{
    const struct message *message = &errand->message;
    const struct sms sms = {.id = message->message_id, .to = message->recipient, .text = letter->text};
    return sms_begin(sender->transfers, errand->arena, sender->portal.options->sms_url, &sms, message->expires_at - clock_now());
}

static struct delivery begin(struct sender *sender, struct errand *errand)
{
    struct letter_text letter;
    Str mark = STR("");
    const struct catalog *language = language_of(sender, errand->message.language);
    Error error = write_letter(sender, errand, language, &letter, &mark);
    if (error == ERR_INVALID) return never("the letter lacks what it must hold");
    if (error) return later("the letter could not be written");
    if (errand->message.expires_at <= clock_now()) return never("expired");
    return errand->mail ? send_mail(sender, errand, language, &letter, mark) : send_sms(sender, errand, &letter);
}

/* Kept without addresses: the log is read by more people than the queue. */
static void log_delivery(const struct message *message, const struct delivery *delivery)
{
    if (delivery->state == DELIVERY_SENT)
        log_line(LOG_INFO, "message %lld (%s) is sent", (long long)message->id, letter_name(message->letter));
    else
        log_line(LOG_WARNING, "message %lld (%s) %s: %.*s", (long long)message->id, letter_name(message->letter),
                 delivery->state == DELIVERY_NEVER ? "is dropped" : "is tried again later", STR_ARGS(delivery->words));
}

/* A result that cannot be stored is no harm: the message comes again, and its Message-ID with it. */
static void settle(struct sender *sender, struct errand *errand)
{
    Error error = OK;
    const struct visit visit = visit_of(errand);
    const struct message *message = &errand->message;
    const struct delivery *delivery = &errand->delivery;
    bool bouncing = errand->mail && delivery->refused;
    log_delivery(message, delivery);
    switch (delivery->state) {
    case DELIVERY_SENT: error = outbox_sent(&sender->portal, &visit, message); break;
    case DELIVERY_NEVER: error = outbox_dropped(&sender->portal, &visit, message, delivery->words, bouncing); break;
    default: error = outbox_failed(&sender->portal, &visit, message, delivery->words);
    }
    if (error) log_line(LOG_WARNING, "what became of message %lld could not be stored", (long long)message->id);
    errand_close(errand);
}

/* --- many --- */

static struct errand *free_errand(struct sender *sender)
{
    for (size_t i = 0; i < ERRANDS; i++)
        if (!sender->errands[i].busy) return &sender->errands[i];
    return NULL;
}

static bool is_under_way(const struct sender *sender, const struct message *message, const struct errand *but)
{
    for (const struct errand *errand = sender->errands; errand < sender->errands + ERRANDS; errand++)
        if (errand != but && errand->busy && errand->message.id == message->id) return true;
    return false;
}

/* False: nothing is due, or it cannot be read now. */
static bool take_one(struct sender *sender, struct errand *errand)
{
    json_memory_use(errand->arena);
    const struct visit visit = visit_of(errand);
    Error error = outbox_next(&sender->portal, &visit, &errand->message);
    /* One that needs nearly all its time is due again while it is still under way. */
    if (error || is_under_way(sender, &errand->message, errand)) {
        errand_close(errand);
        return !error;
    }
    errand->busy = true;
    errand->mail = str_is(errand->message.channel, "mail");
    errand->delivery = begin(sender, errand);
    if (errand->delivery.state != DELIVERY_UNDER_WAY) settle(sender, errand);
    return true;
}

static void finish_ended(struct sender *sender)
{
    for (struct errand *errand = sender->errands; errand < sender->errands + ERRANDS; errand++) {
        struct transfer_result result;
        if (!errand->busy || !transfer_ended(errand->delivery.transfer, &result)) continue;
        struct transfer *transfer = errand->delivery.transfer;
        errand->delivery = errand->mail ? mail_end(errand->arena, &result) : sms_end(errand->arena, &result);
        errand->delivery.transfer = transfer;
        settle(sender, errand);
    }
}

static bool has_way(const struct sender *sender)
{
    return sender->portal.options->mail_url.n || sender->portal.options->sms_url.n;
}

bool sender_round(struct sender *sender, bool take, int wait_ms)
{
    size_t taken = 0;
    struct errand *errand;
    while (take && has_way(sender) && taken < ROUND && (errand = free_errand(sender)) && take_one(sender, errand)) taken++;
    if (sender_is_busy(sender)) {
        transfers_run(sender->transfers, wait_ms);
        finish_ended(sender);
    }
    return taken == ROUND;
}

bool sender_is_busy(const struct sender *sender)
{
    for (size_t i = 0; i < ERRANDS; i++)
        if (sender->errands[i].busy) return true;
    return false;
}
