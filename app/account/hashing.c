#include "account/hashing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "account/password.h"
#include "base/clock.h"
#include "base/encode.h"
#include "base/log.h"

enum {
    HASHER_MEMORY = 4 << 20,      /* a hasher's arena; libraries take argon2's and scrypt's memory themselves */
    STOP_CHECK_MS = 1000,
    QUICK_DENIAL_MS = 10,
    NEW_HASH_MAX = 256
};

enum job_kind { JOB_VERIFY, JOB_MAKE };

/* One datagram to a hasher: the head, the password, the hash. Both ends are forked from the same program. */
struct job_head {
    enum job_kind kind;
    int64_t deadline_ms;          /* monotonic: nobody waits any longer then */
    size_t password_bytes, hash_bytes;
};

struct job_datagram {
    struct job_head head;
    char bytes[PASSWORD_MAX_BYTES + PASSWORD_HASH_MAX_BYTES];
};

struct job {
    enum job_kind kind;
    Str password, hash;
};

/* One record back through the job's pipe. It is smaller than PIPE_BUF, so it arrives whole or not at all. */
struct answer {
    Error error;
    size_t hash_bytes;
    char hash[NEW_HASH_MAX];
};

union descriptor_room {           /* aligned as the control message that carries the pipe */
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

/* --- computing, in a hasher or on the spot --- */

static int64_t processor_ms(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000 + spent.tv_nsec / 1000000;
}

static Error perform_make(struct arena *arena, HashCost cost, Str password, Str *hash)
{
    return argon2_hash(arena, cost, password, hash);
}

static Error perform_verify(struct arena *arena, HashCost cost, const struct job *job, Str *rehash)
{
    Str unused;
    int64_t started = processor_ms();
    Error error = password_verify(arena, job->hash, job->password);
    /* A wrong password for an old, quick kind of hash takes as long as one for an account that does not exist. */
    if (error == ERR_DENIED && processor_ms() - started < QUICK_DENIAL_MS && !argon2_is_current(job->hash, cost))
        return argon2_hash(arena, cost, job->password, &unused) == ERR_BUSY ? ERR_BUSY : ERR_DENIED;
    /* Without memory for the new hash the old one stays until the next sign-in. */
    if (error == OK && !argon2_is_current(job->hash, cost) && argon2_hash(arena, cost, job->password, rehash) != OK)
        *rehash = STR_NONE;
    return error;
}

static Error perform(struct arena *arena, HashCost cost, const struct job *job, Str *hash)
{
    *hash = STR_NONE;
    return job->kind == JOB_MAKE ? perform_make(arena, cost, job->password, hash) : perform_verify(arena, cost, job, hash);
}

/* --- a worker's side --- */

Error hashing_queue(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
        return OK;
    log_line(LOG_ERROR, "the hashers' queue cannot be made: %s", strerror(errno));
    return ERR_FAULT;
}

static size_t slots_taken(const struct hashing *hashing)
{
    size_t taken = 0;
    for (size_t i = 0; i < hashing->slot_count; i++)
        taken += __atomic_load_n(&hashing->slots[i], __ATOMIC_SEQ_CST) != 0;
    return taken;
}

static size_t slots_most(const struct hashing *hashing)
{
    return hashing->slot_count / 2 > 0 ? hashing->slot_count / 2 : 1;
}

bool hashing_has_room(const struct hashing *hashing)
{
    return hashing->job_socket < 0 || slots_taken(hashing) < slots_most(hashing);
}

static void slot_leave(struct hashing *hashing)
{
    __atomic_store_n(&hashing->slots[hashing->own_slot], 0, __ATOMIC_SEQ_CST);
}

/* Takes first and counts then: two that come at once may both have to go, but never are there too many. */
static bool slot_enter(struct hashing *hashing)
{
    __atomic_store_n(&hashing->slots[hashing->own_slot], 1, __ATOMIC_SEQ_CST);
    if (slots_taken(hashing) <= slots_most(hashing))
        return true;
    slot_leave(hashing);
    return false;
}

static bool send_parts(int socket, struct iovec *parts, size_t count, int answer_to)
{
    union descriptor_room room = {.bytes = {0}};
    struct msghdr message = {
        .msg_iov = parts, .msg_iovlen = count, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    struct cmsghdr *control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof answer_to);
    memcpy(CMSG_DATA(control), &answer_to, sizeof answer_to);
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);   /* a full queue is an answer: try later */
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

static bool send_job(int socket, const struct job *job, int64_t deadline, int answer_to)
{
    struct job_head head = {
        .kind = job->kind, .deadline_ms = deadline, .password_bytes = job->password.n, .hash_bytes = job->hash.n};
    struct iovec parts[] = {
        {&head, sizeof head},
        {(void *)(uintptr_t)job->password.p, job->password.n},
        {(void *)(uintptr_t)job->hash.p, job->hash.n},
    };
    return send_parts(socket, parts, sizeof parts / sizeof parts[0], answer_to);
}

/* True: something came, or the other end is gone. */
static bool wait_until(int fd, int64_t deadline)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    for (;;) {
        int64_t left = deadline - clock_monotonic_ms();
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

static void receive_answer(int fd, int64_t deadline, struct answer *answer)
{
    struct answer received;
    if (wait_until(fd, deadline) && read(fd, &received, sizeof received) == sizeof received &&
        received.hash_bytes <= sizeof received.hash)
        *answer = received;
}

static void ask_hasher(const struct hashing *hashing, const struct job *job, struct answer *answer)
{
    int64_t deadline = clock_monotonic_ms() + hashing->wait_ms;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    bool sent = send_job(hashing->job_socket, job, deadline, ends[1]);
    /* From here on the hasher alone holds the writing end: its death is the end of the file. */
    close(ends[1]);
    if (sent)
        receive_answer(ends[0], deadline, answer);
    close(ends[0]);
}

static Error run_job(struct hashing *hashing, struct arena *arena, const struct job *job, Str *hash)
{
    *hash = STR_NONE;
    if (hashing->job_socket < 0)
        return perform(arena, hashing->cost, job, hash);
    if (!slot_enter(hashing))
        return ERR_BUSY;
    struct answer answer = {.error = ERR_BUSY};
    ask_hasher(hashing, job, &answer);
    slot_leave(hashing);
    /* An exhausted arena jumps away: nothing may be held any more when it is used. */
    if (answer.hash_bytes > 0)
        *hash = arena_copy(arena, (Str){answer.hash, answer.hash_bytes});
    return answer.error;
}

Error hashing_verify(struct hashing *hashing, struct arena *arena, Str hash, Str password, Str *rehash)
{
    *rehash = STR_NONE;
    bool known = hash.n > 0;
    if (password.n > PASSWORD_MAX_BYTES || hash.n > PASSWORD_HASH_MAX_BYTES)
        return ERR_DENIED;
    struct job job = {JOB_VERIFY, password, known ? hash : hashing->decoy};
    Str new_hash;
    Error error = run_job(hashing, arena, &job, &new_hash);
    if (error == OK && !known)
        return ERR_DENIED;
    if (error == OK)
        *rehash = new_hash;
    return error;
}

Error hashing_deny(struct hashing *hashing, struct arena *arena, Str hash, Str password)
{
    Str rehash;
    Str other = hex_encode(arena, crypto_random(arena, str_first(password, PASSWORD_MAX_BYTES).n / 2 + 1));
    Error error = hashing_verify(hashing, arena, hash, password.n > PASSWORD_MAX_BYTES ? password : str_first(other, password.n), &rehash);
    return error == OK ? ERR_DENIED : error;
}

Error hashing_make(struct hashing *hashing, struct arena *arena, Str password, Str *hash)
{
    if (password.n > PASSWORD_MAX_BYTES)
        return ERR_INVALID;
    struct job job = {JOB_MAKE, password, STR_NONE};
    Str new_hash;
    Error error = run_job(hashing, arena, &job, &new_hash);
    if (error == OK)
        *hash = new_hash;
    return error;
}

/* --- a hasher's side --- */

static int descriptor_of(struct msghdr *message)
{
    int fd = -1;
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control))
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS)
            memcpy(&fd, CMSG_DATA(control), sizeof fd);
    return fd;
}

