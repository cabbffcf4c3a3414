#ifndef EXPORT_S3_LOCATE_H
#define EXPORT_S3_LOCATE_H

#include <stdbool.h>

struct fault;
struct input;
struct s3_file;
struct s3_manifest;

/* Where the files of an export to S3 are in a copy of the bucket, or of a part
 * of it: for export/s3_manifest.c. */

/* The directory that contains the file ${name}, ${path} or the only one below,
 * for the caller; NULL when there is none. -1 when there are several, or one
 * cannot be read. */
int s3_locate_export(char **directory, const char *path, const char *name,
    struct fault *f);

/* Without a manifest: the files of ${m} are those at ${path} or below with the
 * name of a data file (*.json.gz, *.json); there may be none. -1 when they are
 * in several directories. */
int s3_locate_data(struct s3_manifest *m, const char *path, struct fault *f);

/* Whether ${path} is a regular file. */
bool s3_locate_is_file(const char *path);

/* Set the path of each file of ${m}, compressed or not; -1 names those that are
 * missing. m->surplus is what else is there. ${path} is the directory that the
 * user named. */
int s3_locate_files(struct s3_manifest *m, const char *path, struct fault *f);

/* Note, by its first byte, whether ${file}, open as ${in}, is no longer
 * compressed: then its sum does not apply. */
void s3_locate_sniff(struct s3_file *file, struct input *in);

#endif
