/* The known-device cookie (account/known_device.h) on its way to and from the browser. */
#ifndef LATCHKEY_PAGE_DEVICE_H
#define LATCHKEY_PAGE_DEVICE_H

#include "page/exchange.h"

/* As it came; STR_NONE: none. */
Str device_told(const struct exchange *);
/* For a year; without one the browser keeps what it has. */
void device_keep(struct exchange *, Str cookie);
/* Of an account whose owner has just proven it, after its epoch moved on. */
void device_renew(struct exchange *, int64_t account);

#endif
