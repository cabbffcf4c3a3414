#ifndef DYNAMODB_PROFILE_FILE_H
#define DYNAMODB_PROFILE_FILE_H

#include "dynamodb/profile.h"

/* What profile_read.c makes of a file and profile.c answers from; for these
 * two alone. */
#define PROFILE_DEFAULTS "DEFAULT" /* its options count in all sections */

struct profile_section {
	const char *header; /* what stands between the brackets */
	const char *type;   /* a literal; NULL: not for us */
	char *name;
	size_t first; /* entry */
	bool hidden;  /* by a later one with its type and name */
	int line;
};

/* An option, or one of the nested ones below it. */
struct profile_entry {
	size_t section;
	const char *option;
	const char *sub; /* NULL: the option itself */
	char *value;
	bool nested; /* it has others below it in place of a value */
	int line;
};

struct profile_file {
	char *path;
	enum profile_kind kind;
	char *text;
	size_t n;
	struct profile_section *sections;
	size_t nsections;
	struct profile_entry *entries;
	size_t nentries;
};

/* Cut up file->text; sections and entries point into it. */
int profile_read(struct profile_file *file, struct fault *f);

/*
 * The entry of an option (sub NULL) in ${section}, or of one nested below it
 * (of two with the same name the last).
 */
const struct profile_entry *profile_find(const struct profile_file *file,
    size_t section, const char *option, const char *sub);

#endif
