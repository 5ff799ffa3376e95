/* Where a help desk begins: what is there, and what waits. */
#include "page/desk_frame.h"
#include "page/routes.h"

static void add_tile(struct exchange *exchange, struct part *list, const char *below, Str words, int64_t count)
{
    struct part *part = part_section(list, "TILE");
    Str number = arena_print(exchange->arena, "%lld", (long long)count);
    part_str(part, "TILE_PATH", desk_path(exchange, below));
    part_str(part, "COUNTED", catalog_fill(exchange->arena, words, "N", number, NULL));
}

static void add_tiles(struct exchange *exchange, const struct desk_counts *counts, struct part *list)
{
    const struct catalog *language = exchange->language;
    const struct desk *desk = &exchange->desk;
    if (desk_may(desk, "read:members"))
        add_tile(exchange, list, "members", catalog_plural(language, "{N} member", "{N} members", counts->members), counts->members);
    if (desk_may(desk, "update:members"))
        add_tile(exchange, list, "requests",
                 catalog_plural(language, "{N} request waits for an answer", "{N} requests wait for an answer", counts->requests),
                 counts->requests);
    if (desk_may(desk, "create:invitations"))
        add_tile(exchange, list, "invitations",
                 catalog_plural(language, "{N} invitation is open", "{N} invitations are open", counts->invitations),
                 counts->invitations);
}

static bool has_tiles(const struct desk *desk)
{
    return desk_may(desk, "read:members") || desk_may(desk, "update:members") || desk_may(desk, "create:invitations");
}

/* What was done to somebody whose page is not there any more. */
static void say_done(struct exchange *exchange, struct page *page)
{
    Str done = form_get(&exchange->request->query, "done");
    if (str_is(done, "remove"))
        exchange_notice(page, exchange_text(exchange, N_("The membership has ended. To have the person back, invite them again.")));
    if (str_is(done, "delete"))
        exchange_notice(page, exchange_text(exchange, N_("The account is being deleted. Nobody can take that back.")));
}

Error desk_home_show(struct exchange *exchange)
{
    struct desk_counts counts;
    Error error = desk_count(exchange->portal, &exchange->visit, &exchange->desk, &counts);
    if (error) return error;
    exchange->requests_waiting = counts.requests;
    struct page *page = exchange_page(exchange, "desk_home.tpl", N_("Help desk"));
    struct part *content = page_content(page);
    part_str(content, "ORGANIZATION", exchange->look.display_name);
    if (desk_may(&exchange->desk, "read:members")) part_str(part_section(content, "SEARCH"), "PATH", desk_path(exchange, "members"));
    if (has_tiles(&exchange->desk)) add_tiles(exchange, &counts, part_section(content, "TILES"));
    say_done(exchange, page);
    exchange_send(exchange, page, 200);
    return OK;
}
