#include "account/activity.h"

#include "account/profile.h"
#include "base/json_memory.h"

struct known_source {
    struct rule_source source;
    struct known_source *next;
};

struct reading {
    struct portal *portal;
    struct arena *arena;
    struct subject subject;
    struct known_source *organizations;      /* looked up so far */
};

/* An organization that is not there any more goes by the name that the row kept. */
static Error find_organization(struct reading *reading, Str name, const struct rule_source **out)
{
    for (struct known_source *each = reading->organizations; each; each = each->next) {
        *out = &each->source;
        if (str_eq(each->source.name, name)) return OK;
    }
    struct known_source *found = ARENA_NEW(reading->arena, struct known_source);
    found->source.name = found->source.display_name = name;
    struct rows rows;
    Error error = db_select(reading->portal->db, STMT_organization_get, DB_ARGS(db_text(name)), &rows);
    if (error) return error;
    if (row_next(&rows) && row_text(&rows, 1).n) found->source.display_name = arena_copy(reading->arena, row_text(&rows, 1));
    if ((error = rows_end(&rows))) return error;
    found->next = reading->organizations;
    reading->organizations = found;
    *out = &found->source;
    return OK;
}

static const struct rule_source *find_connection(struct reading *reading, Str name)
{
    const struct connection *connection = directory_connection_named(&reading->portal->directory, name);
    if (connection) return &connection->source;
    struct rule_source *gone = ARENA_NEW(reading->arena, struct rule_source);
    gone->name = gone->display_name = name;
    return gone;
}

struct rule_word {
    const char *word;
    enum rule_kind rule;
};

/* What verdict_rule wrote, back into what it was. Of a guest desk it kept no more than the organization. */
static Error read_rule(struct reading *reading, Str text, Verdict *out)
{
    static const struct rule_word plain[] = {
        {"account blocked", RULE_ACCOUNT_BLOCKED}, {"account deletion", RULE_ACCOUNT_DELETION}, {"once", RULE_ONCE},
        {"proof", RULE_PROOF},
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (str_is(text, plain[i].word)) out->rule = plain[i].rule;
    }
    Str name = text, kind = str_cut(&name, ' ');
    if (!name.n) return OK;
    if (str_is(kind, "connection")) {
        out->rule = RULE_CONNECTION;
        out->source = find_connection(reading, name);
    }
    if (!str_is(kind, "organization") && !str_is(kind, "invitation")) return OK;
    out->rule = str_is(kind, "invitation") ? RULE_INVITATION : RULE_ORGANIZATION;
    return find_organization(reading, name, &out->source);
}

static Str text_of(const json_t *entry, const char *name)
{
    const json_t *text = json_object_get(entry, name);
    return json_is_string(text) ? (Str){json_string_value(text), json_string_length(text)} : STR_NONE;
}

static bool is_seen(const struct reading *reading, const struct field *field)
{
    return policy_level(&reading->portal->directory.fields, field, &reading->subject, ACTOR_OWNER, false).level > LEVEL_NONE;
}

static Str listed(struct arena *arena, Str list, Str name)
{
    return list.n ? arena_print(arena, "%.*s,%.*s", STR_ARGS(list), STR_ARGS(name)) : name;
}

/* A role that came or went; false: the entry is a field's. */
static bool read_role(struct arena *arena, const json_t *entry, struct activity *out)
{
    Str gives = text_of(entry, "gives"), takes = text_of(entry, "takes");
    if (gives.n) out->gives = listed(arena, out->gives, gives);
    if (takes.n) out->takes = listed(arena, out->takes, takes);
    return gives.n || takes.n;
}

static Error read_fields(struct reading *reading, const json_t *list, struct activity *out)
{
    size_t size = json_array_size(list);
    if (size) out->fields = ARENA_ARRAY(reading->arena, struct activity_field, size);
    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i);
        if (read_role(reading->arena, entry, out)) continue;
        const struct field *field = field_find(&reading->portal->directory.fields, text_of(entry, "field"));
        Verdict verdict = {.level = LEVEL_READ, .rule = RULE_FIELD};
        if (!field || !is_seen(reading, field)) {
            out->more_fields = true;
            continue;
        }
        if (!level_of(text_of(entry, "level"), &verdict.level)) verdict.level = LEVEL_READ;
        Error error = read_rule(reading, text_of(entry, "rule"), &verdict);
        if (error) return error;
        out->fields[out->count++] = (struct activity_field){field, verdict};
    }
    return OK;
}

static enum activity_by by_of(Str actor)
{
    if (str_is(actor, "owner")) return BY_OWNER;
    if (str_is(actor, "desk")) return BY_DESK;
    return str_is(actor, "operator") ? BY_OPERATOR : BY_SERVICE;
}

/* A row that cannot be read must not take the page from its reader: then it has no fields. */
static const json_t *read_list(struct arena *arena, Str text)
{
    struct arena *before = json_memory_use(arena);
    const json_t *list = json_loadb(text.p ? text.p : "", text.n, 0, NULL);
    json_memory_use(before);
    return list;
}

/* An invitation's row says there which one it was, which is a reason for nobody. */
static bool tells_reason(const struct activity *activity)
{
    if (str_starts(activity->action, STR("invitation.")) && !activity->refused) return false;
    return activity->by == BY_OWNER || (!activity->refused && activity->by != BY_SERVICE);
}

static Error read_row(struct reading *reading, const struct rows *rows, struct activity *out)
{
    struct arena *arena = reading->arena;
    *out = (struct activity){.id = row_int(rows, 0), .at = row_int(rows, 1), .by = by_of(row_text(rows, 2)),
                             .action = arena_copy(arena, row_text(rows, 5)), .refused = !str_is(row_text(rows, 6), "allowed")};
    if (out->by == BY_OWNER) {
        out->peer = arena_copy(arena, row_text(rows, 9));
    }
    if (tells_reason(out) && !row_is_null(rows, 7)) out->reason = arena_copy(arena, row_text(rows, 7));
    if (!row_is_null(rows, 4) && row_text(rows, 4).n) {
        const struct rule_source *organization;
        Error error = find_organization(reading, arena_copy(arena, row_text(rows, 4)), &organization);
        if (error) return error;
        out->organization = organization->display_name;
    }
    return read_fields(reading, read_list(arena, row_text(rows, 8)), out);
}

Error activity_read(struct portal *portal, const struct visit *visit, const struct user *user, int64_t before,
                    struct activity *out, size_t room, size_t *count, bool *older)
{
    struct reading reading = {.portal = portal, .arena = visit->arena};
    struct rows rows;
    *count = 0;
    *older = false;
    Error error = account_subject(portal, visit->arena, user, &reading.subject);
    if (!error) error = db_select(portal->db, STMT_audit_page, DB_ARGS(db_text(user->user_id), db_int(before),
                                                                       db_int((int64_t)room + 1)), &rows);
    if (error) return error;
    Error bad = OK;
    while (!bad && row_next(&rows)) {
        *older = *count == room;
        if (*older) continue;
        bad = read_row(&reading, &rows, &out[*count]);
        ++*count;
    }
    error = rows_end(&rows);
    return error ? error : bad;
}
