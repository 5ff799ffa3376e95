/* What the `latchkey user` commands and `latchkey explain` share. */
#ifndef LATCHKEY_COMMAND_USER_H
#define LATCHKEY_COMMAND_USER_H

#include "account/deletion.h"
#include "account/profile.h"
#include "command/arguments.h"
#include "command/command.h"

/* One command at work on an open store. */
struct work {
    struct command *command;
    struct portal portal;
    struct visit visit;
    const char *connection, *reason;   /* --connection, --reason; NULL: not given */
};

/* Finds the one account that `who` names: a user_id, an e-mail address, a username or a phone number, in the connection given.
   Else says why on stderr, with the connections to choose from, and returns the exit code. */
MUST_USE int user_find(struct work *, const char *who, struct user *out);
/* What people know the account by: e-mail address, username, phone number, else the user_id. */
Str user_label(const struct user *);
/* Says on stderr why a change was refused; returns EXIT_REFUSED. */
MUST_USE int user_refused(struct work *, const Commit *);
/* The Management API's object as one line (--json), else `done` as a line about the account. */
void user_done(struct work *, const struct user *, const char *done);

/* What --reason gives for the audit: 1 to USER_REASON_MAX characters that a line can show. */
enum { USER_REASON_MAX = 200 };
bool user_is_reason(const char *);
/* Why an account cannot be deleted; returns EXIT_REFUSED. */
int user_say_obstacle(const Deletion *);

int user_add(struct work *, struct arguments *);
int user_show(struct work *, struct arguments *);
int user_list(struct work *, struct arguments *);
int user_block(struct work *, struct arguments *);
int user_unblock(struct work *, struct arguments *);
int user_password(struct work *, struct arguments *);
int user_verify(struct work *, struct arguments *);
int user_delete(struct work *, struct arguments *);

#endif
