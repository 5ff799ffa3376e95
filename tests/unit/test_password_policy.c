/* What a new password must be: domain.md 10.1 to 10.5 and 10.10, security.md B21, and breached ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/password_breach.h"
#include "account/password_change.h"
#include "account/password_policy.h"
#include "support/scene.h"

static struct scene scene;

static int set_up(void **state)
{
    (void)state;
    scene_open(&scene);
    scene.portal.hashing = (struct hashing){.cost = {8, 1}, .job_socket = -1};
    scene.options.display_name = STR("Northwind Portal");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

static void connection_says(const char *options)
{
    (void)store_int(scene.portal.db, STMT_connection_put,
                    DB_ARGS(db_text(STR("customers")), db_text(STR("local")), db_text(STR("Customers")), db_text(str_of(options)),
                            db_text(STR("{}"))));
    store_do(scene.portal.db, STMT_generation_bump, DB_NO_ARGS);
    portal_settle(&scene.portal);
    assert_int_equal(portal_refresh(&scene.portal), OK);
}

static struct password_reason reasons[PASSWORD_REASONS];
static size_t count;

static bool has_reason(const char *words)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(reasons[i].message, words)) return true;
    return false;
}

static void check(const char *password)
{
    Error error = password_policy_check(&scene.portal, &scene.visit, &scene.ada, str_of(password), reasons, &count);
    assert_int_equal(error, OK);
}

static void accepted(const char *password)
{
    check(password);
    if (count) fail_msg("%s: %s", password, reasons[0].message);
}

/* For exactly one reason. */
static void refused(const char *password, const char *words)
{
    check(password);
    if (count != 1 || !has_reason(words)) fail_msg("%s: %zu reasons, first: %s", password, count, count ? reasons[0].message : "-");
}

static void person_is(const char *profile)
{
    scene.ada.profile = json_loads(profile, 0, NULL);
    assert_non_null(scene.ada.profile);
}

/* ---- levels ---- */

#define BARE ",\"password_dictionary\":{\"enable\":false},\"password_no_personal_info\":{\"enable\":false}}"

static void test_levels(void **state)
{
    (void)state;
    connection_says("{\"passwordPolicy\":\"none\"" BARE);
    accepted("a");
    refused("", "Enter a new password");
    connection_says("{\"passwordPolicy\":\"low\"" BARE);
    accepted("abcdef");
    refused("abcde", "at least");
    assert_int_equal(reasons[0].limit, 6);
    connection_says("{\"passwordPolicy\":\"fair\"" BARE);
    accepted("abcDEF12");
    refused("abcdef12", "small letters, capital letters and digits");
    refused("abcDEFgh", "small letters, capital letters and digits");
    refused("ABCDEF12", "small letters, capital letters and digits");
    refused("abDEF12", "at least");
}

static void test_good(void **state)
{
    (void)state;
    connection_says("{\"passwordPolicy\":\"good\"}");
    check("hello");
    assert_true(has_reason("at least") && has_reason("three of these four"));
    assert_int_equal(reasons[0].limit, 8);
    check("hello1234");
    assert_true(has_reason("three of these four") && !has_reason("at least"));
    accepted("Hello1234");
    accepted("hello 1234");
    refused("helloÄÖÜ", "three of these four");
}

static void test_excellent(void **state)
{
    (void)state;
    connection_says("{\"passwordPolicy\":\"excellent\"}");
    refused("Aaa1bbb!cd", "twice in a row");
    accepted("Aab1bbc!cd");
    refused("Ab1!Ab1!x", "at least");
    refused("1äöüäääBcd", "twice in a row");
    accepted("1äöüäAaäBcd");
}

