#ifndef LIB_AWS_PROFILE_H
#define LIB_AWS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fault;

/*
 * ~/.aws/config and ~/.aws/credentials, read as botocore reads them
 * ("Configuration and credential file settings" of the AWS CLI's guide):
 * sections, options in lower case, comments at the start of a line only,
 * continuation lines, one nested level below an option with an empty value.
 */
struct profile_file;

/* Which of the two grammars for section names applies. */
enum profile_kind { PROFILE_CONFIG, PROFILE_CREDENTIALS };

/* Read ${path}; a missing file is an empty one. NULL when it cannot be read or
 * parsed: the fault names file and line. */
struct profile_file *profile_load(const char *path, enum profile_kind kind,
    struct fault *f);
/* The same from memory; ${path} is for messages. */
struct profile_file *profile_parse(const char *p, size_t n, const char *path,
    enum profile_kind kind, struct fault *f);
void profile_free(struct profile_file *file);

/* ${type} is "profile", "sso-session" or "services". The value of ${option}
 * (lower case) or, unless NULL, of the ${sub} nested below it. NULL when there
 * is none. Borrowed. */
const char *profile_get(const struct profile_file *file, const char *type,
    const char *name, const char *option, const char *sub);
bool profile_has(const struct profile_file *file, const char *type,
    const char *name);
/* The line of the option (or section, option NULL), for messages; 0. */
int profile_line(const struct profile_file *file, const char *type,
    const char *name, const char *option);
/* The name of profile ${i}, from 0; NULL after the last. */
const char *profile_name(const struct profile_file *file, size_t i);
const char *profile_path(const struct profile_file *file);
/* Why the file is not there, as an errno; 0: it is. */
int profile_missing(const struct profile_file *file);
/* If the config file has [NAME] instead of [profile NAME], or the credentials
 * file has it the other way round, add to ${out} that it has, and where. */
void profile_mistaken(struct buf *out, const struct profile_file *file,
    const char *name);

#endif
