#include "support/tenants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/member_index.h"
#include "base/encode.h"
#include "store/sqlite.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#define AT(name, roles) "\"organizations\":[{\"name\":\"" name "\",\"roles\":[" roles "],\"home\":true}]"
#define PERSON(id, at, called, more) "{\"connection\":\"customers\",\"user_id\":\"" id "\",\"email\":\"" id "@" at ".example\"," \
    "\"name\":\"" called "\",\"username\":\"un" id "\"," more "}"
#define QUILL_PICTURE "a11ce0000000000000000000000071e1"
#define ZIMT_PICTURE "b0b0000000000000000000000000c1a2"
#define STAFF(at, role, roles) PERSON(at "-" role, at, at " " role, AT(at, roles)) ","
#define EVERYBODY(at, picture) \
    STAFF(at, "admin", "\"administrator\"") STAFF(at, "gone", "\"administrator\"") STAFF(at, "audit", "\"auditor\"") \
    STAFF(at, "helper", "\"help-desk\"") STAFF(at, "greet", "\"greeter\"") \
    PERSON(at "-member", at, at " Mem Ber", "\"family_name\":\"Mac" at "\"," \
           "\"picture\":\"http://localhost:8080/pictures/" picture "/256.webp\",\"user_metadata\":{\"card\":\"" at "-1\"}," AT(at, "")) ","
#define ORGANIZATION(name, hidden) "{\"name\":\"" name "\",\"display_name\":\"The " name " guild\",\"support_email\":\"help@" name \
    ".example\",\"connections\":[\"customers\",\"" name "-directory\"],\"fields\":{\"family_name\":{\"owner\":\"read\"}," hidden "," \
    "\"website\":{\"owner\":\"read\",\"desk\":\"read\"},\"gender\":{\"owner\":\"read\",\"desk\":\"read\",\"reason\":{\"en\":\"The " name \
    " keeps it\"}}}}"
#define DIRECTORY(name) "{\"name\":\"" name "-directory\",\"strategy\":\"local\",\"display_name\":\"" name " directory\"}"

/* Robin's username is hidden from quill's desk, and the card from zimt's. */
static const char world[] =
    "{\"fields\":[{\"name\":\"user_metadata.card\",\"type\":\"text\",\"section\":\"more\",\"owner\":\"edit\","
    "  \"label\":{\"en\":\"Card\",\"de\":\"Karte\",\"ar\":\"البطاقة\"}}],"
    "\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\"}," DIRECTORY("quill") ","
    DIRECTORY("zimt") "],"
    "\"roles\":[{\"name\":\"greeter\",\"permissions\":[\"read:members\",\"create:invitations\"]}],"
    "\"organizations\":[" ORGANIZATION("quill", "\"username\":{\"owner\":\"none\",\"desk\":\"none\"}") ","
    ORGANIZATION("zimt", "\"user_metadata.card\":{\"owner\":\"none\",\"desk\":\"none\"}") "],"
    "\"users\":[" EVERYBODY("quill", QUILL_PICTURE) EVERYBODY("zimt", ZIMT_PICTURE)
    PERSON("loner", "alone", "Lo Ner", "\"nickname\":\"lo\"") ","
    PERSON("robin77", "common", "Robin Common", "\"user_metadata\":{\"card\":\"R-77\"},\"organizations\":["
           "{\"name\":\"quill\",\"roles\":[\"help-desk\"]},{\"name\":\"zimt\",\"roles\":[\"auditor\"],\"home\":true}]") "]}";

const char *tenant_person(const struct tenant *tenant, enum role_of_test role)
{
    static char address[64];
    static const char *const parts[ROLES_OF_TEST] = {[MEMBER] = "member", [AUDITOR] = "audit", [HELPER] = "helper",
        [ADMINISTRATOR] = "admin", [GREETER] = "greet", [GONE] = "gone", [OTHER] = "admin"};
    if (role == STRANGER) return NULL;
    if (role == LONER) return "loner@alone.example";
    if (role == BOTH) return "robin77@common.example";
    const char *at = role == OTHER ? strcmp(tenant->name, "zimt") ? "zimt" : "quill" : tenant->name;
    snprintf(address, sizeof address, "%s-%s@%s.example", at, parts[role], at);
    return address;
}

void tenant_sign_in(struct tenants *tenants, const struct tenant *tenant, enum role_of_test role)
{
    const char *person = tenant_person(tenant, role);
    stage_forget(&tenants->stage);
    if (person) stage_sign_in(&tenants->stage, person);
}

