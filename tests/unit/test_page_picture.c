/* A person's picture and an organization's mark: who may, what becomes of the files, how many, two at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/picture.h"
#include "account/picture_files.h"
#include "base/clock.h"
#include "support/page_support.h"
#include "support/picture_files.h"
#include "support/portal_support.h"
#include "support/scene.h"
#include "store/engine.h"
#include "support/store_support.h"

static struct stage stage;
static char folder[] = "/tmp/latchkey-pictures-XXXXXX";
static char pictures[64];

static const char people[] =
    "{\"fields\":[],\"connections\":["
    " {\"name\":\"customers\",\"strategy\":\"local\",\"display_name\":\"Customers\",\"options\":{},\"fields\":{}},"
    " {\"name\":\"square\",\"strategy\":\"local\",\"display_name\":\"Village Square\",\"options\":{},\"fields\":{"
    "  \"picture\":{\"owner\":\"read\",\"reason\":{\"en\":\"Village Square sends us your picture\"}}}},"
    " {\"name\":\"once\",\"strategy\":\"local\",\"display_name\":\"Once\",\"options\":{},\"fields\":{\"picture\":{\"owner\":\"once\"}}}],"
    "\"organizations\":[{\"name\":\"acme\",\"display_name\":\"Acme Ltd\"}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"ann\",\"email\":\"ann@example.com\",\"name\":\"Ann Lee\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"administrator\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"hal\",\"email\":\"hal@example.com\",\"name\":\"Hal\",\"organizations\":["
    "  {\"name\":\"acme\",\"roles\":[\"help-desk\"],\"home\":true}]},"
    " {\"connection\":\"customers\",\"user_id\":\"bob\",\"email\":\"bob@example.com\",\"name\":\"Bob\"},"
    " {\"connection\":\"square\",\"user_id\":\"sid\",\"email\":\"sid@example.com\",\"name\":\"Sid\",\"picture\":\"https://square.example/sid.png\"},"
    " {\"connection\":\"once\",\"user_id\":\"ona\",\"email\":\"ona@example.com\",\"name\":\"Ona\"}]}";

#define PAGE "/profile/picture"
#define MARK "/o/acme/desk/branding/mark"

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(pictures, sizeof pictures, "%s/pictures", folder);
    stage_open(&stage, people);
    stage.options.public_url = STR("http://localhost:8080");
    stage.options.host = STR("localhost:8080");
    stage.options.pictures_dir = str_of(pictures);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

static void expect(int status, const char *in_head, const char *in_body)
{
    if (stage.reply.status != status) fail_msg("answered %d, not %d\n%.*s", stage.reply.status, status, STR_ARGS(stage.reply.body));
    if (in_head && !text_has(stage.head, in_head)) fail_msg("not in the head: %s\n%.*s", in_head, STR_ARGS(stage.head));
    if (in_body && !text_has(stage.reply.body, in_body)) fail_msg("not in the page: %s\n%.*s", in_body, STR_ARGS(stage.reply.body));
}

static void expect_not(const char *words)
{
    if (text_has(stage.reply.body, words)) fail_msg("in the page: %s\n%.*s", words, STR_ARGS(stage.reply.body));
}

static void as(const char *who)
{
    stage_forget(&stage);
    stage_sign_in(&stage, arena_print(stage.lasting, "%s@example.com", who).p);
}

static int64_t count(const char *sql)
{
    return store_count(stage.portal.db, sql);
}

static Str png(void)
{
    return file_png(stage.lasting, 40, 30);
}

/* The newest picture's name, from the account's profile or the store. */
static Str name_of(const char *who)
{
    Str name;
    int64_t account = portal_account(&stage.portal, stage.lasting, arena_print(stage.lasting, "%s@example.com", who).p);
    assert_int_equal(picture_of(&stage.portal, stage.lasting, account, &name), OK);
    return name;
}

static bool has_files(Str name)
{
    struct stat facts;
    char path[128];
    snprintf(path, sizeof path, "%s/%.*s/256.webp", pictures, STR_ARGS(name));
    return stat(path, &facts) == 0 && (facts.st_mode & 07777) == 0640 && facts.st_size > 0;
}

