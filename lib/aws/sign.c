#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/sign.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"

/*
 * Four steps: the canonical request; the string to sign (its digest, the time,
 * the scope); the key of that day, region and service; and the HMAC of the
 * string with that key.
 */
#define ALGORITHM "AWS4-HMAC-SHA256"

/* One header of the canonical request. */
struct line {
	char *name; /* lower case */
	const char *value;
	size_t order; /* as given: headers of one name keep it */
};

struct lines {
	struct line *list;
	size_t n;
};

static void
lines_add(struct lines *l, const char *name, const char *value)
{
	struct line *line = &l->list[l->n];

	line->name = xstrdup(name);
	for (char *p = line->name; *p != '\0'; p++)
		*p = text_lower(*p);
	line->value = value;
	line->order = l->n++;
}

static int
lines_compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r != 0 ? r : x->order < y->order ? -1 : 1;
}

static void
lines_release(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->list[i].name);
	free(l->list);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Trim the value, and write each run of white space as one space. */
static void
add_value(struct buf *out, const char *p)
{
	bool first = true;

	for (;;) {
		const char *word;

		while (is_blank(*p))
			p++;
		if (*p == '\0')
			return;
		for (word = p; *p != '\0' && !is_blank(*p); p++)
			;
		if (!first)
			buf_addc(out, ' ');
		buf_add(out, word, (size_t)(p - word));
		first = false;
	}
}

/* Remove "//", "/./" and "/x/../", as RFC 3986 section 5.2.4 says and the SDKs
 * do, and encode the rest. */
static void
add_path(struct buf *out, const char *path)
{
	size_t start = out->n, n;

	for (const char *p = path; *p != '\0'; p += n) {
		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (n == 2 && memcmp(p, "..", 2) == 0) {
			while (out->n > start && out->p[--out->n] != '/')
				;
		} else if (n > 0 && !(n == 1 && *p == '.')) {
			buf_addc(out, '/');
			text_percent(out, p, n);
		}
	}
	n = strlen(path);
	if (out->n == start || (n > 0 && path[n - 1] == '/'))
		buf_addc(out, '/');
}

static int
pair_compare(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;
	const char *p = x->p, *q = y->p;
	size_t nx = strcspn(p, "=&"), ny = strcspn(q, "=&");
	int r = memcmp(p, q, nx < ny ? nx : ny);

	if (r != 0 || nx != ny)
		return r != 0 ? r : nx < ny ? -1 : 1;
	r = memcmp(p, q, x->n < y->n ? x->n : y->n);
	return r != 0 ? r : x->n < y->n ? -1 : x->n > y->n;
}

/* By name, then by value; a name without '=' gets one. */
static void
add_query(struct buf *out, const char *query)
{
	struct slice *pairs;
	size_t n = 0, most = 1;

	if (*query == '\0')
		return;
	for (const char *p = query; *p != '\0'; p++)
		most += *p == '&';
	pairs = xcalloc(most, sizeof(*pairs));
	for (const char *p = query; n < most; n++) {
		pairs[n] = (struct slice){ p, strcspn(p, "&") };
		p += pairs[n].n + 1;
	}
	qsort(pairs, n, sizeof(*pairs), pair_compare);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, '&');
		buf_add(out, pairs[i].p, pairs[i].n);
		if (memchr(pairs[i].p, '=', pairs[i].n) == NULL)
			buf_addc(out, '=');
	}
	free(pairs);
}

static void
add_signed_headers(struct buf *out, const struct lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0 && strcmp(l->list[i].name, l->list[i - 1].name) == 0)
			continue;
		if (i > 0)
			buf_addc(out, ';');
		buf_adds(out, l->list[i].name);
	}
}

static void
add_request(struct buf *out, const struct lines *l,
    const struct aws_sign_request *rq)
{
	char digest[2 * CRYPTO_SHA256 + 1];

	buf_adds(out, rq->method);
	buf_addc(out, '\n');
	add_path(out, rq->path);
	buf_addc(out, '\n');
	add_query(out, rq->query);
	for (size_t i = 0; i < l->n; i++) {
		const struct line *line = &l->list[i];

		if (i > 0 && strcmp(line->name, line[-1].name) == 0) {
			buf_addc(out, ',');
		} else {
			buf_addc(out, '\n');
			buf_adds(out, line->name);
			buf_addc(out, ':');
		}
		add_value(out, line->value);
	}
	buf_adds(out, "\n\n");
	add_signed_headers(out, l);
	buf_addc(out, '\n');
	crypto_sha256_hex(digest, rq->body.p, rq->body.n);
	buf_adds(out, digest);
}

/* "20150830/us-east-1/service/aws4_request" */
static void
add_scope(struct buf *out, const struct aws_sign_request *rq, const char *date)
{
	buf_addf(out, "%.8s/%s/%s/aws4_request", date, rq->region, rq->service);
}

