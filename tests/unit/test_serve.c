/* The supervisor and its children, for real: processes, signals and the socket. The client below speaks FastCGI itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/board.h"
#include "serve/supervisor.h"
#include "store/engine.h"
#include "support/store_support.h"

enum { PATIENCE_MS = 20000, STEP_US = 5000, CHILDREN = 4 };   /* two workers, a hasher, the courier */

static struct place {
    struct store_place files;
    char config[192], socket[192], lock[200], log[192];
    pid_t supervisor;
} place;

/* --- a program in a folder of its own --- */

static void write_config(const char *more)
{
    char *top = get_current_dir_name();
    FILE *out = fopen(place.config, "w");
    assert_non_null(top);
    assert_non_null(out);
    fprintf(out, "public_url = \"http://localhost:8080\";\nworkers = 2;\nhashers = 1;\npassword_hash_kib = 19456;\n"
                 "templates_dir = \"%s/templates\";\nlanguages_dir = \"%s/build/i18n\";\nstatic_dir = \"%s/build/static\";\n%s\n",
            top, top, top, more);
    free(top);
    assert_int_equal(fclose(out), 0);
}

static pid_t start_one(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) return child;
    closefrom(STDERR_FILENO + 1); /* connections of this test */
    int log = open(place.log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    log_to(log);
    _exit(supervisor_run(place.config));
}

