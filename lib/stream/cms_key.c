#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/cms_key.h"

#define PHRASE_MAX 1024
/* OAEP with SHA-256 needs 98 bytes for a key of AES-256; this is the next usual
 * size. */
#define RSA_BITS_LEAST 1024

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
		return fault(f, FAULT_DATA, "%s: unknown kind of public key",
		    path);
	if (EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_is_a(pkey, "EC"))
		return 0;
	type = EVP_PKEY_get0_type_name(pkey);
	return fault(f, FAULT_DATA,
	    "%s: has a key of type %s; encryption is to RSA and EC keys", path,
	    type != NULL ? type : "unknown");
}

static int
add_certificate(struct cms_recipients *r, X509 *cert, const char *path,
    struct fault *f)
{
	const EVP_PKEY *pkey = X509_get0_pubkey(cert);
	int bits;

	r->list = xreallocarray(r->list, r->n + 1, sizeof(X509 *));
	r->list[r->n++] = cert;
	if (check_type(path, pkey, f) != 0)
		return -1;
	bits = EVP_PKEY_get_bits(pkey);
	if (!EVP_PKEY_is_a(pkey, "RSA") || bits >= RSA_BITS_LEAST)
		return 0;
	return fault(f, FAULT_DATA,
	    "%s: an RSA key of %d bits is too short to encrypt to; at least %d "
	    "are needed",
	    path, bits, RSA_BITS_LEAST);
}

/* All in the file: nobody else could read the export. */
static int
load_certificates(struct cms_recipients *r, const char *path, struct fault *f)
{
	BIO *bio = open_pem(path, f);
	size_t before = r->n;
	X509 *cert;
	bool damaged;
	int rc = 0;

	if (bio == NULL)
		return -1;
	while (rc == 0 &&
	    (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		rc = add_certificate(r, cert, path, f);
	damaged = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
	(void)BIO_free(bio);
	ERR_clear_error();
	if (rc != 0)
		return -1;
	if (r->n == before)
		return fault(f, FAULT_DATA,
		    "%s: contains no certificate in PEM (-----BEGIN "
		    "CERTIFICATE-----)",
		    path);
	if (damaged)
		return fault(f, FAULT_DATA, "%s: certificate %zu is damaged",
		    path, r->n - before + 1);
	return 0;
}

struct cms_recipients *
cms_recipients_load(const char *const *paths, size_t n, struct fault *f)
{
	struct cms_recipients *r = xcalloc(1, sizeof(*r));

	for (size_t i = 0; i < n; i++)
		if (load_certificates(r, paths[i], f) != 0) {
			cms_recipients_free(r);
			return NULL;
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
		    "%s: wrong passphrase (or the file is damaged)", k->path);
	return fault(f, FAULT_DATA,
	    "%s: contains no private key in PEM (-----BEGIN PRIVATE KEY-----)",
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
