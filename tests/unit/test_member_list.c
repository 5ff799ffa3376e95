/* Lists of members: complete, in order, searched by words, and of one organization alone. */
#include <stdlib.h>

#include "support/model.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#include "account/member.h"
#include "account/member_index.h"
#include "account/member_reading.h"
#include "account/state.h"
#include "model/search.h"
#include "store/engine.h"
#include "store/fence.h"
#include "store/user_store.h"
#include "support/arena_test.h"

static const char people[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"},{\"name\":\"partner\",\"strategy\":\"local\"},"
    "  {\"name\":\"elsewhere\",\"strategy\":\"local\"}],"
    "\"organizations\":[{\"name\":\"acme\",\"connections\":[\"customers\",\"partner\"]},{\"name\":\"other\"},{\"name\":\"empty\",\"connections\":[\"customers\",\"partner\"]}],"
    "\"users\":["
    " {\"connection\":\"customers\",\"user_id\":\"1\",\"name\":\"Ada Lovelace\",\"email\":\"ada@example.com\","
    "  \"organizations\":[{\"name\":\"acme\",\"home\":true,\"roles\":[\"administrator\"]}]},"
    " {\"connection\":\"customers\",\"user_id\":\"2\",\"name\":\"Jürgen Groß\",\"organizations\":[{\"name\":\"acme\",\"roles\":[\"auditor\"]}]},"
    " {\"connection\":\"partner\",\"user_id\":\"3\",\"name\":\"Anna Annabel Lee\",\"email\":\"anna@example.com\","
    "  \"organizations\":[{\"name\":\"acme\",\"roles\":[\"auditor\",\"help-desk\"]},{\"name\":\"other\"}]},"
    " {\"connection\":\"partner\",\"user_id\":\"4\",\"name\":\"أحمد علي\",\"organizations\":[{\"name\":\"acme\"}]},"
    " {\"connection\":\"customers\",\"user_id\":\"5\",\"name\":\"Anna Lovelace\",\"blocked\":true,\"organizations\":[{\"name\":\"acme\"}]},"
    " {\"connection\":\"elsewhere\",\"user_id\":\"6\",\"name\":\"Anna Stranger\",\"email\":\"stranger@example.com\","
    "  \"organizations\":[{\"name\":\"other\",\"home\":true,\"roles\":[\"administrator\"]}]}]}";

struct bench {
    struct arena *arena;
    struct options options;
    struct portal portal;
    struct visit visit;
    struct desk acme, other, empty;
    struct member_list list;
};

static struct desk desk_of(struct bench *bench, const char *name)
{
    return (struct desk){.organization = store_int(bench->portal.db, STMT_organization_get, DB_ARGS(db_text(str_of(name)))),
                         .name = str_of(name), .may = permission_bit("read:members")};
}

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    struct bench *bench = ARENA_NEW(arena, struct bench);
    bench->arena = arena;
    portal_make(&bench->portal, &bench->options, arena, store_open_memory(), people);
    bench->visit = (struct visit){.arena = arena, .now = A_DAY_IN_2026, .request_id = STR("r"), .peer = STR(""), .actor_id = STR("cli:test")};
    bench->acme = desk_of(bench, "acme");
    bench->other = desk_of(bench, "other");
    bench->empty = desk_of(bench, "empty");
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    struct arena *arena = bench->arena;
    portal_close(&bench->portal);
    db_close(bench->portal.db);
    json_memory_use(NULL);
    arena_close(arena);
    return 0;
}

/* The page's user_ids without "local|", with blanks between them. */
static const char *read_as(struct bench *bench, const struct desk *desk, struct member_query query)
{
    struct text line = {.arena = bench->arena};
    assert_int_equal(member_list_read(&bench->portal, bench->arena, desk, &query, &bench->list), OK);
    for (size_t i = 0; i < bench->list.count; i++)
        text_print(&line, "%s%.*s", i ? " " : "", STR_ARGS(str_after(bench->list.members[i].user_id, strlen("local|"))));
    assert_true(bench->list.more == (bench->list.next.n > 0));
    assert_false(db_in_transaction(bench->portal.db));
    return text_str(&line).p;
}

static const char *search(struct bench *bench, const char *q)
{
    return read_as(bench, &bench->acme, (struct member_query){.q = str_of(q)});
}