Str absent_id(struct arena *arena, const char *id)
{
    Str text = str_of(id);
    return arena_print(arena, "%.*s%c", (int)text.n - 1, text.p, text.p[text.n - 1] == 'a' ? 'b' : 'a');
}

const struct tenant *tenant_other(const struct tenants *tenants, const struct tenant *tenant)
{
    return tenant == &tenants->quill ? &tenants->zimt : &tenants->quill;
}

const char *tenant_own_id(const struct tenant *tenant, const char *path)
{
    if (strstr(path, "/members/")) return tenant->id[ID_MEMBER];
    if (strstr(path, "/invitations/")) return tenant->id[ID_INVITATION];
    if (strstr(path, "/roles/")) return tenant->id[ID_ROLE];
    if (strstr(path, "/preview/")) return "login";
    if (strstr(path, "/branding/look/")) return "0a5c36-ffffff.css";
    return tenant->id[ID_REQUEST];
}

Str tenant_path(struct arena *arena, const char *path, const char *organization, const char *id)
{
    Str text = text_replaced(arena, str_of(path), STR("{organization}"), organization);
    static const char *const places[] = {"{id}", "{role}", "{page}", "{colours}", "{file}", "{purpose}", "{version}"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) text = text_replaced(arena, text, str_of(places[i]), id);
    return text;
}

static void add_file(struct text *out, int file)
{
    char bytes[4096];
    ssize_t got;
    while (file >= 0 && (got = read(file, bytes, sizeof bytes)) > 0) text_add(out, (Str){bytes, (size_t)got});
    if (file >= 0) close(file);
}

Str stage_answer_without(struct stage *stage, struct arena *kept, Str id)
{
    struct text whole = {.arena = kept};
    Str text = text_replaced(stage->arena, stage_masked(stage), id, "ID");
    text_add(&whole, text_replaced(stage->arena, text, percent_encode(stage->arena, id), "ID"));
    add_file(&whole, stage->reply.file);
    stage->reply.file = -1;
    return text_str(&whole);
}

bool tenant_is_named(const struct tenant *tenant, Str text)
{
    static const enum tenant_id chance[] = {ID_INVITATION, ID_REQUEST, ID_SESSION, ID_EXPORT, ID_PICTURE, ID_MARK};
    for (size_t i = 0; i < sizeof chance / sizeof *chance; i++)
        if (text_has(text, tenant->id[chance[i]])) return true;
    for (size_t i = 0, n = strlen(tenant->name); i + n <= text.n; i++)
        if (!strncasecmp(text.p + i, tenant->name, n)) return true;
    return false;
}

int64_t tenants_audited_across(struct tenants *tenants)
{
    return store_count(tenants->stage.portal.db, "SELECT COUNT(*) FROM audit WHERE"
                 " (organization = 'quill' AND user_id || reason || fields LIKE '%zimt%')"
                 " OR (organization = 'zimt' AND user_id || reason || fields LIKE '%quill%')"
                 " OR (organization = 'quill' AND actor_id LIKE '%zimt%') OR (organization = 'zimt' AND actor_id LIKE '%quill%')");
}

/* --- one of everything --- */

static void post(struct tenants *tenants, const struct tenant *tenant, const char *path, const char *body)
{
    struct arena *arena = arena_open(0);
    Str full = text_replaced(arena, str_of(path), STR("NAME"), tenant->name);
    stage_post(&tenants->stage, full.p, body);
    if (tenants->stage.reply.status != 303 || text_has(tenants->stage.head, "Location: /login"))
        fail_msg("%s: %d\n%.*s", full.p, tenants->stage.reply.status, STR_ARGS(tenants->stage.reply.body));
    arena_close(arena);
}

