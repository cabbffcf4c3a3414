#include "memory.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/stream/ber.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/cms_read.h"

/*
 * Any file that begins like an encrypted export: none of it is returned, as no
 * tag can be valid for a key that was made just now. And BER is copied
 * unchanged, to its end or not at all.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* An EC key. */
static struct cms_key *
make_key(void)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	BIO *pem = BIO_new(BIO_s_mem());
	struct cms_key *key;
	char *text;
	long size;

	MUST(pkey != NULL && pem != NULL);
	MUST(PEM_write_bio_PrivateKey(pem, pkey, NULL, NULL, 0, NULL, NULL));
	size = BIO_get_mem_data(pem, &text);
	key = cms_key_load(memory_file(text, (size_t)size), NULL, NULL, NULL);
	MUST(key != NULL);
	BIO_free(pem);
	EVP_PKEY_free(pkey);
	return key;
}

/* The rest of the input. */
struct rest {
	const uint8_t *p;
	size_t n;
};

/* A few bytes at a time, so that every element is split somewhere. */
static int
more(void *ctx, unsigned char *to, size_t room, struct fault *f)
{
	struct rest *r = ctx;
	size_t n = r->n < 7 ? r->n : 7;

	(void)f;
	n = n < room ? n : room;
	if (n > 0)
		memcpy(to, r->p, n);
	r->p += n;
	r->n -= n;
	return (int)n;
}

static void
check_copy(const uint8_t *data, size_t n)
{
	struct rest rest = { data, n };
	struct buf copy = { 0 };
	struct ber_header h;
	struct fault f;
	struct ber b;

	ber_begin(&b, more, &rest);
	if (ber_next(&b, &h, &f) == 1 &&
	    ber_copy(&b, &h, &copy, SIZE_MAX, &f) == 0) {
		MUST(copy.n <= n && memcmp(copy.p, data, copy.n) == 0);
		MUST(b.pos == (int64_t)copy.n && b.depth == 0);
	}
	MUST(b.pos <= (int64_t)n);
	buf_release(&copy);
	ber_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct cms_key *key;
	struct cms_source s = { .name = "input" };
	struct fault f = { 0 };

	if (key == NULL)
		key = make_key();
	check_copy(data, n);
	(void)cms_read_is(data, n);
	s.fd = memory_fd(data, n);
	s.key = key;
	MUST(cms_read_open(&s, &f) == NULL && f.kind != FAULT_NONE);
	return 0;
}
