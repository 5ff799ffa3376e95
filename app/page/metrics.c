/* Prometheus' text format, version 0.0.4. */
#include <inttypes.h>

#include "account/figures.h"
#include "page/routes.h"

#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "unknown"
#endif

static void describe(struct text *text, const char *name, const char *type, const char *help)
{
    text_print(text, "# HELP latchkey_%s %s\n# TYPE latchkey_%s %s\n", name, help, name, type);
}

static void put_one(struct text *text, const char *name, const char *type, const char *help, int64_t value)
{
    describe(text, name, type, help);
    text_print(text, "latchkey_%s %" PRId64 "\n", name, value);
}

static void put_answers(struct text *text, struct figures *figures)
{
    describe(text, "answers_total", "counter", "Answers by the class of their status.");
    for (int i = 0; i < FIGURE_CLASSES; i++)
        text_print(text, "latchkey_answers_total{status=\"%dxx\"} %" PRId64 "\n", i + 1, (int64_t)figures->answers[i]);
}

static void put_times(struct text *text, struct figures *figures)
{
    int64_t count = 0;
    describe(text, "answer_seconds", "histogram", "How long the program took for an answer.");
    for (int i = 0; i < FIGURE_STEPS; i++) {
        count += figures->within[i];
        text_print(text, "latchkey_answer_seconds_bucket{le=\"%g\"} %" PRId64 "\n", (double)figure_steps[i] / 1e6, count);
    }
    count += figures->within[FIGURE_STEPS];
    text_print(text, "latchkey_answer_seconds_bucket{le=\"+Inf\"} %" PRId64 "\nlatchkey_answer_seconds_sum %.6f\n"
               "latchkey_answer_seconds_count %" PRId64 "\n", count, (double)figures->microseconds / 1e6, count);
}

static void put_stock(struct text *text, const struct stock *stock)
{
    put_one(text, "sessions", "gauge", "Sessions that have not run out.", stock->sessions);
    put_one(text, "messages_queued", "gauge", "Mails and text messages that wait to be sent.", stock->messages);
    put_one(text, "message_late_seconds", "gauge", "How long the longest waiting message is overdue.", stock->late);
    put_one(text, "exports_waiting", "gauge", "Copies of people's data that are not made yet.", stock->exports);
    put_one(text, "deletions_waiting", "gauge", "Accounts that will be erased.", stock->deletions);
}

Error metrics_show(struct exchange *exchange)
{
    struct portal *portal = exchange->portal;
    struct text text = {.arena = exchange->arena};
    struct stock stock;
    Error error = stock_take(portal, &exchange->visit, &stock);
    if (error) return error;
    describe(&text, "build_info", "gauge", "Which program this is.");
    text_print(&text, "latchkey_build_info{version=\"%s\"} 1\n", LATCHKEY_VERSION);
    put_one(&text, "workers", "gauge", "Processes that answer requests.", portal->options->workers);
    if (portal->figures) {
        put_answers(&text, portal->figures);
        put_times(&text, portal->figures);
    }
    put_stock(&text, &stock);
    exchange->reply->type = STR("text/plain; version=0.0.4; charset=utf-8");
    exchange->reply->body = text_str(&text);
    return OK;
}
