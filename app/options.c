#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "model/identifier.h"
#include "net/target.h"

extern char **environ;

enum kind { KIND_TEXT, KIND_PATH, KIND_INT };

struct option {
    const char *name;
    enum kind kind;
    size_t offset;                /* in struct options */
    const char *preset;           /* of texts and paths */
    int64_t preset_int, least, most;
    const char *help;
};

static const struct option table[] = {
#define OPTION_TEXT(name, preset, help) {#name, KIND_TEXT, offsetof(struct options, name), preset, 0, 0, 0, help},
#define OPTION_PATH(name, preset, help) {#name, KIND_PATH, offsetof(struct options, name), preset, 0, 0, 0, help},
#define OPTION_INT(name, preset, least, most, help) {#name, KIND_INT, offsetof(struct options, name), NULL, preset, least, most, help},
#include "options.def"
#undef OPTION_TEXT
#undef OPTION_PATH
#undef OPTION_INT
};
enum {
    OPTIONS = sizeof table / sizeof *table,
    SOCKET_PATH = 107,            /* sun_path of unix(7), without its NUL */
    WIDTH = 100,                  /* columns of the sample */
};

static const char prefix[] = "LATCHKEY_";

struct reading {
    struct arena *arena;
    struct problems *problems;
    struct options *options;
    Str file, folder;             /* folder: STR_NONE when the file's name has none */
    bool understood;              /* the file as a whole; else what it says is unknown, not missing */
    Str place[OPTIONS];           /* where each option's value came from; the file itself for presets */
};

/* --- values, from wherever they come --- */

static Str *text_of(struct options *options, const struct option *option)
{
    return (Str *)(void *)((char *)options + option->offset);
}

static int64_t *int_of(struct options *options, const struct option *option)
{
    return (int64_t *)(void *)((char *)options + option->offset);
}

static Str from_folder(const struct reading *reading, Str path)
{
    if (path.n == 0 || path.p[0] == '/' || !reading->folder.p) return arena_copy(reading->arena, path);
    return arena_print(reading->arena, "%.*s/%.*s", STR_ARGS(reading->folder), STR_ARGS(path));
}

static void put_text(struct reading *reading, const struct option *option, Str place, Str value)
{
    if (!utf8_is_valid(value) || utf8_has_forbidden(value, false)) {
        problem_add(reading->problems, place, "%s: must be UTF-8 text without control characters", option->name);
        return;
    }
    if (option->kind == KIND_PATH && value.n == 0 && *option->preset) {
        problem_add(reading->problems, place, "%s: needs a path", option->name);
        return;
    }
    reading->place[option - table] = place;
    *text_of(reading->options, option) =
        option->kind == KIND_PATH ? from_folder(reading, value) : arena_copy(reading->arena, value);
}

static void put_int(struct reading *reading, const struct option *option, Str place, int64_t value)
{
    if (value < option->least || value > option->most) {
        problem_add(reading->problems, place, "%s: must be from %lld to %lld", option->name, (long long)option->least,
                    (long long)option->most);
        return;
    }
    reading->place[option - table] = place;
    *int_of(reading->options, option) = value;
}

static void put_presets(struct reading *reading)
{
    for (const struct option *option = table; option < table + OPTIONS; option++) {
        if (option->kind == KIND_INT) put_int(reading, option, reading->file, option->preset_int);
        else put_text(reading, option, reading->file, str_of(option->preset));
    }
}

static const struct option *option_named(Str name)
{
    for (const struct option *option = table; option < table + OPTIONS; option++)
        if (str_is(name, option->name)) return option;
    return NULL;
}

/* --- the file --- */

static void put_setting(struct reading *reading, const config_setting_t *setting)
{
    const char *file = config_setting_source_file(setting), *name = config_setting_name(setting);
    Str place = arena_print(reading->arena, "%s:%u", file ? file : reading->file.p, config_setting_source_line(setting));
    const struct option *option = option_named(str_of(name));
    int type = config_setting_type(setting);
    if (!option) {
        problem_add(reading->problems, place, "%s: there is no such option", name);
    } else if (option->kind == KIND_INT) {
        if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64)
            put_int(reading, option, place, config_setting_get_int64(setting));
        else problem_add(reading->problems, place, "%s: must be a whole number", name);
    } else {
        if (type == CONFIG_TYPE_STRING) put_text(reading, option, place, str_of(config_setting_get_string(setting)));
        else problem_add(reading->problems, place, "%s: must be text in \"quotes\"", name);
    }
}

static void read_config(struct reading *reading, config_t *config)
{
    if (reading->folder.p) config_set_include_dir(config, arena_cstr(reading->arena, reading->folder));
    if (!config_read_file(config, reading->file.p)) {
        const char *file = config_error_file(config);
        Str place = arena_print(reading->arena, "%s:%d", file ? file : reading->file.p, config_error_line(config));
        problem_add(reading->problems, place, "%s", config_error_text(config));
        return;
    }
    reading->understood = true;
    const config_setting_t *root = config_root_setting(config);
    for (int i = 0; i < config_setting_length(root); i++)
        put_setting(reading, config_setting_get_elem(root, (unsigned)i));
}

