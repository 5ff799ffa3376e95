#include "page/hold.h"

Str hold_way(const struct exchange *exchange)
{
    if (exchange->session.user.deletion_at > 0) return STR("/privacy/deletion");
    return STR_NONE;
}
