#ifndef LIB_AWS_CONFIG_VALUE_H
#define LIB_AWS_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct aws_config;
struct fault;
struct profile_file;

/*
 * A setting and where it was made, for messages: "AWS_REGION",
 * "/home/ann/.aws/config:3". An empty one counts as not set. Values are
 * borrowed from the environment or the profile files.
 */
struct config_value {
	const char *value;  /* NULL: not set */
	const char *option; /* its name, if ${from} is a line of a file */
	char from[300];
};

const char *config_value_environment(const char *name);

/* Whether the variable ${name} is set; then fills ${s}. */
bool config_value_variable(struct config_value *s, const char *name);
/* The same for an option in [${type} ${name}] of ${file}. */
bool config_value_section(struct config_value *s,
    const struct profile_file *file, const char *type, const char *name,
    const char *option);
/* The same for ${option} of ${profile}, first in the credentials file. */
bool config_value_profile(struct config_value *s, const struct aws_config *c,
    const char *profile, const char *option);
/* The variable, else the option of the profile in use. */
bool config_value_either(struct config_value *s, const struct aws_config *c,
    const char *variable, const char *option);

/* Whether that is "true" in any case: as botocore reads a boolean. */
bool config_value_flag(const struct aws_config *c, const char *variable,
    const char *option);
/* Read a whole number in ${lo}..${hi}; the fault names the place. */
int config_value_int(const struct config_value *s, int64_t lo, int64_t hi,
    int64_t *v, struct fault *f);

#endif
