#include <stdio.h>
#include <string.h>

#include "lib/base/fault.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write_answer.h"
#include "lib/dynamodb/write_parts.h"

/* A batch: the writes that have no answer yet. */
struct batch {
	struct ddb_conn *conn;
	struct ddb_writes *writes;
	struct ddb_write *left[WRITE_BATCH_MAX];
	size_t n;
	/* those whose statements were refused as not valid */
	struct ddb_write *invalid[WRITE_BATCH_MAX];
	size_t ninvalid;
	/* those that cannot be statements */
	struct ddb_write *alone[WRITE_BATCH_MAX];
	size_t nalone;
	struct write_answers answers; /* of the last reply, borrowed from it */
	double throttled; /* units of statements that were throttled */
	double units;     /* estimated cost of the last reply's statements */
	bool mixed;       /* not all of them wrote something */
	bool fall_back;   /* batches are not available here … */
	bool denied;      /* … as they are not allowed */
	bool no_table;
};

/* The words of deletes and of puts. */
static const struct words {
	const char *name, *action, *single;
} words[] = { { "deletes", "PartiQLDelete", "DeleteItem" },
	{ "puts", "PartiQLInsert", "PutItem" } };

static bool
is_puts(const struct ddb_writes *writes)
{
	return writes->list[0].put.p != NULL;
}

static const struct words *
words_of(const struct ddb_writes *writes)
{
	return &words[is_puts(writes)];
}

/* Blanks the request's secrets in errors, but not in old images, which are
 * data. */
static int
accept_batch(void *ctx, struct buf *body, struct fault *f)
{
	struct batch *b = ctx;
	struct write_answers *a = &b->answers;

	a->n = b->n;
	for (size_t i = 0; i < b->n; i++)
		a->list[i].likely = b->left[i]->likely;
	if (write_answers_read(a, (struct slice){ body->p, body->n }, f) != 0)
		return -1;
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].error.p != NULL)
			ddb_hide(b->conn,
			    slice_get(a->list[i].error, "Message"));
	return 0;
}

/* Read the answer to one statement; whether to send it again. */
static bool
read_answer(struct batch *b, struct ddb_write *d, const struct write_answer *a)
{
	struct slice error = a->error, item;
	char code[96], message[256];
	enum retry_class why;

	d->batched = true;
	if (error.p == NULL) {
		write_keep(b->writes, d, a->image);
		write_succeeded(d);
		b->units += d->said == DDB_SAID_DONE ? d->units : 1;
		b->mixed = b->mixed || d->said != DDB_SAID_DONE;
		return false;
	}
	b->mixed = true;
	slice_copy(code, sizeof(code), slice_get(error, "Code"));
	slice_copy(message, sizeof(message), slice_get(error, "Message"));
	if (strncmp(code, "ConditionalCheckFailed", 22) == 0 ||
	    (d->put.p != NULL && strncmp(code, "DuplicateItem", 13) == 0)) {
		item = slice_get(error, "Item");
		write_failed(b->writes, d, item.p != NULL ? item : a->image,
		    code, message);
		b->units += d->put.p != NULL ? d->refused : d->units;
		return false;
	}
	write_say(d, DDB_SAID_ERROR, code, message);
	if (strncmp(code, "AccessDenied", 12) == 0) {
		d->sends--;
		b->fall_back = b->denied = true;
		return true;
	}
	if (strncmp(code, "ResourceNotFound", 16) == 0) {
		d->sends--;
		b->no_table = true;
		return false;
	}
	/* DynamoDB Local refuses attribute names that begin with # or :; a
	 * single write shows whether it is the statement or the entry */
	if (strncmp(code, "Validation", 10) == 0) {
		d->sends--;
		b->invalid[b->ninvalid++] = d;
		return false;
	}
	why = retry_classify(400, code);
	if (!retry_did_nothing(code)) {
		d->lost++;
		b->units += d->units;
	} else if (why == RETRY_THROTTLE) {
		b->throttled += d->units;
		d->sends--;
	}
	return why == RETRY_THROTTLE || why == RETRY_TRANSIENT;
}

/* Write the body of a request; what cannot be part of it is set aside. */
static void
batch_text(struct batch *b, struct buf *body)
{
	size_t n = ddb_batch_body(body, b->writes->table, b->left, b->n);

	while (b->n > n)
		b->alone[b->nalone++] = b->left[--b->n];
}

/* Read all answers; what has to be sent again is left in ${b}. */
static int
read_answers(struct batch *b, struct fault *f)
{
	size_t again = 0;

	for (size_t i = 0; i < b->n; i++)
		if (read_answer(b, b->left[i], &b->answers.list[i]))
			b->left[again++] = b->left[i];
	b->n = again;
	return b->no_table ? ddb_gone(b->writes->table->name, f) : 0;
}

/* The whole call was refused. 0: send what is left one by one; -1. */
static int
batch_refused(struct batch *b, const struct ddb_call *call,
    const struct ddb_reply *reply, struct fault *f)
{
	b->denied = strncmp(reply->code, "AccessDenied", 12) == 0;
	if (b->denied || strncmp(reply->code, "UnknownOperation", 16) == 0) {
		b->fall_back = true;
		return 0;
	}
	/* single writes will show which one it is */
	if (strncmp(reply->code, "Validation", 10) == 0)
		return 0;
	if (reply->why == RETRY_THROTTLE || reply->why == RETRY_TRANSIENT) {
		for (size_t i = 0; i < b->n; i++)
			write_say(b->left[i], DDB_SAID_ERROR, reply->code,
			    reply->message);
		b->n = 0;
		return 0;
	}
	return ddb_refused(call, reply, b->writes->table->name, f);
}

