#ifndef LIB_AWS_IMDS_H
#define LIB_AWS_IMDS_H

struct aws_config;
struct buf;
struct world;
struct fault;

/*
 * The metadata service of the instance this runs on, version 2 only: PUT gives
 * a token, which each GET sends. Never through a proxy, and with short
 * timeouts, as nobody answers outside an instance. The variables and options
 * of the AWS CLI change its address and timeout or switch it off.
 */
struct imds;

/* Get a token. NULL: the fault says why; FAULT_NET when nobody answers or it
 * is switched off. */
struct imds *imds_open(const struct aws_config *config, struct world *world,
    struct fault *f);
void imds_close(struct imds *m);

/* Put what is at /latest/meta-data/${path} into an empty ${out}, which the
 * caller wipes. 1 when there is no such thing (404). */
int imds_get(struct imds *m, const char *path, struct buf *out,
    struct fault *f);
/* For people: "http://169.254.169.254". Borrowed. */
const char *imds_url(const struct imds *m);

/* The region of the instance; the caller frees it. NULL on failure. */
char *imds_region(const struct aws_config *config, struct world *world,
    struct fault *f);

#endif