/* Bytes of the datagram, 0 when the queue's other end is closed, -1 with errno when nothing came (another hasher took it). */
static ssize_t receive_job(int socket, struct job_datagram *datagram, int *answer_to)
{
    union descriptor_room room;
    struct iovec part = {datagram, sizeof *datagram};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    ssize_t got = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    *answer_to = got < 0 ? -1 : descriptor_of(&message);
    return got;
}

static bool read_job(const struct job_datagram *datagram, size_t got, struct job *job)
{
    const struct job_head *head = &datagram->head;
    if (got < sizeof *head || head->password_bytes > PASSWORD_MAX_BYTES || head->hash_bytes > PASSWORD_HASH_MAX_BYTES ||
        got != sizeof *head + head->password_bytes + head->hash_bytes)
        return false;
    job->kind = head->kind;
    job->password = (Str){datagram->bytes, head->password_bytes};
    job->hash = (Str){datagram->bytes + head->password_bytes, head->hash_bytes};
    return true;
}

/* The pipe's reading end is closed when the worker gave up or died: then the work would be for nobody. */
static bool is_awaited(int answer_to, int64_t deadline)
{
    struct pollfd pipe_end = {.fd = answer_to, .events = 0};
    return answer_to >= 0 && clock_monotonic_ms() < deadline && poll(&pipe_end, 1, 0) == 0;
}

static void answer_job(struct arena *arena, HashCost cost, const struct job *job, int answer_to)
{
    struct answer answer = {.error = ERR_BUSY};
    Str hash;
    answer.error = perform(arena, cost, job, &hash);
    if (hash.n <= sizeof answer.hash) {
        answer.hash_bytes = hash.n;
        memcpy(answer.hash, hash.p ? hash.p : "", hash.n);
    }
    if (write(answer_to, &answer, sizeof answer) < 0 && errno != EPIPE)
        log_line(LOG_WARNING, "a hasher's answer cannot be written: %s", strerror(errno));
}

/* False when the queue's other end is closed. */
static bool serve_one(int socket, HashCost cost, struct arena *arena, struct job_datagram *datagram)
{
    int answer_to;
    struct job job;
    ssize_t got = receive_job(socket, datagram, &answer_to);
    bool open = got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
    if (got > 0 && read_job(datagram, (size_t)got, &job) && is_awaited(answer_to, datagram->head.deadline_ms))
        answer_job(arena, cost, &job, answer_to);
    if (answer_to >= 0)
        close(answer_to);
    explicit_bzero(datagram, sizeof *datagram);
    arena_wipe(arena);
    return open;
}

void hashing_serve(int requests_socket, HashCost cost, const volatile int *stop)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    struct arena *arena = arena_open(HASHER_MEMORY);
    if (!arena)
        return;
    struct job_datagram datagram;
    struct pollfd queue = {.fd = requests_socket, .events = POLLIN};
    bool open = true;
    /* poll with a limit: a signal that comes between the look at *stop and the wait is noticed a moment later. */
    while (open && !*stop)
        if (poll(&queue, 1, STOP_CHECK_MS) > 0)
            open = serve_one(requests_socket, cost, arena, &datagram);
    arena_close(arena);
}
