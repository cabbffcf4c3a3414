#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/cms_read.h"
#include "lib/stream/input.h"
#include "lib/stream/stream.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PIECE ((size_t)256 << 10) /* of lib/stream/cms_read.c */

/* Keys, made once. */
enum { RSA1, RSA2, EC1, EC2, ED, SHORT, KEYS };
static EVP_PKEY *keys[KEYS];
static X509 *certs[KEYS];

static X509 *
certify(EVP_PKEY *pkey, long serial)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	assert_non_null(x);
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x), serial));
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 86400));
	assert_true(X509_set_pubkey(x, pkey));
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"reader", -1, -1, 0));
	assert_true(X509_set_issuer_name(x, name));
	assert_true(X509_sign(x, pkey, serial == ED ? NULL : EVP_sha256()) > 0);
	return x;
}

static int
keys_setup(void **state)
{
	(void)state;
	keys[RSA1] = EVP_RSA_gen(2048);
	keys[RSA2] = EVP_RSA_gen(2048);
	keys[EC1] = EVP_EC_gen("P-256");
	keys[EC2] = EVP_EC_gen("P-384");
	keys[SHORT] = EVP_RSA_gen(512);
	keys[ED] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	for (int i = 0; i < KEYS; i++) {
		assert_non_null(keys[i]);
		certs[i] = certify(keys[i], i);
	}
	return 0;
}

static int
keys_teardown(void **state)
{
	(void)state;
	for (int i = 0; i < KEYS; i++) {
		X509_free(certs[i]);
		EVP_PKEY_free(keys[i]);
	}
	return 0;
}

static const char *
cert_file(int i)
{
	const char *path = at("cert");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(PEM_write_X509(file, certs[i]));
	assert_int_equal(fclose(file), 0);
	return path;
}

static const char *
key_file(int i, const char *phrase)
{
	const char *path = at("key");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(PEM_write_PrivateKey(file, keys[i],
	    phrase != NULL ? EVP_aes_256_cbc() : NULL, NULL, 0, NULL,
	    (void *)(uintptr_t)phrase));
	assert_int_equal(fclose(file), 0);
	return path;
}

static int
no_phrase(void *ctx, const char *path, char *to, size_t size, struct fault *f)
{
	(void)ctx;
	(void)path;
	(void)to;
	(void)size;
	return fault(f, FAULT_REFUSED, "asked");
}

static struct cms_key *
key_of(int i)
{
	struct fault f = { 0 };
	struct cms_key *k =
	    cms_key_load(key_file(i, NULL), no_phrase, NULL, &f);

	if (k == NULL)
		fail_msg("%s", f.text);
	return k;
}

static struct cms_recipients *
to(const int *list, size_t n)
{
	struct cms_recipients *r;
	struct fault f = { 0 };
	const char *paths[4] = { NULL };
	char *copies[4];

	for (size_t i = 0; i < n; i++) {
		copies[i] = xasprintf("%s/cert%zu", directory, i);
		assert_int_equal(rename(cert_file(list[i]), copies[i]), 0);
		paths[i] = copies[i];
	}
	r = cms_recipients_load(paths, n, &f);
	if (r == NULL)
		fail_msg("%s", f.text);
	for (size_t i = 0; i < n; i++)
		free(copies[i]);
	return r;
}

/* ${n} bytes with a long period. */
static struct buf
text_of(size_t n)
{
	struct buf b = { 0 };
	uint32_t x = 12345;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		buf_addc(&b, i == 0 ? 'x' : (char)(x >> 24));
	}
	buf_add(&b, "", 0);
	return b;
}

/* Write ${text} to at(name), in pieces of different lengths. */
static void
seal(const char *name, const struct buf *text, const struct cms_recipients *r,
    bool gzip, int64_t part)
{
	const struct stream_options o = { .path = at(name),
		.gzip = gzip,
		.to = r,
		.part = part };
	struct fault f = { 0 };
	struct stream *s = stream_open(&o, &f);
	size_t step = 1, from = 0;

	if (s == NULL)
		fail_msg("%s", f.text);
	for (; from < text->n; from += step, step = step * 3 + 1) {
		if (step > text->n - from)
			step = text->n - from;
		if (stream_write(s, text->p + from, step, &f) != 0)
			fail_msg("%s", f.text);
	}
	if (stream_commit(s, &f) != 0)
		fail_msg("%s", f.text);
}

