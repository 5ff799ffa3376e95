#include "account/role.h"
#include "page/desk_invitations.h"
#include "view/words.h"

enum { OWN_NAMES = 3 };           /* of the table itself: another spelling of email, roles, language */

/* --- what can be filled in --- */

static const struct member_of *own_membership(const struct exchange *exchange)
{
    const struct user *user = &exchange->session.user;
    for (size_t i = 0; i < user->membership_count; i++)
        if (user->memberships[i].organization == exchange->desk.organization) return &user->memberships[i].rules;
    return NULL;
}

bool desk_invitation_fills(const struct exchange *exchange, const struct connection *connection, const struct field *field)
{
    struct subject subject = {.connection = connection ? &connection->source : NULL, .memberships = own_membership(exchange),
                              .membership_count = own_membership(exchange) ? 1 : 0};
    return connection && invited_may_prefill(field) &&
           policy_level(&exchange->portal->directory.fields, field, &subject, ACTOR_DESK, false).level >= LEVEL_ONCE;
}

bool desk_invitation_gives(const struct exchange *exchange, const struct role *role)
{
    bool ours = role->organization == 0 || role->organization == exchange->desk.organization;
    return ours && !(role->may & ~exchange->desk.may);
}

/* --- what a table may say --- */

struct naming {
    const struct catalogs *catalogs;
    struct invited_name *names;
    size_t count;
};

static void add_name(struct naming *naming, Str text, enum invited_column column, const struct field *field, bool label)
{
    naming->names[naming->count++] = (struct invited_name){.text = text, .column = column, .field = field, .label = label};
}

static void add_field(struct naming *naming, const struct field *field, bool fills)
{
    bool email = str_is(field->name, "email");
    enum invited_column column = email ? INVITED_COLUMN_EMAIL : fills ? INVITED_COLUMN_VALUE : INVITED_COLUMN_CLOSED;
    const struct field *known = email ? NULL : field;
    add_name(naming, field->name, column, known, false);
    for (size_t i = 0; i < naming->catalogs->count; i++) {
        add_name(naming, field_label(naming->catalogs->list[i], field), column, known, true);
        add_name(naming, field_label_for(naming->catalogs->list[i], field, ACTOR_DESK), column, known, true);
    }
}

static void add_own_names(struct naming *naming)
{
    add_name(naming, STR("e-mail"), INVITED_COLUMN_EMAIL, NULL, false);
    add_name(naming, STR("roles"), INVITED_COLUMN_ROLES, NULL, false);
    add_name(naming, STR("language"), INVITED_COLUMN_LANGUAGE, NULL, false);
    for (size_t i = 0; i < naming->catalogs->count; i++) {
        add_name(naming, catalog_text(naming->catalogs->list[i], N_("Roles")), INVITED_COLUMN_ROLES, NULL, true);
        add_name(naming, catalog_text(naming->catalogs->list[i], N_("Language of the mail")), INVITED_COLUMN_LANGUAGE, NULL, true);
    }
}

static void add_languages(const struct exchange *exchange, const struct catalogs *catalogs, struct invited_terms *out)
{
    struct invited_language *languages = ARENA_ARRAY(exchange->arena, struct invited_language, 2 * catalogs->count + 1);
    for (size_t i = 0; i < catalogs->count; i++) {
        Str code = catalog_code(catalogs->list[i]);
        languages[out->language_count++] = (struct invited_language){code, code};
        languages[out->language_count++] = (struct invited_language){catalog_name(catalogs->list[i]), code};
    }
    out->languages = languages;
}

struct invited_terms desk_invitation_terms(const struct exchange *exchange, const struct connection *connection)
{
    const struct fields *fields = &exchange->portal->directory.fields;
    struct naming naming = {.catalogs = view_catalogs(exchange->view)};
    struct invited_terms terms = {.directory = &exchange->portal->directory, .desk = &exchange->desk};
    size_t room = OWN_NAMES + 2 * naming.catalogs->count + fields->count * (1 + 2 * naming.catalogs->count);
    naming.names = ARENA_ARRAY(exchange->arena, struct invited_name, room);
    for (size_t i = 0; i < fields->count; i++)
        add_field(&naming, &fields->list[i], desk_invitation_fills(exchange, connection, &fields->list[i]));
    add_own_names(&naming);
    terms.names = naming.names;
    terms.name_count = naming.count;
    add_languages(exchange, naming.catalogs, &terms);
    return terms;
}

/* --- the help beside the box --- */

static void list_word(struct text *list, Str word)
{
    if (list->n) text_add(list, STR(" "));
    text_add(list, word);
}

static Str role_names(const struct exchange *exchange)
{
    const struct directory *directory = &exchange->portal->directory;
    struct text names = {.arena = exchange->arena};
    for (size_t i = 0; i < directory->role_count; i++)
        if (desk_invitation_gives(exchange, &directory->roles[i])) list_word(&names, role_short_name(&directory->roles[i]));
    return text_str(&names);
}