static void test_length(void **state)
{
    char password[80];
    (void)state;
    connection_says("{\"passwordPolicy\":\"good\",\"password_complexity_options\":{\"min_length\":12}}");
    refused("Hello-World", "at least");
    assert_int_equal(reasons[0].limit, 12);
    connection_says("{\"password_complexity_options\":{\"min_length\":\"many\"},\"passwordPolicy\":7}");
    refused("tuerkis-9", "at least");
    assert_int_equal(reasons[0].limit, 10);
    for (size_t i = 0; i < sizeof password; i++) password[i] = (char)('!' + i * 37 % 90);
    password[72] = '\0';
    accepted(password);
    password[72] = 'x';
    password[73] = '\0';
    refused(password, "at most");
    assert_int_equal(reasons[0].limit, 72);
}

/* ---- what others would try ---- */

static void test_common(void **state)
{
    static const char *const common[] = {
        "password1", "PASSWORD1", "1234567890", "qwertyuiop", "p@ssw0rd", "iloveyou", "trustno1", "1q2w3e4r5t", "aaaaaaaaaa",
    };
    (void)state;
    connection_says("{\"passwordPolicy\":\"low\",\"password_no_personal_info\":{\"enable\":false}}");
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) refused(common[i], "many people");
    refused("northwind portal", "many people");
    refused("NorthwindPortal2026!", "many people");
    refused("Customers1", "many people");
    connection_says("{\"passwordPolicy\":\"low\",\"password_dictionary\":{\"enable\":false}}");
    accepted("password1");
}

static void test_own_dictionary(void **state)
{
    (void)state;
    connection_says("{\"passwordPolicy\":\"low\",\"password_dictionary\":{\"enable\":true,\"dictionary\":[\"Acme2024\",5,\"\"]}}");
    refused("acme2024", "many people");
    refused("ACME2024", "many people");
    accepted("acme2024-towers");
}

static void test_personal(void **state)
{
    (void)state;
    connection_says("{\"passwordPolicy\":\"low\",\"password_dictionary\":{\"enable\":false}}");
    person_is("{\"name\":\"John\",\"email\":\"jdoe77@example.com\",\"username\":\"johnny_d\",\"nickname\":\"Jo\","
              "\"user_metadata\":{\"first\":\"Zoë\",\"last\":\"O'Hara Smith\"}}");
    refused("John1234x", "your name");
    refused("xJOHNx-4711-q", "your name");
    refused("my-JDOE77-key", "your name");
    refused("ZOË-and-me", "your name");
    refused("blacksmith forge", "your name");
    accepted("Jo-is-a-friend");
    connection_says("{\"passwordPolicy\":\"low\",\"password_dictionary\":{\"enable\":false},"
                    "\"password_no_personal_info\":{\"enable\":false}}");
    accepted("John1234x");
}

/* Three letters come up in random passwords by themselves. */
static void test_short_names(void **state)
{
    (void)state;
    person_is("{\"name\":\"Ada\",\"username\":\"ada\"}");
    refused("adaKvu9-tQ", "your name");
    accepted("k3xv-9ada-qq2m-7hht");
    accepted("k3xv-9fpa-qq2m-7hht");
}

static void test_easy_to_guess(void **state)
{
    (void)state;
    refused("Summer2026!", "hard to guess");
    refused("yellow1999", "hard to guess");
    accepted("quiet-river-42");
    accepted("purple monkey dishwasher");
    connection_says("{\"passwordPolicy\":\"low\",\"password_strength\":{\"enable\":true}}");
    refused("Summer2026!", "hard to guess");
    connection_says("{\"password_strength\":{\"enable\":false}}");
    accepted("Summer2026!");
}

static void test_all_reasons_at_once(void **state)
{
    (void)state;
    connection_says("{\"passwordPolicy\":\"excellent\",\"password_strength\":{\"enable\":true}}");
    person_is("{\"name\":\"aaaa\"}");
    check("aaaa");
    assert_int_equal(count, 5);
    assert_true(has_reason("at least") && has_reason("three of these") && has_reason("in a row") && has_reason("your name") &&
                has_reason("many people"));
}

