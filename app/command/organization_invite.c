#include "command/organization.h"

#include <stdio.h>

#include "account/invited.h"
#include "account/organization.h"
#include "base/json_memory.h"
#include "model/identifier.h"
#include "view/catalog.h"

enum { ROLES_MAX = 50 };

struct asking {
    struct work *work;
    struct organization organization;
    struct invited_entry entry;
    struct invitation_wish wish;
    Str roles[ROLES_MAX];
};

/* --- what was said --- */

static int find_role(struct asking *asking, const char *said)
{
    const struct directory *directory = &asking->work->portal.directory;
    const struct organization *organization = &asking->organization;
    Str own = arena_print(asking->work->command->arena, "%.*s:%s", STR_ARGS(organization->name), said);
    const struct role *role = directory_role(directory, organization->id, str_of(said));
    if (!role) role = directory_role(directory, organization->id, own);
    if (!role) return command_fail(EXIT_REFUSED, "%.*s has no role %s", STR_ARGS(organization->name), said);
    if (asking->wish.role_count == ROLES_MAX) return command_fail(EXIT_REFUSED, "at most %d roles", ROLES_MAX);
    asking->roles[asking->wish.role_count++] = role->name;
    return EXIT_DONE;
}

/* The mail and the page name somebody, in its language; who it was on this computer stands in the audit. */
static int find_language(struct asking *asking, const char *said)
{
    struct arena *arena = asking->work->command->arena;
    const struct options *options = asking->work->portal.options;
    struct problems problems = {.arena = arena};
    struct catalogs catalogs;
    Error error = catalogs_load(arena, arena_cstr(arena, options->languages_dir), &problems, &catalogs);
    command_problems(&problems);
    if (error) return command_fail(EXIT_REFUSED, "the languages in %.*s cannot be read", STR_ARGS(options->languages_dir));
    const struct catalog *language = catalogs_get(&catalogs, said ? str_of(said) : options->default_language);
    if (!said) said = arena_cstr(arena, options->default_language);
    if (!language) return command_fail(EXIT_REFUSED, "there is no language %s", said);
    asking->wish.language = catalog_code(language);
    asking->wish.operator_name = catalog_text(language, N_("The operator"));
    return EXIT_DONE;
}

static int find_address(struct asking *asking, const char *said)
{
    struct invited_entry *entry = &asking->entry;
    entry->typed = str_of(said);
    if (email_parse(asking->work->command->arena, entry->typed, &entry->address, &entry->key)) return EXIT_DONE;
    return command_fail(EXIT_REFUSED, "%s is no e-mail address", said);
}

static int find_organization(struct asking *asking, const char *said)
{
    struct work *work = asking->work;
    Error error = organization_read(&work->portal, &work->visit, str_of(said), &asking->organization);
    if (error == ERR_NOT_FOUND) return command_fail(EXIT_REFUSED, "there is no organization %s", said);
    return error ? command_fail(EXIT_FAULT, "the store cannot be read") : EXIT_DONE;
}

/* --- what became of it --- */

static int say_done(const struct asking *asking)
{
    Str address = asking->entry.address, name = asking->organization.name;
    if (!asking->work->command->json) {
        printf("%.*s is invited to %.*s; the mail is on its way\n", STR_ARGS(address), STR_ARGS(name));
        return EXIT_DONE;
    }
    json_t *object = json_object();
    json_object_set_new(object, "invited", json_stringn(address.p, address.n));
    json_object_set_new(object, "organization", json_stringn(name.p, name.n));
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    return EXIT_DONE;
}

static int send(struct asking *asking)
{
    struct work *work = asking->work;
    const struct organization *to = &asking->organization;
    const struct desk desk = {.organization = to->id, .name = to->name, .display_name = to->display_name};
    struct visit visit = work->visit;
    struct invited_line line;
    size_t count;
    DeskAct act;
    visit.organization = to->name;
    Error error = invitation_send(&work->portal, &visit, &desk, &asking->wish, &act, &line, &count);
    if (error) return command_fail(command_exit_code(error), "the store could not be written; nobody was invited");
    if (act.outcome == DESK_WAIT)
        return command_fail(EXIT_REFUSED, "%.*s has sent as many invitations today as it may; nobody was invited", STR_ARGS(to->name));
    if (act.outcome != DESK_DONE) return command_fail(EXIT_REFUSED, "that role is gone; nobody was invited");
    if (line.became == INVITED_MEMBER) return command_fail(EXIT_REFUSED, "a member has that address already; nobody was invited");
    if (line.became == INVITED_TOO_OFTEN)
        return command_fail(EXIT_REFUSED, "that address was invited too often today; nobody was invited");
    return say_done(asking);
}

int organization_invite(struct work *work, struct arguments *arguments)
{
    struct asking asking = {.work = work};
    const char *said[ROLES_MAX + 1], *language = argument_value(arguments, "--language");
    size_t count = 0;
    while (count <= ROLES_MAX && (said[count] = argument_value(arguments, "--role"))) count++;
    if (!arguments_are(arguments, 2, 2)) {
        if (arguments->wrong) return command_usage("organization", "organization invite: %s is unknown, or needs a value", arguments->wrong);
        return command_usage("organization", "organization invite: name one organization and one address");
    }
    int code = find_organization(&asking, arguments->words[0]);
    if (!code) code = find_address(&asking, arguments->words[1]);
    if (!code) code = find_language(&asking, language);
    for (size_t i = 0; !code && i < count; i++) code = find_role(&asking, said[i]);
    asking.wish.entries = &asking.entry;
    asking.wish.entry_count = 1;
    asking.wish.roles = asking.roles;
    return code ? code : send(&asking);
}
