/* What a browser says of itself, in words that a person knows. A claim, not a proof: the header is whatever the other side sends,
   so nothing of it is ever shown; what comes back is one of our own constants. */
#ifndef LATCHKEY_DEVICE_H
#define LATCHKEY_DEVICE_H

#include "base/str.h"

typedef struct Device {
    const char *browser, *system;     /* proper names, the same in every language; NULL: it does not say */
} Device;

Device device_of(Str user_agent);

#endif