static void test_hostile_bytes(void **state)
{
    (void)state;
    accepted("quiet-river-42\xff\xfe\x80");
    refused("\xff\xfe\x80quiet-river-42", "at least");
    check("\n\n\n\n\n\n\n\n\n\n");
    assert_true(count > 0);
    person_is("{\"name\":[],\"email\":7,\"user_metadata\":{\"first\":{}}}");
    accepted("quiet-river-42");
    scene.ada.connection = 4711;
    accepted("quiet-river-42");
}

/* ---- earlier ones ---- */

static void becomes(const char *password)
{
    scene_read(&scene, &scene.ada);
    assert_int_equal(password_change(&scene.portal, &scene.visit, &scene.ada, str_of(password), NULL, STR("en")), OK);
    scene_read(&scene, &scene.ada);
}

static int64_t remembered(void)
{
    return store_count(scene.portal.db, "SELECT COUNT(*) FROM password_history");
}

static void test_history(void **state)
{
    (void)state;
    connection_says("{\"password_history\":{\"enable\":true,\"size\":3}}");
    becomes("first quiet river");
    becomes("second quiet river");
    becomes("third quiet river");
    becomes("fourth quiet river");
    assert_int_equal(remembered(), 2);
    refused("fourth quiet river", "your last");
    assert_int_equal(reasons[0].limit, 3);
    refused("third quiet river", "your last");
    refused("second quiet river", "your last");
    accepted("first quiet river");
    check("fourth");
    assert_false(has_reason("your last"));
}

static void test_history_by_itself(void **state)
{
    (void)state;
    becomes("first quiet river");
    becomes("second quiet river");
    assert_int_equal(remembered(), 0);
    refused("second quiet river", "differs from your present");
    accepted("first quiet river");
    connection_says("{\"password_history\":{\"enable\":false}}");
    accepted("second quiet river");
    connection_says("{\"password_history\":{\"enable\":true,\"size\":-3}}");
    accepted("second quiet river");
}

/* Who has not proven to know it must not find it out here. */
static void test_looking_says_nothing_about_earlier_ones(void **state)
{
    (void)state;
    becomes("first quiet river");
    assert_int_equal(password_policy_look(&scene.portal, &scene.visit, &scene.ada, STR("first quiet river"), reasons, &count), OK);
    assert_int_equal(count, 0);
}

/* ---- breached ones ---- */

