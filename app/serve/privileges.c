#include "serve/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const struct passwd *account_of(struct arena *arena, Str user)
{
    const struct passwd *account = getpwnam(arena_cstr(arena, user));
    if (!account) log_line(LOG_ERROR, "user: the system has no user \"%.*s\"", STR_ARGS(user));
    return account;
}

static Error refused(const char *what)
{
    log_line(LOG_ERROR, "%s: %s", what, strerror(errno));
    return ERR_FAULT;
}

Error privileges_drop(struct arena *arena, Str user)
{
    if (user.n == 0 || geteuid() != 0) return OK;
    const struct passwd *account = account_of(arena, user);
    if (!account) return ERR_INVALID;
    if (setgroups(0, NULL)) return refused("setgroups");
    if (setresgid(account->pw_gid, account->pw_gid, account->pw_gid)) return refused("setresgid");
    if (setresuid(account->pw_uid, account->pw_uid, account->pw_uid)) return refused("setresuid");
    if (account->pw_uid != 0 && setuid(0) == 0) {
        log_line(LOG_ERROR, "root's rights came back after they were given up");
        return ERR_FAULT;
    }
    return OK;
}

Error privileges_lend(struct arena *arena, Str user)
{
    if (user.n == 0 || geteuid() != 0) return OK;
    const struct passwd *account = account_of(arena, user);
    if (!account) return ERR_INVALID;
    if (setegid(account->pw_gid)) return refused("setegid");
    if (seteuid(account->pw_uid)) return refused("seteuid");
    return OK;
}

void privileges_return(void)
{
    /* Only root can have lent them, and root can always take them back; with half of them nothing should go on. */
    if (getuid() == geteuid() && getgid() == getegid()) return;
    if (seteuid(getuid()) || setegid(getgid())) abort();
}
