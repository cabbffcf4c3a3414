#include <stdlib.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/cms.h"
#include "lib/stream/cms_key.h"

/* OpenSSL writes a chunk of the message for every 4 KiB. */
#define STEP ((size_t)1 << 20)

struct cms {
	CMS_ContentInfo *content;
	BIO *out; /* memory: what was written and is not taken yet */
	BIO *in;  /* encrypts into out; NULL until there is something */
};

static int
failed(struct fault *f)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	(void)fault(f, FAULT_IO, "cannot encrypt: %s",
	    why != NULL ? why : "OpenSSL refuses it");
	ERR_clear_error();
	return -1;
}

/* The defaults are PKCS #1 v1.5 and SHA-1. */
static int
add_recipient(CMS_ContentInfo *content, X509 *cert)
{
	CMS_RecipientInfo *info =
	    CMS_add1_recipient_cert(content, cert, CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx =
	    info != NULL ? CMS_RecipientInfo_get0_pkey_ctx(info) : NULL;

	if (ctx == NULL)
		return -1;
	if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_AGREE)
		return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0 ? 0
									   : -1;
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) <= 0)
		return -1;
	return 0;
}

struct cms *
cms_begin(const struct cms_recipients *to, struct fault *f)
{
	struct cms *m = xcalloc(1, sizeof(*m));
	X509 *cert;

	m->out = BIO_new(BIO_s_mem());
	m->content = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(),
	    CMS_STREAM | CMS_PARTIAL | CMS_BINARY);
	if (m->out == NULL || m->content == NULL)
		goto bad;
	for (size_t i = 0; (cert = cms_recipients_get(to, i)) != NULL; i++)
		if (add_recipient(m->content, cert) != 0)
			goto bad;
	return m;
bad:
	(void)failed(f);
	cms_free(m);
	return NULL;
}

/* Take what lies in m->out. */
static void
take(struct cms *m, struct buf *out)
{
	char *p;
	long n = BIO_get_mem_data(m->out, &p);

	if (n > 0)
		buf_add(out, p, (size_t)n);
	(void)BIO_reset(m->out);
}

int
cms_write(struct cms *m, const void *p, size_t n, struct buf *out,
    struct fault *f)
{
	const char *from = p;

	if (n > 0 && m->in == NULL)
		m->in = BIO_new_CMS(m->out, m->content);
	if (n > 0 && m->in == NULL)
		return failed(f);
	while (n > 0) {
		int step = (int)(n < STEP ? n : STEP);
		int wrote = BIO_write(m->in, from, step);

		if (wrote <= 0)
			return failed(f);
		take(m, out);
		from += wrote;
		n -= (size_t)wrote;
	}
	return 0;
}

/* Streaming, OpenSSL writes nothing at all when there is nothing in it. */
static int
end_empty(struct cms *m)
{
	BIO *nothing = BIO_new_mem_buf("", 0);
	int rc = -1;

	if (nothing != NULL &&
	    CMS_final(m->content, nothing, NULL, CMS_BINARY) > 0 &&
	    i2d_CMS_bio(m->out, m->content) > 0)
		rc = 0;
	(void)BIO_free(nothing);
	return rc;
}

int
cms_end(struct cms *m, struct buf *out, struct fault *f)
{
	if (m->in == NULL ? end_empty(m) != 0 : BIO_flush(m->in) <= 0)
		return failed(f);
	take(m, out);
	return 0;
}

void
cms_free(struct cms *m)
{
	if (m == NULL)
		return;
	/* in is a chain of several that ends in out */
	while (m->in != NULL && m->in != m->out) {
		BIO *next = BIO_pop(m->in);

		(void)BIO_free(m->in);
		m->in = next;
	}
	(void)BIO_free(m->out);
	CMS_ContentInfo_free(m->content);
	free(m);
}
