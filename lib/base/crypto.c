#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"

/* Without SHA-256 or random numbers nothing can be signed. It may happen on any
 * thread, so the process ends as without memory. */
static void
broken(void)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());
	char text[128];
	ssize_t r;

	/* mostly it is memory, whatever the error says */
	(void)snprintf(text, sizeof(text),
	    "ttlsweep: OpenSSL failed (%.80s%sout of memory?)\n",
	    why != NULL ? why : "", why != NULL ? "; " : "");
	r = write(STDERR_FILENO, text, strlen(text));
	(void)r;
	_exit(1);
}

void
crypto_sha256(unsigned char out[CRYPTO_SHA256], const void *p, size_t n)
{
	if (EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) != 1)
		broken();
}

void
crypto_hmac_sha256(unsigned char out[CRYPTO_SHA256], const void *key,
    size_t nkey, const void *p, size_t n)
{
	unsigned int got = CRYPTO_SHA256;

	/* for HMAC() a NULL key is that of the last call */
	if (nkey == 0)
		key = "";
	if (nkey > INT_MAX ||
	    HMAC(EVP_sha256(), key, (int)nkey, p, n, out, &got) == NULL)
		broken();
}

void
crypto_hex(char *out, const unsigned char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = hex[p[i] >> 4];
		*out++ = hex[p[i] & 15];
	}
	*out = '\0';
}

void
crypto_sha256_hex(char out[65], const void *p, size_t n)
{
	unsigned char sum[CRYPTO_SHA256];

	crypto_sha256(sum, p, n);
	crypto_hex(out, sum, sizeof(sum));
}

void
crypto_sha1_hex(char out[41], const void *p, size_t n)
{
	unsigned char sum[20];

	if (EVP_Digest(p, n, sum, NULL, EVP_sha1(), NULL) != 1)
		broken();
	crypto_hex(out, sum, sizeof(sum));
}

void
crypto_base64(struct buf *out, const void *p, size_t n)
{
	/* EVP_EncodeBlock counts in int; a multiple of 3 pads nothing. */
	const size_t most = 3 << 20;
	const unsigned char *from = p;

	while (n > 0) {
		size_t part = n < most ? n : most;
		char *at = buf_reserve(out, (part + 2) / 3 * 4);

		out->n += (size_t)EVP_EncodeBlock((unsigned char *)at, from,
		    (int)part);
		from += part;
		n -= part;
	}
}

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* EVP_DecodeBlock ignores white space and unused bits, and does not say how
 * much was padding. */
int
crypto_base64_decode(struct buf *out, const char *p, size_t n)
{
	size_t pad = 0;
	char *to;

	if (n % 4 != 0)
		return -1;
	if (n > 0)
		pad = p[n - 1] != '=' ? 0 : p[n - 2] != '=' ? 1 : 2;
	to = buf_reserve(out, n / 4 * 3);
	for (size_t i = 0; i < n; i += 4) {
		int keep = i + 4 == n ? 3 - (int)pad : 3;
		uint32_t bits = 0;
		int v = 0;

		for (int j = 0; j < 4 && v >= 0; j++) {
			v = j <= keep ? sextet(p[i + (size_t)j]) : 0;
			bits = bits << 6 | (uint32_t)v;
		}
		if (v < 0 || (bits & (0xffffffu >> 8 * keep)) != 0) {
			out->p[out->n] = '\0';
			return -1;
		}
		for (int j = 0; j < keep; j++)
			*to++ = (char)(bits >> (16 - 8 * j) & 0xff);
	}
	*to = '\0';
	out->n = (size_t)(to - out->p);
	return 0;
}

/* A struct hash_md5 is an EVP_MD_CTX by another name. */
static EVP_MD_CTX *
in(struct hash_md5 *h)
{
	return (EVP_MD_CTX *)(void *)h;
}

struct hash_md5 *
crypto_md5_begin(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL)
		broken();
	if (EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1)
		return (struct hash_md5 *)(void *)ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

void
crypto_md5_add(struct hash_md5 *h, const void *p, size_t n)
{
	if (EVP_DigestUpdate(in(h), p, n) != 1)
		broken();
}

void
crypto_md5_end(struct hash_md5 *h, unsigned char out[CRYPTO_MD5])
{
	if (EVP_DigestFinal_ex(in(h), out, NULL) != 1)
		broken();
	EVP_MD_CTX_free(in(h));
}

void
crypto_wipe(void *p, size_t n)
{
	if (n > 0)
		OPENSSL_cleanse(p, n);
}

void
crypto_random(void *p, size_t n)
{
	if (n > INT_MAX || RAND_bytes(p, (int)n) != 1)
		broken();
}
