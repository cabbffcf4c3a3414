#include <string.h>

#include "lib/aws/message.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write_answer.h"
#include "lib/dynamodb/write_parts.h"

void
write_say(struct ddb_write *d, enum ddb_said said, const char *code,
    const char *message)
{
	d->said = said;
	message_copy(d->code, sizeof(d->code), code);
	message_copy(d->message, sizeof(d->message), message);
}

void
write_succeeded(struct ddb_write *d)
{
	d->said =
	    d->old.n > 0 || d->put.p != NULL ? DDB_SAID_DONE : DDB_SAID_ABSENT;
	d->code[0] = d->message[0] = '\0';
}

void
write_count(struct ddb_write *d, const struct ddb_reply *reply, bool answered)
{
	d->sends += answered ? reply->sends : reply->lost;
	d->lost += reply->lost;
}

void
write_keep(struct ddb_writes *writes, struct ddb_write *d, struct slice image)
{
	if (image.p == NULL || image.n <= 2 || image.p[0] != '{')
		return;
	if (image.p == d->likely.p) {
		d->old = image;
		return;
	}
	d->old = (struct slice){ NULL, image.n };
	d->old_at = writes->old.n;
	buf_add(&writes->old, image.p, image.n);
}

void
write_failed(struct ddb_writes *writes, struct ddb_write *d, struct slice image,
    const char *code, const char *message)
{
	/* nobody asks what a put met that was sent once */
	if (d->put.p == NULL || d->sends > 1)
		write_keep(writes, d, image);
	write_say(d, DDB_SAID_CONDITION, code, message);
}

/* The reply to one write. */
struct single {
	struct write_answer answer;
	struct slice consumed;
};

static int
write_accept(void *ctx, struct buf *body, struct fault *f)
{
	struct single *s = ctx;

	return write_answer_read(&s->answer, &s->consumed,
	    (struct slice){ body->p, body->n }, f);
}

/* Send one conditional write with ${body}, which is released, and read its
 * answer into ${d}. */
static int
send_single(struct ddb_conn *c, struct ddb_writes *writes, struct ddb_write *d,
    const char *operation, struct buf *body, struct fault *f)
{
	struct single got = { .answer = { .likely = d->likely } };
	const struct ddb_call call = { .operation = operation,
		.body = { body->p, body->n },
		.write_units = d->units,
		.accept = write_accept,
		.accept_ctx = &got };
	struct ddb_reply reply;
	int r = ddb_call(c, &call, &reply, f);

	buf_release(body);
	write_count(d, &reply, true);
	if (r < 0)
		return -1;
	if (r == 0) {
		ddb_settle(c, 0, item_units(got.consumed));
		write_keep(writes, d, got.answer.image);
		write_succeeded(d);
		return 0;
	}
	if (strcmp(reply.code, "ConditionalCheckFailedException") == 0) {
		write_failed(writes, d, slice_get(reply.body, "Item"),
		    reply.code, reply.message);
		if (d->refused > 0)
			ddb_settle(c, 0, d->refused);
		return 0;
	}
	write_say(d, DDB_SAID_ERROR, reply.code, reply.message);
	if (strncmp(reply.code, "AccessDenied", 12) == 0 ||
	    strcmp(reply.code, "ResourceNotFoundException") == 0 ||
	    reply.why == RETRY_EXPIRED || reply.why == RETRY_SKEW)
		return ddb_refused(&call, &reply, writes->table->name, f);
	return 0;
}

int
write_single(struct ddb_conn *c, struct ddb_writes *writes, struct ddb_write *d,
    struct fault *f)
{
	struct buf body = { 0 };
	bool put = d->put.p != NULL;

	if (put)
		ddb_put_body(&body, writes->table, d);
	else
		ddb_delete_body(&body, writes->table, d);
	d->batched = false;
	return send_single(c, writes, d, put ? "PutItem" : "DeleteItem", &body,
	    f);
}

int
ddb_update_ttl(struct ddb_conn *c, struct ddb_writes *one, struct slice ttl,
    struct fault *f)
{
	struct buf body = { 0 };
	int r;

	ddb_update_body(&body, one->table, one->list, ttl);
	write_begin(c, one);
	r = send_single(c, one, one->list, "UpdateItem", &body, f);
	/* whatever came back, success means that it was written */
	if (one->list->said == DDB_SAID_ABSENT)
		one->list->said = DDB_SAID_DONE;
	write_end(c, one);
	return r;
}

void
write_begin(struct ddb_conn *c, struct ddb_writes *writes)
{
	buf_reset(&writes->old);
	writes->units = -ddb_wrote(c);
	for (size_t i = 0; i < writes->n; i++) {
		struct ddb_write *d = &writes->list[i];

		d->said = DDB_SAID_NOTHING;
		d->sends = d->lost = 0;
		d->unsure = d->batched = false;
		d->old = (struct slice){ NULL, 0 };
		d->code[0] = d->message[0] = '\0';
	}
}

void
write_end(struct ddb_conn *c, struct ddb_writes *writes)
{
	writes->units += ddb_wrote(c);
	for (size_t i = 0; i < writes->n; i++) {
		struct ddb_write *d = &writes->list[i];

		if (d->old.n > 0 && d->old.p == NULL)
			d->old.p = writes->old.p + d->old_at;
		d->unsure = d->lost > 0 &&
		    (d->said == DDB_SAID_NOTHING || d->said == DDB_SAID_ERROR);
	}
}
