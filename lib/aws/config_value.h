#ifndef LIB_AWS_CONFIG_VALUE_H
#define LIB_AWS_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct aws_config;
struct fault;

/*
 * A value that somebody set, and where, for messages: "AWS_REGION",
 * "/home/ann/.aws/config:3". What is empty counts as not set. Values are
 * borrowed from the environment or from the profile files.
 */
struct config_value {
	const char *value;  /* NULL: nowhere */
	const char *option; /* where ${from} is a line: its name there */
	char from[300];
};

const char *config_value_environment(const char *name);

/* Whether the variable ${name} is set; fills ${s} then. */
bool config_value_variable(struct config_value *s, const char *name);
/* The same for ${option} of ${profile}, the credentials file's before the
 * config file's. */
bool config_value_profile(struct config_value *s, const struct aws_config *c,
    const char *profile, const char *option);
/* The same for an option of the config file's [${type} ${name}]. */
bool config_value_section(struct config_value *s, const struct aws_config *c,
    const char *type, const char *name, const char *option);
/* The variable, else the option of the profile in use. */
bool config_value_either(struct config_value *s, const struct aws_config *c,
    const char *variable, const char *option);

/* As botocore reads a boolean: only "true", in any case, is. */
bool config_value_true(const struct config_value *s);
/* A whole number in ${lo}..${hi}; the fault names the place. */
int config_value_int(const struct config_value *s, int64_t lo, int64_t hi,
    int64_t *v, struct fault *f);

#endif
