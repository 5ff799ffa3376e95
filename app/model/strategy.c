#include "model/strategy.h"

const struct strategy strategies[] = {
    {"local", STRATEGY_DATABASE},
    {"email", STRATEGY_PASSWORDLESS},
    {"sms", STRATEGY_PASSWORDLESS},
    {"google-oauth2", STRATEGY_SOCIAL},
    {"facebook", STRATEGY_SOCIAL},
    {"twitter", STRATEGY_SOCIAL},
    {"github", STRATEGY_SOCIAL},
    {"linkedin", STRATEGY_SOCIAL},
    {"apple", STRATEGY_SOCIAL},
    {"windowslive", STRATEGY_SOCIAL},
    {"paypal", STRATEGY_SOCIAL},
    {"amazon", STRATEGY_SOCIAL},
    {"yahoo", STRATEGY_SOCIAL},
    {"oauth2", STRATEGY_SOCIAL},
    {"samlp", STRATEGY_ENTERPRISE},
    {"ad", STRATEGY_ENTERPRISE},
    {"oidc", STRATEGY_ENTERPRISE},
    {"waad", STRATEGY_ENTERPRISE},
    {"adfs", STRATEGY_ENTERPRISE},
    {"google-apps", STRATEGY_ENTERPRISE},
    {"office365", STRATEGY_ENTERPRISE},
    {"okta", STRATEGY_ENTERPRISE},
    {"pingfederate", STRATEGY_ENTERPRISE},
    {"ip", STRATEGY_ENTERPRISE},
};
const size_t strategy_count = sizeof strategies / sizeof strategies[0];

const struct strategy *strategy_find(Str name)
{
    for (size_t i = 0; i < strategy_count; i++)
        if (str_is(name, strategies[i].name))
            return &strategies[i];
    return NULL;
}
