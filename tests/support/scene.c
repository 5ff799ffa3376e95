#include "support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/audit.h"
#include "base/json_memory.h"
#include "base/log.h"
#include "store/profile.h"
#include "store/user_store.h"

static struct user person(struct scene *scene, int64_t connection, const char *user_id, const char *values)
{
    struct user user;
    int64_t id = 0;
    const struct field *taken;
    const struct fields *fields = &scene->portal.directory.fields;
    const struct decided *decided = store_decide(scene->arena, fields, NULL, values);
    Error error = profile_add(scene->portal.db, scene->arena, fields, connection, str_of(user_id), decided, SCENE_NOW, &id,
                              &taken);
    assert_int_equal(error, OK);
    store_do(scene->portal.db, STMT_account_password, DB_ARGS(db_int(id), db_text(STR("hash")), db_int(SCENE_NOW)));
    assert_int_equal(user_get(scene->portal.db, scene->arena, id, &user), OK);
    return user;
}

static void put_people(struct scene *scene)
{
    struct db *db = scene->portal.db;
    int64_t connection = store_int(db, STMT_connection_put,
                                   DB_ARGS(db_text(STR("customers")), db_text(STR("local")), db_text(STR("Customers")),
                                           db_text(STR("{}")), db_text(STR("{}"))));
    scene->organization = store_int(db, STMT_organization_put,
                                    DB_ARGS(db_text(STR("acme")), db_text(STR("Acme")), db_text(STR("")), db_text(STR("{}")),
                                            db_text(STR("{}")), db_text(STR("{}"))));
    store_do(db, STMT_generation_bump, DB_NO_ARGS);
    assert_int_equal(portal_refresh(&scene->portal), OK);
    scene->ada = person(scene, connection, "local|ada", "{\"email\":\"ada@example.com\",\"phone_number\":\"+4930123456\"}");
    scene->bob = person(scene, connection, "local|bob", "{\"email\":\"bob@example.com\"}");
}

void scene_open(struct scene *scene)
{
    struct keys *keys = NULL;
    *scene = (struct scene){.arena = arena_open(0), .write_lock = store_lock()};
    json_memory_use(scene->arena);
    store_place_make(&scene->place);
    store_migrate(&scene->place);
    assert_int_equal(crypto_start(), OK);
    assert_int_equal(keys_open(scene->arena, arena_print(scene->arena, "%s/key", scene->place.folder).p, true, &keys), OK);
    scene->options = (struct options){.default_language = STR("en"), .public_url = STR("http://localhost:8080"),
                                      .host = STR("localhost:8080"), .mail_url = STR("dir:mail"), .sms_url = STR("dir:sms"),
                                      .key_file = arena_print(scene->arena, "%s/key", scene->place.folder),
                                      .pictures_dir = arena_print(scene->arena, "%s/pictures", scene->place.folder),
                                      .exports_dir = arena_print(scene->arena, "%s/exports", scene->place.folder)};
    scene->portal = (struct portal){.options = &scene->options, .keys = keys,
                                    .db = store_open(&scene->place, scene->write_lock)};
    scene->visit = (struct visit){.arena = scene->arena, .now = SCENE_NOW, .request_id = STR("r"), .peer = STR("192.0.2.1"),
                                  .user_agent = STR("browser"), .actor_id = STR("local|ada")};
    assert_int_equal(audit_begin(&scene->portal, scene->arena, false), OK);
    put_people(scene);
}

void scene_close(struct scene *scene)
{
    portal_close(&scene->portal);
    db_close(scene->portal.db);
    store_place_remove(&scene->place);
    munmap(scene->write_lock, sizeof *scene->write_lock);
    json_memory_use(NULL);
    arena_close(scene->arena);
}

void scene_read(struct scene *scene, struct user *user)
{
    assert_int_equal(user_get(scene->portal.db, scene->arena, user->id, user), OK);
}

void scene_begin(struct scene *scene)
{
    assert_int_equal(db_begin(scene->portal.db), OK);
}

void scene_commit(struct scene *scene)
{
    assert_int_equal(db_commit(scene->portal.db), OK);
}

/* Never returns into the test: a failed assertion in a child would run the tests after it a second time. */
static _Noreturn void child(struct scene *scene, int gate, int (*act)(struct scene *, void *), void *context)
{
    char byte;
    struct db_options options = {.url = scene->place.file, .write_lock = scene->write_lock};
    log_catch();
    if (db_open(&options, &scene->portal.db) != OK || read(gate, &byte, 1) != 0) _exit(SCENE_RESULTS - 1);
    int result = act(scene, context);
    _exit(result >= 0 && result < SCENE_RESULTS ? result : SCENE_RESULTS - 1);
}

/* A connection must not live through a fork, so the scene's own is closed meanwhile. */
void scene_at_once(struct scene *scene, size_t count, int (*act)(struct scene *, void *), void *context,
                   int results[SCENE_RESULTS])
{
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    db_close(scene->portal.db);
    for (size_t i = 0; i < count; i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid) continue;
        close(gate[1]);
        child(scene, gate[0], act, context);
    }
    close(gate[0]);
    close(gate[1]);
    memset(results, 0, SCENE_RESULTS * sizeof *results);
    for (size_t i = 0; i < count; i++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < SCENE_RESULTS);
        results[WEXITSTATUS(status)]++;
    }
    scene->portal.db = store_open(&scene->place, scene->write_lock);
}

static bool file_holds(struct scene *scene, const char *path, Str bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    size_t room = 16 * 1024 * 1024;
    char *text = arena_take(scene->arena, room);
    size_t n = fread(text, 1, room, file);
    fclose(file);
    assert_true(n < room);
    return memmem(text, n, bytes.p, bytes.n) != NULL;
}

bool scene_holds(struct scene *scene, Str bytes)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (file_holds(scene, arena_print(scene->arena, "%s%s", scene->place.file, endings[i]).p, bytes)) return true;
    return false;
}
