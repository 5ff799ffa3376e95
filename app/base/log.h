/* The program's log: one line an event on stderr (or the file descriptor given), "<time> <level> <request id> text".
   Control characters in values are written as \xNN, so that a line stays a line; a line is cut at 2 kB. Never log secrets,
   query strings, or what a person typed. */
#ifndef LATCHKEY_LOG_H
#define LATCHKEY_LOG_H

#include "base/str.h"

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

void log_to(int fd);                             /* default: 2 */
void log_request(Str id);                        /* shown in the lines that follow; STR_NONE: none. Copied (16 bytes) */
void log_line(enum log_level, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
