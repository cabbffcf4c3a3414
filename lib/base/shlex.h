#ifndef LIB_BASE_SHLEX_H
#define LIB_BASE_SHLEX_H

struct buf;

/*
 * Split ${s} into words as a POSIX shell does, with quotes and backslashes but
 * without expansions (Python's shlex.split), as botocore splits section names
 * and credential_process. The list ends with NULL. NULL when a quote is left
 * open or a backslash ends the text. Pure.
 */
char **shlex_split(const char *s);
void shlex_free(char **list);

/* Add ${s} to ${out} as one word for a POSIX shell. */
void shlex_quote(struct buf *out, const char *s);
/* The same as "$(printf …)", with all but printable ASCII in octal; a newline
 * at the very end is lost. */
void shlex_quote_octal(struct buf *out, const char *s);

#endif