static Str language_codes(const struct exchange *exchange)
{
    const struct catalogs *catalogs = view_catalogs(exchange->view);
    struct text codes = {.arena = exchange->arena};
    for (size_t i = 0; i < catalogs->count; i++) list_word(&codes, catalog_code(catalogs->list[i]));
    return text_str(&codes);
}

static void add_column(struct part *form, Str name, Str label)
{
    struct part *part = part_section(form, "COLUMN");
    part_str(part, "NAME", name);
    part_str(part, "LABEL", label);
}

void desk_invitation_columns(const struct exchange *exchange, const struct connection *connection, struct part *form)
{
    const struct fields *fields = &exchange->portal->directory.fields;
    const struct catalog *language = exchange->language;
    add_column(form, STR("email"), catalog_text(language, N_("E-mail address")));
    Str roles = catalog_text(language, N_("Roles of this person instead of those below, by name with blanks between: {NAMES}"));
    Str languages = catalog_text(language, N_("Language of the mail to this person: {NAMES}"));
    add_column(form, STR("roles"), catalog_fill(exchange->arena, roles, "NAMES", role_names(exchange), NULL));
    add_column(form, STR("language"), catalog_fill(exchange->arena, languages, "NAMES", language_codes(exchange), NULL));
    for (size_t i = 0; i < fields->count; i++)
        if (desk_invitation_fills(exchange, connection, &fields->list[i]))
            add_column(form, fields->list[i].name, field_label_for(language, &fields->list[i], ACTOR_DESK));
}

/* --- what keeps it from being sent --- */

static const char *const wrong_words[] = {
    [INVITED_NO_COLUMN] = N_("Line {LINE}: no column is called \"{COLUMN}\". Name it like one of those that stand under the box, or "
                            "take it out."),
    [INVITED_CLOSED_COLUMN] = N_("Line {LINE}: an invitation cannot fill in \"{COLUMN}\". Take that column out."),
    [INVITED_TWO_FIELDS] = N_("Line {LINE}: \"{COLUMN}\" can be more than one column. Use the short name that stands under "
                             "the box."),
    [INVITED_TWICE] = N_("Line {LINE}: the column \"{COLUMN}\" is there twice. Take one of them out."),
    [INVITED_UNNAMED] = N_("Line {LINE}: \"{TYPED}\" stands in a column that the first line does not name. Name it there, or "
                          "take it out."),
    [INVITED_NO_ADDRESS] = N_("Line {LINE}: this is no e-mail address: \"{TYPED}\". Correct it, or take the line out."),
    [INVITED_STRAY] = N_("Line {LINE}: this is no e-mail address: \"{TYPED}\". Correct it or take it out. A table names its columns "
                         "in the first line."),
    [INVITED_VALUE] = N_("Line {LINE}, {COLUMN}: \"{TYPED}\" does not fit. {WHY}"),
    [INVITED_NO_ROLE] = N_("Line {LINE}: there is no role of the name \"{TYPED}\". The names stand under the box."),
    [INVITED_ROLE_RANK] = N_("Line {LINE}: the role \"{TYPED}\" may do more here than you. Take it out, or ask an administrator."),
    [INVITED_NO_LANGUAGE] = N_("Line {LINE}: mails are not written in \"{TYPED}\". Choose one of these: {NAMES}."),
    [INVITED_QUOTE] = N_("Line {LINE}: a quotation mark is opened and not closed, or something stands behind it. Put that right."),
};

static Str choices_of(struct arena *arena, const struct field *field)
{
    struct text all = {.arena = arena};
    for (size_t i = 0; i < json_array_size(field->choices); i++) {
        const json_t *choice = json_array_get(field->choices, i);
        Str value = str_of(json_string_value(json_is_object(choice) ? json_object_get(choice, "value") : choice));
        text_print(&all, "%s%.*s", all.n ? ", " : "", STR_ARGS(value));
    }
    return text_str(&all);
}

/* In a form the answers stand in a list; here nobody sees them. */
static Str why(struct exchange *exchange, const struct invited_problem *problem)
{
    const struct field *field = problem->field;
    if (field->type == TYPE_CHOICE)
        return exchange_fill(exchange, N_("Choose one of these: {NAMES}."), "NAMES", choices_of(exchange->arena, field));
    if (field->type == TYPE_BOOLEAN) return exchange_fill(exchange, N_("Choose one of these: {NAMES}."), "NAMES", STR("true, false"));
    return field_problem(exchange->arena, exchange->language, problem->problem);
}

Str desk_invitation_problem(struct exchange *exchange, const struct invited_problem *problem)
{
    bool no_address = problem->wrong == INVITED_NO_ADDRESS && !problem->typed.n;
    const char *words = no_address ? N_("Line {LINE}: the e-mail address is missing. Add it, or take the line out.")
                                   : wrong_words[problem->wrong];
    Str because = problem->field ? why(exchange, problem) : STR("");
    return catalog_fill(exchange->arena, catalog_text(exchange->language, words),
                        "LINE", arena_print(exchange->arena, "%zu", problem->line), "COLUMN", problem->column, "TYPED", problem->typed,
                        "WHY", because, "NAMES", language_codes(exchange), NULL);
}
