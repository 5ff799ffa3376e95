/* view/: templates are held to their rules, translated, and filled; whatever a value holds, it stays a value. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "support/mo.h"
#include "view/files.h"
#include "view/mark.h"
#include "view/view.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}\n"
#define assert_str(actual, expected) assert_str_at((actual), (expected), __LINE__)

static void assert_str_at(Str actual, const char *expected, int line)
{
    if (!str_is(actual, expected)) fail_msg("line %d: got \"%.*s\", expected \"%s\"", line, STR_ARGS(actual), expected);
}

static const struct mo_row english[] = {
    {"", MO_HEADER(MO_PLURAL_EN), NULL},
    {"Hello {NAME}", "Hello {NAME}", NULL},
    {"Say \"hi\"", "Say \"hi\"", NULL},
    {"direction\004ltr", "ltr", NULL},
    {"language name\004English", "English", NULL},
    {NULL, NULL, NULL},
};

/* A translator who means harm. */
static const struct mo_row german[] = {
    {"", MO_HEADER(MO_PLURAL_EN), NULL},
    {"Hello {NAME}", "<b onclick='x'>{NAME}</b> {{NAME:none}} {{=<% %>=}}", NULL},
    {"Say \"hi\"", "Sag \"hallo\" & 'tschüß'\n{{x}}", NULL},
    {"direction\004ltr", "ltr", NULL},
    {"language name\004English", "Deutsch", NULL},
    {NULL, NULL, NULL},
};

struct bench {
    struct arena *arena;
    const char *folder;
    struct catalogs catalogs;
    struct problems problems;
    struct view *view;
};

static void put_basics(struct bench *bench)
{
    folder_put(bench->arena, bench->folder, "en.mo", mo_write(bench->arena, english, false));
    folder_put(bench->arena, bench->folder, "de.mo", mo_write(bench->arena, german, false));
    folder_put(bench->arena, bench->folder, "look.0123456789abcdef.css", STR("b {}"));
    folder_put(bench->arena, bench->folder, "look.0123.css", STR("not one of ours"));
    folder_put(bench->arena, bench->folder, "base.tpl", STR(PRAGMA "<title>{{TITLE}}</title>{{>CONTENT}}"));
}

static int setup(void **state)
{
    struct arena *arena = arena_open(0);
    struct bench *bench = ARENA_NEW(arena, struct bench);
    *bench = (struct bench){.arena = arena, .folder = folder_make(arena), .problems.arena = arena};
    *state = bench;
    put_basics(bench);
    return catalogs_load(arena, bench->folder, &bench->problems, &bench->catalogs) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    Str *names;
    size_t count;
    view_close(bench->view);
    if (folder_list(bench->arena, bench->folder, STR(""), 100, &names, &count) == OK)
        for (size_t i = 0; i < count; i++) unlink(path_join(bench->arena, bench->folder, names[i]));
    rmdir(bench->folder);
    arena_close(bench->arena);
    return 0;
}

/* Loads with x.tpl holding `body` behind the pragma. */
static Error load(struct bench *bench, const char *body)
{
    folder_put(bench->arena, bench->folder, "x.tpl", arena_join(bench->arena, STR(PRAGMA), str_of(body)));
    bench->problems = (struct problems){.arena = bench->arena};
    struct view *view = NULL;
    Error error = view_load(bench->arena, bench->folder, bench->folder, &bench->catalogs, &bench->problems, &view);
    if (error) {
        assert_null(view);
        return error;
    }
    view_close(bench->view);
    bench->view = view;
    return OK;
}

static void must_load(struct bench *bench, const char *body)
{
    if (load(bench, body) != OK)
        fail_msg("%.*s: %.*s", STR_ARGS(bench->problems.first->place), STR_ARGS(bench->problems.first->message));
}

static struct page *open_page(struct bench *bench)
{
    return page_open(bench->view, bench->arena, bench->catalogs.list[0], "x.tpl");
}

/* The content alone, without the frame of base.tpl. */
static Str content_of(struct page *page)
{
    Str html = page_render(page);
    const char *end = html.n ? memmem(html.p, html.n, "</title>", 8) : NULL;
    return end ? str_after(html, (size_t)(end - html.p) + 8) : STR_NONE;
}

