#include "account/password_policy.h"

#include "account/password_breach.h"
#include "account/password_person.h"
#include "account/password_strength.h"
#include "base/text_marker.h"
#include "base/utf8.h"
#include "model/strategy.h"

enum { PRESET_LENGTH = 10, PRESET_HISTORY = 1, USUAL_HISTORY = 5, HISTORY_MAX = 24, DICTIONARY_MAX = 200 };

enum strength { STRENGTH_NONE, STRENGTH_LOW, STRENGTH_FAIR, STRENGTH_GOOD, STRENGTH_EXCELLENT };

struct policy {
    enum strength strength;
    int64_t length;               /* code points */
    bool dictionary, personal, estimate;
    const json_t *words;          /* the connection's own dictionary; NULL: none */
    int64_t history;
};

struct finding {
    struct password_reason *reasons;
    size_t count;
};

static void find(struct finding *finding, enum password_check check, const char *message, int64_t limit)
{
    if (finding->count < PASSWORD_REASONS) finding->reasons[finding->count++] = (struct password_reason){message, limit, check};
}

/* --- what the connection says --- */

static const struct { const char *name; enum strength strength; int64_t length; } levels[] = {
    {"none", STRENGTH_NONE, 1}, {"low", STRENGTH_LOW, 6}, {"fair", STRENGTH_FAIR, 8}, {"good", STRENGTH_GOOD, 8},
    {"excellent", STRENGTH_EXCELLENT, 10},
};

static void read_level(const json_t *options, struct policy *policy)
{
    Str name = str_of(json_string_value(json_object_get(options, "passwordPolicy")));
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (!str_is(name, levels[i].name)) continue;
        policy->strength = levels[i].strength;
        policy->length = levels[i].length;
        policy->estimate = false;
    }
}

static bool is_enabled(const json_t *options, const char *name, bool preset)
{
    const json_t *said = json_object_get(json_object_get(options, name), "enable");
    return json_is_boolean(said) ? json_is_true(said) : preset;
}

static int64_t number(const json_t *value, int64_t least, int64_t most, int64_t preset)
{
    int64_t n = json_is_integer(value) ? (int64_t)json_integer_value(value) : preset;
    return n < least ? least : n > most ? most : n;
}

static struct policy policy_of(const struct portal *portal, const struct user *user)
{
    const struct connection *connection = directory_connection(&portal->directory, user->connection);
    const json_t *options = connection ? connection->options : NULL;
    struct policy policy = {.strength = STRENGTH_LOW, .length = PRESET_LENGTH, .estimate = true};
    read_level(options, &policy);
    const json_t *length = json_object_get(json_object_get(options, "password_complexity_options"), "min_length");
    policy.length = number(length, 1, PASSWORD_NEW_MAX_BYTES, policy.length);
    policy.estimate = is_enabled(options, "password_strength", policy.estimate);
    policy.dictionary = is_enabled(options, "password_dictionary", true);
    policy.words = json_object_get(json_object_get(options, "password_dictionary"), "dictionary");
    policy.personal = is_enabled(options, "password_no_personal_info", true);
    const json_t *history = json_object_get(options, "password_history");
    if (is_enabled(options, "password_history", true))
        policy.history = number(json_object_get(history, "size"), 0, HISTORY_MAX,
                                history ? USUAL_HISTORY : PRESET_HISTORY);
    return policy;
}

size_t password_policy_history(const struct portal *portal, const struct user *user)
{
    return (size_t)policy_of(portal, user).history;
}

bool password_policy_guesses(const struct portal *portal, const struct user *user)
{
    struct policy policy = policy_of(portal, user);
    const struct options *options = portal->options;
    return policy.dictionary || policy.estimate || options->breach_file.n || options->breach_url.n;
}

bool password_is_kept_here(const struct portal *portal, const struct user *user)
{
    const struct connection *connection = directory_connection(&portal->directory, user->connection);
    const struct strategy *strategy = connection ? strategy_find(connection->strategy) : NULL;
    if (connection && json_is_true(json_object_get(connection->options, "disable_self_service_change_password"))) return false;
    return user->password_hash.n > 0 || (strategy && strategy->kind == STRATEGY_DATABASE);
}