/* All that can be read; *${rc}: 0, or -1. */
static struct buf
read_file(const char *path, const struct cms_key *key, int *rc, struct fault *f)
{
	struct input *in = input_open_with(path, key, f);
	struct buf b = { 0 };

	*rc = -1;
	while (in != NULL && (*rc = input_read(in, &b, f)) == 1)
		;
	input_close(in);
	return b;
}

static void
same(const struct buf *a, const struct buf *b, const char *what, size_t n)
{
	if (a->n != b->n || (a->n > 0 && memcmp(a->p, b->p, a->n) != 0))
		fail_msg("%s, %zu: %zu bytes became others (%zu)", what, n,
		    a->n, b->n);
}

/* The file, decrypted by OpenSSL. */
static struct buf
opened(const char *path, int key)
{
	BIO *in = BIO_new_file(path, "rb"), *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = d2i_CMS_bio(in, NULL);
	struct buf b = { 0 };
	char *p;
	long n;

	assert_non_null(cms);
	assert_int_equal(OBJ_obj2nid(CMS_get0_type(cms)),
	    NID_id_smime_ct_authEnvelopedData);
	if (CMS_decrypt(cms, keys[key], NULL, NULL, out, CMS_BINARY) <= 0)
		fail_msg("OpenSSL cannot decrypt %s", path);
	n = BIO_get_mem_data(out, &p);
	if (n > 0)
		buf_add(&b, p, (size_t)n);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
	return b;
}

static void
test_round_trips(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, PIECE - 1,
		PIECE, PIECE + 1, 5 * PIECE + 77 };
	static const int lists[][3] = { { RSA1, RSA2, EC1 },
		{ EC1, EC2, RSA1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes) * COUNT(lists) * 2; i++) {
		const int *list = lists[i % 2];
		size_t n = sizes[i / 4];
		bool gzip = i / 2 % 2 != 0;
		struct cms_recipients *r = to(list, 3);
		struct buf text = text_of(n), got;
		struct stat st;

		seal("x", &text, r, gzip, 0);
		cms_recipients_free(r);
		assert_int_equal(stat(at("x"), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		for (int k = 0; k < 3; k++) {
			struct cms_key *key = key_of(list[k]);
			struct fault f = { 0 };
			int rc;

			got = read_file(at("x"), key, &rc, &f);
			if (rc != 0)
				fail_msg("%zu: %s", n, f.text);
			same(&text, &got, "read", n);
			buf_release(&got);
			cms_key_free(key);
			if (gzip)
				continue;
			got = opened(at("x"), list[k]);
			same(&text, &got, "OpenSSL", n);
			buf_release(&got);
		}
		buf_release(&text);
	}
}

/* The padding and the digest, by their object identifiers. */
static void
test_algorithms(void **state)
{
	static const unsigned char oaep[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x0d, 0x01, 0x01, 0x07 };
	static const unsigned char ecdh[] = { 0x2b, 0x81, 0x04, 0x01, 0x0b,
		0x01 };
	static const unsigned char sha1[] = { 0x2b, 0x0e, 0x03, 0x02, 0x1a };
	static const unsigned char gcm[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
		0x04, 0x01, 0x2e };
	const struct {
		const unsigned char *oid;
		size_t n;
		bool there;
	} want[] = { { oaep, sizeof(oaep), true }, { ecdh, sizeof(ecdh), true },
		{ gcm, sizeof(gcm), true }, { sha1, sizeof(sha1), false } };
	struct cms_recipients *r = to((int[]){ RSA1, EC1 }, 2);
	struct buf text = text_of(3), got;

	(void)state;
	seal("x", &text, r, false, 0);
	got = get(at("x"));
	for (size_t i = 0; i < COUNT(want); i++) {
		bool there = false;

		for (size_t k = 0; k + want[i].n <= got.n; k++)
			there |= memcmp(got.p + k, want[i].oid, want[i].n) == 0;
		if (there != want[i].there)
			fail_msg("object identifier %zu", i);
	}
	buf_release(&got);
	buf_release(&text);
	cms_recipients_free(r);
}

/* Messages of other programs, with definite lengths or not. */
static void
foreign(const char *name, const struct buf *text, const EVP_CIPHER *cipher,
    unsigned flags, int key)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(text->p, (int)text->n);
	BIO *out = BIO_new_file(at(name), "wb");
	CMS_ContentInfo *cms;

	assert_true(sk_X509_push(list, certs[key]) > 0);
	cms = CMS_encrypt(list, in, cipher, flags | CMS_BINARY);
	assert_non_null(cms);
	flags |= CMS_BINARY;
	assert_true(i2d_CMS_bio_stream(out, cms, in, (int)flags) > 0);
	CMS_ContentInfo_free(cms);
	sk_X509_free(list);
	BIO_free(in);
	BIO_free(out);
}

