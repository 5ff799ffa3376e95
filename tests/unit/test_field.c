/* What each type of field keeps of what people and programs hand in, and what it says when it cannot. Letters and numbers in the
   comments are rows of the abuse catalogue. */
#include "../support/model.h"

static const char *const custom =
    "[{'name':'user_metadata.motto','type':'text','min':2,'max':10,'label':{'en':'Motto'}},"
    " {'name':'user_metadata.free','type':'text','label':{'en':'Free'}},"
    " {'name':'user_metadata.story','type':'multiline','max':50,'label':{'en':'Story'}},"
    " {'name':'user_metadata.day','type':'date','min':'2000-01-01','max':'2020-12-31','label':{'en':'Day'}},"
    " {'name':'user_metadata.age','type':'number','min':0,'max':150,'label':{'en':'Age'}},"
    " {'name':'user_metadata.balance','type':'number','label':{'en':'Balance'}},"
    " {'name':'user_metadata.news','type':'boolean','label':{'en':'News'}},"
    " {'name':'user_metadata.size','type':'choice','choices':['S','M',{'value':'L','label':{'en':'Large'}}],'label':{'en':'Size'}},"
    " {'name':'user_metadata.colors','type':'choices','choices':['red','green','blue'],'max':2,'label':{'en':'Colours'}},"
    " {'name':'user_metadata.pets','type':'choices','choices':['cat','dog','owl'],'min':2,'label':{'en':'Pets'}},"
    " {'name':'user_metadata.code','type':'text','pattern':'[A-Z]{2}-\\\\d+','label':{'en':'Code'}},"
    " {'name':'user_metadata.second','type':'email','pattern':'.*@example\\\\.com','label':{'en':'Second'}}]";

#define A4(x) x x x x
#define A16(x) A4(x) A4(x) A4(x) A4(x)
#define A64(x) A16(x) A16(x) A16(x) A16(x)
#define A256(x) A64(x) A64(x) A64(x) A64(x)
#define LABEL63 A16("abc") "abcdefghijklmno"

#define LONG_DOMAIN LABEL63 "." LABEL63 "." LABEL63 "." A16("abc") "abcdefgh.com"

#define NAME_MESSAGE "Keep this within {LIMIT} characters."
#define HIDDEN "Remove the characters that cannot be seen"
#define BROKEN "Some characters here cannot be kept"
#define EMAIL "Enter an e-mail address, like name@example.com."
#define PHONE "Enter the number with its country code"
#define LETTERS "Use unaccented letters"
#define WEB "Enter a whole web address"
#define DATE "Enter a real date"
#define WHOLE "Enter a whole number"
#define LANGUAGE "Enter a language code"
#define ZONE "Choose a time zone"
#define HEX "0123456789abcdef0123456789abcdef"
#define PICTURE "Enter the picture's address"

/* A text as a form sends it. `kept`: the text that stays, "" when the field is then not set, NULL when it is refused with a
   message that begins with `says`. */
struct text_row {
    const char *field, *typed, *kept, *says;
    int64_t limit;
};

