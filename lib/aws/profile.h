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
 * Values of any length.
 */
struct profile_file;

/* Which of the two grammars for section names applies. */
enum profile_kind { PROFILE_CONFIG, PROFILE_CREDENTIALS };

/*
 * Read ${path}. A file that is not there is an empty one. NULL on a file
 * that cannot be read or parsed: the fault names file and line.
 */
struct profile_file *profile_load(const char *path, enum profile_kind kind,
    struct fault *f);
/* The same from memory; ${path} is for messages. */
struct profile_file *profile_parse(const char *p, size_t n, const char *path,
    enum profile_kind kind, struct fault *f);
void profile_free(struct profile_file *file);

/*
 * ${type} is "profile", "sso-session" or "services". The value of
 * ${option} (lower case), or of ${option}'s nested ${sub} (NULL: none);
 * borrowed from ${file}; NULL when there is none.
 */
const char *profile_get(const struct profile_file *file, const char *type,
    const char *name, const char *option, const char *sub);
bool profile_has(const struct profile_file *file, const char *type,
    const char *name);
/* The line of the option (or section, option NULL), for messages; 0. */
int profile_line(const struct profile_file *file, const char *type,
    const char *name, const char *option);
/* The ${i}th profile's name, NULL past the last: for messages. */
const char *profile_name(const struct profile_file *file, size_t i);
const char *profile_path(const struct profile_file *file);
/* Add to ${out} that the config file has [NAME] where [profile NAME] is meant,
 * and where; nothing when it has not. */
void profile_mistaken(struct buf *out, const struct profile_file *file,
    const char *name);

#endif
