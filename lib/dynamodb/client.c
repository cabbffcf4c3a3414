#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/service.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/client_parts.h"

/* The part of the limit to aim at. A bucket of a quarter second can exceed it
 * by 5 % over 5 s, which is all that is promised; the rest is for requests that
 * arrive closer together than they were sent, and for pages that cost more than
 * estimated. */
#define AIM 0.98

struct ddb *
ddb_open(const struct ddb_options *o, struct fault *f)
{
	struct ddb *d = xcalloc(1, sizeof(*d));
	int64_t now = o->world->mono_us(o->world->ctx);

	d->o = *o;
	aws_credentials_log(o->credentials, o->log, o->log_ctx);
	if (aws_endpoint_parse(o->config->endpoint, &d->endpoint) != 0) {
		(void)fault(f, FAULT_CONFIG,
		    "endpoint %s (from %s): not http://host or https://host",
		    o->config->endpoint, o->config->endpoint_from);
		free(d);
		return NULL;
	}
	d->url = xasprintf("%s://%s%s", d->endpoint.tls ? "https" : "http",
	    d->endpoint.host,
	    d->endpoint.path[0] != '\0' ? d->endpoint.path : "/");
	d->lock = lock_new();
	d->service = service_open(o->world);
	rate_init(&d->read, o->max_rcu * AIM, now);
	rate_init(&d->write, o->max_wcu * AIM, now);
	return d;
}

void
ddb_close(struct ddb *d)
{
	if (d == NULL)
		return;
	service_close(d->service);
	lock_free(d->lock);
	free(d->url);
	free(d);
}

struct ddb_conn *
ddb_conn_open(struct ddb *d, struct fault *f)
{
	struct ddb_conn *c = xcalloc(1, sizeof(*c));

	c->d = d;
	c->line = d->o.world->line_open(d->o.world->ctx, f);
	if (c->line == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void
ddb_conn_close(struct ddb_conn *c)
{
	if (c == NULL)
		return;
	c->d->o.world->line_close(c->line);
	buf_release(&c->x.reply);
	crypto_wipe(&c->key, sizeof(c->key));
	free(c);
}

struct ddb *
ddb_of(struct ddb_conn *c)
{
	return c->d;
}

const struct ddb_options *
ddb_options(const struct ddb *d)
{
	return &d->o;
}

/* Without the noise that estimates leave which were added and taken back. */
static double
settled(double units)
{
	return fmax(round(units * 1000) / 1000, 0) + 0.0; /* not -0 */
}

void
ddb_counts(struct ddb *d, struct ddb_counts *out)
{
	lock_enter(d->lock);
	*out = d->counts;
	lock_leave(d->lock);
	out->read_units = settled(out->read_units);
	out->write_units = settled(out->write_units);
}

void
ddb_limit(struct ddb *d, double max_rcu, double max_wcu)
{
	int64_t now = d->o.world->mono_us(d->o.world->ctx);

	lock_enter(d->lock);
	rate_change(&d->read, max_rcu * AIM, now);
	rate_change(&d->write, max_wcu * AIM, now);
	lock_leave(d->lock);
}

double
ddb_share(struct ddb *d, bool write)
{
	double share;

	lock_enter(d->lock);
	share = rate_share(write ? &d->write : &d->read);
	lock_leave(d->lock);
	return share;
}

int64_t
ddb_now(struct ddb *d)
{
	return service_now(d->service);
}

struct service *
ddb_service(struct ddb *d)
{
	return d->service;
}

void
ddb_log(struct ddb *d, enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (d->o.log == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	d->o.log(d->o.log_ctx, level, line);
}

int
ddb_attempts(struct ddb *d)
{
	return d->o.config->max_attempts;
}

int64_t
client_take(struct ddb_conn *c, double read, double write)
{
	struct ddb *d = c->d;
	int64_t now = d->o.world->mono_us(d->o.world->ctx), a, b;

	lock_enter(d->lock);
	a = rate_take(&d->read, read, now);
	b = rate_take(&d->write, write, now);
	d->counts.read_units += read;
	d->counts.write_units += write;
	lock_leave(d->lock);
	c->took_read = read;
	c->took_write = write;
	c->wrote += write;
	return a > b ? a : b;
}

void
ddb_settle(struct ddb_conn *c, double read, double write)
{
	struct ddb *d = c->d;
	int64_t now = d->o.world->mono_us(d->o.world->ctx);

	if (read < 0)
		read = c->took_read;
	if (write < 0)
		write = c->took_write;
	lock_enter(d->lock);
	rate_settle(&d->read, c->took_read, read, now);
	rate_settle(&d->write, c->took_write, write, now);
	d->counts.read_units += read - c->took_read;
	d->counts.write_units += write - c->took_write;
	lock_leave(d->lock);
	c->wrote += write - c->took_write;
	c->took_read = read;
	c->took_write = write;
}

double
ddb_wrote(const struct ddb_conn *c)
{
	return c->wrote;
}

void
ddb_deadline(struct ddb *d, int64_t at_us)
{
	d->deadline_us = at_us;
}

void
ddb_throttled(struct ddb_conn *c, double read, double write)
{
	struct ddb *d = c->d;
	int64_t now = d->o.world->mono_us(d->o.world->ctx);

	lock_enter(d->lock);
	d->counts.throttled++;
	d->counts.throttled_writes += write > 0;
	rate_throttled(&d->read, read, now);
	rate_throttled(&d->write, write, now);
	lock_leave(d->lock);
}

enum retry_class
ddb_throttle_class(struct ddb *d, bool write)
{
	bool calm;

	lock_enter(d->lock);
	calm = rate_calm(write ? &d->write : &d->read);
	lock_leave(d->lock);
	return calm ? RETRY_UNLUCKY : RETRY_THROTTLE;
}

void
client_count(struct ddb *d, bool retry, bool write)
{
	lock_enter(d->lock);
	d->counts.requests++;
	d->counts.writes += write;
	d->counts.retries += retry;
	lock_leave(d->lock);
}
