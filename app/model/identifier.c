#include "model/identifier.h"

#include <idn2.h>
#include <string.h>
#include "base/utf8.h"
#include "model/cleaning.h"

enum { DOMAIN_MAX = 253, LABEL_MAX = 63, PHONE_DIGITS_MIN = 7, PHONE_DIGITS_MAX = 15 };

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_digits(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return text.n > 0;
}

/* RFC 5322 §3.2.3, without quoted strings and comments. `local` is lower case. */
static bool is_dot_atom(Str local)
{
    Str rest = local;
    if (!local.n || local.n > EMAIL_LOCAL_MAX)
        return false;
    while (rest.p) {
        Str atom = str_cut(&rest, '.');
        if (!atom.n)
            return false;
        for (size_t i = 0; i < atom.n; i++)
            if (!is_lower_or_digit(atom.p[i]) && (!atom.p[i] || !strchr("!#$%&'*+-/=?^_`{|}~", atom.p[i])))
                return false;
    }
    return true;
}

static bool is_label(Str label)
{
    if (!label.n || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!is_lower_or_digit(label.p[i]) && label.p[i] != '-')
            return false;
    return true;
}

/* At least two labels, the last not a number: neither a bare host nor an address in digits. */
static bool is_domain(Str ascii)
{
    Str rest = ascii, label = STR_NONE;
    size_t labels = 0;
    for (; rest.p; labels++) {
        label = str_cut(&rest, '.');
        if (!is_label(label))
            return false;
    }
    return ascii.n <= DOMAIN_MAX && labels >= 2 && !is_digits(label);
}

/* IDNA 2008 as it is, without the mapping of UTS #46: look-alikes (full-width letters, the Kelvin sign, an ideographic full
   stop) are refused, not made equal to somebody else's domain. */
static bool domain_to_ascii(struct arena *arena, Str domain, Str *out)
{
    if (!domain.n || domain.n > DOMAIN_MAX || memchr(domain.p, 0, domain.n))
        return false;
    if (utf8_is_ascii(domain) && !strstr(arena_cstr(arena, domain), "xn--")) {
        *out = domain;
        return is_domain(domain);
    }
    uint8_t *ascii = NULL;
    const uint8_t *source = (const uint8_t *)arena_cstr(arena, domain);
    if (idn2_lookup_u8(source, &ascii, IDN2_NFC_INPUT | IDN2_NO_TR46) != IDN2_OK)
        return false;
    *out = arena_copy(arena, str_of((const char *)ascii));
    idn2_free(ascii);
    return is_domain(*out);
}

bool email_parse(struct arena *arena, Str typed, Str *address, Str *key)
{
    Str domain = utf8_ascii_lower(arena, str_trim(typed)), whole = domain, ascii;
    Str local = str_cut(&domain, '@');
    if (whole.n > EMAIL_MAX || !domain.p || !is_dot_atom(local) || !utf8_is_valid(whole))
        return false;
    if (!domain_to_ascii(arena, domain, &ascii) || local.n + 1 + ascii.n > EMAIL_MAX)
        return false;
    *address = utf8_nfc(arena, whole);
    *key = arena_print(arena, "%.*s@%.*s", STR_ARGS(local), STR_ARGS(ascii));
    return true;
}

bool phone_parse(struct arena *arena, Str typed, Str *number)
{
    char kept[PHONE_DIGITS_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] && strchr(" -.()", typed.p[i]))
            continue;
        if (n == sizeof kept)
            return false;
        kept[n++] = typed.p[i];
    }
    if (n <= PHONE_DIGITS_MIN || kept[0] != '+' || kept[1] == '0' || !is_digits((Str){kept + 1, n - 1}))
        return false;
    *number = arena_copy(arena, (Str){kept, n});
    return true;
}

