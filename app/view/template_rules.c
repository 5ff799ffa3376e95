/* The engine escapes by the place where it believes a value to stand, and it is wrong about some places: unknown URL
   attributes, scripts, a section that opens or closes half an attribute. So templates are held to a plain shape in which it is
   right: attribute values stand in quotes, values stand in text or in attributes of a list, sections hold whole things, and
   scripts, styles and handlers stand in files of their own. */
#include <string.h>
#include <strings.h>

#include "view/mark.h"
#include "view/markup.h"
#include "view/placeholder.h"
#include "view/view_data.h"

#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}\n"

enum { SECTIONS_MAX = 32 };

struct section {
    Str name;
    size_t line;
    enum where where;
    size_t since;
    bool query;
};

struct checker {
    const struct statics *statics;
    struct problems *problems;
    Str path;
    size_t line;
    struct markup markup;
    bool mail;                    /* mail*.tpl: no program that shows mail loads a style sheet, so styles may stand here */
    bool offline;                 /* export.tpl: a page that is read where nothing is loaded from, with a <style> of ours in it */
    bool rooted;                  /* an address: '/', '?' or '#' of ours came before, so no value can choose the scheme */
    bool query;                   /* an address: '?' came before */
    struct section open[SECTIONS_MAX];
    size_t depth;
};

static const char *const plain_attributes[] = {
    "accept", "alt", "autocomplete", "bgcolor", "class", "color", "cols", "colspan", "datetime", "dir", "for", "form", "headers",
    "height",
    "hreflang", "id", "inputmode", "label", "lang", "list", "max", "maxlength", "min", "minlength", "name", "pattern",
    "placeholder", "role", "rows", "rowspan", "scope", "size", "step", "tabindex", "title", "type", "value", "width",
};
static const char *const address_attributes[] = {"href", "src", "action", "cite"};
static const char *const loading_tags[] = {"script", "iframe", "embed", "object", "base", "frame"};

static bool begins(Str text, const char *start)
{
    return text.n >= strlen(start) && strncasecmp(text.p, start, strlen(start)) == 0;
}

static bool is_same(Str text, const char *name)
{
    return text.n == strlen(name) && begins(text, name);
}

static bool is_one_of(Str text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_same(text, list[i])) return true;
    return false;
}
#define IS_ONE_OF(text, list) is_one_of((text), (list), sizeof(list) / sizeof *(list))

static bool in_address(const struct checker *checker)
{
    return checker->markup.where == IN_VALUE && IS_ONE_OF(checker->markup.attribute, address_attributes);
}

static bool in_tag(const struct checker *checker)
{
    enum where where = checker->markup.where;
    return where == IN_TAG_NAME || where == IN_TAG || where == IN_ATTRIBUTE;
}

static Str rest_of(const struct checker *checker)
{
    return str_after(checker->markup.text, checker->markup.at);
}

static void complain_at(const struct checker *checker, size_t line, Str message)
{
    Str place = arena_print(checker->problems->arena, "%.*s:%zu", STR_ARGS(checker->path), line);
    problem_add(checker->problems, place, "%.*s", STR_ARGS(message));
}

static void complain(const struct checker *, const char *format, ...) PRINTF_LIKE(2, 3);
static void complain(const struct checker *checker, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    complain_at(checker, checker->line, arena_vprint(checker->problems->arena, format, values));
    va_end(values);
}

static void check_address_value(const struct checker *checker, const struct mark *mark)
{
    const struct markup *markup = &checker->markup;
    if (IS_ONE_OF(markup->tag, loading_tags))
        complain(checker, "A value cannot choose what <%.*s> loads.", STR_ARGS(markup->tag));
    else if (is_same(markup->tag, "link") && !checker->rooted)
        complain(checker, "An address of <link> cannot begin with the value %.*s.", STR_ARGS(mark->name));
    else if (markup->at != markup->since && !checker->rooted)
        complain(checker, "The value %.*s could change the scheme: '/', '?' or '#' must come before.", STR_ARGS(mark->name));
    else if (checker->query && !is_same(mark->modifiers, "u"))
        complain(checker, "Behind '?' the value is written {{%.*s:u}}.", STR_ARGS(mark->name));
}

static void check_attribute_value(const struct checker *checker, const struct mark *mark)
{
    Str attribute = checker->markup.attribute;
    if (in_address(checker)) check_address_value(checker, mark);
    else if (!IS_ONE_OF(attribute, plain_attributes) && !begins(attribute, "data-") && !begins(attribute, "aria-"))
        complain(checker, "The attribute %.*s cannot hold a value.", STR_ARGS(attribute));
}

