#include "serve/board.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "store/write_lock.h"

enum { BETWEEN_LINES_MS = 60000 };

Error board_open(struct board **out)
{
    struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED) {
        log_line(LOG_ERROR, "shared memory: %s", strerror(errno));
        return ERR_FAULT;
    }
    Error error = write_lock_init(&board->write_lock);
    if (error) munmap(board, sizeof *board);
    else *out = board;
    return error;
}

void board_close(struct board *board)
{
    if (board) munmap(board, sizeof *board);
}

int64_t bench_overload(struct bench *bench, int64_t now_ms)
{
    int64_t told = atomic_load(&bench->overload_told_ms);
    atomic_fetch_add(&bench->overloads, 1);
    if (told && now_ms - told < BETWEEN_LINES_MS) return 0;
    if (!atomic_compare_exchange_strong(&bench->overload_told_ms, &told, now_ms)) return 0;
    return atomic_exchange(&bench->overloads, 0);
}

void bench_clear(struct bench *bench, size_t seat)
{
    bench->seats[seat].busy_since_ms = 0;
    bench->seats[seat].requests = 0;
    bench->seats[seat].ready = false;
    if (seat < BOARD_WORKERS) bench->waiting[seat] = 0;
}
