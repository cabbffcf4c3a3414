#ifndef LIB_BASE_PATH_H
#define LIB_BASE_PATH_H

/*
 * Expand a path from one of AWS's variables or options: $NAME and ${NAME}
 * become the variable's value, then ~ or ~user at the beginning the home
 * directory. Unknown ones are kept. The caller frees it.
 */
char *path_expand(const char *s);

#endif
