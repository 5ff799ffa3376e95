/* account/hashing: the queue between workers and hashers, with real processes on both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "account/hashing.h"
#include "account/password.h"
#include "base/clock.h"
#include "base/log.h"

#define MD5_OF_PASSWORD "{\"algorithm\":\"md5\",\"hash\":{\"value\":\"5f4dcc3b5aa765d61d8327deb882cf99\",\"encoding\":\"hex\"}}"

static const HashCost CHEAP = {.kib = 64, .passes = 1};
static const HashCost HEAVY = {.kib = 65536, .passes = 3};       /* about a tenth of a second */
static const HashCost ENDLESS = {.kib = 262144, .passes = 20};   /* longer than any test waits */

enum { SLOTS = 8, LONG_MS = 20000 };

struct bench {
    struct arena *arena;
    int queue[2];                 /* [0]: hashers, [1]: workers */
    struct hashing hashing;
};

static volatile int *stop_flag;   /* shared with the hashers */

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench || crypto_start() != OK || hashing_queue(bench->queue) != OK)
        return -1;
    bench->arena = arena_open(0);
    unsigned char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !bench->arena)
        return -1;
    stop_flag = (volatile int *)(void *)(shared + 2048);
    bench->hashing = (struct hashing){.cost = CHEAP, .job_socket = bench->queue[1], .slots = shared, .slot_count = SLOTS,
                                      .wait_ms = LONG_MS};
    *state = bench;
    return password_decoy(bench->arena, CHEAP, &bench->hashing.decoy) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    size_t left = 0;
    for (size_t i = 0; i < SLOTS; i++)
        left += bench->hashing.slots[i];
    close(bench->queue[0]);
    close(bench->queue[1]);
    munmap((void *)(uintptr_t)bench->hashing.slots, 4096);
    arena_close(bench->arena);
    free(bench);
    return left == 0 ? 0 : -1;     /* every test ends with all slots free */
}

static pid_t hasher_start(const struct bench *bench, HashCost cost)
{
    pid_t pid = fork();
    if (pid == 0) {
        close(bench->queue[1]);
        hashing_serve(bench->queue[0], cost, stop_flag);
        _exit(0);
    }
    assert_true(pid > 0);
    return pid;
}

/* Waits for the process and gives the processor time it took. */
static int64_t reap_ms(pid_t pid, int *status)
{
    struct rusage usage;
    assert_int_equal(wait4(pid, status, 0, &usage), pid);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static int64_t hasher_stop(pid_t pid)
{
    int status;
    *stop_flag = 1;
    int64_t spent = reap_ms(pid, &status);
    *stop_flag = 0;
    assert_int_equal(status, 0);
    return spent;
}

/* A worker in its own process: asks for one new hash and ends with the Error. */
static pid_t worker_start(const struct bench *bench, size_t slot, int wait_ms)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct hashing hashing = bench->hashing;
        hashing.own_slot = slot;
        hashing.wait_ms = wait_ms;
        Str hash;
        _exit((int)hashing_make(&hashing, bench->arena, STR("password"), &hash));
    }
    assert_true(pid > 0);
    return pid;
}

static Error worker_end(pid_t pid)
{
    int status;
    (void)reap_ms(pid, &status);
    assert_true(WIFEXITED(status));
    return (Error)WEXITSTATUS(status);
}

static bool is_queued(const struct bench *bench)
{
    struct pollfd queue = {.fd = bench->queue[0], .events = POLLIN};
    return poll(&queue, 1, 0) > 0;
}

static void sleep_ms(int ms)
{
    poll(NULL, 0, ms);
}

static void wait_queued(const struct bench *bench, bool wanted)
{
    int64_t deadline = clock_monotonic_ms() + LONG_MS;
    while (is_queued(bench) != wanted) {
        assert_true(clock_monotonic_ms() < deadline);
        sleep_ms(2);
    }
}

/* --- what a worker is answered --- */

