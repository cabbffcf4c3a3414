#include <stdlib.h>
#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/json.h"
#include "cli/option/option.h"
#include "lib/aws/credentials.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/profile.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/refusal.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/dynamodb/probe.h"

/* NTP keeps a clock closer than this, ms. */
#define CLOCK_FINE 5000

enum doctor_result
doctor_clock(struct buf *text, const struct plan *p)
{
	int64_t off = p->skew_ms < 0 ? -p->skew_ms : p->skew_ms;
	struct fault why;
	char span[32];

	if (off <= 1500) {
		buf_adds(text, "the same as the service's");
		return DOCTOR_OK;
	}
	text_span(span, (off + 500) / 1000);
	buf_addf(text, "%s %s the service's", span,
	    p->skew_ms < 0 ? "ahead of" : "behind");
	if (off <= CLOCK_FINE)
		return DOCTOR_OK;
	if (plan_clocks(p, &why) == 0) {
		buf_adds(text,
		    "; ttlsweep uses the service's clock or --now, but an "
		    "application that uses this machine's clock writes wrong "
		    "expiry times");
		return DOCTOR_WARNING;
	}
	buf_adds(text, "; one of them is wrong, and purge --yes refuses");
	return DOCTOR_FAILURE;
}

/* Why the endpoint may not answer. */
static void
advise_network(struct doctor *d, const char *error)
{
	static const char *const proxies[] = { "https_proxy", "HTTPS_PROXY",
		"http_proxy", "all_proxy", "ALL_PROXY" };
	const char *proxy = NULL, *value;

	for (size_t i = 0; i < sizeof(proxies) / sizeof(*proxies); i++) {
		value = getenv(proxies[i]);
		if (value != NULL && *value != '\0' && proxy == NULL)
			proxy = proxies[i];
	}
	if (strstr(error, "certificate") != NULL ||
	    strstr(error, "SSL") != NULL) {
		buf_adds(&d->fix,
		    "if a proxy uses its own certificate, name the file with "
		    "its CA in AWS_CA_BUNDLE");
		return;
	}
	if (aws_config_regional(&d->c.config))
		buf_addf(&d->fix,
		    "check the region name (%s) and the network path: DNS, "
		    "route, VPC endpoint",
		    d->c.config.region);
	else
		buf_adds(&d->fix,
		    "check the address, and that a server is listening there");
	if (proxy != NULL)
		buf_addf(&d->fix, "; check also the proxy in %s", proxy);
}

static int
check_endpoint(struct doctor *d, struct fault *f)
{
	bool tls = strncmp(d->c.config.endpoint, "https:", 6) == 0;
	struct probe_hello hello;
	enum doctor_result result = DOCTOR_OK;
	struct fault why = { 0 };

	doctor_waiting(d, "asking %s", d->c.config.endpoint);
	if (probe_hello(&d->c.config, d->c.world, &hello, &why) != 0)
		return doctor_add_fault(d, "endpoint", DOCTOR_FAILURE, &why, f);
	if (stop_requested() != 0) {
		(void)fault(&why, FAULT_CANCELLED, "interrupted");
		return doctor_add_fault(d, "endpoint", DOCTOR_FAILURE, &why, f);
	}
	d->answers = hello.answered;
	d->plan.clock_known = hello.clock_known;
	d->plan.skew_ms = hello.skew_ms;
	buf_addf(&d->text, "%s (from %s)", d->c.config.endpoint,
	    d->c.config.endpoint_from);
	if (!hello.answered) {
		buf_addf(&d->text, " does not answer: %s", hello.error);
		advise_network(d, hello.error);
		return doctor_add(d, "endpoint", DOCTOR_FAILURE, f);
	}
	buf_addf(&d->text, " answers in %lld ms", (long long)hello.took_ms);
	if (hello.page) {
		result = DOCTOR_WARNING;
		buf_adds(&d->text, ", but with a web page, not as DynamoDB");
		buf_adds(&d->fix, "check the endpoint, and " REFUSAL_PROXY);
	} else if (tls) {
		buf_adds(&d->text, ", its certificate is good");
	} else if (!d->local) {
		result = DOCTOR_WARNING;
		buf_adds(&d->text,
		    ", but without TLS: anyone on the network path can read "
		    "session keys");
		buf_adds(&d->fix, "use https");
	}
	return doctor_add(d, "endpoint", result, f);
}

static int
check_clock(struct doctor *d, struct fault *f)
{
	enum doctor_result result;
	struct fault why = { 0 };

	d->plan.here_ms = d->c.world->wall_ms(d->c.world->ctx);
	if (plan_now(&d->plan, &why) != 0) {
		buf_adds(&d->fix, "give a time in the past");
		if (doctor_add_fault(d, "now", DOCTOR_FAILURE, &why, f) != 0)
			return -1;
	}
	if (!d->plan.clock_known)
		return 0;
	result = doctor_clock(&d->text, &d->plan);
	if (result != DOCTOR_OK) {
		buf_adds(&d->fix, "set the clock of this machine");
		buf_adds(&d->command, "timedatectl set-ntp true");
	}
	return doctor_add(d, "clock", result, f);
}