bool username_parse(struct arena *arena, Str typed, Str *name)
{
    Str lower = utf8_ascii_lower(arena, typed), number;
    if (!lower.n || lower.n > USERNAME_MAX || phone_parse(arena, lower, &number))
        return false;
    for (size_t i = 0; i < lower.n; i++)
        if (!is_lower_or_digit(lower.p[i]) && (!lower.p[i] || !strchr("^$.!`-#+'~_", lower.p[i])))
            return false;
    *name = lower;
    return true;
}

Str username_skeleton(struct arena *arena, Str name)
{
    struct text skeleton = {.arena = arena};
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        Str as = c == '0' ? STR("o") : c == '1' ? STR("l") : c == 'm' ? STR("rn") : c == '`' ? STR("'") : (Str){name.p + i, 1};
        text_add(&skeleton, as);
    }
    return text_str(&skeleton);
}

bool clean_email(struct cleaning *cleaning, json_t **out)
{
    Str address, key, rest = cleaning->text, local = str_cut(&rest, '@');
    if (email_parse(cleaning->arena, cleaning->text, &address, &key))
        return cleaning_keep(address, out);
    if (cleaning->text.n > EMAIL_MAX)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} characters."), EMAIL_MAX);
    if (rest.p && local.n > EMAIL_LOCAL_MAX)
        return cleaning_refuse(cleaning, N_("Use an address with at most {LIMIT} characters before the @."), EMAIL_LOCAL_MAX);
    return cleaning_refuse(cleaning, N_("Enter an e-mail address, like name@example.com."), 0);
}

/* "(0)" is what a caller inside the country dials and a caller from abroad leaves out: dropping the brackets alone would make
   another number of it. */
bool clean_phone(struct cleaning *cleaning, json_t **out)
{
    Str number;
    if (strstr(arena_cstr(cleaning->arena, cleaning->text), "(0)"))
        return cleaning_refuse(cleaning, N_("Leave out the (0), like +44 20 7946 0018."), 0);
    if (!phone_parse(cleaning->arena, cleaning->text, &number))
        return cleaning_refuse(cleaning, N_("Enter the number with its country code, like +44 20 7946 0018."), 0);
    return cleaning_keep(number, out);
}

bool clean_username(struct cleaning *cleaning, json_t **out)
{
    const struct field *field = cleaning->field;
    Str name;
    if (str_has(cleaning->text, '@'))
        return cleaning_refuse(cleaning, N_("Choose a username without @; it must not look like an e-mail address."), 0);
    if (!username_parse(cleaning->arena, cleaning->text, &name))
        return cleaning_refuse(cleaning, N_("Use unaccented letters, digits and . - _ ' ! # $ + ^ ` ~ only."), 0);
    if (field->has_max && (int64_t)name.n > field->max)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} characters."), field->max);
    if (field->has_min && (int64_t)name.n < field->min)
        return cleaning_refuse(cleaning, N_("Use more characters; {LIMIT} is the least."), field->min);
    return cleaning_keep(name, out);
}

Str identifier_key(struct arena *arena, Str typed)
{
    Str text = str_trim(typed), kept, key;
    if (str_has(text, '@'))
        return email_parse(arena, text, &kept, &key) ? key : STR_NONE;
    if (phone_parse(arena, text, &key) || username_parse(arena, text, &key))
        return key;
    return STR_NONE;
}

/* --- calling codes --- */

/* The beginning of a number is compared with them as they are, so none may begin with a sign or with 0. */
static bool is_calling_code(Str code)
{
    if (code.n > CALLING_CODE_MAX || code.p[0] == '0') return false;
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] < '0' || code.p[i] > '9') return false;
    return true;
}

bool calling_codes_are(Str codes)
{
    while (codes.n) {
        Str code = str_cut(&codes, ' ');
        if (code.n && !is_calling_code(code)) return false;
    }
    return true;
}

bool calling_codes_cover(Str codes, Str number)
{
    bool any = false;
    while (codes.n) {
        Str code = str_cut(&codes, ' ');
        if (code.n && str_starts(str_after(number, 1), code)) return true;
        any = any || code.n > 0;
    }
    return !any;
}
