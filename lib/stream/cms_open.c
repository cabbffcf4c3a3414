#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/ber.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/cms_open.h"

/*
 * OpenSSL would read the whole message into memory, and return its text
 * before the tag is checked. So we walk through the message, and give OpenSSL
 * only what stands before the encrypted text, made into a short message of its
 * own, to find the key in it. Its cipher context then decrypts the text as it
 * is read.
 */
#define HEAD_MAX ((size_t)1 << 20) /* recipients: some thousands */
#define TAG 16 /* bytes; a message with a shorter tag could be forged */

struct cms_open {
	const struct cms_key *key;
	int fd;
	off_t pos; /* read by offset */
	struct ber ber;
	struct buf head; /* the short message */
	int outer;       /* depth of the element that contains the text */
	bool whole;      /* the text is one chunk */
	int64_t left;    /* of the current chunk */
	bool done;
	CMS_ContentInfo *content;
	BIO *chain; /* owns the cipher context */
	EVP_CIPHER_CTX *cipher;
};

static int
more(void *ctx, unsigned char *to, size_t room, struct fault *f)
{
	struct cms_open *o = ctx;
	ssize_t got;

	do {
		got = pread(o->fd, to, room, o->pos);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return fault(f, FAULT_IO, "%s", strerror(errno));
	o->pos += got;
	return (int)got;
}

/* The next element, which must be a ${tag}. */
static int
expect(struct cms_open *o, unsigned char tag, struct ber_header *h,
    struct fault *f)
{
	int r = ber_next(&o->ber, h, f);

	if (r < 0)
		return -1;
	if (r == 0 || h->tag != tag)
		return ber_fault(&o->ber, "something unexpected", f);
	return 0;
}

static int
expect_enter(struct cms_open *o, unsigned char tag, struct fault *f)
{
	struct ber_header h;

	return expect(o, tag, &h, f) == 0 ? ber_enter(&o->ber, &h, f) : -1;
}

static int
copy_head(struct cms_open *o, const struct ber_header *h, struct fault *f)
{
	return ber_copy(&o->ber, h, &o->head, HEAD_MAX, f);
}

static int
expect_copy(struct cms_open *o, unsigned char tag, struct fault *f)
{
	struct ber_header h;

	return expect(o, tag, &h, f) == 0 ? copy_head(o, &h, f) : -1;
}

static int
copy_type(struct cms_open *o, struct fault *f)
{
	/* 1.2.840.113549.1.9.16.1.23 */
	static const unsigned char auth[] = { 0x06, 0x0b, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17 };
	size_t at = o->head.n;

	if (expect_copy(o, BER_OID, f) != 0)
		return -1;
	if (o->head.n - at == sizeof(auth) &&
	    memcmp(o->head.p + at, auth, sizeof(auth)) == 0)
		return 0;
	return fault(f, FAULT_DATA,
	    "a CMS message of another kind than AuthEnvelopedData: "
	    "changes on the way could not be detected");
}

#define ADD(out, bytes) buf_add(out, bytes, sizeof(bytes) - 1)

/* Up to the encrypted text; o->head becomes a message without one. */
static int
read_head(struct cms_open *o, struct fault *f)
{
	struct ber_header h;

	ADD(&o->head, "\x30\x80");
	if (expect_enter(o, BER_SEQUENCE, f) != 0 || copy_type(o, f) != 0 ||
	    expect_enter(o, BER_CONTEXT | BER_CONSTRUCTED, f) != 0 ||
	    expect_enter(o, BER_SEQUENCE, f) != 0)
		return -1;
	ADD(&o->head, "\xa0\x80\x30\x80");
	if (expect_copy(o, BER_INTEGER, f) != 0 || ber_next(&o->ber, &h, f) < 0)
		return -1;
	if (h.tag == (BER_CONTEXT | BER_CONSTRUCTED) && /* originatorInfo */
	    (copy_head(o, &h, f) != 0 || ber_next(&o->ber, &h, f) < 0))
		return -1;
	if (h.tag != BER_SET)
		return ber_fault(&o->ber, "no recipients", f);
	if (copy_head(o, &h, f) != 0)
		return -1;
	ADD(&o->head, "\x30\x80");
	if (expect_enter(o, BER_SEQUENCE, f) != 0 ||
	    expect_copy(o, BER_OID, f) != 0 ||
	    expect_copy(o, BER_SEQUENCE, f) != 0)
		return -1;
	ADD(&o->head,
	    "\x80\x01\0\0\0\x04\x10" /* one byte, no tag */
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0");
	return 0;
}

/* Go to the text: one piece, or an element of chunks. */
static int
begin_text(struct cms_open *o, struct fault *f)
{
	struct ber_header h = { 0 };

	if (ber_next(&o->ber, &h, f) < 0)
		return -1;
	o->whole = h.tag == BER_CONTEXT;
	o->left = o->whole ? h.length : 0;
	o->outer = o->ber.depth;
	if (o->whole)
		return 0;
	if (h.tag != (BER_CONTEXT | BER_CONSTRUCTED))
		return ber_fault(&o->ber, "no text", f);
	return ber_enter(&o->ber, &h, f);
}

/* Go to the next chunk: 1; 0 when there is none; -1. */
static int
next_chunk(struct cms_open *o, struct fault *f)
{
	struct ber_header h;
	int r;

	while (!o->whole && o->ber.depth > o->outer) {
		r = ber_next(&o->ber, &h, f);
		if (r < 0)
			return -1;
		if (r == 0)
			continue;
		if (h.tag == BER_OCTETS) {
			o->left = h.length;
			return 1;
		}
		if (h.tag != (BER_OCTETS | BER_CONSTRUCTED))
			return ber_fault(&o->ber, "no text", f);
		if (ber_enter(&o->ber, &h, f) != 0)
			return -1;
	}
	return 0;
}

/* Some of the text, at most ${most} bytes, borrowed until the next call: 1; 0
 * at its end; -1. */
static int
read_text(struct cms_open *o, const unsigned char **p, size_t *n, size_t most,
    struct fault *f)
{
	int64_t rest;
	int r;

	while (o->left == 0) {
		r = next_chunk(o, f);
		if (r != 1)
			return r;
	}
	rest = o->left < (int64_t)most ? o->left : (int64_t)most;
	o->left -= rest;
	if (ber_read(&o->ber, &rest, p, n, f) != 0)
		return -1;
	o->left += rest;
	return 1;
}

/* Unauthenticated attributes, and the ends of all elements. */
static int
skip_rest(struct cms_open *o, struct fault *f)
{
	struct buf skipped = { 0 };
	struct ber_header h;
	int r;

	while (o->ber.depth > 0) {
		r = ber_next(&o->ber, &h, f);
		if (r == 1)
			r = ber_copy(&o->ber, &h, &skipped, HEAD_MAX, f);
		buf_release(&skipped);
		if (r < 0)
			return -1;
	}
	r = ber_end(&o->ber, f);
	if (r == 0)
		return ber_fault(&o->ber, "it is followed by something else",
		    f);
	return r < 0 ? -1 : 0;
}

/* What stands after the text: the tag, and nothing else that counts. */
static int
read_tag(struct cms_open *o, unsigned char tag[TAG], struct fault *f)
{
	struct buf b = { 0 };
	struct ber_header h;
	int r = ber_next(&o->ber, &h, f);

	if (r > 0)
		return ber_fault(&o->ber, "no end of the text", f);
	if (r == 0 && (r = ber_next(&o->ber, &h, f)) == 0)
		return ber_fault(&o->ber, "no tag", f);
	if (r < 0)
		return -1;
	if (h.tag == (BER_CONTEXT | BER_CONSTRUCTED | 1))
		return fault(f, FAULT_DATA,
		    "it has authenticated attributes, which are not "
		    "supported");
	if (h.tag != BER_OCTETS || h.length != TAG)
		return ber_fault(&o->ber, "its tag is not of 16 bytes", f);
	r = ber_copy(&o->ber, &h, &b, HEAD_MAX, f);
	if (r == 0)
		memcpy(tag, b.p + b.n - TAG, TAG);
	buf_release(&b);
	return r == 0 ? skip_rest(o, f) : -1;
}

/* Whether the key of ${info} was found with ${pkey}. */
static bool
unwrap(CMS_ContentInfo *content, CMS_RecipientInfo *info, EVP_PKEY *pkey)
{
	STACK_OF(CMS_RecipientEncryptedKey) * keys;
	int r = 0;

	if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS &&
	    EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_up_ref(pkey)) {
		(void)CMS_RecipientInfo_set0_pkey(info, pkey);
		r = CMS_RecipientInfo_decrypt(content, info);
		(void)CMS_RecipientInfo_set0_pkey(info, NULL);
	}
	if (CMS_RecipientInfo_type(info) != CMS_RECIPINFO_AGREE ||
	    !EVP_PKEY_is_a(pkey, "EC"))
		return r > 0;
	keys = CMS_RecipientInfo_kari_get0_reks(info);
	for (int i = 0; r <= 0 && i < sk_CMS_RecipientEncryptedKey_num(keys);
	     i++) {
		if (CMS_RecipientInfo_kari_set0_pkey(info, pkey) <= 0)
			break;
		r = CMS_RecipientInfo_kari_decrypt(content, info,
		    sk_CMS_RecipientEncryptedKey_value(keys, i));
		(void)CMS_RecipientInfo_kari_set0_pkey(info, NULL);
	}
	return r > 0;
}

static int
find_key(struct cms_open *o, struct fault *f)
{
	STACK_OF(CMS_RecipientInfo) * infos;
	int n;

	/* without a key: from now on one of a wrong length is a wrong one */
	(void)CMS_decrypt(o->content, NULL, NULL, NULL, NULL, 0);
	infos = CMS_get0_RecipientInfos(o->content);
	n = sk_CMS_RecipientInfo_num(infos);
	for (int i = 0; i < n; i++)
		if (unwrap(o->content, sk_CMS_RecipientInfo_value(infos, i),
			o->key->pkey))
			return 0;
	return fault(f, FAULT_DATA,
	    "it is not encrypted to the key in %s, but to %d other%s (or it "
	    "is damaged)",
	    o->key->path, n, n == 1 ? "" : "s");
}

static int
find_cipher(struct cms_open *o, struct fault *f)
{
	const unsigned char *p = (const unsigned char *)o->head.p;
	BIO *bio = BIO_new_mem_buf(p, (int)o->head.n);

	o->content = bio != NULL ? d2i_CMS_bio(bio, NULL) : NULL;
	(void)BIO_free(bio);
	if (o->content == NULL)
		return fault(f, FAULT_DATA,
		    "damaged: its recipients cannot be understood");
	if (find_key(o, f) != 0)
		return -1;
	o->chain = CMS_dataInit(o->content, NULL);
	if (o->chain == NULL || BIO_get_cipher_ctx(o->chain, &o->cipher) <= 0 ||
	    o->cipher == NULL)
		return fault(f, FAULT_DATA,
		    "damaged: its cipher cannot be understood");
	if (EVP_CIPHER_CTX_get_mode(o->cipher) != EVP_CIPH_GCM_MODE)
		return fault(f, FAULT_DATA,
		    "its cipher is not AES-GCM: changes on the way could not "
		    "be detected");
	return 0;
}

struct cms_open *
cms_open(int fd, off_t from, const struct cms_key *key, struct fault *f)
{
	struct cms_open *o = xcalloc(1, sizeof(*o));
	int rc = -1;

	o->key = key;
	o->fd = fd;
	o->pos = from;
	ber_begin(&o->ber, more, o);
	if (read_head(o, f) == 0 && begin_text(o, f) == 0)
		rc = find_cipher(o, f);
	ERR_clear_error();
	if (rc == 0)
		return o;
	cms_open_close(o);
	return NULL;
}

/* The end of the text: does the tag hold? */
static int
finish(struct cms_open *o, struct fault *f)
{
	unsigned char tag[TAG], none[16];
	int n = 0, ok;

	if (read_tag(o, tag, f) != 0)
		return -1;
	ok = EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_TAG, TAG, tag) >
		0 &&
	    EVP_DecryptFinal_ex(o->cipher, none, &n) > 0;
	ERR_clear_error();
	if (!ok || n != 0)
		return fault(f, FAULT_DATA,
		    "its authentication tag is wrong: it was changed or "
		    "damaged (or is encrypted to another key)");
	o->done = true;
	return 0;
}

int
cms_open_read(struct cms_open *o, unsigned char *to, size_t room,
    struct fault *f)
{
	const unsigned char *p;
	size_t n;
	int r, got = 0;

	if (o->done)
		return 0;
	r = read_text(o, &p, &n, room, f);
	if (r <= 0)
		return r < 0 ? -1 : finish(o, f);
	if (EVP_DecryptUpdate(o->cipher, to, &got, p, (int)n) <= 0 ||
	    (size_t)got != n) {
		ERR_clear_error();
		return fault(f, FAULT_DATA, "it cannot be decrypted");
	}
	return got;
}

void
cms_open_close(struct cms_open *o)
{
	if (o == NULL)
		return;
	ber_release(&o->ber);
	buf_release(&o->head);
	BIO_free_all(o->chain);
	CMS_ContentInfo_free(o->content);
	free(o);
}
