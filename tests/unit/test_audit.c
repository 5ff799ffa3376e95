/* The audit as a chain: whatever is changed in the store behind the program's back is noticed, at the row where it was done; what goes
   by right (names of a person who was erased, rows that are old enough) leaves it whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account/audit.h"
#include "account/state.h"
#include "base/json_memory.h"
#include "base/utf8.h"
#include "store/fence.h"
#include "support/scene.h"

enum { ROWS = 6 };

static struct scene scene;

static const struct audit_entry sample = {
    .at = SCENE_NOW, .request_id = STR("r1"), .actor = STR("desk"), .actor_id = STR("local|desk-person"), .organization = STR("acme"),
    .connection = STR("customers"), .user_id = STR("local|secret-ada"), .action = STR("account.block"), .outcome = STR("allowed"),
    .reason = STR("she asked for it"), .peer = STR("192.0.2.77"), .fields = STR("[{\"field\":\"name\"}]"),
};

static void write_row(const struct audit_entry *entry)
{
    scene_begin(&scene);
    assert_int_equal(audit_write(&scene.portal, entry), OK);
    scene_commit(&scene);
}

static void write_rows(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct audit_entry entry = sample;
        entry.at = SCENE_NOW + (int64_t)i;
        if (i % 2) entry.organization = entry.reason = STR_NONE;
        write_row(&entry);
    }
}

/* Behind the program's back; how many rows it changed. */
static int store_directly(const char *sql)
{
    sqlite3 *raw = NULL;
    char *problem = NULL;
    assert_int_equal(sqlite3_open(scene.place.file, &raw), SQLITE_OK);
    if (sqlite3_exec(raw, sql, NULL, NULL, &problem) != SQLITE_OK) fail_msg("%s: %s", sql, problem);
    int changed = sqlite3_total_changes(raw);
    sqlite3_close(raw);
    return changed;
}

static void tamper(const char *sql)
{
    if (!store_directly(sql)) fail_msg("%s changed nothing", sql);
}

/* What tamper("… FROM before") can bring back. */
static void keep(void)
{
    store_directly("CREATE TABLE before AS SELECT * FROM audit; CREATE TABLE marks AS SELECT * FROM setting");
}

static struct audit_check verify(Error wanted, Str since)
{
    struct audit_check check;
    Error error = audit_verify(&scene.portal, scene.arena, since, &check);
    if (error != wanted) fail_msg("%d, not %d, at row %lld: %s", error, wanted, (long long)check.broken, check.problem ? check.problem : "");
    assert_int_equal(check.problem != NULL, wanted == ERR_INVALID);
    return check;
}

static void assert_broken(int64_t row, const char *done)
{
    struct audit_check check = verify(ERR_INVALID, STR_NONE);
    if (check.broken != row) fail_msg("%s: noticed at row %lld, not %lld (%s)", done, (long long)check.broken, (long long)row, check.problem);
}

static const char *memory_file(void)
{
    return arena_print(scene.arena, "%.*s.audit", STR_ARGS(scene.options.key_file)).p;
}

static void forget_memory(void)
{
    assert_int_equal(unlink(memory_file()), 0);
}

