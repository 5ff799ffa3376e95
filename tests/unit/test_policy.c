/* Effective levels: every combination of what bears on one, against an oracle that says it another way (the smallest of a list,
   and the first in it that is so small). Sentences are those of interface.md. */
#include "../support/model.h"

enum { ABSENT = LEVELS, ANSWERS };      /* a rule set gives one of four levels, or does not speak */

/* One combination. */
struct combination {
    enum actor actor;
    int preset, connection, acme, beta;  /* levels; ABSENT where no rule speaks */
    bool star;                           /* acme speaks by its entry for * */
    bool email, invited, value, guest, linked, home, blocked, deletion, acts;
};

struct candidate {
    int level;
    const char *rule;
};

/* The oracle. Returns the effective level; *rule is what is said to have set it. */
static int expect(const struct combination *c, const char **rule)
{
    bool own_word = c->acme != ABSENT && !c->star;
    struct candidate list[] = {
        {c->preset, "field"},
        {c->connection, c->linked ? "connection partner" : "connection house"},
        {c->acme, "organization acme"},
        {c->email && c->invited && c->actor == ACTOR_OWNER && !own_word ? LEVEL_READ : ABSENT, "invitation acme"},
        {c->email && c->acts && c->actor == ACTOR_DESK ? LEVEL_READ : ABSENT, "proof"},
        {c->beta, "organization beta"},
        {c->blocked && c->actor == ACTOR_OWNER ? LEVEL_NONE : ABSENT, "account blocked"},
        {c->deletion && c->actor <= ACTOR_DESK ? LEVEL_READ : ABSENT, "account deletion"},
        {c->guest && c->actor == ACTOR_DESK ? LEVEL_READ : ABSENT, c->home ? "organization beta" : "field"},
    };
    int least = ABSENT;
    for (size_t i = 0; i < COUNT(list); i++)
        least = list[i].level < least ? list[i].level : least;
    for (size_t i = COUNT(list); i-- > 0;)
        if (list[i].level == least)
            *rule = list[i].rule;
    if (least == LEVEL_EDIT && c->email && c->actor == ACTOR_OWNER)
        *rule = "proof";
    if (least != LEVEL_ONCE || !c->value)
        return least;
    *rule = "once";
    return LEVEL_READ;
}

/* What the combination looks like to the policy. */
struct scene {
    struct field field;
    struct rule_source house, partner;
    struct rule rule[4];
    struct member_of members[2];
    struct owned_field owned;
    struct subject subject;
    json_t *with_value, *without_value;
};

static void speak(struct rule *rule, struct rules *rules, Str field, enum actor actor, int level)
{
    *rule = (struct rule){.field = field};
    for (int i = 0; i < ACTORS; i++)
        rule->level[i] = LEVEL_EDIT;
    rule->named[actor] = true;
    rule->level[actor] = level == ABSENT ? LEVEL_EDIT : (enum level)level;
    *rules = (struct rules){.list = rule, .count = level == ABSENT ? 0 : 1};
}

static void scene_init(struct scene *scene, struct arena *arena)
{
    *scene = (struct scene){.house = {.name = STR("house")}, .partner = {.name = STR("partner")}};
    scene->members[0].organization = (struct rule_source){.name = STR("acme"), .support_email = STR("help@acme.example")};
    scene->members[1].organization = (struct rule_source){.name = STR("beta"), .support_email = STR("help@beta.example")};
    scene->with_value = json_of(arena, "{'email':'a@example.com','nickname':'ada'}");
    scene->without_value = json_of(arena, "{}");
}

/* A linked account's field stands under its own connection: the other one would forbid everything. */
static void scene_set(struct scene *scene, const struct combination *c)
{
    Str name = c->email ? STR("email") : STR("nickname");
    scene->field = (struct field){.name = name, .type = TYPE_TEXT, .proof = c->email ? PROOF_EMAIL : PROOF_NONE};
    scene->field.level[c->actor] = (enum level)c->preset;
    struct rule_source *owner = c->linked ? &scene->partner : &scene->house, *other = c->linked ? &scene->house : &scene->partner;
    speak(&scene->rule[0], &owner->rules, name, c->actor, c->connection);
    speak(&scene->rule[1], &other->rules, name, c->actor, LEVEL_NONE);
    speak(&scene->rule[2], &scene->members[0].organization.rules, c->star ? STR("*") : name, c->actor, c->acme);
    speak(&scene->rule[3], &scene->members[1].organization.rules, name, c->actor, c->beta);
    scene->members[0].invited = c->invited;
    scene->members[0].acts = c->acts;
    scene->members[1].acts = c->home;
    scene->members[1].home = c->home;
    scene->owned = (struct owned_field){.field = name, .connection = &scene->partner};
    scene->subject = (struct subject){
        .profile = c->value ? scene->with_value : scene->without_value, .connection = &scene->house, .owned = &scene->owned,
        .owned_count = c->linked ? 1 : 0, .memberships = scene->members, .membership_count = 2, .blocked = c->blocked,
        .deletion = c->deletion};
}

