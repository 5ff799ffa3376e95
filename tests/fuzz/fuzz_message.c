/* A mail from hostile parts, one a line: sender's name, sender, recipient, subject, language, id; what follows is the body. Either
   it is refused, or every line of it is safe on the wire and no part added a header. */
#include "fuzz.h"

#include "net/message.h"

enum { HEADERS = 9, LINE = 998 };

static void check_wire(Str message)
{
    size_t headers = 0, column = 0;
    bool body = false;
    FUZZ_CHECK(message.n > 2 && message.p[message.n - 1] == '\n');
    for (size_t i = 0; i < message.n; i++) {
        unsigned char c = (unsigned char)message.p[i];
        if (c == '\r') {
            FUZZ_CHECK(message.p[++i] == '\n');
            if (column == 0) body = true;
            column = 0;
            continue;
        }
        FUZZ_CHECK(c >= 0x20 && c < 0x7f && !(column == 0 && c == '.'));
        if (column == 0 && !body && c != ' ') headers++;
        FUZZ_CHECK(++column <= LINE);
    }
    FUZZ_CHECK(headers == HEADERS && body);
}

static void target(struct arena *arena, Str input)
{
    struct mail mail = {.at = 1795229580};
    struct mailbox mailbox;
    struct target where;
    Str message;
    Str *const parts[] = {&mail.from.name, &mail.from.address, &mail.to, &mail.subject, &mail.language, &mail.id};
    if (mailbox_read(str_first(input, 300), &mailbox)) FUZZ_CHECK(target_address_is(mailbox.address));
    if (target_read(str_first(input, 300), &where)) FUZZ_CHECK(where.kind != TARGET_FOLDER || where.folder.n > 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) *parts[i] = str_cut(&input, '\n');
    mail.text = mail.html = input;
    if (message_write(arena, &mail, &message) == OK) check_wire(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_in_arena(data, size, target);
}