static void put_memory(const char *text)
{
    FILE *file = fopen(memory_file(), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* As an older version left it, which did not mark where the chain begins. */
static void become_older(const char *sql)
{
    forget_memory();
    store_directly("DELETE FROM setting WHERE name IN ('audit_head', 'audit_anchor'); INSERT INTO setting VALUES ('audit_due', '')");
    store_directly(sql);
}

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

/* --- writing --- */

static void test_a_row_stands_or_falls_with_its_transaction(void **state)
{
    (void)state;
    scene_begin(&scene);
    assert_int_equal(audit_write(&scene.portal, &sample), OK);
    db_rollback(scene.portal.db);
    assert_int_equal(verify(OK, STR_NONE).rows, 0);
    write_row(&sample);
    struct audit_check check = verify(OK, STR_NONE);
    assert_int_equal(check.rows, 1);
    assert_int_equal(check.forgotten, 0);
    assert_int_equal(check.broken, 0);
    assert_true(str_starts(check.head, STR("1:")));
    assert_int_equal(check.head.n, 2 + 64);
}

static void test_no_row_is_written_outside_a_transaction(void **state)
{
    (void)state;
    log_catch();
    assert_int_equal(audit_write(&scene.portal, &sample), ERR_FAULT);
    assert_true(log_caught("outside a transaction"));
    assert_int_equal(verify(OK, STR_NONE).rows, 0);
    assert_int_equal(account_audit(&scene.portal, &scene.visit, ACTOR_OWNER, &scene.ada, "profile.save", STR_NONE), OK);
    assert_false(db_in_transaction(scene.portal.db));
    assert_int_equal(verify(OK, STR_NONE).rows, 1);
}

static void test_absent_texts_and_empty_ones_are_kept_apart(void **state)
{
    (void)state;
    write_row(&(struct audit_entry){.at = 1, .action = STR("x")});
    write_row(&(struct audit_entry){.at = 1, .action = STR("x"), .reason = STR(""), .user_id = STR("")});
    verify(OK, STR_NONE);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE reason IS NULL AND fields = '[]'"), 1);
    tamper("UPDATE audit SET reason = '' WHERE id = 1");
    assert_broken(1, "an absent reason made an empty one");
}

static void test_long_texts_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[400];
    for (size_t i = 0; i + 1 < sizeof text; i += 2) memcpy(text + i, "\xc3\xa9", 2);
    struct audit_entry entry = sample;
    entry.reason = (Str){text, sizeof text};
    entry.peer = (Str){text + 1, 0};
    entry.action = (Str){"a", 1};
    write_row(&entry);
    entry.reason = arena_print(scene.arena, "a%.*s", (int)sizeof text, text);
    write_row(&entry);
    verify(OK, STR_NONE);
    assert_int_equal(store_count(scene.portal.db, "SELECT LENGTH(CAST(reason AS BLOB)) FROM audit WHERE id = 1"), 256);
    assert_int_equal(store_count(scene.portal.db, "SELECT LENGTH(CAST(reason AS BLOB)) FROM audit WHERE id = 2"), 255);
}

static void test_hostile_texts_are_data(void **state)
{
    (void)state;
    struct audit_entry entry = sample;
    entry.reason = STR("'); DROP TABLE audit; --\n\x1b[2J{\"at\":0}");
    entry.actor_id = STR("a\"b,c");
    write_row(&entry);
    assert_int_equal(verify(OK, STR_NONE).rows, 1);
}

/* --- changed behind its back --- */

static void test_every_column_of_every_row_is_bound(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "id = id + 1000", "at = at + 1", "request_id = 'r2'", "actor = 'owner'", "actor_id = 'local|eve'", "organization = 'other'",
        "connection = 'other'", "user_id = 'local|eve'", "action = 'account.unblock'", "outcome = 'refused'", "reason = 'another'",
        "peer = '192.0.2.78'", "fields = '[]'", "salt = x'00112233445566778899aabbccddeeff'", "salt = NULL", "salt = zeroblob(32)",
        "seal = zeroblob(32)", "seal = NULL", "hash = zeroblob(32)", "hash = NULL", "actor_id = actor_id || ' '", "peer = ''",
    };
    write_rows(ROWS);
    keep();
    for (int64_t row = 1; row <= ROWS; row++) {
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
            tamper(arena_print(scene.arena, "UPDATE audit SET %s WHERE id = %lld", changes[i], (long long)row).p);
            int64_t at = i ? row : row < ROWS ? row + 1 : row + 1000;
            assert_broken(at, arena_print(scene.arena, "%s of row %lld", changes[i], (long long)row).p);
            tamper("DELETE FROM audit; INSERT INTO audit SELECT * FROM before");
            verify(OK, STR_NONE);
        }
    }
}

struct tampering {
    const char *done, *sql;
    int64_t noticed;
};