static void test_values_stay_values_wherever_they_stand(void **state)
{
    struct bench *bench = *state;
    static const char *const places[] = {
        "<p>{{X}}</p>", "<p>{{X:p}}</p>", "<textarea>{{X:p}}</textarea>", "<p title=\"{{X}}\">.</p>", "<p title='{{X}}'>.</p>", "<textarea name=\"a\">{{X}}</textarea>",
        "<a href=\"{{X}}\">.</a>", "<a href=\"/p?q={{X:u}}\">.</a>", "<form action=\"{{X}}\"></form>", "<img src=\"{{X}}\" alt=\"\">",
        "<a href=\"/p/{{X}}\">.</a>", "<p data-x=\"{{X}}\" aria-label=\"{{X}}\">{{X}}</p>", "{{#S}}<b>{{X}}</b>{{/S}}",
        "<p id=\"f-{{X}}\" {{#S}} class=\"{{X}}\" {{/S}}>.</p>",
    };
    static const char *const payloads[] = {
        "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "</textarea><b>", "</title><b>", "--><b>",
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<b>", "vbscript:x",
        "\x01javascript:alert(1)", "`onload=x", "&lt;b&gt;", "&#x3c;b&#x3e;", "{{X:none}}", "{{#S}}", "{{=<% %>=}}", "%22%3E", "\\\"><b>",
        "\xc0\xbc" "b>", "\xff\xfe<b>", "<!--", "]]>", "<%= x %>", "${x}", "\n\r\n<b>", "\xe2\x80\xae<b>", "<b",
    };
    for (size_t i = 0; i < COUNT(places); i++) {
        must_load(bench, places[i]);
        for (size_t k = 0; k < COUNT(payloads) + 1; k++) {
            Str value = k < COUNT(payloads) ? str_of(payloads[k]) : STR("nul\0<b>\"'");
            size_t quotes[2] = {0}, tags[2] = {0}, ends[2] = {0};
            Str html = STR_NONE;
            for (int hostile = 0; hostile < 2; hostile++) {
                struct page *page = open_page(bench);
                part_str(part_section(page_content(page), "S"), "Y", value);
                part_str(page_content(page), "X", hostile ? value : STR("harmless"));
                html = content_of(page);
                for (size_t c = 0; c < html.n; c++) {
                    quotes[hostile] += html.p[c] == '"' || html.p[c] == '\'';
                    tags[hostile] += html.p[c] == '<';
                    ends[hostile] += html.p[c] == '>';
                }
            }
            if (quotes[0] != quotes[1] || tags[0] != tags[1] || ends[0] != ends[1])
                fail_msg("%s with %.*s gave %.*s", places[i], STR_ARGS(value), STR_ARGS(html));
            if (memmem(html.p, html.n, "=\"java", 6) || memmem(html.p, html.n, "=\" java", 7) || memmem(html.p, html.n, "=\"data:", 7)) {
                if (strstr(places[i], "href=\"{{") || strstr(places[i], "src=") || strstr(places[i], "action="))
                    fail_msg("%s with %.*s gave %.*s", places[i], STR_ARGS(value), STR_ARGS(html));
            }
        }
    }
}

static void test_the_frame_escapes_too(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "<p>.</p>");
    struct page *page = open_page(bench);
    part_str(page_base(page), "TITLE", STR("</title><script>"));
    assert_str(page_render(page), "<title>&lt;/title&gt;&lt;script&gt;</title><p>.</p>");
}

static void test_sections_repeat_and_hide(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "{{#ROW}}\n<i>{{N}}{{A}}{{#LAST}}!{{/LAST}}</i>{{#ROW_separator}},{{/ROW_separator}}\n{{/ROW}}\n{{#NONE}}never{{/NONE}}");
    struct page *page = open_page(bench);
    part_str(page_content(page), "A", STR("old"));
    part_str(page_content(page), "A", STR("a"));
    struct part *row = NULL;
    for (int i = 1; i <= 3; i++) {
        row = part_section(page_content(page), "ROW");
        part_int(row, "N", i);
    }
    part_str(row, "A", STR("own"));
    part_show(row, "LAST");
    part_show(row, "LAST");
    assert_str(content_of(page), "<i>1a</i>,\n<i>2a</i>,\n<i>3own!</i>\n");
}