static int
batch_send(struct batch *b, bool again, struct fault *f)
{
	struct ddb_call call = { .operation = "BatchExecuteStatement",
		.action = words_of(b->writes)->action,
		.accept = accept_batch,
		.accept_ctx = b,
		.again = again };
	struct ddb_reply reply;
	struct buf body = { 0 };
	double cost;
	int r;

	b->units = 0;
	b->mixed = false;
	b->throttled = 0;
	b->fall_back = false;
	batch_text(b, &body);
	for (size_t i = 0; i < b->n; i++)
		call.write_units += b->left[i]->units;
	call.body = (struct slice){ body.p, body.n };
	r = b->n > 0 ? ddb_call(b->conn, &call, &reply, f) : 0;
	buf_release(&body);
	if (b->n == 0)
		return 0;
	/* a refusal of the whole batch does not answer each of them */
	for (size_t i = 0; i < b->n; i++)
		write_count(b->left[i], &reply, r == 0);
	if (r < 0)
		return -1;
	if (r > 0)
		return batch_refused(b, &call, &reply, f) == 0 ? 1 : -1;
	r = read_answers(b, f);
	/* failed conditions cost units, too: most servers do not report that,
	 * and none does if all failed */
	cost = item_units(b->answers.consumed);
	if (cost < 0 || (b->mixed && cost < b->units))
		cost = b->units;
	ddb_settle(b->conn, 0, cost);
	return r;
}

/* Use single writes from now on, and report that once. */
static void
leave_partiql(struct ddb_conn *c, struct ddb_writes *writes, const char *why)
{
	if (atomic_exchange(writes->mode, DDB_BATCH_SINGLE) == DDB_BATCH_SINGLE)
		return;
	ddb_log(ddb_of(c), LOG_NOTE,
	    "batched %s (PartiQL) are not available here%s; continuing with "
	    "one conditional %s per entry",
	    words_of(writes)->name, why, words_of(writes)->single);
}

/* After a denied batch: whether single writes may be used instead. */
static int
fall_back(struct batch *b, int mode, struct fault *f)
{
	const char *action = words_of(b->writes)->action;
	char why[64] = "";

	if (mode == DDB_BATCH_PARTIQL)
		return fault(f, FAULT_REFUSED,
		    "--batch partiql: this service or role does not allow "
		    "BatchExecuteStatement (dynamodb:%s); use --batch auto or "
		    "single",
		    action);
	if (b->denied)
		(void)snprintf(why, sizeof(why),
		    " (dynamodb:%s is not allowed)", action);
	leave_partiql(b->conn, b->writes, why);
	return 0;
}

static int
send_singles(struct batch *b, struct ddb_write *const *list, size_t n,
    struct fault *f)
{
	for (size_t i = 0; i < n; i++)
		if (write_single(b->conn, b->writes, list[i], f) != 0)
			return -1;
	return 0;
}

/* Send the refused statements as single writes. If one is answered, batches do
 * not work for this table; if none is, something is wrong with the entries.
 * The statements of puts differ, so that all of them must have been refused. */
static int
send_invalid(struct batch *b, struct fault *f)
{
	bool answered = false;

	if (send_singles(b, b->invalid, b->ninvalid, f) != 0)
		return -1;
	for (size_t i = 0; i < b->ninvalid; i++)
		answered = answered || b->invalid[i]->said != DDB_SAID_ERROR;
	if (!answered || (is_puts(b->writes) && b->ninvalid < b->writes->n))
		return 0;
	leave_partiql(b->conn, b->writes,
	    is_puts(b->writes)
		? " (its statements are refused)"
		: " (its statements are refused, as happens with attribute "
		  "names that begin with # or :)");
	return 0;
}

/* Send batches until everything is answered, or the rest has to be sent one by
 * one. */
static int
batch_run(struct batch *b, struct fault *f)
{
	struct ddb *d = ddb_of(b->conn);
	int r;

	for (int try = 0; b->n > 0; try++) {
		r = batch_send(b, try > 0, f);
		if (r < 0)
			return -1;
		if (r > 0 || b->fall_back || b->n == 0)
			break;
		if (b->throttled > 0)
			ddb_throttled(b->conn, 0, b->throttled);
		if (try + 1 >= ddb_attempts(d)) {
			b->n = 0; /* they keep their error */
			break;
		}
		if (ddb_backoff(b->conn,
			b->throttled > 0 ? ddb_throttle_class(d, true)
					 : RETRY_TRANSIENT,
			try, f) != 0)
			return -1;
	}
	return 0;
}

/* Send ${b} as a batch, and whatever cannot be sent like that, singly. */
static int
send_all(struct batch *b, int mode, struct fault *f)
{
	if (mode != DDB_BATCH_SINGLE) {
		if (batch_run(b, f) != 0)
			return -1;
		if (b->n > 0 && b->fall_back && fall_back(b, mode, f) != 0)
			return -1;
		if ((mode == DDB_BATCH_AUTO || is_puts(b->writes)) &&
		    send_invalid(b, f) != 0)
			return -1;
	}
	return send_singles(b, b->left, b->n, f) != 0 ||
		send_singles(b, b->alone, b->nalone, f) != 0
	    ? -1
	    : 0;
}

int
ddb_write_many(struct ddb_conn *c, struct ddb_writes *writes, struct fault *f)
{
	struct batch b = { .conn = c, .writes = writes };
	int rc;

	write_begin(c, writes);
	for (size_t i = 0; i < writes->n && i < WRITE_BATCH_MAX; i++)
		b.left[b.n++] = &writes->list[i];
	rc = send_all(&b, *writes->mode, f);
	write_end(c, writes);
	return rc;
}