/* `count` members more: user_id m1 …, names as `name` of their number, joined a second after the other in pairs. */
static void put_members(struct bench *bench, const struct desk *desk, int count, const char *name)
{
    struct text sql = {.arena = bench->arena};
    bool more = true;
    text_print(&sql, "INSERT INTO account (user_id, connection_id, profile, sources, version, epoch, blocked, deletion_at, created_at,"
        " updated_at, last_login_at, logins_count) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " SELECT 'local|m' || i, 1, json_object('name', %s), '{}', 1, 1, 0, 0, 1, 1, 0, 0 FROM n;", count, name);
    text_print(&sql, "INSERT INTO membership (organization_id, account_id, home, invited, suspended, created_at, user_id)"
        " SELECT %lld, id, 0, 0, 0, 100 + id / 2, user_id FROM account WHERE user_id LIKE 'local|m%%';", (long long)desk->organization);
    text_print(&sql, "UPDATE organization SET members = (SELECT COUNT(*) FROM membership m WHERE m.organization_id = organization.id)");
    assert_int_equal(engine_run(bench->portal.db, text_str(&sql).p), OK);
    while (more) assert_int_equal(member_index_mend(&bench->portal, &bench->visit, 500, &more), OK);
}

/* --- what is listed --- */

static void test_a_list_shows_its_members_in_order(void **state)
{
    struct bench *bench = *state;
    static const char *const orders[] = {"1 3 5 2 4", "4 2 5 3 1", "1 2 3 4 5", "5 4 3 2 1"};
    for (size_t sort = 0; sort < COUNT(orders); sort++)
        assert_string_equal(read_as(bench, &bench->acme, (struct member_query){.sort = (enum member_sort)sort}), orders[sort]);
    assert_int_equal(bench->list.total, 5);
    assert_false(bench->list.more);
    const struct listed_member *ada = &bench->list.members[4];
    assert_str(ada->name, STR("Ada Lovelace"));
    assert_str(ada->email, STR("ada@example.com"));
    assert_str(ada->roles, STR("administrator"));
    assert_str(ada->state, STR("active"));
    assert_int_equal(ada->joined_at, A_DAY_IN_2026);
    assert_string_equal(read_as(bench, &bench->empty, (struct member_query){.page = 1}), "");
    assert_int_equal(bench->list.total, 0);
}

static void test_words_are_searched_by_their_beginnings(void **state)
{
    static const struct { const char *q, *found; } rows[] = {
        {"lovelace", "1 5"}, {"LOVE", "1 5"}, {"ann", "3 5"}, {"anna", "3 5"}, {"annabel", "3"}, {"anna love", "5"}, {"love anna", "5"},
        {"anna ann annab", "3"}, {"jurgen", "2"}, {"JÜRGEN", "2"}, {"gros", "2"}, {"groß", "2"}, {"gross", "2"}, {"احمد", "4"}, {"أح", "4"},
        {"علي", "4"}, {"ada@example.com", "1"}, {"ada@", "1"}, {"example.com", "1 3"}, {"ovelace", ""}, {"nobody", ""}, {"ada nobody", ""},
        {"", "1 3 5 2 4"}, {"   ", "1 3 5 2 4"}, {"stranger", ""}, {"a", "1 3 5"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(search(bench, rows[i].q), rows[i].found);
    assert_int_equal(bench->list.total, 5);
}

static void test_filters_narrow_together(void **state)
{
    static const struct { const char *q, *role, *state, *connection, *found; } rows[] = {
        {"", "auditor", "", "", "3 2"}, {"", "administrator", "", "", "1"}, {"", "", "blocked", "", "5"}, {"", "", "active", "", "1 3 2 4"},
        {"", "", "", "partner", "3 4"}, {"", "auditor", "", "partner", "3"}, {"anna", "", "active", "", "3"}, {"anna", "", "blocked", "", "5"},
        {"anna", "auditor", "active", "partner", "3"}, {"anna", "auditor", "blocked", "partner", ""}, {"", "", "suspended", "", ""},
        {"", "", "deletion", "", ""}, {"", "", "", "elsewhere", ""}, {"", "", "", "no-such", ""}, {"anna", "", "", "customers", "5"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct member_query query = {.q = str_of(rows[i].q), .role = str_of(rows[i].role), .state = str_of(rows[i].state),
                                     .connection = str_of(rows[i].connection)};
        assert_string_equal(read_as(bench, &bench->acme, query), rows[i].found);
        query.sort = SORT_JOINED;      /* the same people by another way */
        size_t count = bench->list.count;
        (void)read_as(bench, &bench->acme, query);
        assert_int_equal(bench->list.count, count);
    }
}

static void test_two_organizations_never_mix(void **state)
{
    struct bench *bench = *state;
    assert_string_equal(read_as(bench, &bench->other, (struct member_query){.q = STR("anna")}), "3 6");
    assert_string_equal(search(bench, "anna"), "3 5");
    assert_string_equal(search(bench, "stranger"), "");
    assert_string_equal(read_as(bench, &bench->other, (struct member_query){.role = STR("administrator")}), "6");
    assert_string_equal(read_as(bench, &bench->other, (struct member_query){.state = STR("blocked")}), "");
    assert_string_equal(read_as(bench, &bench->other, (struct member_query){.role = STR("auditor")}), "");
    assert_int_equal(bench->list.total, 2);
}

static void test_what_is_no_query_is_refused(void **state)
{
    struct bench *bench = *state;
    const struct member_query rows[] = {
        {.state = STR("Active")}, {.state = STR("x")}, {.state = STR("active' OR 1=1 --")}, {.role = STR("no-such")}, {.role = STR("3")},
        {.role = STR("' OR 1=1 --")}, {.after = STR("x")}, {.after = STR("====")}, {.after = STR("%00")},
        {.after = STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")}, {.after = repeated(bench->arena, "A", 10000)},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->acme, &rows[i], &bench->list), ERR_INVALID);
    assert_int_equal(bench->list.count, 0);
    assert_false(db_in_transaction(bench->portal.db));
}

static void test_hostile_words_find_nobody_and_break_nothing(void **state)
{
    static const char *const words[] = {"%", "_", "'", "\"", "\\", "*", "?", "' OR 1=1 --", "a%", "w:ada", "r:1", "c:1 OR 1", "\xc3\x28", "@", "\n",
                                        "ada\nw:anna", "\xf4\x8f\xbf\xbf", "😀"};
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT(words); i++) {
        const char *found = search(bench, words[i]);
        assert_true(!*found || !strcmp(words[i], "\n") || !strcmp(words[i], "a%"));
    }
    assert_string_equal(search(bench, "a%"), "1 3 5");
    assert_string_equal(search(bench, "an_a"), "");
    static const char *const pieces[] = {"a", "a ", "ä", "%", "ada ", "a@b.c ", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < COUNT(pieces); i++)
        (void)read_as(bench, &bench->acme, (struct member_query){.q = repeated(bench->arena, pieces[i], 10240 / strlen(pieces[i]))});
}

/* --- paging --- */

/* Goes through all pages; every m1 … m`count` must come once. */
static size_t page_through(struct bench *bench, struct member_query query, int count, int *seen)
{
    size_t pages = 0;
    memset(seen, 0, sizeof *seen * (size_t)(count + 1));
    do {
        assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &query, &bench->list), OK);
        assert_true(bench->list.count <= MEMBER_PAGE);
        for (size_t i = 0; i < bench->list.count; i++) {
            int64_t number = 0;
            assert_true(str_to_int(str_after(bench->list.members[i].user_id, strlen("local|m")), &number));
            assert_in_range(number, 1, count);
            seen[number]++;
        }
        query.after = bench->list.next;
        pages++;
    } while (bench->list.more && pages < 1000);
    return pages;
}

static void test_pages_are_complete_without_doubles_under_ties(void **state)
{
    enum { COUNT_ = 137 };
    struct bench *bench = *state;
    int seen[COUNT_ + 1];
    put_members(bench, &bench->empty, COUNT_, "'Same Name ' || (i % 3)");
    const struct member_query rows[] = {{0}, {.q = STR("same")}, {.q = STR("sa na")}, {.connection = STR("customers")}, {.state = STR("active")},
                                        {.q = STR("nam"), .connection = STR("customers"), .state = STR("active")}};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int sort = SORT_NAME; sort <= SORT_JOINED_DOWN; sort++) {
            struct member_query query = rows[i];
            query.sort = (enum member_sort)sort;
            assert_int_equal(page_through(bench, query, COUNT_, seen), (COUNT_ + MEMBER_PAGE - 1) / MEMBER_PAGE);
            for (int m = 1; m <= COUNT_; m++) assert_int_equal(seen[m], 1);
        }
}

/* By number: the same pages, whole lists and searched ones. */
static void test_numbered_pages_are_the_pages(void **state)
{
    struct bench *bench = *state;
    put_members(bench, &bench->empty, 60, "'Same ' || (i % 2)");
    const struct member_query rows[] = {{0}, {.q = STR("same")}, {.state = STR("active")}};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int sort = SORT_NAME; sort <= SORT_JOINED_DOWN; sort++) {
            struct member_query query = rows[i];
            query.sort = (enum member_sort)sort;
            for (int page = 1; page <= 4; page++) {
                struct member_query numbered = query;
                numbered.page = page;
                const char *by_number = read_as(bench, &bench->empty, numbered);
                if (page == 4) {
                    assert_string_equal(by_number, "");
                    continue;
                }
                assert_string_equal(by_number, read_as(bench, &bench->empty, query));
                assert_int_equal(bench->list.count, page == 3 ? 10 : 25);
                query.after = bench->list.next;
            }
            const int64_t far[] = {5, 1000000, INT64_MAX, 0, -1, INT64_MIN};
            for (size_t f = 0; f < COUNT(far); f++) {
                query = (struct member_query){.q = rows[i].q, .state = rows[i].state, .sort = (enum member_sort)sort, .page = far[f]};
                assert_int_equal(*read_as(bench, &bench->empty, query) != '\0', far[f] < 2);
            }
        }
}

static void test_joining_and_going_meanwhile_moves_nobody_over_the_edge(void **state)
{
    struct bench *bench = *state;
    int seen[200] = {0};
    put_members(bench, &bench->empty, 60, "printf('Name %02d', i)");
    struct member_query query = {.page = 1};
    (void)read_as(bench, &bench->empty, query);
    query.after = bench->list.next;
    /* One joins before the edge, the one at the edge goes. */
    struct member_wish wish = {.organization = bench->empty.organization, .account = portal_account(&bench->portal, bench->arena, "ada@example.com")};
    assert_int_equal(db_begin(bench->portal.db), OK);
    assert_int_equal(member_put(&bench->portal, &bench->visit, &wish), OK);
    struct user last;
    assert_int_equal(user_get_by_user_id(bench->portal.db, bench->arena, STR("local|m25"), &last), OK);
    assert_int_equal(member_drop(&bench->portal, &bench->visit, bench->empty.organization, last.id), OK);
    assert_int_equal(db_commit(bench->portal.db), OK);
    (void)page_through(bench, query, 60, seen);
    for (int m = 1; m <= 60; m++) assert_int_equal(seen[m], m > 25);
}

static void test_a_place_is_of_one_list(void **state)
{
    struct bench *bench = *state;
    put_members(bench, &bench->empty, 60, "'Name ' || i");
    (void)read_as(bench, &bench->empty, (struct member_query){.page = 1});
    struct member_query query = {.after = bench->list.next};
    assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->acme, &query, &bench->list), ERR_INVALID);
    query.sort = SORT_NAME_DOWN;
    assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &query, &bench->list), ERR_INVALID);
    query.sort = SORT_NAME;
    assert_false(strstr(query.after.p, "Name") || strstr(query.after.p, "name"));
    for (size_t i = 0; i < query.after.n; i++) {
        struct member_query forged = {.after = arena_copy(bench->arena, query.after)};
        ((char *)(uintptr_t)forged.after.p)[i] ^= 1;
        assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &forged, &bench->list), ERR_INVALID);
        forged.after = str_first(query.after, i);
        if (i) assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &forged, &bench->list), ERR_INVALID);
    }
    assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &query, &bench->list), OK);
}