static void test_numbers_are_written_whole(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "{{A}} {{B}}");
    struct page *page = open_page(bench);
    part_int(page_content(page), "A", INT64_MIN);
    part_int(page_content(page), "B", INT64_MAX);
    assert_str(content_of(page), "-9223372036854775808 9223372036854775807");
}

static void test_what_was_not_set_is_empty(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "<p title=\"{{A}}\">{{B}}{{>C}}</p>");
    struct page *page = open_page(bench);
    part_str(page_content(page), "A", STR_NONE);
    assert_str(content_of(page), "<p title=\"\"></p>");
}

static void test_includes_see_what_is_everywhere(void **state)
{
    struct bench *bench = *state;
    folder_put(bench->arena, bench->folder, "row.tpl", STR(PRAGMA "[{{OWN}}{{OUTER}}{{PAGE}}]"));
    must_load(bench, "{{OUTER}}{{>ROWS}}{{#S}}{{>ROWS}}{{/S}}");
    struct page *page = open_page(bench);
    page_everywhere(page, "PAGE", STR("P"));
    part_str(page_content(page), "OUTER", STR("O"));
    part_str(part_include(page_content(page), "ROWS", "row.tpl"), "OWN", STR("1"));
    part_str(part_include(page_content(page), "ROWS", "row.tpl"), "OWN", STR("<"));
    part_show(page_content(page), "S");
    assert_str(content_of(page), "O[1P][&lt;P][1P][&lt;P]");
}

static void test_a_template_that_is_not_there_gives_no_page(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "<p>{{>MORE}}</p>");
    int null = open("/dev/null", 1), old = dup(2);
    dup2(null, 2);
    Str first = page_render(page_open(bench->view, bench->arena, bench->catalogs.list[0], "../x.tpl"));
    struct page *page = open_page(bench);
    part_include(page_content(page), "MORE", "/etc/hostname");
    Str second = page_render(page);
    dup2(old, 2);
    close(old);
    close(null);
    assert_null(first.p);
    assert_null(second.p);
    assert_str(content_of(open_page(bench)), "<p></p>");
}

static void test_texts_come_in_the_pages_language(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "{{! Translators: a greeting,\n on two lines }}<p title=\"{{_(\"Say \\\"hi\\\"\")}}\">{{_(\"Hello {NAME}\")}}</p>");
    static const char *const expected[] = {
        "<p title=\"Say &quot;hi&quot;\">Hello &lt;Ann&gt;</p>",
        "<p title=\"Sag &quot;hallo&quot; &amp; &#39;tschüß&#39; &#123;&#123;x&#125;&#125;\">&lt;b onclick=&#39;x&#39;&gt;&lt;Ann&gt;&lt;/b&gt; "
        "&#123;&#123;NAME:none&#125;&#125; &#123;&#123;=&lt;% %&gt;=&#125;&#125;</p>",
    };
    for (size_t i = 0; i < 2; i++) {
        struct page *page = page_open(bench->view, bench->arena, bench->catalogs.list[i], "x.tpl");
        part_str(page_content(page), "NAME", STR("<Ann>"));
        part_str(page_content(page), "x", STR("never"));
        assert_str(content_of(page), expected[i]);
    }
}

static void test_static_files_have_their_fingerprints(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "<link href=\"{{static \"look.css\"}}\">");
    assert_str(content_of(open_page(bench)), "<link href=\"/static/look.0123456789abcdef.css\">");
    assert_str(view_static(bench->view, "look.css"), "/static/look.0123456789abcdef.css");
    assert_null(view_static(bench->view, "look.0123.css").p);
    assert_null(view_static(bench->view, "../look.css").p);
    folder_put(bench->arena, bench->folder, "look.ffffffffffffffff.css", STR("b {}"));
    assert_int_equal(load(bench, "."), ERR_INVALID);
    assert_str(bench->problems.first->message, "There is more than one version of look.css.");
}

