/* Proofs: each is used once, in its time, for its purpose, by its account, as it was when it was made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "account/artefact.h"
#include "account/state.h"
#include "base/encode.h"
#include "support/portal_support.h"
#include "support/scene.h"

enum { LIFE = 1800 };

static struct scene scene;
static struct portal *const portal = &scene.portal;
static const struct visit *const visit = &scene.visit;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

static Str make(enum purpose purpose, const struct user *user)
{
    Str secret = STR_NONE;
    struct artefact_wish wish = {.purpose = purpose, .user = user, .value = STR("new@example.com"), .seconds = LIFE};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, visit, &wish, &secret), OK);
    scene_commit(&scene);
    return secret;
}

static Error find(enum purpose purpose, Str secret)
{
    struct artefact found;
    return artefact_find(portal, visit, purpose, secret, &found);
}

/* Finds it and uses it up. */
static Error use(enum purpose purpose, Str secret)
{
    struct artefact found;
    Error error = artefact_find(portal, visit, purpose, secret, &found);
    if (error) return error;
    scene_begin(&scene);
    error = artefact_take(portal, visit, &found);
    scene_commit(&scene);
    return error;
}

static struct artefact found_with(enum purpose purpose, Str secret)
{
    struct artefact found;
    assert_int_equal(artefact_find(portal, visit, purpose, secret, &found), OK);
    return found;
}

static Error take(const struct artefact *artefact)
{
    scene_begin(&scene);
    Error error = artefact_take(portal, visit, artefact);
    scene_commit(&scene);
    return error;
}

static void move_epoch(void)
{
    store_do(portal->db, STMT_account_epoch, DB_ARGS(db_int(scene.ada.id)));
}

/* --- what a proof carries --- */

static void test_a_proof_brings_back_what_it_was_made_for(void **state)
{
    (void)state;
    Str secret = STR_NONE;
    struct artefact_wish wish = {.purpose = PURPOSE_EMAIL_CHANGE, .user = &scene.ada, .organization = scene.organization,
                                 .value = STR("new@example.com"), .data = json_pack("{s:s}", "next", "/profile"),
                                 .seconds = LIFE};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, visit, &wish, &secret), OK);
    scene_commit(&scene);
    struct artefact found = found_with(PURPOSE_EMAIL_CHANGE, secret), pending;
    assert_int_equal(found.account, scene.ada.id);
    assert_int_equal(found.organization, scene.organization);
    assert_int_equal(found.purpose, PURPOSE_EMAIL_CHANGE);
    assert_true(str_is(found.value, "new@example.com"));
    assert_string_equal(json_string_value(json_object_get(found.data, "next")), "/profile");
    assert_int_equal(found.created_at, SCENE_NOW);
    assert_int_equal(found.expires_at, SCENE_NOW + LIFE);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_EMAIL_CHANGE, scene.ada.id, &pending), OK);
    assert_int_equal(pending.id, found.id);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_EMAIL_CHANGE, scene.bob.id, &pending), ERR_NOT_FOUND);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_EMAIL_VERIFY, scene.ada.id, &pending), ERR_NOT_FOUND);
}

static void test_without_value_data_and_organization(void **state)
{
    (void)state;
    Str secret = STR_NONE;
    struct artefact_wish wish = {.purpose = PURPOSE_PASSWORD_RESET, .user = &scene.ada, .seconds = LIFE};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, visit, &wish, &secret), OK);
    scene_commit(&scene);
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, secret);
    assert_int_equal(found.organization, 0);
    assert_int_equal(found.value.n, 0);
    assert_int_equal(json_object_size(found.data), 0);
    assert_true(json_is_object(found.data));
}

static void test_secrets_are_long_and_never_the_same(void **state)
{
    (void)state;
    enum { MANY = 300 };
    static Str secrets[MANY];
    scene_begin(&scene);
    for (size_t i = 0; i < MANY; i++) {
        struct artefact_wish wish = {.purpose = PURPOSE_PASSWORD_RESET, .user = &scene.ada, .seconds = LIFE};
        assert_int_equal(artefact_make(portal, visit, &wish, &secrets[i]), OK);
        assert_int_equal(secrets[i].n, 43);
        for (size_t k = 0; k < i; k++) assert_false(str_eq(str_first(secrets[i], 8), str_first(secrets[k], 8)));
    }
    scene_commit(&scene);
    for (size_t i = 0; i < MANY - 1; i++) assert_int_equal(find(PURPOSE_PASSWORD_RESET, secrets[i]), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secrets[MANY - 1]), OK);
}

