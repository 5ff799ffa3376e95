#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

enum { LINE = 2048 };

static int log_fd = 2;
static char request_id[17];

void log_to(int fd)
{
    log_fd = fd;
}

/* What is no clean text is spelled out byte by byte. Leaves room for the line's end. */
static size_t put_escaped(char *line, size_t n, Str text)
{
    size_t at = 0;
    while (at < text.n) {
        size_t from = at;
        uint32_t character;
        bool whole = utf8_next(text, &at, &character);
        if (!whole)
            at++;
        Str piece = {text.p + from, at - from};
        if (n + 4 * piece.n + 1 >= LINE)
            break;
        if (whole && !utf8_has_forbidden(piece, false)) {
            memcpy(line + n, piece.p, piece.n);
            n += piece.n;
            continue;
        }
        for (size_t i = 0; i < piece.n; i++)
            n += (size_t)snprintf(line + n, LINE - n, "\\x%02x", (unsigned char)piece.p[i]);
    }
    return n;
}

void log_request(Str id)
{
    size_t n = 0;
    for (; n < id.n && n < sizeof request_id - 1; n++)
        request_id[n] = id.p[n];
    request_id[n] = '\0';
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"info", "warning", "error"};
    char line[LINE], text[LINE];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%SZ", &utc);
    n += (size_t)snprintf(line + n, sizeof line - n, " %s %s ", names[level], request_id[0] ? request_id : "-");
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t kept = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    n = put_escaped(line, n, (Str){text, kept});
    line[n++] = '\n';
    /* One write a line, so that lines of several workers do not mix. There is nobody to tell when the log cannot be written. */
    if (write(log_fd, line, n) < 0)
        return;
}
