/* /privacy/export as a browser meets it: asking, waiting, fetching, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_memory.h"
#include "serve/packer.h"
#include "store/user_store.h"
#include "support/golden.h"
#include "support/page_support.h"
#include "support/store_support.h"

static struct stage stage;
static struct store_place place;
static struct arena *arena;

static void step(struct packer *packer, bool *more)
{
    struct visit visit = {.arena = arena, .now = clock_now(), .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                          .actor_id = STR("courier")};
    struct arena *before = json_memory_use(arena);
    *more = false;
    assert_int_equal(packer_step(packer, &visit, more), OK);
    json_memory_use(before);
}

static void build(void)
{
    bool more = true;
    struct packer *packer;
    assert_int_equal(packer_open(arena, &stage.portal, stage.view, &packer), OK);
    while (more) step(packer, &more);
    packer_close(packer);
}

static struct export latest(const char *user_id)
{
    struct user user;
    struct export export;
    struct visit visit = {.arena = arena, .now = clock_now()};
    assert_int_equal(user_get_by_user_id(stage.portal.db, arena, str_of(user_id), &user), OK);
    assert_int_equal(export_latest(&stage.portal, &visit, user.id, &export), OK);
    return export;
}

static const char *way_to(const char *user_id)
{
    return arena_print(arena, "/privacy/export/%.*s", STR_ARGS(latest(user_id).public_id)).p;
}

/* What differs from run to run: the name of the file, and times of this very minute. */
static void check_golden(const char *name)
{
    struct export export = latest("local|ada");
    Str text = text_replaced(arena, stage_masked(&stage), export.public_id, "NAME");
    const struct catalogs *catalogs = view_catalogs(stage.view);
    for (size_t i = 0; i < catalogs->count; i++) {
        text = text_replaced(arena, text, catalog_date(arena, catalogs->list[i], export.expires_at, true), "END");
        text = text_replaced(arena, text, catalog_date(arena, catalogs->list[i], export.created_at + 3600, true), "NEXT HOUR");
    }
    text = text_replaced(arena, text, arena_print(arena, ": %lld kB", (long long)(export.size + 1023) / 1024), ": SIZE kB");
    golden_check(name, text);
}

static void test_nothing_yet(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/privacy/export");
    assert_int_equal(stage.reply.status, 200);
    golden_check("export_none", stage_masked(&stage));
}

static void test_asked_and_waiting(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    stage_post(&stage, "/privacy/export", "");
    assert_int_equal(stage.reply.status, 303);
    assert_true(text_has(stage.head, "Location: /privacy/export\r\n"));
    stage_get(&stage, "/privacy/export");
    check_golden("export_waiting");
    stage_get(&stage, way_to("local|ada"));
    assert_int_equal(stage.reply.status, 404);
    assert_int_equal(stage.reply.file, -1);
}

static void test_ready(void **state)
{
    (void)state;
    static const char *const asks[][2] = {{"export_ready", "GET /privacy/export\n\n"},
                                          {"export_ready_german", "GET /privacy/export\nAccept-Language: de\n\n"},
                                          {"export_ready_arabic", "GET /privacy/export\nAccept-Language: ar\n\n"}};
    build();
    stage_sign_in(&stage, "ada");
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        stage_ask(&stage, asks[i][1]);
        check_golden(asks[i][0]);
    }
}

static void test_the_file(void **state)
{
    (void)state;
    char magic[2];
    stage_sign_in(&stage, "ada");
    stage_get(&stage, way_to("local|ada"));
    assert_int_equal(stage.reply.status, 200);
    assert_true(stage.reply.file >= 0);
    assert_int_equal(stage.reply.file_size, latest("local|ada").size);
    assert_int_equal(read(stage.reply.file, magic, sizeof magic), 2);
    assert_memory_equal(magic, "PK", 2);
    close(stage.reply.file);
    assert_true(text_has(stage.head, "Content-Type: application/zip\r\n"));
    assert_true(text_has(stage.head, "Content-Disposition: attachment; filename=\"my-data.zip\"\r\n"));
    assert_true(text_has(stage.head, "X-Content-Type-Options: nosniff\r\n"));
    assert_true(text_has(stage.head, "Cache-Control: no-store\r\n"));
    assert_true(text_has(stage.head, arena_print(arena, "Content-Length: %lld\r\n", (long long)stage.reply.file_size).p));
}

