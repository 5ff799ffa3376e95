#include "view/words.h"

static const Str FALLBACK_LANGUAGE = {"en", 2};

static Str source_name(Verdict verdict)
{
    if (!verdict.source) return STR("");
    return verdict.source->display_name.n ? verdict.source->display_name : verdict.source->name;
}

static Str with_name(struct arena *arena, const struct catalog *catalog, const char *english, Verdict verdict)
{
    return catalog_fill(arena, catalog_text(catalog, english), "NAME", source_name(verdict), NULL);
}

static bool ends_sentence(Str text)
{
    static const Str marks[] = {{".", 1}, {"!", 1}, {"?", 1}, {"…", 3}, {"؟", 2}, {"。", 3}, {"۔", 2}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (str_ends(text, marks[i])) return true;
    }
    return false;
}

/* An operator writes a reason with or without a full stop; what follows it must not run into it. */
static Str own_words(struct arena *arena, const struct catalog *catalog, const json_t *reason)
{
    Str text = reason ? str_trim(catalog_pick(catalog, reason, FALLBACK_LANGUAGE)) : STR_NONE;
    if (text.n == 0 || ends_sentence(text)) return text;
    return arena_join(arena, text, STR("."));
}

static const char *proof_words(const struct field *field, enum level level)
{
    if (level == LEVEL_READ) return N_("This person has duties elsewhere too, so only they themselves change this address.");
    if (field->proof == PROOF_PHONE) return N_("Changes only after you prove that the new number is yours.");
    return N_("Changes only after you prove that the new address is yours.");
}

/* Not that this is the address that was invited: a desk may have entered another one since. */
static const char *invitation_words(Verdict verdict)
{
    if (!verdict.leaving) return N_("You joined {NAME} by invitation, so this address stays as it is.");
    return N_("You joined {NAME} by invitation, so this address stays as it is. To change it, leave that organization.");
}

static const char *field_words(enum level level)
{
    switch (level) {
    case LEVEL_NONE: return N_("Kept for the service alone; not shown.");
    case LEVEL_READ: return N_("Kept by the service.");
    case LEVEL_ONCE: return N_("You can fill this in once. After that it stays.");
    default: return NULL;
    }
}

Str reason_why(struct arena *arena, const struct catalog *catalog, Verdict verdict, const struct field *field)
{
    Str own = own_words(arena, catalog, verdict.reason);
    if (own.n) return own;
    const char *words = NULL;
    switch (verdict.rule) {
    case RULE_FIELD: words = field_words(verdict.level); break;
    case RULE_CONNECTION:
        if (verdict.level == LEVEL_ONCE) words = field_words(LEVEL_ONCE);
        else return with_name(arena, catalog, N_("Managed by {NAME}."), verdict);
        break;
    case RULE_ORGANIZATION:
        if (verdict.level == LEVEL_ONCE) words = field_words(LEVEL_ONCE);
        else return with_name(arena, catalog, N_("Managed by the organization {NAME}."), verdict);
        break;
    case RULE_INVITATION: return with_name(arena, catalog, invitation_words(verdict), verdict);
    case RULE_ACCOUNT_BLOCKED: words = N_("This account is blocked."); break;
    case RULE_ACCOUNT_DELETION: words = N_("This account is about to be deleted, so nothing in it changes any more."); break;
    case RULE_ONCE: words = N_("This could be filled in once, and it was."); break;
    case RULE_PROOF: words = proof_words(field, verdict.level); break;
    case RULE_GUEST_DESK: words = N_("Only the help desk of this person's home organization changes it, if there is one."); break;
    default: break;
    }
    return words ? catalog_text(catalog, words) : STR("");
}

Str reason_for_desk(struct arena *arena, const struct catalog *catalog, Verdict verdict, const struct field *field, Str organization, bool guest)
{
    bool named = verdict.source && verdict.rule != RULE_GUEST_DESK;
    bool own = verdict.rule == RULE_ORGANIZATION ? named && str_eq(verdict.source->name, organization) : !guest;
    if (named && !own) return catalog_text(catalog, N_("Kept by a rule that is not this organization's."));
    verdict.reason = NULL;
    return reason_why(arena, catalog, verdict, field);
}

/* A proof is the person's own next step, a field that can be filled in needs nobody, and what the program itself keeps nobody
   changes: then there is nobody to ask. */
static bool has_somebody_to_ask(Verdict verdict, const struct field *field)
{
    return verdict.level < LEVEL_ONCE && !field->system && verdict.support_email.n > 0;
}

Str reason_ask(struct arena *arena, const struct catalog *catalog, Verdict verdict, const struct field *field)
{
    if (!has_somebody_to_ask(verdict, field)) return STR("");
    return catalog_fill(arena, catalog_text(catalog, N_("Ask {ADDRESS}.")), "ADDRESS", verdict.support_email, NULL);
}

