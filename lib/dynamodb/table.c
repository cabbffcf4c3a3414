#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/aws/arn.h"
#include "lib/aws/config.h"
#include "lib/aws/refusal.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/table.h"

#define NAME_MAX_BYTES 255
#define PAGES 10 /* of ListTables, 100 names each */
#define SHOWN 5  /* names, in a message */

/* An existing table, which may be the one intended. */
struct candidate {
	char *name;
	bool close;
	int distance;
};

/* The best of them, in order. */
struct candidates {
	struct candidate best[SHOWN];
	int n;
	int64_t all; /* how many tables there are */
	bool asked;  /* listing them is allowed */
};

/* By a few letters, less than half of a short name. */
static bool
is_close(const char *have, const char *want, int distance)
{
	int n = (int)strlen(want);

	return strcasecmp(have, want) == 0 || distance <= n / 4 ||
	    (distance <= 2 && 2 * distance < n) || strstr(have, want) != NULL ||
	    strstr(want, have) != NULL;
}

/* Close ones by their distance, then the others in order. */
static bool
is_better(const struct candidate *a, const struct candidate *b)
{
	if (a->close != b->close)
		return a->close;
	return a->close && a->distance < b->distance;
}

static void
add(struct candidates *list, const char *have, const char *want)
{
	struct candidate one = { .distance = strcasecmp(have, want) == 0
		    ? 0
		    : text_distance(have, want) };
	int at = list->n;

	list->all++;
	one.close = is_close(have, want, one.distance);
	while (at > 0 && is_better(&one, &list->best[at - 1]))
		at--;
	if (at == SHOWN)
		return;
	if (list->n == SHOWN)
		free(list->best[--list->n].name);
	memmove(&list->best[at + 1], &list->best[at],
	    (size_t)(list->n - at) * sizeof(one));
	one.name = xstrdup(have);
	list->best[at] = one;
	list->n++;
}

/* Add the names of one reply; ${last} is set to the one to continue after, ""
 * at the end. */
static void
read_names(struct candidates *list, struct slice body, const char *want,
    char last[NAME_MAX_BYTES + 1])
{
	struct slice_walk w = slice_walk(slice_get(body, "TableNames"));
	struct slice value;
	char name[NAME_MAX_BYTES + 1];

	list->asked = true;
	if (slice_array(&w) == 0)
		while (slice_element(&w) == 1 && slice_value(&w, &value) == 0) {
			slice_copy(name, sizeof(name), value);
			add(list, name, want);
		}
	slice_copy(last, NAME_MAX_BYTES + 1,
	    slice_get(body, "LastEvaluatedTableName"));
}

/* Ask ListTables: for a message only, so failures are ignored. */
static void
find_candidates(struct ddb_conn *c, const char *want, struct candidates *list)
{
	struct ddb_call call = { .operation = "ListTables", .single = true };
	struct buf body = { 0 };
	struct ddb_reply reply;
	char last[NAME_MAX_BYTES + 1] = "";

	buf_adds(&body, "{}");
	for (int i = 0; i < PAGES; i++) {
		call.body = (struct slice){ body.p, body.n };
		if (ddb_call(c, &call, &reply, NULL) != 0)
			break;
		ddb_settle(c, 0, 0);
		read_names(list, reply.body, want, last);
		buf_reset(&body);
		if (last[0] == '\0')
			break;
		buf_adds(&body, "{\"ExclusiveStartTableName\":");
		slice_text_encode(&body, last, strlen(last));
		buf_addc(&body, '}');
	}
	buf_release(&body);
}

/* How many of the best are as ${close} as the first, which are shown. */
static int
shown(const struct candidates *list, bool close)
{
	int n = 0;

	while (n < list->n && list->best[n].close == close)
		n++;
	return n;
}

/* "; the only table here is TSAGalleryCache", or which tables there are.
 * ${by_hand}: at an endpoint that was set. */
