#include "account/figures.h"

const int64_t figure_steps[FIGURE_STEPS] = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};

void figures_count(struct figures *figures, int status, int64_t microseconds)
{
    size_t step = 0;
    while (step < FIGURE_STEPS && microseconds > figure_steps[step]) step++;
    if (status >= 100 && status < 600) figures->answers[status / 100 - 1]++;
    figures->within[step]++;
    figures->microseconds += microseconds;
}

Error stock_take(struct portal *portal, const struct visit *visit, struct stock *out)
{
    struct rows rows;
    Error error = db_select(portal->db, STMT_stock, DB_ARGS(db_int(visit->now)), &rows);
    if (error) return error;
    if (row_next(&rows))
        *out = (struct stock){.sessions = row_int(&rows, 0), .messages = row_int(&rows, 1), .late = row_int(&rows, 2),
                              .exports = row_int(&rows, 3), .deletions = row_int(&rows, 4)};
    return rows_end(&rows);
}