static void test_the_store_knows_no_secret(void **state)
{
    (void)state;
    Str link = make(PURPOSE_PASSWORD_RESET, &scene.ada), bytes, code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    assert_true(base64url_decode(scene.arena, link, &bytes));
    assert_true(scene_holds(&scene, STR("new@example.com")));
    assert_false(scene_holds(&scene, link));
    assert_false(scene_holds(&scene, bytes));
    Str sql = arena_print(scene.arena, "SELECT COUNT(*) FROM artefact WHERE instr(purpose || value || data, '%.*s') > 0",
                          STR_ARGS(code));
    assert_int_equal(store_count(portal->db, sql.p), 0);
}

static Str stored_hash(const char *purpose)
{
    struct rows rows;
    Value args[] = {db_int(scene.ada.id), db_text(str_of(purpose)), db_int(SCENE_NOW), db_int(0), db_int(5)};
    assert_int_equal(db_select(portal->db, STMT_artefact_get_of_account, args, 5, &rows), OK);
    assert_true(row_next(&rows));
    Str hash = arena_copy(scene.arena, row_text(&rows, 8));
    assert_int_equal(rows_end(&rows), OK);
    return hash;
}

static void test_the_hash_in_the_table_opens_nothing(void **state)
{
    (void)state;
    (void)make(PURPOSE_PASSWORD_RESET, &scene.ada);
    Str hash = stored_hash("password_reset");
    assert_int_equal(hash.n, 32);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, hash), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, base64url_encode(scene.arena, hash)), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, hex_encode(scene.arena, hash)), ERR_EXPIRED);
}

static void test_only_the_exact_secret_is_one(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada);
    struct arena *arena = scene.arena;
    char *changed = arena_cstr(arena, secret), *with_nul = arena_cstr(arena, secret);
    changed[0] = changed[0] == 'A' ? 'B' : 'A';
    with_nul[42] = '\0';
    /* The last of 43 characters carries two bits that count for nothing: another spelling of the same 32 bytes. */
    char *respelled = arena_cstr(arena, secret);
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    respelled[42] = alphabet[(size_t)(strchr(alphabet, respelled[42]) - alphabet) + 1];
    const Str wrong[] = {
        STR_NONE, STR(""), str_first(secret, 42), arena_join(arena, secret, STR("A")), arena_join(arena, secret, STR("=")),
        arena_join(arena, STR(" "), secret), arena_join(arena, secret, STR("\n")), {changed, 43}, {with_nul, 43}, {respelled, 43},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(find(PURPOSE_PASSWORD_RESET, wrong[i]), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), OK);
}

/* --- once --- */

static void test_looking_uses_nothing_up(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada);
    for (int i = 0; i < 10; i++) assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), OK);
    assert_int_equal(use(PURPOSE_PASSWORD_RESET, secret), OK);
}

static void test_used_twice_is_refused(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada);
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, secret), pending;
    assert_int_equal(take(&found), OK);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), ERR_EXPIRED);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_PASSWORD_RESET, scene.ada.id, &pending), ERR_NOT_FOUND);
}

static int take_with_effect(struct scene *at, void *context)
{
    const struct artefact *artefact = context;
    Error error = db_begin(at->portal.db);
    if (!error) error = artefact_take(&at->portal, &at->visit, artefact);
    if (!error) error = db_run(at->portal.db, STMT_account_epoch, DB_ARGS(db_int(artefact->account)), NULL);
    if (!error) return (int)db_commit(at->portal.db);
    db_rollback(at->portal.db);
    return (int)error;
}

static void test_fifty_at_once_are_one(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    for (int revert = 0; revert < 2; revert++) {
        enum purpose purpose = revert ? PURPOSE_EMAIL_REVERT : PURPOSE_PASSWORD_RESET;
        struct artefact found = found_with(purpose, make(purpose, &scene.ada));
        scene_read(&scene, &scene.ada);
        int64_t epoch = scene.ada.epoch;
        scene_at_once(&scene, 50, take_with_effect, &found, results);
        assert_int_equal(results[OK], 1);
        assert_int_equal(results[ERR_EXPIRED], 49);
        scene_read(&scene, &scene.ada);
        assert_int_equal(scene.ada.epoch, epoch + 1);
    }
}

