/* UTF-8 and the encodings beside it: decoding agrees with itself, and nothing unclean comes out of folding. */
#include "fuzz.h"

#include "base/encode.h"
#include "base/utf8.h"

static void check_characters(Str input)
{
    size_t at = 0, characters = 0;
    uint32_t c;
    while (utf8_next(input, &at, &c)) {
        characters++;
        FUZZ_CHECK(c <= 0x10ffff && (c < 0xd800 || c > 0xdfff));
    }
    FUZZ_CHECK((at == input.n) == utf8_is_valid(input));
    FUZZ_CHECK(at != input.n || utf8_length(input) == characters);
    FUZZ_CHECK(at == input.n || utf8_has_forbidden(input, true));
    FUZZ_CHECK(!utf8_has_forbidden(input, true) || utf8_has_forbidden(input, false));
}

static void check_encodings(struct arena *arena, Str input)
{
    Str back;
    FUZZ_CHECK(hex_decode(arena, hex_encode(arena, input), &back) && str_eq(back, input));
    FUZZ_CHECK(base64url_decode(arena, base64url_encode(arena, input), &back) && str_eq(back, input));
    FUZZ_CHECK(!base64url_decode(arena, input, &back) || str_eq(base64url_encode(arena, back), input));
    FUZZ_CHECK(str_has(input, '\0') || (percent_decode(arena, percent_encode(arena, input), true, &back) && str_eq(back, input)));
    if (base64_decode(arena, input, &back))
        FUZZ_CHECK(back.n <= input.n);
}

static void target(struct arena *arena, Str input)
{
    check_characters(input);
    check_encodings(arena, input);
    if (!utf8_is_valid(input))
        return;
    Str fold = utf8_fold(arena, input), nfc = utf8_nfc(arena, input);
    FUZZ_CHECK(fold.p && utf8_is_valid(fold) && nfc.p && utf8_is_valid(nfc));
    FUZZ_CHECK(str_eq(utf8_nfc(arena, nfc), nfc));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