/* Rare and frequent words go different ways (member_way.c); all say the same as counting by hand. */
static void test_rare_and_frequent_words_say_the_same(void **state)
{
    enum { MANY = 11000 };
    struct bench *bench = *state;
    put_members(bench, &bench->empty, MANY, "'Half n' || i || CASE WHEN i % 2 = 0 THEN ' even' ELSE ' odd' END || ' x' || (i % 100) || ' user' || i");
    static const struct { const char *q; int64_t found; } rows[] = {
        {"half", 11000}, {"even", 5500}, {"x7", 1210}, {"n5999", 1}, {"even x8", 660}, {"n1", 2112}, {"n599", 11}, {"n100", 111}, {"user", 11000},
        {"user1", 2112}, {"user1 x77", 21}, {"user2 user22", 111}, {"user10 even", 556},
    };
    static int seen[MANY + 1];
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int sort = SORT_NAME; sort <= SORT_JOINED_DOWN; sort += 3) {
            size_t pages = page_through(bench, (struct member_query){.q = str_of(rows[i].q), .sort = (enum member_sort)sort}, MANY, seen);
            int64_t found = 0;
            for (int m = 1; m <= MANY; m++) {
                assert_true(seen[m] < 2);
                found += seen[m];
            }
            if (found != rows[i].found) fail_msg("%s: %lld, not %lld", rows[i].q, (long long)found, (long long)rows[i].found);
            /* Some more where readings gave up before their page was full. */
            assert_in_range(pages, (found + MEMBER_PAGE - 1) / MEMBER_PAGE, found / MEMBER_PAGE + (found > 2000 ? 12 : 1));
        }
    /* Each word fits half of them, and no two neighbours the same: both together are nobody, which one reading finds out. */
    assert_string_equal(read_as(bench, &bench->empty, (struct member_query){.q = STR("even odd")}), "");
    assert_false(bench->list.more);
    /* With a third it becomes too much: the reading gives up, and the next page goes on from there. */
    assert_string_equal(read_as(bench, &bench->empty, (struct member_query){.q = STR("half even odd")}), "");
    assert_true(bench->list.more);
    assert_in_range(page_through(bench, (struct member_query){.q = STR("half even odd")}, MANY, seen), 2, 4);
}

