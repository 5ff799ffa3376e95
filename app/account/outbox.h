/* What is to be sent: rows written in the transaction of what they tell about, sent by the courier later, at least once, with the
   same Message-ID at every try, never after `expires_at`. Payloads are sealed (XChaCha20-Poly1305, associated data: the message
   id and the recipient) because they hold secrets of links; they are emptied when the message is sent or dropped. */
#ifndef LATCHKEY_OUTBOX_H
#define LATCHKEY_OUTBOX_H

#include "account/portal.h"

/* LETTER(name, channel): which words are sent; view/letter_words.c has them. In the payload, where it makes sense: "link" (the path with
   ?token=), "code", "value" (the new address or number), "at" and "peer" of what happened, the "reason" that a help desk gave, the roles that
   it "gives" and "takes", "person" who invites and what one "may" then. */
enum letter {
#define LETTER(name, channel) LETTER_##name,
#include "account/letters.def"
#undef LETTER
    LETTERS
};
const char *letter_name(enum letter);
MUST_USE bool letter_of(Str name, enum letter *out);

struct outbox_wish {
    enum letter letter;
    const struct user *user;      /* whom it concerns; NULL: nobody here */
    int64_t organization;         /* whose look and name it wears; 0: the portal's */
    Str recipient;                /* address or E.164 number; not always the user's own (the old address, the new one) */
    Str language;                 /* "de"; STR_NONE: the default language */
    int64_t expires_at;
    json_t *payload;
};
/* Inside a transaction. ERR_INVALID: a recipient that is not, byte for byte, an address or number as profiles keep it
   (model/identifier.h), so that none can break an envelope or a header. */
MUST_USE Error outbox_add(struct portal *, const struct visit *, const struct outbox_wish *);

struct message {
    int64_t id, account, organization, attempts, created_at, due_at, expires_at;
    Str message_id;               /* 32 hex digits: a Message-ID needs "@host" yet */
    Str channel, recipient, language, state, last_error;
    enum letter letter;
    json_t *payload;
};
/* For the courier: the next message that is due, marked as tried (attempts + 1, due again after the back-off 1, 5, 15, 60 minutes)
   in a transaction of its own before anything is sent, so that a courier that dies tries again later. ERR_NOT_FOUND: none. Messages
   past their expiry are dropped on the way; those of a channel that has no way (mail_url, sms_url) stay as they are. */
MUST_USE Error outbox_next(struct portal *, const struct visit *, struct message *out);
MUST_USE Error outbox_sent(struct portal *, const struct visit *, const struct message *);
MUST_USE Error outbox_failed(struct portal *, const struct visit *, const struct message *, Str words);      /* another try later */
MUST_USE Error outbox_dropped(struct portal *, const struct visit *, const struct message *, Str words, bool bouncing);
/* Nothing is remembered of what came back from there. */
MUST_USE Error address_forgive(struct portal *, struct arena *, Str address);
MUST_USE Error address_is_bouncing(struct portal *, struct arena *, Str address, bool *out);

#endif
