#ifndef CLI_CONTEXT_UNLOCK_H
#define CLI_CONTEXT_UNLOCK_H

struct cms_key;
struct fault;
struct options;

/*
 * The key of --decrypt-with; *${key} is NULL without one, else the caller's.
 * Its passphrase is asked for on the terminal, whatever standard input is;
 * without a terminal a key that has one is refused.
 */
int unlock_key(struct cms_key **key, const struct options *o, struct fault *f);

#endif
