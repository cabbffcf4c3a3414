/*
 * A DynamoDB for measuring clients. It answers from memory as fast as it can,
 * or as slowly as it is told. HTTP/1.1 with keep-alive, one thread a
 * connection. It checks no signatures and evaluates no conditions, but deleted
 * items are gone.
 *
 *   replay [--items N] [--now EPOCH] [--ca FILE] [--rtt-ms MS] [--wcu UNITS]
 *          [--rcu UNITS] [--burst SECONDS] [--filled SECONDS]
 *          [--unlucky PERCENT]
 *   replay --lines all|expired [--items N] [--now EPOCH]
 *
 * It prints its port on 127.0.0.1 and ends with its parent. --ca writes its
 * certificate to FILE and prints a second port, for TLS. --rtt-ms: a reply
 * comes no sooner than that after its request, which acts halfway; connecting
 * takes as long, and TLS as long again. --wcu, --rcu: buckets of units like
 * DynamoDB's, which when empty throttle single statements and puts of a batch.
 * GET /_stats reports counts, PUT /_set changes settings and resets the counts
 * (answer.h). --lines prints the entries as DynamoDB JSON instead.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/answer.h"
#include "tests/bench/certificate.h"
#include "tests/bench/table.h"

#define STACK ((size_t)256 << 10)
#define IOVECS 64

struct listener {
	struct server *server;
	SSL_CTX *tls; /* NULL: none */
	int fd;
};

struct connection {
	struct server *server;
	SSL_CTX *tls;
	SSL *ssl;
	int fd;
	char *in; /* received, not yet answered */
	size_t nin, room;
	bool asked;
	struct reply reply;
};

/* Request line and headers end with a NUL, as does the body. */
struct http {
	char *line, *operation, *body;
	size_t whole; /* bytes, with its body */
	bool close;
};

int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
wait_until(int64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000),
		(long)(ns % 1000000000) };

	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		continue;
}

static int64_t
round_trip(struct server *s)
{
	double ms;

	pthread_mutex_lock(&s->lock);
	ms = s->manner.rtt_ms;
	pthread_mutex_unlock(&s->lock);
	return (int64_t)(ms * 1e6);
}

static ssize_t
receive(struct connection *c)
{
	size_t n;

	if (c->room - c->nin < 65536) {
		c->room = c->room * 2 + 131072;
		c->in = realloc(c->in, c->room);
		if (c->in == NULL)
			abort();
	}
	if (c->ssl == NULL)
		return read(c->fd, c->in + c->nin, c->room - c->nin - 1);
	return SSL_read_ex(c->ssl, c->in + c->nin, c->room - c->nin - 1, &n)
	    ? (ssize_t)n
	    : -1;
}

/* The value of the header ${name} behind ${p}, or NULL. */
static char *
header(char *p, const char *name)
{
	size_t n = strlen(name);

	for (; p != NULL; p = strstr(p, "\r\n")) {
		p += p[0] == '\r' ? 2 : 0;
		if (strncasecmp(p, name, n) == 0 && p[n] == ':')
			return p + n + 1 + strspn(p + n + 1, " ");
		if (*p == '\0')
			break;
	}
	return NULL;
}

static int
proceed(struct connection *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	size_t n;

	if (c->ssl != NULL)
		return SSL_write_ex(c->ssl, text, sizeof(text) - 1, &n) ? 0
									: -1;
	return send(c->fd, text, sizeof(text) - 1, MSG_NOSIGNAL) > 0 ? 0 : -1;
}

/* Read the next request: 0, or -1 when the connection ends. */
static int
read_request(struct connection *c, struct http *h)
{
	char *end = NULL, *length;
	size_t head = 0;
	ssize_t n;

	for (h->whole = 0;;) {
		if (c->nin > 0 && h->whole == 0) {
			c->in[c->nin] = '\0';
			end = strstr(c->in, "\r\n\r\n");
		}
		if (end != NULL && h->whole == 0) {
			head = (size_t)(end - c->in) + 4;
			*end = '\0';
			length = header(c->in, "content-length");
			h->whole = head +
			    (length != NULL ? strtoul(length, NULL, 10) : 0);
			if (header(c->in, "expect") != NULL && proceed(c) != 0)
				return -1;
		}
		if (h->whole > 0 && c->nin >= h->whole)
			break;
		n = receive(c);
		if (n <= 0)
			return -1;
		c->nin += (size_t)n;
	}
	h->line = c->in;
	h->body = c->in + head;
	h->operation = header(c->in, "x-amz-target");
	length = header(c->in, "connection");
	h->close = length != NULL && strncasecmp(length, "close", 5) == 0;
	return 0;
}