/* --- everything against counting by hand --- */

/* Names that share words and beginnings, double names, addresses of many kinds, some roles and states. */
static const char random_name[] =
    "(SELECT value FROM json_each('[\"Anna\",\"Annabel\",\"Anne-Marie\",\"Christian\",\"Christina\",\"Christopher\",\"Chris\",\"Maria\",\"Martin\",\"Zoe\"]')"
    " WHERE key = (i * 7919 / 13) % 10) || ' ' ||"
    " (SELECT value FROM json_each('[\"Schmidt\",\"Schmitt\",\"Anna\",\"O''Brien\",\"Martin-Chris\",\"Zoe\",\"Christ\"]') WHERE key = (i * 104729 / 17) % 7),"
    " 'email', CASE i % 3 WHEN 0 THEN printf('anna.%d@mail.example', i) WHEN 1 THEN printf('m%d.schmidt@example.com', i) ELSE printf('christ%d@example.com', i) END";

struct known {                    /* a member as the table has them, read without the lists' own statements */
    Str user_id, sort_name, terms;
    int64_t joined, account;
};

static size_t read_all(struct bench *bench, int64_t organization, struct known *all, size_t room)
{
    struct rows rows;
    size_t count = 0;
    assert_int_equal(db_select(bench->portal.db, STMT_member_by_name,
                               DB_ARGS(db_int(organization), db_text(STR("")), db_int(INT64_MIN), db_int(INT64_MAX)), &rows), OK);
    while (row_next(&rows)) {
        assert_true(count < room);
        all[count++] = (struct known){.account = row_int(&rows, 0), .joined = row_int(&rows, 1), .sort_name = arena_copy(bench->arena, row_text(&rows, 3)),
                                      .terms = arena_copy(bench->arena, row_text(&rows, 4)), .user_id = arena_copy(bench->arena, row_text(&rows, 9))};
    }
    assert_int_equal(rows_end(&rows), OK);
    return count;
}