static const char *support_expected(const Verdict *verdict, bool home)
{
    if (verdict->rule == RULE_INVITATION)                       /* no desk may anything with this scene's field */
        return "";
    if (verdict->source && verdict->source->support_email.n)
        return verdict->source->support_email.p;
    return home ? "help@beta.example" : "";
}

static void check(struct arena *arena, struct scene *scene, const struct combination *c)
{
    static const struct fields no_fields;
    const char *rule = NULL;
    scene_set(scene, c);
    int level = expect(c, &rule);
    Verdict verdict = policy_level(&no_fields, &scene->field, &scene->subject, c->actor, c->guest);
    Str said = verdict_rule(arena, verdict);
    if ((int)verdict.level == level && str_is(said, rule) && str_is(verdict.support_email, support_expected(&verdict, c->home)))
        return;
    fail_msg("%s preset %d connection %d%s acme %d%s%s beta %d %s%s%s%s%s%s: level %d by \"%.*s\", not %d by \"%s\"",
             actor_name(c->actor), c->preset, c->connection, c->linked ? " (linked)" : "", c->acme, c->star ? " (*)" : "",
             c->invited ? " (invited)" : "", c->beta, c->email ? "email " : "", c->value ? "set " : "", c->guest ? "guest " : "",
             c->blocked ? "blocked " : "", c->deletion ? "deletion " : "", c->acts ? "acts" : "", (int)verdict.level, STR_ARGS(said), level, rule);
}

/* The bits of `flags` are the yes-or-no parts of a combination. */
enum { FLAG_COMBINATIONS = 1 << 10 };

static void set_flags(struct combination *c, unsigned flags)
{
    c->star = flags & 1;
    c->email = flags & 2;
    c->invited = flags & 4;
    c->value = flags & 8;
    c->guest = flags & 16;
    c->linked = flags & 32;
    c->home = flags & 64;
    c->blocked = flags & 128;
    c->deletion = flags & 256;
    c->acts = flags & 512;
}

static void check_flags(struct arena *arena, struct scene *scene, struct combination *c)
{
    for (unsigned flags = 0; flags < FLAG_COMBINATIONS; flags++) {
        set_flags(c, flags);
        check(arena, scene, c);
    }
    arena_wipe(arena);
}

static void every_combination_gives_the_lowest_level(void **state)
{
    static const int beta_levels[] = {ABSENT, LEVEL_NONE, LEVEL_READ, LEVEL_ONCE};
    struct arena *arena = arena_open(0);
    struct scene scene;
    size_t count = 0;
    scene_init(&scene, *state);
    struct combination c = {0};
    for (int actor = 0; actor < ACTORS; actor++)
        for (c.preset = 0; c.preset < LEVELS; c.preset++)
            for (c.connection = 0; c.connection < ANSWERS; c.connection++)
                for (c.acme = 0; c.acme < ANSWERS; c.acme++)
                    for (size_t beta = 0; beta < COUNT(beta_levels); beta++, count++) {
                        c.actor = (enum actor)actor;
                        c.beta = beta_levels[beta];
                        check_flags(arena, &scene, &c);
                    }
    assert_int_equal(count, ACTORS * LEVELS * ANSWERS * ANSWERS * COUNT(beta_levels));
    arena_close(arena);
}

/* Levels of owner, desk and operator that are legal in one entry: never more for the weaker. */
static size_t legal_triples(enum level triples[][3])
{
    size_t count = 0;
    for (int owner = 0; owner < LEVELS; owner++)
        for (int desk = owner; desk < LEVELS; desk++)
            for (int operator= desk; operator< LEVELS; operator++, count++) {
                triples[count][0] = (enum level)owner;
                triples[count][1] = (enum level)desk;
                triples[count][2] = (enum level)operator;
            }
    return count;
}

static void fill_rule(struct rule *rule, const enum level triple[3])
{
    for (int actor = ACTOR_OWNER; actor <= ACTOR_OPERATOR; actor++) {
        rule->named[actor] = true;
        rule->level[actor] = triple[actor];
    }
}

