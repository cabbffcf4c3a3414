#include <curl/curl.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/aws/proxy.h"
#include "lib/aws/world.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/gzip.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/stop.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/base/tty.h"

/*
 * The real world. The policy of the transport:
 * - One kept-alive HTTP/1.1 connection a line, no redirects, certificates
 *   always verified.
 * - One X509 store for all lines, or every connection would parse the CA bundle
 *   again (tens of milliseconds and a megabyte each).
 * - The body is sent through read and seek callbacks: libcurl rewinds it to
 * send a request again on a new connection, which shows that the request may
 * have been delivered twice.
 * - x-amz-crc32 is checked over the reply as received, before it is inflated.
 * - Time limits are for the whole request, as libcurl's low-speed limit takes
 *   several times as long as it says to notice a stalled server.
 */
struct real {
	struct world world;
	struct lock *lock;
	char *ca_bundle;
	bool ca_directory; /* it is a directory of certificates by hash */
	X509_STORE *store; /* NULL before the first TLS connection */
};

struct line {
	struct real *real;
	CURL *curl;
	struct http_exchange *x; /* the current one */
	size_t at;               /* bytes of its body sent so far */
	bool handed;             /* this delivery has begun */
	bool over;               /* the reply is longer than allowed */
	int64_t slow_us;         /* when to call x->slow; 0: not, or done */
	struct buf raw;          /* a compressed reply as received */
	bool has_crc, gzip;
	uint32_t crc;  /* of the whole reply, as its header says */
	uint32_t sum;  /* of what was received so far */
	int no_socket; /* the errno of socket(), which libcurl reports as
			  "cannot connect" */
	char error[CURL_ERROR_SIZE];
};

static int64_t
clock_us(clockid_t id)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
real_wall_ms(void *ctx)
{
	(void)ctx;
	return clock_us(CLOCK_REALTIME) / 1000;
}

static int64_t
real_mono_us(void *ctx)
{
	(void)ctx;
	return clock_us(CLOCK_MONOTONIC);
}

/* The service's have 52 letters and digits, or are UUIDs. */
#define REQUEST_ID_MAX 64

/* A signal is noticed within this time. */
#define SLEEP_SLICE_MS 50

static void
real_sleep_ms(void *ctx, int64_t ms, bool through)
{
	int64_t until = sum_add(clock_us(CLOCK_MONOTONIC), sum_mul(ms, 1000));
	int64_t left;

	(void)ctx;
	while (stop_age_ms() < (through ? STOP_SETTLE_MS : 0) &&
	    (left = until - clock_us(CLOCK_MONOTONIC)) > 0) {
		struct timespec t = { 0, 0 };

		if (left > SLEEP_SLICE_MS * 1000)
			left = SLEEP_SLICE_MS * 1000;
		t.tv_nsec = (long)left * 1000;
		(void)nanosleep(&t, NULL);
	}
}

static double
real_chance(void *ctx)
{
	uint32_t r;

	(void)ctx;
	crypto_random(&r, sizeof(r));
	return r / 4294967296.0;
}

static curl_socket_t
on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct line *l = ctx;
	curl_socket_t s = socket(a->family, a->socktype, a->protocol);

	(void)purpose;
	if (s == CURL_SOCKET_BAD)
		l->no_socket = errno;
	return s;
}

static size_t
on_read(char *to, size_t size, size_t count, void *ctx)
{
	struct line *l = ctx;
	size_t n = size * count, left = l->x->body.n - l->at;

	if (!l->handed) {
		l->handed = true;
		l->x->sends++;
	}
	if (n > left)
		n = left;
	if (n > 0)
		memcpy(to, l->x->body.p + l->at, n);
	l->at += n;
	return n;
}

static int
on_seek(void *ctx, curl_off_t offset, int origin)
{
	struct line *l = ctx;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > l->x->body.n)
		return CURL_SEEKFUNC_FAIL;
	l->at = (size_t)offset;
	if (l->at == 0)
		l->handed = false;
	return CURL_SEEKFUNC_OK;
}