static enum member_sort wanted_order;

static int compare_known(const void *left, const void *right)
{
    const struct known *a = left, *b = right;
    bool by_age = wanted_order == SORT_JOINED || wanted_order == SORT_JOINED_DOWN;
    int order = by_age ? (a->joined > b->joined) - (a->joined < b->joined) : str_compare(a->sort_name, b->sort_name);
    if (!order) order = (a->account > b->account) - (a->account < b->account);
    return wanted_order == SORT_NAME_DOWN || wanted_order == SORT_JOINED_DOWN ? -order : order;
}

/* A line of the terms that is a word and begins so, whatever kind of word. */
static bool has_word(Str terms, Str beginning)
{
    while (terms.n) {
        Str line = str_cut(&terms, '\n');
        if ((str_starts(line, STR("w:")) || str_starts(line, STR("a:"))) && str_starts(str_after(line, 2), beginning)) return true;
    }
    return false;
}

static bool has_line(Str terms, Str line)
{
    while (terms.n)
        if (str_eq(str_cut(&terms, '\n'), line)) return true;
    return false;
}

static bool is_wanted(struct bench *bench, const struct known *one, const struct member_query *query)
{
    Str words[SEARCH_WORDS_MAX];
    size_t count = search_words(bench->arena, query->q, words, SEARCH_WORDS_MAX);
    for (size_t i = 0; i < count; i++)
        if (!has_word(one->terms, words[i])) return false;
    if (query->state.n && !has_line(one->terms, arena_print(bench->arena, "s:%.*s", STR_ARGS(query->state)))) return false;
    if (query->connection.n && !has_line(one->terms, str_is(query->connection, "customers") ? STR("c:1") : STR("c:2"))) return false;
    if (!query->role.n) return true;
    const struct role *role = directory_role(&bench->portal.directory, bench->empty.organization, query->role);
    return has_line(one->terms, arena_print(bench->arena, "r:%lld", (long long)role->id));
}

static const struct known *wanted[2000];

/* All pages, one after the other. How many are wanted. */
static size_t check_followed(struct bench *bench, const struct known *all, size_t count, struct member_query query)
{
    size_t fits = 0, at = 0, pages = 0;
    assert_true(count <= COUNT(wanted));
    for (size_t i = 0; i < count; i++)
        if (is_wanted(bench, &all[i], &query)) wanted[fits++] = &all[i];
    do {
        assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &query, &bench->list), OK);
        for (size_t i = 0; i < bench->list.count; i++, at++)
            if (at >= fits || !str_eq(bench->list.members[i].user_id, wanted[at]->user_id))
                fail_msg("\"%.*s\" %.*s %.*s %.*s, order %d: %.*s at %zu of %zu", STR_ARGS(query.q), STR_ARGS(query.role), STR_ARGS(query.state),
                         STR_ARGS(query.connection), (int)query.sort, STR_ARGS(bench->list.members[i].user_id), at, fits);
        query.after = bench->list.next;
        if (++pages > count + 1) fail_msg("\"%.*s\", order %d: pages without end", STR_ARGS(query.q), (int)query.sort);
    } while (bench->list.more);
    if (at != fits) fail_msg("\"%.*s\", order %d: %zu of %zu", STR_ARGS(query.q), (int)query.sort, at, fits);
    return fits;
}