static void test_lines_of_marks_leave_nothing(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "a\n{{! a note }}\n{{! two\nlines }}\n{{#S}}\n{{/S}}\nb\n");
    assert_str(content_of(open_page(bench)), "a\nb\n");
}

static void test_lines_stay_where_they_are_asked_for(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "<p>{{X}}</p><pre>{{X:p}}</pre>");
    struct page *page = open_page(bench);
    part_str(page_content(page), "X", STR("a\n b\t<c>"));
    assert_str(content_of(page), "<p>a  b &lt;c&gt;</p><pre>a\n b\t&lt;c&gt;</pre>");
}

static void test_good_templates_load(void **state)
{
    struct bench *bench = *state;
    static const char *const rows[] = {
        "", "text { } } {single} <", "a < b && c > d", "<!-- a plain > comment --><p>{{X}}</p>", "<!doctype html><br/>", "<input name=\"a\" required>",
        "<input {{#S}} checked {{/S}}>", "<input{{#S}} checked{{/S}}>", "<input{{#S}} checked{{/S}} name='x'{{#T}} value=\"{{X}}\"{{/T}}>",
        "<p class=\"a {{#S}}b {{X}}{{/S}} c\">", "<a href=\"/x/{{#S}}y/{{X}}{{/S}}\">", "<a href=\"?a={{X:u}}&amp;b={{Y:u}}\">", "<a href=\"#{{X}}\">",
        "<a href=\"/x{{#S}}?y={{X:u}}{{/S}}/{{X}}\">", "{{#S}}<p>{{/S}}{{#S}}</p>{{/S}}", "<title>{{X}} {{#S}}{{Y}}{{/S}} </b></title>",
        "<textarea name=\"{{N}}\">\n{{X}}</textarea>", "<script src=\"{{static \"look.css\"}}\" defer></script>", "<script src=\"/x\">\n</script>{{X}}",
        "<link rel=\"stylesheet\" href=\"/branding/{{X}}.css\">", "<P TITLE=\"{{X}}\">", "<p title = \"{{X}}\" >", "<a\nhref=\"{{X}}\"\n>",
        "<p title=\"a > b\">{{X}}</p>", "{{! {{X}} }}", "{{!}}", "<meta name=\"viewport\" content=\"width=device-width\">",
    };
    for (size_t i = 0; i < COUNT(rows); i++) must_load(bench, rows[i]);
}