/* Send all ${n} parts; changes them. */
static int
send_all(struct connection *c, struct iovec *v, int n)
{
	struct msghdr m = { .msg_iov = v, .msg_iovlen = (size_t)n };
	ssize_t sent;
	size_t done;

	for (int i = 0; c->ssl != NULL && i < n; i++)
		if (v[i].iov_len > 0 &&
		    !SSL_write_ex(c->ssl, v[i].iov_base, v[i].iov_len, &done))
			return -1;
	if (c->ssl != NULL)
		return 0;
	while (m.msg_iovlen > 0) {
		sent = sendmsg(c->fd, &m, MSG_NOSIGNAL);
		if (sent < 0)
			return -1;
		while (m.msg_iovlen > 0 && (size_t)sent >= m.msg_iov->iov_len) {
			sent -= (ssize_t)m.msg_iov->iov_len;
			m.msg_iov++;
			m.msg_iovlen--;
		}
		if (m.msg_iovlen == 0)
			break;
		m.msg_iov->iov_base = (char *)m.msg_iov->iov_base + sent;
		m.msg_iov->iov_len -= (size_t)sent;
	}
	return 0;
}

static size_t
say_head(char *text, size_t room, const struct reply *r)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	return (size_t)snprintf(text, room,
	    "HTTP/1.1 %s\r\nServer: Server\r\n"
	    "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n"
	    "Content-Type: application/x-amz-json-1.0\r\n"
	    "Content-Length: %zu\r\nConnection: keep-alive\r\n"
	    "x-amzn-RequestId: REPLAY00000000000000000000000000000000000000\r\n"
	    "x-amz-crc32: %" PRIu32 "\r\n\r\n",
	    r->status == 200 ? "200 OK" : "400 Bad Request",
	    days + t.tm_wday * 3, t.tm_mday, months + t.tm_mon * 3,
	    t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec, r->n, r->crc);
}

static int
send_reply(struct connection *c)
{
	const struct reply *r = &c->reply;
	struct iovec v[IOVECS];
	char head[512];
	int n = 1;

	v[0] = (struct iovec){ head, say_head(head, sizeof(head), r) };
	for (size_t i = 0; i < r->nparts; i++) {
		const struct part *p = &r->parts[i];
		const char *at = p->p != NULL ? p->p : r->own + p->at;

		if (n == IOVECS) {
			if (send_all(c, v, n) != 0)
				return -1;
			n = 0;
		}
		v[n++] = (struct iovec){ (char *)at, p->n };
	}
	return send_all(c, v, n);
}

static void
enter(struct connection *c, int64_t now)
{
	struct tally *t = &c->server->tally;

	pthread_mutex_lock(&c->server->lock);
	if (t->first_ns == 0)
		t->first_ns = now;
	if (!c->asked) {
		t->connections++;
		t->last_connected_ns = now;
	}
	t->in_flight++;
	if (t->in_flight > t->most_in_flight)
		t->most_in_flight = t->in_flight;
	pthread_mutex_unlock(&c->server->lock);
	c->asked = true;
}

static void
leave(struct connection *c)
{
	pthread_mutex_lock(&c->server->lock);
	c->server->tally.in_flight--;
	pthread_mutex_unlock(&c->server->lock);
}

/* Answer a request of DynamoDB, no sooner than the round trip allows. */
static int
serve_dynamodb(struct connection *c, const struct http *h)
{
	int64_t began = now_ns();
	int64_t rtt = round_trip(c->server);
	char *dot = h->operation != NULL ? strchr(h->operation, '.') : NULL;
	int rc;

	enter(c, began);
	if (rtt > 0)
		wait_until(began + rtt / 2);
	if (dot != NULL)
		dot[1 + strcspn(dot + 1, "\r ")] = '\0';
	answer(c->server, &c->reply, dot != NULL ? dot + 1 : "", h->body);
	if (rtt > 0)
		wait_until(began + rtt);
	rc = send_reply(c);
	leave(c);
	return rc;
}

static int
serve_request(struct connection *c, const struct http *h)
{
	char *end = c->in + h->whole, after = *end;
	int rc;

	*end = '\0'; /* the next request may be there already */
	if (strncmp(h->line, "GET /_stats", 11) == 0) {
		answer_stats(c->server, &c->reply);
		rc = send_reply(c);
	} else if (strncmp(h->line, "PUT /_set", 9) == 0) {
		answer_set(c->server, &c->reply, h->body);
		rc = send_reply(c);
	} else {
		rc = serve_dynamodb(c, h);
	}
	*end = after;
	return rc;
}