/* --- what the password is made of --- */

struct made {
    bool lower, upper, digit, sign;
    int64_t length, run;          /* code points; the longest row of one character */
};

static void count_class(struct made *made, uint32_t c)
{
    if (c >= 'a' && c <= 'z') made->lower = true;
    else if (c >= 'A' && c <= 'Z') made->upper = true;
    else if (c >= '0' && c <= '9') made->digit = true;
    else if (c >= ' ' && c <= '~') made->sign = true;
}

/* Bytes that are no UTF-8 end the count: what is behind them adds to no class. */
static struct made look_at(Str password)
{
    struct made made = {.length = 0};
    uint32_t c, before = 0;
    int64_t run = 0;
    for (size_t at = 0; utf8_next(password, &at, &c); before = c) {
        run = c == before && run ? run + 1 : 1;
        if (run > made.run) made.run = run;
        made.length++;
        count_class(&made, c);
    }
    return made;
}

static void check_classes(const struct policy *policy, const struct made *made, struct finding *finding)
{
    int classes = made->lower + made->upper + made->digit + made->sign;
    if (policy->strength == STRENGTH_FAIR && !(made->lower && made->upper && made->digit))
        find(finding, CHECK_MIXED, N_("Use small letters, capital letters and digits."), 0);
    if (policy->strength >= STRENGTH_GOOD && classes < 3)
        find(finding, CHECK_THREE_KINDS, N_("Use three of these four: small letters, capital letters, digits, signs."), 0);
}

static void check_length(const struct policy *policy, Str password, int64_t length, struct finding *finding)
{
    if (length < policy->length && policy->length > 1)
        find(finding, CHECK_LEAST, N_("Use at least {LIMIT} characters."), policy->length);
    else if (length < 1) find(finding, CHECK_LEAST, N_("Enter a new password."), 1);
    if (password.n > PASSWORD_NEW_MAX_BYTES)
        find(finding, CHECK_MOST,
             N_("Use at most {LIMIT} characters. Letters with accents and those of other scripts count as two or more."),
             PASSWORD_NEW_MAX_BYTES);
}

/* --- what others would try --- */

static bool is_in_dictionary(struct arena *arena, const struct policy *policy, Str password)
{
    for (size_t i = 0; i < json_array_size(policy->words) && i < DICTIONARY_MAX; i++) {
        Str word = str_of(json_string_value(json_array_get(policy->words, i)));
        if (word.n && password_is_same(arena, password, word)) return true;
    }
    return false;
}

static enum guess guess(struct arena *arena, Str password, const struct words *person, const struct words *place)
{
    Str *all = ARENA_ARRAY(arena, Str, person->count + place->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < place->count; i++) all[count++] = place->list[i];
    for (size_t i = 0; i < person->count; i++) all[count++] = person->list[i];
    return password_guess(arena, password, all, count);
}

static const char words_personal[] = N_("Leave out your name, your username and your e-mail address.");
static const char words_common[] =
    N_("Use none of the passwords that many people use, nor the name of this portal or of your organization.");
static const char words_easy[] = N_("Make it hard to guess: a few words that do not belong together do well.");
static const char words_repeats[] = N_("Use no character more than twice in a row.");

static Error check_guesses(struct portal *portal, struct arena *arena, const struct policy *policy, const struct user *user,
                           Str password, struct finding *finding)
{
    struct words person = words_of_person(arena, user), place;
    Error error = words_of_place(portal, arena, user, &place);
    if (error) return error;
    enum guess difficulty = guess(arena, password, &person, &place);
    bool common = difficulty == GUESS_COMMON || is_in_dictionary(arena, policy, password) ||
                  password_is_one_of(arena, password, &place);
    if (policy->personal && password_contains(arena, password, &person)) find(finding, CHECK_PERSONAL, words_personal, 0);
    if (policy->dictionary && common) find(finding, CHECK_ON_SAVING, words_common, 0);
    else if (policy->estimate && difficulty != GUESS_HARD) find(finding, CHECK_ON_SAVING, words_easy, 0);
    return OK;
}