static void check_verdicts(struct bench *bench)
{
    struct hashing *hashing = &bench->hashing;
    Str current = STR_NONE, rehash = STR("old");
    assert_int_equal(hashing_make(hashing, bench->arena, STR("p\0w"), &current), OK);
    assert_true(argon2_is_current(current, CHEAP));
    assert_int_equal(hashing_verify(hashing, bench->arena, current, STR("p\0w"), &rehash), OK);
    assert_null(rehash.p);
    rehash = STR("old");
    assert_int_equal(hashing_verify(hashing, bench->arena, current, STR("p\0x"), &rehash), ERR_DENIED);
    assert_null(rehash.p);
    assert_int_equal(hashing_verify(hashing, bench->arena, current, STR_NONE, &rehash), ERR_DENIED);
    assert_int_equal(hashing_verify(hashing, bench->arena, STR("no kind of hash"), STR("password"), &rehash), ERR_DENIED);
}

static void check_rehash(struct bench *bench)
{
    Str rehash = STR_NONE, unused = STR_NONE;
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR(MD5_OF_PASSWORD), STR("wrong"), &rehash), ERR_DENIED);
    assert_null(rehash.p);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR(MD5_OF_PASSWORD), STR("password"), &rehash), OK);
    assert_true(argon2_is_current(rehash, CHEAP));
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, rehash, STR("password"), &unused), OK);
    assert_null(unused.p);
    Str older = STR_NONE;
    assert_int_equal(argon2_hash(bench->arena, (HashCost){.kib = 32, .passes = 1}, STR("password"), &older), OK);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, older, STR("password"), &rehash), OK);
    assert_true(argon2_is_current(rehash, CHEAP));
}

static void check_decoy(struct bench *bench)
{
    Str rehash = STR("old"), known = bench->hashing.decoy;
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR_NONE, STR("password"), &rehash), ERR_DENIED);
    assert_null(rehash.p);
    /* Even with a decoy whose password is known, an account that does not exist signs nobody in. */
    assert_int_equal(argon2_hash(bench->arena, CHEAP, STR("password"), &bench->hashing.decoy), OK);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR_NONE, STR("password"), &rehash), ERR_DENIED);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR(""), STR("password"), &rehash), ERR_DENIED);
    bench->hashing.decoy = STR(MD5_OF_PASSWORD);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR_NONE, STR("password"), &rehash), ERR_DENIED);
    assert_null(rehash.p);
    bench->hashing.decoy = STR_NONE;
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, STR_NONE, STR(""), &rehash), ERR_DENIED);
    bench->hashing.decoy = known;
}

static void check_lengths(struct bench *bench)
{
    static char text[PASSWORD_HASH_MAX_BYTES + 1];
    Str hash = STR_NONE, rehash, most = {text, PASSWORD_HASH_MAX_BYTES};
    memset(text, 'a', sizeof text);
    Str longest = {text, PASSWORD_MAX_BYTES}, longer = {text, PASSWORD_MAX_BYTES + 1};
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, longest, &hash), OK);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, hash, longest, &rehash), OK);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, hash, longer, &rehash), ERR_DENIED);
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, longer, &hash), ERR_INVALID);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, most, longest, &rehash), ERR_DENIED);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, (Str){text, sizeof text}, longest, &rehash), ERR_DENIED);
}

static void check_all(struct bench *bench)
{
    check_verdicts(bench);
    check_rehash(bench);
    check_decoy(bench);
    check_lengths(bench);
}

static void test_answers_of_a_hasher(void **state)
{
    pid_t hasher = hasher_start(*state, CHEAP);
    check_all(*state);
    hasher_stop(hasher);
}

static void test_answers_on_the_spot(void **state)
{
    struct bench *bench = *state;
    bench->hashing.job_socket = -1;
    bench->hashing.slots = NULL;   /* the command line has none */
    check_all(bench);
    bench->hashing.slots = (volatile unsigned char *)(uintptr_t)stop_flag - 2048;
}

