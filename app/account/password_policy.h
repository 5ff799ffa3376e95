/* What a new password must be: levels of domain.md §10.1, extra checks of §10.2, security.md B21. All reasons are found at once. */
#ifndef LATCHKEY_PASSWORD_POLICY_H
#define LATCHKEY_PASSWORD_POLICY_H

#include "account/portal.h"

/* What a page can look at while somebody types. The rest needs what only the server knows: it is found on saving. */
enum password_check { CHECK_ON_SAVING, CHECK_LEAST, CHECK_MOST, CHECK_MIXED, CHECK_THREE_KINDS, CHECK_ROW, CHECK_PERSONAL,
                      PASSWORD_CHECKS };

/* One reason, in words of the catalogue ({LIMIT} filled by `limit`). */
struct password_reason {
    const char *message;
    int64_t limit;                /* CHECK_LEAST: code points; CHECK_MOST: bytes */
    enum password_check check;
};
enum { PASSWORD_REASONS = 12, PASSWORD_NEW_MAX_BYTES = 72 };   /* domain.md §0.1: more are refused, not cut off */

/* Checks `password` against the policy of the user's connection (options of the connection: passwordPolicy none|low|fair|good|excellent,
   password_complexity_options.min_length, password_history {enable,size}, password_dictionary {enable,dictionary}, password_no_personal_info
   {enable}, password_strength {enable}) — presets: level "low" with 10 characters, dictionary and personal information on, history 1;
   the estimate of strength is on unless the connection names a level — and against breached passwords (option breach_file).
   History compares with hashes, heavy: goes through hashing. Fills at most PASSWORD_REASONS reasons; *count 0: fine. */
MUST_USE Error password_policy_check(struct portal *, const struct visit *, const struct user *, Str password,
                                     struct password_reason reasons[PASSWORD_REASONS], size_t *count);
/* The same without looking at earlier passwords: for somebody who has not proven to know the present one, and must not learn here
   what it is. */
MUST_USE Error password_policy_look(struct portal *, const struct visit *, const struct user *, Str password,
                                    struct password_reason reasons[PASSWORD_REASONS], size_t *count);
/* What the page says before anybody types: the same reasons, for an empty password, without history and breaches. */
size_t password_policy_words(const struct portal *, const struct user *, struct password_reason reasons[PASSWORD_REASONS]);
/* Whether more is looked at on saving than a page can tell before: guesses, dictionary, breaches. */
bool password_policy_guesses(const struct portal *, const struct user *);
/* How many earlier passwords are looked at, the present one among them. */
size_t password_policy_history(const struct portal *, const struct user *);

/* Whether the account has a password here, or may get its first one. False: another place keeps it (a directory, a social site), or
   the connection says disable_self_service_change_password. */
bool password_is_kept_here(const struct portal *, const struct user *);

#endif
