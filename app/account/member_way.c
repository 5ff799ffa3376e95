#include "account/member_reading.h"

#include <stdlib.h>

/* Words that begin alike are gone through side by side when they are few; else all who have one are read and put in order when they are
   not many; else those are taken whose word begins with the same few letters, and each is looked at. */
enum { WORDS_MOST = 32, PLACES_MOST = 2000, PIECE_LEAST = 8, PIECE_MOST = 256, READING_COSTS = 10 };
/* What it costs at most to look at every way once: the first piece of each of its words. */
enum { ROUND_COSTS = MEMBER_WAYS * WORDS_MOST * (READING_COSTS + PIECE_LEAST) };

bool member_by_age(enum member_sort sort)
{
    return sort == SORT_JOINED || sort == SORT_JOINED_DOWN;
}

bool member_downwards(enum member_sort sort)
{
    return sort == SORT_NAME_DOWN || sort == SORT_JOINED_DOWN;
}

/* --- places --- */

static int compare(const void *left, const void *right)
{
    const struct member_place *a = left, *b = right;
    if (a->joined != b->joined) return a->joined < b->joined ? -1 : 1;
    int names = str_compare(a->name, b->name);
    if (names) return names;
    return (a->account > b->account) - (a->account < b->account);
}

int member_order(const struct member_reading *reading, const struct member_place *a, const struct member_place *b)
{
    return member_downwards(reading->sort) ? compare(b, a) : compare(a, b);
}

struct member_place member_place_of(const struct member_reading *reading, Str name, int64_t joined, int64_t account)
{
    bool by_age = member_by_age(reading->sort);
    return (struct member_place){.name = by_age ? STR("") : arena_copy(reading->arena, name), .joined = by_age ? joined : 0,
                                 .account = account};
}

Value member_place_value(const struct member_reading *reading, const struct member_place *place)
{
    return member_by_age(reading->sort) ? db_int(place->joined) : db_text(place->name);
}

static struct member_place place_in(const struct member_reading *reading, const struct rows *rows)
{
    return member_place_of(reading, row_text(rows, 1), row_int(rows, 2), row_int(rows, 0));
}

/* --- one term --- */

static Error select_places(const struct member_reading *reading, Str term, const struct member_place *behind, int64_t most, int64_t over,
                           struct rows *rows)
{
    static const enum statement statements[] = {
        [SORT_NAME] = STMT_member_places, [SORT_NAME_DOWN] = STMT_member_places_down,
        [SORT_JOINED] = STMT_member_places_by_age, [SORT_JOINED_DOWN] = STMT_member_places_by_age_down,
    };
    return db_select(reading->portal->db, statements[reading->sort],
                     DB_ARGS(db_int(reading->desk->organization), db_text(term), member_place_value(reading, behind),
                             db_int(behind->account), db_int(most), db_int(over)), rows);
}

/* Larger pieces where one place is wanted after the other, smaller ones where most of a piece was passed over. */
static size_t next_size(const struct member_stream *stream, size_t passed)
{
    if (!stream->size) return PIECE_LEAST;
    if (passed > PIECE_LEAST / 2 + stream->count / 4) return stream->size > PIECE_LEAST ? stream->size / 2 : PIECE_LEAST;
    return stream->size < PIECE_MOST ? stream->size * 2 : PIECE_MOST;
}

static Error read_piece(struct member_reading *reading, struct member_stream *stream, const struct member_place *behind, size_t passed)
{
    struct rows rows;
    size_t size = next_size(stream, passed);
    Error error = select_places(reading, stream->term, behind, (int64_t)size, 0, &rows);
    if (error) return error;
    if (size > stream->size) stream->places = ARENA_ARRAY(reading->arena, struct member_place, size);
    stream->size = size;
    stream->count = stream->at = 0;
    while (stream->count < size && row_next(&rows)) stream->places[stream->count++] = place_in(reading, &rows);
    stream->last = stream->count < size;
    reading->effort -= READING_COSTS + (int64_t)stream->count;
    return rows_end(&rows);
}

static Error seek(struct member_reading *reading, struct member_stream *stream, const struct member_place *behind)
{
    size_t before = stream->at;
    while (stream->at < stream->count && member_order(reading, &stream->places[stream->at], behind) <= 0) stream->at++;
    if (stream->at < stream->count || stream->last) return OK;
    return read_piece(reading, stream, behind, stream->at - before);
}

Error member_way_next(struct member_reading *reading, struct member_way *way, const struct member_place *behind, struct member_place *out,
                      bool *found)
{
    *found = false;
    for (size_t i = 0; i < way->count; i++) {
        struct member_stream *stream = &way->streams[i];
        Error error = seek(reading, stream, behind);
        if (error) return error;
        if (stream->at == stream->count || (*found && member_order(reading, &stream->places[stream->at], out) >= 0)) continue;
        *out = stream->places[stream->at];
        *found = true;
    }
    return OK;
}

