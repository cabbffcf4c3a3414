#ifndef DYNAMODB_SETTING_H
#define DYNAMODB_SETTING_H

#include <stdbool.h>
#include <stdint.h>

struct aws_config;
struct fault;

/*
 * A value that somebody set, and where, for messages: "AWS_REGION",
 * "/home/ann/.aws/config:3". What is empty counts as not set. Values are
 * borrowed from the environment or from the profile files.
 */
struct setting {
	const char *value;  /* NULL: nowhere */
	const char *option; /* where ${from} is a line: its name there */
	char from[300];
};

const char *setting_environment(const char *name);

/* Whether the variable ${name} is set; fills ${s} then. */
bool setting_variable(struct setting *s, const char *name);
/* The same for ${option} of ${profile}, the credentials file's before the
 * config file's. */
bool setting_profile(struct setting *s, const struct aws_config *c,
    const char *profile, const char *option);
/* The same for an option of the config file's [${type} ${name}]. */
bool setting_section(struct setting *s, const struct aws_config *c,
    const char *type, const char *name, const char *option);
/* The variable, else the option of the profile in use. */
bool setting_either(struct setting *s, const struct aws_config *c,
    const char *variable, const char *option);

/* As botocore reads a boolean: only "true", in any case, is. */
bool setting_true(const struct setting *s);
/* A whole number in ${lo}..${hi}; the fault names the place. */
int setting_int(const struct setting *s, int64_t lo, int64_t hi, int64_t *v,
    struct fault *f);

#endif