static void
add_candidates(struct buf *out, const struct candidates *list, bool by_hand)
{
	bool close = list->n > 0 && list->best[0].close;
	int n = shown(list, close);

	if (list->asked && list->all == 0) {
		buf_addf(out,
		    "; there are no tables in this region%s; check the region "
		    "and the credentials",
		    by_hand ? " (a new DynamoDB Local has none: "
			      "ttlsweep-tutorial(7) creates one; without "
			      "-sharedDb it has its own for each access key "
			      "and region)"
			    : "");
		return;
	}
	if (list->all == 1)
		buf_adds(out, "; the only table here is ");
	else if (close && list->all > n)
		buf_adds(out,
		    n == 1 ? "; a similar name here: "
			   : "; similar names here: ");
	else if (n > 0)
		buf_adds(out, "; tables here: ");
	for (int i = 0; i < n; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", list->best[i].name);
	if (!close && list->all > n)
		buf_addf(out, " and %lld more", (long long)list->all - n);
	buf_adds(out, "; choose one with -t, or another --region");
}

/* Report that ${name} does not exist, and which tables do. -1. */
static int
table_missing(struct ddb_conn *c, const char *name, struct fault *f)
{
	const struct aws_config *config = ddb_options(ddb_of(c))->config;
	const char *from = ddb_options(ddb_of(c))->table_from;
	struct candidates list = { 0 };
	struct buf names = { 0 };

	find_candidates(c, name, &list);
	add_candidates(&names, &list, !aws_config_regional(config));
	(void)fault(f, FAULT_NOT_FOUND,
	    "table %s%s%s%s: not found in region %s (%s)%s", name,
	    from != NULL ? " (" : "", from != NULL ? from : "",
	    from != NULL ? ")" : "", config->region, config->endpoint,
	    buf_text(&names));
	for (int i = 0; i < list.n; i++)
		free(list.best[i].name);
	buf_release(&names);
	return -1;
}

static const char *
string_of(const cJSON *object, const char *name)
{
	const char *s = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	return s != NULL ? s : "";
}

static double
number_of(const cJSON *object, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(v) ? v->valuedouble : 0;
}

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* The object in ${list} whose member ${name} is ${value}, or NULL. */
static const cJSON *
find(const cJSON *list, const char *name, const char *value)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, list)
	{
		if (strcmp(string_of(e, name), value) == 0)
			return e;
	}
	return NULL;
}

/* KeySchema's attribute of ${type} ("HASH", "RANGE"), "" if none. */
static const char *
key_of(const cJSON *table, const char *type)
{
	return string_of(find(member(table, "KeySchema"), "KeyType", type),
	    "AttributeName");
}

static enum attr_type
type_of(const cJSON *table, const char *attribute)
{
	const char *t = string_of(find(member(table, "AttributeDefinitions"),
				      "AttributeName", attribute),
	    "AttributeType");

	return t[0] == 'N' ? ATTR_N : t[0] == 'B' ? ATTR_B : ATTR_S;
}

/* What an on-demand table or index can take a second: its maximum, else its
 * warm throughput; 0: unknown. */
static void
on_demand_units(const cJSON *owner, double *reads, double *writes)
{
	const cJSON *max = member(owner, "OnDemandThroughput");
	const cJSON *warm = member(owner, "WarmThroughput");

	*reads = number_of(max, "MaxReadRequestUnits");
	*writes = number_of(max, "MaxWriteRequestUnits");
	if (*reads <= 0) /* -1: no maximum */
		*reads = number_of(warm, "ReadUnitsPerSecond");
	if (*writes <= 0)
		*writes = number_of(warm, "WriteUnitsPerSecond");
	if (*reads < 0)
		*reads = 0;
	if (*writes < 0)
		*writes = 0;
}

/* A global index may have several attributes of each kind. */
static void
read_index_keys(struct ddb_index *x, const cJSON *e, const cJSON *table)
{
	const cJSON *schema = member(e, "KeySchema"), *k;

	x->keys = xcalloc((size_t)cJSON_GetArraySize(schema), sizeof(*x->keys));
	cJSON_ArrayForEach(k, schema)
	{
		const char *name = string_of(k, "AttributeName");

		x->keys[x->nkeys++] = (struct ddb_index_key){ xstrdup(name),
			type_of(table, name) };
	}
}

static void
read_projection(struct ddb_index *x, const cJSON *projection)
{
	const cJSON *list = member(projection, "NonKeyAttributes"), *e;
	const char *type = string_of(projection, "ProjectionType");

	x->projection = strcmp(type, "KEYS_ONLY") == 0 ? DDB_PROJECT_KEYS
	    : strcmp(type, "INCLUDE") == 0             ? DDB_PROJECT_SOME
						       : DDB_PROJECT_ALL;
	x->included =
	    xcalloc((size_t)cJSON_GetArraySize(list), sizeof(*x->included));
	cJSON_ArrayForEach(e, list) if (cJSON_IsString(e))
	    x->included[x->nincluded++] = xstrdup(e->valuestring);
}