static void test_rows_taken_moved_or_added_are_noticed(void **state)
{
    (void)state;
    static const struct tampering changes[] = {
        {"the first row is gone", "DELETE FROM audit WHERE id = 1", 2},
        {"a row in the middle is gone", "DELETE FROM audit WHERE id = 3", 4},
        {"the tail is cut off", "DELETE FROM audit WHERE id > 4", 5},
        {"the last row is gone", "DELETE FROM audit WHERE id = 6", 6},
        {"all are gone", "DELETE FROM audit", 1},
        {"two rows change places", "UPDATE audit SET id = -1 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3;"
         "UPDATE audit SET id = 3 WHERE id = -1", 2},
        {"a row is doubled", "INSERT INTO audit SELECT 7, at, request_id, actor, actor_id, organization, connection, user_id, action,"
         " outcome, reason, peer, fields, salt, seal, hash FROM audit WHERE id = 6", 7},
        {"a row of before the chain is put behind it", "INSERT INTO audit (id, at, request_id, actor, actor_id, action, outcome, peer,"
         " fields) VALUES (7, 1, '', '', '', 'x', 'allowed', '', '[]')", 7},
        {"one is put in the middle", "UPDATE audit SET id = id + 1 WHERE id = 6; UPDATE audit SET id = id + 1 WHERE id = 5;"
         "INSERT INTO audit SELECT 5, at, request_id, actor, actor_id, organization, connection, user_id, action, outcome, reason, peer,"
         " fields, salt, seal, hash FROM audit WHERE id = 4", 5},
        {"the first ones pose as rows of before", "UPDATE audit SET hash = NULL, seal = NULL, salt = NULL WHERE id < 4", 1},
        {"one is put before the first", "INSERT INTO audit (id, at, request_id, actor, actor_id, action, outcome, peer, fields) VALUES"
         " (0, 1, '', '', '', 'x', 'allowed', '', '[]')", 0},
    };
    write_rows(ROWS);
    keep();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        tamper(changes[i].sql);
        assert_broken(changes[i].noticed, changes[i].done);
        tamper("DELETE FROM audit; INSERT INTO audit SELECT * FROM before");
        verify(OK, STR_NONE);
    }
}

static void test_the_head_is_bound_too(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "DELETE FROM setting WHERE name = 'audit_head'", "UPDATE setting SET value = '' WHERE name = 'audit_head'",
        "UPDATE setting SET value = 'x:y:z' WHERE name = 'audit_head'",
        "UPDATE setting SET value = '5' || SUBSTR(value, 2) WHERE name = 'audit_head'",
        "UPDATE setting SET value = SUBSTR(value, 1, 67) || '0000' || SUBSTR(value, 72) WHERE name = 'audit_head'",
        "UPDATE setting SET value = value || '0' WHERE name = 'audit_head'",
        "UPDATE setting SET value = REPLACE(value, ':', ':0') WHERE name = 'audit_head'",
    };
    write_rows(ROWS);
    keep();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        tamper(changes[i]);
        assert_broken(ROWS, changes[i]);
        tamper("DELETE FROM setting; INSERT INTO setting SELECT * FROM marks");
    }
    verify(OK, STR_NONE);
    tamper("UPDATE setting SET value = (SELECT value FROM setting WHERE name = 'audit_head') WHERE name = 'audit_anchor'");
    assert_broken(1, "a head does not pass for an anchor");
}

/* Writing goes on, so that people can sign in; what was done stays visible for ever. */
static void test_what_was_done_is_not_covered_by_new_rows(void **state)
{
    (void)state;
    write_rows(ROWS);
    tamper("DELETE FROM audit WHERE id > 4");
    write_rows(2);
    assert_broken(7, "a tail was cut before new rows came");
    tamper("DELETE FROM audit; DELETE FROM setting WHERE name = 'audit_head'");
    log_catch();
    write_rows(ROWS);
    assert_true(log_caught("head of the audit is gone"));
    assert_broken(1, "all was taken away before new rows came");
}

static void test_a_head_of_somebody_else_is_not_covered_either(void **state)
{
    (void)state;
    write_rows(ROWS);
    tamper("UPDATE setting SET value = 'mine' WHERE name = 'audit_head'");
    log_catch();
    write_rows(1);
    assert_true(log_caught("head of the audit is none of ours"));
    assert_broken(ROWS + 1, "the head was changed before a new row came");
}

static void test_an_older_state_is_noticed_by_whoever_kept_a_head(void **state)
{
    (void)state;
    write_rows(3);
    keep();
    write_rows(3);
    Str kept = verify(OK, STR_NONE).head;
    write_rows(1);
    verify(OK, kept);
    forget_memory();
    tamper("DELETE FROM audit WHERE id > 3; DELETE FROM setting; INSERT INTO setting SELECT * FROM marks");
    verify(OK, STR_NONE);
    assert_int_equal(verify(ERR_INVALID, kept).broken, 4);
    write_rows(5);
    verify(OK, STR_NONE);
    assert_int_equal(verify(ERR_INVALID, kept).broken, 6);
}