static void
test_foreign(void **state)
{
	const struct {
		const char *name;
		const EVP_CIPHER *cipher;
		unsigned flags;
		int key, other;
		const char *refused; /* NULL: it is read */
	} cases[] = {
		{ "whole, RSA", EVP_aes_256_gcm(), 0, RSA1, RSA2, NULL },
		{ "whole, EC", EVP_aes_256_gcm(), 0, EC1, EC2, NULL },
		{ "stream, EC", EVP_aes_128_gcm(), CMS_STREAM, EC2, RSA1,
		    NULL },
		{ "stream, RSA", EVP_aes_192_gcm(), CMS_STREAM, RSA2, EC1,
		    NULL },
		{ "not authenticated", EVP_aes_256_cbc(), 0, RSA1, RSA2,
		    "another kind" },
	};
	struct buf text = text_of(3 * PIECE + 5);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cms_key *key = key_of(cases[i].key);
		struct fault f = { 0 };
		struct buf got;
		int rc;

		foreign("f", &text, cases[i].cipher, cases[i].flags,
		    cases[i].key);
		got = read_file(at("f"), key, &rc, &f);
		if (cases[i].refused == NULL) {
			if (rc != 0)
				fail_msg("%s: %s", cases[i].name, f.text);
			same(&text, &got, cases[i].name, 0);
		} else if (rc != -1 || got.n > 0 ||
		    strstr(f.text, cases[i].refused) == NULL) {
			fail_msg("%s: %s", cases[i].name, f.text);
		}
		buf_release(&got);
		cms_key_free(key);

		key = key_of(cases[i].other);
		got = read_file(at("f"), key, &rc, &f);
		if (rc != -1 || got.n > 0)
			fail_msg("%s: read with another key", cases[i].name);
		buf_release(&got);
		cms_key_free(key);
	}
	buf_release(&text);
}

static void
test_wrong_key(void **state)
{
	static const int others[] = { RSA2, EC2 };
	struct cms_recipients *r = to((int[]){ RSA1, EC1 }, 2);
	struct buf text = text_of(100), got;
	struct fault f = { 0 };
	int rc;

	(void)state;
	seal("x", &text, r, false, 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		struct cms_key *key = key_of(others[i]);

		got = read_file(at("x"), key, &rc, &f);
		assert_int_equal(rc, -1);
		assert_int_equal(got.n, 0);
		assert_non_null(strstr(f.text, "not encrypted to the key"));
		assert_non_null(strstr(f.text, "/x: "));
		assert_non_null(strstr(f.text, "/key"));
		cms_key_free(key);
	}
	got = read_file(at("x"), NULL, &rc, &f);
	assert_int_equal(rc, -1);
	assert_int_equal(got.n, 0);
	assert_int_equal(f.kind, FAULT_USAGE);
	assert_non_null(strstr(f.text, "--decrypt-with"));
	buf_release(&text);
	cms_recipients_free(r);
}

