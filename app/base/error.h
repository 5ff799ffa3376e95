/* What a caller can do about a call that did not work. 0 is success.
   A verdict (may this happen?) is never an Error: its 0 means refused. */
#ifndef LATCHKEY_ERROR_H
#define LATCHKEY_ERROR_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

typedef enum Error {
    OK = 0,
    ERR_INVALID,   /* the input can be repaired by whoever wrote it */
    ERR_DENIED,    /* a rule or a missing right; trying again changes nothing */
    ERR_SIGN_IN,   /* no session, or one that is not fresh enough */
    ERR_NOT_FOUND, /* absent, or another tenant's: the same answer */
    ERR_CONFLICT,  /* somebody else was first: a unique value, a newer version */
    ERR_EXPIRED,   /* it was valid once */
    ERR_BUSY,      /* try again in a moment */
    ERR_FAULT      /* ours to repair; logged where it was found */
} Error;

#endif
