#ifndef EXPORT_S3_DIRECTORY_H
#define EXPORT_S3_DIRECTORY_H

#include <stdbool.h>

#include "export/reader.h"

struct cms_key;
struct fault;
struct input;
struct key_schema;
struct s3_file;
struct s3_manifest;
struct source;

/*
 * A copy of an export to S3 (export/s3_manifest.h) as a source: its data files
 * are the segments, read in parallel. Each file is compared with the manifest
 * before its first entry (MD5) and after its last (their number); where no
 * manifest names the files, only their sum with the number in the summary.
 */
struct s3_directory;

/* Whether ${path} is a directory at all. */
bool s3_directory_is(const char *path);
struct s3_directory *s3_directory_open(const char *path, struct fault *f);
/* Borrowed. */
const struct s3_manifest *s3_directory_manifest(const struct s3_directory *d);
/* Like reader_schema (export/reader.h). */
enum key_told s3_directory_schema(const struct s3_directory *d,
    const char *hint, char **partition, char **sort, struct fault *f);
/* Takes over ${d}; ${schema} and ${ttl} are borrowed. */
struct source *s3_directory_source(struct s3_directory *d,
    const struct key_schema *schema, const char *ttl);
void s3_directory_close(struct s3_directory *d);

/* Open one file, if its MD5 sum is the one in the manifest; NULL on failure. */
struct input *s3_directory_input(struct s3_file *file,
    const struct cms_key *key, struct fault *f);

#endif