/* Reading returns either all of the text, or nothing and a fault. */
static void
all_or_nothing(const struct buf *raw, const struct buf *text,
    const struct cms_key *key, bool must_fail, const char *what, size_t n)
{
	struct fault f = { 0 };
	struct buf got;
	int rc;

	put(at("y"), raw->p, raw->n);
	got = read_file(at("y"), key, &rc, &f);
	if (rc == 0 && must_fail)
		fail_msg("%s %zu: read all the same", what, n);
	if (rc == 0)
		same(text, &got, what, n);
	else if (got.n > 0 || f.kind == FAULT_NONE)
		fail_msg("%s %zu: %zu bytes were handed out", what, n, got.n);
	buf_release(&got);
}

static void
test_damage(void **state)
{
	struct cms_recipients *r = to((int[]){ EC1 }, 1);
	struct buf text = text_of(50), raw;
	struct cms_key *key = key_of(EC1);
	struct buf cut;
	size_t n;

	(void)state;
	seal("x", &text, r, false, 0);
	raw = get(at("x"));
	n = raw.n;
	for (size_t i = CMS_READ_HEAD; i < n; i++)
		for (int bit = 1; bit < 256; bit <<= 1) {
			/* text, tag and nonce matter; the recipient's
			 * name does not */
			raw.p[i] ^= (char)bit;
			all_or_nothing(&raw, &text, key, i > n - 60,
			    "damaged at", i);
			raw.p[i] ^= (char)bit;
		}
	cut = raw;
	for (cut.n = CMS_READ_HEAD; cut.n < n; cut.n++)
		all_or_nothing(&cut, &text, key, true, "cut at", cut.n);
	buf_addc(&raw, 'x');
	all_or_nothing(&raw, &text, key, true, "with more behind it", 1);
	buf_release(&raw);
	buf_release(&text);
	cms_key_free(key);
	cms_recipients_free(r);
}

/* Replace ${from} by ${with} (both ${n} bytes). */
static bool
swap(struct buf *raw, const char *from, const char *with, size_t n)
{
	for (size_t i = 0; i + n <= raw->n; i++)
		if (memcmp(raw->p + i, from, n) == 0) {
			memcpy(raw->p + i, with, n);
			return true;
		}
	return false;
}

/* With a short tag or another cipher anybody could forge a message. */
static void
test_forged(void **state)
{
	struct cms_recipients *r = to((int[]){ EC1 }, 1);
	struct buf text = text_of(50), raw;
	struct cms_key *key = key_of(EC1);

	(void)state;
	seal("x", &text, r, false, 0);
	raw = get(at("x"));
	/* … 04 10 TAG and three ends: the tag's first 4 bytes alone */
	assert_memory_equal(raw.p + raw.n - 24, "\x04\x10", 2);
	raw.p[raw.n - 23] = 4;
	memset(raw.p + raw.n - 18, 0, 6);
	raw.n -= 12;
	all_or_nothing(&raw, &text, key, true, "short tag", 4);
	buf_release(&raw);

	raw = get(at("x"));
	assert_true(swap(&raw, "\x60\x86\x48\x01\x65\x03\x04\x01\x2e",
	    "\x60\x86\x48\x01\x65\x03\x04\x01\x2a", 9));
	all_or_nothing(&raw, &text, key, true, "CBC", 0);
	assert_true(swap(&raw, "\x60\x86\x48\x01\x65\x03\x04\x01\x2a",
	    "\x60\x86\x48\x01\x65\x03\x04\x01\x2b", 9));
	all_or_nothing(&raw, &text, key, true, "OFB", 0);
	buf_release(&raw);
	buf_release(&text);
	cms_key_free(key);
	cms_recipients_free(r);
}

static struct cms_read *
reader_of(int fd, const struct cms_key *key, int64_t part, struct fault *f)
{
	static char name[512];
	struct cms_source s = { .fd = fd,
		.name = name,
		.follows = true,
		.key = key,
		.part = part };

	(void)snprintf(name, sizeof(name), "%s", at("p"));
	return cms_read_open(&s, f);
}