static int end_of(pid_t process)
{
    int status = -1;
    assert_int_equal(waitpid(process, &status, 0), process);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static const char *peer;          /* as which nginx would ask */

static int set_up(void **state)
{
    (void)state;
    store_place_make(&place.files);
    snprintf(place.config, sizeof place.config, "%s/latchkey.conf", place.files.folder);
    snprintf(place.socket, sizeof place.socket, "%s/latchkey.sock", place.files.folder);
    snprintf(place.lock, sizeof place.lock, "%s.lock", place.socket);
    snprintf(place.log, sizeof place.log, "%s/log", place.files.folder);
    place.supervisor = 0;
    peer = "127.0.0.1";
    write_config("");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (place.supervisor > 0) {
        kill(place.supervisor, SIGTERM);
        waitpid(place.supervisor, NULL, 0);
    }
    store_place_remove(&place.files);
    return 0;
}

/* --- a client --- */

static int dial(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    memcpy(address.sun_path, place.socket, strlen(place.socket));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

static size_t put_record(char *out, int type, const char *content, size_t n)
{
    const char head[8] = {1, (char)type, 0, 1, (char)(n >> 8), (char)(n & 255), 0, 0};
    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, content, n);
    return sizeof head + n;
}

static size_t put_pair(char *out, const char *name, const char *value)
{
    out[0] = (char)strlen(name);
    out[1] = (char)strlen(value);
    return (size_t)snprintf(out + 2, 300, "%s%s", name, value) + 2;
}

/* All but the end of the body. */
static int send_begun(const char *method, const char *path)
{
    char pairs[1024], out[2048];
    size_t n = put_pair(pairs, "REQUEST_METHOD", method), size = 0;
    n += put_pair(pairs + n, "REQUEST_URI", path);
    n += put_pair(pairs + n, "PORTAL_PEER", peer);
    if (!strcmp(method, "POST")) {
        n += put_pair(pairs + n, "CONTENT_LENGTH", "3");
        n += put_pair(pairs + n, "CONTENT_TYPE", "application/x-www-form-urlencoded");
    }
    size += put_record(out, 1, "\0\1\0\0\0\0\0\0", 8);
    size += put_record(out + size, 4, pairs, n);
    size += put_record(out + size, 4, "", 0);
    int fd = dial();
    if (fd >= 0 && write(fd, out, size) == (ssize_t)size) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* What stands in the records of the answer, without their heads. */
static size_t unpack(char *answer, size_t got)
{
    size_t kept = 0;
    for (size_t at = 0; at + 8 <= got;) {
        const unsigned char *head = (const unsigned char *)answer + at;
        size_t n = (size_t)head[4] << 8 | head[5], padding = head[6];
        bool output = head[1] == 6;
        at += 8;
        if (at + n > got) break;
        if (output) {
            memmove(answer + kept, answer + at, n);
            kept += n;
        }
        at += n + padding;
    }
    answer[kept] = '\0';
    return kept;
}

/* The status that is answered; 0 when there is none. `page` may be NULL. */
static int receive(int fd, char *page, size_t room)
{
    static char answer[1 << 18];
    size_t got = 0;
    for (ssize_t n; got < sizeof answer - 1 && (n = read(fd, answer + got, sizeof answer - 1 - got)) > 0;)
        got += (size_t)n;
    close(fd);
    got = unpack(answer, got);
    if (page) snprintf(page, room, "%s", answer);
    return got > 8 && !strncmp(answer, "Status: ", 8) ? atoi(answer + 8) : 0;
}

static int ask(const char *path, char *page, size_t room)
{
    char end[8];
    int fd = send_begun("GET", path);
    if (fd < 0) return 0;
    if (write(fd, end, put_record(end, 5, "", 0)) != 8) {
        close(fd);
        return 0;
    }
    return receive(fd, page, room);
}

/* --- waiting, bounded --- */

#define UNTIL(condition) \
    do { \
        int64_t until_ = clock_monotonic_ms() + PATIENCE_MS; \
        while (!(condition)) { \
            if (clock_monotonic_ms() > until_) fail_msg("waited in vain until %s", #condition); \
            usleep(STEP_US); \
        } \
    } while (0)

static const char *log_text(void)
{
    static char text[65536];
    int fd = open(place.log, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static bool log_has(const char *words)
{
    return strstr(log_text(), words) != NULL;
}

static void print_log(void)
{
    print_message("# the log:\n%s", log_text());
}

/* How many children, and the first `room` of them; in the order they were started. */
static size_t children_of(pid_t process, pid_t *list, size_t room)
{
    char path[64];
    size_t count = 0;
    int child;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)process, (int)process);
    FILE *in = fopen(path, "re");
    while (in && fscanf(in, "%d", &child) == 1) {
        if (count < room) list[count] = child;
        count++;
    }
    if (in) fclose(in);
    return count;
}

/* A process of somebody else's may stay a zombie for as long as its new parent likes. */
static bool is_gone(pid_t process)
{
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *in = fopen(path, "re");
    bool read_it = in && fscanf(in, "%*d (%*[^)]) %c", &state) == 1;
    if (in) fclose(in);
    return !read_it || state == 'Z';
}

static bool has_ended(pid_t child)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

static void start(void)
{
    place.supervisor = start_one();
    UNTIL(log_has("ready: ") || has_ended(place.supervisor));
    if (has_ended(place.supervisor)) print_log();
    assert_int_equal(ask("/healthz", NULL, 0), 200);
}

static void stop(void)
{
    kill(place.supervisor, SIGTERM);
    assert_int_equal(end_of(place.supervisor), 0);
    place.supervisor = 0;
}

static bool page_says(const char *words)
{
    char page[65536];
    return ask("/login", page, sizeof page) == 200 && strstr(page, words);
}

/* --- tests --- */

static void kill_supervisor(void)
{
    kill(place.supervisor, SIGKILL);
    assert_int_equal(end_of(place.supervisor), -SIGKILL);
    assert_int_equal(truncate(place.log, 0), 0);
}

/* Of each kind rows that are over and rows that are not; sessions in more than one step of a sweep. */
static const char *const leftovers =
    "INSERT INTO connection (id, name, strategy, display_name, options, rules) VALUES (1, 'c', 'local', 'C', '{}', '{}');"
    "INSERT INTO account (id, user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at, created_at, updated_at,"
    " last_login_at, logins_count) VALUES (1, 'local|a', 1, '{}', '{}', 1, 1, 0, 0, 0, 0, 0, 0);"
    "INSERT INTO organization (id, name, display_name, support_email, branding, metadata, rules) VALUES (1, 'o', 'O', '', '{}', '{}', '{}');"
    "INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at) VALUES (1, 1, 1, 0, 0, 0);"
    "CREATE TEMP TABLE moment AS SELECT CAST(strftime('%s') AS INTEGER) AS now;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1203)"
    " INSERT INTO session (id_hash, public_id, account_id, epoch, created_at, authenticated_at, last_seen_at, expires_at, peer,"
    " user_agent) SELECT CAST('h' || i AS BLOB), 'p' || i, 1, 1, now, now, now, CASE WHEN i <= 3 THEN now + 3600 ELSE now - i END,"
    " '', '' FROM n, moment;"
    "INSERT INTO throttle (bucket, key, count, paused_until, expires_at) SELECT 'over', x'01', 1, 0, now - 1 FROM moment"
    " UNION ALL SELECT 'counts', x'02', 1, 0, now + 3600 FROM moment UNION ALL SELECT 'pauses', x'03', 1, now + 3600, now + 3600"
    " FROM moment;"
    "INSERT INTO artefact (purpose, token_hash, account_id, value, data, epoch, created_at, expires_at, used_at, tries)"
    " SELECT 'over', x'01', 1, '', '{}', 1, now, now - 1, 0, 0 FROM moment UNION ALL"
    " SELECT 'open', x'02', 1, '', '{}', 1, now, now + 3600, 0, 0 FROM moment UNION ALL"
    " SELECT 'used', x'03', 1, '', '{}', 1, now, now + 3600, now, 0 FROM moment;"
    "INSERT INTO outbox (message_id, channel, kind, account_id, recipient, language, payload, state, attempts, due_at, expires_at,"
    " created_at, done_at, last_error)"
    " SELECT 'late', 'mail', 'password_reset', 1, 'r', 'en', x'0102', 'queued', 0, now - 9, now - 1, now, 0, '' FROM moment UNION ALL"
    " SELECT 'waits', 'mail', 'password_reset', 1, 'r', 'en', x'0102', 'queued', 0, now - 9, now + 3600, now, 0, '' FROM moment"
    " UNION ALL SELECT 'old', 'mail', 'password_reset', 1, 'r', 'en', x'', 'sent', 1, now - 691200, 0, 0, 1, '' FROM moment"
    " UNION ALL SELECT 'young', 'mail', 'password_reset', 1, 'r', 'en', x'', 'sent', 1, now - 518400, 0, 0, 1, '' FROM moment;";

static void the_courier_clears_away_what_is_over(void **state)
{
    (void)state;
    write_config("database = \"store.db\";");
    store_migrate(&place.files);
    struct db *db = store_open(&place.files, NULL);
    assert_int_equal(engine_run(db, leftovers), OK);
    db_close(db);                 /* the engine must not be handed on by fork */
    start();
    db = store_open(&place.files, NULL);
    UNTIL(store_count(db, "SELECT count(*) FROM session") == 3);
    UNTIL(store_count(db, "SELECT count(*) FROM throttle") == 2);
    UNTIL(store_count(db, "SELECT count(*) FROM membership WHERE sort_name = 'local|a' AND derived > 0") == 1);
    UNTIL(store_count(db, "SELECT count(*) FROM artefact") == 2);
    UNTIL(store_count(db, "SELECT count(*) FROM outbox") == 3);
    UNTIL(store_count(db, "SELECT count(*) FROM outbox WHERE message_id = 'late' AND state = 'dropped' AND payload = x''"
                          " AND last_error = 'expired'") == 1);
    stop();
    assert_int_equal(store_count(db, "SELECT count(*) FROM session WHERE id <= 3"), 3);
    assert_int_equal(store_count(db, "SELECT count(*) FROM throttle WHERE bucket IN ('counts', 'pauses')"), 2);
    assert_int_equal(store_count(db, "SELECT count(*) FROM artefact WHERE purpose IN ('open', 'used')"), 2);
    assert_int_equal(store_count(db, "SELECT count(*) FROM outbox WHERE message_id = 'waits' AND state = 'queued' AND attempts = 0"), 1);
    assert_int_equal(store_count(db, "SELECT count(*) FROM outbox WHERE message_id = 'young'"), 1);
    db_close(db);
}

static bool figures_say(const char *line)
{
    static char page[8192];
    return ask("/metrics", page, sizeof page) == 200 && strstr(page, "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n") &&
           strstr(page, line);
}

/* A worker counts an answer after it was sent. */
static void figures_are_for_this_machine(void **state)
{
    (void)state;
    write_config("");
    start();
    assert_int_equal(ask("/metrics", NULL, 0), 404);
    peer = "unix:";
    assert_int_equal(ask("/login", NULL, 0), 400);
    assert_int_equal(ask("/nowhere", NULL, 0), 400);
    UNTIL(figures_say("\nlatchkey_answers_total{status=\"4xx\"} 3\n"));
    assert_true(figures_say("\nlatchkey_answers_total{status=\"5xx\"} 0\n"));
    assert_true(figures_say("\nlatchkey_workers 2\n"));
    assert_true(figures_say("\nlatchkey_messages_queued 0\n"));
    assert_true(figures_say("\nlatchkey_answer_seconds_bucket{le=\"0.001\"} "));
    stop();
}

static void it_answers_and_leaves_nothing_behind(void **state)
{
    (void)state;
    struct stat status;
    start();
    assert_int_equal(stat(place.socket, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    assert_int_equal(ask("/login", NULL, 0), 200);
    assert_int_equal(ask("/nowhere", NULL, 0), 404);
    assert_int_equal(children_of(place.supervisor, NULL, 0), CHILDREN);
    stop();
    assert_int_equal(access(place.socket, F_OK), -1);
    assert_int_equal(access(place.lock, F_OK), -1);
}

static void what_is_set_up_wrongly_stops_the_start(void **state)
{
    (void)state;
    write_config("workers = \"many\"; nonsense = 1;");
    assert_int_equal(end_of(start_one()), 1);
    write_config("nonsense = 1;");
    assert_int_equal(end_of(start_one()), 1);
    assert_true(log_has("nonsense: there is no such option"));
    write_config("default_language = \"tlh\";");
    assert_int_equal(end_of(start_one()), 1);
    assert_true(log_has("there is no language \"tlh\""));
    assert_int_equal(access(place.socket, F_OK), -1);
}

static void a_second_one_stays_away(void **state)
{
    (void)state;
    start();
    assert_int_equal(end_of(start_one()), 1);
    assert_int_equal(ask("/healthz", NULL, 0), 200);
}

static void others_sockets_and_files_are_left_alone(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, place.socket, strlen(place.socket));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(end_of(start_one()), 1);
    assert_true(log_has("another program serves this socket"));
    close(fd);
    start();                      /* nobody answers there any more */
    stop();
    fd = open(place.socket, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    close(fd);
    assert_int_equal(end_of(start_one()), 1);
    assert_int_equal(access(place.socket, F_OK), 0);
    unlink(place.socket);
}

static void the_dead_are_replaced_within_a_second(void **state)
{
    (void)state;
    pid_t old[CHILDREN], new[CHILDREN];
    start();
    for (int i = 0; i < CHILDREN; i++)
        assert_int_equal(ask("/healthz", NULL, 0), 200);
    assert_int_equal(children_of(place.supervisor, old, CHILDREN), CHILDREN);
    int64_t began = clock_monotonic_ms();
    for (int i = 0; i < CHILDREN; i++)
        kill(old[i], SIGKILL);
    UNTIL(children_of(place.supervisor, new, CHILDREN) == CHILDREN && new[0] > old[CHILDREN - 1]);
    assert_int_equal(ask("/healthz", NULL, 0), 200);
    assert_true(clock_monotonic_ms() - began < 1000);
}

static void a_reload_takes_over_and_loses_nothing(void **state)
{
    (void)state;
    pid_t old[CHILDREN], new[CHILDREN];
    start();
    assert_false(page_says("Second name"));
    children_of(place.supervisor, old, CHILDREN);
    write_config("display_name = \"Second name\";");
    kill(place.supervisor, SIGHUP);
    UNTIL(page_says("Second name"));
    UNTIL(children_of(place.supervisor, new, CHILDREN) == CHILDREN && new[0] > old[CHILDREN - 1]);
    for (int i = 0; i < 3; i++)
        kill(place.supervisor, SIGHUP);
    for (int i = 0; i < 50; i++)
        assert_int_equal(ask("/healthz", NULL, 0), 200);
}

static void a_bad_reload_changes_nothing(void **state)
{
    (void)state;
    pid_t old[CHILDREN], new[CHILDREN];
    start();
    children_of(place.supervisor, old, CHILDREN);
    write_config("display_name = \"Second name\"; nonsense = 1;");
    kill(place.supervisor, SIGHUP);
    UNTIL(log_has("not reloaded"));
    assert_true(log_has("nonsense: there is no such option"));
    assert_false(page_says("Second name"));
    assert_int_equal(children_of(place.supervisor, new, CHILDREN), CHILDREN);
    assert_memory_equal(old, new, sizeof old);
}

static void a_stuck_worker_is_ended_at_its_deadline(void **state)
{
    (void)state;
    write_config("request_seconds = 1;");
    start();
    int64_t began = clock_monotonic_ms();
    int without_body = send_begun("POST", "/login"), half = dial();
    assert_int_equal(write(half, "\1\1\0", 3), 3);
    assert_int_equal(receive(without_body, NULL, 0), 0);
    assert_int_equal(receive(half, NULL, 0), 0);
    assert_true(clock_monotonic_ms() - began >= 1000);
    assert_true(log_has("needs more than 1 s"));
    assert_int_equal(ask("/healthz", NULL, 0), 200);
}

static void a_running_request_is_answered_before_the_end(void **state)
{
    (void)state;
    char end[32];
    start();
    int fd = send_begun("POST", "/login");
    assert_int_equal(ask("/healthz", NULL, 0), 200);
    kill(place.supervisor, SIGTERM);
    UNTIL(access(place.socket, F_OK));
    usleep(500000);               /* in which it is told to stop more than once */
    size_t size = put_record(end, 5, "a=b", 3);
    size += put_record(end + size, 5, "", 0);
    assert_int_equal(write(fd, end, size), size);
    assert_int_equal(receive(fd, NULL, 0), 403);
    assert_int_equal(end_of(place.supervisor), 0);
    place.supervisor = 0;
}

static void a_stop_does_not_wait_for_ever(void **state)
{
    (void)state;
    write_config("drain_seconds = 1; request_seconds = 600;");
    start();
    int fd = send_begun("POST", "/login");
    assert_int_equal(ask("/healthz", NULL, 0), 200);
    int64_t began = clock_monotonic_ms();
    stop();
    assert_true(clock_monotonic_ms() - began >= 1000);
    assert_int_equal(receive(fd, NULL, 0), 0);
}

static void after_the_supervisors_death_the_next_start_is_free(void **state)
{
    (void)state;
    pid_t old[CHILDREN];
    start();
    children_of(place.supervisor, old, CHILDREN);
    int busy = send_begun("POST", "/login");
    assert_int_equal(ask("/healthz", NULL, 0), 200);
    kill_supervisor();
    start();                      /* at once, while a worker of the old one is still at work */
    close(busy);
    for (int i = 0; i < CHILDREN; i++)
        UNTIL(is_gone(old[i]));
    assert_int_equal(ask("/healthz", NULL, 0), 200);
}

static void nobody_outlives_the_supervisor_for_long(void **state)
{
    (void)state;
    pid_t old[CHILDREN];
    write_config("drain_seconds = 1;");
    start();
    children_of(place.supervisor, old, CHILDREN);
    int stuck = send_begun("POST", "/login");
    assert_int_equal(ask("/healthz", NULL, 0), 200);
    kill_supervisor();
    place.supervisor = 0;
    for (int i = 0; i < CHILDREN; i++)
        UNTIL(is_gone(old[i]));
    assert_int_equal(receive(stuck, NULL, 0), 0);
}

/* However many workers refuse however much, the log gets one line a minute with all of them in it. */
static void refusals_are_told_of_once_a_minute(void **state)
{
    static struct bench bench;
    (void)state;
    int64_t now = 5000, lines = 0, told = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t count = bench_overload(&bench, now + i * 100);
        lines += count > 0;
        told += count;
    }
    assert_int_equal(lines, 2);
    assert_int_equal(told, 601);
    assert_int_equal(bench_overload(&bench, now + 120000), 400);
    assert_int_equal(bench_overload(&bench, now + 120001), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_answers_and_leaves_nothing_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figures_are_for_this_machine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_courier_clears_away_what_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_set_up_wrongly_stops_the_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_one_stays_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(others_sockets_and_files_are_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_dead_are_replaced_within_a_second, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reload_takes_over_and_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_reload_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stuck_worker_is_ended_at_its_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_running_request_is_answered_before_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_does_not_wait_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_the_supervisors_death_the_next_start_is_free, set_up, tear_down),
        cmocka_unit_test(refusals_are_told_of_once_a_minute),
        cmocka_unit_test_setup_teardown(nobody_outlives_the_supervisor_for_long, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
