/* What an invited person sees: who invites to what, and two buttons. Opening the page joins nothing (security.md J5). */
#include "account/invitation.h"

#include "base/encode.h"
#include "page/brand.h"
#include "page/gate.h"
#include "page/hold.h"
#include "page/invited.h"
#include "page/mailed_link.h"
#include "page/routes.h"
#include "view/words.h"

static const char cookie[] = "invitation";

Error invited_find(struct exchange *exchange, struct invitation *out)
{
    Error error = invitation_find(exchange->portal, &exchange->visit, mailed_link_secret(exchange, cookie), out);
    if (!error) error = look_of(exchange->portal, exchange->arena, out->organization, &exchange->look);
    if (!error) mailed_link_keep(exchange, cookie);
    return error;
}

void invited_forget(struct exchange *exchange)
{
    mailed_link_forget(exchange, cookie);
}

static Str whom_to_ask(struct exchange *exchange, const struct look *look)
{
    Str name = look->display_name.n ? look->display_name : look->name;
    Str words = exchange_text(exchange, look->support_email.n ? N_("Nothing was changed. {NAME} can send you a new one: ask {ADDRESS}.")
                                                              : N_("Nothing was changed. {NAME} can send you a new one: ask there."));
    return catalog_fill(exchange->arena, words, "NAME", name, "ADDRESS", look->support_email, NULL);
}

Error invited_say_over(struct exchange *exchange, const struct invitation *dead)
{
    Error error = OK;
    invited_forget(exchange);
    Str text = exchange_text(exchange, N_("It was answered already, taken back, or is too old. Nothing was changed. Open the link "
                                          "in the newest mail once more; if that does not help, ask whoever invited you."));
    if (dead && dead->organization) {
        error = look_of(exchange->portal, exchange->arena, dead->organization, &exchange->look);
        text = whom_to_ask(exchange, &exchange->look);
    }
    if (error) return error;
    return exchange_say(exchange, 410, N_("This invitation does not work any more"), text,
                        exchange->signed_in ? N_("Go to your profile") : N_("Go to the sign-in page"),
                        exchange->signed_in ? STR("/profile") : STR("/login"));
}

Str invited_mark(struct exchange *exchange, const struct invitation *invitation)
{
    return form_token(exchange->portal, exchange->arena,
                      arena_print(exchange->arena, "invitation %.*s", STR_ARGS(invitation->public_id)));
}

bool invited_is_other(struct exchange *exchange, const struct invitation *invitation)
{
    const struct form *form = &exchange->request->form;
    return form_has(form, STR("mark")) && !crypto_equal(form_get(form, "mark"), invited_mark(exchange, invitation));
}

/* --- the page --- */

static void add_rights(struct exchange *exchange, Permissions may, struct part *role)
{
    for (size_t i = 0; i < permission_count; i++) {
        if (!(may & permission_bit(permissions[i].name))) continue;
        part_str(part_section(role, "RIGHT"), "TEXT", exchange_text(exchange, permission_words(&permissions[i])));
    }
}

static void add_roles(struct exchange *exchange, const struct invitation *invitation, struct part *content)
{
    size_t count = json_array_size(invitation->roles);
    if (!count) part_show(content, "PLAIN");
    struct part *list = count ? part_section(content, "ROLES") : NULL;
    const struct directory *directory = &exchange->portal->directory;
    for (size_t i = 0; i < count; i++) {
        struct part *part = part_section(list, "ROLE");
        Str name = str_of(json_string_value(json_array_get(invitation->roles, i)));
        part_str(part, "LABEL", role_title(exchange->language, name));
        add_rights(exchange, directory_permissions(directory, name), part);
    }
}

static Str organization_name(const struct exchange *exchange)
{
    return exchange->look.display_name.n ? exchange->look.display_name : exchange->look.name;
}