/* Called at least once a second, also while waiting for a name server. Not 0
 * aborts the request. */
static int
on_progress(void *ctx, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
    curl_off_t ulnow)
{
	struct line *l = ctx;

	(void)dltotal;
	(void)ultotal;
	(void)ulnow;
	if (l->slow_us != 0 && dlnow == 0 &&
	    clock_us(CLOCK_MONOTONIC) >= l->slow_us) {
		l->slow_us = 0;
		l->x->slow(l->x->slow_ctx);
	}
	return stop_age_ms() > l->x->linger_ms;
}

static size_t
on_body(char *p, size_t size, size_t count, void *ctx)
{
	struct line *l = ctx;
	struct buf *to = l->gzip ? &l->raw : &l->x->reply;
	size_t n = size * count;

	if (n > l->x->max_body || to->n > l->x->max_body - n) {
		l->over = true;
		return 0;
	}
	/* now, while it is in the processor's cache */
	if (l->has_crc)
		l->sum = gzip_crc32(l->sum, p, n);
	buf_add(to, p, n);
	return n;
}

/* Copy ${p}[0..n) without the white space around it. */
static void
header_value(char *out, size_t size, const char *p, size_t n)
{
	while (n > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	if (n >= size)
		n = size - 1;
	memcpy(out, p, n);
	out[n] = '\0';
}

/* Keep only a UUID or letters and digits, and nothing long: it could be a
 * reflected token. */
static void
take_request_id(struct http_exchange *x, const char *value)
{
	size_t n = strspn(value,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-");

	if (n <= REQUEST_ID_MAX && value[n] == '\0')
		memcpy(x->request_id, value, n + 1);
}

static size_t
on_header(char *p, size_t size, size_t count, void *ctx)
{
	struct line *l = ctx;
	struct http_exchange *x = l->x;
	size_t n = size * count;
	const char *colon = memchr(p, ':', n);
	size_t name = colon != NULL ? (size_t)(colon - p) : 0;
	char value[128];
	int64_t v;

	if (colon == NULL)
		return n;
	header_value(value, sizeof(value), colon + 1, n - name - 1);
#define IS(s) (name == sizeof(s) - 1 && strncasecmp(p, s, name) == 0)
	if (IS("date")) {
		if (text_httpdate_parse(value, &v) == 0)
			x->date = v;
	} else if (IS("x-amzn-requestid")) {
		take_request_id(x, value);
	} else if (IS("x-amz-crc32")) {
		l->has_crc = text_int_parse(value, 0, UINT32_MAX, &v) == 0;
		l->crc = l->has_crc ? (uint32_t)v : 0;
	} else if (IS("x-amz-retry-after")) {
		if (text_int_parse(value, 0, INT32_MAX, &v) == 0)
			x->retry_after = v;
	} else if (IS("content-encoding")) {
		l->gzip = strcasecmp(value, "gzip") == 0;
	} else if (IS("age")) {
		x->aged = true;
	}
#undef IS
	return n;
}

/* The certificates, loaded once for all lines; NULL on failure. */
static X509_STORE *
shared_store(struct real *real)
{
	X509_STORE *s;

	lock_enter(real->lock);
	if (real->store == NULL && (s = X509_STORE_new()) != NULL) {
		int ok = real->ca_bundle == NULL
		    ? X509_STORE_set_default_paths(s)
		    : X509_STORE_load_locations(s,
			  real->ca_directory ? NULL : real->ca_bundle,
			  real->ca_directory ? real->ca_bundle : NULL);

		if (ok == 1)
			real->store = s;
		else
			X509_STORE_free(s);
	}
	s = real->store;
	lock_leave(real->lock);
	return s;
}

static CURLcode
on_ssl_ctx(CURL *curl, void *ssl_ctx, void *ctx)
{
	X509_STORE *s = shared_store(ctx);

	(void)curl;
	if (s == NULL)
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set1_cert_store(ssl_ctx, s);
	return CURLE_OK;
}

static bool
curl_has_openssl(void)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	return v->ssl_version != NULL &&
	    strncmp(v->ssl_version, "OpenSSL", 7) == 0;
}

static void
real_line_close(void *line)
{
	struct line *l = line;

	if (l == NULL)
		return;
	curl_easy_cleanup(l->curl);
	secret_release(&l->raw);
	free(l);
}

static void *
real_line_open(void *ctx, struct fault *f)
{
	struct line *l = xcalloc(1, sizeof(*l));
	CURL *c = curl_easy_init();

	l->real = ctx;
	l->curl = c;
	if (c == NULL) {
		free(l);
		(void)fault(f, FAULT_NET, "libcurl cannot be started");
		return NULL;
	}
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, l->error);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 131072L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, l);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(c, CURLOPT_READDATA, l);
	curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(c, CURLOPT_SEEKDATA, l);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, l);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, l);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, l);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	/* do not wait for a name server after an abort */
	curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
	if (curl_has_openssl()) {
		curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
		curl_easy_setopt(c, CURLOPT_SSL_CTX_DATA, l->real);
	} else if (l->real->ca_bundle != NULL) {
		curl_easy_setopt(c,
		    l->real->ca_directory ? CURLOPT_CAPATH : CURLOPT_CAINFO,
		    l->real->ca_bundle);
	}
	return l;
}