/* All of p, p.0002 …; ${rc} as of cms_read_some. */
static struct buf
read_parts(const struct cms_key *key, int64_t part, int *rc, struct fault *f)
{
	int fd = open(at("p"), O_RDONLY);
	struct cms_read *r;
	unsigned char some[777];
	struct buf b = { 0 };

	assert_true(fd >= 0);
	r = reader_of(fd, key, part, f);
	*rc = -1;
	for (int again = 0; r != NULL && again < 2; again++) {
		buf_reset(&b);
		while ((*rc = cms_read_some(r, some, sizeof(some), f)) > 0)
			buf_add(&b, some, (size_t)*rc);
		if (*rc < 0 || cms_read_rewind(r, f) != 0)
			break;
	}
	cms_read_close(r);
	assert_int_equal(close(fd), 0);
	return b;
}

static bool
is_there(const char *name)
{
	return access(at(name), F_OK) == 0;
}

static void
test_parts(void **state)
{
	static const struct {
		size_t n;
		int parts;
	} cases[] = { { 3500, 4 }, { 2000, 3 }, { 1000, 2 }, { 999, 1 },
		{ 0, 1 } };
	struct cms_recipients *r = to((int[]){ RSA1 }, 1);
	struct cms_key *key = key_of(RSA1);
	struct fault f = { 0 };
	int rc;

	(void)state;
	/* each is shorter than the one before, which it replaces */
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf text = text_of(cases[i].n), got, joined = { 0 };

		seal("p", &text, r, false, 1000);
		got = read_parts(key, 1000, &rc, &f);
		if (rc != 0)
			fail_msg("%zu: %s", cases[i].n, f.text);
		same(&text, &got, "parts", cases[i].n);
		buf_release(&got);
		for (int k = 1; k <= 5; k++) {
			char *name =
			    k == 1 ? xstrdup("p") : cms_read_part("p", k);

			if (is_there(name) != (k <= cases[i].parts))
				fail_msg("%zu: %s", cases[i].n, name);
			if (k <= cases[i].parts) {
				got = opened(at(name), RSA1);
				buf_add(&joined, got.p, got.n);
				buf_release(&got);
			}
			free(name);
		}
		same(&text, &joined, "joined", cases[i].n);
		buf_release(&joined);
		buf_release(&text);
	}
	cms_key_free(key);
	cms_recipients_free(r);
}

static void
test_parts_missing(void **state)
{
	struct cms_recipients *r = to((int[]){ RSA1 }, 1);
	struct cms_key *key = key_of(RSA1);
	struct buf text = text_of(2500), got;
	struct fault f = { 0 };
	int rc;

	(void)state;
	/* a file that is not encrypted stays */
	put(at("p.0004"), "mine", 4);
	seal("p", &text, r, false, 1000);
	assert_true(is_there("p.0004"));
	assert_int_equal(unlink(at("p.0003")), 0);
	got = read_parts(key, 1000, &rc, &f);
	assert_int_equal(rc, -1);
	assert_int_equal(got.n, 2000);
	assert_non_null(strstr(f.text, "continues in"));
	assert_non_null(strstr(f.text, "p.0003"));
	buf_release(&got);
	/* a discarded export leaves nothing behind */
	assert_int_equal(unlink(at("p.0002")), 0);
	assert_int_equal(unlink(at("p")), 0);
	{
		const struct stream_options o = { .path = at("p"),
			.to = r,
			.part = 1000 };
		struct stream *s = stream_open(&o, &f);

		assert_non_null(s);
		assert_int_equal(stream_write(s, text.p, text.n, &f), 0);
		assert_false(is_there("p.0002"));
		stream_discard(s);
	}
	assert_false(is_there("p"));
	assert_false(is_there("p.0002"));
	buf_release(&text);
	cms_key_free(key);
	cms_recipients_free(r);
}

/* A device has no second file. */
static void
test_parts_nowhere(void **state)
{
	struct cms_recipients *r = to((int[]){ RSA1 }, 1);
	const struct stream_options o = { .path = "/dev/null",
		.to = r,
		.part = 1000 };
	struct buf text = text_of(1000);
	struct fault f = { 0 };
	struct stream *s = stream_open(&o, &f);

	(void)state;
	assert_non_null(s);
	assert_int_equal(stream_write(s, text.p, 999, &f), 0);
	assert_int_equal(stream_write(s, text.p, 1, &f), -1);
	assert_non_null(strstr(f.text, "-o FILE"));
	stream_discard(s);
	buf_release(&text);
	cms_recipients_free(r);
}

