#ifndef LIB_BASE_PATH_H
#define LIB_BASE_PATH_H

/*
 * A file's name as AWS's variables and options give it: $NAME and ${NAME}
 * become the variable's value, then ~ or ~user in front the home directory;
 * what is not known stays as it is. The caller frees it.
 */
char *path_expand(const char *s);

#endif