static void test_bad_templates_are_refused_with_their_place(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *body; int line; const char *message; } rows[] = {
        {"<script>\nvar a = '{{X}}';</script>", 3, "A <script> stands in a file of its own, not in a template."},
        {"<script>{{X}}</script>", 2, "The value X stands in a script or style."},
        {"<style>{{X}}</style>", 2, "The value X stands in a script or style."},
        {"<script><b onclick='1'></b></script>", 2, "A <script> stands in a file of its own, not in a template."},
        {"\n\n<style>b {}</style>", 4, "A <style> stands in a file of its own, not in a template."},
        {"<p onclick=\"x()\">", 2, "The attribute onclick is not used: scripts and styles stand in files of their own."},
        {"<p\nOnLoad='{{X}}'>", 3, "The attribute OnLoad is not used: scripts and styles stand in files of their own."},
        {"<p style=\"color: red\">", 2, "The attribute style is not used: scripts and styles stand in files of their own."},
        {"<iframe srcdoc=\"{{X}}\">", 2, "The attribute srcdoc is not used: scripts and styles stand in files of their own."},
        {"<button formaction=\"{{X}}\">", 2, "The attribute formaction cannot hold a value."},
        {"<button FORMACTION='/x?{{X}}'>", 2, "The attribute FORMACTION cannot hold a value."},
        {"<img srcset=\"{{X}}\">", 2, "The attribute srcset cannot hold a value."},
        {"<video poster=\"{{X}}\">", 2, "The attribute poster cannot hold a value."},
        {"<a xlink:href=\"{{X}}\">", 2, "The attribute xlink:href cannot hold a value."},
        {"<a ping=\"{{X}}\">", 2, "The attribute ping cannot hold a value."},
        {"<meta http-equiv=\"refresh\" content=\"{{X}}\">", 2, "The attribute content cannot hold a value."},
        {"<button formaction=\"{{_(\"Hello {NAME}\")}}\">", 2, "The attribute formaction cannot hold a value."},
        {"{{X:none}}", 2, "The modifier \"none\" is not used: a value is escaped by its place."},
        {"{{X:h}}", 2, "The modifier \"h\" is not used: a value is escaped by its place."},
        {"<b title=\"{{X:p}}\">", 2, "The modifier \"p\" is not used: a value is escaped by its place."},
        {"{{X:u:none}}", 2, "The modifier \"u:none\" is not used: a value is escaped by its place."},
        {"a\n{{=<% %>=}}", 3, "This mark is not known: {{=<% %>=}}"},
        {"{{%AUTOESCAPE context=\"XML\"}}", 2, "Only the first line holds a pragma."},
        {"{{ X }}", 2, "This mark is not known: {{ X }}"},
        {"{{X", 2, "This mark is not known: {{X"},
        {"{{_(\"open)}}\n\"}}", 2, "This mark is not known: {{_(\"open)}}"},
        {"{{_(Save)}}", 2, "This mark is not known: {{_(Save)}}"},
        {"{{_(\"\")}}", 2, "This mark is not known: {{_(\"\")}}"},
        {"{{}}", 2, "This mark is not known: {{}}"},
        {"<p title={{X}}>", 2, "The value X stands in an attribute without quotes."},
        {"<p title=x>", 2, "The value of the attribute title stands in quotes."},
        {"<{{X}}>", 2, "The value X stands where the name of a tag or attribute is."},
        {"<p {{X}}>", 2, "The value X stands where the name of a tag or attribute is."},
        {"<p data-{{X}}=\"1\">", 2, "The value X stands where the name of a tag or attribute is."},
        {"<!-- {{X}} -->", 2, "The value X stands in a comment."},
        {"<!-- {{#S}} --><b>{{/S}}", 2, "The section S cannot begin here."},
        {"<a {{#S}}href=\"{{/S}}{{X}}\">", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"<a {{#S}} href=\"{{/S}}{{X}}\">", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"<a title=\"{{#S}}\" {{/S}}\">", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"<a title=\"{{#S}}\" id=\"{{/S}}\">", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"<a {{#S}} ><b {{/S}} >", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"{{#S}}<textarea>{{/S}}", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"{{#S}}<!--{{/S}}-->", 2, "The section S splits a tag or attribute: it ends at another kind of place than it began."},
        {"<a hr{{#S}}ef{{/S}}=\"/\">", 2, "The section S begins inside the name of a tag or attribute."},
        {"<a {{#S}} on{{/S}}click=\"{{X}}\">", 2, "The section S ends inside the name of an attribute."},
        {"<a title={{#S}}\"x\"{{/S}}>", 2, "The section S cannot begin here."},
        {"<a href=\"{{#S}}/{{/S}}{{X}}\">", 2, "The section S could change the scheme: '/', '?' or '#' must come before."},
        {"<a href=\"{{A}}{{B}}\">", 2, "The value B could change the scheme: '/', '?' or '#' must come before."},
        {"<a href=\"java{{B}}\">", 2, "The value B could change the scheme: '/', '?' or '#' must come before."},
        {"<a href=\"/p?q={{X}}\">", 2, "Behind '?' the value is written {{X:u}}."},
        {"<a href=\"{{_(\"Say \\\"hi\\\"\")}}\">", 2, "The text \"Say \\\"hi\\\"\" cannot stand here."},
        {"<{{_(\"Save\")}}>", 2, "The text \"Save\" cannot stand here."},
        {"<script src=\"{{X}}\"></script>", 2, "A value cannot choose what <script> loads."},
        {"<iframe src=\"/x/{{X}}\"></iframe>", 2, "A value cannot choose what <iframe> loads."},
        {"<base href=\"{{X}}\">", 2, "A value cannot choose what <base> loads."},
        {"<link href=\"{{X}}\">", 2, "An address of <link> cannot begin with the value X."},
        {"<p title=\"{{>X}}\">", 2, "The include X stands in a tag, comment, script or title."},
        {"a\n\n{{#S}}\n{{#T}}{{/T}}", 4, "The section S is not closed."},
        {"a\n{{/S}}", 3, "The section S ends here but is not the innermost open one."},
        {"{{#S}}{{#T}}\n{{/S}}{{/T}}", 3, "The section S ends here but is not the innermost open one."},
        {"\n<p title=\"", 3, "The file ends inside a tag, comment, script or title."},
        {"<textarea>", 2, "The file ends inside a tag, comment, script or title."},
        {"<link href=\"{{static \"gone.css\"}}\">", 2, "There is no static file gone.css."},
        {"<img alt=\"x{{static \"look.css\"}}\">", 2, "The path of look.css begins an attribute's value."},
        {"{{static \"look.css\"}}", 2, "The path of look.css begins an attribute's value."},
        {"a\n{{_(\"Not there\")}}", 3, "The language en has no text for \"Not there\"."},
        {"{{_(\"a\\n\")}}", 2, "In a text only \\\" and \\\\ are escaped: a\\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (load(bench, rows[i].body) != ERR_INVALID) fail_msg("accepted: %s", rows[i].body);
        Str place = arena_print(bench->arena, "%s/x.tpl:%d", bench->folder, rows[i].line);
        if (!str_is(bench->problems.first->message, rows[i].message) || !str_eq(bench->problems.first->place, place))
            fail_msg("%s gave %.*s: %.*s", rows[i].body, STR_ARGS(bench->problems.first->place), STR_ARGS(bench->problems.first->message));
    }
}