static void sweep(int64_t later)
{
    bool more = true;
    const struct visit visit = {.arena = stage.lasting, .now = clock_now() + later};
    while (more) assert_int_equal(picture_sweep(&stage.portal, &visit, &more), OK);
}

static void upload(Str file, const char *more)
{
    stage_upload(&stage, PAGE, "picture", file, more);
}

static void test_saving_and_removing(void **state)
{
    (void)state;
    as("ann");
    stage_get(&stage, PAGE);
    expect(200, NULL, ">AL</span>");
    expect_not("Remove picture");
    upload(png(), "");
    expect(303, "Location: /profile/picture?done=saved", NULL);
    Str first = name_of("ann");
    assert_true(picture_name_is(first) && has_files(first));
    stage_get(&stage, PAGE "?done=saved");
    expect(200, NULL, "Your picture is saved.");
    expect(200, NULL, arena_print(stage.lasting, "src=\"/pictures/%s/64.webp\"", arena_cstr(stage.lasting, first)).p);
    expect(200, NULL, "Remove picture");
    stage_get(&stage, "/profile");
    expect(200, NULL, arena_print(stage.lasting, "src=\"/pictures/%s/256.webp\"", arena_cstr(stage.lasting, first)).p);
    expect_not("name=\"picture\"");
    upload(png(), "crop_x=5&crop_y=0&crop_size=30");
    expect(303, "done=saved", NULL);
    Str second = name_of("ann");
    assert_false(str_eq(first, second));
    sweep(0);
    assert_true(has_files(second) && !has_files(first));
    upload(STR_NONE, "action=remove");
    expect(303, "done=removed", NULL);
    sweep(0);
    assert_false(has_files(second));
    assert_int_equal(count("SELECT COUNT(*) FROM picture") + count("SELECT COUNT(*) FROM picture_gone"), 0);
    stage_get(&stage, PAGE);
    upload(STR_NONE, "action=remove");
    expect(303, "done=none", NULL);
}

static void test_refused_files(void **state)
{
    static const struct { int status; const char *bytes, *more, *words; } rows[] = {
        {422, "", "", "Choose a file first."},
        {415, "<svg/>", "", "no picture of a kind"},
        {415, "<?php", "", "no picture of a kind"},
        {422, "GIF89a", "", "damaged"},
        {413, "GIF89a\xff\xff\xff\xff\x20\x20\x20", "", "too large"},
        {422, "GIF89a\x05", "crop_x=1", "not inside the picture"},
        {422, "GIF89a\x05", "crop_x=a&crop_y=0&crop_size=1", "not inside the picture"},
        {422, "GIF89a\x05", "more=1", NULL},
        {422, "GIF89a\x05", "action=remove", NULL},
        {422, "GIF89a\x05", "crop_x=1&crop_x=1", NULL},
        {422, "GIF89a\x05", "action=other", NULL},
    };
    (void)state;
    stage.options.uploads_per_hour = 1000;
    as("bob");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage_get(&stage, PAGE);
        upload(str_of(rows[i].bytes), rows[i].more);
        expect(rows[i].status, NULL, rows[i].words);
    }
    stage_get(&stage, PAGE);
    upload(png(), "crop_x=0&crop_y=0&crop_size=31");
    expect(422, NULL, "not inside the picture");
    stage_post(&stage, PAGE, "picture=https://example.com/x.png");
    expect(422, NULL, "Choose a file first.");
    upload(STR_NONE, "");
    expect(422, NULL, "Choose a file first.");
    assert_int_equal(name_of("bob").n + (size_t)count("SELECT COUNT(*) FROM picture_gone"), 0);
    stage_get(&stage, PAGE);
    stage_upload(&stage, "/profile", "nickname", png(), "");
    expect(415, NULL, NULL);
    stage_upload(&stage, "/login", "email", png(), "");
    expect(415, NULL, NULL);
    stage.options.uploads_per_hour = 10;
}