static int64_t processor_ms_of(pid_t pid)
{
    clockid_t of_process;
    struct timespec spent = {0};
    assert_int_equal(clock_getcpuclockid(pid, &of_process), 0);
    assert_int_equal(clock_gettime(of_process, &spent), 0);
    return (int64_t)spent.tv_sec * 1000 + spent.tv_nsec / 1000000;
}

/* Until it computes: it did nothing but start before. */
static void wait_working(pid_t hasher)
{
    int64_t deadline = clock_monotonic_ms() + LONG_MS;
    while (processor_ms_of(hasher) < 50) {
        assert_true(clock_monotonic_ms() < deadline);
        sleep_ms(2);
    }
}

static void kill_process(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    (void)reap_ms(pid, &status);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void test_two_hashers_share_the_queue(void **state)
{
    struct bench *bench = *state;
    pid_t hashers[] = {hasher_start(bench, ENDLESS), hasher_start(bench, ENDLESS)};
    pid_t workers[] = {worker_start(bench, 0, LONG_MS), worker_start(bench, 1, LONG_MS)};
    for (size_t i = 0; i < 2; i++)
        wait_working(hashers[i]);
    for (size_t i = 0; i < 2; i++)
        kill_process(hashers[i]);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(worker_end(workers[i]), ERR_BUSY);
}

/* --- a wrong password takes as long as an account that does not exist --- */

static int64_t verify_processor_ms(struct bench *bench, Str hash)
{
    struct timespec before, after;
    Str rehash;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    assert_int_equal(hashing_verify(&bench->hashing, bench->arena, hash, STR("wrong"), &rehash), ERR_DENIED);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return (int64_t)(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void test_denials_take_the_same_time(void **state)
{
    struct bench *bench = *state;
    Str own = STR_NONE;
    bench->hashing.job_socket = -1;
    bench->hashing.cost = HEAVY;
    assert_int_equal(password_decoy(bench->arena, HEAVY, &bench->hashing.decoy), OK);
    assert_int_equal(argon2_hash(bench->arena, HEAVY, STR("password"), &own), OK);
    int64_t unknown = verify_processor_ms(bench, STR_NONE);
    Str hashes[] = {own, STR(MD5_OF_PASSWORD), STR("no kind of hash"),
                    STR("$2b$04$abcdefghijklmnopqrstuuDFXY5kWehSCFWvX6lbIlXss9P5D3V0K")};
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        int64_t spent = verify_processor_ms(bench, hashes[i]);
        if (spent * 2 < unknown || spent > unknown * 2)
            fail_msg("hash %zu: %lld ms, an unknown account %lld ms", i, (long long)spent, (long long)unknown);
    }
}

/* --- when a side dies or gives up --- */

static void test_no_hasher_is_busy_in_time(void **state)
{
    struct bench *bench = *state;
    Str hash;
    bench->hashing.wait_ms = 60;
    int64_t started = clock_monotonic_ms();
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, STR("x"), &hash), ERR_BUSY);
    int64_t waited = clock_monotonic_ms() - started;
    assert_true(waited >= 55 && waited < 5000);
}

static void test_killed_hasher_is_busy_at_once(void **state)
{
    struct bench *bench = *state;
    pid_t hasher = hasher_start(bench, ENDLESS), worker = worker_start(bench, 0, LONG_MS);
    wait_working(hasher);
    kill_process(hasher);
    int64_t killed = clock_monotonic_ms();
    assert_int_equal(worker_end(worker), ERR_BUSY);
    assert_true(clock_monotonic_ms() - killed < LONG_MS / 4);
    /* The queue outlives a hasher: the next one serves it. */
    hasher = hasher_start(bench, CHEAP);
    check_verdicts(bench);
    hasher_stop(hasher);
}

