#include "base/json_memory.h"
#include "base/utf8.h"
#include "model/cleaning.h"
#include "model/custom.h"
#include "model/dates.h"
#include "model/pattern.h"

/* What is longer than any value that could be kept is refused before work is spent on it. */
enum { RAW_BYTES_MAX = 65536 };

/* Whole numbers that every reader of JSON keeps exactly (RFC 8259 §6). */
static const int64_t NUMBER_MAX = 9007199254740991;

static bool clean_date(struct cleaning *cleaning, json_t **out)
{
    int64_t days;
    if (!date_days(cleaning->text, &days))
        return cleaning_refuse(cleaning, N_("Enter a real date as year, month and day, like 1990-12-31."), 0);
    if (cleaning->field->has_min && days < cleaning->field->min)
        return cleaning_refuse(cleaning, N_("Choose a later date."), 0);
    if (cleaning->field->has_max && days > cleaning->field->max)
        return cleaning_refuse(cleaning, N_("Choose an earlier date."), 0);
    return cleaning_keep(cleaning->text, out);
}

static bool clean_number(struct cleaning *cleaning, json_t **out)
{
    const struct field *field = cleaning->field;
    int64_t number = json_integer_value(cleaning->raw);
    bool whole = json_is_integer(cleaning->raw) || (cleaning->text.p && str_to_int(cleaning->text, &number));
    if (!whole || number > NUMBER_MAX || number < -NUMBER_MAX)
        return cleaning_refuse(cleaning, N_("Enter a whole number in digits, like 42."), 0);
    if (field->has_min && number < field->min)
        return cleaning_refuse(cleaning, N_("Enter {LIMIT} or a larger number."), field->min);
    if (field->has_max && number > field->max)
        return cleaning_refuse(cleaning, N_("Enter {LIMIT} or a smaller number."), field->max);
    *out = json_integer(number);
    return true;
}

static bool clean_boolean(struct cleaning *cleaning, json_t **out)
{
    bool yes = json_is_true(cleaning->raw) || str_is(cleaning->text, "true");
    if (!yes && !json_is_false(cleaning->raw) && !str_is(cleaning->text, "false"))
        return cleaning_refuse(cleaning, N_("Choose yes or no."), 0);
    *out = json_boolean(yes);
    return true;
}

static Str choice_text(const json_t *choice)
{
    const json_t *value = json_is_object(choice) ? json_object_get(choice, "value") : choice;
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_NONE;
}

static bool is_choice(const struct field *field, Str text)
{
    for (size_t i = 0; i < json_array_size(field->choices); i++)
        if (str_eq(choice_text(json_array_get(field->choices, i)), text))
            return true;
    return false;
}

static bool clean_choice(struct cleaning *cleaning, json_t **out)
{
    if (!is_choice(cleaning->field, cleaning->text))
        return cleaning_refuse(cleaning, N_("Choose one of the answers in the list."), 0);
    return cleaning_keep(cleaning->text, out);
}

static bool has_answer(const json_t *answers, Str choice)
{
    for (size_t i = 0; i < json_array_size(answers); i++)
        if (str_eq(str_trim(choice_text(json_array_get(answers, i))), choice))
            return true;
    return false;
}

/* A form may send an empty answer beside the others, so that "none of them" can be sent at all. */
static bool are_answers(const struct field *field, const json_t *answers)
{
    if (!json_is_array(answers) || json_array_size(answers) > CUSTOM_CHOICES_MAX + 1)
        return false;
    for (size_t i = 0; i < json_array_size(answers); i++) {
        const json_t *answer = json_array_get(answers, i);
        Str text = str_trim(choice_text(answer));
        if (!json_is_string(answer) || (text.n && !is_choice(field, text)))
            return false;
    }
    return true;
}

/* Kept in the order of the definition, each once. */
static bool clean_choices(struct cleaning *cleaning, json_t **out)
{
    const struct field *field = cleaning->field;
    json_t *single = json_array(), *kept = json_array();
    const json_t *answers = cleaning->raw;
    if (cleaning->text.p) {
        json_array_append_new(single, json_stringn(cleaning->text.p, cleaning->text.n));
        answers = single;
    }
    if (!are_answers(field, answers))
        return cleaning_refuse(cleaning, N_("Choose among the answers in the list."), 0);
    for (size_t i = 0; i < json_array_size(field->choices); i++) {
        Str choice = choice_text(json_array_get(field->choices, i));
        if (has_answer(answers, choice))
            json_array_append_new(kept, json_stringn(choice.p, choice.n));
    }
    int64_t count = (int64_t)json_array_size(kept);
    if (!count)
        return true;
    if (field->has_min && count < field->min)
        return cleaning_refuse(cleaning, N_("Choose more answers; {LIMIT} is the least."), field->min);
    if (field->has_max && count > field->max)
        return cleaning_refuse(cleaning, N_("Choose fewer answers; {LIMIT} is the most."), field->max);
    *out = kept;
    return true;
}