static void read_id(struct tenants *tenants, const char *sql, char out[64])
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(tenants->stage.portal.db->sqlite, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    snprintf(out, 64, "%s", (const char *)sqlite3_column_text(statement, 0));
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

/* A file that says whose it is. */
static void put_file(struct tenants *tenants, const struct tenant *tenant, const char *folder, const char *name, const char *file)
{
    char path[300], bytes[64];
    snprintf(path, sizeof path, "%s/%s", tenants->place.folder, folder);
    (void)mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/%s", tenants->place.folder, folder, name);
    if (file) (void)mkdir(path, 0700);
    if (file) snprintf(path, sizeof path, "%s/%s/%s/%s", tenants->place.folder, folder, name, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fwrite(bytes, 1, (size_t)snprintf(bytes, sizeof bytes, "these bytes are %s's", tenant->name), out);
    assert_int_equal(fclose(out), 0);
}

static void put_picture(struct tenants *tenants, const struct tenant *tenant, const char *name, const char *column, int64_t owner)
{
    static const char *const files[] = {"64.webp", "64.png", "256.webp", "256.png", "512.webp", "512.png"};
    char sql[200];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) put_file(tenants, tenant, "pictures", name, files[i]);
    snprintf(sql, sizeof sql, "INSERT INTO picture (name, %s, created_at) VALUES ('%s', %lld, 1)", column, name, (long long)owner);
    assert_int_equal(sqlite3_exec(tenants->stage.portal.db->sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* The member's picture, whose address the profile has, their export, and the organization's mark: rows, and files with bytes in them. */
static void put_files(struct tenants *tenants, struct tenant *tenant, const char *picture, int64_t member)
{
    char sql[300], file[80];
    snprintf(tenant->id[ID_PICTURE], 64, "%s", picture);
    snprintf(tenant->id[ID_MARK], 64, "%032llx", (unsigned long long)tenant->organization);
    snprintf(tenant->id[ID_EXPORT], 64, "export%016llx", (unsigned long long)member);
    put_picture(tenants, tenant, tenant->id[ID_PICTURE], "account_id", member);
    put_picture(tenants, tenant, tenant->id[ID_MARK], "organization_id", tenant->organization);
    snprintf(file, sizeof file, "%s.zip", tenant->id[ID_EXPORT]);
    put_file(tenants, tenant, "exports", file, NULL);
    snprintf(sql, sizeof sql, "INSERT INTO export (public_id, account_id, language, state, done, size, tries, created_at, ready_at,"
             " expires_at) VALUES ('%s', %lld, 'en', 'ready', 100, %zu, 1, 1, 1, 9999999999)", tenant->id[ID_EXPORT],
             (long long)member, strlen("these bytes are 's") + strlen(tenant->name));
    assert_int_equal(sqlite3_exec(tenants->stage.portal.db->sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void furnish(struct tenants *tenants, struct tenant *tenant, const char *name, const char *picture)
{
    char sql[200], body[200];
    tenant->name = name;
    snprintf(sql, sizeof sql, "SELECT id FROM organization WHERE name = '%s'", name);
    tenant->organization = store_count(tenants->stage.portal.db, sql);
    tenant_sign_in(tenants, tenant, MEMBER);
    snprintf(body, sizeof body, "field=family_name&value=New%s&note=%s", name, name);
    post(tenants, tenant, "/profile/requests", body);
    read_id(tenants, "SELECT public_id FROM session ORDER BY id DESC LIMIT 1", tenant->id[ID_SESSION]);
    read_id(tenants, "SELECT public_id FROM field_request ORDER BY id DESC LIMIT 1", tenant->id[ID_REQUEST]);
    tenant_sign_in(tenants, tenant, ADMINISTRATOR);
    snprintf(body, sizeof body, "emails=guest%%40%s.example&reason=%s", name, name);
    post(tenants, tenant, "/o/NAME/desk/invitations", body);
    read_id(tenants, "SELECT public_id FROM invitation ORDER BY id DESC LIMIT 1", tenant->id[ID_INVITATION]);
    snprintf(body, sizeof body, "name=%s-keeper&permissions=read%%3Amembers&reason=%s", name, name);
    post(tenants, tenant, "/o/NAME/desk/roles", body);
    snprintf(body, sizeof body, "reason=%s", name);
    post(tenants, tenant, "/o/NAME/desk/members/local%7CNAME-gone/suspend", body);
    snprintf(tenant->id[ID_MEMBER], 64, "local%%7C%s-member", name);
    snprintf(tenant->id[ID_ADMINISTRATOR], 64, "local%%7C%s-admin", name);
    snprintf(tenant->id[ID_ROLE], 64, "%s-keeper", name);
    snprintf(tenant->id[ID_ORGANIZATION], 64, "%s", name);
    snprintf(sql, sizeof sql, "SELECT id FROM account WHERE user_id = 'local|%s-member'", name);
    put_files(tenants, tenant, picture, store_count(tenants->stage.portal.db, sql));
}

void tenants_open(struct tenants *tenants)
{
    struct visit visit = {.now = A_DAY_IN_2026, .request_id = STR(""), .peer = STR("")};
    bool more = true;
    memset(tenants, 0, sizeof *tenants);
    stage_open(&tenants->stage, world);
    tenants->stage.options.mail_url = STR("dir:mail");
    tenants->stage.options.public_url = STR("http://localhost:8080");
    tenants->stage.options.host = STR("localhost:8080");
    store_place_make(&tenants->place);
    tenants->stage.options.pictures_dir = arena_print(tenants->stage.lasting, "%s/pictures", tenants->place.folder);
    tenants->stage.options.exports_dir = arena_print(tenants->stage.lasting, "%s/exports", tenants->place.folder);
    visit.arena = tenants->stage.lasting;
    while (more) assert_int_equal(member_index_mend(&tenants->stage.portal, &visit, 100, &more), OK);
    furnish(tenants, &tenants->quill, "quill", QUILL_PICTURE);
    furnish(tenants, &tenants->zimt, "zimt", ZIMT_PICTURE);
}

void tenants_close(struct tenants *tenants)
{
    stage_close(&tenants->stage);
    store_place_remove(&tenants->place);
}

/* --- what the store did and holds --- */

struct work store_work(struct db *db)
{
    struct work work = {0};
    for (size_t i = 0; i < STATEMENTS; i++) {
        work.runs += sqlite3_stmt_status(db->prepared[i].statement, SQLITE_STMTSTATUS_RUN, 1);
        work.steps += sqlite3_stmt_status(db->prepared[i].statement, SQLITE_STMTSTATUS_VM_STEP, 1);
    }
    return work;
}

static uint64_t mixed(uint64_t digest, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) digest = (digest ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
    return (digest ^ 0xff) * 1099511628211u;
}

/* Which organization an account comes from, or whose desk blocked it, is that organization's, whoever else has the account. */
static bool is_of_another(sqlite3_stmt *statement, int column, const struct tenant *tenant)
{
    const char *name = sqlite3_column_name(statement, column);
    bool names = !strcmp(name, "origin_id") || !strcmp(name, "blocked_by_id");
    return tenant && names && sqlite3_column_int64(statement, column) != tenant->organization;
}

static uint64_t digest_of(sqlite3 *sqlite, const char *sql, const struct tenant *tenant, uint64_t digest)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(sqlite));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            if (is_of_another(statement, i, tenant)) continue;
            const void *value = sqlite3_column_blob(statement, i);
            digest = mixed(digest, value, (size_t)sqlite3_column_bytes(statement, i));
        }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return digest;
}

static bool has_column(sqlite3 *sqlite, const char *table, const char *column)
{
    return sqlite3_table_column_metadata(sqlite, NULL, table, column, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

/* Tables with neither column are nobody's. An account's rows in other organizations have the organization and are left out by it. */
static void tenant_sql(sqlite3 *sqlite, const char *table, const struct tenant *tenant, char *out, size_t room)
{
    const char *column = has_column(sqlite, table, "organization_id") ? "organization_id" : !strcmp(table, "organization") ? "id" : NULL;
    const char *account = has_column(sqlite, table, "account_id") ? "account_id" : !strcmp(table, "account") ? "id" : NULL;
    out[0] = '\0';
    if (column) snprintf(out, room, "SELECT * FROM \"%s\" WHERE %s = %lld", table, column, (long long)tenant->organization);
    else if (account) snprintf(out, room, "SELECT * FROM \"%s\" WHERE %s IN (SELECT account_id FROM membership WHERE organization_id ="
                               " %lld)", table, account, (long long)tenant->organization);
    else if (!strcmp(table, "audit")) snprintf(out, room, "SELECT * FROM audit WHERE organization = '%s'", tenant->name);
}

static uint64_t digest(struct db *db, const struct tenant *tenant)
{
    uint64_t all = 14695981039346656037u;
    char sql[400];
    sqlite3_stmt *tables;
    assert_int_equal(sqlite3_prepare_v2(db->sqlite, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('session',"
                                        " 'throttle') ORDER BY name", -1, &tables, NULL), SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
        if (!tenant && (!strcmp(table, "audit") || !strcmp(table, "setting"))) continue;
        if (tenant) tenant_sql(db->sqlite, table, tenant, sql, sizeof sql);
        if (sql[0]) all = digest_of(db->sqlite, sql, tenant, mixed(all, table, strlen(table)));
    }
    assert_int_equal(sqlite3_finalize(tables), SQLITE_OK);
    return all;
}

uint64_t store_digest(struct db *db)
{
    return digest(db, NULL);
}

uint64_t tenant_digest(struct db *db, const struct tenant *tenant)
{
    return digest(db, tenant);
}
