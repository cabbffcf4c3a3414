#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "lib/aws/config.h"
#include "lib/aws/config_value.h"
#include "lib/aws/profile.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"

const char *
config_value_environment(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? v : NULL;
}

bool
config_value_variable(struct config_value *s, const char *name)
{
	s->value = config_value_environment(name);
	s->option = NULL;
	(void)snprintf(s->from, sizeof(s->from), "%s", name);
	return s->value != NULL;
}

bool
config_value_section(struct config_value *s, const struct profile_file *file,
    const char *type, const char *name, const char *option)
{
	s->value = profile_get(file, type, name, option, NULL);
	s->option = option;
	if (s->value == NULL || *s->value == '\0') {
		s->value = NULL;
		return false;
	}
	(void)snprintf(s->from, sizeof(s->from), "%s:%d", profile_path(file),
	    profile_line(file, type, name, option));
	return true;
}

bool
config_value_profile(struct config_value *s, const struct aws_config *c,
    const char *profile, const char *option)
{
	return config_value_section(s, c->credentials, "profile", profile,
		   option) ||
	    config_value_section(s, c->config, "profile", profile, option);
}

bool
config_value_either(struct config_value *s, const struct aws_config *c,
    const char *variable, const char *option)
{
	return config_value_variable(s, variable) ||
	    config_value_profile(s, c, c->profile, option);
}

bool
config_value_flag(const struct aws_config *c, const char *variable,
    const char *option)
{
	struct config_value s;

	return config_value_either(&s, c, variable, option) &&
	    strcasecmp(s.value, "true") == 0;
}

int
config_value_int(const struct config_value *s, int64_t lo, int64_t hi,
    int64_t *v, struct fault *f)
{
	if (text_int_parse(s->value, lo, hi, v) == 0)
		return 0;
	return fault(f, FAULT_CONFIG,
	    "%s%s%s: \"%.100s\" is not a number from %lld to %lld", s->from,
	    s->option != NULL ? ": " : "", s->option != NULL ? s->option : "",
	    s->value, (long long)lo, (long long)hi);
}
