#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/cms_read.h"
#include "lib/stream/cms_write.h"
#include "lib/stream/outfile.h"

/* OpenSSL writes a chunk of the message for every 4 KiB. */
#define STEP ((size_t)1 << 20)

struct cms_write {
	const struct cms_recipients *to;
	int64_t part, room; /* text of a message; left in the current one */
	struct outfile *files;
	size_t n;
	CMS_ContentInfo *content; /* the current message, to the last file */
	BIO *out;                 /* memory: encrypted, not written yet */
	BIO *in; /* encrypts into out; NULL before the first byte */
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

/* OpenSSL's defaults are PKCS #1 v1.5 and SHA-1. */
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

static int
begin_message(struct cms_write *s, struct fault *f)
{
	s->room = s->part;
	s->out = BIO_new(BIO_s_mem());
	s->content = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(),
	    CMS_STREAM | CMS_PARTIAL | CMS_BINARY);
	if (s->out == NULL || s->content == NULL)
		return failed(f);
	for (size_t i = 0; i < s->to->n; i++)
		if (add_recipient(s->content, s->to->list[i]) != 0)
			return failed(f);
	return 0;
}

static void
free_message(struct cms_write *s)
{
	/* in is a chain of several that ends in out */
	while (s->in != NULL && s->in != s->out) {
		BIO *next = BIO_pop(s->in);

		(void)BIO_free(s->in);
		s->in = next;
	}
	(void)BIO_free(s->out);
	CMS_ContentInfo_free(s->content);
	s->in = s->out = NULL;
	s->content = NULL;
}

struct cms_write *
cms_write_open(struct outfile *first, const struct cms_recipients *to,
    int64_t part, struct fault *f)
{
	struct cms_write *s = xcalloc(1, sizeof(*s));

	s->to = to;
	s->part = part > 0 ? part : CMS_PART;
	s->files = xmalloc(sizeof(*s->files));
	s->files[s->n++] = *first;
	*first = (struct outfile){ .fd = -1 };
	if (begin_message(s, f) == 0)
		return s;
	cms_write_discard(s);
	return NULL;
}

/* Write what was encrypted so far. */
static int
flush(struct cms_write *s, struct fault *f)
{
	char *p;
	long n = BIO_get_mem_data(s->out, &p);
	int rc = 0;

	if (n > 0)
		rc = outfile_write(&s->files[s->n - 1], p, (size_t)n, f);
	(void)BIO_reset(s->out);
	return rc;
}

static int
encrypt(struct cms_write *s, const char *from, size_t n, struct fault *f)
{
	if (s->in == NULL)
		s->in = BIO_new_CMS(s->out, s->content);
	if (s->in == NULL)
		return failed(f);
	while (n > 0) {
		int wrote = BIO_write(s->in, from, (int)(n < STEP ? n : STEP));

		if (wrote <= 0)
			return failed(f);
		if (flush(s, f) != 0)
			return -1;
		from += wrote;
		n -= (size_t)wrote;
	}
	return 0;
}

/* A stream without text: BIO_new_CMS would write nothing at all. */
static int
end_empty(struct cms_write *s)
{
	BIO *nothing = BIO_new_mem_buf("", 0);
	int rc = -1;

	if (nothing != NULL &&
	    CMS_final(s->content, nothing, NULL, CMS_BINARY) > 0 &&
	    i2d_CMS_bio(s->out, s->content) > 0)
		rc = 0;
	(void)BIO_free(nothing);
	return rc;
}

static int
end_message(struct cms_write *s, struct fault *f)
{
	if (s->in == NULL ? end_empty(s) != 0 : BIO_flush(s->in) <= 0)
		return failed(f);
	if (flush(s, f) != 0)
		return -1;
	free_message(s);
	return outfile_settle(&s->files[s->n - 1], f);
}

static int
next_message(struct cms_write *s, struct fault *f)
{
	const struct outfile *first = &s->files[0];
	char *path;
	int rc;

	if (first->temp == NULL)
		return fault(f, FAULT_IO,
		    "%s: one encrypted message has at most %lld MiB; write to "
		    "a file (-o FILE), which continues in FILE.0002",
		    first->name, (long long)(s->part >> 20));
	if (end_message(s, f) != 0)
		return -1;
	path = cms_read_part(first->target, (int)s->n + 1);
	s->files = xreallocarray(s->files, s->n + 1, sizeof(*s->files));
	rc = outfile_open(&s->files[s->n], path, f);
	free(path);
	if (rc != 0)
		return -1;
	s->n++;
	return begin_message(s, f);
}

int
cms_write_add(struct cms_write *s, const void *p, size_t n, struct fault *f)
{
	const char *from = p;

	while (n > 0) {
		size_t step = (int64_t)n < s->room ? n : (size_t)s->room;

		if (encrypt(s, from, step, f) != 0)
			return -1;
		from += step;
		n -= step;
		s->room -= (int64_t)step;
		/* a full one is never the last */
		if (s->room == 0 && next_message(s, f) != 0)
			return -1;
	}
	return 0;
}

static bool
is_encrypted(const char *path)
{
	unsigned char head[CMS_READ_HEAD];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (fd >= 0)
		(void)close(fd);
	return n > 0 && cms_read_is(head, (size_t)n);
}

/* Remove what an earlier, longer export left after our last file. */
static void
remove_others(const char *path, size_t n)
{
	char *other;
	bool removed = true;

	while (removed) {
		other = cms_read_part(path, (int)++n);
		removed = is_encrypted(other) && unlink(other) == 0;
		free(other);
	}
}

int
cms_write_finish(struct cms_write *s, struct fault *f)
{
	struct outfile *first = &s->files[0];

	if (end_message(s, f) != 0)
		return -1;
	if (first->temp == NULL)
		return 0;
	/* Readers begin with the first one: it must never stand before the
	 * others of another export. */
	if (s->n > 1 && unlink(first->target) != 0 && errno != ENOENT)
		return outfile_fault(first, errno, f);
	for (size_t i = s->n; i-- > 0;)
		if (outfile_rename(&s->files[i], f) != 0)
			return -1;
	remove_others(first->target, s->n);
	return 0;
}

void
cms_write_discard(struct cms_write *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		outfile_discard(&s->files[i]);
	free(s->files);
	free_message(s);
	free(s);
}