static void test_sizes_of_bodies(void **state)
{
    Str large = {memset(arena_take(stage.lasting, 2100000), 'x', 2100000), 2100000};
    (void)state;
    stage.options.uploads_per_hour = 1000;
    as("bob");
    upload(str_first(large, 2090000), "");
    expect(415, NULL, "no picture of a kind");
    stage_get(&stage, PAGE);
    upload(large, "");
    expect(413, NULL, "A picture may have 2 MB");
    stage_get(&stage, PAGE);
    stage_upload(&stage, "/profile", "nickname", str_first(large, 70000), "");
    expect(413, NULL, NULL);
    stage_upload(&stage, "/o/acme/desk/branding", "mark", str_first(large, 70000), "");
    expect(413, NULL, NULL);
    stage.options.uploads_per_hour = 10;
}

static void test_rules_come_first(void **state)
{
    (void)state;
    as("sid");
    stage_get(&stage, PAGE);
    expect(200, NULL, "Village Square sends us your picture");
    expect_not("type=\"file\"");
    expect_not("square.example");
    int64_t refused = count("SELECT COUNT(*) FROM audit WHERE outcome = 'refused'"), counted = count("SELECT COUNT(*) FROM throttle WHERE bucket = 'picture-uploads'");
    stage_get(&stage, "/profile");
    upload(STR("not looked at"), "");
    expect(403, NULL, "Village Square sends us your picture");
    upload(STR_NONE, "action=remove");
    expect(403, NULL, NULL);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE outcome = 'refused'"), refused + 2);
    assert_int_equal(count("SELECT COUNT(*) FROM throttle WHERE bucket = 'picture-uploads'"), counted);
    as("ona");
    stage_get(&stage, PAGE);
    upload(png(), "");
    expect(303, "done=saved", NULL);
    stage_get(&stage, PAGE);
    expect_not("type=\"file\"");
    stage_get(&stage, "/profile/requests");
    stage_get(&stage, "/password");
    upload(png(), "");
    expect(403, NULL, NULL);
    stage_forget(&stage);
    stage_get(&stage, PAGE);
    expect(303, "Location: /login?next=", NULL);
    as("bob");
    stage_ask(&stage, "POST /profile/picture\nContent-Type: application/x-www-form-urlencoded\n\naction=remove&csrf=no");
    expect(403, NULL, NULL);
}

#define NEW_RULES " UPDATE setting SET value = CAST(value AS INTEGER) + 1 WHERE name IN ('generation', 'rules_generation');"

static void engine(const char *sql)
{
    assert_int_equal(engine_run(stage.portal.db, sql), OK);
}

/* The operator's change meets an upload between its decoding and its saving: what was tried is refused, has its row, and leaves nothing. */
static void test_rules_change_while_it_is_decoded(void **state)
{
    static const char refusals[] = "SELECT COUNT(*) FROM audit WHERE outcome = 'refused' AND action = 'profile.save' AND fields LIKE '%picture%'";
    (void)state;
    as("bob");
    stage_get(&stage, PAGE);
    int64_t refused = count(refusals), pictures_now = count("SELECT COUNT(*) FROM picture");
    engine("CREATE TRIGGER meanwhile AFTER INSERT ON picture_gone BEGIN"
           " UPDATE connection SET rules = '{\"picture\":{\"owner\":\"read\"}}' WHERE name = 'customers';" NEW_RULES " END");
    upload(png(), "");
    expect(403, NULL, NULL);
    engine("DROP TRIGGER meanwhile; DELETE FROM throttle WHERE bucket = 'picture-uploads'; UPDATE connection SET rules = '{}' WHERE name = 'customers';" NEW_RULES);
    assert_int_equal(count(refusals), refused + 1);
    assert_int_equal(count("SELECT COUNT(*) FROM picture"), pictures_now);
    assert_int_equal(name_of("bob").n, 0);
    sweep(7200);
    assert_int_equal(count("SELECT COUNT(*) FROM picture_gone"), 0);
}