/* The caller's headers, without libcurl's own "Accept" and "Expect". */
static struct curl_slist *
header_list(const struct http_exchange *x)
{
	struct curl_slist *list = NULL, *more;

	for (size_t i = 0; i < x->nheaders + 2; i++) {
		const char *h = i < x->nheaders ? x->headers[i]
		    : i == x->nheaders          ? "Accept:"
						: "Expect:";

		more = curl_slist_append(list, h);
		if (more == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = more;
	}
	return list;
}

static void
set_method(struct line *l, const struct http_exchange *x)
{
	CURL *c = l->curl;

	/* neither of the other two switches an upload off */
	curl_easy_setopt(c, CURLOPT_UPLOAD, 0L);
	if (strcmp(x->method, "POST") == 0) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, NULL);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)x->body.n);
	} else if (strcmp(x->method, "PUT") == 0) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)x->body.n);
	} else {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	}
}

/* Check and inflate a complete reply. 0, or -1 with x->error. */
static int
take_reply(struct line *l, struct http_exchange *x)
{
	struct fault f;

	if (l->has_crc && l->sum != l->crc) {
		(void)snprintf(x->error, sizeof(x->error),
		    "the reply does not match its checksum (x-amz-crc32)");
		return -1;
	}
	if (!l->gzip)
		return 0;
	if (gzip_inflate(&x->reply, l->raw.p, l->raw.n, x->max_body, &f) != 0) {
		(void)snprintf(x->error, sizeof(x->error), "%.200s", f.text);
		return -1;
	}
	return 0;
}

/* What libcurl says, or only the kind of failure if the text could contain an
 * address with a password: it has an '@', is truncated, or a proxy's address
 * has an unusual form. */
static const char *
why_failed(const struct line *l, CURLcode rc)
{
	if (l->error[0] != '\0' && strchr(l->error, '@') == NULL &&
	    strlen(l->error) < sizeof(l->error) - 1 && proxy_all_plain())
		return l->error;
	if (rc == CURLE_COULDNT_RESOLVE_PROXY)
		return "the address of the proxy cannot be used (not shown, "
		       "as it may have a password in it)";
	return curl_easy_strerror(rc);
}