static void check_value(const struct checker *checker, const struct mark *mark)
{
    Str name = mark->name;
    bool lines = is_same(mark->modifiers, "p") && (checker->markup.where == IN_TEXT || checker->markup.where == IN_TITLE);
    if (mark->modifiers.p && !is_same(mark->modifiers, "u") && !lines)
        complain(checker, "The modifier \"%.*s\" is not used: a value is escaped by its place.", STR_ARGS(mark->modifiers));
    switch (checker->markup.where) {
    case IN_TEXT:
    case IN_TITLE: break;
    case IN_VALUE: check_attribute_value(checker, mark); break;
    case IN_COMMENT: complain(checker, "The value %.*s stands in a comment.", STR_ARGS(name)); break;
    case IN_SCRIPT: complain(checker, "The value %.*s stands in a script or style.", STR_ARGS(name)); break;
    case BEHIND_EQUALS: complain(checker, "The value %.*s stands in an attribute without quotes.", STR_ARGS(name)); break;
    default: complain(checker, "The value %.*s stands where the name of a tag or attribute is.", STR_ARGS(name));
    }
}

static void check_text(const struct checker *checker, const struct mark *mark)
{
    enum where where = checker->markup.where;
    bool style = where == IN_VALUE && is_same(checker->markup.attribute, "style");
    if (style || in_address(checker) || (where != IN_TEXT && where != IN_TITLE && where != IN_VALUE))
        complain(checker, "The text \"%.*s\" cannot stand here.", STR_ARGS(mark->name));
    Str name;
    for (size_t from = 0, begin; placeholder_next(mark->name, &from, &begin, &name);)
        check_value(checker, &(struct mark){.kind = MARK_VALUE, .name = name});
}

static void check_static(struct checker *checker, const struct mark *mark)
{
    const struct markup *markup = &checker->markup;
    if (!statics_path(checker->statics, mark->name).p)
        complain(checker, "There is no static file %.*s.", STR_ARGS(mark->name));
    if (markup->where != IN_VALUE || markup->at != markup->since)
        complain(checker, "The path of %.*s begins an attribute's value.", STR_ARGS(mark->name));
    checker->rooted = true;
}

static void check_section_begin(const struct checker *checker, Str name, Str behind)
{
    const struct markup *markup = &checker->markup;
    bool apart = (behind.n && markup_is_space(behind.p[0])) || (markup->at && markup_is_space(markup->text.p[markup->at - 1]));
    if (markup->where == IN_COMMENT || markup->where == IN_SCRIPT || markup->where == BEHIND_EQUALS)
        complain(checker, "The section %.*s cannot begin here.", STR_ARGS(name));
    else if (in_tag(checker) && !apart)
        complain(checker, "The section %.*s begins inside the name of a tag or attribute.", STR_ARGS(name));
    else if (in_address(checker) && !checker->rooted)
        complain(checker, "The section %.*s could change the scheme: '/', '?' or '#' must come before.", STR_ARGS(name));
}

/* Inside a tag a section holds whole attributes: white space stands between it and its neighbours, shown or hidden. */
static void open_section(struct checker *checker, const struct mark *mark)
{
    check_section_begin(checker, mark->name, str_after(rest_of(checker), mark->length));
    if (checker->markup.where == IN_VALUE && is_same(checker->markup.attribute, "style"))
        complain(checker, "The section %.*s stands in a style.", STR_ARGS(mark->name));
    if (checker->depth == SECTIONS_MAX) {
        complain(checker, "The section %.*s lies too deep in others.", STR_ARGS(mark->name));
        return;
    }
    struct markup *markup = &checker->markup;
    if (in_tag(checker)) markup->where = IN_TAG;
    checker->open[checker->depth++] = (struct section){.name = mark->name, .line = checker->line, .where = markup->where,
                                                       .since = markup->since, .query = checker->query};
}

static void close_section(struct checker *checker, const struct mark *mark)
{
    struct markup *markup = &checker->markup;
    if (!checker->depth || !str_eq(checker->open[checker->depth - 1].name, mark->name)) {
        complain(checker, "The section %.*s ends here but is not the innermost open one.", STR_ARGS(mark->name));
        return;
    }
    const struct section *section = &checker->open[--checker->depth];
    Str behind = str_after(rest_of(checker), mark->length);
    if (in_tag(checker)) markup->where = IN_TAG;
    if (markup->where != section->where || markup->since != section->since)
        complain(checker, "The section %.*s splits a tag or attribute: it ends at another kind of place than it began.",
                 STR_ARGS(mark->name));
    else if (in_tag(checker) && behind.n && !markup_is_space(behind.p[0]) && !str_has(STR(">/{"), behind.p[0]))
        complain(checker, "The section %.*s ends inside the name of an attribute.", STR_ARGS(mark->name));
    checker->query = section->query;
}

