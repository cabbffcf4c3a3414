#ifndef LIB_AWS_IMDS_H
#define LIB_AWS_IMDS_H

struct aws_config;
struct buf;
struct world;
struct fault;

/*
 * The metadata service of the instance this runs on, version 2 only: a token
 * is had by PUT and shown with each GET. Never through a proxy; short
 * time-outs, for where there is none, nobody answers. The variables and
 * options of the AWS CLI move it, slow it down and switch it off.
 */
struct imds;

/* Get a token. NULL: the fault says why, FAULT_NET when nobody is there or it
 * is switched off. */
struct imds *imds_open(const struct aws_config *config, struct world *world,
    struct fault *f);
void imds_close(struct imds *m);

/* The text below /latest/meta-data/, added to ${out}; the caller wipes it. 1
 * when there is no such thing (404). */
int imds_get(struct imds *m, const char *path, struct buf *out,
    struct fault *f);
/* For people: "http://169.254.169.254". Borrowed. */
const char *imds_url(const struct imds *m);

/* The region of the instance; the caller frees it. NULL on failure. */
char *imds_region(const struct aws_config *config, struct world *world,
    struct fault *f);

#endif