/* What changes after it was verified is not returned. */
static void
test_changed_meanwhile(void **state)
{
	struct cms_recipients *r = to((int[]){ RSA1 }, 1);
	struct cms_key *key = key_of(RSA1);
	struct buf text = text_of(4 * PIECE);
	struct fault f = { 0 };
	unsigned char some[4096];
	struct cms_read *reader;
	size_t total = 0;
	int fd, got;

	(void)state;
	seal("p", &text, r, false, 0);
	fd = open(at("p"), O_RDWR);
	assert_true(fd >= 0);
	reader = reader_of(fd, key, 0, &f);
	assert_non_null(reader);
	assert_int_equal(pwrite(fd, "!!!!", 4, 3 * PIECE), 4);
	while ((got = cms_read_some(reader, some, sizeof(some), &f)) > 0) {
		assert_memory_equal(some, text.p + total, (size_t)got);
		total += (size_t)got;
	}
	assert_int_equal(got, -1);
	assert_int_equal(total % PIECE, 0);
	assert_true(total < 4 * PIECE);
	cms_read_close(reader);
	assert_int_equal(close(fd), 0);
	buf_release(&text);
	cms_key_free(key);
	cms_recipients_free(r);
}

/* The copy of a pipe is encrypted as well. */
static void
test_pipe(void **state)
{
	struct cms_recipients *r = to((int[]){ EC1 }, 1);
	struct cms_key *key = key_of(EC1);
	struct buf text = text_of(20000), raw, got = { 0 };
	struct fault f = { 0 };
	char *path;
	struct input *in;
	int ends[2], rc;

	(void)state;
	seal("x", &text, r, true, 0);
	raw = get(at("x"));
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], raw.p, raw.n), raw.n);
	assert_int_equal(close(ends[1]), 0);
	path = xasprintf("/dev/fd/%d", ends[0]);
	in = input_open_with(path, key, &f);
	assert_non_null(in);
	for (int again = 0; again < 2; again++) {
		buf_reset(&got);
		while ((rc = input_read(in, &got, &f)) == 1)
			;
		if (rc != 0 || input_restart(in, &f) != 0)
			fail_msg("%s", f.text);
		same(&text, &got, "pipe", (size_t)again);
	}
	input_close(in);
	assert_int_equal(close(ends[0]), 0);
	free(path);
	buf_release(&raw);
	buf_release(&got);
	buf_release(&text);
	cms_key_free(key);
	cms_recipients_free(r);
}

static int asked;

static int
give_phrase(void *ctx, const char *path, char *to_, size_t size,
    struct fault *f)
{
	const char *phrase = ctx;

	(void)f;
	assert_non_null(strstr(path, "/key"));
	assert_true(strlen(phrase) < size);
	memcpy(to_, phrase, strlen(phrase));
	asked++;
	return (int)strlen(phrase);
}

static void
test_passphrase(void **state)
{
	static char right[] = "open sesame", wrong[] = "close";
	struct fault f = { 0 };
	struct cms_key *k;

	(void)state;
	for (int i = RSA1; i <= EC2; i++) {
		asked = 0;
		k = cms_key_load(key_file(i, right), give_phrase, right, &f);
		if (k == NULL) {
			fail_msg("%s", f.text);
			return;
		}
		assert_int_equal(EVP_PKEY_eq(k->pkey, keys[i]), 1);
		cms_key_free(k);
		assert_int_equal(asked, 1);
		k = cms_key_load(key_file(i, right), give_phrase, wrong, &f);
		assert_null(k);
		assert_non_null(strstr(f.text, "passphrase"));
		assert_int_equal(asked, 2);
		k = cms_key_load(key_file(i, right), no_phrase, NULL, &f);
		assert_null(k);
		assert_string_equal(f.text, "asked");
	}
}