/* All pages, and one by its number. */
static void check_pages(struct bench *bench, const struct known *all, size_t count, struct member_query query)
{
    size_t fits = check_followed(bench, all, count, query);
    query.page = 2;
    assert_int_equal(member_list_read(&bench->portal, bench->arena, &bench->empty, &query, &bench->list), OK);
    assert_int_equal(bench->list.count, fits <= MEMBER_PAGE ? 0 : fits - MEMBER_PAGE < MEMBER_PAGE ? fits - MEMBER_PAGE : MEMBER_PAGE);
    for (size_t i = 0; i < bench->list.count; i++) assert_str(bench->list.members[i].user_id, wanted[MEMBER_PAGE + i]->user_id);
}

static uint32_t drawn(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static struct member_query random_query(struct bench *bench, uint32_t *seed)
{
    static const char *const words[] = {"a", "an", "ann", "anna", "annab", "anne", "anne-m", "anna.", "anna.1", "c", "chr", "chri", "christ", "christi", "christop",
                                        "christ1", "m", "m1", "mar", "mart", "martin", "martin-chris", "schm", "schmi", "schmid", "schmidt", "schmidt@example", "o'b",
                                        "brien", "zoe", "example", "example.com", "mail", "mail.example", "nobody", "x"};
    static const char *const roles[] = {"", "", "", "auditor"}, *const states[] = {"", "", "", "active", "suspended"};
    static const char *const connections[] = {"", "", "customers", "partner"};
    struct text q = {.arena = bench->arena};
    for (uint32_t count = drawn(seed, 4); count; count--) text_print(&q, "%s ", words[drawn(seed, COUNT(words))]);
    return (struct member_query){.q = q.n ? text_str(&q) : STR(""), .role = str_of(roles[drawn(seed, COUNT(roles))]), .state = str_of(states[drawn(seed, COUNT(states))]),
                                 .connection = str_of(connections[drawn(seed, COUNT(connections))]), .sort = (enum member_sort)drawn(seed, 4)};
}

static void test_every_list_is_what_counting_by_hand_says(void **state)
{
    enum { MANY = 350, QUERIES = 600 };
    struct bench *bench = *state;
    static struct known all[400];
    uint32_t seed = 20261121;
    put_members(bench, &bench->empty, MANY, random_name);
    assert_int_equal(engine_run(bench->portal.db,
        "UPDATE membership SET suspended = 1, derived = 0 WHERE organization_id = 3 AND account_id % 5 = 0; UPDATE account SET connection_id = 2 WHERE id % 3 = 0;"
        "INSERT INTO membership_role (organization_id, account_id, role_id) SELECT 3, account_id, (SELECT id FROM role WHERE name = 'auditor') FROM membership"
        " WHERE organization_id = 3 AND account_id % 4 = 0; UPDATE membership SET derived = 0"), OK);
    bool more = true;
    while (more) assert_int_equal(member_index_mend(&bench->portal, &bench->visit, 500, &more), OK);
    assert_int_equal(bench->empty.organization, 3);
    size_t count = read_all(bench, bench->empty.organization, all, COUNT(all));
    assert_int_equal(count, MANY);
    for (int i = 0; i < QUERIES; i++) {
        struct member_query query = random_query(bench, &seed);
        wanted_order = query.sort;
        qsort(all, count, sizeof *all, compare_known);
        check_pages(bench, all, count, query);
    }
}

/* --- words that are dear to find --- */

/* Each of these begins more words than are gone through side by side, and all who have them are as many as are still put in order: five
   of them use up what a page may cost before it has looked at anybody. */
static void test_words_that_use_up_a_page_lead_on_all_the_same(void **state)
{
    enum { MANY = 2000 };
    struct bench *bench = *state;
    static struct known all[MANY];
    put_members(bench, &bench->empty, MANY,
                "CASE i % 2 WHEN 0 THEN 'Golf ' ELSE '' END || printf('alpha%d bravo%d charlie%d delta%d echo%d foxtrot%d', i, i, i, i, i, i)");
    size_t count = read_all(bench, bench->empty.organization, all, COUNT(all));
    assert_int_equal(count, MANY);
    static const char *const queries[] = {"alpha bravo charlie delta echo foxtrot", "alph brav char delt echo fox golf",
                                          "alpha bravo charlie delta echo foxtrot19 gol", "alpha bravo charlie delta echo1999 foxtrot199 golf"};
    for (size_t i = 0; i < COUNT(queries); i++)
        for (int sort = SORT_NAME; sort <= SORT_JOINED_DOWN; sort += 3) {
            wanted_order = (enum member_sort)sort;
            qsort(all, count, sizeof *all, compare_known);
            (void)check_followed(bench, all, count, (struct member_query){.q = str_of(queries[i]), .sort = wanted_order});
        }
}

/* As the pages do it: each begins where the one before it ended, and that must be further on. */
static size_t follow(struct bench *bench, enum member_sort sort, int64_t effort, size_t most)
{
    struct listed_member members[MEMBER_PAGE];
    bool down = sort == SORT_NAME_DOWN || sort == SORT_JOINED_DOWN, more = true;
    struct member_place from = {.name = down ? STR("\xf4\x8f\xbf\xbf") : STR(""), .joined = down ? INT64_MAX : INT64_MIN,
                                .account = down ? INT64_MAX : INT64_MIN};
    size_t found = 0;
    for (size_t pages = 0; more; pages++) {
        struct member_reading reading = {.portal = &bench->portal, .arena = bench->arena, .desk = &bench->empty, .sort = sort, .effort = effort,
                                         .from = from, .members = members};
        reading.from = member_place_of(&reading, from.name, from.joined, from.account);
        member_way_exact(&reading, STR("w:golf"));
        member_way_exact(&reading, STR("w:hotel"));
        member_way_exact(&reading, STR("w:india"));
        assert_int_equal(member_meet(&reading), OK);
        more = reading.more;
        found += reading.count;
        if (more && member_order(&reading, &reading.last, &reading.from) <= 0) fail_msg("page %zu ends where it begins", pages);
        assert_true(pages < most);
        from = reading.last;
    }
    return found;
}

static void test_a_page_always_ends_further_on(void **state)
{
    enum { MANY = 1500 };
    static const int64_t efforts[] = {INT64_MIN / 2, -2000, 0, 1, 19, MEMBER_EFFORT};
    struct bench *bench = *state;
    put_members(bench, &bench->empty, MANY, "CASE WHEN i % 3 THEN 'Golf ' ELSE '' END || CASE WHEN i % 5 THEN 'Hotel ' ELSE '' END ||"
                " CASE WHEN i % 3 = 0 OR i % 7 = 0 THEN 'India' ELSE '' END");
    int64_t fits = 0;
    for (int i = 1; i <= MANY; i++) fits += i % 3 && i % 5 && i % 7 == 0;
    for (size_t i = 0; i < COUNT(efforts); i++)
        for (int sort = SORT_NAME; sort <= SORT_JOINED_DOWN; sort++)
            assert_int_equal(follow(bench, (enum member_sort)sort, efforts[i], MANY), fits);
}

/* --- rules that changed a moment ago --- */

static void test_stale_rows_show_only_what_the_desk_may_see_now(void **state)
{
    struct bench *bench = *state;
    assert_string_equal(search(bench, "lovelace"), "1 5");
    portal_apply(&bench->portal, bench->arena, "{\"connections\":[{\"name\":\"customers\",\"fields\":"
                 "{\"name\":{\"owner\":\"none\",\"desk\":\"none\"},\"email\":{\"owner\":\"none\",\"desk\":\"none\"},"
                 "\"nickname\":{\"owner\":\"none\",\"desk\":\"none\"}}}]}");
    assert_string_equal(search(bench, "lovelace"), "");
    assert_string_equal(search(bench, "ada@example.com"), "");
    assert_string_equal(search(bench, "annabel"), "3");
    (void)read_as(bench, &bench->acme, (struct member_query){.role = STR("administrator")});
    assert_str(bench->list.members[0].name, STR(""));
    assert_str(bench->list.members[0].email, STR(""));
    bool more = true;
    while (more) assert_int_equal(member_index_mend(&bench->portal, &bench->visit, 100, &more), OK);
    assert_string_equal(search(bench, "lovelace"), "");
    (void)read_as(bench, &bench->acme, (struct member_query){.role = STR("administrator")});
    assert_str(bench->list.members[0].name, STR(""));
    assert_int_equal(store_count(bench->portal.db, "SELECT COUNT(*) FROM member_term WHERE term = 'w:lovelace'"), 0);
}

/* The profile of one is broken, and the rules are new: the others are listed all the same. */
static void test_an_account_that_cannot_be_read_hides_nobody_else(void **state)
{
    struct bench *bench = *state;
    bool more = true;
    assert_int_equal(engine_run(bench->portal.db, "UPDATE account SET profile = 'broken' WHERE user_id = 'local|3'"), OK);
    assert_string_equal(search(bench, "ann"), "3 5");
    assert_int_equal(engine_run(bench->portal.db, "UPDATE setting SET value = '99' WHERE name = 'rules_generation'"), OK);
    log_catch();
    assert_string_equal(search(bench, "ann"), "5");
    assert_string_equal(search(bench, ""), "1 5 2 4");
    while (more) assert_int_equal(member_index_mend(&bench->portal, &bench->visit, 100, &more), OK);
    assert_true(log_caught("local|3"));
    assert_string_equal(search(bench, "ann"), "5");
    assert_string_equal(search(bench, ""), "3 1 5 2 4");
}

static void test_a_block_is_seen_at_once(void **state)
{
    struct bench *bench = *state;
    struct user user;
    assert_int_equal(user_get_by_user_id(bench->portal.db, bench->arena, STR("local|3"), &user), OK);
    assert_int_equal(account_block(&bench->portal, &bench->visit, ACTOR_OPERATOR, &user, true, STR_NONE), OK);
    assert_string_equal(read_as(bench, &bench->acme, (struct member_query){.state = STR("blocked")}), "3 5");
    assert_string_equal(read_as(bench, &bench->other, (struct member_query){.state = STR("blocked")}), "3");
    assert_string_equal(read_as(bench, &bench->other, (struct member_query){.state = STR("active")}), "6");
}

/* --- what it costs --- */

static bool plan_has(const struct store_place *place, const char *sql, const char *words)
{
    char file[200], line[512];
    bool found = false;
    snprintf(file, sizeof file, "%s/plan.sql", place->folder);
    FILE *script = fopen(file, "w");
    assert_non_null(script);
    fprintf(script, "EXPLAIN QUERY PLAN %s;\n", sql);
    fclose(script);
    char command[400];
    snprintf(command, sizeof command, "sqlite3 %s < %s", place->file, file);
    FILE *plan = popen(command, "r");
    assert_non_null(plan);
    while (fgets(line, sizeof line, plan)) found |= strstr(line, words) != NULL;
    assert_int_equal(pclose(plan), 0);
    return found;
}

static void test_no_list_scans_a_table_or_sorts(void **state)
{
    static const enum statement lists[] = {
        STMT_member_by_name, STMT_member_by_name_down, STMT_member_by_age, STMT_member_by_age_down, STMT_member_by_term,
        STMT_member_by_term_down, STMT_member_by_term_age, STMT_member_by_term_age_down, STMT_member_places, STMT_member_places_down,
        STMT_member_places_by_age, STMT_member_places_by_age_down, STMT_member_one, STMT_member_found, STMT_member_word,
        STMT_member_name_at, STMT_member_age_at, STMT_member_name_at_down, STMT_member_age_at_down, STMT_member_outdated,
        STMT_member_total, STMT_member_terms, STMT_member_shown,
    };
    struct store_place place;
    (void)state;
    store_place_make(&place);
    store_migrate(&place);
    for (size_t i = 0; i < COUNT(lists); i++) {
        const struct statement_text *text = &statement_texts[lists[i]];
        assert_true(plan_has(&place, text->sql, "SEARCH"));
        if (plan_has(&place, text->sql, "SCAN ") || plan_has(&place, text->sql, "TEMP B-TREE")) fail_msg("%s scans or sorts", text->name);
    }
    static const struct { enum statement statement; const char *index; } ways[] = {
        {STMT_member_places, "PRIMARY KEY (organization_id=? AND term=? AND (sort_name,account_id)>(?,?))"},
        {STMT_member_places_by_age, "member_term_by_age (organization_id=? AND term=? AND (joined,account_id)>(?,?))"},
        {STMT_member_by_term_down, "t USING PRIMARY KEY (organization_id=? AND term=? AND (sort_name,account_id)<(?,?))"},
        {STMT_member_by_term_age_down, "member_term_by_age (organization_id=? AND term=? AND (joined,account_id)<(?,?))"},
        {STMT_member_name_at, "COVERING INDEX membership_by_name"}, {STMT_member_age_at_down, "COVERING INDEX membership_by_age"},
    };
    for (size_t i = 0; i < COUNT(ways); i++) {
        const struct statement_text *text = &statement_texts[ways[i].statement];
        if (!plan_has(&place, text->sql, ways[i].index)) fail_msg("%s does not use %s", text->name, ways[i].index);
    }
    store_place_remove(&place);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_list_shows_its_members_in_order), TEST(test_words_are_searched_by_their_beginnings), TEST(test_filters_narrow_together),
        TEST(test_two_organizations_never_mix), TEST(test_what_is_no_query_is_refused), TEST(test_hostile_words_find_nobody_and_break_nothing),
        TEST(test_pages_are_complete_without_doubles_under_ties), TEST(test_numbered_pages_are_the_pages),
        TEST(test_joining_and_going_meanwhile_moves_nobody_over_the_edge), TEST(test_a_place_is_of_one_list),
        TEST(test_rare_and_frequent_words_say_the_same), TEST(test_every_list_is_what_counting_by_hand_says),
        TEST(test_words_that_use_up_a_page_lead_on_all_the_same), TEST(test_a_page_always_ends_further_on),
        TEST(test_stale_rows_show_only_what_the_desk_may_see_now),
        TEST(test_an_account_that_cannot_be_read_hides_nobody_else), TEST(test_a_block_is_seen_at_once), cmocka_unit_test(test_no_list_scans_a_table_or_sorts),
    };
    return cmocka_run_group_tests_name("member list", tests, NULL, NULL);
}
