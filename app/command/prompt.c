#include "command/prompt.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "account/password.h"

bool prompt_is_possible(void)
{
    return isatty(STDIN_FILENO) == 1;
}

/* Byte by byte: what stands behind the line belongs to whoever reads next. */
static Error read_line(struct arena *arena, size_t most, Str *out)
{
    char *line = arena_take(arena, most + 1);
    size_t n = 0;
    char c = '\0';
    ssize_t got;
    while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
        if (n == most || c == '\0') return ERR_INVALID;
        line[n++] = c;
    }
    if (got != 1 && n == 0) return ERR_NOT_FOUND;
    if (n && line[n - 1] == '\r') n--;
    *out = (Str){line, n};
    return OK;
}

/* Ctrl-C while the echo is off would leave the terminal mute: the signals wait until it is on again. */
static Error read_hidden(struct arena *arena, size_t most, Str *out)
{
    struct termios shown, hidden;
    sigset_t held, before;
    if (tcgetattr(STDIN_FILENO, &shown)) return read_line(arena, most, out);
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGQUIT);
    sigaddset(&held, SIGTSTP);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, &before);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    hidden.c_lflag |= ECHONL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    Error error = read_line(arena, most, out);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return error;
}

Error prompt_line(struct arena *arena, const char *question, bool hidden, size_t most, Str *out)
{
    if (!prompt_is_possible()) return read_line(arena, most, out);
    fputs(question, stderr);
    fflush(stderr);
    return hidden ? read_hidden(arena, most, out) : read_line(arena, most, out);
}

Error prompt_password(struct arena *arena, const char *question, Str *out)
{
    Str again;
    Error error = prompt_line(arena, question, true, PASSWORD_MAX_BYTES, out);
    if (error || !prompt_is_possible()) return error;
    error = prompt_line(arena, "The same again: ", true, PASSWORD_MAX_BYTES, &again);
    if (error) return error;
    return str_eq(*out, again) ? OK : ERR_CONFLICT;
}