/* The library's scanner ends the program when it is handed a folder, so that is found out before. */
static Error read_file(struct reading *reading)
{
    struct stat status;
    if (stat(reading->file.p, &status)) {
        problem_add(reading->problems, reading->file, "%s", strerror(errno));
        return ERR_NOT_FOUND;
    }
    if (!S_ISREG(status.st_mode) || access(reading->file.p, R_OK)) {
        problem_add(reading->problems, reading->file, S_ISREG(status.st_mode) ? "cannot be read" : "is not a file");
        return OK;
    }
    config_t config;
    config_init(&config);
    read_config(reading, &config);
    config_destroy(&config);
    return OK;
}

static Str find_file(struct arena *arena, const char *file)
{
    static const char here[] = "latchkey.conf", system_wide[] = "/etc/latchkey/latchkey.conf";
    if (file) return arena_copy(arena, str_of(file));
    return str_of(access(here, F_OK) && !access(system_wide, F_OK) ? system_wide : here);
}

static Str folder_of(struct arena *arena, Str file)
{
    const char *slash = memrchr(file.p, '/', file.n);
    if (!slash) return STR_NONE;
    return arena_copy(arena, str_first(file, slash == file.p ? 1 : (size_t)(slash - file.p)));
}

/* --- the environment --- */

static void put_variable(struct reading *reading, Str name, Str value)
{
    Str place = arena_copy(reading->arena, name);
    Str rest = str_after(name, sizeof prefix - 1);
    Str lower = utf8_ascii_lower(reading->arena, rest);
    const struct option *option = option_named(lower);
    int64_t number;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] >= 'a' && rest.p[i] <= 'z') option = NULL;
    if (!option) problem_add(reading->problems, place, "there is no such option");
    else if (option->kind != KIND_INT) put_text(reading, option, place, value);
    else if (str_to_int(value, &number)) put_int(reading, option, place, number);
    else problem_add(reading->problems, place, "%s: must be a whole number", option->name);
}

static void read_environment(struct reading *reading)
{
    for (char **entry = environ; entry && *entry; entry++) {
        Str value = str_of(*entry);
        if (!str_starts(value, str_of(prefix))) continue;
        Str name = str_cut(&value, '=');
        if (value.p) put_variable(reading, name, value);
    }
}

/* --- what several options say together --- */

static Str place_of(const struct reading *reading, const char *name)
{
    return reading->place[option_named(str_of(name)) - table];
}

static void complain(const struct reading *reading, const char *name, const char *wrong)
{
    problem_add(reading->problems, place_of(reading, name), "%s: %s", name, wrong);
}

static bool is_host_label(Str label)
{
    if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
    for (size_t i = 0; i < label.n; i++)
        if (!isalnum((unsigned char)label.p[i]) && label.p[i] != '-') return false;
    return true;
}

static bool is_host(Str host)
{
    if (host.n == 0 || host.n > 253 || host.p[host.n - 1] == '.') return false;
    while (host.p)
        if (!is_host_label(str_cut(&host, '.'))) return false;
    return true;
}

static bool is_port(Str port)
{
    int64_t number;
    return port.n > 0 && port.p[0] != '0' && str_to_int(port, &number) && number >= 1 && number <= 65535;
}

/* The address in the form browsers use in Origin and Host: lower case, without the scheme's own port, no path.
   Returns what is wrong with it, or NULL. */
static const char *put_public_url(struct reading *reading)
{
    struct options *options = reading->options;
    Str rest = utf8_ascii_lower(reading->arena, options->public_url);
    options->https = str_starts(rest, STR("https://"));
    if (rest.n == 0) return "is needed: where people reach the portal, like https://account.example.com";
    if (!options->https && !str_starts(rest, STR("http://"))) return "must begin with https://";
    rest = str_after(rest, options->https ? sizeof "https://" - 1 : sizeof "http://" - 1);
    if (str_ends(rest, STR("/"))) rest = str_first(rest, rest.n - 1);
    if (str_has(rest, '/') || str_has(rest, '?') || str_has(rest, '#')) return "must have no path";
    Str port = rest, host = str_cut(&port, ':');
    if (!is_host(host)) return "needs a host name of letters, digits, '-' and '.' (others in their xn-- form)";
    if (port.p && !is_port(port)) return "needs a port from 1 to 65535 behind ':'";
    if (!options->https && !str_is(host, "localhost")) return "http:// is accepted for localhost alone";
    bool own_port = !port.p || str_is(port, options->https ? "443" : "80");
    options->host = arena_copy(reading->arena, own_port ? host : rest);
    options->public_url = arena_print(reading->arena, "%s://%s", options->https ? "https" : "http", options->host.p);
    return NULL;
}

