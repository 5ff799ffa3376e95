/* What a new password must be: levels of domain.md §10.1, extra checks of §10.2, security.md B21. All reasons are found at once. */
#ifndef LATCHKEY_PASSWORD_POLICY_H
#define LATCHKEY_PASSWORD_POLICY_H

#include "account/portal.h"

/* One reason, in words of the catalogue ({LIMIT} filled by `limit`). */
struct password_reason {
    const char *message;
    int64_t limit;
};
enum { PASSWORD_REASONS = 12 };

/* Checks `password` against the policy of the user's connection (options of the connection: passwordPolicy none|low|fair|good|excellent,
   password_complexity_options.min_length, password_history {enable,size}, password_dictionary {enable,dictionary}, password_no_personal_info
   {enable}) — presets: at least 15 characters without other factor is too much for people: level "low" with 10 characters, dictionary and
   personal information on, history 1 — and against breached passwords (option breach_file, breach_url: only a prefix of the hash leaves;
   when the service is down it is logged and passes). History compares with hashes, heavy: goes through hashing. Fills at most
   PASSWORD_REASONS reasons; *count 0: fine. */
MUST_USE Error password_policy_check(struct portal *, const struct visit *, const struct user *, Str password,
                                     struct password_reason reasons[PASSWORD_REASONS], size_t *count);
/* What the page says before anybody types: the same reasons, for an empty password, without history and breaches. */
size_t password_policy_words(const struct portal *, const struct user *, struct password_reason reasons[PASSWORD_REASONS]);

/* Sets it (hash made by the hashers before the transaction): hash, history, epoch + 1, sessions gone, artefacts of the account dead by
   epoch, notice to the mailbox, audit row — one transaction. With `reset` it is consumed in it (ERR_EXPIRED: nothing happened).
   `proven_email`: the reset link proved the mailbox: an unverified address becomes verified through the one door, and what a
   pre-registrant may have left on a never-verified account (phone, pending values, names stay) is cleaned. */
struct artefact;
MUST_USE Error password_change(struct portal *, const struct visit *, const struct user *, Str password, const struct artefact *reset);

#endif
