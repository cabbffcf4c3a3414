#ifndef LIB_AWS_PROVIDER_PROVIDER_H
#define LIB_AWS_PROVIDER_PROVIDER_H

#include <stdbool.h>

struct aws_config;
struct aws_keyset;
struct world;
struct fault;

/*
 * Look for keys in the order of the AWS CLI: fills ${keys} (generation 0;
 * released by the caller) and ${source}, for people, freed by the caller. If a
 * place that the CLI would use fails, so does the search: the next place may
 * have somebody else's keys. ${again}: keys are renewed in the middle of a
 * run, when nobody can be asked for a code. -1 with FAULT_CREDENTIALS (or
 * FAULT_CONFIG, FAULT_NET, …): the fault says what was tried.
 */
int provider_search(const struct aws_config *config, struct world *world,
    bool again, struct aws_keyset *keys, char **source, struct fault *f);

#endif