static void put_older_back(void)
{
    tamper("DELETE FROM audit; INSERT INTO audit SELECT * FROM before; DELETE FROM setting; INSERT INTO setting SELECT * FROM marks");
}

/* --- what is remembered beside the key --- */

static void test_an_older_state_is_noticed_where_the_last_end_is_remembered(void **state)
{
    (void)state;
    write_rows(3);
    keep();
    write_rows(3);
    assert_true(verify(OK, STR_NONE).remembered);
    put_older_back();
    assert_broken(4, "an older store was put back");
    write_rows(5);
    assert_broken(6, "an older store was put back and went on");
    forget_memory();
    assert_false(verify(OK, STR_NONE).remembered);
    assert_true(verify(OK, STR_NONE).remembered);
    assert_int_equal(audit_remember(&scene.portal, scene.arena), OK);
    put_older_back();
    assert_broken(4, "it was put back once more");
    assert_int_equal(audit_remember(&scene.portal, scene.arena), OK);
    verify(OK, STR_NONE);
}

static void test_the_memory_keeps_up_with_the_chain(void **state)
{
    (void)state;
    write_rows(3);
    keep();
    write_rows(3);
    log_catch();
    assert_int_equal(audit_keep_up(&scene.portal, scene.arena), OK);
    assert_false(log_caught("audit"));
    put_older_back();
    log_catch();
    assert_int_equal(audit_keep_up(&scene.portal, scene.arena), OK);
    assert_true(log_caught("not the one that is remembered"));
    write_rows(5);
    assert_int_equal(audit_keep_up(&scene.portal, scene.arena), OK);
    assert_broken(6, "what went on is not remembered in the place of what was");
    forget_memory();
    log_catch();
    assert_int_equal(audit_keep_up(&scene.portal, scene.arena), OK);
    assert_true(log_caught("nothing beside the key"));
    assert_true(verify(OK, STR_NONE).remembered);
}

static void test_the_memory_is_bound_too(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "0", "3:00:00\n", "99999999999999999999:00:00\n"};
    write_rows(3);
    Str head = verify(OK, STR_NONE).head;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put_memory(texts[i]);
        assert_broken(0, texts[i]);
    }
    put_memory(arena_print(scene.arena, "%.*s:%.*s\n", STR_ARGS(head), STR_ARGS(str_after(head, 2))).p);
    assert_broken(0, "a place without its MAC");
    forget_memory();
    verify(OK, STR_NONE);
}

static void test_retention_may_pass_what_is_remembered(void **state)
{
    (void)state;
    bool more;
    write_rows(ROWS);
    verify(OK, STR_NONE);
    scene.visit.now = SCENE_NOW + 1000;
    write_rows(2);
    assert_int_equal(audit_retire(&scene.portal, &scene.visit, SCENE_NOW + 100, &more), OK);
    log_catch();
    assert_int_equal(audit_keep_up(&scene.portal, scene.arena), OK);
    assert_false(log_caught("audit"));
    assert_true(verify(OK, STR_NONE).remembered);
}

/* --- a store without its chain --- */

#define STRIPPED "UPDATE audit SET salt = NULL, seal = NULL, hash = NULL; UPDATE audit SET reason = 'mine';"
#define NO_MARKS "DELETE FROM setting WHERE name IN ('audit_head', 'audit_anchor');"
#define DUE "INSERT INTO setting VALUES ('audit_due', '');"
static const char *const strippings[] = {
    STRIPPED "DELETE FROM setting WHERE name = 'audit_head'", STRIPPED NO_MARKS, STRIPPED NO_MARKS DUE, NO_MARKS DUE,
    "DELETE FROM audit; DELETE FROM setting WHERE name = 'audit_head'", "DELETE FROM audit;" NO_MARKS, "DELETE FROM audit;" NO_MARKS DUE,
    "DELETE FROM audit; UPDATE setting SET value = (SELECT value FROM started WHERE name = 'audit_head') WHERE name = 'audit_head'",
};

