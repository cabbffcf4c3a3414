#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/fault.h"
#include "base/mem.h"
#include "export/cms_key.h"

#define PHRASE_MAX 1024

struct cms_recipients {
	X509 **list;
	size_t n;
};

struct cms_key {
	EVP_PKEY *pkey;
	char *path;
};

static BIO *
open_pem(const char *path, struct fault *f)
{
	BIO *bio;

	errno = 0;
	bio = BIO_new_file(path, "r");
	if (bio == NULL)
		(void)fault(f, FAULT_IO, "%s: %s", path,
		    errno != 0 ? strerror(errno) : "cannot open it");
	ERR_clear_error();
	return bio;
}

static int
check_type(const char *path, const EVP_PKEY *pkey, struct fault *f)
{
	const char *type;

	if (pkey == NULL)
		return fault(f, FAULT_DATA,
		    "%s: its public key cannot be understood", path);
	if (EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_is_a(pkey, "EC"))
		return 0;
	type = EVP_PKEY_get0_type_name(pkey);
	return fault(f, FAULT_DATA,
	    "%s: has a key of type %s; encryption is to RSA and EC keys", path,
	    type != NULL ? type : "unknown");
}

static X509 *
load_certificate(const char *path, struct fault *f)
{
	BIO *bio = open_pem(path, f);
	X509 *cert;

	if (bio == NULL)
		return NULL;
	cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	(void)BIO_free(bio);
	ERR_clear_error();
	if (cert == NULL) {
		(void)fault(f, FAULT_DATA,
		    "%s: holds no certificate in PEM (-----BEGIN "
		    "CERTIFICATE-----)",
		    path);
		return NULL;
	}
	if (check_type(path, X509_get0_pubkey(cert), f) != 0) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}

struct cms_recipients *
cms_recipients_load(const char *const *paths, size_t n, struct fault *f)
{
	struct cms_recipients *r = xcalloc(1, sizeof(*r));

	r->list = xcalloc(n, sizeof(X509 *));
	for (; r->n < n; r->n++) {
		r->list[r->n] = load_certificate(paths[r->n], f);
		if (r->list[r->n] == NULL) {
			cms_recipients_free(r);
			return NULL;
		}
	}
	return r;
}

void
cms_recipients_free(struct cms_recipients *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		X509_free(r->list[i]);
	free(r->list);
	free(r);
}

struct x509_st *
cms_recipients_get(const struct cms_recipients *r, size_t i)
{
	return i < r->n ? r->list[i] : NULL;
}

/* The passphrase of a key, asked for at most once. */
struct phrase {
	const char *path;
	int (*ask)(void *ctx, const char *path, char *to, size_t size,
	    struct fault *f);
	void *ctx;
	struct fault *f;
	char text[PHRASE_MAX];
	int n; /* -1: refused */
	bool asked;
};

static int
give_phrase(char *to, int size, int writing, void *ctx)
{
	struct phrase *p = ctx;

	(void)writing;
	if (!p->asked)
		p->n = p->ask(p->ctx, p->path, p->text, sizeof(p->text), p->f);
	p->asked = true;
	if (p->n < 0 || p->n > size)
		return -1;
	memcpy(to, p->text, (size_t)p->n);
	return p->n;
}

static int
load_key(struct cms_key *k, struct phrase *p, struct fault *f)
{
	BIO *bio = open_pem(k->path, f);

	if (bio == NULL)
		return -1;
	k->pkey = PEM_read_bio_PrivateKey(bio, NULL, give_phrase, p);
	(void)BIO_free(bio);
	ERR_clear_error();
	if (k->pkey != NULL)
		return check_type(k->path, k->pkey, f);
	if (p->asked && p->n < 0)
		return -1;
	if (p->asked)
		return fault(f, FAULT_DATA,
		    "%s: this is not its passphrase (or it is damaged)",
		    k->path);
	return fault(f, FAULT_DATA,
	    "%s: holds no private key in PEM (-----BEGIN PRIVATE KEY-----)",
	    k->path);
}

struct cms_key *
cms_key_load(const char *path,
    int (*ask)(void *ctx, const char *path, char *to, size_t size,
	struct fault *f),
    void *ctx, struct fault *f)
{
	struct cms_key *k = xcalloc(1, sizeof(*k));
	struct phrase phrase = { .path = path, .ask = ask, .ctx = ctx, .f = f };
	int rc;

	k->path = xstrdup(path);
	rc = load_key(k, &phrase, f);
	OPENSSL_cleanse(phrase.text, sizeof(phrase.text));
	if (rc == 0)
		return k;
	cms_key_free(k);
	return NULL;
}

void
cms_key_free(struct cms_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	free(k->path);
	free(k);
}

const char *
cms_key_path(const struct cms_key *k)
{
	return k->path;
}

struct evp_pkey_st *
cms_key_get(const struct cms_key *k)
{
	return k->pkey;
}