static void test_what_is_rolled_back_did_not_happen(void **state)
{
    (void)state;
    Str first = make(PURPOSE_PASSWORD_RESET, &scene.ada), second = STR_NONE;
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, first);
    struct artefact_wish wish = {.purpose = PURPOSE_PASSWORD_RESET, .user = &scene.ada, .seconds = LIFE};
    scene_begin(&scene);
    assert_int_equal(artefact_make(portal, visit, &wish, &second), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, first), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, second), OK);
    db_rollback(portal->db);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, first), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, second), ERR_EXPIRED);
    scene_begin(&scene);
    assert_int_equal(artefact_take(portal, visit, &found), OK);
    db_rollback(portal->db);
    assert_int_equal(use(PURPOSE_PASSWORD_RESET, first), OK);
}

static void test_nothing_is_made_or_used_on_its_own(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada), other = STR_NONE;
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, secret);
    struct artefact_wish wish = {.purpose = PURPOSE_EMAIL_VERIFY, .user = &scene.ada, .seconds = LIFE};
    log_catch();
    assert_int_equal(artefact_make(portal, visit, &wish, &other), ERR_FAULT);
    assert_int_equal(artefact_take(portal, visit, &found), ERR_FAULT);
    assert_int_equal(artefact_cancel(portal, visit, PURPOSE_PASSWORD_RESET, scene.ada.id), ERR_FAULT);
    assert_true(log_caught("outside a transaction"));
    assert_null(other.p);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), OK);
}

/* --- in its time, for its purpose, by its account --- */

static void test_it_dies_at_the_second(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada), code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, secret), tried;
    scene.visit.now = SCENE_NOW + LIFE - 1;
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), OK);
    scene.visit.now = SCENE_NOW + LIFE;
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), ERR_EXPIRED);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, code, &tried), ERR_EXPIRED);
    scene.visit.now = SCENE_NOW + LIFE - 1;
    assert_int_equal(take(&found), OK);
    assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, code, &tried), OK);
}

static void test_a_newer_one_kills_the_older(void **state)
{
    (void)state;
    Str other_purpose = make(PURPOSE_EMAIL_VERIFY, &scene.ada), other_account = make(PURPOSE_PASSWORD_RESET, &scene.bob);
    Str first = make(PURPOSE_PASSWORD_RESET, &scene.ada);
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, first);
    Str second = make(PURPOSE_PASSWORD_RESET, &scene.ada);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, first), ERR_EXPIRED);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(use(PURPOSE_PASSWORD_RESET, second), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, first), ERR_EXPIRED);
    assert_int_equal(use(PURPOSE_EMAIL_VERIFY, other_purpose), OK);
    assert_int_equal(use(PURPOSE_PASSWORD_RESET, other_account), OK);
}

static void test_one_purpose_is_nothing_for_another(void **state)
{
    (void)state;
    for (enum purpose made = 0; made < PURPOSES; made++) {
        Str secret = make(made, &scene.ada);
        for (enum purpose asked = 0; asked < PURPOSES; asked++) {
            bool own = asked == made && made != PURPOSE_PHONE_CHANGE;
            assert_int_equal(find(asked, secret), own ? OK : ERR_EXPIRED);
        }
    }
}

static void test_a_taken_one_must_be_of_its_purpose_too(void **state)
{
    (void)state;
    struct artefact found = found_with(PURPOSE_EMAIL_VERIFY, make(PURPOSE_EMAIL_VERIFY, &scene.ada));
    found.purpose = PURPOSE_PASSWORD_RESET;
    assert_int_equal(take(&found), ERR_EXPIRED);
    found.purpose = PURPOSE_EMAIL_VERIFY;
    assert_int_equal(take(&found), OK);
}

static void test_a_code_is_nothing_for_another_account(void **state)
{
    (void)state;
    struct artefact tried;
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.bob.id, code, &tried), ERR_EXPIRED);
    Str bobs = make(PURPOSE_PHONE_CHANGE, &scene.bob);
    if (!str_eq(bobs, code))
        assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.bob.id, code, &tried), ERR_DENIED);
    assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, code, &tried), OK);
    assert_int_equal(tried.account, scene.ada.id);
}

