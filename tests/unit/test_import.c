/* `latchkey import`: what a stream makes of a store, row by row, and what no stream can do. */
#include "support/model.h"
#include "support/portal_support.h"
#include "support/store_support.h"

#include <openssl/evp.h>

#include "account/bulk_export.h"
#include "account/hashing.h"
#include "account/import.h"
#include "account/password.h"
#include "account/user_object.h"
#include "store/user_store.h"

enum { ROWS = 2000 };

static const char set_up[] =
    "{\"connections\":[{\"name\":\"customers\",\"strategy\":\"local\"},{\"name\":\"staff\",\"strategy\":\"local\"}],"
    "\"fields\":[{\"name\":\"user_metadata.size\",\"type\":\"choice\",\"choices\":[\"S\",\"M\"],\"label\":{\"en\":\"Size\"}},"
    "{\"name\":\"user_metadata.card\",\"type\":\"text\",\"unique\":true,\"max\":5,\"label\":{\"en\":\"Card\"}}]}";

struct told {
    enum import_outcome outcome;
    int64_t line;
    const char *code, *path, *warning;
    Str user_id, message;
};

struct bench {
    struct arena *arena;
    struct portal portal;
    struct options options;
    struct visit visit;
    Str stream;                   /* what is still to be read */
    size_t piece;                 /* bytes a read; 0: as many as fit */
    struct told told[ROWS];
    size_t count;
    struct import_counts counts;
    bool resume, dry_run;
    Str identity;
    size_t die_after;             /* reads after which the stream breaks; 0: never */
};

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    if (!arena || crypto_start()) return -1;
    struct bench *bench = ARENA_NEW(arena, struct bench);
    bench->arena = arena;
    portal_make(&bench->portal, &bench->options, arena, store_open_memory(), set_up);
    bench->visit = (struct visit){.arena = arena, .now = 1800000000, .request_id = STR(""), .peer = STR(""), .user_agent = STR(""),
                                  .actor_id = STR("cli:tester")};
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

static long read_stream(void *context, char *into, size_t room)
{
    struct bench *bench = context;
    size_t n = bench->piece && bench->piece < room ? bench->piece : room;
    if (bench->die_after && --bench->die_after == 0) return -1;
    Str part = str_first(bench->stream, n);
    if (part.n) memcpy(into, part.p, part.n);
    bench->stream = str_after(bench->stream, part.n);
    return (long)part.n;
}

static void take_row(void *context, const struct import_row *row)
{
    struct bench *bench = context;
    assert_in_range(bench->count, 0, ROWS - 1);
    struct told *told = &bench->told[bench->count++];
    *told = (struct told){.outcome = row->outcome, .line = row->line, .user_id = arena_copy(bench->arena, row->user_id), .message = STR("")};
    if (row->warnings) told->warning = arena_copy(bench->arena, row->warnings->path).p;
    if (!row->errors) return;
    told->code = row->errors->code;
    told->path = arena_copy(bench->arena, row->errors->path).p;
    told->message = arena_copy(bench->arena, row->errors->message);
}

static Error import_bytes(struct bench *bench, Str bytes, bool upsert)
{
    struct import import = {.connection = STR("customers"), .upsert = upsert, .dry_run = bench->dry_run, .resume = bench->resume, .read = read_stream,
                            .source = bench, .identity = bench->identity.p ? bench->identity : STR(""), .each = take_row, .context = bench};
    bench->stream = bytes;
    bench->count = 0;
    return import_run(&bench->portal, &bench->visit, &import, &bench->counts);
}

static Str quoted(struct arena *arena, const char *text)
{
    char *copy = arena_cstr(arena, str_of(text));
    for (char *p = copy; *p; p++)
        if (*p == '\'') *p = '"';
    return str_of(copy);
}

static void import(struct bench *bench, const char *json, bool upsert)
{
    assert_int_equal(import_bytes(bench, quoted(bench->arena, json), upsert), OK);
}

static void expect_counts(const struct bench *bench, int64_t inserted, int64_t updated, int64_t unchanged, int64_t failed)
{
    const struct import_counts *counts = &bench->counts;
    if (counts->inserted == inserted && counts->updated == updated && counts->unchanged == unchanged && counts->failed == failed) return;
    for (size_t i = 0; i < bench->count; i++)
        if (bench->told[i].code) print_message("  %zu: %s %s: %s\n", i, bench->told[i].code, bench->told[i].path, bench->told[i].message.p);
    fail_msg("%lld inserted, %lld updated, %lld unchanged, %lld failed", (long long)counts->inserted, (long long)counts->updated,
             (long long)counts->unchanged, (long long)counts->failed);
}

