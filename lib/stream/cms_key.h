#ifndef LIB_STREAM_CMS_KEY_H
#define LIB_STREAM_CMS_KEY_H

#include <stddef.h>

struct evp_pkey_st;
struct fault;
struct x509_st;

/* Who can read an encrypted export: certificates (PEM) with RSA or EC keys. */
struct cms_recipients;

/* All certificates of each file. */
struct cms_recipients *cms_recipients_load(const char *const *paths, size_t n,
    struct fault *f);
void cms_recipients_free(struct cms_recipients *r);
/* The ${i}th, for OpenSSL; NULL past the last. Borrowed. */
struct x509_st *cms_recipients_get(const struct cms_recipients *r, size_t i);

/* A private key that reads it. */
struct cms_key;

/*
 * The key in the file ${path} (PEM). Where it has a passphrase, ${ask} puts
 * it into ${to}[0..size) and returns its length, or -1 with the fault; asked
 * once.
 */
struct cms_key *cms_key_load(const char *path,
    int (*ask)(void *ctx, const char *path, char *to, size_t size,
	struct fault *f),
    void *ctx, struct fault *f);
void cms_key_free(struct cms_key *k);
const char *cms_key_path(const struct cms_key *k); /* for messages */
/* For OpenSSL. Borrowed. */
struct evp_pkey_st *cms_key_get(const struct cms_key *k);

#endif
