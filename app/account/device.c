#include "account/device.h"

#include <string.h>

enum { LOOKED_AT = 512 };         /* browsers say all of it in less; who sends more has other reasons */

struct sign {
    const char *sign, *name;
};

/* Browsers name their ancestors as well, so the more particular sign stands before the more general one. */
static const struct sign browsers[] = {
    {"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"Edge/", "Edge"}, {"OPR/", "Opera"}, {"OPT/", "Opera"},
    {"OPX/", "Opera"}, {"OPiOS/", "Opera"}, {"Opera/", "Opera"}, {"Vivaldi/", "Vivaldi"},
    {"SamsungBrowser/", "Samsung Internet"}, {"DuckDuckGo/", "DuckDuckGo"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
    {"Chromium/", "Chromium"}, {"HeadlessChrome/", "Headless Chrome"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
    {"Wget/", "Wget"},
};

static const struct sign systems[] = {
    {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
    {"Macintosh", "macOS"}, {"FreeBSD", "FreeBSD"}, {"OpenBSD", "OpenBSD"}, {"Linux", "Linux"},
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where a word begins, so that "NotFirefox/1" is no Firefox. */
static bool says(Str text, const char *sign)
{
    Str wanted = str_of(sign);
    for (size_t i = 0; i + wanted.n <= text.n; i++) {
        if (i > 0 && is_letter(text.p[i - 1])) continue;
        if (memcmp(text.p + i, wanted.p, wanted.n) == 0) return true;
    }
    return false;
}

static const char *first_said(Str text, const struct sign *signs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (says(text, signs[i].sign)) return signs[i].name;
    }
    return NULL;
}

Device device_of(Str user_agent)
{
    Str text = str_first(user_agent, LOOKED_AT);
    return (Device){.browser = first_said(text, browsers, sizeof browsers / sizeof *browsers),
                    .system = first_said(text, systems, sizeof systems / sizeof *systems)};
}