static void expect_error(const struct bench *bench, size_t row, const char *code, const char *path)
{
    const struct told *told = &bench->told[row];
    assert_in_range(row, 0, bench->count - 1);
    if (!told->code) fail_msg("row %zu did not fail", row);
    if (strcmp(told->code, code) != 0 || strcmp(told->path, path) != 0)
        fail_msg("row %zu: %s at %s, not %s at %s: %s", row, told->code, told->path, code, path, told->message.p);
}

static struct user user_of(struct bench *bench, const char *identifier)
{
    struct user user;
    assert_int_equal(user_get(bench->portal.db, bench->arena, portal_account(&bench->portal, bench->arena, identifier), &user), OK);
    return user;
}

static const char *metadata_of(struct bench *bench, const char *identifier)
{
    struct user user = user_of(bench, identifier);
    return dump_of(json_object_get(user.profile, "user_metadata"));
}

#define COUNT_ROWS(bench, what) store_count((bench)->portal.db, "SELECT COUNT(*) FROM " what)

/* --- acceptance cases of domain.md §9 --- */

static void test_a_bad_row_fails_alone(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'good@example.com'},{'email':'bad'}]", false);
    expect_counts(bench, 1, 0, 0, 1);
    expect_error(bench, 1, "FORMAT", "email");
    assert_int_equal(COUNT_ROWS(bench, "account"), 1);
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'account.create' AND actor = 'operator' AND reason = 'import'"), 1);
}

static void test_the_same_address_again(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','name':'One'}]", false);
    import(bench, "[{'email':'A@example.com','name':'Two'}]", false);
    expect_counts(bench, 0, 0, 0, 1);
    expect_error(bench, 0, "CONFLICT_EMAIL", "email");
    import(bench, "[{'email':'a@example.com','name':'Two'}]", true);
    expect_counts(bench, 0, 1, 0, 0);
    assert_string_equal(dump_of(json_object_get(user_of(bench, "a@example.com").profile, "name")), "\"Two\"");
    import(bench, "[{'email':'a@example.com','name':'Two'}]", true);
    expect_counts(bench, 0, 0, 1, 0);
}

static void test_metadata_is_replaced(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','user_metadata':{'a':1,'size':'M','card':'C1'}}]", false);
    import(bench, "[{'email':'a@example.com','user_metadata':{'b':1}}]", true);
    expect_counts(bench, 0, 1, 0, 0);
    assert_string_equal(metadata_of(bench, "a@example.com"), "{\"b\":1}");
    import(bench, "[{'email':'a@example.com','name':'N'}]", true);
    assert_string_equal(metadata_of(bench, "a@example.com"), "{\"b\":1}");
    import(bench, "[{'email':'a@example.com','user_metadata':{'size':'S','c':{'x':[]}}}]", true);
    assert_string_equal(metadata_of(bench, "a@example.com"), "{\"c\":{\"x\":[]},\"size\":\"S\"}");
    import(bench, "[{'email':'a@example.com','user_metadata':{}}]", true);
    assert_null(json_object_get(user_of(bench, "a@example.com").profile, "user_metadata"));
    assert_int_equal(COUNT_ROWS(bench, "identifier WHERE field = 'user_metadata.card'"), 0);
}


static void test_a_digest_with_a_salt_signs_in(void **state)
{
    struct bench *bench = *state;
    unsigned char digest[32];
    static const char hex[] = "0123456789abcdef";
    char text[65] = "";
    assert_int_equal(EVP_Digest("saltsecret", 10, digest, NULL, EVP_sha256(), NULL), 1);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = hex[digest[i] >> 4];
        text[2 * i + 1] = hex[digest[i] & 15];
    }
    Str json = arena_print(bench->arena, "[{'email':'a@example.com','custom_password_hash':{'algorithm':'sha256','hash':{'value':'%s',"
                                         "'encoding':'hex'},'salt':{'value':'salt','position':'prefix'}}}]", text);
    import(bench, json.p, false);
    expect_counts(bench, 1, 0, 0, 0);
    struct user user = user_of(bench, "a@example.com");
    assert_int_equal(password_verify(bench->arena, user.password_hash, STR("secret")), OK);
    assert_int_equal(password_verify(bench->arena, user.password_hash, STR("Secret")), ERR_DENIED);
}

