#include "net/mail.h"

#include "net/folder.h"

static struct delivery not_sent(enum delivery_state state, Str words)
{
    return (struct delivery){.state = state, .words = words};
}

static struct delivery into_folder(struct arena *arena, Str folder, const struct mail *mail, Str message)
{
    if (folder_drop(arena, folder, mail->id, ".eml", message))
        return not_sent(DELIVERY_LATER, STR("the folder of mail_url cannot be written"));
    return (struct delivery){.state = DELIVERY_SENT};
}

static struct delivery by_smtp(struct transfers *transfers, struct arena *arena, const struct mail_way *way,
                               const struct mail *mail, Str message, int64_t seconds)
{
    struct delivery delivery = {.state = DELIVERY_UNDER_WAY};
    const struct smtp_wish wish = {
        .url = way->url, .tls_required = way->tls_required, .ca_file = way->ca_file, .user = way->user, .password = way->password,
        .from = mail->from.address, .to = mail->to, .message = message,
        .total_seconds = seconds < MAIL_SECONDS ? seconds : MAIL_SECONDS,
    };
    Error error = transfer_smtp(transfers, arena, &wish, &delivery.transfer);
    if (error) return not_sent(DELIVERY_LATER, STR("the transfer could not be started"));
    return delivery;
}

struct delivery mail_begin(struct transfers *transfers, struct arena *arena, const struct mail_way *way, const struct mail *mail,
                           int64_t seconds)
{
    Str message;
    struct target target;
    if (!target_read(way->url, &target)) return not_sent(DELIVERY_LATER, STR("mail_url is not set"));
    if (message_write(arena, mail, &message)) return not_sent(DELIVERY_NEVER, STR("the message cannot be written"));
    if (target.kind == TARGET_FOLDER) return into_folder(arena, target.folder, mail, message);
    return by_smtp(transfers, arena, way, mail, message, seconds);
}

static struct delivery answered(struct arena *arena, const struct transfer_result *result)
{
    if (result->status < 400) return (struct delivery){.state = DELIVERY_SENT};
    bool for_good = result->status >= 500 && result->recipient_named;
    const char *whom = result->message_begun ? "the message" : result->recipient_named ? "the recipient" : "us";
    struct delivery delivery = not_sent(for_good ? DELIVERY_NEVER : DELIVERY_LATER,
                                        arena_print(arena, "the server refused %s (%ld)", whom, result->status));
    delivery.refused = for_good && !result->message_begun;
    return delivery;
}

struct delivery mail_end(struct arena *arena, const struct transfer_result *result)
{
    switch (result->end) {
    case TRANSFER_ANSWERED: return answered(arena, result);
    case TRANSFER_UNREACHABLE: return not_sent(DELIVERY_LATER, STR("the server cannot be reached"));
    case TRANSFER_TIMED_OUT: return not_sent(DELIVERY_LATER, STR("the server was too slow"));
    case TRANSFER_NOT_TRUSTED: return not_sent(DELIVERY_LATER, STR("there is no TLS with a certificate to be trusted"));
    default: return not_sent(DELIVERY_LATER, STR("the connection broke off"));
    }
}
