#include "page/place.h"

#include "account/crypto.h"
#include "base/encode.h"

enum { SEALED_MOST = 256 };

Str place_write(const struct exchange *exchange, Str list, int64_t before)
{
    Str plain = arena_print(exchange->arena, "%lld", (long long)before);
    return base64url_encode(exchange->arena, keys_seal(exchange->arena, exchange->portal->keys, plain, list));
}

bool place_read(const struct exchange *exchange, Str list, int64_t *before)
{
    const struct form *query = &exchange->request->query;
    Str given = form_get(query, "before"), sealed, plain;
    *before = 0;
    if (!form_has(query, STR("before"))) return true;
    return given.n <= SEALED_MOST && base64url_decode(exchange->arena, given, &sealed) &&
           keys_open_sealed(exchange->arena, exchange->portal->keys, sealed, list, &plain) && str_to_int(plain, before) && *before > 0;
}