static void test_a_link_says_whose_it_is(void **state)
{
    (void)state;
    assert_int_equal(found_with(PURPOSE_PASSWORD_RESET, make(PURPOSE_PASSWORD_RESET, &scene.ada)).account, scene.ada.id);
    assert_int_equal(found_with(PURPOSE_PASSWORD_RESET, make(PURPOSE_PASSWORD_RESET, &scene.bob)).account, scene.bob.id);
}

/* --- as it was when it was made --- */

static void test_it_dies_with_its_epoch(void **state)
{
    (void)state;
    for (enum purpose purpose = 0; purpose < PURPOSES; purpose++) {
        if (purpose == PURPOSE_EMAIL_REVERT || purpose == PURPOSE_PHONE_CHANGE) continue;
        scene_read(&scene, &scene.ada);
        Str secret = make(purpose, &scene.ada);
        struct artefact found = found_with(purpose, secret), pending;
        move_epoch();
        assert_int_equal(find(purpose, secret), ERR_EXPIRED);
        assert_int_equal(take(&found), ERR_EXPIRED);
        assert_int_equal(artefact_pending(portal, visit, purpose, scene.ada.id, &pending), ERR_NOT_FOUND);
    }
    struct artefact tried;
    scene_read(&scene, &scene.ada);
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    move_epoch();
    assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, code, &tried), ERR_EXPIRED);
}

static void test_one_of_an_older_reading_is_born_dead(void **state)
{
    (void)state;
    move_epoch();
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, make(PURPOSE_PASSWORD_RESET, &scene.ada)), ERR_EXPIRED);
}

static void test_a_new_password_kills_what_was_made_before(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada), revert = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    assert_int_equal(account_set_password(portal, visit, ACTOR_OWNER, &scene.ada, STR("other")), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), ERR_EXPIRED);
    assert_int_equal(use(PURPOSE_EMAIL_REVERT, revert), OK);
}

static void test_a_revert_outlives_epochs_and_later_changes(void **state)
{
    (void)state;
    Str to_first = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    move_epoch();
    scene_read(&scene, &scene.ada);
    Str to_second = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    move_epoch();
    scene_read(&scene, &scene.ada);
    Str to_third = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, to_first), OK);
    assert_int_equal(use(PURPOSE_EMAIL_REVERT, to_second), OK);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, to_third), ERR_EXPIRED);
    assert_int_equal(use(PURPOSE_EMAIL_REVERT, to_first), OK);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, to_first), ERR_EXPIRED);
}

static void test_the_first_mailbox_wins_over_all_later_ones(void **state)
{
    (void)state;
    Str to_first = make(PURPOSE_EMAIL_REVERT, &scene.ada), to_second = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    Str of_bob = make(PURPOSE_EMAIL_REVERT, &scene.bob);
    assert_int_equal(use(PURPOSE_EMAIL_REVERT, to_first), OK);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, to_second), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, of_bob), OK);
}

static void test_a_block_stops_it(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada), revert = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, secret), way_back = found_with(PURPOSE_EMAIL_REVERT, revert);
    struct artefact pending;
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, true, STR_NONE), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, revert), ERR_EXPIRED);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(take(&way_back), ERR_EXPIRED);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_EMAIL_REVERT, scene.ada.id, &pending), ERR_NOT_FOUND);
    assert_int_equal(account_block(portal, visit, ACTOR_OPERATOR, &scene.ada, false, STR_NONE), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), ERR_EXPIRED);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(take(&way_back), OK);
}

static void test_deletion_takes_it_along(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada), revert = make(PURPOSE_EMAIL_REVERT, &scene.ada);
    struct artefact found = found_with(PURPOSE_PASSWORD_RESET, secret), way_back = found_with(PURPOSE_EMAIL_REVERT, revert);
    portal_drop(portal, &scene.ada);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), ERR_EXPIRED);
    assert_int_equal(find(PURPOSE_EMAIL_REVERT, revert), ERR_EXPIRED);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(take(&way_back), ERR_EXPIRED);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact"), 0);
}