static void test_so_many_an_hour(void **state)
{
    (void)state;
    stage.options.uploads_per_hour = 2;
    as("hal");
    for (int i = 0; i < 2; i++) {
        stage_get(&stage, PAGE);
        upload(STR("<svg/>"), "");
        expect(415, NULL, NULL);
    }
    stage_get(&stage, PAGE);
    upload(png(), "");
    expect(429, "Retry-After: 3600", "Too many pictures");
    assert_int_equal(name_of("hal").n, 0);
    stage.options.uploads_per_hour = 10;
}

/* A picture's address is no secret: somebody else's is not to be worn, and where the operator says so it gives no power over it. */
static void test_another_account(void **state)
{
    (void)state;
    as("ann");
    stage_get(&stage, PAGE);
    upload(png(), "");
    Str ann = name_of("ann");
    Str worn = arena_print(stage.lasting, "SELECT COUNT(*) FROM account WHERE profile LIKE '%%/pictures/%.*s/%%'", STR_ARGS(ann));
    as("bob");
    stage_get(&stage, "/profile");
    const char *version = strstr(stage.reply.body.p, "name=\"version\" value=\"") + strlen("name=\"version\" value=\"");
    Str body = arena_print(stage.lasting, "version=%.*s&%s", (int)strcspn(version, "\""), version,
                           form_pair(stage.lasting, "picture", arena_print(stage.lasting, "http://localhost:8080/pictures/%.*s/256.webp", STR_ARGS(ann))).p);
    stage_post(&stage, "/profile", body.p);
    expect(422, NULL, "Somebody else uses this already.");
    assert_int_equal(count(worn.p), 1);
    portal_apply(&stage.portal, stage.lasting, arena_print(stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"bob\","
                 "\"picture\":\"http://localhost:8080/pictures/%.*s/256.webp\"}]}", STR_ARGS(ann)).p);
    assert_int_equal(count(worn.p), 2);
    stage_get(&stage, PAGE);
    upload(STR_NONE, "action=remove");
    expect(303, "done=removed", NULL);
    sweep(7200);
    assert_true(str_eq(name_of("ann"), ann) && has_files(ann));
}

/* Whoever takes the address out of the profile takes the files away. */
static void test_files_follow_the_profile(void **state)
{
    (void)state;
    as("bob");
    stage_get(&stage, PAGE);
    upload(png(), "");
    Str name = name_of("bob");
    assert_true(has_files(name));
    portal_apply(&stage.portal, stage.lasting, "{\"users\":[{\"connection\":\"customers\",\"user_id\":\"bob\",\"picture\":null}]}");
    sweep(0);
    assert_true(name_of("bob").n == 0 && !has_files(name));
}

/* What a program that died between files and row leaves. */
static void test_orphans_go(void **state)
{
    struct picture_set set;
    Str name = picture_new_name(stage.lasting);
    PictureAct act = {0};
    const struct visit visit = {.arena = stage.lasting, .now = clock_now()};
    (void)state;
    assert_int_equal(picture_lay_down(&stage.portal, &visit, name, png(), &(struct picture_crop){.asked = false}, &act), OK);
    assert_true(has_files(name));
    sweep(0);
    assert_true(has_files(name));
    sweep(7200);
    assert_false(has_files(name));
    assert_int_equal(picture_make(png(), &(struct picture_crop){.asked = false}, &set), PICTURE_FINE);
    picture_close(&set);
    assert_int_equal(picture_files_remove(&stage.options, stage.lasting, STR("../../etc")), OK);
    assert_int_equal(picture_files_remove(&stage.options, stage.lasting, name), OK);
    assert_int_equal(picture_read(&stage.options, stage.lasting, STR("../pictures"), "64.png", &name), ERR_NOT_FOUND);
}

static void mark(Str file, const char *more)
{
    stage_get(&stage, "/o/acme/desk/branding");
    stage_upload(&stage, MARK, "mark", file, more);
}

