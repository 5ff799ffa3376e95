/* A list of people to invite, as somebody pasted it: bounded, and every address that comes out is one as profiles keep it. */
#include "fuzz.h"

#include "account/invited.h"
#include "model/identifier.h"
#include "model/problem.h"

static void check_entry(struct arena *arena, const struct fields *fields, const struct invited_entry *entry)
{
    Str address, key;
    const char *name;
    json_t *value;
    FUZZ_CHECK(entry->typed.n <= INVITED_TYPED_MAX && !memchr(entry->typed.p, '\n', entry->typed.n));
    if (!entry->address.p) FUZZ_CHECK(!entry->prefilled);
    else FUZZ_CHECK(email_parse(arena, entry->address, &address, &key) && str_eq(address, entry->address) && str_eq(key, entry->key));
    json_object_foreach(entry->prefilled, name, value) {
        const struct field *field = field_find(fields, str_of(name));
        FUZZ_CHECK(field && invited_may_prefill(field) && json_string_length(value) > 0);
    }
}

static void target(struct arena *arena, Str input)
{
    struct fields fields;
    struct problems problems = {.arena = arena};
    struct invited_entry entries[INVITED_AT_ONCE];
    size_t count = 0;
    if (fields_make(arena, NULL, &problems, &fields)) return;
    bool whole = invited_parse(arena, &fields, input, entries, &count);
    FUZZ_CHECK(count <= INVITED_AT_ONCE && (whole || count == INVITED_AT_ONCE));
    for (size_t i = 0; i < count; i++) check_entry(arena, &fields, &entries[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
