#include "support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static Str read_golden(const char *path)
{
    static char text[200 * 1024];
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text, file) : 0;
    if (file) fclose(file);
    return (Str){text, n};
}

static void write_golden(const char *path, Str text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    assert_int_equal(fclose(file), 0);
}

void golden_check(const char *name, Str actual)
{
    char path[200];
    snprintf(path, sizeof path, "tests/golden/%s.txt", name);
    if (getenv("UPDATE_GOLDEN")) write_golden(path, actual);
    Str expected = read_golden(path);
    for (int line = 1; expected.p || actual.p; line++) {
        Str want = str_cut(&expected, '\n'), have = str_cut(&actual, '\n');
        if (str_eq(want, have)) continue;
        fail_msg("%s, line %d:\n  expected: %.*s\n  got:      %.*s", name, line, STR_ARGS(want), STR_ARGS(have));
    }
}