/* Also after the program has started again and written on. */
static void test_a_chain_that_was_taken_away_whole_is_noticed(void **state)
{
    (void)state;
    store_directly("CREATE TABLE started AS SELECT * FROM setting");
    write_rows(ROWS);
    verify(OK, STR_NONE);
    keep();
    for (size_t i = 0; i < sizeof strippings / sizeof *strippings; i++) {
        tamper(strippings[i]);
        if (verify(ERR_INVALID, STR_NONE).broken > 1) fail_msg("%s is noticed elsewhere", strippings[i]);
        log_catch();
        assert_int_equal(audit_begin(&scene.portal, scene.arena, false), OK);
        assert_int_equal(log_caught("so none is begun"), strstr(strippings[i], DUE) != NULL);
        write_rows(ROWS + 2);
        verify(ERR_INVALID, STR_NONE);
        put_older_back();
        verify(OK, STR_NONE);
    }
}

static void test_without_memory_the_marks_are_still_missed(void **state)
{
    (void)state;
    write_rows(ROWS);
    keep();
    forget_memory();
    for (size_t i = 0; i < sizeof strippings / sizeof *strippings; i++) {
        if (strstr(strippings[i], DUE) || strstr(strippings[i], "started")) continue;
        tamper(strippings[i]);
        verify(ERR_INVALID, STR_NONE);
        put_older_back();
    }
}
#undef STRIPPED
#undef NO_MARKS
#undef DUE

static void test_a_kept_head_is_checked_like_any_input(void **state)
{
    (void)state;
    static const char *const heads[] = {"", "1", "1:", ":", "x:00", "0:", "-1:00", "1:zz", "99999999999999999999:00"};
    write_rows(2);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) verify(ERR_INVALID, str_of(heads[i]));
    Str head = verify(OK, STR_NONE).head;
    verify(ERR_INVALID, str_first(head, head.n - 1));
    verify(ERR_INVALID, arena_print(scene.arena, "%.*s0", STR_ARGS(head)));
    verify(OK, head);
}

static void test_rows_from_before_the_chain_may_come_first(void **state)
{
    (void)state;
    become_older("INSERT INTO audit (id, at, request_id, actor, actor_id, action, outcome, peer, fields) VALUES"
                 " (1, 1, '', '', '', 'x', 'allowed', '', '[]'), (7, 1, '', '', '', 'x', 'allowed', '', '[]')");
    assert_int_equal(verify(ERR_INVALID, STR_NONE).broken, 1);
    assert_int_equal(audit_begin(&scene.portal, scene.arena, false), OK);
    assert_int_equal(verify(OK, STR_NONE).rows, 2);
    assert_int_equal(verify(OK, STR_NONE).head.n, 0);
    write_rows(2);
    struct audit_check check = verify(OK, STR_NONE);
    assert_int_equal(check.rows, 4);
    assert_true(str_starts(check.head, STR("9:")));
    tamper("UPDATE audit SET salt = NULL, seal = NULL, hash = NULL WHERE id = 8");
    assert_broken(8, "a row of the chain poses as one from before");
}

/* As versions left it that chained rows, but did not mark where that begins. */
static void test_a_chain_without_a_beginning_gets_one(void **state)
{
    (void)state;
    write_rows(ROWS);
    Str head = verify(OK, STR_NONE).head;
    store_directly("CREATE TABLE kept_head AS SELECT * FROM setting WHERE name = 'audit_head'");
    become_older("INSERT INTO setting SELECT * FROM kept_head");
    assert_int_equal(audit_begin(&scene.portal, scene.arena, false), OK);
    verify(OK, head);
    write_rows(1);
    assert_int_equal(audit_begin(&scene.portal, scene.arena, false), OK);
    assert_int_equal(verify(OK, head).rows, ROWS + 1);
}

/* Whoever stripped it before the program could begin it gains nothing but what they did to that version. */
static void test_a_chain_that_lost_its_head_before_is_not_given_one(void **state)
{
    (void)state;
    write_rows(ROWS);
    become_older("DELETE FROM audit WHERE id > 4");
    assert_int_equal(audit_begin(&scene.portal, scene.arena, true), OK);
    assert_broken(4, "the head is gone");
    log_catch();
    assert_int_equal(audit_remember(&scene.portal, scene.arena), ERR_INVALID);
    assert_true(log_caught("nothing to remember"));
}