static cleaner *const cleaners[FIELD_TYPES] = {
    [TYPE_TEXT] = clean_text, [TYPE_MULTILINE] = clean_multiline, [TYPE_EMAIL] = clean_email, [TYPE_PHONE] = clean_phone,
    [TYPE_USERNAME] = clean_username, [TYPE_URL] = clean_url, [TYPE_DATE] = clean_date, [TYPE_NUMBER] = clean_number,
    [TYPE_BOOLEAN] = clean_boolean, [TYPE_CHOICE] = clean_choice, [TYPE_CHOICES] = clean_choices,
    [TYPE_LANGUAGE] = clean_language, [TYPE_TIMEZONE] = clean_timezone, [TYPE_PICTURE] = clean_picture,
    [TYPE_OBJECT] = clean_object,
};

static bool is_always_text(enum field_type type)
{
    return type != TYPE_NUMBER && type != TYPE_BOOLEAN && type != TYPE_CHOICES && type != TYPE_OBJECT;
}

static bool is_blank(uint32_t c)
{
    return (c >= '\t' && c <= '\r') || c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

static Str trim(Str text)
{
    if (utf8_is_ascii(text))
        return str_trim(text);
    size_t at = 0, start = text.n, end = 0;
    uint32_t character;
    for (size_t before = 0; utf8_next(text, &at, &character); before = at) {
        if (is_blank(character))
            continue;
        start = before < start ? before : start;
        end = at;
    }
    return end ? (Str){text.p + start, end - start} : (Str){text.p, 0};
}

/* Zero-width characters alone would be a name that nobody can see. */
static bool is_visible(struct arena *arena, Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] > ' ' && text.p[i] < 0x7f)
            return true;
    return trim(utf8_fold(arena, text)).n > 0;
}

/* Zero-width characters beside controls are left for the type's own check: they are refused, not taken for nothing. */
static bool take_text(struct cleaning *cleaning, bool *is_empty)
{
    Str raw = {json_string_value(cleaning->raw), json_string_length(cleaning->raw)};
    if (raw.n > RAW_BYTES_MAX)
        return cleaning_refuse(cleaning, N_("This is far too long. Shorten it."), 0);
    if (!utf8_is_valid(raw))
        return cleaning_refuse(cleaning, N_("Some characters here cannot be kept. Type the text again."), 0);
    cleaning->text = trim(raw);
    *is_empty = !cleaning->text.n ||
                (!utf8_has_forbidden(cleaning->text, true) && !is_visible(cleaning->arena, cleaning->text));
    return true;
}

static size_t characters_that_fit(Str text, size_t bytes)
{
    while (bytes && bytes < text.n && ((unsigned char)text.p[bytes] & 0xc0) == 0x80)
        bytes--;
    return utf8_length(str_first(text, bytes));
}

static bool check_kept(struct cleaning *cleaning, const json_t *value)
{
    const struct field *field = cleaning->field;
    Str text = {json_string_value(value), json_string_length(value)};
    if (!text.p)
        return true;
    if (!field->standard && text.n > CUSTOM_VALUE_BYTES)
        return cleaning_refuse(cleaning, N_("Keep this within {LIMIT} characters."),
                               (int64_t)characters_that_fit(text, CUSTOM_VALUE_BYTES));
    if (field->matcher && !pattern_matches(cleaning->arena, field->matcher, text))
        return cleaning_refuse(cleaning, N_("Write this in the form that is asked for here."), 0);
    return true;
}

static bool clean_value(struct cleaning *cleaning, json_t **out)
{
    bool is_empty = false;
    if (!cleaning->raw || json_is_null(cleaning->raw))
        return true;
    if (json_is_string(cleaning->raw) && !take_text(cleaning, &is_empty))
        return false;
    if (is_empty)
        return true;
    if (is_always_text(cleaning->field->type) && !json_is_string(cleaning->raw))
        return cleaning_refuse(cleaning, N_("Enter this as text."), 0);
    return cleaners[cleaning->field->type](cleaning, out) && check_kept(cleaning, *out);
}

bool field_clean(struct arena *arena, const struct field *field, const json_t *raw, json_t **out, FieldProblem *problem)
{
    struct cleaning cleaning = {.arena = arena, .field = field, .raw = raw, .problem = problem};
    struct arena *before = json_memory_use(arena);
    json_t *kept = NULL;
    *problem = (FieldProblem){0};
    bool clean = clean_value(&cleaning, &kept);
    *out = clean ? kept : NULL;
    json_memory_use(before);
    return clean;
}