static void
read_index(struct ddb_index *x, const cJSON *e, const cJSON *table, bool global)
{
	const cJSON *p = member(e, "ProvisionedThroughput");

	*x = (struct ddb_index){ .name = xstrdup(string_of(e, "IndexName")),
		.global = global };
	read_index_keys(x, e, table);
	read_projection(x, member(e, "Projection"));
	x->read_units = number_of(p, "ReadCapacityUnits");
	x->write_units = number_of(p, "WriteCapacityUnits");
	if (x->write_units <= 0)
		on_demand_units(e, &x->read_units, &x->write_units);
}

static void
read_indexes(struct ddb_table *t, const cJSON *table)
{
	static const char *const lists[] = { "GlobalSecondaryIndexes",
		"LocalSecondaryIndexes" };
	const cJSON *e;

	for (size_t i = 0; i < 2; i++)
		cJSON_ArrayForEach(e, member(table, lists[i]))
		{
			t->indexes = xreallocarray(t->indexes, t->nindexes + 1,
			    sizeof(*t->indexes));
			read_index(&t->indexes[t->nindexes++], e, table,
			    i == 0);
		}
}

static void
read_replicas(struct ddb_table *t, const cJSON *table, const char *region)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, member(table, "Replicas"))
	{
		const char *name = string_of(e, "RegionName");

		if (strcmp(name, region) == 0)
			continue;
		t->replicas = xreallocarray(t->replicas, t->nreplicas + 1,
		    sizeof(*t->replicas));
		t->replicas[t->nreplicas++] = xstrdup(name);
	}
	t->strong_replicas =
	    strcmp(string_of(table, "MultiRegionConsistency"), "STRONG") == 0;
}

static void
read_throughput(struct ddb_table *t, const cJSON *table)
{
	const cJSON *p = member(table, "ProvisionedThroughput");
	const char *mode =
	    string_of(member(table, "BillingModeSummary"), "BillingMode");

	t->read_units = number_of(p, "ReadCapacityUnits");
	t->write_units = number_of(p, "WriteCapacityUnits");
	t->provisioned =
	    strcmp(mode, "PAY_PER_REQUEST") != 0 && t->write_units > 0;
	if (!t->provisioned)
		on_demand_units(table, &t->read_units, &t->write_units);
}

static int
read_table(struct ddb_table *t, const cJSON *table, const char *region,
    struct fault *f)
{
	const char *hash = key_of(table, "HASH");
	const char *range = key_of(table, "RANGE");
	const cJSON *stream = member(table, "StreamSpecification");

	if (hash[0] == '\0')
		return fault(f, FAULT_DATA,
		    "DescribeTable: the reply names no key schema: check the "
		    "endpoint, and " REFUSAL_PROXY);
	t->arn = xstrdup(string_of(table, "TableArn"));
	t->id = xstrdup(string_of(table, "TableId"));
	t->account = arn_account(t->arn);
	if (t->account == NULL)
		t->account = xstrdup("");
	t->status = xstrdup(string_of(table, "TableStatus"));
	t->partition = xstrdup(hash);
	t->partition_type = type_of(table, hash);
	if (range[0] != '\0') {
		t->sort = xstrdup(range);
		t->sort_type = type_of(table, range);
	}
	t->schema = (struct key_schema){ t->partition, t->sort };
	t->items = (int64_t)number_of(table, "ItemCount");
	t->bytes = (int64_t)number_of(table, "TableSizeBytes");
	t->protected = cJSON_IsTrue(member(table, "DeletionProtectionEnabled"));
	if (cJSON_IsTrue(member(stream, "StreamEnabled")))
		t->stream_view = xstrdup(string_of(stream, "StreamViewType"));
	read_throughput(t, table);
	read_indexes(t, table);
	read_replicas(t, table, region);
	return 0;
}

/* Call ${operation} for the table and parse the reply. NULL on failure. */
static cJSON *
ask(struct ddb_conn *c, const char *operation, const char *table,
    struct fault *f)
{
	struct ddb_call call = { .operation = operation, .single = true };
	struct ddb_reply reply;
	struct buf body = { 0 };
	cJSON *doc;
	int r;

	buf_adds(&body, "{\"TableName\":");
	slice_text_encode(&body, table, strlen(table));
	buf_addc(&body, '}');
	call.body = (struct slice){ body.p, body.n };
	r = ddb_call(c, &call, &reply, f);
	buf_release(&body);
	if (r > 0)
		(void)ddb_refused(&call, &reply, table, f);
	if (r != 0)
		return NULL;
	ddb_settle(c, 0, 0);
	doc = cJSON_ParseWithLength(reply.body.p, reply.body.n);
	if (doc == NULL)
		(void)fault(f, FAULT_DATA, "%s: the reply cannot be read",
		    operation);
	return doc;
}