static void test_another_key_is_noticed(void **state)
{
    (void)state;
    struct keys *keys = NULL;
    write_rows(2);
    assert_int_equal(keys_open(scene.arena, arena_print(scene.arena, "%s/key2", scene.place.folder).p, true, &keys), OK);
    scene.portal.keys = keys;
    assert_broken(1, "another key");
}

/* --- what goes by right --- */

static bool forget(const char *user_id)
{
    bool more = true;
    scene_begin(&scene);
    assert_int_equal(audit_forget(&scene.portal, scene.arena, str_of(user_id), STR("gone-1"), &more), OK);
    scene_commit(&scene);
    return more;
}

static void flush(void)
{
    store_directly("PRAGMA wal_checkpoint(TRUNCATE)");
}

static void test_an_erased_person_is_gone_and_the_chain_holds(void **state)
{
    (void)state;
    struct audit_entry by = sample, other = sample;
    by.actor_id = STR("local|secret-ada");
    by.user_id = STR("local|bob");
    other.user_id = STR("local|bob");
    other.peer = STR("192.0.2.1");
    other.reason = STR("other");
    write_rows(2);
    write_row(&by);
    write_row(&other);
    flush();
    assert_true(scene_holds(&scene, STR("secret-ada")));
    assert_false(forget("local|secret-ada"));
    struct audit_check check = verify(OK, STR_NONE);
    assert_int_equal(check.rows, 4);
    assert_int_equal(check.forgotten, 3);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE user_id = 'gone-1' AND peer = '' AND reason IS NULL"), 2);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE actor_id = 'gone-1' AND user_id = 'local|bob'"), 1);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE reason = 'other'"), 1);
    flush();
    assert_false(scene_holds(&scene, STR("secret-ada")));
    assert_false(scene_holds(&scene, STR("she asked for it")));
    write_rows(1);
    verify(OK, STR_NONE);
}

static void test_two_persons_of_one_row_can_both_be_erased(void **state)
{
    (void)state;
    write_rows(2);
    forget("local|secret-ada");
    forget("local|desk-person");
    assert_int_equal(verify(OK, STR_NONE).forgotten, 2);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE actor_id = 'gone-1' AND user_id = 'gone-1'"), 2);
}

static void test_nobody_else_takes_names_out_or_puts_them_in(void **state)
{
    (void)state;
    write_rows(2);
    forget("local|secret-ada");
    keep();
    static const char *const changes[] = {"actor_id = 'local|eve'", "user_id = 'local|eve'", "reason = 'x'", "peer = '192.0.2.9'",
                                          "salt = NULL", "fields = '[1]'", "salt = (SELECT salt FROM before WHERE id = 2)"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        tamper(arena_print(scene.arena, "UPDATE audit SET %s WHERE id = 1", changes[i]).p);
        assert_broken(1, changes[i]);
        tamper("DELETE FROM audit; INSERT INTO audit SELECT * FROM before");
    }
    verify(OK, STR_NONE);
}

static void test_forgetting_does_not_make_good_what_was_changed(void **state)
{
    (void)state;
    write_rows(3);
    tamper("UPDATE audit SET reason = 'mine' WHERE id = 2");
    forget("local|secret-ada");
    assert_broken(2, "a changed row was forgotten");
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE reason = 'mine'"), 0);
}

static void test_forgetting_goes_in_bounded_pieces(void **state)
{
    (void)state;
    bool more;
    scene_begin(&scene);
    for (size_t i = 0; i < 501; i++) assert_int_equal(audit_write(&scene.portal, &sample), OK);
    scene_commit(&scene);
    assert_int_equal(audit_forget(&scene.portal, scene.arena, STR("local|secret-ada"), STR("gone-1"), &more), ERR_FAULT);
    assert_true(forget("local|secret-ada"));
    assert_false(forget("local|secret-ada"));
    struct audit_check check = verify(OK, STR_NONE);
    assert_int_equal(check.rows, 501);
    assert_int_equal(check.forgotten, 501);
}

static bool retire(int64_t before)
{
    bool more;
    assert_int_equal(audit_retire(&scene.portal, &scene.visit, before, &more), OK);
    return more;
}