#define BCRYPT "$2b$10$abcdefghijklmnopqrstuuHqAbcdefghijklmnopqrstuvwxyz012"

static void test_two_hashes_exclude_each_other(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','password_hash':'" BCRYPT "','custom_password_hash':{'algorithm':'bcrypt','hash':{'value':'" BCRYPT
                  "','encoding':'utf8'}}},{'email':'b@example.com','password_hash':'$1$x'},{'email':'c@example.com','password':'text'},"
                  "{'email':'d@example.com','password_hash':'" BCRYPT "'}]", false);
    expect_counts(bench, 1, 0, 0, 3);
    expect_error(bench, 0, "NOT_PASSED", "custom_password_hash");
    expect_error(bench, 1, "FORMAT", "password_hash");
    expect_error(bench, 2, "FORMAT", "password");
    assert_true(str_is(user_of(bench, "d@example.com").password_hash, BCRYPT));
    import(bench, "[{'email':'d@example.com','password_hash':'$2b$10$zzzzefghijklmnopqrstuuHqAbcdefghijklmnopqrstuvwxyz012'}]", true);
    expect_counts(bench, 0, 0, 1, 0);
    assert_string_equal(bench->told[0].warning, "password_hash");
    assert_true(str_is(user_of(bench, "d@example.com").password_hash, BCRYPT));
}

static void test_the_provider_is_put_before_the_id(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'user_id':'local|5','email':'a@example.com'},{'user_id':'local|6','email':'b@example.com',"
                  "'identities':[{'connection':'elsewhere','provider':'local','user_id':'6'}]}]", false);
    expect_counts(bench, 2, 0, 0, 0);
    assert_string_equal(bench->told[0].user_id.p, "local|local|5");
    assert_string_equal(bench->told[1].user_id.p, "local|6");
    import(bench, "[{'user_id':'local|5','email':'new@example.com'}]", true);
    expect_counts(bench, 0, 1, 0, 0);
    assert_string_equal(dump_of(json_object_get(user_of(bench, "new@example.com").profile, "email_verified")), "false");
}

static bool keep_text(void *context, Str bytes)
{
    text_add(context, bytes);
    return true;
}

static Str exported(struct bench *bench, struct bulk_export export)
{
    struct text *text = ARENA_NEW(bench->arena, struct text);
    int64_t rows = 0;
    text->arena = bench->arena;
    export.write = keep_text;
    export.context = text;
    assert_int_equal(bulk_export_run(&bench->portal, &bench->visit, &export, &rows), OK);
    return text_str(text);
}

static void test_a_formula_is_text_in_a_table(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','name':'=1+1','user_metadata':{'list':[1],'q':'say \\'x\\''}}]", false);
    Str table = exported(bench, (struct bulk_export){.format = BULK_CSV, .fields = {STR("name"), STR("email_verified"), STR("nickname")}, .field_count = 3});
    assert_string_equal(table.p, "\"name\",\"email_verified\",\"nickname\"\r\n\"'=1+1\",false,\"'a\"\r\n");
    assert_non_null(bulk_field_flaw(&bench->portal, BULK_CSV, STR("user_metadata")));
    assert_null(bulk_field_flaw(&bench->portal, BULK_JSON, STR("user_metadata")));
    assert_null(bulk_field_flaw(&bench->portal, BULK_CSV, STR("user_metadata.q")));
    assert_non_null(bulk_field_flaw(&bench->portal, BULK_CSV, STR("password_hash")));
    assert_non_null(bulk_field_flaw(&bench->portal, BULK_CSV, STR("")));
}

/* --- what a row may be --- */