static const struct text_row texts[] = {
    /* --- one line of text --- */
    {"given_name", "Ada", "Ada", NULL, 0},
    {"given_name", "  Ada \t", "Ada", NULL, 0},
    {"given_name", "", "", NULL, 0},
    {"given_name", " \r\n ", "", NULL, 0},
    {"given_name", "\u00a0\u3000Ada\u2009", "Ada", NULL, 0},
    {"given_name", "Zoe\u0308", "Zo\u00eb", NULL, 0},
    {"given_name", "\u0645\u062d\u0645\u062f", "\u0645\u062d\u0645\u062f", NULL, 0},
    {"given_name", "\u674e", "\u674e", NULL, 0},
    {"given_name", "O'Brien-Smith, Jr.", "O'Brien-Smith, Jr.", NULL, 0},
    {"given_name", "<b>{{x}} ${y} %n {0}", "<b>{{x}} ${y} %n {0}", NULL, 0},                /* D13: literal */
    {"given_name", "\U0001F469\u200D\U0001F680", "\U0001F469\u200D\U0001F680", NULL, 0},    /* joined emoji stay */
    {"given_name", "\u200b\u200d", "", NULL, 0},                                            /* nothing to be seen */
    {"given_name", "\u00ad", "", NULL, 0},
    {"given_name", A64("ab") "abcdefghijklmnopqrstuv", A64("ab") "abcdefghijklmnopqrstuv", NULL, 0},
    {"given_name", A64("ab") "abcdefghijklmnopqrstuvw", NULL, NAME_MESSAGE, 150},
    {"given_name", A64("\u00e4\u00e4") A16("\u00e4") A4("\u00e4") "\u00e4\u00e4",
     A64("\u00e4\u00e4") A16("\u00e4") A4("\u00e4") "\u00e4\u00e4", NULL, 0},               /* characters, not bytes */
    {"given_name", "Ada\nLovelace", NULL, "Put this on one line", 0},
    {"given_name", "Ada\rLovelace", NULL, HIDDEN, 0},                                       /* D8 */
    {"given_name", "Ada\x1b[31m", NULL, HIDDEN, 0},
    {"given_name", "Ada\u202eecalevoL", NULL, HIDDEN, 0},
    {"given_name", "Ada\u2066x", NULL, HIDDEN, 0},
    {"given_name", "Ada\u2028x", NULL, HIDDEN, 0},
    {"given_name", "Ada\ufeffx", NULL, HIDDEN, 0},
    {"given_name", "Ada\xef\xbf\xbe", NULL, HIDDEN, 0},
    {"given_name", "Ada\xc2\x85x", NULL, HIDDEN, 0},
    {"given_name", "Ada\x7f", NULL, HIDDEN, 0},
    {"given_name", "Ada\tLovelace", NULL, HIDDEN, 0},
    {"given_name", "\xc0\xaf", NULL, BROKEN, 0},
    {"given_name", "Ad\xe4", NULL, BROKEN, 0},
    {"given_name", "\xed\xa0\x80", NULL, BROKEN, 0},
    {"given_name", "\xf4\x90\x80\x80", NULL, BROKEN, 0},
    {"given_name", "Ada\xe2\x82", NULL, BROKEN, 0},
    {"nickname", "a" A64("\u0316") A16("\u0316") A16("\u0316") A4("\u0316"),
     "a" A64("\u0316") A16("\u0316") A16("\u0316") A4("\u0316"), NULL, 0},
    {"nickname", "a" A64("\u0316") A16("\u0316") A16("\u0316") A4("\u0316") "\u0316", NULL, "Remove some of the accents", 0},
    {"name", A256("a") A16("a") A16("a") A4("a") A4("a") A4("a") "a", NULL, NAME_MESSAGE, 300},
    {"user_metadata.motto", "go", "go", NULL, 0},
    {"user_metadata.motto", "g", NULL, "Use more characters; {LIMIT} is the least.", 2},
    {"user_metadata.motto", "0123456789", "0123456789", NULL, 0},
    {"user_metadata.motto", "0123456789a", NULL, NAME_MESSAGE, 10},
    {"user_metadata.free", A256("12345678"), A256("12345678"), NULL, 0},
    {"user_metadata.free", A256("12345678") "9", NULL, NAME_MESSAGE, 2048},
    {"user_metadata.free", A256("\u20ac\u20ac\u20ac"), NULL, NAME_MESSAGE, 682},            /* 2 kB, said in characters */
    {"user_metadata.code", "AB-12", "AB-12", NULL, 0},
    {"user_metadata.code", "ab-12", NULL, "Write this in the form", 0},
    {"user_metadata.code", "xAB-12", NULL, "Write this in the form", 0},
    {"user_metadata.code", "AB-12 x", NULL, "Write this in the form", 0},
    {"user_metadata.code", "", "", NULL, 0},
    {"user_metadata.second", "me@EXAMPLE.com", "me@example.com", NULL, 0},
    {"user_metadata.second", "me@example.org", NULL, "Write this in the form", 0},
    /* --- several lines --- */
    {"address.street_address", "1 High St\r\nFlat 2", "1 High St\nFlat 2", NULL, 0},
    {"address.street_address", "\r\n1 High St\n\n", "1 High St", NULL, 0},
    {"address.street_address", "1 High St\n\nFlat 2", "1 High St\n\nFlat 2", NULL, 0},
    {"address.street_address", "1 High\rSt", NULL, HIDDEN, 0},
    {"address.street_address", "1 High\u2029St", NULL, HIDDEN, 0},
    {"address.street_address", "\u202d1 High St", NULL, HIDDEN, 0},
    {"user_metadata.story", A16("abc") "de", A16("abc") "de", NULL, 0},
    {"user_metadata.story", A16("abc") "def", NULL, NAME_MESSAGE, 50},
    /* --- e-mail (C11, B8) --- */
    {"email", "ada@example.com", "ada@example.com", NULL, 0},
    {"email", " JohnSmith@Example.COM ", "johnsmith@example.com", NULL, 0},                 /* domain 1.10 */
    {"email", "a.b+c_d-e'f@sub.example.co.uk", "a.b+c_d-e'f@sub.example.co.uk", NULL, 0},
    {"email", "!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com", NULL, 0},
    {"email", "info@b\u00fccher.example", "info@b\u00fccher.example", NULL, 0},
    {"email", "info@xn--bcher-kva.example", "info@xn--bcher-kva.example", NULL, 0},
    {"email", "x@fa\u00df.de", "x@fa\u00df.de", NULL, 0},
    {"email", A16("abcd") "@example.com", A16("abcd") "@example.com", NULL, 0},
    {"email", A16("abcd") "e@example.com", NULL, "Use an address with at most {LIMIT} characters", 64},
    {"email", "a@" LONG_DOMAIN, "a@" LONG_DOMAIN, NULL, 0},
    {"email", "ab@" LONG_DOMAIN, NULL, "Keep this within", 254},
    {"email", "a@" LABEL63 "x.com", NULL, EMAIL, 0},
    {"email", "a@[127.0.0.1]", NULL, EMAIL, 0},
    {"email", "\"a b\"@example.com", NULL, EMAIL, 0},
    {"email", "\"a\r\nRCPT TO:x\"@d.example", NULL, EMAIL, 0},
    {"email", "a@b@example.com", NULL, EMAIL, 0},
    {"email", "a@-d.example", NULL, EMAIL, 0},
    {"email", "a@d-.example", NULL, EMAIL, 0},
    {"email", "a@example.com.", NULL, EMAIL, 0},
    {"email", "a@.example.com", NULL, EMAIL, 0},
    {"email", "a@example..com", NULL, EMAIL, 0},
    {"email", "a@a_b.com", NULL, EMAIL, 0},
    {"email", "a@localhost", NULL, EMAIL, 0},
    {"email", "a@127.0.0.1", NULL, EMAIL, 0},
    {"email", "a(comment)@example.com", NULL, EMAIL, 0},
    {"email", ".a@example.com", NULL, EMAIL, 0},
    {"email", "a.@example.com", NULL, EMAIL, 0},
    {"email", "a..b@example.com", NULL, EMAIL, 0},
    {"email", "@example.com", NULL, EMAIL, 0},
    {"email", "a@", NULL, EMAIL, 0},
    {"email", "example.com", NULL, EMAIL, 0},
    {"email", "a b@example.com", NULL, EMAIL, 0},
    {"email", "Ada <a@example.com>", NULL, EMAIL, 0},
    {"email", "a@example.com,b@example.com", NULL, EMAIL, 0},
    {"email", "m\u0131ke@example.org", NULL, EMAIL, 0},
    {"email", "mike@example\u3002org", NULL, EMAIL, 0},
    {"email", "mike\uff20example.org", NULL, EMAIL, 0},
    {"email", "mi\u212ae@example.org", NULL, EMAIL, 0},
    {"email", "mike@\u212aexample.org", NULL, EMAIL, 0},
    {"email", "mike@\uff45xample.org", NULL, EMAIL, 0},
    {"email", "mike@exam\u00adple.org", NULL, EMAIL, 0},
    {"email", "mi\u200bke@example.org", NULL, EMAIL, 0},
    {"email", "mike@xn--a.example", NULL, EMAIL, 0},
    /* --- phone (C18) --- */
    {"phone_number", "+44 20 7946 0018", "+442079460018", NULL, 0},
    {"phone_number", "+1 (555) 010-9999", "+15550109999", NULL, 0},
    {"phone_number", "+49.30.901820", "+4930901820", NULL, 0},
    {"phone_number", "+123456789012345", "+123456789012345", NULL, 0},
    {"phone_number", "+1234567", "+1234567", NULL, 0},
    {"phone_number", "+123456", NULL, PHONE, 0},
    {"phone_number", "+1234567890123456", NULL, PHONE, 0},
    {"phone_number", "+44 (0)20 7946 0018", NULL, "Leave out the (0)", 0},
    {"phone_number", "0044 20 7946 0018", NULL, PHONE, 0},
    {"phone_number", "020 7946 0018", NULL, PHONE, 0},
    {"phone_number", "+0442079460018", NULL, PHONE, 0},
    {"phone_number", "++442079460018", NULL, PHONE, 0},
    {"phone_number", "44+2079460018", NULL, PHONE, 0},
    {"phone_number", "+44 20 CALL NOW", NULL, PHONE, 0},
    {"phone_number", "tel:+442079460018", NULL, PHONE, 0},
    {"phone_number", "+\uff14\uff14 20 7946 0018", NULL, PHONE, 0},
    {"phone_number", "+44 20 7946 0018 ext 5", NULL, PHONE, 0},
    {"phone_number", "+1234567890123456789012345678901234567890", NULL, PHONE, 0},
    {"phone_number", "+", NULL, PHONE, 0},
    /* --- username (domain 13.1, C10) --- */
    {"username", "ABC", "abc", NULL, 0},
    {"username", "user_name-1", "user_name-1", NULL, 0},
    {"username", "a^$.!`-#+'~_", "a^$.!`-#+'~_", NULL, 0},
    {"username", "x", "x", NULL, 0},
    {"username", "abcdefghijklmno", "abcdefghijklmno", NULL, 0},
    {"username", "abcdefghijklmnop", NULL, NAME_MESSAGE, 15},
    {"username", "J\u00f6hn", NULL, LETTERS, 0},
    {"username", "a@b.co", NULL, "Choose a username without @", 0},
    {"username", "a@", NULL, "Choose a username without @", 0},
    {"username", "a\uff20b.co", NULL, LETTERS, 0},
    {"username", "two words", NULL, LETTERS, 0},
    {"username", "a/b", NULL, LETTERS, 0},
    {"username", "<b>", NULL, LETTERS, 0},
    {"username", "\u0430dmin", NULL, LETTERS, 0},
    {"username", "+442079460018", NULL, LETTERS, 0},                                        /* it would be found as a phone */
    {"username", "+44-207-946.01", NULL, LETTERS, 0},
    /* --- web addresses --- */
    {"website", "https://example.com", "https://example.com", NULL, 0},
    {"website", "HTTP://Example.com:8080/a?b=c#d", "HTTP://Example.com:8080/a?b=c#d", NULL, 0},
    {"website", "https://b\u00fccher.example/\u00fc", "https://b\u00fccher.example/\u00fc", NULL, 0},
    {"website", "https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/", NULL, 0},
    {"website", "https://example.com?x", "https://example.com?x", NULL, 0},
    {"website", "example.com", NULL, WEB, 0},
    {"website", "//example.com", NULL, WEB, 0},
    {"website", "https://", NULL, WEB, 0},
    {"website", "https:///path", NULL, WEB, 0},
    {"website", "https://.example.com", NULL, WEB, 0},
    {"website", "javascript:alert(1)", NULL, WEB, 0},
    {"website", "JaVaScRiPt://example.com/%0aalert(1)", NULL, WEB, 0},
    {"website", "data:text/html,x", NULL, WEB, 0},
    {"website", "ftp://example.com", NULL, WEB, 0},
    {"website", "https://user@example.com", NULL, WEB, 0},
    {"website", "https://user:word@example.com/", NULL, WEB, 0},
    {"website", "https://example.com\\@evil.example/", NULL, WEB, 0},
    {"website", "https://exa mple.com", NULL, WEB, 0},
    {"website", "https://example.com/a b", NULL, WEB, 0},
    {"website", "https://example.com/\"x", NULL, WEB, 0},
    {"website", "https://example.com/<x>", NULL, WEB, 0},
    {"website", "https://example.com/\r\nSet-Cookie:x", NULL, WEB, 0},
    {"website", "https://example.com/\u202e", NULL, WEB, 0},
    {"website", "https://example.com:0/", NULL, WEB, 0},
    {"website", "https://example.com:65536/", NULL, WEB, 0},
    {"website", "https://example.com:-1/", NULL, WEB, 0},
    {"website", "https://example.com:/", NULL, WEB, 0},
    {"website", "https://[::1/", NULL, WEB, 0},
    {"website", "https://[x]/", NULL, WEB, 0},
    {"website", "https://example.com/" A256("12345678"), NULL, NAME_MESSAGE, 2048},
    {"picture", "https://example.com/me.png", "https://example.com/me.png", NULL, 0},
    {"picture", "http://localhost:8080/pictures/" HEX "/256.webp", "http://localhost:8080/pictures/" HEX "/256.webp", NULL, 0},
    {"picture", "http://localhost/pictures/" HEX "/256.webp", "http://localhost/pictures/" HEX "/256.webp", NULL, 0},
    {"picture", "http://localhost.evil.example/pictures/" HEX "/256.webp", NULL, PICTURE, 0},
    {"picture", "http://localhost:80@x/pictures/" HEX "/256.webp", NULL, PICTURE, 0},
    {"picture", "http://localhost/pictures/" HEX "/../256.webp", NULL, PICTURE, 0},
    {"picture", "http://localhost/pictures/abc/256.webp", NULL, PICTURE, 0},
    {"picture", "http://localhost/logout", NULL, PICTURE, 0},
    {"picture", "http://example.com/me.png", NULL, PICTURE, 0},
    {"picture", "/pictures/" HEX "/256.webp", NULL, PICTURE, 0},
    {"picture", "/logout", NULL, PICTURE, 0},
    {"picture", "data:image/png;base64,x", NULL, PICTURE, 0},
    /* --- dates --- */
    {"birthdate", "1990-12-31", "1990-12-31", NULL, 0},
    {"birthdate", "2000-02-29", "2000-02-29", NULL, 0},
    {"birthdate", "1900-01-01", "1900-01-01", NULL, 0},
    {"birthdate", "1900-02-29", NULL, DATE, 0},
    {"birthdate", "2001-02-29", NULL, DATE, 0},
    {"birthdate", "1990-13-01", NULL, DATE, 0},
    {"birthdate", "1990-00-10", NULL, DATE, 0},
    {"birthdate", "1990-04-31", NULL, DATE, 0},
    {"birthdate", "1990-04-00", NULL, DATE, 0},
    {"birthdate", "1899-12-31", NULL, DATE, 0},
    {"birthdate", "2101-01-01", NULL, DATE, 0},
    {"birthdate", "0000-05-05", NULL, DATE, 0},
    {"birthdate", "31.12.1990", NULL, DATE, 0},
    {"birthdate", "1990-1-1", NULL, DATE, 0},
    {"birthdate", "1990/12/31", NULL, DATE, 0},
    {"birthdate", "1990-12-31T00:00", NULL, DATE, 0},
    {"birthdate", "199O-12-31", NULL, DATE, 0},
    {"user_metadata.day", "2000-01-01", "2000-01-01", NULL, 0},
    {"user_metadata.day", "1999-12-31", NULL, "Choose a later date.", 0},
    {"user_metadata.day", "2021-01-01", NULL, "Choose an earlier date.", 0},
    /* --- choice, language, time zone (D11) --- */
    {"user_metadata.size", "S", "S", NULL, 0},
    {"user_metadata.size", " L ", "L", NULL, 0},
    {"user_metadata.size", "s", NULL, "Choose one of the answers", 0},
    {"user_metadata.size", "XL", NULL, "Choose one of the answers", 0},
    {"user_metadata.size", "Large", NULL, "Choose one of the answers", 0},
    {"locale", "de", "de", NULL, 0},
    {"locale", "DE-at", "de-AT", NULL, 0},
    {"locale", "de_AT", "de-AT", NULL, 0},
    {"locale", "zh-hant-tw", "zh-Hant-TW", NULL, 0},
    {"locale", "es-419", "es-419", NULL, 0},
    {"locale", "sl-rozaj-biske", "sl-rozaj-biske", NULL, 0},
    {"locale", "de-CH-1996", "de-CH-1996", NULL, 0},
    {"locale", "../../x", NULL, LANGUAGE, 0},
    {"locale", "xx-<script>", NULL, LANGUAGE, 0},
    {"locale", "d", NULL, LANGUAGE, 0},
    {"locale", "german", NULL, LANGUAGE, 0},
    {"locale", "de-", NULL, LANGUAGE, 0},
    {"locale", "de--AT", NULL, LANGUAGE, 0},
    {"locale", "de-AT-Latn", NULL, LANGUAGE, 0},
    {"locale", "x-private", NULL, LANGUAGE, 0},
    {"locale", "en-u-ca-buddhist", NULL, LANGUAGE, 0},
    {"locale", "de-aaaaa-bbbbb-ccccc-ddddd-eeeee-fff", NULL, LANGUAGE, 0},
    {"zoneinfo", "Europe/Berlin", "Europe/Berlin", NULL, 0},
    {"zoneinfo", "UTC", "UTC", NULL, 0},
    {"zoneinfo", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires", NULL, 0},
    {"zoneinfo", "Asia/Calcutta", "Asia/Kolkata", NULL, 0},
    {"zoneinfo", "Europe/Kiev", "Europe/Kyiv", NULL, 0},
    {"zoneinfo", "europe/berlin", NULL, ZONE, 0},
    {"zoneinfo", "../../etc/passwd", NULL, ZONE, 0},
    {"zoneinfo", "Europe/Atlantis", NULL, ZONE, 0},
};

static const struct field *current_field;

static void check_message(const char *input, const char *message, const char *says)
{
    if (!message || strncmp(message, says, strlen(says)) != 0)
        fail_msg("%.*s <- %s: said \"%s\" instead of \"%s\"", STR_ARGS(current_field->name), input, message, says);
}

static void texts_are_kept_or_refused(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct text_row *row = &texts[i];
        const struct field *field = current_field = field_of(&fields, row->field);
        json_t *out = json_null();
        FieldProblem problem;
        bool kept = field_clean(arena, field, json_stringn_nocheck(row->typed, strlen(row->typed)), &out, &problem);
        if (kept != (row->kept != NULL))
            fail_msg("%s <- \"%s\": %s", row->field, row->typed, kept ? "was kept" : problem.message);
        if (!kept) {
            check_message(row->typed, problem.message, row->says);
            assert_int_equal(problem.limit, row->limit);
            assert_null(out);
            continue;
        }
        const char *text = out ? json_string_value(out) : "";
        if (!text || strcmp(text, row->kept) != 0)
            fail_msg("%s <- \"%s\": kept \"%s\" instead of \"%s\"", row->field, row->typed, text, row->kept);
        assert_null(problem.message);
    }
}