static void *
serve(void *arg)
{
	struct connection *c = arg;
	int64_t rtt = round_trip(c->server);
	struct http h;
	int one = 1;

	prctl(PR_SET_TIMERSLACK, 1000UL);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (rtt > 0)
		wait_until(now_ns() + rtt * (c->tls != NULL ? 2 : 1));
	if (c->tls != NULL) {
		c->ssl = SSL_new(c->tls);
		if (c->ssl == NULL || SSL_set_fd(c->ssl, c->fd) != 1 ||
		    SSL_accept(c->ssl) != 1)
			goto out;
	}
	while (read_request(c, &h) == 0) {
		if (serve_request(c, &h) != 0 || h.close)
			break;
		memmove(c->in, c->in + h.whole, c->nin - h.whole);
		c->nin -= h.whole;
	}
out:
	SSL_free(c->ssl);
	close(c->fd);
	free(c->in);
	free(c->reply.own);
	free(c->reply.parts);
	free(c);
	return NULL;
}

static void *
listen_on(void *arg)
{
	const struct listener *l = arg;
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		struct connection *c;
		int fd = accept(l->fd, NULL, NULL);

		if (fd < 0)
			continue;
		c = calloc(1, sizeof(*c));
		if (c == NULL)
			abort();
		c->server = l->server;
		c->tls = l->tls;
		c->fd = fd;
		if (pthread_create(&thread, &attr, serve, c) != 0) {
			close(fd);
			free(c);
		}
	}
	return NULL;
}

/* Listen at a port that the kernel picks, and print it. */
static int
listener_open(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, size) != 0 ||
	    listen(fd, 1024) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &size) != 0) {
		perror("replay");
		exit(1);
	}
	printf("%d\n", ntohs(in.sin_port));
	return fd;
}

static int
print_lines(const struct table *t, bool all)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t n;
		const char *p = table_item(t, VIEW_FULL, i, &n);

		if (all || t->overdue[i])
			printf("{\"Item\":%.*s}\n", (int)n, p);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

struct asked {
	struct manner manner;
	size_t items;
	int64_t now;
	const char *ca, *lines;
};

static void
read_options(int argc, char **argv, struct asked *a)
{
	enum { ITEMS, NOW, CA, RTT, WCU, RCU, BURST, FILLED, UNLUCKY, LINES };
	static const struct option rows[] = {
		{ "items", required_argument, NULL, ITEMS },
		{ "now", required_argument, NULL, NOW },
		{ "ca", required_argument, NULL, CA },
		{ "rtt-ms", required_argument, NULL, RTT },
		{ "wcu", required_argument, NULL, WCU },
		{ "rcu", required_argument, NULL, RCU },
		{ "burst", required_argument, NULL, BURST },
		{ "filled", required_argument, NULL, FILLED },
		{ "unlucky", required_argument, NULL, UNLUCKY },
		{ "lines", required_argument, NULL, LINES },
		{ NULL, 0, NULL, 0 },
	};
	double *const numbers[] = {
		[RTT] = &a->manner.rtt_ms,
		[WCU] = &a->manner.wcu,
		[RCU] = &a->manner.rcu,
		[BURST] = &a->manner.burst,
		[FILLED] = &a->manner.filled,
		[UNLUCKY] = &a->manner.unlucky,
	};
	int o;

	while ((o = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (o == '?')
			exit(2);
		else if (o == ITEMS)
			a->items = strtoul(optarg, NULL, 10);
		else if (o == NOW)
			a->now = strtoll(optarg, NULL, 10);
		else if (o == CA)
			a->ca = optarg;
		else if (o == LINES)
			a->lines = optarg;
		else
			*numbers[o] = strtod(optarg, NULL);
	}
}

int
main(int argc, char **argv)
{
	static struct table table;
	static struct server server = { .table = &table,
		.chance = 1,
		.lock = PTHREAD_MUTEX_INITIALIZER };
	static struct listener plain, tls;
	struct asked a = { .items = 100000,
		.now = time(NULL),
		.manner = { .burst = 1 } };
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	read_options(argc, argv, &a);
	table_make(&table, a.items, a.now);
	if (a.lines != NULL)
		return print_lines(&table, strcmp(a.lines, "all") == 0);
	server.manner = server.usual = a.manner;
	server.writes.tokens = a.manner.wcu * a.manner.filled;
	server.reads.tokens = a.manner.rcu * a.manner.filled;
	server.writes.at_ns = server.reads.at_ns = now_ns();
	plain = (struct listener){ &server, NULL, listener_open() };
	if (a.ca != NULL) {
		tls = (struct listener){ &server, certificate_make(a.ca),
			listener_open() };
		if (pthread_create(&thread, NULL, listen_on, &tls) != 0)
			return 1;
	}
	fflush(stdout);
	listen_on(&plain);
	return 0;
}