static void write_file(const char *text)
{
    Str path = arena_print(scene.arena, "%s/breached", scene.place.folder);
    FILE *file = fopen(path.p, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    scene.options.breach_file = path;
}

/* SHA-1 of "quiet-river-42" to "quiet-river-44", as sha1sum says. */
#define RIVER_42 "53364DB7BF226C64A0386D102CF886AFD6CC268A"
#define RIVER_43 "4305235C786E7CF5444208C54D3E7BBAB3419E0D"
#define RIVER_44 "070FCB734092569D2F7D60E68CD865F0AD728B84"
#define SORTED_LIST RIVER_44 "\n" RIVER_43 "\n" RIVER_42 "\n"

static bool is_breached(const char *password)
{
    return password_is_breached(&scene.portal, &scene.visit, str_of(password));
}

static void test_breach_file(void **state)
{
    (void)state;
    write_file(SORTED_LIST);
    refused("quiet-river-42", "data breach");
    refused("quiet-river-43", "data breach");
    refused("quiet-river-44", "data breach");
    accepted("quiet-river-45");
    scene.options.breach_file = STR_NONE;
    accepted("quiet-river-42");
}

/* With counts, CR LF, small letters, without a last line feed, one line alone: every line is found, and nothing between them. */
static void test_every_line_of_a_breach_file(void **state)
{
    enum { LINES = 300 };
    struct text text = {.arena = scene.arena};
    (void)state;
    for (unsigned i = 0; i < LINES; i++) text_print(&text, "%08X%032u:%u\r\n", i * 7919, 0u, i);
    write_file(text_str(&text).p);
    assert_false(is_breached("quiet-river-42"));
    write_file(RIVER_42);
    assert_true(is_breached("quiet-river-42"));
    assert_false(is_breached("quiet-river-43"));
    write_file("");
    assert_false(is_breached("quiet-river-42"));
}

/* What is no list of hashes is logged, and nobody is kept from a new password by it. */
static void test_a_broken_breach_file_lets_pass(void **state)
{
    static const char *const broken[] = {"no hash\n", "\n\n\n", RIVER_42 "0\n", "1234567890\n" RIVER_42 "\n"};
    char line[400];
    (void)state;
    memset(line, 'A', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    log_catch();
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        write_file(broken[i]);
        (void)is_breached("quiet-river-43");
    }
    write_file(line);
    assert_false(is_breached("quiet-river-42"));
    scene.options.breach_file = str_of(scene.place.folder);
    assert_false(is_breached("quiet-river-42"));
    assert_true(log_caught("breach_file is no sorted list"));
    log_catch();
    scene.options.breach_file = STR("/nowhere/at/all");
    accepted("quiet-river-42");
    assert_true(log_caught("breach_file cannot be opened"));
}

/* A service that does not answer is logged, keeps nobody from a new password, and is left alone for a minute. */
static void test_a_dead_breach_service_lets_pass(void **state)
{
    (void)state;
    scene.options.breach_url = STR("http://127.0.0.1:9/range/");
    log_catch();
    accepted("quiet-river-42");
    assert_true(log_caught("breach_url does not answer"));
    log_catch();
    accepted("quiet-river-42");
    assert_false(log_caught("breach_url does not answer"));
    scene.visit.now += 61;
    log_catch();
    accepted("quiet-river-42");
    assert_true(log_caught("breach_url does not answer"));
}

/* A range service on this machine: answers `answers` requests, and writes the first line of each into the pipe. */
static pid_t serve(int answers, const char *body, int *port, int *asked)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int ends[2], listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listening, 5), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(pipe(ends), 0);
    *port = ntohs(address.sin_port);
    *asked = ends[0];
    pid_t pid = fork();
    if (pid == 0) alarm(10);                     /* nobody may wait for ever for a service that is not asked */
    for (int i = 0; pid == 0 && i < answers; i++) {
        char request[2000], reply[2000];
        int taken = accept(listening, NULL, NULL);
        ssize_t got = read(taken, request, sizeof request);
        int n = snprintf(reply, sizeof reply, "HTTP/1.1 %s", body);
        if (got < 0 || write(ends[1], request, (size_t)got) < 0 || write(taken, reply, (size_t)n) < 0) _exit(1);
        close(taken);
    }
    if (pid == 0) _exit(0);
    close(listening);
    close(ends[1]);
    return pid;
}

static void ask_service(const char *body, bool breached)
{
    char asked[4000];
    int port, pipe_end, status;
    pid_t pid = serve(1, body, &port, &pipe_end);
    scene.visit.now += 100;
    scene.options.breach_url = arena_print(scene.arena, "http://127.0.0.1:%d/range/", port);
    log_catch();
    bool found = is_breached("quiet-river-42");
    (void)log_caught("");
    ssize_t got = read(pipe_end, asked, sizeof asked - 1);
    close(pipe_end);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(got > 0);
    asked[got] = '\0';
    assert_int_equal(strncmp(asked, "GET /range/" "53364 HTTP/1.1\r\n", 25), 0);
    assert_null(strcasestr(asked, "DB7BF226C64A0386D102CF886AFD6CC268A"));
    if (found != breached) fail_msg("%s", body);
}

