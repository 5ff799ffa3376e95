#include "account/sign_in_limit.h"

#include "account/audit.h"
#include "account/session.h"
#include "account/throttle.h"
#include "base/log.h"
#include "store/user_store.h"

enum {
    A_DAY = 86400, A_MONTH = 30 * A_DAY, AN_HOUR = 3600, TEN_MINUTES = 600,
    LONGEST_PAUSE = 600, NETWORK_PAUSE = 600, COUNTERS = 1 + SIGN_IN_ACCOUNTS,
};

/* That there is a pause at all: where it is, is hidden in the keys of the other counters. */
static const struct bucket paused_bucket = {"sign-in-paused", AN_HOUR};
static const struct bucket account_bucket = {"sign-in-account", A_MONTH};
static const struct bucket nobody_bucket = {"sign-in-nobody", A_MONTH};
static const struct bucket network_bucket = {"sign-in-network", AN_HOUR};
static const struct bucket sprayed_bucket = {"sign-in-sprayed", TEN_MINUTES};
static const struct bucket spray_bucket = {"sign-in-spray", TEN_MINUTES};

struct counter {
    struct bucket bucket;
    Str key;
    int64_t most, longest_pause;
};

size_t sign_in_names(struct arena *arena, const struct user *user, Str keys[SIGN_IN_NAMES])
{
    static const char *const fields[SIGN_IN_NAMES] = {"email", "username", "phone_number"};
    size_t count = 0;
    for (size_t i = 0; i < SIGN_IN_NAMES; i++) {
        Str key = identifier_key(arena, str_of(json_string_value(json_object_get(user->profile, fields[i]))));
        if (key.n) keys[count++] = key;
    }
    return count;
}

/* Each failure above the number that is free makes the pause five times longer. */
static int64_t pause_after(const struct options *options, int64_t above, int64_t longest)
{
    int64_t pause = options->login_pause_seconds;
    for (int64_t i = 0; i < above && pause < longest; i++) pause *= 5;
    return pause < longest || options->login_pause_seconds > longest ? pause : longest;
}

int64_t sign_in_pause(const struct options *options, int64_t failures)
{
    return pause_after(options, failures - options->login_failures, LONGEST_PAUSE);
}

/* Whoever has one address of IPv6 has all of its network: a fresh one for each attempt would never be paused. */
static Str counted_place(const struct visit *visit)
{
    return str_has(visit->peer, ':') ? throttle_network(visit->arena, visit->peer) : visit->peer;
}

static Str pair_of(const struct sign_in_limit *limit)
{
    return arena_print(limit->visit->arena, "%.*s\n%.*s", STR_ARGS(limit->name), STR_ARGS(counted_place(limit->visit)));
}

static Str network_of(const struct sign_in_limit *limit)
{
    return throttle_network(limit->visit->arena, limit->visit->peer);
}

static Str key_of(const struct sign_in_limit *limit, int64_t account)
{
    return arena_print(limit->visit->arena, "%lld", (long long)account);
}

static size_t fill(const struct sign_in_limit *limit, struct counter counters[COUNTERS])
{
    const struct options *options = limit->portal->options;
    if (limit->device.n) {
        counters[0] = (struct counter){{"sign-in-device", A_DAY}, limit->device, options->login_failures, LONGEST_PAUSE};
        return 1;
    }
    counters[0] = (struct counter){{"sign-in", A_DAY}, pair_of(limit), options->login_failures, LONGEST_PAUSE};
    counters[1] = (struct counter){nobody_bucket, limit->name, options->login_failures_per_account, AN_HOUR};
    for (size_t i = 0; i < limit->count; i++) {
        counters[1 + i] = (struct counter){account_bucket, key_of(limit, limit->accounts[i]), options->login_failures_per_account,
                                           AN_HOUR};
    }
    return 1 + (limit->count ? limit->count : 1);
}

static Error look(const struct sign_in_limit *limit, const struct bucket *bucket, Str key, int64_t *seconds)
{
    int64_t count = 0, until = 0;
    Error error = throttle_look(limit->portal, limit->visit, bucket, key, &count, &until);
    if (!error && until - limit->visit->now > *seconds) *seconds = until - limit->visit->now;
    return error;
}

Error sign_in_limit_paused(struct portal *portal, const struct visit *visit, Str name, int64_t *until)
{
    int64_t count = 0;
    Error error = throttle_look(portal, visit, &paused_bucket, name, &count, until);
    if (!error && *until <= visit->now) *until = 0;
    return error;
}

static Error note_pause(const struct sign_in_limit *limit, int64_t until)
{
    int64_t noted = 0;
    Error error = sign_in_limit_paused(limit->portal, limit->visit, limit->name, &noted);
    if (error || noted >= until) return error;
    return throttle_count_paused(limit->portal, limit->visit, &paused_bucket, limit->name, until);
}

static Error count(const struct sign_in_limit *limit, const struct counter *counter)
{
    int64_t counted = 0, until = 0;
    Error error = throttle_count(limit->portal, limit->visit, &counter->bucket, counter->key, &counted, &until);
    if (error || counted < counter->most) return error;
    int64_t pause = pause_after(limit->portal->options, counted - counter->most, counter->longest_pause);
    error = throttle_pause(limit->portal, limit->visit, &counter->bucket, counter->key, limit->visit->now + pause);
    return error ? error : note_pause(limit, limit->visit->now + pause);
}

