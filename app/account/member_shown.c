#include "account/member_shown.h"

#include "account/picture.h"
#include "account/profile.h"
#include "model/search.h"
#include "store/user_store.h"

enum { WORDS_MAX = 24 };

static const char *const listed_fields[] = {"name", "given_name", "family_name", "nickname", "username", "email", "picture"};

bool member_shows(Str field)
{
    for (size_t i = 0; i < sizeof listed_fields / sizeof *listed_fields; i++)
        if (str_is(field, listed_fields[i])) return true;
    return false;
}

static Str seen(const struct member_glance *glance, const char *name)
{
    const struct fields *fields = &glance->portal->directory.fields;
    const struct field *field = field_find(fields, str_of(name));
    const json_t *value = field ? field_value(glance->user->profile, field) : NULL;
    if (!value) return STR("");
    Verdict verdict = policy_level(fields, field, glance->subject, ACTOR_DESK, !glance->membership->rules.home);
    return verdict.level == LEVEL_NONE ? STR("") : field_text(glance->arena, field, value);
}

static Str name_of(const struct member_glance *glance)
{
    Str name = seen(glance, "name");
    if (name.n) return name;
    Str both = arena_print(glance->arena, "%.*s %.*s", STR_ARGS(seen(glance, "given_name")), STR_ARGS(seen(glance, "family_name")));
    both = str_trim(both);
    if (both.n) return both;
    name = seen(glance, "nickname");
    return name.n ? name : seen(glance, "username");
}

bool member_looks_same(const struct member_glance *a, const struct member_glance *b)
{
    static const char *const names[] = {"given_name", "family_name", "username", "email", "picture"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!str_eq(seen(a, names[i]), seen(b, names[i]))) return false;
    return str_eq(name_of(a), name_of(b));
}

/* What lies on other hosts is shown in no list: it would tell them who looks. */
static Str picture_of_glance(const struct member_glance *glance)
{
    Str name = picture_name(glance->portal->options, seen(glance, "picture"));
    return name.n ? arena_copy(glance->arena, name) : STR("");
}

/* A blocked account is blocked everywhere; a suspended membership says more of this one than an account that will go. */
static Str state_of(const struct member_glance *glance)
{
    if (glance->user->blocked) return STR("blocked");
    if (glance->membership->rules.suspended) return STR("suspended");
    return glance->user->deletion_at ? STR("deletion") : STR("active");
}

static Str sort_name(const struct member_glance *glance, const struct member_shown *shown)
{
    Str folded = search_fold(glance->arena, shown->name);
    if (!folded.n) folded = search_fold(glance->arena, shown->email);
    return folded.n ? folded : search_fold(glance->arena, glance->user->user_id);
}

bool member_terms_have(Str terms, Str term, bool beginning)
{
    while (terms.n) {
        Str line = str_cut(&terms, '\n');
        if (beginning ? str_starts(line, term) : str_eq(line, term)) return true;
    }
    return false;
}

struct words {
    struct text lines;
    size_t count;
};

Str member_term_of(struct arena *arena, Str word)
{
    return arena_join(arena, search_piece(word).n < word.n ? STR("a:") : STR("w:"), word);
}

static void add_term(struct words *words, Str word)
{
    Str term = member_term_of(words->lines.arena, word);
    if (member_terms_have(text_str(&words->lines), term, false)) return;
    text_print(&words->lines, "%.*s\n", STR_ARGS(term));
    words->count++;
}

static void add_word(struct words *words, Str word)
{
    if (!search_piece(word).n || words->count >= WORDS_MAX) return;
    add_term(words, word);
    add_term(words, search_piece(word));
}

/* "anne-marie" is found by "marie" as well, and an address by its second name and by its domain. */
static void add_tails(struct words *words, Str word)
{
    for (size_t i = 1; i + 1 < word.n; i++) {
        if (!strchr("@._+'-", word.p[i])) continue;
        add_word(words, str_after(word, i + 1));
        if (word.p[i] == '@') return;
    }
}

static void add_words(struct words *words, Str text)
{
    Str list[WORDS_MAX];
    size_t count = search_words(words->lines.arena, text, list, WORDS_MAX);
    for (size_t i = 0; i < count; i++) add_word(words, list[i]);
    for (size_t i = 0; i < count; i++) add_tails(words, list[i]);
}

static void add_beginning(struct words *words, Str beginning)
{
    Str term = arena_print(words->lines.arena, "b:%.*s", STR_ARGS(beginning));
    if (!member_terms_have(text_str(&words->lines), term, false)) text_print(&words->lines, "%.*s\n", STR_ARGS(term));
}

/* A list of all who have a word that begins so stands ready in its order: what is typed first fits thousands. */
static void add_beginnings(struct words *words)
{
    Str rest = arena_copy(words->lines.arena, text_str(&words->lines));
    while (rest.n) {
        Str term = str_cut(&rest, '\n'), word = str_after(term, strlen("w:"));
        if (!str_starts(term, STR("w:"))) continue;
        for (size_t letters = 1; letters <= SEARCH_BEGINNING; letters++) add_beginning(words, search_beginning(word, letters));
    }
}

static Error add_roles(const struct member_glance *glance, struct text *lines)
{
    struct rows rows;
    Error error = db_select(glance->portal->db, STMT_membership_role_list,
                            DB_ARGS(db_int(glance->membership->organization), db_int(glance->user->id)), &rows);
    if (error) return error;
    while (row_next(&rows)) text_print(lines, "r:%lld\n", (long long)row_int(&rows, 0));
    return rows_end(&rows);
}

Error member_show(const struct member_glance *glance, struct member_shown *out)
{
    struct words words = {.lines.arena = glance->arena};
    struct member_shown shown = {.name = name_of(glance), .email = seen(glance, "email"), .roles = glance->membership->roles,
                                 .picture = picture_of_glance(glance), .state = state_of(glance)};
    shown.sort_name = sort_name(glance, &shown);
    add_words(&words, shown.name);
    add_words(&words, shown.email);
    add_words(&words, seen(glance, "username"));
    add_words(&words, seen(glance, "given_name"));
    add_words(&words, seen(glance, "family_name"));
    add_beginnings(&words);
    Error error = add_roles(glance, &words.lines);
    if (error) return error;
    text_print(&words.lines, "s:%.*s\nc:%lld\n", STR_ARGS(shown.state), (long long)glance->user->connection);
    shown.terms = text_str(&words.lines);
    *out = shown;
    return OK;
}

Error member_account(struct portal *portal, struct arena *arena, int64_t account, struct user *user, struct subject *subject)
{
    struct membership *list = NULL;
    size_t count = 0;
    Error error = user_memberships(portal->db, arena, &portal->directory.fields, account, &list, &count);
    *user = (struct user){.membership_count = 0};
    if (error || !count) return error;
    error = portal_refresh(portal);
    if (!error) error = user_get(portal->db, arena, account, user);
    if (error) return error;
    user->memberships = list;
    user->membership_count = count;
    user->has_memberships = true;
    return account_subject(portal, arena, user, subject);
}

Error member_look(struct portal *portal, struct arena *arena, int64_t organization, int64_t account, struct member_shown *out)
{
    struct user user;
    struct subject subject;
    struct member_glance glance = {.portal = portal, .arena = arena, .user = &user, .subject = &subject};
    Error error = member_account(portal, arena, account, &user, &subject);
    if (error) return error;
    for (size_t i = 0; i < user.membership_count; i++) {
        glance.membership = &user.memberships[i];
        if (glance.membership->organization == organization) return member_show(&glance, out);
    }
    return ERR_NOT_FOUND;
}