static void check_order(struct scene *scene, unsigned flags)
{
    static const struct fields no_fields;
    scene->members[0].invited = flags & 1;
    scene->subject.blocked = flags & 2;
    scene->subject.deletion = flags & 4;
    scene->subject.profile = flags & 8 ? scene->with_value : scene->without_value;
    enum level level[3];
    for (int actor = ACTOR_OWNER; actor <= ACTOR_OPERATOR; actor++)
        level[actor] = policy_level(&no_fields, &scene->field, &scene->subject, (enum actor)actor, false).level;
    assert_true(level[ACTOR_OWNER] <= level[ACTOR_DESK] && level[ACTOR_DESK] <= level[ACTOR_OPERATOR]);
    assert_true(policy_level(&no_fields, &scene->field, &scene->subject, ACTOR_DESK, true).level <= level[ACTOR_DESK]);
}

/* Whatever legal rules stand together, nobody gets more than somebody more powerful. */
static void the_order_of_power_always_holds(void **state)
{
    enum level triples[LEVELS * LEVELS * LEVELS][3];
    size_t count = legal_triples(triples);
    struct scene scene;
    struct combination c = {.email = true, .connection = LEVEL_EDIT, .acme = LEVEL_EDIT, .beta = ABSENT};
    assert_int_equal(count, 20);
    scene_init(&scene, *state);
    scene_set(&scene, &c);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k < count; k++) {
                memcpy(scene.field.level, triples[i], sizeof triples[i]);
                fill_rule(&scene.rule[0], triples[j]);
                fill_rule(&scene.rule[2], triples[k]);
                for (unsigned flags = 0; flags < 16; flags++)
                    check_order(&scene, flags);
            }
}

/* The sentences of interface.md, with rule sets as an operator writes them. */
struct sentence {
    const char *connection, *organization;
    bool invited;
    const char *field;
    enum actor actor;
    enum level level;
    const char *rule;
};

#define EXAMPLE "{'*':{'owner':'read','desk':'read'},'user_metadata.*':{'owner':'edit'},'email':{'owner':'read','reason':{'en':'Ours'}}}"

static const struct sentence sentences[] = {
    {NULL, NULL, false, "given_name", ACTOR_OWNER, LEVEL_EDIT, "field"},
    {NULL, NULL, false, "email", ACTOR_OWNER, LEVEL_EDIT, "proof"},
    {NULL, NULL, false, "phone_number", ACTOR_OWNER, LEVEL_EDIT, "proof"},
    {NULL, NULL, false, "email", ACTOR_DESK, LEVEL_EDIT, "field"},
    {NULL, NULL, false, "email_verified", ACTOR_OWNER, LEVEL_READ, "field"},
    {NULL, NULL, false, "blocked", ACTOR_OWNER, LEVEL_NONE, "field"},
    {NULL, NULL, false, "app_metadata.plan", ACTOR_OWNER, LEVEL_NONE, "field"},
    {EXAMPLE, NULL, false, "given_name", ACTOR_OWNER, LEVEL_READ, "connection house"},
    {EXAMPLE, NULL, false, "given_name", ACTOR_OPERATOR, LEVEL_EDIT, "field"},
    {EXAMPLE, NULL, false, "user_metadata.size", ACTOR_OWNER, LEVEL_EDIT, "field"},
    {EXAMPLE, NULL, false, "user_metadata.size", ACTOR_DESK, LEVEL_EDIT, "field"},
    {EXAMPLE, NULL, false, "email", ACTOR_OWNER, LEVEL_READ, "connection house"},
    {EXAMPLE, NULL, false, "email", ACTOR_DESK, LEVEL_EDIT, "field"},
    {NULL, "{'*':{'owner':'edit'}}", false, "email_verified", ACTOR_OWNER, LEVEL_READ, "field"},   /* never loosened */
    {"{'*':{'owner':'read'}}", "{'*':{'owner':'edit'}}", false, "given_name", ACTOR_OWNER, LEVEL_READ, "connection house"},
    {NULL, NULL, true, "email", ACTOR_OWNER, LEVEL_READ, "invitation acme"},
    {NULL, NULL, true, "email", ACTOR_DESK, LEVEL_EDIT, "field"},
    {NULL, NULL, true, "phone_number", ACTOR_OWNER, LEVEL_EDIT, "proof"},
    {NULL, NULL, false, "email", ACTOR_OWNER, LEVEL_EDIT, "proof"},
    {NULL, "{'email':{'owner':'edit'}}", true, "email", ACTOR_OWNER, LEVEL_EDIT, "proof"},
    {NULL, "{'email':{'owner':'read'}}", true, "email", ACTOR_OWNER, LEVEL_READ, "organization acme"},
    {NULL, "{'email':{'owner':'none'}}", true, "email", ACTOR_OWNER, LEVEL_NONE, "organization acme"},
    {NULL, "{'email':{'source':'read'}}", true, "email", ACTOR_OWNER, LEVEL_READ, "invitation acme"},
    {NULL, "{'*':{'owner':'edit'}}", true, "email", ACTOR_OWNER, LEVEL_READ, "invitation acme"},
    {"{'email':{'owner':'read'}}", NULL, true, "email", ACTOR_OWNER, LEVEL_READ, "connection house"},
};