static void test_a_cancelled_one_is_dead(void **state)
{
    (void)state;
    Str secret = make(PURPOSE_EMAIL_CHANGE, &scene.ada), other = make(PURPOSE_EMAIL_VERIFY, &scene.ada);
    struct artefact found = found_with(PURPOSE_EMAIL_CHANGE, secret), pending;
    scene_begin(&scene);
    assert_int_equal(artefact_cancel(portal, visit, PURPOSE_EMAIL_CHANGE, scene.ada.id), OK);
    scene_commit(&scene);
    assert_int_equal(find(PURPOSE_EMAIL_CHANGE, secret), ERR_EXPIRED);
    assert_int_equal(take(&found), ERR_EXPIRED);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_EMAIL_CHANGE, scene.ada.id, &pending), ERR_NOT_FOUND);
    assert_int_equal(find(PURPOSE_EMAIL_VERIFY, other), OK);
}

/* --- codes --- */

static Error try_code(Str code, int64_t *left)
{
    struct artefact tried = {.tries = -1};
    Error error = artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, code, &tried);
    *left = tried.tries;
    return error;
}

/* Another code of the same length. */
static Str wrong_code(Str code)
{
    char *other = arena_cstr(scene.arena, code);
    other[5] = other[5] == '9' ? '0' : (char)(other[5] + 1);
    return (Str){other, code.n};
}

static void test_a_code_is_six_digits_and_fits_once(void **state)
{
    (void)state;
    int64_t left;
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    struct artefact tried;
    assert_int_equal(code.n, 6);
    for (size_t i = 0; i < 6; i++) assert_in_range(code.p[i], '0', '9');
    assert_int_equal(artefact_try_code(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, code, &tried), OK);
    assert_true(str_is(tried.value, "new@example.com"));
    assert_int_equal(try_code(code, &left), ERR_EXPIRED);
}

static void test_five_wrong_codes_and_it_is_dead(void **state)
{
    (void)state;
    int64_t left;
    struct artefact pending;
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada), wrong = wrong_code(code);
    const Str others[] = {STR(""), arena_join(scene.arena, code, STR("0")), str_first(code, 5), wrong};
    for (int64_t i = 0; i < 4; i++) {
        assert_int_equal(try_code(others[i], &left), ERR_DENIED);
        assert_int_equal(left, 4 - i);
    }
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, &pending), OK);
    assert_int_equal(pending.tries, 4);
    assert_int_equal(try_code(wrong, &left), ERR_EXPIRED);
    assert_int_equal(try_code(code, &left), ERR_EXPIRED);
    assert_int_equal(artefact_pending(portal, visit, PURPOSE_PHONE_CHANGE, scene.ada.id, &pending), ERR_NOT_FOUND);
    assert_int_equal(try_code(make(PURPOSE_PHONE_CHANGE, &scene.ada), &left), OK);
}

static void test_the_fifth_try_may_be_right(void **state)
{
    (void)state;
    int64_t left;
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    for (int i = 0; i < 4; i++) assert_int_equal(try_code(wrong_code(code), &left), ERR_DENIED);
    assert_int_equal(try_code(code, &left), OK);
}

static int guess(struct scene *at, void *context)
{
    struct artefact tried;
    const Str *code = context;
    return (int)artefact_try_code(&at->portal, &at->visit, PURPOSE_PHONE_CHANGE, at->ada.id, *code, &tried);
}

static void test_twenty_guesses_at_once_are_five(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    int64_t left;
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada), wrong = wrong_code(code);
    scene_at_once(&scene, 20, guess, &wrong, results);
    assert_int_equal(results[ERR_DENIED], 4);
    assert_int_equal(results[ERR_EXPIRED], 16);
    assert_int_equal(store_count(portal->db, "SELECT tries FROM artefact"), 5);
    assert_int_equal(try_code(code, &left), ERR_EXPIRED);
}

static void test_the_right_code_twenty_times_at_once_is_one(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    Str code = make(PURPOSE_PHONE_CHANGE, &scene.ada);
    scene_at_once(&scene, 20, guess, &code, results);
    assert_int_equal(results[OK], 1);
    assert_int_equal(results[ERR_EXPIRED], 19);
}

/* --- clearing away --- */

