#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/message.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write_answer.h"
#include "lib/dynamodb/write_parts.h"

/* CapacityUnits of {"ConsumedCapacity":{…}} or [{…},…]; -1: not told. */
double
write_consumed(struct slice body)
{
	return item_units(slice_get(body, "ConsumedCapacity"));
}

void
write_say(struct ddb_delete *d, enum ddb_said said, const char *code,
    const char *message)
{
	d->said = said;
	d->code[0] = d->message[0] = '\0';
	if (said == DDB_SAID_DONE || said == DDB_SAID_ABSENT)
		return;
	message_copy(d->code, sizeof(d->code), code);
	message_copy(d->message, sizeof(d->message), message);
}

void
write_count(struct ddb_delete *d, const struct ddb_reply *reply, bool answered)
{
	d->sends += answered ? reply->sends : reply->lost;
	d->lost += reply->lost;
}

/* Keep ${image} in deletes->old, unless it is there already, as the one that
 * was likely. */
void
write_keep(struct ddb_deletes *deletes, struct ddb_delete *d,
    struct slice image)
{
	if (image.p == d->likely.p) {
		d->old = image;
		return;
	}
	d->old = (struct slice){ NULL, image.n };
	d->old_at = deletes->old.n;
	buf_add(&deletes->old, image.p, image.n);
}

/* Whether ${image} is an item that came back, not nothing or {}. */
bool
write_is_image(struct slice image)
{
	return image.p != NULL && image.n > 2 && image.p[0] == '{';
}

/* What a reply to one write is read into. */
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

/* Send one conditional write and read its answer into ${d}. */
static int
send_single(struct ddb_conn *c, struct ddb_deletes *deletes,
    struct ddb_delete *d, struct ddb_call *call, struct fault *f)
{
	struct single got = { .answer = { .likely = d->likely } };
	struct ddb_reply reply;
	struct slice image;
	int r;

	call->write_units = d->units;
	call->accept = write_accept;
	call->accept_ctx = &got;
	r = ddb_call(c, call, &reply, f);
	write_count(d, &reply, true);
	if (r < 0)
		return -1;
	if (r == 0) {
		ddb_settle(c, 0, item_units(got.consumed));
		if (write_is_image(got.answer.image))
			write_keep(deletes, d, got.answer.image);
		write_say(d, d->old.n > 0 ? DDB_SAID_DONE : DDB_SAID_ABSENT, "",
		    "");
		return 0;
	}
	if (strcmp(reply.code, "ConditionalCheckFailedException") == 0) {
		image = slice_get(reply.body, "Item");
		if (write_is_image(image))
			write_keep(deletes, d, image);
		write_say(d, DDB_SAID_CONDITION, reply.code, reply.message);
		return 0;
	}
	write_say(d, DDB_SAID_ERROR, reply.code, reply.message);
	if (strncmp(reply.code, "AccessDenied", 12) == 0 ||
	    strcmp(reply.code, "ResourceNotFoundException") == 0 ||
	    reply.why == RETRY_EXPIRED || reply.why == RETRY_SKEW)
		return ddb_refused(call, &reply, deletes->table->name, f);
	return 0;
}

int
write_single(struct ddb_conn *c, struct ddb_deletes *deletes,
    struct ddb_delete *d, struct fault *f)
{
	struct ddb_call call = { .operation = "DeleteItem" };
	struct buf body = { 0 };
	int r;

	ddb_delete_body(&body, deletes->table, d);
	call.body = (struct slice){ body.p, body.n };
	d->batched = false;
	r = send_single(c, deletes, d, &call, f);
	buf_release(&body);
	return r;
}

int
ddb_update_ttl(struct ddb_conn *c, struct ddb_deletes *one, struct slice ttl,
    struct fault *f)
{
	struct ddb_call call = { .operation = "UpdateItem" };
	struct ddb_delete *d = one->list;
	struct buf body = { 0 };
	int r;

	write_begin(c, one);
	ddb_update_body(&body, one->table, d, ttl);
	call.body = (struct slice){ body.p, body.n };
	r = send_single(c, one, d, &call, f);
	buf_release(&body);
	/* its condition holds of no entry that is not there */
	if (d->said == DDB_SAID_ABSENT)
		d->said = DDB_SAID_DONE;
	write_end(c, one);
	return r;
}

void
write_begin(struct ddb_conn *c, struct ddb_deletes *deletes)
{
	buf_reset(&deletes->old);
	deletes->units = -ddb_wrote(c);
	for (size_t i = 0; i < deletes->n; i++) {
		struct ddb_delete *d = &deletes->list[i];

		d->said = DDB_SAID_NOTHING;
		d->sends = d->lost = 0;
		d->unsure = d->batched = false;
		d->old = (struct slice){ NULL, 0 };
		d->code[0] = d->message[0] = '\0';
	}
}

void
write_end(struct ddb_conn *c, struct ddb_deletes *deletes)
{
	deletes->units += ddb_wrote(c);
	for (size_t i = 0; i < deletes->n; i++) {
		struct ddb_delete *d = &deletes->list[i];

		if (d->old.n > 0 && d->old.p == NULL)
			d->old.p = deletes->old.p + d->old_at;
		d->unsure = d->lost > 0 &&
		    (d->said == DDB_SAID_NOTHING || d->said == DDB_SAID_ERROR);
	}
}

int
ddb_put_new(struct ddb_conn *c, const struct ddb_table *t, struct ddb_put *p,
    struct fault *f)
{
	struct single got = { .answer = { .likely = { NULL, 0 } } };
	struct ddb_call call = { .operation = "PutItem",
		.write_units = p->units,
		.accept = write_accept,
		.accept_ctx = &got };
	struct ddb_reply reply;
	struct buf b = { 0 };
	struct slice image;
	int r;

	buf_adds(&b, "{\"TableName\":");
	write_string(&b, t->name);
	buf_adds(&b, ",\"Item\":");
	write_slice(&b, p->item);
	buf_adds(&b,
	    ",\"ConditionExpression\":\"attribute_not_exists(#k)\","
	    "\"ExpressionAttributeNames\":{\"#k\":");
	write_string(&b, t->partition);
	buf_adds(&b,
	    "},\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\","
	    "\"ReturnConsumedCapacity\":\"TOTAL\"}");
	call.body = (struct slice){ b.p, b.n };
	buf_reset(&p->present);
	p->code[0] = p->message[0] = '\0';
	p->said = DDB_SAID_NOTHING;
	r = ddb_call(c, &call, &reply, f);
	buf_release(&b);
	p->sends = reply.sends;
	if (r < 0)
		return -1;
	if (r == 0) {
		ddb_settle(c, 0, item_units(got.consumed));
		p->said = DDB_SAID_DONE;
		return 0;
	}
	(void)snprintf(p->code, sizeof(p->code), "%s", reply.code);
	(void)snprintf(p->message, sizeof(p->message), "%.255s", reply.message);
	if (strcmp(reply.code, "ConditionalCheckFailedException") == 0) {
		p->said = DDB_SAID_CONDITION;
		image = slice_get(reply.body, "Item");
		if (write_is_image(image))
			buf_add(&p->present, image.p, image.n);
		return 0;
	}
	p->said = DDB_SAID_ERROR;
	if (strncmp(reply.code, "AccessDenied", 12) == 0 ||
	    strcmp(reply.code, "ResourceNotFoundException") == 0 ||
	    reply.why == RETRY_EXPIRED || reply.why == RETRY_SKEW)
		return ddb_refused(&call, &reply, t->name, f);
	return 0;
}
