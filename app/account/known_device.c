#include "account/known_device.h"

#include "account/sign_in_lift.h"
#include "account/sign_in_limit.h"
#include "base/encode.h"
#include "store/user_store.h"

enum { ACCOUNTS = 4, LONGEST_COOKIE = 1000, NUMBER_BYTES = 16 };

static const char purpose[] = "known device";

struct mark {
    int64_t account, epoch, at;
};

struct device {
    Str number;                   /* random; empty: no device that we know */
    struct mark marks[ACCOUNTS];  /* the last one first */
    size_t count;
};

static bool read_mark(Str line, struct mark *out)
{
    Str account = str_cut(&line, ' '), epoch = str_cut(&line, ' ');
    return str_to_int(account, &out->account) && str_to_int(epoch, &out->epoch) && str_to_int(line, &out->at);
}

static struct device open_device(struct portal *portal, const struct visit *visit)
{
    struct device device = {0};
    Str sealed, plain;
    bool genuine = visit->device.n > 0 && visit->device.n <= LONGEST_COOKIE &&
                   base64url_decode(visit->arena, visit->device, &sealed) &&
                   keys_open_sealed(visit->arena, portal->keys, sealed, str_of(purpose), &plain);
    if (!genuine) return device;
    device.number = str_cut(&plain, '\n');
    while (plain.n && device.count < ACCOUNTS)
        if (read_mark(str_cut(&plain, '\n'), &device.marks[device.count])) device.count++;
    return device;
}

static bool goes_by(struct arena *arena, const struct user *user, Str name)
{
    Str names[SIGN_IN_NAMES];
    size_t count = sign_in_names(arena, user, names);
    bool found = false;
    for (size_t i = 0; i < count; i++) found = found || str_eq(names[i], name);
    return found;
}

Error known_device_find(struct portal *portal, const struct visit *visit, Str name, struct known_device *out)
{
    struct device device = open_device(portal, visit);
    *out = (struct known_device){0};
    for (size_t i = 0; i < device.count; i++) {
        const struct mark *mark = &device.marks[i];
        struct user user;
        if (visit->now - mark->at >= KNOWN_DEVICE_SECONDS) continue;
        Error error = user_get(portal->db, visit->arena, mark->account, &user);
        if (error && error != ERR_NOT_FOUND) return error;
        if (error || user.epoch != mark->epoch || !goes_by(visit->arena, &user, name)) continue;
        int64_t lifts = 0;
        error = sign_in_lifts(portal, visit, user.id, &lifts);
        if (error) return error;
        out->account = user.id;
        out->counted = arena_print(visit->arena, "%.*s\n%lld\n%lld", STR_ARGS(device.number), (long long)user.id, (long long)lifts);
    }
    return OK;
}

static void add_mark(struct text *plain, const struct mark *mark)
{
    text_print(plain, "\n%lld %lld %lld", (long long)mark->account, (long long)mark->epoch, (long long)mark->at);
}

Str known_device_cookie(struct portal *portal, const struct visit *visit, int64_t account, int64_t epoch)
{
    struct device device = open_device(portal, visit);
    struct text plain = {.arena = visit->arena};
    size_t count = 1;
    text_add(&plain, device.number.n ? device.number : hex_encode(visit->arena, crypto_random(visit->arena, NUMBER_BYTES)));
    add_mark(&plain, &(struct mark){account, epoch, visit->now});
    for (size_t i = 0; i < device.count && count < ACCOUNTS; i++) {
        if (device.marks[i].account == account) continue;
        add_mark(&plain, &device.marks[i]);
        count++;
    }
    return base64url_encode(visit->arena, keys_seal(visit->arena, portal->keys, text_str(&plain), str_of(purpose)));
}

Str known_device_renewed(struct portal *portal, const struct visit *visit, int64_t account)
{
    struct user user;
    Error error = user_get(portal->db, visit->arena, account, &user);
    return error ? STR("") : known_device_cookie(portal, visit, user.id, user.epoch);
}
