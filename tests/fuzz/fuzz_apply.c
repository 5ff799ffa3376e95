#include "fuzz.h"

#include <string.h>

#include "account/apply_plan.h"
#include "base/json_memory.h"

/* Whatever a file holds: either a plan whose parts are whole, or at least one problem with a place. */
static void check_plan(const struct plan *plan)
{
    for (size_t i = 0; i < plan->connection_count; i++) FUZZ_CHECK(plan->connections[i].name.n > 0);
    for (size_t i = 0; i < plan->organization_count; i++) FUZZ_CHECK(plan->organizations[i].name.n > 0);
    for (size_t i = 0; i < plan->user_count; i++) {
        FUZZ_CHECK(plan->users[i].connection.n > 0);
        FUZZ_CHECK(!(plan->users[i].password.p && plan->users[i].password_hash.p));
        for (size_t j = 0; j < plan->users[i].value_count; j++) FUZZ_CHECK(!plan->users[i].values[j].field->system);
    }
}

static void check_input(struct arena *arena, Str input)
{
    jmp_buf exhausted;
    struct problems problems = {.arena = arena};
    struct plan *plan = NULL;
    if (setjmp(exhausted)) return;
    arena_on_exhausted(arena, &exhausted);
    json_memory_use(arena);
    struct apply_known known = {.connections = json_pack("{s:s}", "customers", "local")};
    Error error = apply_check(arena, input, &known, &problems, &plan);
    FUZZ_CHECK((error == OK) == (problems.count == 0));
    if (error) FUZZ_CHECK(problems.first->message.n > 0);
    else check_plan(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, check_input);
}