/* --- all of it --- */

static Error look(struct portal *portal, const struct visit *visit, const struct user *user, Str password, struct finding *finding)
{
    struct policy policy = policy_of(portal, user);
    struct made made = look_at(password);
    check_length(&policy, password, made.length, finding);
    check_classes(&policy, &made, finding);
    if (policy.strength == STRENGTH_EXCELLENT && made.run > 2)
        find(finding, CHECK_ROW, words_repeats, 0);
    if (!password.n || password.n > PASSWORD_NEW_MAX_BYTES) return OK;
    Error error = check_guesses(portal, visit->arena, &policy, user, password, finding);
    if (!error && password_is_breached(portal, visit, password))
        find(finding, CHECK_ON_SAVING, N_("Choose another one: this one is known from a data breach."), 0);
    return error;
}

Error password_policy_look(struct portal *portal, const struct visit *visit, const struct user *user, Str password,
                           struct password_reason reasons[PASSWORD_REASONS], size_t *count)
{
    struct finding finding = {.reasons = reasons};
    Error error = look(portal, visit, user, password, &finding);
    *count = finding.count;
    return error;
}

static Error was_used(struct portal *portal, const struct visit *visit, Str hash, Str password, bool *used)
{
    Str rehash;
    if (!hash.n) return OK;
    Error error = hashing_verify(&portal->hashing, visit->arena, hash, password, &rehash);
    *used = *used || error == OK;
    return error == ERR_DENIED ? OK : error;
}

static Error read_history(struct portal *portal, const struct visit *visit, const struct user *user, Str *hashes, size_t room,
                          size_t *count)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_password_history_list, DB_ARGS(db_int(user->id), db_int((int64_t)room)), &rows);
    if (error) return error;
    while (row_next(&rows))
        if (*count < room) hashes[(*count)++] = arena_copy(visit->arena, row_text(&rows, 0));
    return rows_end(&rows);
}

static Error check_history(struct portal *portal, const struct visit *visit, const struct user *user, Str password,
                           struct finding *finding)
{
    Str hashes[HISTORY_MAX] = {user->password_hash};
    size_t depth = password_policy_history(portal, user), count = 1;
    bool used = false;
    if (!depth || !password.n || password.n > PASSWORD_NEW_MAX_BYTES) return OK;
    Error error = read_history(portal, visit, user, hashes, depth, &count);
    for (size_t i = 0; !error && !used && i < count; i++) error = was_used(portal, visit, hashes[i], password, &used);
    if (used && depth == 1) find(finding, CHECK_ON_SAVING, N_("Choose one that differs from your present password."), 0);
    else if (used)
        find(finding, CHECK_ON_SAVING, N_("Choose another one: your last {LIMIT} passwords cannot be used again."), (int64_t)depth);
    return error;
}

Error password_policy_check(struct portal *portal, const struct visit *visit, const struct user *user, Str password,
                            struct password_reason reasons[PASSWORD_REASONS], size_t *count)
{
    struct finding finding = {.reasons = reasons};
    Error error = look(portal, visit, user, password, &finding);
    if (!error) error = check_history(portal, visit, user, password, &finding);
    *count = finding.count;
    return error;
}

size_t password_policy_words(const struct portal *portal, const struct user *user,
                             struct password_reason reasons[PASSWORD_REASONS])
{
    struct policy policy = policy_of(portal, user);
    struct finding finding = {.reasons = reasons};
    struct made nothing = {.length = 0};
    if (policy.length > 1) check_length(&policy, STR(""), 0, &finding);
    check_classes(&policy, &nothing, &finding);
    if (policy.strength == STRENGTH_EXCELLENT) find(&finding, CHECK_ROW, words_repeats, 0);
    if (policy.personal) find(&finding, CHECK_PERSONAL, words_personal, 0);
    if (policy.dictionary) find(&finding, CHECK_ON_SAVING, words_common, 0);
    if (policy.estimate) find(&finding, CHECK_ON_SAVING, words_easy, 0);
    return finding.count;
}
