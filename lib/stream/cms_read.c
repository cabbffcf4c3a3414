#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/stream/ber.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/cms_read.h"

/*
 * OpenSSL would read the whole message into memory, and return its text
 * before the tag is checked. So we walk through the message, and give OpenSSL
 * only what stands before the encrypted text, made into a short message of its
 * own, to find the key in it. Its cipher context then decrypts the text as it
 * is read.
 */
#define PIECE ((size_t)256 << 10)  /* the unit of comparison */
#define HEAD_MAX ((size_t)1 << 20) /* recipients: some thousands */
#define TAG 16 /* bytes; a message with a shorter tag could be forged */

struct message {
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
	struct message *m = ctx;
	ssize_t got;

	do {
		got = pread(m->fd, to, room, m->pos);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return fault(f, FAULT_IO, "%s", strerror(errno));
	m->pos += got;
	return (int)got;
}

/* The next element, which must be a ${tag}. */
static int
expect(struct message *m, unsigned char tag, struct ber_header *h,
    struct fault *f)
{
	int r = ber_next(&m->ber, h, f);

	if (r < 0)
		return -1;
	if (r == 0 || h->tag != tag)
		return ber_fault(&m->ber, "something unexpected", f);
	return 0;
}

static int
expect_enter(struct message *m, unsigned char tag, struct fault *f)
{
	struct ber_header h;

	return expect(m, tag, &h, f) == 0 ? ber_enter(&m->ber, &h, f) : -1;
}

static int
copy_head(struct message *m, const struct ber_header *h, struct fault *f)
{
	return ber_copy(&m->ber, h, &m->head, HEAD_MAX, f);
}

static int
expect_copy(struct message *m, unsigned char tag, struct fault *f)
{
	struct ber_header h;

	return expect(m, tag, &h, f) == 0 ? copy_head(m, &h, f) : -1;
}

static int
copy_type(struct message *m, struct fault *f)
{
	/* 1.2.840.113549.1.9.16.1.23 */
	static const unsigned char auth[] = { 0x06, 0x0b, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17 };
	size_t at = m->head.n;

	if (expect_copy(m, BER_OID, f) != 0)
		return -1;
	if (m->head.n - at == sizeof(auth) &&
	    memcmp(m->head.p + at, auth, sizeof(auth)) == 0)
		return 0;
	return fault(f, FAULT_DATA,
	    "a CMS message of another kind than AuthEnvelopedData: "
	    "changes on the way could not be detected");
}

#define ADD(out, bytes) buf_add(out, bytes, sizeof(bytes) - 1)

/* Up to the encrypted text; m->head becomes a message without one. */
static int
read_head(struct message *m, struct fault *f)
{
	struct ber_header h;

	ADD(&m->head, "\x30\x80");
	if (expect_enter(m, BER_SEQUENCE, f) != 0 || copy_type(m, f) != 0 ||
	    expect_enter(m, BER_CONTEXT | BER_CONSTRUCTED, f) != 0 ||
	    expect_enter(m, BER_SEQUENCE, f) != 0)
		return -1;
	ADD(&m->head, "\xa0\x80\x30\x80");
	if (expect_copy(m, BER_INTEGER, f) != 0 || ber_next(&m->ber, &h, f) < 0)
		return -1;
	if (h.tag == (BER_CONTEXT | BER_CONSTRUCTED) && /* originatorInfo */
	    (copy_head(m, &h, f) != 0 || ber_next(&m->ber, &h, f) < 0))
		return -1;
	if (h.tag != BER_SET)
		return ber_fault(&m->ber, "no recipients", f);
	if (copy_head(m, &h, f) != 0)
		return -1;
	ADD(&m->head, "\x30\x80");
	if (expect_enter(m, BER_SEQUENCE, f) != 0 ||
	    expect_copy(m, BER_OID, f) != 0 ||
	    expect_copy(m, BER_SEQUENCE, f) != 0)
		return -1;
	ADD(&m->head,
	    "\x80\x01\0\0\0\x04\x10" /* one byte, no tag */
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0");
	return 0;
}

/* Go to the text: one piece, or an element of chunks. */
static int
begin_text(struct message *m, struct fault *f)
{
	struct ber_header h = { 0 };

	if (ber_next(&m->ber, &h, f) < 0)
		return -1;
	m->whole = h.tag == BER_CONTEXT;
	m->left = m->whole ? h.length : 0;
	m->outer = m->ber.depth;
	if (m->whole)
		return 0;
	if (h.tag != (BER_CONTEXT | BER_CONSTRUCTED))
		return ber_fault(&m->ber, "no text", f);
	return ber_enter(&m->ber, &h, f);
}

/* Go to the next chunk: 1; 0 when there is none; -1. */
static int
next_chunk(struct message *m, struct fault *f)
{
	struct ber_header h;
	int r;

	while (!m->whole && m->ber.depth > m->outer) {
		r = ber_next(&m->ber, &h, f);
		if (r < 0)
			return -1;
		if (r == 0)
			continue;
		if (h.tag == BER_OCTETS) {
			m->left = h.length;
			return 1;
		}
		if (h.tag != (BER_OCTETS | BER_CONSTRUCTED))
			return ber_fault(&m->ber, "no text", f);
		if (ber_enter(&m->ber, &h, f) != 0)
			return -1;
	}
	return 0;
}

/* Some of the text, at most ${most} bytes, borrowed until the next call: 1; 0
 * at its end; -1. */
static int
read_text(struct message *m, const unsigned char **p, size_t *n, size_t most,
    struct fault *f)
{
	int64_t rest;
	int r;

	while (m->left == 0) {
		r = next_chunk(m, f);
		if (r != 1)
			return r;
	}
	rest = m->left < (int64_t)most ? m->left : (int64_t)most;
	m->left -= rest;
	if (ber_read(&m->ber, &rest, p, n, f) != 0)
		return -1;
	m->left += rest;
	return 1;
}

/* Unauthenticated attributes, and the ends of all elements. */
static int
skip_rest(struct message *m, struct fault *f)
{
	struct buf skipped = { 0 };
	struct ber_header h;
	int r;

	while (m->ber.depth > 0) {
		r = ber_next(&m->ber, &h, f);
		if (r == 1)
			r = ber_copy(&m->ber, &h, &skipped, HEAD_MAX, f);
		buf_release(&skipped);
		if (r < 0)
			return -1;
	}
	r = ber_end(&m->ber, f);
	if (r == 0)
		return ber_fault(&m->ber, "it is followed by something else",
		    f);
	return r < 0 ? -1 : 0;
}

/* What stands after the text: the tag, and nothing else that counts. */
static int
read_tag(struct message *m, unsigned char tag[TAG], struct fault *f)
{
	struct buf b = { 0 };
	struct ber_header h;
	int r = ber_next(&m->ber, &h, f);

	if (r > 0)
		return ber_fault(&m->ber, "no end of the text", f);
	if (r == 0 && (r = ber_next(&m->ber, &h, f)) == 0)
		return ber_fault(&m->ber, "no tag", f);
	if (r < 0)
		return -1;
	if (h.tag == (BER_CONTEXT | BER_CONSTRUCTED | 1))
		return fault(f, FAULT_DATA,
		    "it has authenticated attributes, which are not "
		    "supported");
	if (h.tag != BER_OCTETS || h.length != TAG)
		return ber_fault(&m->ber, "its tag is not of 16 bytes", f);
	r = ber_copy(&m->ber, &h, &b, HEAD_MAX, f);
	if (r == 0)
		memcpy(tag, b.p + b.n - TAG, TAG);
	buf_release(&b);
	return r == 0 ? skip_rest(m, f) : -1;
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
find_key(struct message *m, struct fault *f)
{
	STACK_OF(CMS_RecipientInfo) * infos;
	int n;

	/* so that a key of the wrong length is only a wrong key */
	(void)CMS_decrypt(m->content, NULL, NULL, NULL, NULL, 0);
	infos = CMS_get0_RecipientInfos(m->content);
	n = sk_CMS_RecipientInfo_num(infos);
	for (int i = 0; i < n; i++)
		if (unwrap(m->content, sk_CMS_RecipientInfo_value(infos, i),
			m->key->pkey))
			return 0;
	return fault(f, FAULT_DATA,
	    "it is not encrypted to the key in %.900s, but to %d other%s (or "
	    "it is damaged); give the key of a certificate that --encrypt-to "
	    "named",
	    m->key->path, n, n == 1 ? "" : "s");
}

static int
find_cipher(struct message *m, struct fault *f)
{
	const unsigned char *p = (const unsigned char *)m->head.p;
	BIO *bio = BIO_new_mem_buf(p, (int)m->head.n);

	m->content = bio != NULL ? d2i_CMS_bio(bio, NULL) : NULL;
	(void)BIO_free(bio);
	if (m->content == NULL)
		return fault(f, FAULT_DATA,
		    "damaged: its recipients cannot be understood");
	if (find_key(m, f) != 0)
		return -1;
	m->chain = CMS_dataInit(m->content, NULL);
	if (m->chain == NULL || BIO_get_cipher_ctx(m->chain, &m->cipher) <= 0 ||
	    m->cipher == NULL)
		return fault(f, FAULT_DATA,
		    "damaged: its cipher cannot be understood");
	if (EVP_CIPHER_CTX_get_mode(m->cipher) != EVP_CIPH_GCM_MODE)
		return fault(f, FAULT_DATA,
		    "its cipher is not AES-GCM: changes on the way could not "
		    "be detected");
	return 0;
}

static void
close_message(struct message *m)
{
	if (m == NULL)
		return;
	ber_release(&m->ber);
	buf_release(&m->head);
	BIO_free_all(m->chain);
	CMS_ContentInfo_free(m->content);
	free(m);
}

/* ${fd} is read by offset, starting at ${from}. */
static struct message *
open_message(int fd, off_t from, const struct cms_key *key, struct fault *f)
{
	struct message *m = xcalloc(1, sizeof(*m));
	int rc = -1;

	m->key = key;
	m->fd = fd;
	m->pos = from;
	ber_begin(&m->ber, more, m);
	if (read_head(m, f) == 0 && begin_text(m, f) == 0)
		rc = find_cipher(m, f);
	ERR_clear_error();
	if (rc == 0)
		return m;
	close_message(m);
	return NULL;
}

/* At the end of the text: is the tag right? */
static int
finish(struct message *m, struct fault *f)
{
	unsigned char tag[TAG], none[16];
	int n = 0, ok;

	if (read_tag(m, tag, f) != 0)
		return -1;
	ok = EVP_CIPHER_CTX_ctrl(m->cipher, EVP_CTRL_AEAD_SET_TAG, TAG, tag) >
		0 &&
	    EVP_DecryptFinal_ex(m->cipher, none, &n) > 0;
	ERR_clear_error();
	if (!ok || n != 0)
		return fault(f, FAULT_DATA,
		    "its authentication tag is wrong: it was changed or "
		    "damaged (or is encrypted to another key); fetch the file "
		    "again");
	m->done = true;
	return 0;
}

/* Up to ${room} bytes of text, NOT TO BE TRUSTED until 0 is returned: the
 * end, and the tag is right. -1 on failure. */
static int
read_message(struct message *m, unsigned char *to, size_t room, struct fault *f)
{
	const unsigned char *p = NULL;
	size_t n = 0;
	int r, got = 0;

	if (m->done)
		return 0;
	r = read_text(m, &p, &n, room, f);
	if (r <= 0)
		return r < 0 ? -1 : finish(m, f);
	if (EVP_DecryptUpdate(m->cipher, to, &got, p, (int)n) <= 0 ||
	    (size_t)got != n) {
		ERR_clear_error();
		return fault(f, FAULT_DATA, "it cannot be decrypted");
	}
	return got;
}

struct cms_read {
	struct cms_source s;
	int number; /* of the message, from 1 */
	char *path; /* of its file */
	int fd;     /* the source's for the first */
	struct message *message;
	int64_t bytes; /* of text in it */
	struct buf sums;
	unsigned char *piece; /* piece[at..n) is verified, not yet returned */
	size_t at, n;
	size_t next; /* number of the next piece */
};

bool
cms_read_is(const void *p, size_t n)
{
	/* how 1.2.840.113549.1.… begins, after its length */
	static const unsigned char rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01 };
	const unsigned char *b = p;
	size_t at;

	if (n < 2 || b[0] != 0x30)
		return false;
	at = 2 + (b[1] > 0x80 ? (size_t)(b[1] & 0x7f) : 0);
	return at < n && n - at >= 2 + sizeof(rsa) && b[at] == 0x06 &&
	    memcmp(b + at + 2, rsa, sizeof(rsa)) == 0;
}

char *
cms_read_part(const char *path, int n)
{
	return xasprintf("%s.%04d", path, n);
}

/* Add the file's name. FAULT_DATA would have readers of lines name one, but
 * it is the whole message that is refused. */
static int
refused(const struct cms_read *r, struct fault *f)
{
	if (f != NULL && f->kind == FAULT_DATA)
		f->kind = FAULT_REFUSED;
	return fault_at(f, "%s", r->path);
}

static int
go_to_start(struct cms_read *r, struct fault *f)
{
	close_message(r->message);
	r->message =
	    open_message(r->fd, r->number == 1 ? r->s.from : 0, r->s.key, f);
	r->at = r->n = r->next = 0;
	return r->message != NULL ? 0 : refused(r, f);
}

/* Fill r->piece, less of it at the end. */
static int
read_piece(struct cms_read *r, struct fault *f)
{
	int got;

	r->at = r->n = 0;
	do {
		got =
		    read_message(r->message, r->piece + r->n, PIECE - r->n, f);
		if (got > 0)
			r->n += (size_t)got;
	} while (got > 0 && r->n < PIECE && stop_requested() == 0);
	if (got >= 0 && stop_requested() != 0)
		got = fault(f, FAULT_CANCELLED, "interrupted");
	return got < 0 ? refused(r, f) : 0;
}

/* Read the whole message once: is its tag right? */
static int
verify(struct cms_read *r, struct fault *f)
{
	unsigned char sum[CRYPTO_SHA256];

	if (go_to_start(r, f) != 0)
		return -1;
	buf_reset(&r->sums);
	r->bytes = 0;
	do {
		if (read_piece(r, f) != 0)
			return -1;
		crypto_sha256(sum, r->piece, r->n);
		if (r->n > 0)
			buf_add(&r->sums, sum, sizeof(sum));
		r->bytes += (int64_t)r->n;
	} while (r->n == PIECE);
	return go_to_start(r, f);
}

static void
leave(struct cms_read *r)
{
	close_message(r->message);
	r->message = NULL;
	if (r->number > 1 && r->fd >= 0)
		(void)close(r->fd);
	free(r->path);
	r->path = NULL;
	r->fd = -1;
}

static int
first(struct cms_read *r, struct fault *f)
{
	leave(r);
	r->number = 1;
	r->fd = r->s.fd;
	r->path = xstrdup(r->s.name);
	return verify(r, f);
}

/* A full message is followed by another file. */
static int
follow(struct cms_read *r, struct fault *f)
{
	int n = r->number + 1;

	if (!r->s.follows)
		return fault(f, FAULT_REFUSED,
		    "%s: it continues in a second file; give the name of the "
		    "first one, with the others beside it",
		    r->s.name);
	leave(r);
	r->number = n;
	r->path = cms_read_part(r->s.name, n);
	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0)
		return fault(f, FAULT_IO, "%s continues in %s: %s", r->s.name,
		    r->path, strerror(errno));
	return verify(r, f);
}

struct cms_read *
cms_read_open(const struct cms_source *s, struct fault *f)
{
	struct cms_read *r;

	if (s->key == NULL) {
		(void)fault(f, FAULT_USAGE,
		    "%s: encrypted; give the private key with --decrypt-with "
		    "KEY.pem (with --input, and for restore)",
		    s->name);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->s = *s;
	if (r->s.part == 0)
		r->s.part = CMS_PART;
	r->fd = -1;
	r->piece = xmalloc(PIECE);
	if (first(r, f) == 0)
		return r;
	cms_read_close(r);
	return NULL;
}

/* The next piece, if it is the same as before: 1, 0 at the end, -1. */
static int
next_piece(struct cms_read *r, struct fault *f)
{
	unsigned char sum[CRYPTO_SHA256];
	size_t at = r->next * sizeof(sum);

	if (at == r->sums.n)
		return 0;
	if (read_piece(r, f) != 0)
		return -1;
	crypto_sha256(sum, r->piece, r->n);
	if (r->n == 0 || memcmp(sum, r->sums.p + at, sizeof(sum)) != 0) {
		r->n = 0;
		return fault(f, FAULT_REFUSED,
		    "%s: it changed while it was read", r->path);
	}
	r->next++;
	return 1;
}

int
cms_read_some(struct cms_read *r, unsigned char *to, size_t room,
    struct fault *f)
{
	int got;

	while (r->at == r->n) {
		got = next_piece(r, f);
		if (got < 0)
			return -1;
		if (got == 0 && r->bytes != r->s.part)
			return 0;
		if (got == 0 && follow(r, f) != 0)
			return -1;
	}
	if (room > r->n - r->at)
		room = r->n - r->at;
	memcpy(to, r->piece + r->at, room);
	r->at += room;
	return (int)room;
}

int
cms_read_rewind(struct cms_read *r, struct fault *f)
{
	return r->number == 1 ? go_to_start(r, f) : first(r, f);
}

void
cms_read_close(struct cms_read *r)
{
	if (r == NULL)
		return;
	leave(r);
	if (r->piece != NULL)
		crypto_wipe(r->piece, PIECE);
	free(r->piece);
	buf_release(&r->sums);
	free(r);
}
