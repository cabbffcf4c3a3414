#ifndef EXPORT_S3_LOCATE_H
#define EXPORT_S3_LOCATE_H

#include <stdbool.h>

struct fault;
struct input;
struct s3_file;
struct s3_manifest;

/*
 * Where the files of an export to S3 ended up in a copy of the bucket, or of
 * a part of it: for export/s3_manifest.c.
 */

/* The directory that holds the file ${name}: ${path} or the only one below it.
 * The caller's; NULL when there is none. -1: there are several, or one that
 * cannot be looked into. */
int s3_locate_export(char **directory, const char *path, const char *name,
    struct fault *f);

/* Where no manifest names them: the files of ${m} are those at ${path} or
 * below that have a data file's name (*.json.gz, *.json); there may be none.
 * -1 when they are in more than one directory. */
int s3_locate_data(struct s3_manifest *m, const char *path, struct fault *f);

/* Whether ${path} is a regular file. */
bool s3_locate_is_file(const char *path);

/* Give every file of ${m} its path, be it compressed or not; name those that
 * are missing (-1) and, in ${m}->surplus, those that are there but in no
 * manifest. ${path} is the directory that was given. */
int s3_locate_files(struct s3_manifest *m, const char *path, struct fault *f);

/* Find out, by its first byte, whether ${file}, which is ${in}, is not
 * compressed any more: then it has no sum. */
void s3_locate_sniff(struct s3_file *file, struct input *in);
#endif
