#ifndef EXPORT_S3_LOCATE_H
#define EXPORT_S3_LOCATE_H

struct fault;
struct s3_manifest;

/*
 * Where the files of an export to S3 ended up in a copy of the bucket, or of
 * a part of it: for export/s3_manifest.c.
 */

/* The folder that holds ${summary}: ${path} or the only one below it. The
 * caller's; NULL when there is none, or several. */
char *s3_locate_export(const char *path, const char *summary, struct fault *f);

/* Give every file of ${m} its path; name those that are missing (-1) and, in
 * ${m}->surplus, those that are there but in no manifest. ${path} is the
 * folder that was given. */
int s3_locate_files(struct s3_manifest *m, const char *path, struct fault *f);

#endif
