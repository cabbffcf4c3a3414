#ifndef LIB_AWS_CONFIG_PLACE_H
#define LIB_AWS_CONFIG_PLACE_H

#include "lib/aws/config.h"

/* For config.c alone: find region and endpoint, in what was said. */
int config_place(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f);

#endif