/* The same with mail.tpl holding `body`, and x.tpl nothing. */
static Error load_mail(struct bench *bench, const char *body)
{
    folder_put(bench->arena, bench->folder, "mail.tpl", arena_join(bench->arena, STR(PRAGMA), str_of(body)));
    return load(bench, "");
}

static void test_mails_alone_have_styles_and_only_of_ours(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *body, *message; } rows[] = {
        {"<p style=\"color:{{X}}\">", "The attribute style cannot hold a value."},
        {"<p style=\"color:red{{#S}};top:0{{/S}}\">", "The section S stands in a style."},
        {"<p style=\"{{_(\"Hello {NAME}\")}}\">", "The text \"Hello {NAME}\" cannot stand here."},
        {"<p style=color:red>", "The value of the attribute style stands in quotes."},
        {"<style>b {}</style>", "A <style> stands in a file of its own, not in a template."},
        {"<p onclick=\"x()\">", "The attribute onclick is not used: scripts and styles stand in files of their own."},
    };
    assert_int_equal(load_mail(bench, "<p style=\"color:red\" title=\"{{X}}\">{{X}}</p>"), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(load_mail(bench, rows[i].body), ERR_INVALID);
        assert_str(bench->problems.first->message, rows[i].message);
    }
}

static Error load_export(struct bench *bench, const char *body)
{
    folder_put(bench->arena, bench->folder, "export.tpl", arena_join(bench->arena, STR(PRAGMA), str_of(body)));
    return load(bench, "");
}

static void test_the_page_read_offline_has_a_style_of_ours(void **state)
{
    struct bench *bench = *state;
    static const struct { const char *body, *message; } rows[] = {
        {"<style>b { color: {{X}}; }</style>", "The value X stands in a script or style."},
        {"<style>b {} {{#S}}i {}{{/S}}</style>", "The section S cannot begin here."},
        {"<script>x()</script>", "A <script> stands in a file of its own, not in a template."},
        {"<p style=\"color:red\">", "The attribute style is not used: scripts and styles stand in files of their own."},
    };
    assert_int_equal(load_export(bench, "<style>b > i { color: red; }</style><p>{{X}}</p>"), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(load_export(bench, rows[i].body), ERR_INVALID);
        assert_str(bench->problems.first->message, rows[i].message);
    }
}