static void test_only_what_is_past_its_time_is_swept(void **state)
{
    (void)state;
    int64_t from = 0;
    bool more = true;
    Str secret = make(PURPOSE_PASSWORD_RESET, &scene.ada);
    assert_int_equal(artefact_sweep(portal->db, SCENE_NOW + LIFE - 1, &from, &more), OK);
    assert_int_equal(find(PURPOSE_PASSWORD_RESET, secret), OK);
    assert_int_equal(artefact_sweep(portal->db, SCENE_NOW + LIFE, &from, &more), OK);
    assert_false(more);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact"), 0);
}

/* Rows lie in no order of time, so each sweep passes all of them, in pieces. */
static void test_the_sweep_passes_all_of_them(void **state)
{
    (void)state;
    int64_t from = 0;
    bool more = true;
    (void)store_count(portal->db, "INSERT INTO artefact (id, purpose, token_hash, account_id, value, data, epoch, created_at, expires_at, used_at,"
                                  " tries) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1199) SELECT CASE i WHEN 0 THEN"
                                  " 9223372036854775807 ELSE i * 7621112979516 END, 'email_verify', x'01', 1, '', '{}', 1, 1, i % 10, 0, 0 FROM n"
                                  " RETURNING 1");
    for (int steps = 1; more; steps++) {
        assert_int_equal(artefact_sweep(portal->db, 8, &from, &more), OK);
        assert_int_equal(more, steps < 3);
        assert_true(store_count(portal->db, "SELECT COUNT(*) FROM artefact") >= 1200 - 500 * steps);
    }
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact"), 120);
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact WHERE expires_at <= 8"), 0);
    (void)store_count(portal->db, "UPDATE artefact SET expires_at = 8 RETURNING 1");
    assert_int_equal(artefact_sweep(portal->db, 8, &from, &more), OK);                 /* from the first again */
    assert_int_equal(store_count(portal->db, "SELECT COUNT(*) FROM artefact"), 0);
}

int main(void)
{
#define PROOF_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROOF_TEST(test_a_proof_brings_back_what_it_was_made_for),
        PROOF_TEST(test_without_value_data_and_organization),
        PROOF_TEST(test_secrets_are_long_and_never_the_same),
        PROOF_TEST(test_the_store_knows_no_secret),
        PROOF_TEST(test_the_hash_in_the_table_opens_nothing),
        PROOF_TEST(test_only_the_exact_secret_is_one),
        PROOF_TEST(test_looking_uses_nothing_up),
        PROOF_TEST(test_used_twice_is_refused),
        PROOF_TEST(test_fifty_at_once_are_one),
        PROOF_TEST(test_what_is_rolled_back_did_not_happen),
        PROOF_TEST(test_nothing_is_made_or_used_on_its_own),
        PROOF_TEST(test_it_dies_at_the_second),
        PROOF_TEST(test_a_newer_one_kills_the_older),
        PROOF_TEST(test_one_purpose_is_nothing_for_another),
        PROOF_TEST(test_a_taken_one_must_be_of_its_purpose_too),
        PROOF_TEST(test_a_code_is_nothing_for_another_account),
        PROOF_TEST(test_a_link_says_whose_it_is),
        PROOF_TEST(test_it_dies_with_its_epoch),
        PROOF_TEST(test_one_of_an_older_reading_is_born_dead),
        PROOF_TEST(test_a_new_password_kills_what_was_made_before),
        PROOF_TEST(test_a_revert_outlives_epochs_and_later_changes),
        PROOF_TEST(test_the_first_mailbox_wins_over_all_later_ones),
        PROOF_TEST(test_a_block_stops_it),
        PROOF_TEST(test_deletion_takes_it_along),
        PROOF_TEST(test_a_cancelled_one_is_dead),
        PROOF_TEST(test_a_code_is_six_digits_and_fits_once),
        PROOF_TEST(test_five_wrong_codes_and_it_is_dead),
        PROOF_TEST(test_the_fifth_try_may_be_right),
        PROOF_TEST(test_twenty_guesses_at_once_are_five),
        PROOF_TEST(test_the_right_code_twenty_times_at_once_is_one),
        PROOF_TEST(test_only_what_is_past_its_time_is_swept), PROOF_TEST(test_the_sweep_passes_all_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
