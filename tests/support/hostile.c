#include "support/hostile.h"

#include <string.h>

#include "support/page_support.h"

const char *const hostile_texts[HOSTILE_TEXTS] = {
    "\"><svg onload=alert(1)>", "</title><script>alert(1)</script>", "'><img src=x onerror=alert(1)>", "<b>bold</b>",
    "</textarea><script>1</script>",
    "\" autofocus onfocus=alert(1) x=\"", "' onmouseover='alert(1)", "javascript:alert(1)//\"<", "<!--", "-->",
    "<![CDATA[<a>]]>", "</option><b>",
    "{{CSRF}}<i>", "{{#SECTION}}<i>{{/SECTION}}", "{{>CONTENT}}<i>", "{{%AUTOESCAPE context=\"JS\"}}", "{NAME}<i>",
    "${jndi:ldap://x/a}<", "%s%n<", "{0}<i>",
    "<style>*{display:none}</style>", "<meta http-equiv=refresh content=0>", "<base href=//evil>", "<form action=//evil>",
    "<input name=csrf>", "&lt;b&gt;<", "&#60;script&#62;<",
    "<a href=\"data:text/html,1\">", "<iframe srcdoc='1'>", "`-alert(1)-`<", "<math><mtext></form><form>", "<svg><style><img>",
    "\\u003cscript\\u003e<", "<x/onclick=1>",
    "<!doctype html><html>", "?><php?>", "'); DROP TABLE account; --<", "<<script>>", "<scr<script>ipt>", "\"'<>&",
};

Str hostile_escaped(struct arena *arena, Str text)
{
    struct text out = {.arena = arena};
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        Str as = c == '<' ? STR("&lt;") : c == '>' ? STR("&gt;") : c == '&' ? STR("&amp;") : c == '"' ? STR("&quot;")
                 : c == '\'' ? STR("&#39;") : (Str){&c, 1};
        text_add(&out, as);
    }
    return text_str(&out);
}

bool hostile_is_raw(Str body, const char *text)
{
    return strpbrk(text, "<\"") && text_has(body, text);
}
