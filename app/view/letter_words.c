#include "view/letter_words.h"

#include "base/text_marker.h"

static const char only_until[] = N_("The link works once, until {UNTIL}.");
static const char about_field[] = N_("What you asked about: {FIELD}");
static const char their_answer[] = N_("Their answer: {REASON}");
static const char their_reason[] = N_("Their reason: {REASON}");
static const char ask_them[] = N_("If you think that this is a mistake, ask the help desk of {NAME}.");
static const char which_account[] = N_("This is about the account {VALUE}.");
static const char nothing_to_do[] = N_("If this was you, there is nothing to do.");

static const struct wording wordings[] = {
    {"password_reset", N_("Choose a new password"),
     {N_("Somebody, probably you, asked for a new password for your account at {NAME}."), which_account}, true, N_("Choose a new password"),
     {only_until, N_("If this was not you, there is nothing to do: only who opens this link can change the password.")}},
    {"password_sent", N_("Choose a new password"),
     {N_("The help desk of {NAME} sends you this link, so that you can choose a new password for your account."),
      N_("The old password works until you have chosen a new one; the help desk sees neither.")}, false, N_("Choose a new password"),
     {only_until, N_("If you do not know why this came, ask the help desk of {NAME}. Without the link nothing changes.")}},
    {"password_elsewhere", N_("Your password is kept elsewhere"),
     {N_("Somebody, probably you, asked for a new password for your account at {NAME}."),
      N_("You sign in there through another service, and that service keeps your password. Change it there; here nothing was changed.")},
     true, NULL, {N_("If this was not you, there is nothing to do.")}},
    {"password_changed", N_("Your password was changed"),
     {N_("The password of your account at {NAME} was changed, and you were signed out everywhere."), nothing_to_do,
      N_("If this was not you, choose a new password at once.")}, true, N_("Choose a new password"), {NULL}},
    {"email_verify", N_("Confirm your e-mail address"),
     {N_("Confirm that {VALUE} is the e-mail address of your account at {NAME}.")}, false, N_("Confirm this address"),
     {only_until, N_("If you have no account at {NAME}, there is nothing to do: without the link nothing happens.")}},
    {"signup_exists", N_("You have an account already"),
     {N_("Somebody, probably you, wanted to make an account at {NAME} with this address. It has one already, so nothing was made or changed."),
      N_("Sign in as usual. If you do not know the password any more, choose a new one from the sign-in page.")}, true, N_("Sign in"),
     {N_("If this was not you, there is nothing to do.")}},
    {"email_change", N_("Confirm your new e-mail address"),
     {N_("Somebody, probably you, wants to use {VALUE} for an account at {NAME}. Until you confirm it, the old address stays.")}, true,
     N_("Confirm this address"),
     {only_until, N_("If this was not you, there is nothing to do: without the link nothing happens.")}},
    {"email_changed", N_("Your e-mail address was changed"),
     {N_("Your account at {NAME} now uses {VALUE} instead of this address."), nothing_to_do,
      N_("If this was not you, undo the change: this address comes back, and everybody is signed out.")}, true,
     N_("Undo the change"), {N_("The link works until {UNTIL}.")}},
    {"email_replaced", N_("Your e-mail address was changed"),
     {N_("The help desk of {NAME} changed the e-mail address of your account on {TIME}. This address does not count any more."),
      ask_them}, false, NULL, {NULL}},
    {"blocked", N_("Your account was blocked"),
     {N_("The help desk of {NAME} blocked your account on {TIME}. You were signed out everywhere and cannot sign in until they unblock it. "
         "Nothing was deleted."), their_reason, ask_them}, false, NULL, {NULL}},
    {"unblocked", N_("Your account works again"),
     {N_("The help desk of {NAME} unblocked your account on {TIME}. You can sign in again, with the same password as before."), their_reason},
     false, NULL, {NULL}},
    {"suspended", N_("Your membership was suspended"),
     {N_("The help desk of {NAME} suspended your membership there on {TIME}. Until they restore it you do not count as a member, and your roles "
         "there rest. Your account and your profile stay as they are."), their_reason, ask_them}, false, NULL, {NULL}},
    {"restored", N_("Your membership was restored"),
     {N_("The help desk of {NAME} restored your membership there on {TIME}. You are a member as before, with the same roles."), their_reason},
     false, NULL, {NULL}},
    {"removed", N_("Your membership has ended"),
     {N_("The help desk of {NAME} ended your membership there on {TIME}. Your roles there are gone; your account and your profile stay."),
      their_reason, ask_them}, false, NULL, {NULL}},
    {"roles_changed", N_("Your roles were changed"),
     {N_("The help desk of {NAME} changed your roles there on {TIME}."), N_("Roles you now have as well: {GIVEN}"),
      N_("Roles you no longer have: {TAKEN}"), their_reason}, false, NULL, {ask_them}},
    {"signed_out", N_("You were signed out everywhere"),
     {N_("The help desk of {NAME} signed you out everywhere on {TIME}. Links that were mailed to you before no longer work. Nothing else was "
         "changed."), their_reason, ask_them}, false, NULL, {NULL}},
    {"phone_changed", N_("Your phone number was changed"),
     {N_("The phone number of your account at {NAME} was changed or removed, and your other devices were signed out."), nothing_to_do,
      N_("If this was not you, choose a new password at once, then look after your phone number.")}, true,
     N_("Choose a new password"), {NULL}},
    {"invitation", N_("You are invited"),
     {N_("{PERSON} invites you to join {NAME}."), N_("What you can do there then: {RIGHTS}"),
      N_("Opening the invitation joins nothing yet: you see first what it is about, then you accept or decline.")}, false,
     N_("See the invitation"),
     {N_("It is for this address alone and works until {UNTIL}."), N_("If you do not know {NAME}, ignore this mail: nothing happens.")}},
    {"request_approved", N_("Your request was approved"),
     {N_("You asked for a change of your profile. The help desk of {NAME} has approved it, and the change is made."), about_field, their_answer},
     false,
     N_("See your requests"), {N_("If this was not you, sign out everywhere and choose a new password.")}},
    {"address_approved", N_("Your request was approved"),
     {N_("You asked the help desk of {NAME} to change the e-mail address of your account to this one. They have approved it, and the change "
         "is made."),
      N_("Another mail brings the link that confirms this address. If it does not come, sign in and ask for it on your e-mail page."),
      N_("If you have no account at {NAME}, there is nothing to do: without that link nothing happens.")}, false, NULL, {NULL}},
    {"request_declined", N_("Your request was declined"),
     {N_("You asked for a change of your profile. The help desk of {NAME} has declined it, so nothing was changed."),
      about_field, their_answer, N_("Their answer stands beside your request.")}, false,
     N_("See your requests"), {N_("If this was not you, sign out everywhere and choose a new password.")}},
    {"deletion_ask", N_("Confirm that your account is to be deleted"),
     {N_("Somebody, probably you, wants to delete your account at {NAME}. Nothing has happened yet.")}, true,
     N_("Go on to delete the account"),
     {only_until, N_("If this was not you, delete nothing and choose a new password: whoever asked for it knows the present one.")}},
    {"deletion_set", N_("Your account will be deleted"),
     {N_("Your account at {NAME} and everything in it will be deleted on {UNTIL}. Everybody is signed out."),
      N_("Until then you can keep it: sign in and choose to keep your account. After that, nobody can bring it back.")}, false,
     N_("Sign in"), {N_("If you did not want this, sign in, keep the account and choose a new password at once.")}},
    {"deletion_desk", N_("Your account will be deleted"),
     {N_("The help desk of {NAME} asked on {TIME} to have your account deleted. It and everything in it will be deleted on {UNTIL}. You are signed "
         "out everywhere."), their_reason,
      N_("Until then you can keep it: sign in and choose to keep your account. After that, nobody can bring it back.")}, false,
     N_("Sign in"), {ask_them}},
    {"deletion_now", N_("Your account is being deleted"),
     {N_("The help desk of {NAME} had your account deleted on {TIME}, with everything in it. Nobody can bring it back."), their_reason, ask_them},
     false, NULL, {NULL}},
    {"deletion_kept", N_("Your account stays"),
     {N_("The help desk of {NAME} took back on {TIME} that your account is to be deleted. Nothing of it is gone, and you can sign in again."),
      their_reason}, false, NULL, {NULL}},
    {"deletion_soon", N_("Your account will be deleted soon"),
     {N_("This is a reminder: your account at {NAME} and everything in it will be deleted on {UNTIL}."),
      N_("Until then you can keep it: sign in and choose to keep your account. After that, nobody can bring it back.")}, false,
     N_("Sign in"), {N_("If it is to be deleted, there is nothing to do.")}},
    {"export_ready", N_("Your data is ready"),
     {N_("You asked for the data that {NAME} keeps about you. It is ready as one file."),
      N_("Download it after you have signed in, until {UNTIL}. Then it is removed.")}, false,
     N_("Go to your data"), {N_("If this was not you, sign out everywhere and choose a new password.")}},
    {"phone_code", NULL,
     {N_("{CODE} is your code for {NAME}. Type it only on the page that asked for it; nobody from {NAME} will ask you for it.")}, false,
     NULL, {NULL}},
};

const struct wording *letter_wording(Str name)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
        if (str_is(name, wordings[i].name)) return &wordings[i];
    return NULL;
}
