#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/aws/config.h"
#include "lib/aws/config_value.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/fetch.h"
#include "lib/aws/imds.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"

#define TOKEN_SECONDS "21600"
#define REPLY_MAX ((size_t)64 << 10)
/* Once it has answered, failures are retried. */
#define KNOWN_TRIES 3
#define KNOWN_PAUSE_MS 200

struct imds {
	struct world *world;
	char *url; /* scheme://host[:port][/path] */
	int64_t timeout_ms;
	int tries;
	char *token;
};

/* By default it is at a link-local address that no other host can have. */
static int
choose_url(struct imds *m, const struct aws_config *c, struct fault *f)
{
	struct aws_endpoint e;
	struct config_value s;

	if (config_value_either(&s, c, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
		"ec2_metadata_service_endpoint")) {
		if (aws_endpoint_read(&e, s.from, s.value, FAULT_CONFIG, f) !=
		    0)
			return -1;
		m->url = aws_endpoint_text(&e);
		return 0;
	}
	if (config_value_either(&s, c, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"ec2_metadata_service_endpoint_mode")) {
		if (strcasecmp(s.value, "ipv6") == 0) {
			m->url = xstrdup("http://[fd00:ec2::254]");
			return 0;
		}
		if (strcasecmp(s.value, "ipv4") != 0)
			return fault(f, FAULT_CONFIG,
			    "%s: \"%.100s\" is neither ipv4 nor ipv6", s.from,
			    s.value);
	}
	m->url = xstrdup("http://169.254.169.254");
	return 0;
}

static int
choose_patience(struct imds *m, const struct aws_config *c, struct fault *f)
{
	int64_t seconds = 1, tries = 1;
	struct config_value s;

	if (config_value_either(&s, c, "AWS_METADATA_SERVICE_TIMEOUT",
		"metadata_service_timeout") &&
	    config_value_int(&s, 1, 300, &seconds, f) != 0)
		return -1;
	if (config_value_either(&s, c, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
		"metadata_service_num_attempts") &&
	    config_value_int(&s, 1, 100, &tries, f) != 0)
		return -1;
	m->timeout_ms = seconds * 1000;
	m->tries = (int)tries;
	return 0;
}

/* One request; the caller releases ${r} in any case. */
static int
request(struct imds *m, struct fetch *r, const char *path, struct fault *f)
{
	const struct aws_header header = { m->token != NULL
		    ? "x-aws-ec2-metadata-token"
		    : "x-aws-ec2-metadata-token-ttl-seconds",
		m->token != NULL ? m->token : TOKEN_SECONDS };
	char *url = xasprintf("%s/latest/%s", m->url, path);
	int rc;

	*r = (struct fetch){
		.x = {
		    .method = m->token != NULL ? "GET" : "PUT",
		    .url = url,
		    .connect_ms = m->timeout_ms,
		    .total_ms = m->timeout_ms,
		    .direct = true,
		    .max_body = REPLY_MAX,
		},
		.headers = &header,
		.nheaders = 1,
		.tries = m->tries,
		.pause_ms = KNOWN_PAUSE_MS,
	};
	rc = fetch_run(m->world, r, f);
	r->x.url = NULL;
	r->headers = NULL;
	free(url);
	return rc;
}

/* Cut the white space at the end of ${b}; whether a word is left. */
static bool
take_word(struct buf *b)
{
	while (b->n > 0 && strchr("\r\n \t", b->p[b->n - 1]) != NULL)
		b->p[--b->n] = '\0';
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] <= ' ' || b->p[i] >= 0x7f)
			return false;
	return b->n > 0;
}

static int
get_token(struct imds *m, struct fault *f)
{
	struct fetch r;
	int rc = request(m, &r, "api/token", f);

	if (rc != 0 && f != NULL && f->kind == FAULT_NET &&
	    m->timeout_ms == 1000)
		(void)fault(f, FAULT_NET,
		    "%.100s: %.300s; on an instance: in a container its hop "
		    "limit must be 2, and AWS_METADATA_SERVICE_TIMEOUT gives "
		    "it more than a second",
		    m->url, r.x.error);
	if (rc == 0 && r.x.status != 200)
		rc = fault(f, FAULT_SERVICE,
		    "%.100s: HTTP %d to a request for a token%s", m->url,
		    r.x.status,
		    r.x.status == 403 ? ": access to the metadata service is "
					"switched off here"
				      : "");
	else if (rc == 0 && !take_word(&r.x.reply))
		rc = fault(f, FAULT_DATA,
		    "%.100s: it did not return a token; is this the metadata "
		    "service?",
		    m->url);
	if (rc == 0)
		m->token = xstrdup(buf_text(&r.x.reply));
	secret_release(&r.x.reply);
	return rc;
}

struct imds *
imds_open(const struct aws_config *config, struct world *world, struct fault *f)
{
	const char *off = config_value_environment("AWS_EC2_METADATA_DISABLED");
	struct imds *m;

	if (off != NULL && strcasecmp(off, "true") == 0) {
		(void)fault(f, FAULT_NET,
		    "switched off by AWS_EC2_METADATA_DISABLED");
		return NULL;
	}
	m = xcalloc(1, sizeof(*m));
	m->world = world;
	if (choose_url(m, config, f) == 0 &&
	    choose_patience(m, config, f) == 0 && get_token(m, f) == 0) {
		if (m->tries < KNOWN_TRIES)
			m->tries = KNOWN_TRIES;
		return m;
	}
	imds_close(m);
	return NULL;
}

void
imds_close(struct imds *m)
{
	if (m == NULL)
		return;
	secret_free(m->token);
	free(m->url);
	free(m);
}

int
imds_get(struct imds *m, const char *path, struct buf *out, struct fault *f)
{
	char *below = xasprintf("meta-data/%s", path);
	struct fetch r;
	int rc = request(m, &r, below, f);

	if (rc == 0 && r.x.status == 404)
		rc = 1;
	else if (rc == 0 && r.x.status != 200)
		rc = fault(f, FAULT_SERVICE, "%.100s/latest/%.200s: HTTP %d",
		    m->url, below, r.x.status);
	if (rc == 0)
		*out = r.x.reply;
	else
		secret_release(&r.x.reply);
	free(below);
	return rc;
}

const char *
imds_url(const struct imds *m)
{
	return m->url;
}

char *
imds_region(const struct aws_config *config, struct world *world,
    struct fault *f)
{
	struct imds *m = imds_open(config, world, f);
	struct buf text = { 0 };
	char *region = NULL;
	int rc;

	if (m == NULL)
		return NULL;
	rc = imds_get(m, "placement/region", &text, f);
	if (rc == 0 && take_word(&text))
		region = buf_detach(&text);
	else if (rc >= 0)
		(void)fault(f, FAULT_DATA, "%.100s: it names no region",
		    m->url);
	buf_release(&text);
	imds_close(m);
	return region;
}