static void test_marks(void **state)
{
    (void)state;
    as("hal");
    stage_get(&stage, "/profile");
    stage_upload(&stage, MARK, "mark", png(), "reason=x");
    expect(403, NULL, NULL);
    as("bob");
    stage_get(&stage, "/profile");
    stage_upload(&stage, MARK, "mark", png(), "reason=x");
    expect(404, NULL, NULL);
    as("ann");
    mark(png(), "");
    expect(422, NULL, "Say in a few words why you change this.");
    mark(STR("<svg/>"), "reason=new");
    expect(415, NULL, "no picture of a kind");
    assert_int_equal(count("SELECT COUNT(*) FROM picture WHERE organization_id IS NOT NULL"), 0);
    mark(png(), "reason=new");
    expect(303, "Location: /o/acme/desk/branding?saved=mark", NULL);
    stage_get(&stage, "/o/acme/desk/branding?saved=mark");
    expect(200, NULL, "The mark is saved.");
    stage_forget(&stage);
    stage_get(&stage, "/o/acme/login");
    expect(200, NULL, "class=\"own-mark\" src=\"/pictures/");
    portal_apply(&stage.portal, stage.lasting, "{\"organizations\":[{\"name\":\"acme\",\"branding\":{\"colors\":{\"primary\":\"#0a5c36\",\"page_background\":\"#f4f7f5\"}}}]}");
    stage_get(&stage, "/o/acme/login");
    expect(200, NULL, "class=\"own-mark\" src=\"/pictures/");
    as("ann");
    mark(STR_NONE, "action=remove&reason=gone");
    expect(303, "saved=no-mark", NULL);
    mark(STR_NONE, "action=remove&reason=gone");
    expect(303, "saved=0", NULL);
    sweep(0);
    assert_int_equal(count("SELECT COUNT(*) FROM picture WHERE organization_id IS NOT NULL"), 0);
    assert_int_equal(count("SELECT COUNT(*) FROM audit WHERE action = 'branding.mark' AND outcome = 'allowed'"), 2);
}

static int save_at_once(struct scene *scene, void *context)
{
    PictureAct act;
    const Str *file = context;
    Error error = picture_save(&scene->portal, &scene->visit, &scene->ada, *file, &(struct picture_crop){.asked = false}, &act);
    return error ? (int)error : act.outcome == PICTURE_DONE ? 0 : 9;
}

static void test_many_at_once(void **state)
{
    struct scene scene;
    int results[SCENE_RESULTS];
    bool more = true;
    (void)state;
    scene_open(&scene);
    scene.options.pictures_dir = str_of(pictures);
    scene.options.uploads_per_hour = 10;
    Str file = file_png(scene.arena, 40, 40), name;
    scene_at_once(&scene, 4, save_at_once, &file, results);
    assert_int_equal(results[0], 4);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM picture"), 1);
    assert_int_equal(store_count(scene.portal.db, "SELECT COUNT(*) FROM picture_gone"), 3);
    assert_int_equal(picture_of(&scene.portal, scene.arena, scene.ada.id, &name), OK);
    while (more) assert_int_equal(picture_sweep(&scene.portal, &scene.visit, &more), OK);
    assert_true(has_files(name));
    scene_read(&scene, &scene.ada);
    assert_true(str_eq(picture_name(&scene.options, str_of(json_string_value(json_object_get(scene.ada.profile, "picture")))), name));
    scene_begin(&scene);
    assert_int_equal(picture_drop(&scene.portal, &scene.visit, scene.ada.id), OK);
    scene_commit(&scene);
    more = true;
    while (more) assert_int_equal(picture_sweep(&scene.portal, &scene.visit, &more), OK);
    assert_false(has_files(name));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saving_and_removing), cmocka_unit_test(test_refused_files), cmocka_unit_test(test_sizes_of_bodies),
        cmocka_unit_test(test_rules_come_first),
        cmocka_unit_test(test_rules_change_while_it_is_decoded), cmocka_unit_test(test_so_many_an_hour), cmocka_unit_test(test_another_account),
        cmocka_unit_test(test_files_follow_the_profile), cmocka_unit_test(test_orphans_go), cmocka_unit_test(test_marks),
    };
    const struct CMUnitTest alone[] = {cmocka_unit_test(test_many_at_once)};
    int failed = cmocka_run_group_tests(tests, set_up, tear_down);
    return failed + cmocka_run_group_tests(alone, NULL, NULL);
}
