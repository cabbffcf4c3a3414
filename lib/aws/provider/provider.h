#ifndef LIB_AWS_PROVIDER_PROVIDER_H
#define LIB_AWS_PROVIDER_PROVIDER_H

#include <stdbool.h>

struct aws_config;
struct aws_keyset;
struct world;
struct fault;

/*
 * Ask the places where keys may be, in the order of the AWS CLI, until one
 * has them: fills ${keys} (generation 0; released by the caller) and
 * ${source}, for people, freed by the caller. A place that the CLI would take
 * and that fails is a failure, never passed over: what comes after it may be
 * somebody else. ${again}: the keys are wanted anew in the middle of a run,
 * when nobody can be asked for a code. -1 with FAULT_CREDENTIALS (or what was
 * wrong: FAULT_CONFIG, FAULT_NET, …), which says what was tried.
 */
int provider_search(const struct aws_config *config, struct world *world,
    bool again, struct aws_keyset *keys, char **source, struct fault *f);

#endif