static void test_each_mistake_has_its_code(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *row, *code, *path; } cases[] = {
        {"[]", "OBJECT_REQUIRED", ""}, {"null", "FORMAT", ""}, {"{}", "ANY_OF_MISSING", ""}, {"{'name':'x'}", "ANY_OF_MISSING", ""},
        {"{'email':1}", "INVALID_TYPE", "email"}, {"{'email':'a@b.example','blocked':1}", "INVALID_TYPE", "blocked"},
        {"{'email':'a@b.example','name':[]}", "INVALID_TYPE", "name"},
        {"{'email':'a@b.example','user_metadata':[]}", "INVALID_TYPE", "user_metadata"},
        {"{'email':'a@b.example','address':'x'}", "INVALID_TYPE", "address"},
        {"{'email':'a@b.example','user_metadata':{'size':'XL'}}", "ENUM_MISMATCH", "user_metadata.size"},
        {"{'email':'a@b.example','user_metadata':{'card':'123456'}}", "MAX_LENGTH", "user_metadata.card"},
        {"{'email':'a@b.example','user_metadata':{'a.b':1}}", "FORMAT", "user_metadata.a.b"},
        {"{'email':'a@b.example','app_metadata':{'user_id':1}}", "FORMAT", "app_metadata.user_id"},
        {"{'email':'a@b.example','emial':1}", "FORMAT", "emial"}, {"{'email':'a@b.example','user_id':'a b'}", "FORMAT", "user_id"},
        {"{'email':'a@b.example','birthdate':'1990-02-31'}", "FORMAT", "birthdate"},
        {"{'email':'a@b.example','mfa_factors':[]}", "ARRAY_LENGTH_SHORT", "mfa_factors"},
        {"{'email':'a@b.example','mfa_factors':[1,1,1,1,1,1,1,1,1,1,1]}", "ARRAY_LENGTH_LONG", "mfa_factors"},
        {"{'email':'a@b.example','mfa_factors':[{'totp':{'secret':'abc'}}]}", "MFA_FACTORS_FAILED", "mfa_factors[0]"},
        {"{'email':'a@b.example','mfa_factors':[{'totp':{'secret':'ABC'},'email':{'value':'a@b.example'}}]}", "MFA_FACTORS_FAILED", "mfa_factors[0]"},
        {"{'phone_number':'+442079460018'}", "ANY_OF_MISSING", ""},
    };
    struct text rows = {.arena = bench->arena};
    for (size_t i = 0; i < COUNT(cases); i++) text_print(&rows, "%s%s", i ? ",\n" : "[", cases[i].row);
    text_add(&rows, STR("]"));
    import(bench, text_str(&rows).p, false);
    expect_counts(bench, 0, 0, 0, (int64_t)COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++) expect_error(bench, i, cases[i].code, cases[i].path);
    assert_int_equal(COUNT_ROWS(bench, "account"), 0);
}

static void test_what_only_a_reader_knows_is_passed_over(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','created_at':'2020-01-01T00:00:00Z','logins_count':99,'last_login':1,'memberships':[],'connection':'staff',"
                  "'mfa_factors':[{'phone':{'value':'+442079460018'}},{'email':{'value':'a@example.com'}}]}]", false);
    expect_counts(bench, 1, 0, 0, 0);
    assert_string_equal(bench->told[0].warning, "mfa_factors");
    assert_int_equal(user_of(bench, "a@example.com").logins_count, 0);
    assert_int_equal(user_of(bench, "a@example.com").created_at, 1800000000);
}

static void test_what_an_update_leaves_alone(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','username':'ada','phone_number':'+442079460018','phone_verified':true}]", false);
    import(bench, "[{'email':'a@example.com','username':'eve','phone_number':'+442079460019','blocked':true,'given_name':'Ada'}]", true);
    expect_counts(bench, 0, 1, 0, 0);
    assert_non_null(bench->told[0].warning);
    struct user user = user_of(bench, "ada");
    assert_false(user.blocked);
    assert_string_equal(dump_of(json_object_get(user.profile, "phone_number")), "\"+442079460018\"");
    assert_string_equal(dump_of(json_object_get(user.profile, "given_name")), "\"Ada\"");
}

/* --- doubles --- */

