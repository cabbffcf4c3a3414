#ifndef LIB_AWS_PROVIDER_PROVIDER_PARTS_H
#define LIB_AWS_PROVIDER_PROVIDER_PARTS_H

struct fault;
struct search;

/* The places where keys may be, for provider.c and provider_*.c only. */

/*
 * A place: 1 when it has filled s->keys and s->source, 0 when it has nothing
 * (s->why may say why not), -1 when it ought to have keys and fails.
 */
int provider_environment(struct search *s, struct fault *f);
int provider_role(struct search *s, struct fault *f);
int provider_web(struct search *s, struct fault *f);
int provider_sso(struct search *s, struct fault *f);
int provider_credentials(struct search *s, struct fault *f);
int provider_login(struct search *s, struct fault *f);
int provider_process(struct search *s, struct fault *f);
int provider_config(struct search *s, struct fault *f);
int provider_container(struct search *s, struct fault *f);
int provider_metadata(struct search *s, struct fault *f);

#endif