static int
real_exchange(void *line, struct http_exchange *x)
{
	struct line *l = line;
	struct curl_slist *headers = header_list(x);
	CURL *c = l->curl;
	CURLcode rc;
	long status = 0;

	l->x = x;
	l->at = 0;
	l->no_socket = 0;
	l->handed = l->over = l->has_crc = l->gzip = false;
	buf_reset(&l->raw);
	l->sum = 0;
	l->slow_us =
	    x->slow != NULL ? clock_us(CLOCK_MONOTONIC) + x->slow_ms * 1000 : 0;
	buf_reset(&x->reply);
	x->status = x->sends = 0;
	x->date = x->retry_after = -1;
	x->aged = false;
	x->request_id[0] = x->error[0] = l->error[0] = '\0';
	curl_easy_setopt(c, CURLOPT_URL, x->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_NOPROXY, x->direct ? "*" : NULL);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)x->connect_ms);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)x->total_ms);
	set_method(l, x);
	x->sent_ms = real_wall_ms(NULL);
	rc = curl_easy_perform(c);
	x->received_ms = real_wall_ms(NULL);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	if (rc == CURLE_OK && x->sends == 0)
		x->sends = 1; /* a request without a body */
	if (l->over)
		(void)snprintf(x->error, sizeof(x->error),
		    "the reply is longer than %zu MiB", x->max_body >> 20);
	else if (rc == CURLE_ABORTED_BY_CALLBACK)
		(void)snprintf(x->error, sizeof(x->error), "interrupted");
	else if (rc == CURLE_SSL_CACERT_BADFILE)
		(void)snprintf(x->error, sizeof(x->error),
		    "no certificate of an authority can be read from %.150s",
		    l->real->ca_bundle != NULL ? l->real->ca_bundle
					       : "where this system has them");
	else if (rc == CURLE_COULDNT_CONNECT && l->no_socket == EMFILE)
		(void)snprintf(x->error, sizeof(x->error),
		    "too many open files (ulimit -n); use fewer --jobs");
	else if (rc != CURLE_OK)
		(void)snprintf(x->error, sizeof(x->error), "%s",
		    why_failed(l, rc));
	if (rc != CURLE_OK || take_reply(l, x) != 0) {
		buf_reset(&x->reply);
		return -1;
	}
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	x->status = (int)status;
	return 0;
}

#define ANSWER_MAX 256

static int
real_ask(void *ctx, const char *prompt, struct buf *answer, struct fault *f)
{
	struct buf text = { 0 };
	struct fault why = { 0 };
	enum tty_answer is;

	(void)ctx;
	text_escape(&text, prompt, strlen(prompt), true);
	is = tty_ask(buf_text(&text), false, ANSWER_MAX, answer, &why);
	buf_release(&text);
	if (is == TTY_NONE)
		return fault(f, FAULT_CREDENTIALS,
		    "there is no terminal to ask on; run any command of the AWS "
		    "CLI with this profile at one first");
	if (is == TTY_FAILED)
		return fault(f,
		    why.kind == FAULT_IO ? FAULT_CREDENTIALS : why.kind, "%s",
		    why.text);
	return 0;
}

struct world *
world_real_open(const char *ca_bundle, struct fault *f)
{
	struct real *real;
	struct stat st = { 0 };

	if (ca_bundle != NULL && stat(ca_bundle, &st) != 0) {
		(void)fault(f, FAULT_CONFIG,
		    "%s: %s (AWS_CA_BUNDLE or ca_bundle names it)", ca_bundle,
		    strerror(errno));
		return NULL;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		(void)fault(f, FAULT_NET, "libcurl cannot be started");
		return NULL;
	}
	real = xcalloc(1, sizeof(*real));
	real->lock = lock_new();
	real->ca_bundle = ca_bundle != NULL ? xstrdup(ca_bundle) : NULL;
	real->ca_directory = S_ISDIR(st.st_mode);
	real->world = (struct world){
		.ctx = real,
		.wall_ms = real_wall_ms,
		.mono_us = real_mono_us,
		.sleep_ms = real_sleep_ms,
		.chance = real_chance,
		.line_open = real_line_open,
		.exchange = real_exchange,
		.line_close = real_line_close,
		.ask = real_ask,
	};
	return &real->world;
}

void
world_real_close(struct world *world)
{
	struct real *real;

	if (world == NULL)
		return;
	real = world->ctx;
	X509_STORE_free(real->store);
	lock_free(real->lock);
	free(real->ca_bundle);
	free(real);
	curl_global_cleanup();
}
