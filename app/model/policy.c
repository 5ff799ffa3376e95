#include "model/policy.h"

static void lower(Verdict *verdict, enum level level, enum rule_kind rule, const struct rule_source *source, const json_t *reason)
{
    if (level >= verdict->level)
        return;
    verdict->level = level;
    verdict->rule = rule;
    verdict->source = source;
    verdict->reason = reason;
}

static void lower_by_rules(Verdict *verdict, enum rule_kind kind, const struct rule_source *source, Str field, enum actor actor)
{
    const struct rule *rule = source ? rules_find(&source->rules, field) : NULL;
    if (rule && rule->named[actor])
        lower(verdict, rule->level[actor], kind, source, rule->reason);
}

/* A field of a linked account stands under the rules of the identity that it came from. */
static const struct rule_source *owner_of(const struct subject *subject, Str field)
{
    for (size_t i = 0; i < subject->owned_count; i++)
        if (str_eq(subject->owned[i].field, field))
            return subject->owned[i].connection;
    return subject->connection;
}

/* Company mail must not be led to a private address (domain.md §12.5), unless the organization itself speaks of it. */
static bool invitation_locks(const struct member_of *member, const struct field *field, enum actor actor)
{
    if (!member->invited || actor != ACTOR_OWNER || !str_is(field->name, "email"))
        return false;
    const struct rule *rule = rules_find(&member->organization.rules, field->name);
    return !rule || !str_is(rule->field, "email") || !rule->named[ACTOR_OWNER];
}

/* Who reads the mail of an account gets a new password for it. So a desk must not lead the mail of somebody who acts for another
   organization to a mailbox of its choice: it would act there. */
static bool duty_locks(const struct member_of *member, const struct field *field, enum actor actor)
{
    return actor == ACTOR_DESK && field->proof == PROOF_EMAIL && member->acts && !member->home;
}

static void lower_by_organizations(Verdict *verdict, const struct subject *subject, const struct field *field, enum actor actor)
{
    for (size_t i = 0; i < subject->membership_count; i++) {
        const struct member_of *member = &subject->memberships[i];
        lower_by_rules(verdict, RULE_ORGANIZATION, &member->organization, field->name, actor);
        if (invitation_locks(member, field, actor))
            lower(verdict, LEVEL_READ, RULE_INVITATION, &member->organization, NULL);
        if (duty_locks(member, field, actor))
            lower(verdict, LEVEL_READ, RULE_PROOF, NULL, NULL);
    }
}

static const struct rule_source *home_of(const struct subject *subject)
{
    for (size_t i = 0; i < subject->membership_count; i++)
        if (subject->memberships[i].home)
            return &subject->memberships[i].organization;
    return NULL;
}

static void lower_by_state(Verdict *verdict, const struct subject *subject, enum actor actor)
{
    if (subject->blocked && actor == ACTOR_OWNER)
        lower(verdict, LEVEL_NONE, RULE_ACCOUNT_BLOCKED, NULL, NULL);
    if (subject->deletion && (actor == ACTOR_OWNER || actor == ACTOR_DESK))
        lower(verdict, LEVEL_READ, RULE_ACCOUNT_DELETION, NULL, NULL);
}

static Str support_of(const Verdict *verdict, const struct rule_source *home)
{
    if (verdict->source && verdict->source->support_email.n)
        return verdict->source->support_email;
    return home ? home->support_email : STR_NONE;
}

/* Who invites locks the address in the whole portal, but only the desk of the home can change it. */
static void find_way_out(const struct fields *fields, const struct field *field, const struct subject *subject,
                         const struct rule_source *home, Verdict *verdict)
{
    verdict->leaving = !home || policy_level(fields, field, subject, ACTOR_DESK, false).level < LEVEL_ONCE;
    verdict->support_email = verdict->leaving ? STR_NONE : home->support_email;
}

/* An account about to be made has no address to prove yet: what it begins with is unverified until its mailbox answers. */
static bool asks_for_proof(const Verdict *verdict, const struct field *field, const struct subject *subject, enum actor actor)
{
    return actor == ACTOR_OWNER && field->proof != PROOF_NONE && verdict->level == LEVEL_EDIT && subject->profile;
}

Verdict policy_level(const struct fields *fields, const struct field *field, const struct subject *subject, enum actor actor,
                     bool guest_desk)
{
    Verdict verdict = {.level = field->level[actor], .rule = RULE_FIELD};
    const struct rule_source *home = home_of(subject);
    lower_by_rules(&verdict, RULE_CONNECTION, owner_of(subject, field->name), field->name, actor);
    lower_by_organizations(&verdict, subject, field, actor);
    lower_by_state(&verdict, subject, actor);
    if (guest_desk && actor == ACTOR_DESK)
        lower(&verdict, LEVEL_READ, RULE_GUEST_DESK, home, NULL);
    if (verdict.level == LEVEL_ONCE && field_value(subject->profile, field))
        lower(&verdict, LEVEL_READ, RULE_ONCE, NULL, NULL);
    if (asks_for_proof(&verdict, field, subject, actor))
        verdict.rule = RULE_PROOF;
    verdict.support_email = support_of(&verdict, home);
    if (verdict.rule == RULE_INVITATION)
        find_way_out(fields, field, subject, home, &verdict);
    return verdict;
}

Str verdict_rule(struct arena *arena, Verdict verdict)
{
    static const char *const words[RULE_KINDS] = {
        [RULE_FIELD] = "field", [RULE_CONNECTION] = "connection", [RULE_ORGANIZATION] = "organization",
        [RULE_INVITATION] = "invitation", [RULE_ACCOUNT_BLOCKED] = "account blocked",
        [RULE_ACCOUNT_DELETION] = "account deletion", [RULE_ONCE] = "once", [RULE_PROOF] = "proof",
        [RULE_GUEST_DESK] = "organization",
    };
    if (verdict.source)
        return arena_print(arena, "%s %.*s", words[verdict.rule], STR_ARGS(verdict.source->name));
    return str_of(verdict.rule == RULE_GUEST_DESK ? "field" : words[verdict.rule]);
}
