// The ceilings: what a bare FastCGI program can do here. bare SOCKET WORKERS MODE FILE
//   page    one indexed read of SQLite and one ctemplate page of about FILE's size (a page of ours, saved)
//   filled  the same page with sixty values of its own and a loop of twenty rows of three: what a page with a form holds
//   update  one committed UPDATE of one row (WAL, FULL) and a 303
//   hash    one argon2id of the portal's cost and a 303
#include <ctemplate/template.h>
#include <fcgiapp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

static sqlite3 *db;

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        std::fprintf(stderr, "bare: %s\n", sqlite3_errmsg(db));
        std::exit(1);
    }
    return statement;
}

static void open_store(const char *path)
{
    if (sqlite3_open(path, &db) != SQLITE_OK) std::exit(1);
    sqlite3_busy_timeout(db, 5000);
    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", nullptr, nullptr, nullptr);
}

static void send(FCGX_Request &request, const std::string &text) { FCGX_PutStr(text.data(), (int)text.size(), request.out); }

static unsigned long parameter(FCGX_Request &request)
{
    const char *address = FCGX_GetParam("REQUEST_URI", request.envp);
    const char *query = address ? std::strchr(address, '?') : nullptr;
    return query ? std::strtoul(query + 1, nullptr, 10) : 0;
}

enum { VALUES = 60, ROWS = 20 };

static void fill(ctemplate::TemplateDictionary &values)
{
    static char names[VALUES][8];
    for (int i = 0; i < VALUES; i++) {
        std::snprintf(names[i], sizeof names[i], "V%d", i);
        values.SetValue(names[i], "A value of <ordinary> length");
    }
    for (int i = 0; i < ROWS; i++) {
        ctemplate::TemplateDictionary *row = values.AddSectionDictionary("ROW");
        row->SetValue("A", "name");
        row->SetValue("B", "What it is called");
        row->SetValue("C", "What it holds");
    }
}

static std::string marks()
{
    std::string text = "{{#ROW}}<p id=\"{{A}}\">{{B}}: {{C}}</p>{{/ROW}}\n";
    for (int i = 0; i < VALUES; i++) text += "<p>{{V" + std::to_string(i) + "}}</p>\n";
    return text;
}

static void page(FCGX_Request &request, sqlite3_stmt *read, bool filled)
{
    ctemplate::TemplateDictionary values("page");
    if (filled) fill(values);
    sqlite3_bind_int64(read, 1, (sqlite3_int64)(parameter(request) % 1000000) + 1);
    if (sqlite3_step(read) == SQLITE_ROW) {
        values["NAME"] = (const char *)sqlite3_column_text(read, 0);
        values["PROFILE"] = (const char *)sqlite3_column_text(read, 1);
    }
    sqlite3_reset(read);
    std::string body;
    ctemplate::ExpandTemplate("bare.tpl", ctemplate::DO_NOT_STRIP, &values, &body);
    send(request, "Status: 200\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body);
}

static void update(FCGX_Request &request, sqlite3_stmt *write)
{
    static long changed = (long)getpid() << 24;
    sqlite3_bind_int64(write, 1, ++changed);
    sqlite3_bind_int64(write, 2, (sqlite3_int64)(parameter(request) % 1000000) + 1);
    int result = sqlite3_step(write);
    sqlite3_reset(write);
    send(request, result == SQLITE_DONE ? "Status: 303\r\nLocation: /\r\n\r\n" : "Status: 503\r\n\r\n");
}

static void hash(FCGX_Request &request, unsigned long long passes, size_t bytes)
{
    unsigned char out[32], salt[crypto_pwhash_SALTBYTES] = {1};
    int bad = crypto_pwhash(out, sizeof out, "a password", 10, salt, passes, bytes, crypto_pwhash_ALG_ARGON2ID13);
    send(request, bad ? "Status: 503\r\n\r\n" : "Status: 303\r\nLocation: /\r\n\r\n");
}

static void serve(int listening, const std::string &mode, const char *store)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, listening, 0);
    open_store(store);
    sqlite3_stmt *read = prepare("SELECT user_id, profile FROM account WHERE id = $1");
    sqlite3_stmt *write = prepare("UPDATE bare SET value = $1 WHERE id = $2");
    while (FCGX_Accept_r(&request) == 0) {
        if (mode == "page" || mode == "filled") page(request, read, mode == "filled");
        else if (mode == "update") update(request, write);
        else hash(request, std::strtoull(std::getenv("PASSES"), nullptr, 10), std::strtoull(std::getenv("KIB"), nullptr, 10) * 1024);
        FCGX_Finish_r(&request);
    }
}

int main(int argc, char **argv)
{
    if (argc != 6 || sodium_init() < 0) return 2;
    std::ifstream sample(argv[4]);
    std::stringstream text;
    text << sample.rdbuf();
    std::string own = text.str();
    enum { FILLED_BYTES = 4500 };    // what the marks become, taken off the sample so that the page keeps its size
    if (std::string(argv[3]) == "filled") own = marks() + own.substr(0, own.size() > FILLED_BYTES ? own.size() - FILLED_BYTES : 0);
    ctemplate::StringToTemplateCache("bare.tpl", "{{%AUTOESCAPE context=\"HTML\"}}\n<!doctype html><title>{{NAME}}</title><p>{{PROFILE}}\n" + own,
                                     ctemplate::DO_NOT_STRIP);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    unlink(argv[1]);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 1024)) return 1;
    chmod(argv[1], 0666);
    for (int i = std::atoi(argv[2]); i > 0; i--)
        if (fork() == 0) {
            serve(listening, argv[3], argv[5]);
            return 0;
        }
    while (wait(nullptr) > 0) {}
    return 0;
}
