#include "store/user_store.h"

static Value words(Str text)
{
    return db_text(text.p ? text : STR(""));
}

Error audit_add(struct db *db, const struct audit_entry *entry)
{
    return db_run(db, STMT_audit_add,
                  DB_ARGS(db_int(entry->at), words(entry->request_id), words(entry->actor), words(entry->actor_id),
                          db_text(entry->organization), db_text(entry->connection), db_text(entry->user_id), words(entry->action),
                          words(entry->outcome), db_text(entry->reason), words(entry->peer),
                          db_text(entry->fields.n ? entry->fields : STR("[]"))), NULL);
}