static Error add_ways_in(struct exchange *exchange, const struct invitation *invitation, struct part *content)
{
    const struct connection *connection;
    Error error = invitation_connection(exchange->portal, invitation->organization, &connection);
    if (error) return error;
    bool makes = connection && !invitation->made_account;
    struct part *stranger = part_section(content, "STRANGER"), *part = part_section(stranger, makes ? "SIGNUP" : "SIGN_IN");
    if (makes)
        part_str(part, "HOME", exchange_fill(exchange, N_("An account that you make here gets {NAME} as its home: its help desk sees your profile "
                                                          "and changes it as far as the rules allow, and can block and delete the account."),
                                             "NAME", organization_name(exchange)));
    Str next = percent_encode(exchange->arena, STR("/invitation"));
    Str door = brand_path(exchange, "/login");
    part_str(part, "LOGIN", arena_print(exchange->arena, "%.*s?next=%.*s", STR_ARGS(door), STR_ARGS(next)));
    part_show(content, "DECLINE");
    return OK;
}

/* Their own address, as far as they see it themselves; never the invited one, which a stranger may be reading here. */
static Error add_somebody_else(struct exchange *exchange, struct part *content)
{
    struct subject subject;
    const struct user *user = &exchange->session.user;
    const struct fields *fields = &exchange->portal->directory.fields;
    const struct field *email = field_find(fields, STR("email"));
    Error error = account_subject(exchange->portal, exchange->arena, user, &subject);
    if (error) return error;
    struct part *part = part_section(content, "SOMEBODY_ELSE");
    bool seen = policy_level(fields, email, &subject, ACTOR_OWNER, false).level >= LEVEL_READ;
    Str own = seen ? str_of(json_string_value(field_value(user->profile, email))) : STR_NONE;
    if (own.n) part_str(part_section(part, "OWN"), "ADDRESS", own);
    else part_show(part, "NO_ADDRESS");
    part_str(part, "INSTEAD", exchange_fill(exchange, N_("To join with the account that you are using now, ask {NAME} to invite its address."),
                                            "NAME", organization_name(exchange)));
    return OK;
}

static Error add_answer(struct exchange *exchange, const struct invitation *invitation, struct part *content)
{
    if (!exchange->signed_in) return add_ways_in(exchange, invitation, content);
    bool fits = invitation_fits(exchange->portal, exchange->arena, invitation, &exchange->session.user);
    if (!fits) return add_somebody_else(exchange, content);
    struct part *accept = part_section(content, "ACCEPT");
    part_str(accept, "ADDRESS", invitation->email);
    part_show(content, "DECLINE");
    return invited_terms(exchange, invitation, accept);
}

static Error show(struct exchange *exchange, const struct invitation *invitation, int status, const char *problem)
{
    gate_begin(exchange);
    struct page *page = exchange_page(exchange, "invitation.tpl", N_("You are invited"));
    struct part *content = page_content(page);
    Str name = organization_name(exchange);
    part_str(content, "HEADING", exchange_fill(exchange, N_("You are invited to {NAME}"), "NAME", name));
    part_str(content, "LEAD", catalog_fill(exchange->arena, exchange_text(exchange, N_("{PERSON} invites you to join {NAME}.")),
                                           "PERSON", invitation->inviter_name, "NAME", name, NULL));
    part_str(content, "UNTIL", exchange_fill(exchange, N_("You can answer until {DATE}."), "DATE",
                                             catalog_date(exchange->arena, exchange->language, invitation->expires_at, true)));
    part_str(content, "MARK", invited_mark(exchange, invitation));
    if (problem) {
        part_show(page_base(page), "HAS_PROBLEM");
        part_str(part_section(content, "PROBLEM"), "TEXT", exchange_text(exchange, problem));
    }
    add_roles(exchange, invitation, content);
    Error error = add_answer(exchange, invitation, content);
    if (!error) exchange_send(exchange, page, status);
    return error;
}

/* --- what became of it --- */

/* Said to members alone, so that the address of the page is no way to ask for an organization's name. */
static Error say_joined(struct exchange *exchange, bool anew)
{
    Str name = form_get(&exchange->request->query, "organization");
    const struct user *user = &exchange->session.user;
    const struct membership *own = NULL;
    for (size_t i = 0; exchange->signed_in && i < user->membership_count; i++)
        if (str_eq(user->memberships[i].rules.organization.name, name)) own = &user->memberships[i];
    if (!own) return ERR_NOT_FOUND;
    exchange->look = look_of_membership(exchange->portal, own);
    Str text = exchange_fill(exchange, anew ? N_("You are a member of {NAME} now, and your e-mail address is confirmed.")
                                            : N_("You are a member of {NAME} already. What the invitation brings was added."),
                             "NAME", organization_name(exchange));
    return exchange_say(exchange, 200, anew ? N_("Welcome") : N_("You had joined before"), text, N_("See your organizations"),
                        STR("/organizations"));
}