static void test_closed_queue_is_busy(void **state)
{
    struct bench *bench = *state;
    Str hash;
    close(bench->queue[0]);
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, STR("x"), &hash), ERR_BUSY);
    bench->queue[0] = dup(bench->queue[1]);
}

static void test_full_queue_is_busy_at_once(void **state)
{
    struct bench *bench = *state;
    Str hash;
    char junk[1] = {0};
    while (send(bench->queue[1], junk, sizeof junk, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        ;
    assert_int_equal(errno, EAGAIN);
    int64_t started = clock_monotonic_ms();
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, STR("x"), &hash), ERR_BUSY);
    assert_true(clock_monotonic_ms() - started < LONG_MS / 4);
    /* Datagrams that are no jobs are passed over. */
    pid_t hasher = hasher_start(bench, CHEAP);
    wait_queued(bench, false);
    check_verdicts(bench);
    hasher_stop(hasher);
}

static void test_hasher_ends_when_the_workers_end_is_closed(void **state)
{
    struct bench *bench = *state;
    int status;
    pid_t hasher = hasher_start(bench, CHEAP);
    close(bench->queue[1]);
    (void)reap_ms(hasher, &status);
    assert_int_equal(status, 0);
    bench->queue[1] = dup(bench->queue[0]);
}

/* Jobs whose worker died: the pipe has no reader any more. */
static void test_jobs_of_dead_workers_are_skipped(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < 20; i++) {
        pid_t worker = worker_start(bench, 0, LONG_MS);
        while (!bench->hashing.slots[0])
            sleep_ms(1);
        sleep_ms(10);
        kill_process(worker);
        bench->hashing.slots[0] = 0;       /* as the supervisor does */
    }
    assert_true(is_queued(bench));
    pid_t hasher = hasher_start(bench, ENDLESS);
    wait_queued(bench, false);
    sleep_ms(20);
    assert_true(hasher_stop(hasher) < 500);
}

/* Jobs that waited too long, though their worker's pipe is still open: it is stopped. */
static void test_stale_jobs_are_skipped(void **state)
{
    struct bench *bench = *state;
    pid_t worker = worker_start(bench, 0, 150);
    wait_queued(bench, true);
    kill(worker, SIGSTOP);
    sleep_ms(200);
    pid_t hasher = hasher_start(bench, ENDLESS);
    wait_queued(bench, false);
    kill(worker, SIGCONT);
    assert_int_equal(worker_end(worker), ERR_BUSY);
    assert_true(hasher_stop(hasher) < 500);
}

/* A worker that gives up while its job is computed: the hasher must live on. */
static void test_answer_that_nobody_reads_is_harmless(void **state)
{
    struct bench *bench = *state;
    Str hash;
    pid_t hasher = hasher_start(bench, HEAVY);
    bench->hashing.wait_ms = 15;
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, STR("x"), &hash), ERR_BUSY);
    bench->hashing.wait_ms = LONG_MS;
    assert_int_equal(hashing_make(&bench->hashing, bench->arena, STR("x"), &hash), OK);
    hasher_stop(hasher);
}

/* --- at most half of the workers wait --- */

static void test_more_than_half_is_refused_at_once(void **state)
{
    struct bench *bench = *state;
    Str hash;
    bench->hashing.own_slot = SLOTS - 1;
    bench->hashing.wait_ms = 30;
    for (size_t taken = 0; taken <= SLOTS - 1; taken++) {
        for (size_t i = 0; i < SLOTS - 1; i++)
            bench->hashing.slots[i] = i < taken;
        assert_true(hashing_has_room(&bench->hashing) == (taken + 1 <= SLOTS / 2));
        assert_int_equal(hashing_make(&bench->hashing, bench->arena, STR("x"), &hash), ERR_BUSY);
        assert_int_equal(bench->hashing.slots[SLOTS - 1], 0);
        assert_true(is_queued(bench) == (taken + 1 <= SLOTS / 2));
        char datagram[8192];
        while (recv(bench->queue[0], datagram, sizeof datagram, MSG_DONTWAIT) > 0)
            ;
    }
    for (size_t i = 0; i < SLOTS; i++)
        bench->hashing.slots[i] = 0;
}