void member_way_afford_round(struct member_reading *reading)
{
    if (reading->effort < ROUND_COSTS) reading->effort = ROUND_COSTS;
}

Error member_way_count_off(struct member_reading *reading, int64_t many, struct member_place *out, bool *found)
{
    struct rows rows;
    Error error = select_places(reading, reading->ways[0].streams[0].term, &reading->from, 1, many - 1, &rows);
    if (error) return error;
    *found = row_next(&rows);
    if (*found) *out = place_in(reading, &rows);
    return rows_end(&rows);
}

/* --- who is on a way --- */

static struct member_way *add_way(struct member_reading *reading, size_t streams)
{
    struct member_way *way = &reading->ways[reading->way_count++];
    *way = (struct member_way){.streams = ARENA_ARRAY(reading->arena, struct member_stream, streams), .count = streams};
    for (size_t i = 0; i < streams; i++) way->streams[i] = (struct member_stream){0};
    return way;
}

void member_way_exact(struct member_reading *reading, Str term)
{
    add_way(reading, 1)->streams[0].term = term;
}

/* U+10FFFF is no letter: every word that begins so stands before it. */
static Str behind_all(const struct member_reading *reading, Str beginning)
{
    return arena_join(reading->arena, beginning, STR("\xf4\x8f\xbf\xbf"));
}

/* The words that begin so, one seek for each; one more than there is room for means more. */
static Error find_words(struct member_reading *reading, Str beginning, Str *words, size_t *count)
{
    Str from = beginning, end = behind_all(reading, beginning);
    Error error = OK;
    for (*count = 0; !error && *count <= WORDS_MOST;) {
        struct rows rows;
        error = db_select(reading->portal->db, STMT_member_word, DB_ARGS(db_int(reading->desk->organization), db_text(from), db_text(end)), &rows);
        if (error) return error;
        bool found = row_next(&rows);
        if (found) words[(*count)++] = arena_copy(reading->arena, row_text(&rows, 0));
        error = rows_end(&rows);
        if (!found) break;
        from = arena_join(reading->arena, words[*count - 1], STR("\n"));
        reading->effort -= READING_COSTS;
    }
    return error;
}

static void put_in_order(const struct member_reading *reading, struct member_stream *stream)
{
    struct member_place *list = stream->places;
    size_t n = stream->count;
    qsort(list, n, sizeof *list, compare);
    for (size_t i = 0; member_downwards(reading->sort) && i < n / 2; i++) {
        struct member_place other = list[i];
        list[i] = list[n - 1 - i];
        list[n - 1 - i] = other;
    }
}

/* All who have such a word. Not *all: there are more than is good. */
static Error collect(struct member_reading *reading, Str beginning, struct member_stream *out, bool *all)
{
    struct rows rows;
    size_t most = reading->effort < PLACES_MOST ? 0 : PLACES_MOST;
    *out = (struct member_stream){.places = ARENA_ARRAY(reading->arena, struct member_place, most + 1), .last = true};
    Error error = db_select(reading->portal->db, STMT_member_found,
                            DB_ARGS(db_int(reading->desk->organization), db_text(beginning), db_text(behind_all(reading, beginning)),
                                    db_int((int64_t)most + 1)), &rows);
    if (error) return error;
    while (out->count <= most && row_next(&rows)) out->places[out->count++] = place_in(reading, &rows);
    reading->effort -= READING_COSTS + (int64_t)out->count;
    *all = out->count <= most;
    if (*all) put_in_order(reading, out);
    return rows_end(&rows);
}

static Error way_of_many(struct member_reading *reading, Str beginning)
{
    struct member_stream stream;
    bool all = false;
    Error error = collect(reading, beginning, &stream, &all);
    if (error) return error;
    if (all) {
        add_way(reading, 1)->streams[0] = stream;
        return OK;
    }
    Str piece = search_piece(str_after(beginning, strlen("w:")));
    reading->partly = true;
    member_way_exact(reading, arena_join(reading->arena, STR("b:"), search_beginning(piece, SEARCH_BEGINNING)));
    return OK;
}

Error member_way_beginning(struct member_reading *reading, Str beginning, bool *can_be)
{
    Str words[WORDS_MOST + 1], word = str_after(beginning, strlen("w:")), letters = search_beginning(word, SEARCH_BEGINNING);
    size_t count = 0;
    if (letters.n == word.n && search_piece(word).n == word.n) {
        member_way_exact(reading, arena_join(reading->arena, STR("b:"), word));
        return OK;
    }
    Error error = find_words(reading, beginning, words, &count);
    if (error) return error;
    if (count > WORDS_MOST) return way_of_many(reading, beginning);
    *can_be = *can_be && count;
    struct member_way *way = add_way(reading, count);
    for (size_t i = 0; i < count; i++) way->streams[i].term = words[i];
    return OK;
}
