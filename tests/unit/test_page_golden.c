/* Each page of the portal as it is sent, in the languages and with the refusals that it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support/golden.h"
#include "support/page_support.h"

static struct stage stage;

struct golden {
    const char *name, *person;    /* NULL: a stranger with a fresh sign-in page */
    const char *request;          /* as for stage_ask */
};

static const struct golden goldens[] = {
    {"home", NULL, "GET /\n\n"},
    {"health", NULL, "GET /healthz\n\n"},
    {"login", NULL, "GET /login\n\n"},
    {"login_next", NULL, "GET /login?next=/profile&connection=customers\n\n"},
    {"login_german", NULL, "GET /login\nAccept-Language: de-AT, en;q=0.5\n\n"},
    {"login_arabic", NULL, "GET /login\nAccept-Language: ar\n\n"},
    {"login_switch", NULL, "GET /login?lang=de&next=/profile\n\n"},
    {"login_signed_out", NULL, "GET /login?signed_out=1\n\n"},
    {"login_wrong", NULL, "POST /login\n\ncsrf={csrf}&identifier=ada%40example.com&password=wrong&next=%2Fprofile"},
    {"login_empty", NULL, "POST /login\n\ncsrf={csrf}&identifier=&password="},
    {"login_blocked", NULL, "POST /login\n\ncsrf={csrf}&identifier=bob%40example.com&password=correct"},
    {"login_done", NULL, "POST /login\n\ncsrf={csrf}&identifier=grace&password=correct"},
    {"login_forged", NULL, "POST /login\n\ncsrf=forged&identifier=ada&password=correct"},
    {"login_signed_in", "ada", "GET /login\n\n"},
    {"logout", "ada", "GET /logout\n\n"},
    {"logout_done", "ada", "POST /logout\n\ncsrf={csrf}"},
    {"profile_stranger", NULL, "GET /profile\n\n"},
    {"profile", "ada", "GET /profile\n\n"},
    {"profile_german", "ada", "GET /profile\nAccept-Language: de\n\n"},
    {"profile_arabic", "ada", "GET /profile\nAccept-Language: ar\n\n"},
    {"profile_partner", "kim@acme.example", "GET /profile\n\n"},
    {"profile_invited", "mia@example.com", "GET /profile\n\n"},
    {"profile_saved", "ada", "GET /profile?saved=given_name,user_metadata.topics,nothing,user_metadata.rating\n\n"},
    {"profile_unchanged", "ada", "POST /profile\n\ncsrf={csrf}&version=1&given_name=Ada"},
    {"profile_invalid", "ada", "POST /profile\n\ncsrf={csrf}&version=1&given_name=Augusta&birthdate=1999-99-99&website=nowhere"},
    {"profile_locked", "kim@acme.example", "POST /profile\n\ncsrf={csrf}&given_name=Chris&nickname=kimmy&blocked=false"},
    {"profile_taken", "ada", "POST /profile\n\ncsrf={csrf}&version=1&user_metadata.badge=b-1&nickname=countess"},
    {"profile_done", "ada",
        "POST /profile\n\ncsrf={csrf}&version=1&nickname=countess&user_metadata.topics=&user_metadata.topics=travel"},
    {"profile_stale", "ada", "POST /profile\n\ncsrf={csrf}&version=1&nickname=lady&middle_name=King"},
    {"error_400", NULL, "GET /%zz\n\n"},
    {"error_403", "ada", "POST /profile\nSec-Fetch-Site: cross-site\n\ncsrf={csrf}&nickname=x"},
    {"error_404", NULL, "GET /nothing\n\n"},
    {"error_404_signed_in", "ada", "GET /profile/style.css\n\n"},
    {"error_405", NULL, "PUT /profile\n\n"},
    {"error_415", "ada", "POST /profile\nContent-Type: application/json\n\n{\"csrf\":\"{csrf}\"}"},
    {"error_422", NULL, "POST /login\n\ncsrf={csrf}&identifier=a&identifier=b&password=c"},
};

static void test_golden(void **state)
{
    const struct golden *golden = *state;
    if (golden->person) {
        stage_sign_in(&stage, golden->person);
    } else {
        stage_forget(&stage);
        stage_get(&stage, "/login");
    }
    stage_ask(&stage, golden->request);
    golden_check(golden->name, stage_masked(&stage));
}

static int begin(void **state)
{
    (void)state;
    stage_open(&stage, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

int main(void)
{
    enum { COUNT = sizeof goldens / sizeof *goldens };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){.name = goldens[i].name, .test_func = test_golden,
            .initial_state = (void *)(uintptr_t)&goldens[i]};
    return cmocka_run_group_tests_name("pages", tests, begin, end);
}