static void test_a_mail_stands_without_the_frame(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(load_mail(bench, "{{TITLE}}:{{#S}}{{X}}{{/S}}"), OK);
    struct page *page = page_open_alone(bench->view, bench->arena, bench->catalogs.list[0], "mail.tpl");
    assert_ptr_equal(page_base(page), page_content(page));
    part_str(page_content(page), "TITLE", STR("a & b"));
    part_str(part_section(page_content(page), "S"), "X", STR("<i>"));
    assert_str(page_render(page), "a &amp; b:&lt;i&gt;");
}

static void test_what_only_the_engine_sees_has_its_place_too(void **state)
{
    struct bench *bench = *state;
    int errors_before = 2;
    struct stat before, after;
    fstat(errors_before, &before);
    assert_int_equal(load(bench, "<p>.</p>\n\n<p =\"x\">{{X}}</p>\n<p>.</p>\n"), ERR_INVALID);
    assert_str(bench->problems.first->place, arena_print(bench->arena, "%s/x.tpl:4", bench->folder).p);
    assert_true(str_starts(bench->problems.first->message, STR("Auto-Escape: Failed parsing")));
    fstat(errors_before, &after);
    assert_true(before.st_ino == after.st_ino && before.st_dev == after.st_dev);
}

static void test_the_pragma_is_the_first_line(void **state)
{
    struct bench *bench = *state;
    static const char *const rows[] = {
        "", "<p>{{X}}</p>", "\n" PRAGMA "{{X}}", " " PRAGMA, "{{%AUTOESCAPE context=\"HTML\"}}", "{{%AUTOESCAPE context=\"XML\"}}\n",
        "{{%AUTOESCAPE context=\"HTML\" state=\"IN_TAG\"}}\n", "\xef\xbb\xbf" PRAGMA,
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        folder_put(bench->arena, bench->folder, "y.tpl", str_of(rows[i]));
        assert_int_equal(load(bench, "."), ERR_INVALID);
        assert_str(bench->problems.first->place, arena_print(bench->arena, "%s/y.tpl:1", bench->folder).p);
        assert_str(bench->problems.first->message, "The first line is {{%AUTOESCAPE context=\"HTML\"}}");
    }
}

static void test_files_that_are_no_templates_are_refused(void **state)
{
    struct bench *bench = *state;
    char *large = arena_take(bench->arena, 300 << 10);
    memset(large, 'a', 300 << 10);
    const Str rows[] = {STR(PRAGMA "a\0b"), STR(PRAGMA "a\r\nb"), STR(PRAGMA "\xff"), STR(PRAGMA "\xc0\xaf"), {large, 300 << 10}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        folder_put(bench->arena, bench->folder, "y.tpl", rows[i]);
        assert_int_equal(load(bench, "."), ERR_INVALID);
        assert_int_equal(bench->problems.count, 1);
        assert_true(str_ends(bench->problems.first->place, STR("/y.tpl")));
    }
    unlink(path_join(bench->arena, bench->folder, STR("y.tpl")));
    unlink(path_join(bench->arena, bench->folder, STR("base.tpl")));
    assert_int_equal(load(bench, "."), ERR_INVALID);
    assert_str(bench->problems.first->message, "base.tpl is missing.");
}

static void test_missing_folders_are_said(void **state)
{
    struct bench *bench = *state;
    struct view *view = NULL;
    assert_int_equal(view_load(bench->arena, "/nowhere/a", "/nowhere/b", &bench->catalogs, &bench->problems, &view), ERR_INVALID);
    assert_int_equal(bench->problems.count, 2);
    assert_str(bench->problems.first->place, "/nowhere/b");
    assert_str(bench->problems.last->place, "/nowhere/a");
    assert_null(view);
}

static void test_a_broken_edit_leaves_the_running_pages_alone(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "first {{X}}");
    assert_int_equal(load(bench, "second {{X"), ERR_INVALID);
    assert_int_equal(load(bench, "second {{_(\"Not there\")}}"), ERR_INVALID);
    unlink(path_join(bench->arena, bench->folder, STR("x.tpl")));
    assert_str(content_of(open_page(bench)), "first ");
    must_load(bench, "third");
    assert_str(content_of(open_page(bench)), "third");
}

