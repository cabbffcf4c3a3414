#ifndef LIB_STREAM_CMS_KEY_H
#define LIB_STREAM_CMS_KEY_H

#include <stddef.h>

struct evp_pkey_st;
struct fault;
struct x509_st;

/* Who can read an encrypted export: certificates with RSA or EC keys. */
struct cms_recipients {
	struct x509_st **list;
	size_t n;
};

/* All certificates of each file (PEM). */
struct cms_recipients *cms_recipients_load(const char *const *paths, size_t n,
    struct fault *f);
void cms_recipients_free(struct cms_recipients *r);

/* A private key to decrypt with. */
struct cms_key {
	struct evp_pkey_st *pkey;
	char *path; /* for messages */
};

/*
 * The key in the file ${path} (PEM). Where it has a passphrase, ${ask} puts
 * it into ${to}[0..size) and returns its length, or -1 with the fault; it is
 * called at most once.
 */
struct cms_key *cms_key_load(const char *path,
    int (*ask)(void *ctx, const char *path, char *to, size_t size,
	struct fault *f),
    void *ctx, struct fault *f);
void cms_key_free(struct cms_key *k);

#endif