static void test_old_rows_go_and_the_chain_hangs_on_its_anchor(void **state)
{
    (void)state;
    write_rows(ROWS);
    Str old_head = verify(OK, STR_NONE).head;
    assert_false(retire(SCENE_NOW + 4));
    struct audit_check check = verify(OK, STR_NONE);
    assert_int_equal(check.rows, 3);
    verify(OK, old_head);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM audit WHERE action = 'audit.retire' AND reason = '4 rows'"), 1);
    assert_false(retire(SCENE_NOW + 4));
    assert_int_equal(verify(OK, STR_NONE).rows, 3);
    keep();
    tamper("DELETE FROM audit WHERE id = 5");
    assert_broken(6, "one more than retention took");
    tamper("INSERT INTO audit SELECT * FROM before WHERE id = 5; DELETE FROM setting WHERE name = 'audit_anchor'");
    assert_broken(1, "the anchor is gone");
    log_catch();
    assert_int_equal(audit_retire(&scene.portal, &scene.visit, SCENE_NOW + 100, &(bool){false}), ERR_INVALID);
    assert_true(log_caught("anchor of the audit is gone"));
    tamper("INSERT INTO setting SELECT 'audit_anchor', '9' || SUBSTR(value, 2) FROM marks WHERE name = 'audit_anchor'");
    assert_broken(1, "the anchor was changed");
    tamper("DELETE FROM setting; INSERT INTO setting SELECT * FROM marks");
    tamper("INSERT INTO audit (id, at, request_id, actor, actor_id, action, outcome, peer, fields) VALUES"
           " (2, 1, '', '', '', 'x', 'allowed', '', '[]')");
    assert_broken(2, "a row is put where retention took one away");
}

static void test_all_old_rows_may_go(void **state)
{
    (void)state;
    become_older("INSERT INTO audit (id, at, request_id, actor, actor_id, action, outcome, peer, fields) VALUES"
                 " (1, 1, '', '', '', 'x', 'allowed', '', '[]')");
    assert_int_equal(audit_begin(&scene.portal, scene.arena, false), OK);
    write_rows(ROWS);
    Str head = verify(OK, STR_NONE).head;
    scene.visit.now = SCENE_NOW + 1000;
    assert_false(retire(SCENE_NOW + 100));
    assert_int_equal(verify(OK, STR_NONE).rows, 1);
    verify(OK, head);
    assert_false(retire(SCENE_NOW + 2000));
    assert_int_equal(verify(OK, STR_NONE).rows, 1);
    assert_int_equal(verify(ERR_INVALID, head).broken, 7);
}

static void test_retention_keeps_what_was_changed(void **state)
{
    (void)state;
    bool more;
    write_rows(ROWS);
    tamper("UPDATE audit SET reason = 'mine' WHERE id = 2");
    log_catch();
    assert_int_equal(audit_retire(&scene.portal, &scene.visit, SCENE_NOW + 100, &more), ERR_INVALID);
    assert_true(log_caught("row 2 of the audit was changed"));
    assert_broken(2, "a changed row is still there");
}

static void test_retention_goes_in_bounded_pieces(void **state)
{
    (void)state;
    scene_begin(&scene);
    for (size_t i = 0; i < 1200; i++) assert_int_equal(audit_write(&scene.portal, &sample), OK);
    scene_commit(&scene);
    assert_int_equal(verify(OK, STR_NONE).rows, 1200);
    scene.visit.now = SCENE_NOW + 10;
    assert_true(retire(SCENE_NOW + 1));
    assert_int_equal(verify(OK, STR_NONE).rows, 701);
    assert_true(retire(SCENE_NOW + 1));
    assert_false(retire(SCENE_NOW + 1));
    assert_int_equal(verify(OK, STR_NONE).rows, 3);
}

/* --- many at once --- */

static int write_many(struct scene *each, void *context)
{
    (void)context;
    for (int i = 0; i < 20; i++) {
        if (db_begin(each->portal.db) != OK) return 1;
        if (audit_write(&each->portal, &sample) != OK) return 2;
        if (i % 5 == 4) db_rollback(each->portal.db);
        else if (db_commit(each->portal.db) != OK) return 3;
    }
    return 0;
}