static void
add_to_sign(struct buf *out, const struct buf *canonical,
    const struct aws_sign_request *rq, const char *date)
{
	char digest[2 * CRYPTO_SHA256 + 1];

	buf_addf(out, ALGORITHM "\n%s\n", date);
	add_scope(out, rq, date);
	crypto_sha256_hex(digest, canonical->p, canonical->n);
	buf_addf(out, "\n%s", digest);
}

/* The key of the day, region and service: HMACs of HMACs. */
static void
derive(unsigned char key[CRYPTO_SHA256], const char *secret,
    const struct aws_sign_request *rq, const char *date)
{
	const struct slice parts[] = { { date, 8 }, slice_str(rq->region),
		slice_str(rq->service), SLICE("aws4_request") };
	size_t n = strlen(secret) + 4;
	char *first = xmalloc(n);
	unsigned char next[CRYPTO_SHA256];

	memcpy(first, "AWS4", 4);
	memcpy(first + 4, secret, n - 4);
	crypto_hmac_sha256(key, first, n, parts[0].p, parts[0].n);
	for (size_t i = 1; i < sizeof(parts) / sizeof(parts[0]); i++) {
		crypto_hmac_sha256(next, key, CRYPTO_SHA256, parts[i].p,
		    parts[i].n);
		memcpy(key, next, CRYPTO_SHA256);
	}
	crypto_wipe(next, sizeof(next));
	crypto_wipe(first, n);
	free(first);
}

/* A digest of all that the key depends on. */
static void
digest_of(unsigned char out[CRYPTO_SHA256], const char *secret,
    const struct aws_sign_request *rq, const char *date)
{
	struct buf text = { 0 };

	/* room at once: growing would leave copies of the secret behind */
	buf_reserve(&text,
	    strlen(secret) + strlen(rq->region) + strlen(rq->service) + 32);
	buf_add(&text, date, 8);
	buf_add(&text, rq->region, strlen(rq->region) + 1);
	buf_add(&text, rq->service, strlen(rq->service) + 1);
	buf_adds(&text, secret);
	crypto_sha256(out, text.p, text.n);
	secret_release(&text);
}

/* The key, derived unless the one that is kept is of the same. */
static void
signing_key(unsigned char key[CRYPTO_SHA256], const char *secret,
    const struct aws_sign_request *rq, const char *date)
{
	struct aws_sign_key *kept = rq->key;
	unsigned char of[CRYPTO_SHA256];

	if (kept == NULL) {
		derive(key, secret, rq, date);
		return;
	}
	digest_of(of, secret, rq, date);
	if (!kept->known || memcmp(kept->of, of, sizeof(of)) != 0) {
		derive(kept->key, secret, rq, date);
		memcpy(kept->of, of, sizeof(of));
		kept->known = true;
	}
	memcpy(key, kept->key, CRYPTO_SHA256);
}

/* All headers to sign, sorted. */
static void
lines_open(struct lines *l, const struct aws_sign_request *rq, const char *date,
    const char *token)
{
	*l = (struct lines){ xcalloc(rq->nheaders + 3, sizeof(*l->list)), 0 };
	for (size_t i = 0; i < rq->nheaders; i++)
		lines_add(l, rq->headers[i].name, rq->headers[i].value);
	lines_add(l, "host", rq->host);
	lines_add(l, "x-amz-date", date);
	if (token != NULL)
		lines_add(l, "x-amz-security-token", token);
	qsort(l->list, l->n, sizeof(*l->list), lines_compare);
}

void
aws_sign(struct aws_signature *out, const struct aws_keys *keys,
    const struct aws_sign_request *rq, int64_t now)
{
	const char *token = keys->session_token;
	unsigned char key[CRYPTO_SHA256], sum[CRYPTO_SHA256];
	char date[32], signature[2 * CRYPTO_SHA256 + 1];
	struct buf canonical = { 0 }, to_sign = { 0 }, text = { 0 };
	struct lines l;

	(void)text_time_compact(date, now);
	lines_open(&l, rq, date, token);
	/* growing would leave copies of the token in memory */
	buf_reserve(&canonical, 4096 + (token != NULL ? strlen(token) : 0));
	add_request(&canonical, &l, rq);
	add_to_sign(&to_sign, &canonical, rq, date);
	signing_key(key, keys->secret_key, rq, date);
	crypto_hmac_sha256(sum, key, sizeof(key), to_sign.p, to_sign.n);
	crypto_hex(signature, sum, sizeof(sum));
	crypto_wipe(key, sizeof(key));
	buf_addf(&text, ALGORITHM " Credential=%s/", keys->access_key);
	add_scope(&text, rq, date);
	buf_adds(&text, ", SignedHeaders=");
	add_signed_headers(&text, &l);
	buf_addf(&text, ", Signature=%s", signature);
	memcpy(out->date, date, sizeof(out->date));
	out->authorization = buf_detach(&text);
	lines_release(&l);
	secret_release(&canonical);
	buf_release(&to_sign);
}

void
aws_sign_release(struct aws_signature *sig)
{
	free(sig->authorization);
	*sig = (struct aws_signature){ 0 };
}