Str reason_text(struct arena *arena, const struct catalog *catalog, Verdict verdict, const struct field *field)
{
    Str why = reason_why(arena, catalog, verdict, field), ask = reason_ask(arena, catalog, verdict, field);
    if (why.n == 0 || ask.n == 0) return why.n ? why : ask;
    return arena_print(arena, "%.*s %.*s", STR_ARGS(why), STR_ARGS(ask));
}

static Str picked(const struct catalog *catalog, const json_t *texts)
{
    return texts ? catalog_pick(catalog, texts, FALLBACK_LANGUAGE) : STR_NONE;
}

Str field_label_for(const struct catalog *catalog, const struct field *field, enum actor actor)
{
    bool desk = actor == ACTOR_DESK && field->labels_desk;
    Str label = field->standard ? catalog_text(catalog, field->label) : picked(catalog, desk ? field->labels_desk : field->labels);
    return label.n ? label : field->name;
}

Str field_label(const struct catalog *catalog, const struct field *field)
{
    return field_label_for(catalog, field, ACTOR_OWNER);
}

Str field_help_for(const struct catalog *catalog, const struct field *field, enum actor actor)
{
    bool desk = actor == ACTOR_DESK;
    const char *help = desk && field->help_desk ? field->help_desk : field->help;
    if (field->standard) return help ? catalog_text(catalog, help) : STR_NONE;
    return picked(catalog, desk && field->helps_desk ? field->helps_desk : field->helps);
}

Str field_help(const struct catalog *catalog, const struct field *field)
{
    return field_help_for(catalog, field, ACTOR_OWNER);
}

Str field_problem(struct arena *arena, const struct catalog *catalog, FieldProblem problem)
{
    if (!problem.message) return STR("");
    return catalog_fill(arena, catalog_text(catalog, problem.message), "LIMIT",
                        arena_print(arena, "%lld", (long long)problem.limit), NULL);
}

struct named_words {
    const char *name, *words;
};

static const struct named_words permission_table[] = {
    {"read:members", N_("See the members and their profiles")},
    {"read:activity", N_("Read what was done here, and by whom")},
    {"update:members", N_("Change profiles, answer requests, send links, lift pauses and end sessions")},
    {"block:members", N_("Block and unblock accounts, suspend and restore memberships")},
    {"delete:members", N_("End memberships, and delete accounts whose home this is")},
    {"create:invitations", N_("Invite people")},
    {"update:roles", N_("Make roles and say who has which")},
    {"update:branding", N_("Change how sign-in pages and mails look")},
};

static const struct role_words {
    const char *name, *title, *summary;
} role_table[] = {
    {"administrator", N_("Administrator"), N_("Does everything here: helps members, invites and removes them, gives roles, sets the look.")},
    {"help-desk", N_("Help desk"), N_("Helps members: changes profiles, answers requests, sends links, blocks and unblocks.")},
    {"auditor", N_("Auditor"), N_("Sees the members and what was done, and changes nothing.")},
};

static const struct role_words *role_words_of(Str name)
{
    for (size_t i = 0; i < sizeof role_table / sizeof *role_table; i++)
        if (str_is(name, role_table[i].name)) return &role_table[i];
    return NULL;
}

const char *permission_words(const struct permission *permission)
{
    for (size_t i = 0; i < sizeof permission_table / sizeof *permission_table; i++)
        if (str_is(str_of(permission->name), permission_table[i].name)) return permission_table[i].words;
    return permission->name;
}

Str permissions_text(struct arena *arena, const struct catalog *catalog, Permissions may)
{
    struct text text = {.arena = arena};
    for (size_t i = 0; i < permission_count; i++) {
        if (!(may & permission_bit(permissions[i].name))) continue;
        if (text.n) text_add(&text, STR(" · "));
        text_add(&text, catalog_text(catalog, permission_words(&permissions[i])));
    }
    return text_str(&text);
}

Str role_title(const struct catalog *catalog, Str name)
{
    Str rest = name, first = str_cut(&rest, ':');
    const struct role_words *words = role_words_of(name);
    if (words) return catalog_text(catalog, words->title);
    return rest.n ? rest : first;
}

/* An operator may have made it another one (apply). */
static bool is_as_built_in(const char *name, Permissions may)
{
    Permissions built = 0;
    for (size_t i = 0; i < permission_count; i++)
        if (builtin_role_has(name, &permissions[i])) built |= permission_bit(permissions[i].name);
    return built == may;
}

Str role_summary(struct arena *arena, const struct catalog *catalog, Str name, Permissions may)
{
    const struct role_words *words = role_words_of(name);
    bool holds = words && is_as_built_in(words->name, may);
    return holds ? catalog_text(catalog, words->summary) : permissions_text(arena, catalog, may);
}
