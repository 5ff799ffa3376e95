/* The ceilings of import and export: what SQLite itself takes for the same rows and the same bytes.
     bulk insert SOURCE TARGET CHUNK   accounts of SOURCE that TARGET has not, with their identifiers and audit rows, by prepared INSERTs,
                                       CHUNK accounts a transaction, as durable as the portal's; prints how many a second
     bulk select STORE FILE CONNECTION what export writes, spliced together from a bare SELECT */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(sqlite3 *db, int code, const char *what)
{
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static sqlite3 *open_store(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) exit(1);
    check(db, sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
                               "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;", NULL, NULL, NULL), "open");
    sqlite3_wal_autocheckpoint(db, 0);
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
    return statement;
}

/* An INSERT of every column of a table. */
static sqlite3_stmt *insert_into(sqlite3 *db, const char *table, int columns)
{
    char sql[512], *at = sql;
    at += snprintf(at, 64, "INSERT INTO %s VALUES (?", table);
    for (int i = 1; i < columns; i++) at += snprintf(at, 8, ", ?");
    snprintf(at, 8, ")");
    return prepare(db, sql);
}

static void copy_row(sqlite3 *target, sqlite3_stmt *from, sqlite3_stmt *to)
{
    for (int i = 0; i < sqlite3_column_count(from); i++) sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
    check(target, sqlite3_step(to), "insert");
    sqlite3_reset(to);
}

static void copy_of(sqlite3 *target, sqlite3_stmt *from, sqlite3_stmt *to)
{
    while (sqlite3_step(from) == SQLITE_ROW) copy_row(target, from, to);
    sqlite3_reset(from);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static sqlite3_int64 number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = prepare(db, sql);
    sqlite3_int64 value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return value;
}

static void insert(const char *source_path, const char *target_path, int chunk)
{
    sqlite3 *source = open_store(source_path), *target = open_store(target_path);
    sqlite3_stmt *accounts = prepare(source, "SELECT * FROM account WHERE id > ? ORDER BY id");
    sqlite3_stmt *keys = prepare(source, "SELECT * FROM identifier WHERE account_id = ?");
    sqlite3_stmt *audit = prepare(source, "SELECT * FROM audit WHERE user_id = ?");
    sqlite3_stmt *add_account = insert_into(target, "account", sqlite3_column_count(accounts));
    sqlite3_stmt *add_key = insert_into(target, "identifier", sqlite3_column_count(keys));
    sqlite3_stmt *add_audit = insert_into(target, "audit", sqlite3_column_count(audit));
    sqlite3_bind_int64(accounts, 1, number(target, "SELECT MAX(id) FROM account"));
    double began = now();
    long count = 0;
    while (sqlite3_step(accounts) == SQLITE_ROW) {
        if (count % chunk == 0) sqlite3_exec(target, count ? "COMMIT; BEGIN IMMEDIATE" : "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (count % (8 * chunk) == 0 && count) {
            check(target, sqlite3_exec(target, "COMMIT", NULL, NULL, NULL), "commit");
            sqlite3_wal_checkpoint_v2(target, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
            check(target, sqlite3_exec(target, "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin");
        }
        copy_row(target, accounts, add_account);
        sqlite3_bind_value(keys, 1, sqlite3_column_value(accounts, 0));
        copy_of(target, keys, add_key);
        sqlite3_bind_value(audit, 1, sqlite3_column_value(accounts, 1));
        copy_of(target, audit, add_audit);
        count++;
    }
    check(target, sqlite3_exec(target, "COMMIT", NULL, NULL, NULL), "commit");
    printf("%.0f\n", (double)count / (now() - began));
}

static const char *iso(char out[32], sqlite3_int64 seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;
    gmtime_r(&time, &parts);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return out;
}

static void select_all(const char *path, const char *file, const char *connection)
{
    sqlite3 *db = open_store(path);
    sqlite3_stmt *rows = prepare(db, "SELECT user_id, profile, created_at, updated_at, logins_count FROM account ORDER BY id");
    FILE *out = fopen(file, "w");
    char made[32], changed[32];
    double began = now();
    long count = 0;
    if (!out) exit(1);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(rows, 0), *profile = (const char *)sqlite3_column_text(rows, 1), *own = strchr(id, '|');
        fprintf(out, "{\"user_id\":\"%s\",%.*s,\"identities\":[{\"connection\":\"%s\",\"provider\":\"%.*s\",\"user_id\":\"%s\",\"isSocial\":false}],"
                     "\"created_at\":\"%s\",\"updated_at\":\"%s\",\"logins_count\":%lld}\n", id, (int)strlen(profile) - 2, profile + 1, connection,
                (int)(own - id), id, own + 1, iso(made, sqlite3_column_int64(rows, 2)), iso(changed, sqlite3_column_int64(rows, 3)),
                sqlite3_column_int64(rows, 4));
        count++;
    }
    if (fclose(out)) exit(1);
    printf("%.0f\n", (double)count / (now() - began));
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "insert")) insert(argv[2], argv[3], atoi(argv[4]));
    else if (argc == 5 && !strcmp(argv[1], "select")) select_all(argv[2], argv[3], argv[4]);
    else return 2;
    return 0;
}