static void check_mark(struct checker *checker, const struct mark *mark)
{
    Str shown = str_first(rest_of(checker), 24);
    switch (mark->kind) {
    case MARK_VALUE: check_value(checker, mark); break;
    case MARK_SECTION: open_section(checker, mark); break;
    case MARK_END: close_section(checker, mark); break;
    case MARK_TEXT: check_text(checker, mark); break;
    case MARK_STATIC: check_static(checker, mark); break;
    case MARK_COMMENT: break;
    case MARK_PRAGMA: complain(checker, "Only the first line holds a pragma."); break;
    case MARK_UNKNOWN:
        shown = str_cut(&shown, '\n');
        complain(checker, "This mark is not known: %.*s", STR_ARGS(shown));
        break;
    case MARK_INCLUDE:
        if (checker->markup.where != IN_TEXT)
            complain(checker, "The include %.*s stands in a tag, comment, script or title.", STR_ARGS(mark->name));
    }
}

/* A style in a mail is ours to the last byte: sections, values and texts have no place in it. */
static bool is_banned(const struct checker *checker, Str attribute)
{
    return begins(attribute, "on") || is_same(attribute, "srcdoc") || (is_same(attribute, "style") && !checker->mail);
}

static void check_event(struct checker *checker, enum markup_event event)
{
    Str attribute = checker->markup.attribute, tag = checker->markup.tag;
    if (event == MARKUP_INLINE && checker->offline && is_same(tag, "style"))
        checker->markup.where = IN_SCRIPT;     /* to its end tag, so that no value stands in it */
    else if (event == MARKUP_UNQUOTED)
        complain(checker, "The value of the attribute %.*s stands in quotes.", STR_ARGS(attribute));
    else if (event == MARKUP_INLINE)
        complain(checker, "A <%.*s> stands in a file of its own, not in a template.", STR_ARGS(tag));
    else if (event == MARKUP_NAMED && is_banned(checker, attribute))
        complain(checker, "The attribute %.*s is not used: scripts and styles stand in files of their own.", STR_ARGS(attribute));
}

/* What a character of ours does to the address it stands in. One that a section may hide roots nothing. */
static void follow_address(struct checker *checker, char c)
{
    const struct markup *markup = &checker->markup;
    bool hidden = checker->depth && checker->open[checker->depth - 1].since == markup->since;
    if (markup->where != IN_VALUE || markup->at == markup->since) {
        checker->rooted = checker->query = false;
        return;
    }
    if (!hidden && (c == '/' || c == '?' || c == '#')) checker->rooted = true;
    if (c == '?') checker->query = true;
}

static void check_template(struct checker *checker)
{
    struct markup *markup = &checker->markup;
    while (markup->at < markup->text.n) {
        size_t from = markup->at;
        if (str_starts(rest_of(checker), STR("{{"))) {
            struct mark mark = mark_read(rest_of(checker));
            check_mark(checker, &mark);
            markup->at += mark.length;
        } else {
            check_event(checker, markup_read(markup));
            follow_address(checker, markup->text.p[from]);
        }
        for (; from < markup->at; from++) checker->line += markup->text.p[from] == '\n';
    }
}

static Str file_of(Str path)
{
    const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
    return slash ? str_after(path, (size_t)(slash - path.p) + 1) : path;
}

void template_check(const struct statics *statics, Str path, Str text, struct problems *problems)
{
    struct checker checker = {.statics = statics, .problems = problems, .path = path, .line = 1, .markup.text = text};
    checker.mail = begins(file_of(path), "mail");
    checker.offline = is_same(file_of(path), "export.tpl");
    if (str_starts(text, STR(PRAGMA))) {
        checker.markup.at = strlen(PRAGMA);
        checker.line = 2;
    } else {
        complain(&checker, "The first line is %.*s", STR_ARGS(str_trim(STR(PRAGMA))));
    }
    check_template(&checker);
    for (size_t i = 0; i < checker.depth; i++) {
        Str message = arena_print(problems->arena, "The section %.*s is not closed.", STR_ARGS(checker.open[i].name));
        complain_at(&checker, checker.open[i].line, message);
    }
    if (checker.markup.where != IN_TEXT) complain(&checker, "The file ends inside a tag, comment, script or title.");
}