/* All certificates of a file are recipients. */
static void
test_bundle(void **state)
{
	const char *path = at("bundle");
	FILE *file = fopen(path, "w");
	struct cms_recipients *r;
	struct fault f = { 0 };

	(void)state;
	assert_non_null(file);
	assert_true(PEM_write_X509(file, certs[RSA1]));
	assert_true(fputs("the other one:\n", file) >= 0);
	assert_true(PEM_write_X509(file, certs[EC1]));
	assert_int_equal(fflush(file), 0);
	r = cms_recipients_load(&path, 1, &f);
	assert_non_null(r);
	assert_int_equal(r->n, 2);
	assert_int_equal(X509_cmp(r->list[0], certs[RSA1]), 0);
	assert_int_equal(X509_cmp(r->list[1], certs[EC1]), 0);
	cms_recipients_free(r);

	assert_true(fputs("-----BEGIN CERTIFICATE-----\nMIIB\n"
			  "-----END CERTIFICATE-----\n",
			file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_null(cms_recipients_load(&path, 1, &f));
	assert_non_null(strstr(f.text, "/bundle: certificate 3 is damaged"));
}

static void
test_bad_files(void **state)
{
	static const struct {
		const char *name, *text, *cert, *key;
	} cases[] = {
		{ "empty", "", "no certificate", "no private key" },
		{ "text", "hello\n", "no certificate", "no private key" },
		{ "cut",
		    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END "
		    "CERTIFICATE-----\n",
		    "no certificate", "no private key" },
	};
	struct fault f;
	const char *path = at("bad");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		put(path, cases[i].text, strlen(cases[i].text));
		f = (struct fault){ 0 };
		assert_null(cms_recipients_load(&path, 1, &f));
		if (strstr(f.text, cases[i].cert) == NULL)
			fail_msg("%s: %s", cases[i].name, f.text);
		assert_null(cms_key_load(path, no_phrase, NULL, &f));
		if (strstr(f.text, cases[i].key) == NULL)
			fail_msg("%s: %s", cases[i].name, f.text);
	}
	assert_int_equal(unlink(path), 0);
	assert_null(cms_recipients_load(&path, 1, &f));
	assert_non_null(strstr(f.text, "No such file"));
	assert_null(cms_key_load(path, no_phrase, NULL, &f));
	assert_non_null(strstr(f.text, "No such file"));
	path = cert_file(ED);
	assert_null(cms_recipients_load(&path, 1, &f));
	assert_non_null(strstr(f.text, "ED25519"));
	path = cert_file(SHORT);
	assert_null(cms_recipients_load(&path, 1, &f));
	assert_non_null(strstr(f.text, "/cert: an RSA key of 512 bits"));
	assert_null(cms_key_load(key_file(ED, NULL), no_phrase, NULL, &f));
	assert_non_null(strstr(f.text, "ED25519"));
}

static void
test_is(void **state)
{
	static const struct {
		const char *name, *text;
		size_t n;
		bool is;
	} cases[] = {
		{ "nothing", "", 0, false },
		{ "a zero", "0", 1, false },
		{ "a CSV", "0,1,2\n3,4,5\n", 12, false },
		{ "definite",
		    "\x30\x82\x01\x00\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09",
		    14, true },
		{ "indefinite",
		    "\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09", 12,
		    true },
		{ "a length past the end", "\x30\xff\x06\x0b", 4, false },
		{ "cut", "\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d", 10,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (cms_read_is(cases[i].text, cases[i].n) != cases[i].is)
			fail_msg("%s", cases[i].name);
}

int
main(void)
{
#define EACH(test)                                             \
	cmocka_unit_test_setup_teardown(test, directory_setup, \
	    directory_teardown)
	const struct CMUnitTest tests[] = {
		EACH(test_round_trips),
		EACH(test_algorithms),
		EACH(test_foreign),
		EACH(test_wrong_key),
		EACH(test_damage),
		EACH(test_forged),
		EACH(test_parts),
		EACH(test_parts_missing),
		EACH(test_parts_nowhere),
		EACH(test_changed_meanwhile),
		EACH(test_pipe),
		EACH(test_passphrase),
		EACH(test_bundle),
		EACH(test_bad_files),
		cmocka_unit_test(test_is),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
