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
 * A copy of an export to S3 (export/s3_manifest.h) as a source: its data
 * files are the segments, read side by side. A file is held against the
 * manifest before its first entry is handed out (MD5), and at its end (how
 * many there are); where no manifest names the files, all of them together
 * against the number of entries that the summary says.
 */
struct s3_directory;

/* Whether ${path} is a directory at all. */
bool s3_directory_is(const char *path);
struct s3_directory *s3_directory_open(const char *path, struct fault *f);
/* Borrowed. */
const struct s3_manifest *s3_directory_manifest(const struct s3_directory *d);
/* The key of its entries, like reader_schema (export/reader.h). */
enum key_told s3_directory_schema(const struct s3_directory *d,
    const char *hint, char **partition, char **sort, struct fault *f);
/* It owns ${d} from here on; ${schema} and ${ttl} are borrowed and must
 * outlive it. */
struct source *s3_directory_source(struct s3_directory *d,
    const struct key_schema *schema, const char *ttl);
void s3_directory_close(struct s3_directory *d);

/* The bytes of one file, for readers of any kind: what is not the data that
 * its MD5 sum in the manifest is of is not opened. NULL on failure. */
struct input *s3_directory_input(struct s3_file *file,
    const struct cms_key *key, struct fault *f);

#endif