static Error say_declined(struct exchange *exchange)
{
    return exchange_say(exchange, 200, N_("You declined the invitation"),
                        exchange_text(exchange, N_("You joined nothing. If you change your mind, ask for a new invitation.")),
                        exchange->signed_in ? N_("Go to your profile") : N_("Go to the sign-in page"),
                        exchange->signed_in ? STR("/profile") : STR("/login"));
}

Error invitation_show(struct exchange *exchange)
{
    struct invitation invitation;
    if (mailed_link_arrived(exchange, cookie)) return OK;
    Str done = form_get(&exchange->request->query, "done");
    if (str_is(done, "joined") || str_is(done, "member")) return say_joined(exchange, str_is(done, "joined"));
    if (str_is(done, "declined")) return say_declined(exchange);
    Error error = invited_find(exchange, &invitation);
    if (error == ERR_EXPIRED) return invited_say_over(exchange, &invitation);
    return error ? error : show(exchange, &invitation, 200, NULL);
}

/* --- the answer --- */

static const char other_address[] = N_("This invitation is for another e-mail address than your account has, so nothing was changed.");

static Error go_on(struct exchange *exchange, Str path)
{
    invited_forget(exchange);
    reply_see_other(exchange->reply, path);
    return OK;
}

/* This page is open to everybody, but who is held up elsewhere joins nothing before that is answered. */
static bool is_held(struct exchange *exchange)
{
    Str way = hold_way(exchange);
    if (way.n) reply_see_other(exchange->reply, exchange->session.user.deletion_at ? way : STR("/consent?next=%2Finvitation"));
    return way.n > 0;
}

static Error accept(struct exchange *exchange, const struct invitation *invitation)
{
    enum invitation_step step;
    if (!exchange->signed_in) return show(exchange, invitation, 403, N_("Sign in or make an account first, then accept."));
    if (is_held(exchange)) return OK;
    Error error = invitation_accept(exchange->portal, &exchange->visit, &exchange->session.user,
                                    mailed_link_secret(exchange, cookie), &step);
    if (error) return error == ERR_EXPIRED ? invited_say_over(exchange, NULL) : error;
    if (step == INVITATION_SUSPENDED)
        return show(exchange, invitation, 403, N_("Your membership there is suspended, so nothing was changed. Ask the organization."));
    if (step == INVITATION_REFUSED) return show(exchange, invitation, 403, other_address);
    return go_on(exchange, arena_print(exchange->arena, "/invitation?done=%s&organization=%.*s",
                                       step == INVITATION_DONE ? "joined" : "member",
                                       STR_ARGS(percent_encode(exchange->arena, exchange->look.name))));
}

static Error decline(struct exchange *exchange, const struct invitation *invitation)
{
    enum invitation_step step;
    const struct user *user = exchange->signed_in ? &exchange->session.user : NULL;
    Error error = invitation_decline(exchange->portal, &exchange->visit, user, mailed_link_secret(exchange, cookie), &step);
    if (error) return error == ERR_EXPIRED ? invited_say_over(exchange, NULL) : error;
    if (step == INVITATION_REFUSED) return show(exchange, invitation, 403, other_address);
    return go_on(exchange, STR("/invitation?done=declined"));
}

Error invitation_save(struct exchange *exchange)
{
    const struct form *form = &exchange->request->form;
    Str decision = form_get(form, "decision");
    struct invitation invitation;
    exchange->reply->no_referrer = true;
    if (form_has_repeats(form) || (!str_is(decision, "accept") && !str_is(decision, "decline"))) return exchange_error(exchange, 422);
    Error error = invited_find(exchange, &invitation);
    if (error) return error == ERR_EXPIRED ? invited_say_over(exchange, &invitation) : error;
    if (invited_is_other(exchange, &invitation))
        return show(exchange, &invitation, 409, N_("Another invitation was opened in this browser meanwhile. Look which one this is, then "
                                                   "answer it."));
    return str_is(decision, "accept") ? accept(exchange, &invitation) : decline(exchange, &invitation);
}