int
doctor_place(struct doctor *d, struct fault *f)
{
	const struct aws_config *config = &d->c.config;
	struct fault why = { 0 };
	bool profile;

	d->section = "Access";
	doctor_waiting(d, "looking for the region");
	if (context_locate(&d->c, NULL, &why) != 0)
		return doctor_add_fault(d, "configuration", DOCTOR_FAILURE,
		    &why, f);
	d->local = aws_config_local(config);
	profile = profile_has(config->config, "profile", config->profile) ||
	    profile_has(config->credentials, "profile", config->profile);
	buf_addf(&d->text, "%s%s, region %s%s",
	    profile ? "profile " : "no profile", profile ? config->profile : "",
	    config->region,
	    config->region_assumed
		? " (assumed: none is set, and the endpoint is on this machine)"
		: "");
	if (config->ca_bundle != NULL)
		buf_addf(&d->text, ", certificates in %s", config->ca_bundle);
	if (doctor_add(d, "configuration", DOCTOR_OK, f) != 0 ||
	    check_endpoint(d, f) != 0 || check_clock(d, f) != 0)
		return -1;
	return 1;
}

static int
check_credentials(struct doctor *d, struct fault *f)
{
	int64_t now = d->c.world->wall_ms(d->c.world->ctx) / 1000;
	struct fault why = { 0 };
	struct aws_keyset keys;
	char span[32], when[32];

	doctor_waiting(d, "looking for credentials");
	d->c.credentials = aws_credentials_open(&d->c.config, d->c.world,
	    provider_search, &why);
	if (d->c.credentials == NULL)
		return doctor_add_fault(d, "credentials", DOCTOR_FAILURE, &why,
		    f);
	aws_credentials_get(d->c.credentials, now, &keys);
	buf_addf(&d->text, "from %s", aws_credentials_source(d->c.credentials));
	if (keys.expires != INT64_MAX &&
	    text_time_format(when, keys.expires) == 0) {
		text_span(span, keys.expires - now);
		if (keys.expires > now)
			buf_addf(&d->text, "; they expire in %s, at %s", span,
			    when);
		else
			buf_addf(&d->text, "; they expired at %s", when);
	}
	aws_keyset_release(&keys);
	d->keyed = true;
	return doctor_add(d, "credentials", DOCTOR_OK, f);
}

/* Whether to ask STS: AWS's knows nothing of a local server's credentials. */
static bool
asks_sts(const struct doctor *d)
{
	char *url = NULL, *own = aws_endpoint_url("sts", d->c.config.region);
	bool set = aws_config_endpoint(&d->c.config, "sts", d->c.config.region,
		       &url, NULL) == 0 &&
	    strcmp(url, own) != 0;

	free(url);
	free(own);
	return !d->local || set;
}

static int
check_identity(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };

	if (!asks_sts(d))
		return doctor_say(d, "identity", DOCTOR_OK, f,
		    "not checked: on a local server, every account is 000000000000");
	doctor_waiting(d, "asking STS who this is");
	if (context_identity(&d->c, &d->who, &why) == 0)
		return doctor_say(d, "identity", DOCTOR_OK, f, "account %s, %s",
		    d->who.account, d->who.arn);
	if (why.kind == FAULT_CREDENTIALS && !d->local) {
		d->keyed = false;
		return doctor_add_fault(d, "identity", DOCTOR_FAILURE, &why, f);
	}
	if (why.kind != FAULT_CREDENTIALS)
		buf_adds(&d->fix,
		    "only this check needs STS, and --expect-account with "
		    "servers other than AWS's");
	return doctor_add_fault(d, "identity", DOCTOR_WARNING, &why, f);
}

int
doctor_who(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };

	if (check_credentials(d, f) != 0)
		return -1;
	if (!d->keyed)
		return 0;
	if (check_identity(d, f) != 0)
		return -1;
	if (!d->keyed || !d->answers)
		return 0;
	if (context_client(&d->c, option_table_from(d->c.o), &why) != 0)
		return doctor_add_fault(d, "endpoint", DOCTOR_FAILURE, &why, f);
	return 1;
}

void
doctor_release(struct doctor *d)
{
	json_free(d->json);
	if (d->ttl != NULL)
		summary_release(&d->sample);
	identity_release(&d->who);
	context_close(&d->c);
	buf_release(&d->failed);
	buf_release(&d->text);
	buf_release(&d->fix);
	buf_release(&d->command);
}
