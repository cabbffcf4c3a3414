#ifndef LIB_BASE_SHLEX_H
#define LIB_BASE_SHLEX_H

struct buf;

/*
 * Split ${s} into words as a POSIX shell does, quotes and backslashes, but
 * with no expansion of any kind (Python's shlex.split): what botocore does to
 * section names and to credential_process. The list ends with NULL; NULL
 * itself when a quote is left open or a backslash ends the text. Pure.
 */
char **shlex_split(const char *s);
void shlex_free(char **list);

/* Add ${s} to ${out} as one word for a POSIX shell. */
void shlex_quote(struct buf *out, const char *s);
/* The same, all but printable ASCII written in octal: a "$(printf …)", which
 * loses a newline at the very end. */
void shlex_quote_octal(struct buf *out, const char *s);

#endif
