/* The fence around profiles, and the plans of all statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/fence.h"
#include "support/store_support.h"

static void test_the_fence_refuses_what_is_wrongly_named(void **state)
{
    (void)state;
    static const struct { struct statement_text text; Error error; } rows[] = {
        {{"named_rightly", WRITES_profile, "UPDATE account SET profile = $1 WHERE id = $2"}, OK},
        {{"profile_as_other", WRITES_other, "UPDATE account SET profile = $1 WHERE id = $2"}, ERR_FAULT},
        {{"profile_as_read", WRITES_reads, "UPDATE account SET profile = $1 WHERE id = $2"}, ERR_FAULT},
        {{"profile_beside_state", WRITES_other, "UPDATE account SET blocked = 1, profile = $1 WHERE id = $2"}, ERR_FAULT},
        {{"version_as_other", WRITES_other, "UPDATE account SET version = version + 1 WHERE id = $1"}, ERR_FAULT},
        {{"sources_as_other", WRITES_other, "UPDATE account SET sources = '{}' WHERE id = $1"}, ERR_FAULT},
        {{"updated_as_other", WRITES_other, "UPDATE account SET updated_at = $1"}, ERR_FAULT},
        {{"connection_as_other", WRITES_other, "UPDATE account SET connection_id = $1"}, ERR_FAULT},
        {{"key_as_other", WRITES_other, "UPDATE identifier SET account_id = $1 WHERE key = $2"}, ERR_FAULT},
        {{"account_deleted_as_other", WRITES_other, "DELETE FROM account WHERE id = $1"}, ERR_FAULT},
        {{"keys_deleted_as_other", WRITES_other, "DELETE FROM identifier"}, ERR_FAULT},
        {{"through_upsert", WRITES_other, "INSERT INTO account SELECT * FROM account WHERE id = $1"
          " ON CONFLICT (id) DO UPDATE SET profile = excluded.profile"}, ERR_FAULT},
        {{"replaced", WRITES_other, "REPLACE INTO identifier VALUES ($1, $2, $3, $4)"}, ERR_FAULT},
        {{"state_is_no_profile", WRITES_other, "UPDATE account SET blocked = 1, epoch = epoch + 1 WHERE id = $1"}, OK},
        {{"state_as_profile", WRITES_profile, "UPDATE account SET blocked = 1 WHERE id = $1"}, ERR_FAULT},
        {{"reading", WRITES_reads, "SELECT profile FROM account WHERE id = $1"}, OK},
        {{"reading_as_other", WRITES_other, "SELECT profile FROM account WHERE id = $1"}, ERR_FAULT},
        {{"two_at_once", WRITES_reads, "SELECT 1; UPDATE account SET profile = '{}'"}, ERR_FAULT},
        {{"nothing", WRITES_reads, "-- only a comment"}, ERR_FAULT},
        {{"schema", WRITES_other, "CREATE TABLE more (a TEXT)"}, ERR_FAULT},
        {{"trigger", WRITES_other, "CREATE TRIGGER t AFTER UPDATE ON session BEGIN UPDATE account SET profile = '{}'; END"},
         ERR_FAULT},
        {{"attached", WRITES_reads, "ATTACH 'x' AS y"}, ERR_FAULT},
        {{"pragma", WRITES_reads, "PRAGMA foreign_keys = OFF"}, ERR_FAULT},
        {{"misspelt", WRITES_reads, "SELECT no_such FROM account"}, ERR_FAULT},
        {{"parameter_missing", WRITES_reads, "SELECT 1 FROM account WHERE id = $1 AND version = $3"}, ERR_FAULT},
    };
    struct db *db = store_open_memory();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        log_catch();
        Error error = fence_check(db, &rows[i].text);
        assert_true(log_caught(error ? rows[i].text.name : ""));
        if (error != rows[i].error) fail_msg("%s: %d", rows[i].text.name, error);
    }
    db_close(db);
}

static void test_statements_that_write_profiles_say_so_in_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATEMENTS; i++)
        assert_int_equal(strncmp(statement_texts[i].name, "profile_", 8) == 0, statement_texts[i].writes == WRITES_profile);
}

/* What may: a restored backup is made ready before it is the store, alone; an operator's export of everybody says first how many; a clock
   that went back is put right by the courier, in steps; a store from before there was a chain is looked through once. */
static bool may_read_whole_tables(size_t i)
{
    static const char *const rare[] = {"bulk_account_count", "session_end_as_of", "session_seen_by", "invitation_end_as_of",
                                       "audit_older"};
    for (size_t k = 0; k < sizeof rare / sizeof *rare; k++)
        if (strcmp(statement_texts[i].name, rare[k]) == 0) return true;
    return strncmp(statement_texts[i].name, "restore_", 8) == 0;
}

/* Nothing that answers a request may read a whole table that grows with the number of people. */
static void test_no_statement_reads_whole_tables(void **state)
{
    (void)state;
    static const char *const growing[] = {"account", "a", "session", "s", "membership", "m", "audit", "identifier", "throttle",
                                          "membership_role", "g", "member_term", "artefact", "t", "outbox", "invitation", "v", "field_request",
                                          "f", "password_history", "consent", "export", "picture"};
    struct store_place place;
    sqlite3 *raw = NULL;
    store_place_make(&place);
    store_migrate(&place);
    assert_int_equal(sqlite3_open(place.file, &raw), SQLITE_OK);
    for (size_t i = 0; i < STATEMENTS; i++) {
        if (may_read_whole_tables(i)) continue;
        char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", statement_texts[i].sql);
        sqlite3_stmt *plan = NULL;
        assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &plan, NULL), SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW) {
            char table[64] = "";
            sscanf((const char *)sqlite3_column_text(plan, 3), "SCAN %63s", table);
            for (size_t k = 0; k < sizeof growing / sizeof *growing; k++)
                if (strcmp(table, growing[k]) == 0) fail_msg("%s: SCAN %s", statement_texts[i].name, table);
        }
        sqlite3_finalize(plan);
        sqlite3_free(sql);
    }
    sqlite3_close(raw);
    store_place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_fence_refuses_what_is_wrongly_named),
        cmocka_unit_test(test_statements_that_write_profiles_say_so_in_their_names),
        cmocka_unit_test(test_no_statement_reads_whole_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