static void test_doubles_inside_a_file(void **state)
{
    struct bench *bench = *state;
    static const char rows[] = "[{'email':'a@example.com','username':'ada1'},{'email':'A@example.com'},{'email':'b@example.com','username':'ADA1'},"
                               "{'user_id':'5','email':'c@example.com'},{'user_id':'5','email':'d@example.com'},"
                               "{'email':'e@example.com','user_metadata':{'card':'x1'}},{'email':'f@example.com','user_metadata':{'card':'X1'}}]";
    bench->dry_run = true;
    for (int i = 0; i < 2; i++, bench->dry_run = false) {
        import(bench, rows, true);
        expect_counts(bench, 3, 0, 0, 4);
        expect_error(bench, 1, "DUPLICATED_USER", "email");
        expect_error(bench, 2, "DUPLICATED_USER", "username");
        expect_error(bench, 4, "DUPLICATED_USER", "user_id");
        expect_error(bench, 6, "DUPLICATED_USER", "user_metadata.card");
    }
    assert_int_equal(COUNT_ROWS(bench, "account"), 3);
}

static void test_doubles_far_apart(void **state)
{
    struct bench *bench = *state;
    struct text rows = {.arena = bench->arena};
    for (int i = 0; i < 1300; i++) text_print(&rows, "{\"email\":\"p%d@example.com\"}\n", i % 1299);
    bench->dry_run = true;
    for (int i = 0; i < 2; i++, bench->dry_run = false) {
        assert_int_equal(import_bytes(bench, text_str(&rows), true), OK);
        expect_counts(bench, 1299, 0, 0, 1);
        expect_error(bench, 1299, "DUPLICATED_USER", "email");
        assert_int_equal(COUNT_ROWS(bench, "account"), i ? 1299 : 0);
    }
}

static void test_somebody_elses_value(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'email':'a@example.com','username':'somm'},{'email':'b@example.com','user_metadata':{'card':'c1'}}]", false);
    import(bench, "[{'email':'x@example.com','username':'sornrn'},{'email':'a@example.com','user_metadata':{'card':'C1'}},"
                  "{'user_id':'9','email':'b@example.com'},{'email':'ok@example.com'}]", true);
    expect_counts(bench, 1, 0, 1, 2);
    assert_string_equal(bench->told[2].warning, "user_id");
    expect_error(bench, 0, "CONFLICT_USERNAME", "username");
    expect_error(bench, 1, "CONFLICT", "user_metadata.card");
    assert_int_equal(COUNT_ROWS(bench, "audit WHERE action = 'account.create' AND outcome = 'allowed'"), 3);
}

/* --- the stream --- */

static void test_both_forms_in_pieces_of_any_size(void **state)
{
    struct bench *bench = *state;
    static const char *const streams[] = {
        "[{'email':'a@example.com','name':'a ] } [ { \\\\\\' , b'},\n{'email':'b@example.com'}]", "{'email':'a@example.com'}\n\n\r\n{'email':'b@example.com'}",
        "\xef\xbb\xbf  [ {'email':'a@example.com'} , {'email':'b@example.com'} ] \n", "{\n  'email': 'a@example.com',\n  'user_metadata': {\n }\n}\n{'email':'b@example.com'}\n",
    };
    bench->dry_run = true;
    for (size_t i = 0; i < COUNT(streams); i++)
        for (bench->piece = 1; bench->piece < 40; bench->piece += 3) {
            import(bench, streams[i], false);
            expect_counts(bench, 2, 0, 0, 0);
        }
}

static void test_a_broken_stream(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *stream; int64_t inserted, failed; } cases[] = {
        {"", 0, 0}, {"\n \n", 0, 0}, {"[]", 0, 0}, {"[", 0, 1}, {"[{'email':'a@example.com'}", 0, 1}, {"[{'email':'a@example.com'},", 1, 1},
        {"[{'email':'a@example.com'},]", 1, 1}, {"[,{'email':'a@example.com'}]", 1, 1}, {"[{'email':'a@example.com'}] {}", 1, 1},
        {"[{'email':'a@example.com'}]]", 1, 1}, {"[{'email':'a@example.com'} {'email':'b@example.com'}]", 0, 1},
        {"[{'email':'a@exa\nmple.com'},{'email':'b@example.com'}]", 1, 1}, {"{'email':'a@exa\n{'email':'b@example.com'}\n", 1, 1},
        {"{'email':\n{'email':'b@example.com'}\n", 1, 1}, {"x\n{'email':'b@example.com'}\ny", 1, 2}, {"{'email':'b@example.com'}}", 0, 1},
        {"{'email':'a@example.com','email':'b@example.com'}", 0, 1}, {"{'email':'a@example.com','x\\u0000':1}", 0, 1},
        {"{'email':'\\ud800@example.com'}", 0, 1}, {"{'email':'\xff@example.com'}", 0, 1}, {"{'email':1e999}", 0, 1},
    };
    bench->dry_run = true;
    for (size_t i = 0; i < COUNT(cases); i++) {
        import(bench, cases[i].stream, false);
        if (bench->counts.inserted != cases[i].inserted || bench->counts.failed != cases[i].failed)
            fail_msg("case %zu: %lld inserted, %lld failed: %s", i, (long long)bench->counts.inserted, (long long)bench->counts.failed, cases[i].stream);
    }
    static const char nul[] = "{\"email\":\"a@example.com\"}\0\n{\"email\":\"b@example.com\"}";
    assert_int_equal(import_bytes(bench, (Str){nul, sizeof nul - 1}, false), OK);
    expect_counts(bench, 1, 0, 0, 1);
}

