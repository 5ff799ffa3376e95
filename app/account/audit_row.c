#include "account/audit_row.h"

#include <stdio.h>
#include <string.h>

enum audit_column {               /* of audit_chain, audit_of_person */
    AUDIT_ID, AUDIT_AT, AUDIT_REQUEST_ID, AUDIT_ACTOR, AUDIT_ACTOR_ID, AUDIT_ORGANIZATION, AUDIT_CONNECTION, AUDIT_USER_ID,
    AUDIT_ACTION, AUDIT_OUTCOME, AUDIT_REASON, AUDIT_PEER, AUDIT_FIELDS, AUDIT_SALT_COLUMN, AUDIT_SEAL_COLUMN, AUDIT_HASH_COLUMN
};

static const char *const mark_names[] = {[AUDIT_HEAD] = "audit_head", [AUDIT_ANCHOR] = "audit_anchor", [AUDIT_MEMORY] = "audit_memory"};

struct number {
    char bytes[8];
};

static struct number number_of(int64_t value)
{
    struct number number;
    for (size_t i = 0; i < sizeof number.bytes; i++) number.bytes[i] = (char)(unsigned char)((uint64_t)value >> (8 * i));
    return number;
}

static Str bytes_of(const struct number *number)
{
    return (Str){number->bytes, sizeof number->bytes};
}

static Str hash_of(const struct audit_point *point)
{
    return (Str){(const char *)point->hash, SECRET_BYTES};
}

struct audit_row audit_row_read(const struct rows *rows)
{
    return (struct audit_row){
        .id = row_int(rows, AUDIT_ID),
        .entry = {
            .at = row_int(rows, AUDIT_AT), .request_id = row_text(rows, AUDIT_REQUEST_ID), .actor = row_text(rows, AUDIT_ACTOR),
            .actor_id = row_text(rows, AUDIT_ACTOR_ID), .organization = row_text(rows, AUDIT_ORGANIZATION),
            .connection = row_text(rows, AUDIT_CONNECTION), .user_id = row_text(rows, AUDIT_USER_ID),
            .action = row_text(rows, AUDIT_ACTION), .outcome = row_text(rows, AUDIT_OUTCOME), .reason = row_text(rows, AUDIT_REASON),
            .peer = row_text(rows, AUDIT_PEER), .fields = row_text(rows, AUDIT_FIELDS),
        },
        .salt = row_text(rows, AUDIT_SALT_COLUMN), .seal = row_text(rows, AUDIT_SEAL_COLUMN), .hash = row_text(rows, AUDIT_HASH_COLUMN),
    };
}


bool audit_point_is_beginning(const struct audit_point *point)
{
    static const unsigned char zeros[SECRET_BYTES];
    return memcmp(point->hash, zeros, sizeof zeros) == 0;
}

bool audit_row_is_older(const struct audit_row *row, const struct audit_point *beginning)
{
    bool bare = !row->hash.p && !row->seal.p && !row->salt.p;
    return bare && row->id > 0 && row->id <= beginning->id && audit_point_is_beginning(beginning);
}

bool audit_point_is(const struct audit_point *point, Str hash)
{
    return crypto_equal(hash_of(point), hash);
}

void audit_seal(const struct keys *keys, const struct audit_row *row, unsigned char out[SECRET_BYTES])
{
    const struct audit_entry *entry = &row->entry;
    Str parts[] = {STR("seal"), row->salt, entry->actor_id, entry->user_id, entry->reason, entry->peer, entry->fields};
    keys_mac_parts(keys, KEY_AUDIT, parts, sizeof parts / sizeof *parts, out);
}

void audit_hash(const struct keys *keys, const struct audit_point *before, const struct audit_row *row,
                unsigned char out[SECRET_BYTES])
{
    const struct audit_entry *entry = &row->entry;
    struct number id = number_of(row->id), at = number_of(entry->at);
    Str parts[] = {STR("row"), hash_of(before), bytes_of(&id), bytes_of(&at), entry->request_id, entry->actor, entry->organization,
                   entry->connection, entry->action, entry->outcome, row->seal};
    keys_mac_parts(keys, KEY_AUDIT, parts, sizeof parts / sizeof *parts, out);
}

void audit_forgotten_mark(const struct keys *keys, const struct audit_row *row, unsigned char out[SECRET_BYTES])
{
    const struct audit_entry *entry = &row->entry;
    struct number id = number_of(row->id);
    Str parts[] = {STR("forgotten"), bytes_of(&id), row->seal, entry->actor_id, entry->user_id, entry->reason, entry->peer,
                   entry->fields};
    keys_mac_parts(keys, KEY_AUDIT, parts, sizeof parts / sizeof *parts, out);
}