/* Five hex digits of the hash leave, and nothing else; whatever does not look like an answer lets pass. */
static void test_breach_service(void **state)
{
    static const char head[] = "200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";
    char body[1000];
    (void)state;
    scene.visit.now += 1000;                     /* the service is not left alone any more */
    snprintf(body, sizeof body, "%s%035d:7\r\nDB7BF226C64A0386D102CF886AFD6CC268A:3\r\n%035d:1\r\n", head, 0, 9);
    ask_service(body, true);
    snprintf(body, sizeof body, "%sdb7bf226c64a0386d102cf886afd6cc268a", head);
    ask_service(body, true);
    snprintf(body, sizeof body, "%sDB7BF226C64A0386D102CF886AFD6CC268A:0\r\n", head);
    ask_service(body, false);
    snprintf(body, sizeof body, "%sDB7BF226C64A0386D102CF886AFD6CC268A0:3\r\n\xff\n\n:::\n", head);
    ask_service(body, false);
    ask_service("404 Not Found\r\nContent-Length: 38\r\nConnection: close\r\n\r\nDB7BF226C64A0386D102CF886AFD6CC268A:3", false);
    ask_service("302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false);
}

/* ---- before anybody types ---- */

static void test_words(void **state)
{
    (void)state;
    count = password_policy_words(&scene.portal, &scene.ada, reasons);
    assert_int_equal(count, 4);
    assert_true(has_reason("at least") && has_reason("your name") && has_reason("many people") && has_reason("hard to guess"));
    connection_says("{\"passwordPolicy\":\"excellent\"" BARE);
    count = password_policy_words(&scene.portal, &scene.ada, reasons);
    assert_int_equal(count, 3);
    assert_true(has_reason("at least") && has_reason("three of these") && has_reason("in a row"));
    connection_says("{\"passwordPolicy\":\"none\"" BARE);
    assert_int_equal(password_policy_words(&scene.portal, &scene.ada, reasons), 0);
}

static void checks_are(const char *options, size_t wanted, const enum password_check *checks)
{
    if (options) connection_says(options);
    count = password_policy_words(&scene.portal, &scene.ada, reasons);
    assert_int_equal(count, wanted);
    for (size_t i = 0; i < count; i++) assert_int_equal(reasons[i].check, checks[i]);
}

static void test_what_a_page_can_look_at(void **state)
{
    (void)state;
    checks_are(NULL, 4, (enum password_check[]){CHECK_LEAST, CHECK_PERSONAL, CHECK_ON_SAVING, CHECK_ON_SAVING});
    assert_int_equal(reasons[0].limit, 10);
    assert_true(password_policy_guesses(&scene.portal, &scene.ada));
    checks_are("{\"passwordPolicy\":\"fair\"" BARE, 2, (enum password_check[]){CHECK_LEAST, CHECK_MIXED});
    assert_false(password_policy_guesses(&scene.portal, &scene.ada));
    checks_are("{\"passwordPolicy\":\"excellent\"" BARE, 3, (enum password_check[]){CHECK_LEAST, CHECK_THREE_KINDS, CHECK_ROW});
    scene.options.breach_file = STR("breached");
    assert_true(password_policy_guesses(&scene.portal, &scene.ada));
}

static void test_kept_here(void **state)
{
    (void)state;
    assert_true(password_is_kept_here(&scene.portal, &scene.ada));
    scene.ada.password_hash = STR_NONE;
    assert_true(password_is_kept_here(&scene.portal, &scene.ada));
    connection_says("{\"disable_self_service_change_password\":true}");
    assert_false(password_is_kept_here(&scene.portal, &scene.ada));
    connection_says("{}");
    scene.ada.connection = 4711;
    assert_false(password_is_kept_here(&scene.portal, &scene.ada));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_levels), TEST(test_good), TEST(test_excellent), TEST(test_length), TEST(test_common), TEST(test_own_dictionary),
        TEST(test_personal), TEST(test_short_names), TEST(test_easy_to_guess), TEST(test_all_reasons_at_once),
        TEST(test_hostile_bytes), TEST(test_history), TEST(test_history_by_itself),
        TEST(test_looking_says_nothing_about_earlier_ones), TEST(test_breach_file), TEST(test_every_line_of_a_breach_file),
        TEST(test_a_broken_breach_file_lets_pass), TEST(test_a_dead_breach_service_lets_pass), TEST(test_breach_service), TEST(test_words),
        TEST(test_what_a_page_can_look_at),
        TEST(test_kept_here),
    };
    return cmocka_run_group_tests_name("new passwords", tests, NULL, NULL);
}
