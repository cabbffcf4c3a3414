#ifndef TESTS_UNIT_SCRIPT_H
#define TESTS_UNIT_SCRIPT_H

/*
 * A scripted outside: replies are given in order, requests are kept, time
 * passes only by sleeping. Whoever asks for more than the script holds
 * fails the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/client.h"

#define SCRIPT_MAX 64
#define SCRIPT_NOW INT64_C(1795332271)

struct script_reply {
	int status;       /* 0: no reply */
	const char *body; /* NULL: "{}" */
	int sends;        /* 0: 1 */
	int64_t date;     /* 0: the script's clock */
	int64_t retry_after;
};

struct script {
	struct world world;
	const struct script_reply *replies;
	size_t n, at;
	struct buf sent[SCRIPT_MAX];    /* the bodies */
	struct buf headers[SCRIPT_MAX]; /* "name: value\n" each */
	struct buf lines[SCRIPT_MAX]; /* "GET http://…" (direct: "GET! …") */
	int64_t now_ms;               /* wall clock */
	int64_t slept_ms;
	struct aws_config config;
	struct aws_credentials *credentials;
	struct ddb *ddb;
	struct ddb_conn *conn;
	char log[4096];
	char debug[4096];
	char trace[4096];
};

static int64_t
script_wall(void *ctx)
{
	return ((struct script *)ctx)->now_ms;
}

static int64_t
script_mono(void *ctx)
{
	return ((struct script *)ctx)->now_ms * 1000;
}

static void
script_sleep(void *ctx, int64_t ms, bool through)
{
	struct script *s = ctx;

	(void)through;
	s->now_ms += ms;
	s->slept_ms += ms;
}

static double
script_chance(void *ctx)
{
	(void)ctx;
	return 0.5;
}

static void *
script_line(void *ctx, struct fault *f)
{
	(void)f;
	return ctx;
}

static int
script_exchange(void *line, struct http_exchange *x)
{
	struct script *s = line;
	const struct script_reply *r;

	if (s->at >= s->n || s->at >= SCRIPT_MAX)
		fail_msg("request %zu is not in the script: %.*s", s->at,
		    (int)x->body.n, x->body.p);
	r = &s->replies[s->at];
	buf_add(&s->sent[s->at], x->body.p, x->body.n);
	buf_addf(&s->lines[s->at], "%s%s %s", x->method, x->direct ? "!" : "",
	    x->url);
	for (size_t i = 0; i < x->nheaders; i++) {
		buf_adds(&s->headers[s->at], x->headers[i]);
		buf_addc(&s->headers[s->at], '\n');
	}
	s->at++;
	x->sent_ms = x->received_ms = s->now_ms;
	x->sends = r->sends > 0 ? r->sends : 1;
	x->status = r->status;
	x->date = r->date != 0 ? r->date : s->now_ms / 1000;
	x->retry_after = r->retry_after > 0 ? r->retry_after : -1;
	x->aged = false;
	x->request_id[0] = x->error[0] = '\0';
	buf_reset(&x->reply);
	if (r->status == 0) {
		strcpy(x->error, "connection reset");
		return -1;
	}
	buf_adds(&x->reply, r->body != NULL ? r->body : "{}");
	return 0;
}

static void
script_line_close(void *line)
{
	(void)line;
}

static void
script_log(void *ctx, enum log_level level, const char *text)
{
	struct script *s = ctx;

	if (level == LOG_NOTE)
		strncat(s->log, text, sizeof(s->log) - strlen(s->log) - 1);
	if (level == LOG_DEBUG)
		strncat(s->debug, text,
		    sizeof(s->debug) - strlen(s->debug) - 1);
	if (level == LOG_TRACE)
		strncat(s->trace, text,
		    sizeof(s->trace) - strlen(s->trace) - 1);
}

/* The outside alone, without a client. */
static inline void
script_world(struct script *s, const struct script_reply *replies, size_t n)
{
	memset(s, 0, sizeof(*s));
	s->replies = replies;
	s->n = n;
	s->now_ms = SCRIPT_NOW * 1000;
	s->world = (struct world){ .ctx = s,
		.wall_ms = script_wall,
		.mono_us = script_mono,
		.sleep_ms = script_sleep,
		.chance = script_chance,
		.line_open = script_line,
		.exchange = script_exchange,
		.line_close = script_line_close };
}

static inline void
script_open(struct script *s, const struct script_reply *replies, size_t n)
{
	const struct aws_config_ask ask = { .region = "us-east-1",
		.endpoint_url = "http://127.0.0.1:1" };
	struct fault f = { 0 };

	script_world(s, replies, n);
	(void)setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
	(void)setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
	(void)setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	(void)unsetenv("AWS_PROFILE");
	(void)unsetenv("AWS_DEFAULT_PROFILE");
	(void)unsetenv("AWS_MAX_ATTEMPTS");
	(void)unsetenv("AWS_SESSION_TOKEN");
	if (aws_config_load(&s->config, &ask, &f) != 0 ||
	    (s->credentials = aws_credentials_open(&s->config, &s->world,
		 provider_search, &f)) == NULL)
		fail_msg("%s", f.text);
	s->ddb = ddb_open(&(struct ddb_options){ .config = &s->config,
			      .credentials = s->credentials,
			      .world = &s->world,
			      .log = script_log,
			      .log_ctx = s },
	    &f);
	assert_non_null(s->ddb);
	s->conn = ddb_conn_open(s->ddb, &f);
	assert_non_null(s->conn);
}

static inline void
script_world_close(struct script *s)
{
	assert_int_equal(s->at, s->n);
	for (size_t i = 0; i < SCRIPT_MAX; i++) {
		buf_release(&s->sent[i]);
		buf_release(&s->headers[i]);
		buf_release(&s->lines[i]);
	}
}

/* Every reply of the script must have been asked for. */
static inline void
script_close(struct script *s)
{
	ddb_conn_close(s->conn);
	ddb_close(s->ddb);
	aws_credentials_close(s->credentials);
	aws_config_release(&s->config);
	script_world_close(s);
}

#endif