static Str repeated(struct bench *bench, const char *before, char c, size_t times, const char *after)
{
    struct text text = {.arena = bench->arena};
    text_add(&text, str_of(before));
    for (size_t i = 0; i < times; i++) text_add(&text, (Str){&c, 1});
    text_add(&text, str_of(after));
    return text_str(&text);
}

static void test_records_that_are_too_much(void **state)
{
    struct bench *bench = *state;
    static const char next[] = "\"},{\"email\":\"b@example.com\"}]";
    assert_int_equal(import_bytes(bench, repeated(bench, "[{\"email\":\"a@example.com\",\"name\":\"", 'x', 400000, next), false), OK);
    expect_counts(bench, 1, 0, 0, 1);
    expect_error(bench, 0, "MAX_LENGTH", "");
    assert_int_equal(import_bytes(bench, repeated(bench, "[{\"email\":\"c@example.com\",\"user_metadata\":{\"m\":\"", 'x', 70000, "\"}}]"), false), OK);
    expect_counts(bench, 0, 0, 0, 1);
    expect_error(bench, 0, "FORMAT", "user_metadata");
    assert_int_equal(import_bytes(bench, repeated(bench, "{\"email\":\"c@example.com\",\"user_metadata\":", '[', 100000, "\n"), false), OK);
    expect_counts(bench, 0, 0, 0, 1);
    struct text many = {.arena = bench->arena};
    text_add(&many, STR("{\"email\":\"c@example.com\""));
    for (int i = 0; i < 20000; i++) text_print(&many, ",\"k%d\":1", i);
    text_add(&many, STR("}"));
    assert_int_equal(import_bytes(bench, text_str(&many), false), OK);
    expect_error(bench, 0, "MAX_LENGTH", "");
}

/* --- going on --- */

static void test_an_import_goes_on_where_it_broke(void **state)
{
    struct bench *bench = *state;
    struct text rows = {.arena = bench->arena};
    for (int i = 0; i < 1900; i++) text_print(&rows, "{\"email\":\"p%d@example.com\",\"user_metadata\":{\"free\":\"%0200d\"}}\n", i % 1890, i);
    bench->identity = STR("0123456789abcdef");
    bench->piece = 4096;
    bench->die_after = 60;
    assert_int_equal(import_bytes(bench, text_str(&rows), true), ERR_FAULT);
    int64_t done = bench->counts.rows;
    assert_in_range(done, 1, 1899);
    assert_int_equal(COUNT_ROWS(bench, "account"), done);
    bench->die_after = 0;
    bench->resume = true;
    assert_int_equal(import_bytes(bench, text_str(&rows), true), OK);
    assert_int_equal(bench->count, 1900 - done);
    expect_counts(bench, 1890, 0, 0, 10);
    expect_error(bench, bench->count - 1, "DUPLICATED_USER", "email");
    assert_int_equal(COUNT_ROWS(bench, "account"), 1890);
    assert_int_equal(import_bytes(bench, text_str(&rows), true), OK);
    assert_int_equal(bench->count, 0);
    bench->identity = STR("fedcba9876543210");
    assert_int_equal(import_bytes(bench, text_str(&rows), true), ERR_NOT_FOUND);
}

