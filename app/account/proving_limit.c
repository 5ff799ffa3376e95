#include "account/proving_limit.h"

#include "account/throttle.h"
#include "base/log.h"
#include "model/identifier.h"

enum { AN_HOUR = 3600, A_DAY = 86400, LIMITS = 5 };

struct limit {
    struct bucket bucket;
    Str key;
    int64_t most;                 /* with that many the bucket pauses */
    int64_t until;                /* until then; 0: for its window */
    const char *alarm;            /* what the log warns of when it begins to pause */
};

bool proof_limit_reaches(const struct options *options, const struct proof_kind *kind, Str value)
{
    return kind->proof != PROOF_PHONE || calling_codes_cover(options->sms_countries, value);
}

/* Days are those of UTC, the same for everybody: with the last code of today it is clear when there is a next one. */
static struct limit all_phones(const struct proof_limit *wish)
{
    int64_t day = wish->visit->now / A_DAY;
    return (struct limit){.bucket = {"sms-day", A_DAY}, .key = arena_print(wish->visit->arena, "%lld", (long long)day),
                          .most = wish->portal->options->sms_per_day_in_all, .until = (day + 1) * A_DAY,
                          .alarm = "all codes that may be sent by SMS today are used up (sms_per_day_in_all)"};
}

/* How many limits there are. */
static size_t fill(const struct proof_limit *wish, struct limit limits[LIMITS])
{
    const struct options *options = wish->portal->options;
    struct arena *arena = wish->visit->arena;
    bool phone = wish->kind->proof == PROOF_PHONE;
    Str account = arena_print(arena, "%lld", (long long)wish->account);
    Str own = arena_print(arena, "%lld\n%.*s", (long long)wish->account, STR_ARGS(wish->destination));
    limits[0] = (struct limit){{"proof-again", options->resend_seconds}, phone ? wish->destination : own, 1, 0, NULL};
    limits[1] = (struct limit){{"proof-destination", A_DAY}, wish->destination,
                               phone ? options->sms_per_day : options->verification_mails_per_day, 0, NULL};
    limits[2] = (struct limit){{"proof-account", AN_HOUR}, account, options->proofs_per_hour, 0, NULL};
    limits[3] = (struct limit){{"proof-network", AN_HOUR}, throttle_network(arena, wish->visit->peer), options->proofs_per_network,
                               0, NULL};
    if (phone) limits[4] = all_phones(wish);
    return phone ? LIMITS : LIMITS - 1;
}

static Error longest_pause(const struct proof_limit *wish, const struct limit *limits, size_t size, int64_t *seconds)
{
    *seconds = 0;
    for (size_t i = 0; i < size; i++) {
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
    if (limit->alarm) log_line(LOG_WARNING, "%s", limit->alarm);
    return throttle_pause(wish->portal, wish->visit, &limit->bucket, limit->key,
                          limit->until ? limit->until : wish->visit->now + limit->bucket.window);
}

Error proof_limit_look(const struct proof_limit *wish, int64_t *seconds)
{
    struct limit limits[LIMITS];
    size_t size = fill(wish, limits);
    return longest_pause(wish, limits, size, seconds);
}

Error proof_limit_take(const struct proof_limit *wish, int64_t *seconds)
{
    struct limit limits[LIMITS];
    size_t size = fill(wish, limits);
    Error error = longest_pause(wish, limits, size, seconds);
    for (size_t i = 0; !error && *seconds == 0 && i < size; i++) error = count(wish, &limits[i]);
    return error;
}