const char *audit_row_flaw(const struct keys *keys, const struct audit_row *row)
{
    unsigned char wanted[SECRET_BYTES];
    Str given = row->seal;
    if (row->salt.n == SECRET_BYTES) {
        audit_forgotten_mark(keys, row, wanted);
        given = row->salt;
    } else if (row->salt.n == AUDIT_SALT) {
        audit_seal(keys, row, wanted);
    } else {
        return "its salt is gone";
    }
    if (crypto_equal(given, (Str){(const char *)wanted, SECRET_BYTES})) return NULL;
    return "who did it, to whom, why, from where or to which fields was changed";
}

/* --- the ends of the chain --- */

static void print_hex(const unsigned char bytes[SECRET_BYTES], char out[2 * SECRET_BYTES + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SECRET_BYTES; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * SECRET_BYTES] = '\0';
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool parse_hex(Str text, unsigned char out[SECRET_BYTES])
{
    if (text.n != (size_t)2 * SECRET_BYTES) return false;
    for (size_t i = 0; i < SECRET_BYTES; i++) {
        int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static bool parse_point(Str text, int64_t least, struct audit_point *out)
{
    struct audit_point point;
    Str id = str_cut(&text, ':');
    if (!str_to_int(id, &point.id) || point.id < least || !parse_hex(text, point.hash)) return false;
    *out = point;
    return true;
}

bool audit_point_parse(Str text, struct audit_point *out)
{
    return parse_point(text, 1, out);
}

static void mark_mac(const struct keys *keys, enum audit_end end, const struct audit_point *point, unsigned char out[SECRET_BYTES])
{
    struct number id = number_of(point->id);
    Str parts[] = {str_of(mark_names[end]), bytes_of(&id), hash_of(point)};
    keys_mac_parts(keys, KEY_AUDIT, parts, sizeof parts / sizeof *parts, out);
}

/* "ID:HASH:MAC" */
struct audit_mark audit_mark_read(const struct keys *keys, enum audit_end end, Str text)
{
    struct audit_mark mark = {.there = text.p != NULL};
    unsigned char given[SECRET_BYTES], wanted[SECRET_BYTES];
    size_t mac = text.n > (size_t)2 * SECRET_BYTES ? text.n - 2 * SECRET_BYTES : 0;
    if (!mac || text.p[mac - 1] != ':' || !parse_point(str_first(text, mac - 1), 0, &mark.point)) return mark;
    mark_mac(keys, end, &mark.point, wanted);
    mark.fits = parse_hex(str_after(text, mac), given) &&
                crypto_equal((Str){(const char *)given, SECRET_BYTES}, (Str){(const char *)wanted, SECRET_BYTES});
    return mark;
}

Error audit_marks_read(struct db *db, const struct keys *keys, struct audit_marks *out)
{
    struct rows rows;
    *out = (struct audit_marks){0};
    Error error = db_select(db, STMT_audit_marks, DB_NO_ARGS, &rows);
    if (error) return error;
    if (row_next(&rows)) {
        out->head = audit_mark_read(keys, AUDIT_HEAD, row_text(&rows, 0));
        out->anchor = audit_mark_read(keys, AUDIT_ANCHOR, row_text(&rows, 1));
        out->due = row_int(&rows, 2) != 0;
    }
    return rows_end(&rows);
}

void audit_mark_print(const struct keys *keys, enum audit_end end, const struct audit_point *point, char out[AUDIT_MARK_TEXT])
{
    unsigned char mac[SECRET_BYTES];
    char hash_hex[2 * SECRET_BYTES + 1], mac_hex[2 * SECRET_BYTES + 1];
    mark_mac(keys, end, point, mac);
    print_hex(point->hash, hash_hex);
    print_hex(mac, mac_hex);
    snprintf(out, AUDIT_MARK_TEXT, "%lld:%s:%s", (long long)point->id, hash_hex, mac_hex);
}

Error audit_mark_put(struct db *db, const struct keys *keys, enum audit_end end, const struct audit_point *point)
{
    char text[AUDIT_MARK_TEXT];
    audit_mark_print(keys, end, point, text);
    return db_run(db, STMT_audit_mark_put, DB_ARGS(db_text(str_of(mark_names[end])), db_text(str_of(text))), NULL);
}