/* What is kept is kept again as it is: saving a page twice changes nothing. */
static void cleaning_twice_changes_nothing(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct field *field = field_of(&fields, texts[i].field);
        json_t *first, *second;
        FieldProblem problem;
        if (!texts[i].kept || !field_clean(arena, field, json_string(texts[i].typed), &first, &problem) || !first)
            continue;
        assert_true(field_clean(arena, field, first, &second, &problem));
        assert_true(json_equal(first, second));
        assert_string_equal(json_string_value(first), field_text(arena, field, second).p);
    }
}

static void a_nul_is_refused(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, NULL);
    static const char *const names[] = {"given_name", "address.street_address", "email", "phone_number", "username", "website",
                                        "birthdate", "locale", "zoneinfo", "picture"};
    for (size_t i = 0; i < COUNT(names); i++) {
        json_t *out;
        FieldProblem problem;
        const struct field *field = field_of(&fields, names[i]);
        assert_false(field_clean(arena, field, json_stringn_nocheck("a\0b", 3), &out, &problem));
        assert_false(field_clean(arena, field, json_stringn_nocheck("+1234567\0", 9), &out, &problem));
        assert_false(field_clean(arena, field, json_stringn_nocheck("a@example.com\0.org", 18), &out, &problem));
    }
}

static void a_megabyte_is_refused_at_once(void **state)
{
    struct arena *arena = *state;
    struct fields fields = fields_of(arena, custom);
    char *large = arena_take(arena, 1 << 20);
    memset(large, 'a', 1 << 20);
    for (size_t i = 0; i < fields.count; i++) {
        json_t *out;
        FieldProblem problem;
        assert_false(field_clean(arena, &fields.list[i], json_stringn(large, 1 << 20), &out, &problem));
        assert_string_equal(problem.message, "This is far too long. Shorten it.");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_are_kept_or_refused, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(cleaning_twice_changes_nothing, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_nul_is_refused, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_megabyte_is_refused_at_once, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