/* An unknown status is not taken. */
static void
take_ttl(struct ddb_table *t, const cJSON *ttl)
{
	static const char *const known[] = { "ENABLED", "ENABLING", "DISABLED",
		"DISABLING" };
	const char *status = string_of(ttl, "TimeToLiveStatus");
	const char *attribute = string_of(ttl, "AttributeName");

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(status, known[i]) == 0)
			t->ttl_status = xstrdup(status);
	t->ttl_attribute = attribute[0] != '\0' ? xstrdup(attribute) : NULL;
	if (t->ttl_status == NULL)
		t->ttl_why = status[0] != '\0'
		    ? xasprintf("DescribeTimeToLive answered \"%.40s\"", status)
		    : xstrdup("DescribeTimeToLive answered without a status");
	t->ttl_acts = t->ttl_status != NULL && t->ttl_status[0] == 'E';
}

int
ddb_table_read_ttl(struct ddb_conn *c, struct ddb_table *t, struct fault *f)
{
	struct fault why = { 0 };
	cJSON *doc = ask(c, "DescribeTimeToLive", t->name, &why);

	if (doc != NULL) {
		take_ttl(t, member(doc, "TimeToLiveDescription"));
		cJSON_Delete(doc);
		return 0;
	}
	t->ttl_denied = why.kind == FAULT_DENIED;
	if (t->ttl_denied ||
	    (why.kind == FAULT_SERVICE &&
		strstr(why.text, "UnknownOperation") != NULL)) {
		t->ttl_why = xstrdup(why.text);
		return 0;
	}
	*f = why;
	return -1;
}

bool
ddb_table_ttl_acts(const struct ddb_table *t, const char *attribute)
{
	return (t->ttl_acts || t->ttl_status == NULL) &&
	    (t->ttl_attribute == NULL ||
		strcmp(attribute, t->ttl_attribute) == 0);
}

/* DescribeTable failed, for ${why}: DynamoDB Local takes only names, not ARNs.
 */
static int
not_described(struct ddb_conn *c, const char *name, const struct fault *why,
    struct fault *f)
{
	const struct aws_config *config = ddb_options(ddb_of(c))->config;

	if (why->kind == FAULT_NOT_FOUND)
		return table_missing(c, name, f);
	if (why->kind == FAULT_SERVICE && strncmp(name, "arn:", 4) == 0 &&
	    strstr(why->text, "ValidationException") != NULL &&
	    strcmp(config->endpoint_from, "the region") != 0)
		return fault(f, why->kind,
		    "table %s: %.900s; this server may not accept ARNs: give "
		    "the table's name",
		    name, why->text);
	if (f != NULL)
		*f = *why;
	return -1;
}

int
ddb_table_read(struct ddb_conn *c, const char *name, struct ddb_table *out,
    struct fault *f)
{
	struct fault why = { 0 };
	cJSON *doc = ask(c, "DescribeTable", name, &why);
	int rc;

	*out = (struct ddb_table){ 0 };
	if (doc == NULL)
		return not_described(c, name, &why, f);
	out->name = xstrdup(name);
	rc = read_table(out, member(doc, "Table"),
	    ddb_options(ddb_of(c))->config->region, f);
	cJSON_Delete(doc);
	if (rc != 0)
		ddb_table_release(out);
	return rc;
}

int
ddb_table_describe(struct ddb_conn *c, const char *name, struct ddb_table *out,
    struct fault *f)
{
	if (ddb_table_read(c, name, out, f) != 0)
		return -1;
	if (ddb_table_read_ttl(c, out, f) == 0)
		return 0;
	ddb_table_release(out);
	return -1;
}

static void
release_index(struct ddb_index *x)
{
	for (size_t i = 0; i < x->nkeys; i++)
		free(x->keys[i].name);
	for (size_t i = 0; i < x->nincluded; i++)
		free(x->included[i]);
	free(x->name);
	free(x->keys);
	free(x->included);
}

void
ddb_table_release(struct ddb_table *t)
{
	char *const texts[] = { t->name, t->arn, t->id, t->account, t->status,
		t->partition, t->sort, t->stream_view, t->ttl_status,
		t->ttl_why, t->ttl_attribute };

	for (size_t i = 0; i < t->nindexes; i++)
		release_index(&t->indexes[i]);
	for (size_t i = 0; i < t->nreplicas; i++)
		free(t->replicas[i]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		free(texts[i]);
	free(t->indexes);
	free(t->replicas);
	*t = (struct ddb_table){ 0 };
}