static int64_t cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

static int64_t at_most(int64_t number, int64_t most)
{
    return number < most ? number : most;
}

static void choose_processes(struct options *options)
{
    if (options->workers == 0) options->workers = at_most(4 * cores(), option_named(STR("workers"))->most);
    if (options->hashers == 0) options->hashers = at_most(cores(), option_named(STR("hashers"))->most);
}

/* dir:PATH begins at the file's folder like every other path. */
static void put_folder(const struct reading *reading, Str *url)
{
    if (!str_starts(*url, STR("dir:"))) return;
    Str path = from_folder(reading, str_after(*url, sizeof "dir:" - 1));
    *url = arena_join(reading->arena, STR("dir:"), path);
}

static void check_delivery(struct reading *reading)
{
    struct options *options = reading->options;
    struct mailbox from;
    bool from_is_good = mailbox_read(options->mail_from, &from);
    put_folder(reading, &options->mail_url);
    put_folder(reading, &options->sms_url);
    if (options->mail_url.n && !target_is_mail(options->mail_url))
        complain(reading, "mail_url", "must be smtp://host:port, smtps://host:port or dir:PATH");
    if (!str_is(options->mail_tls, "required") && !str_is(options->mail_tls, "off"))
        complain(reading, "mail_tls", "must be required or off");
    if (options->mail_from.n ? !from_is_good : options->mail_url.n > 0)
        complain(reading, "mail_from", "must be the sender, like Example <no-reply@example.com>");
    if (options->sms_url.n && !target_is_sms(options->sms_url))
        complain(reading, "sms_url", "must be an https:// address (http:// for localhost alone) or dir:PATH");
    if (!calling_codes_are(options->sms_countries))
        complain(reading, "sms_countries", "must be calling codes with blanks between them, like 44 49 1");
}

static void check_breaches(struct reading *reading)
{
    const struct options *options = reading->options;
    struct target target;
    if (options->breach_file.n && access(options->breach_file.p, R_OK)) complain(reading, "breach_file", "cannot be read");
    if (options->breach_url.n && !(target_read(options->breach_url, &target) && target.kind == TARGET_HTTP))
        complain(reading, "breach_url", "must be an https:// address (http:// for localhost alone)");
}

static void check_together(struct reading *reading)
{
    const char *wrong = put_public_url(reading);
    if (wrong) complain(reading, "public_url", wrong);
    check_delivery(reading);
    check_breaches(reading);
    if (reading->options->socket.n > SOCKET_PATH)
        problem_add(reading->problems, place_of(reading, "socket"), "socket: the path has more than %d bytes", SOCKET_PATH);
    choose_processes(reading->options);
}

Error options_read(struct arena *arena, const char *file, struct problems *problems, struct options *out)
{
    struct reading reading = {.arena = arena, .problems = problems, .options = out, .file = find_file(arena, file)};
    size_t before = problems->count;
    *out = (struct options){0};
    reading.folder = folder_of(arena, reading.file);
    put_presets(&reading);
    Error error = read_file(&reading);
    if (error) return error;
    read_environment(&reading);
    if (reading.understood) check_together(&reading);
    return problems->count == before ? OK : ERR_INVALID;
}

/* --- the sample --- */

static void add_wrapped(struct text *text, const char *sentence)
{
    size_t column = 0;
    for (Str rest = str_of(sentence); rest.p;) {
        Str word = str_cut(&rest, ' ');
        if (column && column + 1 + word.n > WIDTH) {
            text_add(text, STR("\n"));
            column = 0;
        }
        text_print(text, "%s %.*s", column ? "" : "#", STR_ARGS(word));
        column += 1 + word.n + (column ? 0 : 1);
    }
    text_add(text, STR("\n"));
}

static void add_option(struct text *text, const struct option *option)
{
    text_add(text, STR("\n"));
    add_wrapped(text, option->help);
    if (option->kind == KIND_INT)
        text_print(text, "# From %lld to %lld.\n#%s = %lld;\n", (long long)option->least, (long long)option->most,
                   option->name, (long long)option->preset_int);
    else text_print(text, "#%s = \"%s\";\n", option->name, option->preset);
}

Str options_sample(struct arena *arena)
{
    struct text text = {.arena = arena};
    add_wrapped(&text, "Latchkey's configuration: every option with what it is set to when it does not stand here. Only "
                       "public_url must be set.");
    add_wrapped(&text, "Each can be given as LATCHKEY_NAME in the environment too, which wins. Relative paths begin at this "
                       "file's folder. @include \"FILE\" reads another file.");
    for (size_t i = 0; i < OPTIONS; i++)
        add_option(&text, &table[i]);
    return text_str(&text);
}