static void test_another_stream_does_not_go_on(void **state)
{
    struct bench *bench = *state;
    bench->identity = STR("0123456789abcdef");
    import(bench, "{'email':'a@example.com'}\n{'email':'b@example.com'}\n", false);
    bench->resume = true;
    assert_int_equal(import_bytes(bench, STR("{\"email\":\"long-name@example.com\",\"name\":\"and more than there was before\"}\n"), false), ERR_CONFLICT);
    assert_int_equal(import_bytes(bench, STR("{}"), false), ERR_CONFLICT);
    assert_int_equal(COUNT_ROWS(bench, "account"), 2);
}

static void test_what_an_export_says_can_be_imported(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'user_id':'1','email':'a@example.com','email_verified':true,'username':'ada','address':{'locality':'Bonn'},'blocked':true,"
                  "'user_metadata':{'size':'M','x':[1,{'y':null}]},'app_metadata':{'plan':'gold'}},{'email':'b@example.com'}]", false);
    Str lines = exported(bench, (struct bulk_export){.format = BULK_NDJSON}), array = exported(bench, (struct bulk_export){.format = BULK_JSON});
    assert_int_equal(import_bytes(bench, lines, true), OK);
    expect_counts(bench, 0, 0, 2, 0);
    assert_int_equal(import_bytes(bench, array, true), OK);
    expect_counts(bench, 0, 0, 2, 0);
    assert_null(bench->told[0].warning);
    assert_int_equal(exported(bench, (struct bulk_export){.format = BULK_NDJSON, .connection = STR("staff")}).n, 0);
}

static void compare_ways(struct bench *bench, int64_t account, const char *profile, bool plain)
{
    struct text text = {.arena = bench->arena};
    struct user user;
    assert_int_equal(user_get(bench->portal.db, bench->arena, account, &user), OK);
    assert_int_equal(user_object_text(&text, &bench->portal.directory, &user, str_of(profile)), plain);
    if (!plain) {
        assert_int_equal(text.n, 0);
        return;
    }
    user.profile = json_loads(profile, 0, NULL);
    assert_string_equal(text_str(&text).p, json_dumps(user_object(bench->arena, &bench->portal.directory, &user), JSON_COMPACT));
}

static void test_the_short_way_says_what_the_long_way_says(void **state)
{
    struct bench *bench = *state;
    import(bench, "[{'user_id':'1','email':'a@example.com','blocked':true},{'user_id':'\\\\','email':'b@example.com'}]", false);
    static const char *const plain[] = {
        "{}", "{\"email\":\"a@example.com\"}", "{\"email\":\"a@example.com\",\"email_verified\":true}", "{\"name\":\"\\\"email\\\":{\"}",
        "{\"email\":\"a\",\"user_metadata\":{\"email_verified\":true,\"x\":[{\"email\":1}]}}", "{\"user_metadata\":{\"email\":1}}",
        "{\"name\":\"email\",\"nickname\":\"\\\\\"}",
    };
    static const char *const odd[] = {"", "[]", "{", "{}}", "{\"a\":1", "{\"a\": 1}", "{\"a\":\"\n\"}", "{\"a\":\"}", "{}{}", "{\"a\":[1}]"};
    int64_t first = portal_account(&bench->portal, bench->arena, "a@example.com"), second = portal_account(&bench->portal, bench->arena, "b@example.com");
    for (size_t i = 0; i < COUNT(plain); i++) compare_ways(bench, first, plain[i], true);
    for (size_t i = 0; i + 1 < COUNT(odd); i++) compare_ways(bench, first, odd[i], false);
    compare_ways(bench, second, "{}", false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_bad_row_fails_alone), TEST(test_the_same_address_again), TEST(test_metadata_is_replaced),
        TEST(test_a_digest_with_a_salt_signs_in), TEST(test_two_hashes_exclude_each_other), TEST(test_the_provider_is_put_before_the_id),
        TEST(test_a_formula_is_text_in_a_table), TEST(test_each_mistake_has_its_code), TEST(test_what_only_a_reader_knows_is_passed_over),
        TEST(test_what_an_update_leaves_alone), TEST(test_doubles_inside_a_file), TEST(test_doubles_far_apart), TEST(test_somebody_elses_value),
        TEST(test_both_forms_in_pieces_of_any_size), TEST(test_a_broken_stream), TEST(test_records_that_are_too_much),
        TEST(test_an_import_goes_on_where_it_broke), TEST(test_another_stream_does_not_go_on), TEST(test_what_an_export_says_can_be_imported),
        TEST(test_the_short_way_says_what_the_long_way_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
