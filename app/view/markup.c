#include "view/markup.h"

#include <string.h>
#include <strings.h>

bool markup_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static bool begins(Str text, const char *start)
{
    return text.n >= strlen(start) && strncasecmp(text.p, start, strlen(start)) == 0;
}

static bool is_tag(const struct markup *markup, const char *name)
{
    return markup->tag.n == strlen(name) && begins(markup->tag, name);
}

static void begin_tag(struct markup *markup, bool closing)
{
    markup->since = markup->at;
    markup->closing = closing;
    if (closing) markup->at++;
    markup->tag = (Str){markup->text.p + markup->at + 1, 0};
    markup->where = IN_TAG_NAME;
}

static void end_tag(struct markup *markup)
{
    if (!markup->closing && (is_tag(markup, "script") || is_tag(markup, "style"))) markup->where = IN_SCRIPT;
    else if (!markup->closing && (is_tag(markup, "title") || is_tag(markup, "textarea"))) markup->where = IN_TITLE;
    else markup->where = IN_TEXT;
    if (markup->where == IN_TEXT) markup->since = 0;
}

/* A '<' opens a tag before a letter, '/', '!', or a mark, which stands for a name then. */
static void read_text(struct markup *markup, Str rest)
{
    char next = rest.n > 1 ? rest.p[1] : '\0';
    if (rest.p[0] != '<') return;
    if (begins(rest, "<!--")) {
        markup->where = IN_COMMENT;
        markup->since = markup->at;
    } else if (next == '/' || next == '!' || begins(rest, "<{{") || ((next | 32) >= 'a' && (next | 32) <= 'z')) {
        begin_tag(markup, next == '/');
    }
}

static void read_comment(struct markup *markup)
{
    bool ends = markup->at >= markup->since + strlen("<!---->") - 1 && memcmp(markup->text.p + markup->at - 2, "-->", 3) == 0;
    if (!ends) return;
    markup->where = IN_TEXT;
    markup->since = 0;
}

static void read_tag(struct markup *markup, char c)
{
    if (c == '>') {
        end_tag(markup);
    } else if (c == '=') {
        markup->where = BEHIND_EQUALS;
    } else if (markup_is_space(c) || c == '/') {
        markup->where = IN_TAG;
    } else {
        markup->where = IN_ATTRIBUTE;
        markup->attribute = (Str){markup->text.p + markup->at, 1};
    }
}

/* A name grows until something else comes, which is then read as what stands in a tag. */
static enum markup_event read_name(struct markup *markup, char c, Str *name)
{
    enum where where = markup->where;
    if (c != '>' && c != '=' && c != '/' && !markup_is_space(c)) {
        name->n++;
        return MARKUP_NOTHING;
    }
    read_tag(markup, c);
    return where == IN_ATTRIBUTE ? MARKUP_NAMED : MARKUP_NOTHING;
}

static enum markup_event read_equals(struct markup *markup, char c)
{
    if (markup_is_space(c)) return MARKUP_NOTHING;
    if (c != '"' && c != '\'') {
        markup->where = IN_TAG;
        if (c == '>') end_tag(markup);
        return MARKUP_UNQUOTED;
    }
    markup->where = IN_VALUE;
    markup->quote = c;
    markup->since = markup->at + 1;
    return MARKUP_NOTHING;
}

static void read_value(struct markup *markup, char c)
{
    if (c != markup->quote) return;
    markup->where = IN_TAG;
    markup->since = (size_t)(markup->tag.p - markup->text.p) - (markup->closing ? 2 : 1);
}

/* Only the end tag of the same element ends a script or a title. */
static bool ends_element(const struct markup *markup, Str rest)
{
    return begins(rest, "</") && rest.n > markup->tag.n + 2 && strncasecmp(rest.p + 2, markup->tag.p, markup->tag.n) == 0;
}

static enum markup_event read_script(struct markup *markup, Str rest)
{
    if (ends_element(markup, rest)) {
        begin_tag(markup, true);
    } else if (!markup_is_space(rest.p[0])) {
        markup->where = IN_TEXT;
        markup->since = 0;
        return MARKUP_INLINE;
    }
    return MARKUP_NOTHING;
}

static enum markup_event read_character(struct markup *markup, Str rest)
{
    switch (markup->where) {
    case IN_TEXT: read_text(markup, rest); break;
    case IN_COMMENT: read_comment(markup); break;
    case IN_TAG_NAME: return read_name(markup, rest.p[0], &markup->tag);
    case IN_TAG: read_tag(markup, rest.p[0]); break;
    case IN_ATTRIBUTE: return read_name(markup, rest.p[0], &markup->attribute);
    case BEHIND_EQUALS: return read_equals(markup, rest.p[0]);
    case IN_VALUE: read_value(markup, rest.p[0]); break;
    case IN_SCRIPT: return read_script(markup, rest);
    case IN_TITLE: if (ends_element(markup, rest)) begin_tag(markup, true); break;
    }
    return MARKUP_NOTHING;
}

enum markup_event markup_read(struct markup *markup)
{
    enum markup_event event = read_character(markup, str_after(markup->text, markup->at));
    markup->at++;
    return event;
}
