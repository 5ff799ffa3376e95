#include "account/proving_limit.h"

#include "account/throttle.h"

enum { AN_HOUR = 3600, A_DAY = 86400, LIMITS = 4 };

struct limit {
    struct bucket bucket;
    Str key;
    int64_t most;                 /* with that many the bucket pauses for its window */
};

static void fill(const struct proof_limit *wish, struct limit limits[LIMITS])
{
    const struct options *options = wish->portal->options;
    struct arena *arena = wish->visit->arena;
    bool phone = wish->kind->proof == PROOF_PHONE;
    Str account = arena_print(arena, "%lld", (long long)wish->account);
    Str own = arena_print(arena, "%lld\n%.*s", (long long)wish->account, STR_ARGS(wish->destination));
    limits[0] = (struct limit){{"proof-again", options->resend_seconds}, phone ? wish->destination : own, 1};
    limits[1] = (struct limit){{"proof-destination", A_DAY}, wish->destination,
                               phone ? options->sms_per_day : options->verification_mails_per_day};
    limits[2] = (struct limit){{"proof-account", AN_HOUR}, account, options->proofs_per_hour};
    limits[3] = (struct limit){{"proof-network", AN_HOUR}, throttle_network(arena, wish->visit->peer), options->proofs_per_network};
}

static Error longest_pause(const struct proof_limit *wish, const struct limit limits[LIMITS], int64_t *seconds)
{
    *seconds = 0;
    for (size_t i = 0; i < LIMITS; i++) {
        int64_t count = 0, until = 0;
        Error error = throttle_look(wish->portal, wish->visit, &limits[i].bucket, limits[i].key, &count, &until);
        if (error) return error;
        if (until - wish->visit->now > *seconds) *seconds = until - wish->visit->now;
    }
    return OK;
}

static Error count(const struct proof_limit *wish, const struct limit *limit)
{
    int64_t counted = 0, until = 0;
    Error error = throttle_count(wish->portal, wish->visit, &limit->bucket, limit->key, &counted, &until);
    if (error || counted < limit->most) return error;
    return throttle_pause(wish->portal, wish->visit, &limit->bucket, limit->key, wish->visit->now + limit->bucket.window);
}

Error proof_limit_look(const struct proof_limit *wish, int64_t *seconds)
{
    struct limit limits[LIMITS];
    fill(wish, limits);
    return longest_pause(wish, limits, seconds);
}

Error proof_limit_take(const struct proof_limit *wish, int64_t *seconds)
{
    struct limit limits[LIMITS];
    fill(wish, limits);
    Error error = longest_pause(wish, limits, seconds);
    for (size_t i = 0; !error && *seconds == 0 && i < LIMITS; i++) error = count(wish, &limits[i]);
    return error;
}
