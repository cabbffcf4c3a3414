#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

#include "tests/bench/answer.h"
#include "tests/bench/json.h"
#include "tests/bench/table.h"

#define PAGE_BYTES ((size_t)1 << 20)
/* Shorter runs of items are copied: a part has a cost, too. */
#define RUN_COPIED 4096
#define SLOW_DOWN                                                           \
	"The level of configured provisioned throughput for the table was " \
	"exceeded. Consider increasing your provisioning level with the "   \
	"UpdateTable API."

/* A reply is made of parts; its CRC is computed along with them. */

static struct part *
add_part(struct reply *r, struct part part)
{
	if (r->parts == NULL || r->nparts == r->parts_room) {
		r->parts_room = r->parts_room * 2 + 16;
		r->parts = realloc(r->parts, r->parts_room * sizeof(*r->parts));
		if (r->parts == NULL)
			abort();
	}
	r->parts[r->nparts] = part;
	return &r->parts[r->nparts++];
}

static void
own(struct reply *r, const char *p, size_t n)
{
	struct part *last = r->nparts > 0 ? &r->parts[r->nparts - 1] : NULL;

	if (r->nown + n > r->room) {
		r->room = (r->nown + n) * 2 + 4096;
		r->own = realloc(r->own, r->room);
		if (r->own == NULL)
			abort();
	}
	memcpy(r->own + r->nown, p, n);
	r->crc = (uint32_t)crc32(r->crc, (const Bytef *)p, (uInt)n);
	r->n += n;
	if (last == NULL || last->p != NULL)
		last = add_part(r, (struct part){ NULL, r->nown, 0 });
	last->n += n;
	r->nown += n;
}

static void
say(struct reply *r, const char *s)
{
	own(r, s, strlen(s));
}