static void test_nobody_elses(void **state)
{
    (void)state;
    stage_sign_in(&stage, "grace");
    stage_get(&stage, way_to("local|ada"));
    assert_int_equal(stage.reply.status, 404);
    assert_int_equal(stage.reply.file, -1);
    Str other = arena_copy(arena, stage.reply.body);
    stage_get(&stage, "/privacy/export/00000000000000000000000000000000");
    assert_int_equal(stage.reply.status, 404);
    assert_int_equal(stage.reply.body.n, other.n);    /* somebody else's is told apart from nobody's by nothing */
    stage_get(&stage, "/privacy/export/..%2Fkey");
    assert_int_equal(stage.reply.status, 400);
    stage_forget(&stage);
    stage_get(&stage, way_to("local|ada"));
    assert_int_equal(stage.reply.status, 303);
    assert_true(text_has(stage.head, "Location: /login"));
}

static void test_not_fresh(void **state)
{
    (void)state;
    stage_sign_in(&stage, "ada");
    int64_t before = stage.options.fresh_seconds;
    stage.options.fresh_seconds = 0;
    stage_get(&stage, way_to("local|ada"));
    assert_int_equal(stage.reply.status, 303);
    assert_int_equal(stage.reply.file, -1);
    assert_true(text_has(stage.head, "Location: /reauthenticate?next=%2Fprivacy%2Fexport\r\n"));
    stage_get(&stage, "/privacy/export");
    assert_int_equal(stage.reply.status, 200);        /* how it stands is no secret */
    stage_post(&stage, "/privacy/export", "");
    assert_int_equal(stage.reply.status, 303);
    assert_true(text_has(stage.head, "Location: /reauthenticate?next=%2Fprivacy%2Fexport\r\n"));
    stage.options.fresh_seconds = before;
}

static void test_asked_too_soon(void **state)
{
    (void)state;
    Str name = latest("local|ada").public_id;
    stage_sign_in(&stage, "ada");
    stage_get(&stage, "/privacy/export");
    assert_false(text_has(stage.reply.body, "action=\"/privacy/export\""));
    for (int i = 0; i < 100; i++) {
        stage_get(&stage, "/privacy/export");
        stage_post(&stage, "/privacy/export", "");
        assert_int_equal(stage.reply.status, 303);
    }
    assert_true(str_eq(latest("local|ada").public_id, name));
}

static void test_forged(void **state)
{
    (void)state;
    stage_sign_in(&stage, "grace");
    stage_ask(&stage, "POST /privacy/export\n\ncsrf=forged");
    assert_int_equal(stage.reply.status, 403);
    assert_int_equal(store_count(stage.portal.db, "SELECT COUNT(*) FROM export"), 1);
}

static void test_file_gone(void **state)
{
    (void)state;
    Str path = export_path(&stage.portal, arena, latest("local|ada").public_id, "zip");
    assert_int_equal(unlink(path.p), 0);
    stage_sign_in(&stage, "ada");
    log_catch();
    stage_get(&stage, way_to("local|ada"));
    assert_true(log_caught("is not there"));
    assert_int_equal(stage.reply.status, 404);
    assert_true(text_has(stage.reply.body, "This copy is not there any more."));
}

static int begin(void **state)
{
    (void)state;
    stage_open(&stage, NULL);
    arena = arena_open(0);
    store_place_make(&place);
    stage.options.exports_dir = arena_print(arena, "%s/exports", place.folder);
    stage.options.export_seconds = 86400;
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)!rmdir(stage.options.exports_dir.p);
    store_place_remove(&place);
    stage_close(&stage);
    arena_close(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {     /* one story, in this order */
        cmocka_unit_test(test_nothing_yet), cmocka_unit_test(test_asked_and_waiting), cmocka_unit_test(test_ready),
        cmocka_unit_test(test_the_file), cmocka_unit_test(test_nobody_elses), cmocka_unit_test(test_not_fresh),
        cmocka_unit_test(test_asked_too_soon), cmocka_unit_test(test_forged), cmocka_unit_test(test_file_gone),
    };
    return cmocka_run_group_tests_name("pages of the export", tests, begin, end);
}