static void test_a_page_too_large_for_its_arena_leaves_the_engine_whole(void **state)
{
    struct bench *bench = *state;
    must_load(bench, "{{#S}}<b>{{X}}</b>{{/S}}");
    struct arena *small = arena_open(300000);
    jmp_buf exhausted;
    volatile bool jumped = false;
    arena_on_exhausted(small, &exhausted);
    if (setjmp(exhausted) == 0) {
        struct page *page = page_open(bench->view, small, bench->catalogs.list[0], "x.tpl");
        part_str(page_content(page), "X", (Str){arena_take(small, 10000), 10000});
        for (int i = 0; i < 100; i++) part_show(part_section(page_content(page), "S"), "T");
        page_render(page);
    } else {
        jumped = true;
    }
    assert_true(jumped);
    arena_close(small);
    struct page *page = open_page(bench);
    part_str(part_section(page_content(page), "S"), "X", STR("well"));
    assert_str(content_of(page), "<b>well</b>");
}

static void test_marks_are_read_to_their_end(void **state)
{
    (void)state;
    static const struct { const char *text; enum mark_kind kind; const char *name; size_t length; } rows[] = {
        {"{{X}} rest", MARK_VALUE, "X", 5}, {"{{x_9:u}}", MARK_VALUE, "x_9", 9}, {"{{#S}}", MARK_SECTION, "S", 6}, {"{{/S}}", MARK_END, "S", 6},
        {"{{>I}}", MARK_INCLUDE, "I", 6}, {"{{! a }b }} }}", MARK_COMMENT, " a }b ", 11}, {"{{%A}}", MARK_PRAGMA, "A", 6},
        {"{{_(\"a }} \\\" b\")}}", MARK_TEXT, "a }} \\\" b", 18}, {"{{static \"a.css\"}}", MARK_STATIC, "a.css", 18},
        {"{{", MARK_UNKNOWN, "", 2}, {"{{X", MARK_UNKNOWN, "", 2}, {"{{!", MARK_UNKNOWN, "", 2}, {"{{_(\"", MARK_UNKNOWN, "", 2}, {"{{_(\"\\", MARK_UNKNOWN, "", 2},
        {"{{#S:u}}", MARK_UNKNOWN, "", 2}, {"{{X:u", MARK_UNKNOWN, "", 2}, {"{{{X}}}", MARK_UNKNOWN, "", 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mark mark = mark_read(str_of(rows[i].text));
        if (mark.kind != rows[i].kind || mark.length != rows[i].length || !str_is(mark.name, rows[i].name)) {
            if (rows[i].kind == MARK_UNKNOWN && mark.kind == MARK_UNKNOWN && !mark.name.n) continue;
            fail_msg("%s gave kind %d, %.*s, %zu", rows[i].text, (int)mark.kind, STR_ARGS(mark.name), mark.length);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_stay_values_wherever_they_stand),
        TEST(test_the_frame_escapes_too),
        TEST(test_sections_repeat_and_hide),
        TEST(test_numbers_are_written_whole),
        TEST(test_what_was_not_set_is_empty),
        TEST(test_includes_see_what_is_everywhere),
        TEST(test_a_template_that_is_not_there_gives_no_page),
        TEST(test_texts_come_in_the_pages_language),
        TEST(test_static_files_have_their_fingerprints),
        TEST(test_lines_of_marks_leave_nothing),
        TEST(test_lines_stay_where_they_are_asked_for),
        TEST(test_good_templates_load),
        TEST(test_bad_templates_are_refused_with_their_place),
        TEST(test_mails_alone_have_styles_and_only_of_ours),
        TEST(test_the_page_read_offline_has_a_style_of_ours),
        TEST(test_a_mail_stands_without_the_frame),
        TEST(test_what_only_the_engine_sees_has_its_place_too),
        TEST(test_the_pragma_is_the_first_line),
        TEST(test_files_that_are_no_templates_are_refused),
        TEST(test_missing_folders_are_said),
        TEST(test_a_broken_edit_leaves_the_running_pages_alone),
        TEST(test_a_page_too_large_for_its_arena_leaves_the_engine_whole),
        TEST(test_marks_are_read_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