__attribute__((format(printf, 2, 3))) static void
sayf(struct reply *r, const char *format, ...)
{
	char text[2048];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	own(r, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

/* The items from ${a} up to ${b}, with commas between them. */
static void
say_run(struct reply *r, const struct table *t, int view, size_t a, size_t b)
{
	const struct view *v = &t->views[view];
	size_t n = v->at[b] - v->at[a] - 1;

	if (n < RUN_COPIED) {
		own(r, v->text + v->at[a], n);
		return;
	}
	(void)add_part(r, (struct part){ v->text + v->at[a], 0, n });
	r->crc = (uint32_t)crc32_combine(r->crc, table_crc(t, view, a, b),
	    (z_off_t)n);
	r->n += n;
}

static void
say_item(struct reply *r, const struct table *t, int view, int64_t i)
{
	size_t n;
	const char *p = table_item(t, view, (size_t)i, &n);

	own(r, p, n);
}

static void
begin(struct reply *r)
{
	r->status = 200;
	r->crc = 0;
	r->n = r->nown = r->nparts = 0;
}

/* An error reply, with ${item} unless that is -1. */
static void
refuse_with(struct reply *r, const char *kind, const char *message,
    const struct table *t, int64_t item)
{
	begin(r);
	r->status = 400;
	sayf(r,
	    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\","
	    "\"message\":\"%s\"",
	    kind, message);
	if (item >= 0) {
		say(r, ",\"Item\":");
		say_item(r, t, VIEW_FULL, item);
	}
	say(r, "}");
}

static void
refuse(struct reply *r, const char *kind, const char *message)
{
	refuse_with(r, kind, message, NULL, -1);
}

/* A request, as far as it is needed more than once. */
struct request {
	struct server *s;
	const struct table *t;
	const char *body;
	char table[256];
	bool units; /* ConsumedCapacity is requested */
	double used;
	unsigned refused, done; /* single writes */
	struct tally tally;     /* what this request adds to the counts */
};

static bool
take(struct server *s, struct bucket *b, double rate, double units, bool debt)
{
	int64_t now = now_ns();
	double most = rate * s->manner.burst;

	if (rate <= 0)
		return true;
	b->tokens += (double)(now - b->at_ns) / 1e9 * rate;
	b->at_ns = now;
	if (b->tokens > most)
		b->tokens = most;
	if (debt ? b->tokens <= 0 : b->tokens < units)
		return false;
	b->tokens -= units;
	return true;
}

/* Whether ${units} are available for a write; counts them in any case. */
static bool
may_write(struct request *q, double units)
{
	struct server *s = q->s;
	bool may;

	pthread_mutex_lock(&s->lock);
	s->tally.last_write_ns = now_ns();
	if (s->tally.first_write_ns == 0)
		s->tally.first_write_ns = s->tally.last_write_ns;
	may = take(s, &s->writes, s->manner.wcu, units, false);
	if (may)
		s->tally.write_units += units;
	else
		s->tally.refused++;
	pthread_mutex_unlock(&s->lock);
	if (may) {
		q->used += units;
		q->done++;
	} else {
		q->refused++;
	}
	return may;
}

static double
write_units(const struct table *t, int64_t i)
{
	return i < 0 ? 1 : ceil((double)t->size[i] / 1024);
}

/* The number of the item whose key attribute is ${key}: {"S":"…"}. */
static int64_t
find(const struct table *t, const char *key)
{
	const char *p = NULL;
	long n = json_string(json_member(key, "S"), &p);

	return n < 0 ? -1 : table_find(t, p, n);
}

static bool
is_present(const struct table *t, int64_t i)
{
	return i >= 0 && t->present[i];
}

/* Delete item ${i}; whether it existed. */
static bool
remove_item(struct request *q, int64_t i)
{
	if (i < 0 || !atomic_exchange(&q->t->present[i], 0)) {
		q->tally.absent++;
		return false;
	}
	q->tally.deleted++;
	q->tally.live_deleted += !q->t->overdue[i];
	return true;
}

/* Put item ${i}, which is said to be ${text}; whether it did not exist. */
static bool
put_item(struct request *q, int64_t i, const char *text)
{
	const char *made;
	size_t n;

	if (i < 0)
		return true;
	made = table_item(q->t, VIEW_FULL, (size_t)i, &n);
	if (atomic_exchange(&q->t->present[i], 1)) {
		q->tally.present++;
		return false;
	}
	q->tally.put++;
	q->tally.put_differs += strncmp(text, made, n) != 0;
	return true;
}

static void
say_units(struct reply *r, const struct request *q, const char *before,
    const char *after)
{
	if (q->units)
		sayf(r, "%s{\"TableName\":\"%s\",\"CapacityUnits\":%.1f}%s",
		    before, q->table, q->used, after);
}

/* DescribeTable and DescribeTimeToLive */

static void
describe_table(struct request *q, struct reply *r)
{
	sayf(r,
	    "{\"Table\":{\"AttributeDefinitions\":[{\"AttributeName\":"
	    "\"key\",\"AttributeType\":\"S\"}],\"TableName\":\"%s\","
	    "\"KeySchema\":[{\"AttributeName\":\"key\",\"KeyType\":\"HASH\"}],"
	    "\"TableStatus\":\"ACTIVE\",\"CreationDateTime\":1.7E9,"
	    "\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,"
	    "\"ReadCapacityUnits\":0,\"WriteCapacityUnits\":0},"
	    "\"TableSizeBytes\":%" PRIu64 ",\"ItemCount\":%zu,\"TableArn\":"
	    "\"arn:aws:dynamodb:us-east-1:000000000000:table/%s\","
	    "\"TableId\":\"00000000-0000-4000-8000-000000000000\","
	    "\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\"},"
	    "\"DeletionProtectionEnabled\":false}}",
	    q->table, q->t->bytes, q->t->n, q->table);
}

static void
describe_ttl(struct request *q, struct reply *r)
{
	(void)q;
	say(r,
	    "{\"TimeToLiveDescription\":{\"AttributeName\":\"ttl\","
	    "\"TimeToLiveStatus\":\"ENABLED\"}}");
}

/* Scan */

struct scan {
	size_t from, end, limit;
	int64_t before; /* the filter: only a TTL below this */
	int view;
};

static int64_t
number(const char *p, int64_t otherwise)
{
	return p == NULL ? otherwise : strtoll(p, NULL, 10);
}

/* Any filter is read as "TTL below this number". */
static struct scan
read_scan(const struct request *q)
{
	const char *body = q->body, *start, *p = NULL;
	const char *projection = json_member(body, "ProjectionExpression");
	int64_t of = number(json_member(body, "TotalSegments"), 1);
	int64_t segment = number(json_member(body, "Segment"), 0), at;
	struct scan s = { .view = VIEW_FULL, .before = INT64_MAX };
	const char *value;
	long n = json_string(projection, &p);

	if (of < 1 || segment < 0 || segment >= of)
		of = 1, segment = 0;
	s.from = (size_t)((uint64_t)segment * q->t->n / (uint64_t)of);
	s.end = (size_t)((uint64_t)(segment + 1) * q->t->n / (uint64_t)of);
	s.limit = (size_t)number(json_member(body, "Limit"), INT64_MAX);
	start = json_member(body, "ExclusiveStartKey");
	if (start != NULL) {
		at = find(q->t, json_member(start, "key"));
		if (at >= (int64_t)s.from && at < (int64_t)s.end)
			s.from = (size_t)at + 1;
	}
	if (n > 0)
		s.view =
		    memchr(p, ',', (size_t)n) != NULL ? VIEW_KEY_TTL : VIEW_KEY;
	if (json_member(body, "FilterExpression") == NULL)
		return s;
	for (value = json_first(json_member(body, "ExpressionAttributeValues"));
	     value != NULL; value = json_next(value))
		if (json_string(json_member(json_value(value), "N"), &p) > 0)
			s.before = number(p, INT64_MAX);
	return s;
}

static bool
wanted(const struct table *t, const struct scan *s, size_t i)
{
	return t->present[i] &&
	    (s->before == INT64_MAX || t->ttl[i] < s->before);
}

/* Add the items in runs of neighbours; returns how many. */
static size_t
say_items(struct reply *r, const struct table *t, const struct scan *s,
    size_t end)
{
	const char *comma = "";
	size_t items = 0, i = s->from, run;

	say(r, "\"Items\":[");
	while (i < end) {
		if (!wanted(t, s, i)) {
			i++;
			continue;
		}
		for (run = i++; i < end && wanted(t, s, i);)
			i++;
		say(r, comma);
		say_run(r, t, s->view, run, i);
		items += i - run;
		comma = ",";
	}
	say(r, "]");
	return items;
}

static void
scan(struct request *q, struct reply *r)
{
	struct server *server = q->s;
	const struct table *t = q->t;
	struct scan s = read_scan(q);
	size_t bytes = 0, scanned = 0, items, end = s.from;
	bool may;

	for (; end < s.end && bytes < PAGE_BYTES && scanned < s.limit; end++)
		if (t->present[end]) {
			bytes += t->size[end];
			scanned++;
		}
	q->used = ceil((double)bytes / 4096) / 2;
	if (q->used < 0.5)
		q->used = 0.5;
	if (json_member(q->body, "ConsistentRead") != NULL)
		q->used *= 2;
	pthread_mutex_lock(&server->lock);
	may = take(server, &server->reads, server->manner.rcu, q->used, true);
	if (may) {
		server->tally.read_units += q->used;
		server->tally.items_read += scanned;
		server->tally.scans++;
	}
	pthread_mutex_unlock(&server->lock);
	if (!may) {
		q->refused++;
		refuse(r, "ProvisionedThroughputExceededException", SLOW_DOWN);
		return;
	}
	say(r, "{");
	say_units(r, q, "\"ConsumedCapacity\":", ",");
	items = say_items(r, t, &s, end);
	sayf(r, ",\"Count\":%zu,\"ScannedCount\":%zu", items, scanned);
	if (end < s.end) {
		say(r, ",\"LastEvaluatedKey\":");
		say_item(r, t, VIEW_KEY, (int64_t)end - 1);
	}
	say(r, "}");
}

/* Single writes */

static void
delete_item(struct request *q, struct reply *r)
{
	int64_t i = find(q->t, json_member(json_member(q->body, "Key"), "key"));
	const char *p = NULL;
	bool there, old, condition;

	old = json_string(json_member(q->body, "ReturnValues"), &p) == 7 &&
	    memcmp(p, "ALL_OLD", 7) == 0;
	condition = json_member(q->body, "ConditionExpression") != NULL;
	if (!may_write(q, is_present(q->t, i) ? write_units(q->t, i) : 1)) {
		refuse(r, "ProvisionedThroughputExceededException", SLOW_DOWN);
		return;
	}
	there = remove_item(q, i);
	if (!there && condition) {
		refuse(r, "ConditionalCheckFailedException",
		    "The conditional request failed");
		return;
	}
	say(r, "{");
	if (there && old) {
		say(r, "\"Attributes\":");
		say_item(r, q->t, VIEW_FULL, i);
	}
	say_units(r, q,
	    there && old ? ",\"ConsumedCapacity\":" : "\"ConsumedCapacity\":",
	    "");
	say(r, "}");
}

static void
put(struct request *q, struct reply *r)
{
	const char *item = json_member(q->body, "Item");
	int64_t i = find(q->t, json_member(item, "key"));

	if (!may_write(q, write_units(q->t, i))) {
		refuse(r, "ProvisionedThroughputExceededException", SLOW_DOWN);
		return;
	}
	if (!put_item(q, i, item) &&
	    json_member(q->body, "ConditionExpression") != NULL) {
		refuse_with(r, "ConditionalCheckFailedException",
		    "The conditional request failed", q->t, i);
		return;
	}
	say(r, "{");
	say_units(r, q, "\"ConsumedCapacity\":", "");
	say(r, "}");
}

/* Batches */

static void
say_error(struct reply *r, const char *code, const char *message)
{
	sayf(r, "\"Error\":{\"Code\":\"%s\",\"Message\":\"%s\"},", code,
	    message);
}

static int64_t
find_parameter(const struct table *t, const char *parameters)
{
	const char *p;
	int64_t i;

	for (p = json_first(parameters); p != NULL; p = json_next(p)) {
		i = find(t, p);
		if (i < 0)
			i = find(t, json_member(json_member(p, "M"), "key"));
		if (i >= 0)
			return i;
	}
	return -1;
}

/* The item that an INSERT … VALUE {'name':?,…} puts: allocated, or NULL. */
static char *
inserted(const char *text, long n, const char *parameters)
{
	const char *p = memmem(text, (size_t)n, "VALUE {", 7), *end = text + n;
	const char *value = json_first(parameters), *name, *after;
	size_t room = 2 * (size_t)n, at = 0;
	char *item;

	if (value != NULL)
		room += (size_t)(text > parameters
			? text - parameters
			: json_skip(parameters) - parameters);
	item = malloc(room);
	if (item == NULL)
		abort();
	for (; value != NULL && p != NULL; value = json_after(after)) {
		name = memchr(p, '\'', (size_t)(end - p));
		if (name == NULL)
			break;
		name++;
		p = memchr(name, '\'', (size_t)(end - name));
		if (p == NULL)
			break;
		after = json_skip(value);
		at += (size_t)sprintf(item + at,
		    "%c\"%.*s\":", at == 0 ? '{' : ',', (int)(p - name), name);
		memcpy(item + at, value, (size_t)(after - value));
		at += (size_t)(after - value);
		p++;
	}
	memcpy(item + at, "}", 2);
	return item;
}

/* DELETE … WHERE "key"=? …, INSERT INTO … VALUE …: the first parameter that
 * is a key counts. Conditions are ignored. */
static void
statement(struct request *q, struct reply *r, const char *p)
{
	static const char *const names[2] = { "Parameters", "Statement" };
	const char *values[2], *text = NULL;
	bool insert, there;
	char *item = NULL;
	int64_t i;
	long n;

	json_two(p, names, values);
	i = find_parameter(q->t, values[0]);
	n = json_string(values[1], &text);
	insert = n > 6 && strncmp(text, "INSERT", 6) == 0;
	there = is_present(q->t, i);
	say(r, "{");
	if (!may_write(q, insert || there ? write_units(q->t, i) : 1)) {
		say_error(r, "ProvisionedThroughputExceeded", SLOW_DOWN);
	} else if (insert) {
		item = inserted(text, n, values[0]);
		if (!put_item(q, i, item))
			say_error(r, "DuplicateItem",
			    "Duplicate primary key exists in table");
	} else if (remove_item(q, i) && n > 9 &&
	    memmem(text, (size_t)n, "RETURNING", 9) != NULL) {
		say(r, "\"Item\":");
		say_item(r, q->t, VIEW_FULL, i);
		say(r, ",");
	}
	free(item);
	sayf(r, "\"TableName\":\"%s\"}", q->table);
}

/* The table's name in the first statement: … "T" … */
static void
name_table(struct request *q, const char *first)
{
	const char *text = NULL, *quote;
	long n = json_string(json_member(first, "Statement"), &text);

	quote = n > 0 ? memmem(text, (size_t)n, "\\\"", 2) : NULL;
	if (quote != NULL)
		snprintf(q->table, sizeof(q->table), "%.*s",
		    (int)strcspn(quote + 2, "\\\""), quote + 2);
}

static void
batch_execute(struct request *q, struct reply *r)
{
	const char *first = json_first(json_member(q->body, "Statements"));

	name_table(q, first);
	say(r, "{\"Responses\":[");
	for (const char *p = first; p != NULL; p = json_next(p)) {
		if (p != first)
			say(r, ",");
		statement(q, r, p);
	}
	say(r, "]");
	say_units(r, q, ",\"ConsumedCapacity\":[", "]");
	say(r, "}");
}

/* One request of BatchWriteItem; whether there were units for it. */
static bool
batch_write_one(struct request *q, const char *p)
{
	const char *item = json_member(json_member(p, "PutRequest"), "Item");
	const char *key = json_member(json_member(p, "DeleteRequest"), "Key");
	int64_t i = find(q->t, json_member(item != NULL ? item : key, "key"));

	if (!may_write(q,
		item != NULL || is_present(q->t, i) ? write_units(q->t, i) : 1))
		return false;
	if (item != NULL)
		(void)put_item(q, i, item);
	else
		(void)remove_item(q, i);
	return true;
}

static void
batch_write(struct request *q, struct reply *r)
{
	const char *table = json_first(json_member(q->body, "RequestItems"));
	const char *name = NULL;
	long n = json_string(table, &name);

	if (n > 0)
		snprintf(q->table, sizeof(q->table), "%.*s", (int)n, name);
	say(r, "{\"UnprocessedItems\":{");
	for (const char *p = table != NULL ? json_first(json_value(table))
					   : NULL;
	     p != NULL; p = json_next(p)) {
		if (batch_write_one(q, p))
			continue;
		if (q->refused == 1)
			sayf(r, "\"%s\":[", q->table);
		else
			say(r, ",");
		own(r, p, (size_t)(json_skip(p) - p));
	}
	if (q->refused > 0 && q->done == 0) {
		refuse(r, "ProvisionedThroughputExceededException", SLOW_DOWN);
		return;
	}
	say(r, q->refused > 0 ? "]}" : "}");
	say_units(r, q, ",\"ConsumedCapacity\":[", "]");
	say(r, "}");
}

static void
batch_get(struct request *q, struct reply *r)
{
	const char *table = json_first(json_member(q->body, "RequestItems"));
	const char *name = NULL, *keys = NULL, *comma = "";
	long n = json_string(table, &name);

	if (n > 0)
		snprintf(q->table, sizeof(q->table), "%.*s", (int)n, name);
	if (table != NULL)
		keys = json_member(json_value(table), "Keys");
	sayf(r, "{\"Responses\":{\"%s\":[", q->table);
	for (const char *p = json_first(keys); p != NULL; p = json_next(p)) {
		int64_t i = find(q->t, json_member(p, "key"));

		q->used += 0.5;
		if (!is_present(q->t, i))
			continue;
		say(r, comma);
		say_item(r, q->t, VIEW_FULL, i);
		comma = ",";
	}
	say(r, "]},\"UnprocessedKeys\":{}");
	say_units(r, q, ",\"ConsumedCapacity\":[", "]");
	say(r, "}");
}

static const struct operation {
	const char *name;
	void (*run)(struct request *, struct reply *);
	enum { OTHER, READ, WRITE } kind;
} operations[] = {
	{ "DescribeTable", describe_table, OTHER },
	{ "DescribeTimeToLive", describe_ttl, OTHER },
	{ "Scan", scan, READ },
	{ "BatchGetItem", batch_get, READ },
	{ "BatchExecuteStatement", batch_execute, WRITE },
	{ "BatchWriteItem", batch_write, WRITE },
	{ "DeleteItem", delete_item, WRITE },
	{ "PutItem", put, WRITE },
};

/* Whether this request is throttled at random. */
static bool
unlucky(struct server *s)
{
	bool is;

	pthread_mutex_lock(&s->lock);
	s->chance = s->chance * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	is = (double)(s->chance >> 33) / 2147483648.0 * 100 < s->manner.unlucky;
	pthread_mutex_unlock(&s->lock);
	return is;
}

static void
add_tally(struct server *s, const struct tally *more)
{
	struct tally *t = &s->tally;

	pthread_mutex_lock(&s->lock);
	t->requests++;
	t->reads += more->reads;
	t->writes += more->writes;
	t->others += more->others;
	t->throttled += more->throttled;
	t->bytes_out += more->bytes_out;
	t->deleted += more->deleted;
	t->live_deleted += more->live_deleted;
	t->put += more->put;
	t->put_differs += more->put_differs;
	t->absent += more->absent;
	t->present += more->present;
	pthread_mutex_unlock(&s->lock);
}

void
answer(struct server *s, struct reply *r, const char *operation,
    const char *body)
{
	struct request q = { .s = s, .t = s->table, .body = body };
	static const char *const names[2] = { "TableName",
		"ReturnConsumedCapacity" };
	const char *p = NULL, *values[2];
	const struct operation *o = NULL;
	long n;

	json_two(body, names, values);
	n = json_string(values[0], &p);
	if (n > 0)
		snprintf(q.table, sizeof(q.table), "%.*s", (int)n, p);
	q.units = values[1] != NULL && strncmp(values[1], "\"NONE", 5) != 0;
	begin(r);
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (strcmp(operations[i].name, operation) == 0)
			o = &operations[i];
	if (o == NULL) {
		refuse(r, "UnknownOperationException", "");
	} else if (o->kind != OTHER && unlucky(s)) {
		q.refused = 1;
		refuse(r, "ProvisionedThroughputExceededException", SLOW_DOWN);
	} else {
		o->run(&q, r);
	}
	if (o == NULL || o->kind == OTHER)
		q.tally.others = 1;
	else if (o->kind == READ)
		q.tally.reads = 1;
	else
		q.tally.writes = 1;
	q.tally.throttled = q.refused > 0;
	q.tally.bytes_out = r->n;
	add_tally(s, &q.tally);
}

/* Control */

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

void
answer_stats(struct server *s, struct reply *r)
{
	struct rusage use;
	const struct tally *t = &s->tally;

	getrusage(RUSAGE_SELF, &use);
	begin(r);
	pthread_mutex_lock(&s->lock);
	sayf(r,
	    "{\"items\":%zu,\"bytes\":%" PRIu64 ",\"expired\":%" PRIu64
	    ",\"requests\":%" PRIu64 ",\"scans\":%" PRIu64 ",\"reads\":%" PRIu64
	    ",\"writes\":%" PRIu64 ",\"throttled\":%" PRIu64
	    ",\"refused\":%" PRIu64 ",\"items_read\":%" PRIu64
	    ",\"bytes_out\":%" PRIu64 ",",
	    s->table->n, s->table->bytes, s->table->expired, t->requests,
	    t->scans, t->reads, t->writes, t->throttled, t->refused,
	    t->items_read, t->bytes_out);
	sayf(r,
	    "\"deleted\":%" PRIu64 ",\"live_deleted\":%" PRIu64
	    ",\"put\":%" PRIu64 ",\"put_differs\":%" PRIu64
	    ",\"absent\":%" PRIu64 ",\"present\":%" PRIu64
	    ",\"read_units\":%.1f,\"write_units\":%.1f,"
	    "\"connections\":%" PRIu64 ",\"most_in_flight\":%d,",
	    t->deleted, t->live_deleted, t->put, t->put_differs, t->absent,
	    t->present, t->read_units, t->write_units, t->connections,
	    t->most_in_flight);
	sayf(r,
	    "\"first_ns\":%" PRId64 ",\"last_connected_ns\":%" PRId64
	    ",\"first_write_ns\":%" PRId64 ",\"last_write_ns\":%" PRId64
	    ",\"cpu\":%.3f}",
	    t->first_ns, t->last_connected_ns, t->first_write_ns,
	    t->last_write_ns, seconds(&use.ru_utime) + seconds(&use.ru_stime));
	pthread_mutex_unlock(&s->lock);
}

void
answer_set(struct server *s, struct reply *r, const char *body)
{
	struct {
		const char *name;
		double *value;
	} const members[] = {
		{ "rtt_ms", &s->manner.rtt_ms },
		{ "wcu", &s->manner.wcu },
		{ "rcu", &s->manner.rcu },
		{ "burst", &s->manner.burst },
		{ "filled", &s->manner.filled },
		{ "unlucky", &s->manner.unlucky },
	};
	const char *expired = json_member(body, "expired");

	pthread_mutex_lock(&s->lock);
	s->manner = s->usual;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const char *p = json_member(body, members[i].name);

		if (p != NULL)
			*members[i].value = strtod(p, NULL);
	}
	table_fill(s->table, expired == NULL || *expired != 'f');
	memset(&s->tally, 0, sizeof(s->tally));
	s->chance = 1;
	s->writes.at_ns = s->reads.at_ns = now_ns();
	s->writes.tokens = s->manner.wcu * s->manner.filled;
	s->reads.tokens = s->manner.rcu * s->manner.filled;
	pthread_mutex_unlock(&s->lock);
	begin(r);
	say(r, "{}");
}