Error sign_in_limit_take(const struct sign_in_limit *limit, int64_t *seconds)
{
    struct counter counters[COUNTERS];
    size_t size = fill(limit, counters);
    *seconds = 0;
    Error error = limit->device.n ? OK : look(limit, &network_bucket, network_of(limit), seconds);
    for (size_t i = 0; !error && i < size; i++) error = look(limit, &counters[i].bucket, counters[i].key, seconds);
    for (size_t i = 0; !error && *seconds == 0 && i < size; i++) error = count(limit, &counters[i]);
    return error;
}

Error sign_in_limit_give_back(const struct sign_in_limit *limit)
{
    struct counter counters[COUNTERS];
    size_t size = fill(limit, counters);
    Error error = OK;
    for (size_t i = 0; !error && i < size; i++)
        error = throttle_uncount(limit->portal, limit->visit, &counters[i].bucket, counters[i].key);
    return error ? error : throttle_uncount(limit->portal, limit->visit, &paused_bucket, limit->name);
}

static Error forget_all(const struct sign_in_limit *limit)
{
    struct counter counters[COUNTERS];
    size_t size = fill(limit, counters);
    Error error = OK;
    for (size_t i = 0; !error && i < size; i++)
        error = throttle_forget(limit->portal, limit->visit, &counters[i].bucket, counters[i].key);
    return error;
}

Error sign_in_limit_share(struct sign_in_limit *limit)
{
    int64_t accounts[2];
    size_t count = 0;
    Error error = users_by_identifier(limit->portal->db, limit->visit->arena, limit->name, 0, accounts, 2, &count);
    limit->shared = limit->shared || count > 1;
    return error;
}

static Error forget_name(const struct sign_in_limit *limit)
{
    struct sign_in_limit stranger = *limit;
    stranger.device = STR_NONE;
    Error error = forget_all(&stranger);
    if (!error) error = throttle_forget(limit->portal, limit->visit, &paused_bucket, limit->name);
    return error || !limit->device.n ? error : forget_all(limit);
}

Error sign_in_limit_passed(const struct sign_in_limit *limit, int64_t account)
{
    if (!limit->shared) return forget_name(limit);
    Error error = limit->device.n ? forget_all(limit) : sign_in_limit_give_back(limit);
    return error ? error : throttle_forget(limit->portal, limit->visit, &account_bucket, key_of(limit, account));
}

Error session_forgive(struct portal *portal, const struct visit *visit, const struct user *user)
{
    Str names[SIGN_IN_NAMES];
    size_t size = sign_in_names(visit->arena, user, names);
    Error error = OK;
    for (size_t i = 0; !error && i < size; i++) {
        struct sign_in_limit limit = {.portal = portal, .visit = visit, .name = names[i], .accounts = {user->id}, .count = 1};
        error = sign_in_limit_share(&limit);
        if (!error) error = limit.shared ? throttle_forget(portal, visit, &account_bucket, key_of(&limit, user->id)) : forget_name(&limit);
    }
    return error;
}

/* --- failures of many --- */

static Error count_network(const struct sign_in_limit *limit)
{
    int64_t counted = 0, until = 0;
    Str network = network_of(limit);
    Error error = throttle_count(limit->portal, limit->visit, &network_bucket, network, &counted, &until);
    if (error || counted < limit->portal->options->login_failures_per_network) return error;
    return throttle_pause(limit->portal, limit->visit, &network_bucket, network, limit->visit->now + NETWORK_PAUSE);
}

static Error audit_spray(const struct sign_in_limit *limit)
{
    const struct visit *visit = limit->visit;
    struct audit_entry entry = {
        .at = visit->now, .request_id = visit->request_id, .actor = STR("system"), .actor_id = STR(""),
        .action = STR("signin.spray"), .outcome = STR("refused"), .peer = STR(""), .fields = STR("[]"),
        .reason = arena_print(visit->arena, "%lld names", (long long)limit->portal->options->spray_alarm),
    };
    return audit_write(limit->portal, &entry);
}

/* A name counts once in each ten minutes by the clock. */
static Error watch_for_spray(const struct sign_in_limit *limit, bool *alarm)
{
    const struct visit *visit = limit->visit;
    int64_t counted = 0, until = 0;
    Str window = arena_print(visit->arena, "%lld", (long long)(visit->now / TEN_MINUTES));
    Str name = arena_print(visit->arena, "%.*s\n%.*s", STR_ARGS(window), STR_ARGS(limit->name));
    if (!limit->portal->options->spray_alarm) return OK;
    Error error = throttle_count(limit->portal, visit, &sprayed_bucket, name, &counted, &until);
    if (error || counted > 1) return error;
    error = throttle_count(limit->portal, visit, &spray_bucket, window, &counted, &until);
    if (error || counted != limit->portal->options->spray_alarm) return error;
    *alarm = true;
    return audit_spray(limit);
}

Error sign_in_limit_failed(const struct sign_in_limit *limit, bool *alarm)
{
    *alarm = false;
    Error error = count_network(limit);
    return error ? error : watch_for_spray(limit, alarm);
}

void sign_in_limit_tell(const struct options *options)
{
    log_line(LOG_WARNING, "sign-in failed for %lld different names within %d minutes: somebody may be trying one password on all",
             (long long)options->spray_alarm, TEN_MINUTES / 60);
}