static void the_sentences_of_the_interface_hold(void **state)
{
    struct fields fields = fields_of(*state, "[{'name':'user_metadata.size','type':'text','label':{'en':'Size'}},"
                                             " {'name':'app_metadata.plan','type':'text','label':{'en':'Plan'}}]");
    for (size_t i = 0; i < COUNT(sentences); i++) {
        const struct sentence *s = &sentences[i];
        struct rule_source house = source_of(*state, "house", s->connection);
        struct member_of member = {.organization = source_of(*state, "acme", s->organization), .invited = s->invited};
        struct subject subject = {.profile = json_of(*state, "{'email':'a@example.com','given_name':'Ada'}"), .connection = &house,
                                  .memberships = &member, .membership_count = 1};
        Verdict verdict = policy_level(&fields, field_of(&fields, s->field), &subject, s->actor, false);
        if (verdict.level != s->level || !str_is(verdict_rule(*state, verdict), s->rule))
            fail_msg("sentence %zu: %s for %s is %s by %.*s", i, s->field, actor_name(s->actor), level_name(verdict.level),
                     STR_ARGS(verdict_rule(*state, verdict)));
    }
}

static void the_reason_comes_with_the_rule(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct rule_source house = source_of(*state, "house", EXAMPLE);
    struct subject subject = {.profile = json_of(*state, "{}"), .connection = &house};
    Verdict verdict = policy_level(&fields, field_of(&fields, "email"), &subject, ACTOR_OWNER, false);
    assert_string_equal(json_string_value(json_object_get(verdict.reason, "en")), "Ours");
    assert_ptr_equal(verdict.source, &house);
    verdict = policy_level(&fields, field_of(&fields, "email"), &subject, ACTOR_DESK, false);
    assert_true(!verdict.reason && !verdict.source && !verdict.support_email.n);
    subject.connection = NULL;
    verdict = policy_level(&fields, field_of(&fields, "given_name"), &subject, ACTOR_OWNER, false);
    assert_int_equal(verdict.level, LEVEL_EDIT);
}

/* Whom to ask about an address that an invitation keeps: only the home's desk can change it; without one, leaving is the way. */
static void the_way_out_of_an_invitation(void **state)
{
    static const struct { bool home, duty; const char *ask; } rows[] = {
        {true, false, "help@beta.example"}, {true, true, NULL}, {false, false, NULL}, {false, true, NULL},
    };
    struct fields fields = fields_of(*state, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rule_source house = {.name = STR("house")};
        struct member_of members[] = {{.organization = {.name = STR("acme"), .support_email = STR("help@acme.example")}, .invited = true},
                                      {.organization = {.name = STR("beta"), .support_email = STR("help@beta.example")}}};
        members[0].acts = rows[i].duty;
        members[1].home = rows[i].home;
        struct subject subject = {.profile = json_of(*state, "{'email':'a@example.com'}"), .connection = &house, .memberships = members,
                                  .membership_count = 2};
        Verdict verdict = policy_level(&fields, field_of(&fields, "email"), &subject, ACTOR_OWNER, false);
        assert_int_equal(verdict.rule, RULE_INVITATION);
        assert_ptr_equal(verdict.source, &members[0].organization);
        assert_int_equal(verdict.leaving, !rows[i].ask);
        assert_true(rows[i].ask ? str_is(verdict.support_email, rows[i].ask) : !verdict.support_email.n);
        verdict = policy_level(&fields, field_of(&fields, "nickname"), &subject, ACTOR_OWNER, false);
        assert_false(verdict.leaving);
    }
}

/* A suspended membership keeps its rules: suspension must not open what the organization closed. */
static void a_suspended_membership_still_limits(void **state)
{
    struct fields fields = fields_of(*state, NULL);
    struct member_of member = {.organization = source_of(*state, "acme", "{'given_name':{'owner':'read'}}"), .invited = true,
                               .suspended = true};
    struct subject subject = {.profile = json_of(*state, "{}"), .memberships = &member, .membership_count = 1};
    assert_int_equal(policy_level(&fields, field_of(&fields, "given_name"), &subject, ACTOR_OWNER, false).level, LEVEL_READ);
    assert_int_equal(policy_level(&fields, field_of(&fields, "email"), &subject, ACTOR_OWNER, false).level, LEVEL_READ);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_combination_gives_the_lowest_level, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(the_order_of_power_always_holds, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(the_sentences_of_the_interface_hold, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(the_reason_comes_with_the_rule, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(the_way_out_of_an_invitation, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(a_suspended_membership_still_limits, model_setup, model_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