static void test_one_worker_alone_may_wait(void **state)
{
    struct bench *bench = *state;
    bench->hashing.slot_count = 1;
    pid_t hasher = hasher_start(bench, CHEAP);
    check_verdicts(bench);
    hasher_stop(hasher);
}

/* Keeps the pipes of the jobs it takes and lets go of them all; returns how many there were at once. */
static size_t hold_jobs(const struct bench *bench, int ms)
{
    int held[SLOTS * 2];
    size_t count = 0;
    struct pollfd queue = {.fd = bench->queue[0], .events = POLLIN};
    while (count < SLOTS * 2 && poll(&queue, 1, ms) > 0) {
        char bytes[8192], control[64];
        struct iovec part = {bytes, sizeof bytes};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(bench->queue[0], &message, MSG_CMSG_CLOEXEC) <= 0)
            break;
        memcpy(&held[count++], CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof held[0]);
    }
    for (size_t i = 0; i < count; i++)
        close(held[i]);
    return count;
}

static _Noreturn void ask_again_and_again(struct hashing hashing, struct arena *arena, size_t slot)
{
    Str hash;
    hashing.own_slot = slot;
    while (!*stop_flag)
        if (hashing_make(&hashing, arena, STR("x"), &hash) != ERR_BUSY || hashing.slots[slot])
            _exit(1);
    _exit(0);
}

static void test_never_more_than_half_wait(void **state)
{
    struct bench *bench = *state;
    pid_t workers[SLOTS];
    size_t most = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        workers[i] = fork();
        if (workers[i] == 0)
            ask_again_and_again(bench->hashing, bench->arena, i);
    }
    for (int round = 0; round < 100; round++) {
        size_t held = hold_jobs(bench, 10);
        most = held > most ? held : most;
    }
    *stop_flag = 1;
    while (hold_jobs(bench, 50) > 0)
        ;
    for (size_t i = 0; i < SLOTS; i++)
        assert_int_equal(worker_end(workers[i]), 0);
    *stop_flag = 0;
    /* Full use of what is allowed, and not one more. */
    assert_int_equal(most, SLOTS / 2);
}

/* --- a request that runs out of memory leaves nothing behind --- */

static void test_exhausted_arena_leaves_no_slot(void **state)
{
    struct bench *bench = *state;
    struct arena *small = arena_open(1);
    jmp_buf exhausted;
    volatile bool jumped = false;
    pid_t hasher = hasher_start(bench, CHEAP);
    arena_on_exhausted(small, &exhausted);
    if (setjmp(exhausted) == 0) {
        Str hash;
        for (int i = 0; i < 100000; i++)
            if (hashing_make(&bench->hashing, small, STR("x"), &hash) != OK)
                break;
    } else {
        jumped = true;
    }
    assert_true(jumped);
    assert_int_equal(bench->hashing.slots[0], 0);
    hasher_stop(hasher);
    arena_close(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers_of_a_hasher, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answers_on_the_spot, setup, teardown),
        cmocka_unit_test_setup_teardown(test_two_hashers_share_the_queue, setup, teardown),
        cmocka_unit_test_setup_teardown(test_denials_take_the_same_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_hasher_is_busy_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_killed_hasher_is_busy_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_closed_queue_is_busy, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_queue_is_busy_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hasher_ends_when_the_workers_end_is_closed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_jobs_of_dead_workers_are_skipped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stale_jobs_are_skipped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answer_that_nobody_reads_is_harmless, setup, teardown),
        cmocka_unit_test_setup_teardown(test_more_than_half_is_refused_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_worker_alone_may_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_never_more_than_half_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(test_exhausted_arena_leaves_no_slot, setup, teardown),
    };
    log_to(open("/dev/null", O_WRONLY | O_CLOEXEC));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