static void test_many_writers_keep_one_chain(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    scene_at_once(&scene, 8, write_many, NULL, results);
    assert_int_equal(results[0], 8);
    assert_int_equal(verify(OK, STR_NONE).rows, 8 * 16);
}

static int write_or_verify(struct scene *each, void *context)
{
    struct audit_check check;
    static bool writes;
    (void)context;
    if (db_begin(each->portal.db) != OK) return 1;
    writes = audit_write(&each->portal, &sample) == OK && db_commit(each->portal.db) == OK;
    for (int i = 0; writes && i < 20; i++)
        if (audit_verify(&each->portal, each->arena, STR_NONE, &check) != OK) return 2;
    return writes ? 0 : 3;
}

static void test_whoever_verifies_while_others_write_sees_a_whole_chain(void **state)
{
    (void)state;
    int results[SCENE_RESULTS];
    scene_begin(&scene);
    for (size_t i = 0; i < 499; i++) assert_int_equal(audit_write(&scene.portal, &sample), OK);
    scene_commit(&scene);
    scene_at_once(&scene, 6, write_or_verify, NULL, results);
    assert_int_equal(results[0], 6);
}

/* --- the store's side --- */

static void test_only_two_statements_touch_rows_that_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATEMENTS; i++) {
        bool wanted = i == STMT_audit_forget || i == STMT_audit_retire;
        assert_int_equal(statement_texts[i].writes == WRITES_audit, wanted);
        if (strstr(statement_texts[i].sql, "REPLACE INTO")) fail_msg("%s replaces rows", statement_texts[i].name);
    }
}

int main(void)
{
#define AUDIT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(test_a_row_stands_or_falls_with_its_transaction),
        AUDIT_TEST(test_no_row_is_written_outside_a_transaction),
        AUDIT_TEST(test_absent_texts_and_empty_ones_are_kept_apart),
        AUDIT_TEST(test_long_texts_are_cut_at_a_character),
        AUDIT_TEST(test_hostile_texts_are_data),
        AUDIT_TEST(test_every_column_of_every_row_is_bound),
        AUDIT_TEST(test_rows_taken_moved_or_added_are_noticed),
        AUDIT_TEST(test_the_head_is_bound_too),
        AUDIT_TEST(test_what_was_done_is_not_covered_by_new_rows),
        AUDIT_TEST(test_a_head_of_somebody_else_is_not_covered_either),
        AUDIT_TEST(test_an_older_state_is_noticed_by_whoever_kept_a_head),
        AUDIT_TEST(test_an_older_state_is_noticed_where_the_last_end_is_remembered),
        AUDIT_TEST(test_the_memory_keeps_up_with_the_chain),
        AUDIT_TEST(test_the_memory_is_bound_too),
        AUDIT_TEST(test_retention_may_pass_what_is_remembered),
        AUDIT_TEST(test_a_chain_that_was_taken_away_whole_is_noticed),
        AUDIT_TEST(test_without_memory_the_marks_are_still_missed),
        AUDIT_TEST(test_a_kept_head_is_checked_like_any_input),
        AUDIT_TEST(test_rows_from_before_the_chain_may_come_first),
        AUDIT_TEST(test_a_chain_without_a_beginning_gets_one),
        AUDIT_TEST(test_a_chain_that_lost_its_head_before_is_not_given_one),
        AUDIT_TEST(test_another_key_is_noticed),
        AUDIT_TEST(test_an_erased_person_is_gone_and_the_chain_holds),
        AUDIT_TEST(test_two_persons_of_one_row_can_both_be_erased),
        AUDIT_TEST(test_nobody_else_takes_names_out_or_puts_them_in),
        AUDIT_TEST(test_forgetting_does_not_make_good_what_was_changed),
        AUDIT_TEST(test_forgetting_goes_in_bounded_pieces),
        AUDIT_TEST(test_old_rows_go_and_the_chain_hangs_on_its_anchor),
        AUDIT_TEST(test_all_old_rows_may_go),
        AUDIT_TEST(test_retention_keeps_what_was_changed),
        AUDIT_TEST(test_retention_goes_in_bounded_pieces),
        AUDIT_TEST(test_many_writers_keep_one_chain),
        AUDIT_TEST(test_whoever_verifies_while_others_write_sees_a_whole_chain),
        cmocka_unit_test(test_only_two_statements_touch_rows_that_stand),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
