#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/aws/config.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/table_parts.h"

#define NAME_MAX_BYTES 255
#define PAGES 10 /* of ListTables, 100 names each */
#define SHOWN 5  /* names, in a message */

/* A table that there is, as it may be meant by the name asked for. */
struct candidate {
	char *name;
	bool close;
	int distance;
};

/* The best of them, in order. */
struct candidates {
	struct candidate best[SHOWN];
	int n;
	int64_t all; /* that were seen */
	bool asked;  /* they may be listed */
};

static bool
is_close(const char *have, const char *want, int distance)
{
	size_t n = strlen(want);

	return strcasecmp(have, want) == 0 ||
	    distance <= (int)(n / 4 > 2 ? n / 4 : 2) ||
	    strstr(have, want) != NULL || strstr(want, have) != NULL;
}

/* Close ones by their distance, the others as they came. */
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

/* The names of one reply; where to go on is put into ${from}, "" at the end. */
static void
read_names(struct candidates *list, struct slice body, const char *want,
    struct buf *from)
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
	slice_copy(name, sizeof(name),
	    slice_get(body, "LastEvaluatedTableName"));
	buf_reset(from);
	buf_adds(from, name);
}

/* What ListTables tells: for a message, so every failure is silent. */
static void
find_candidates(struct ddb_conn *c, const char *want, struct candidates *list)
{
	struct buf body = { 0 }, from = { 0 };
	struct ddb_call call = { .operation = "ListTables", .single = true };
	struct ddb_reply reply;
	int r = 0;

	for (int i = 0; i < PAGES && r == 0 && (i == 0 || from.n > 0); i++) {
		buf_reset(&body);
		buf_addc(&body, '{');
		if (from.n > 0) {
			buf_adds(&body, "\"ExclusiveStartTableName\":");
			slice_text_encode(&body, from.p, from.n);
		}
		buf_addc(&body, '}');
		call.body = (struct slice){ body.p, body.n };
		r = ddb_call(c, &call, &reply, NULL);
		if (r != 0)
			break;
		ddb_settle(c, 0, 0);
		read_names(list, reply.body, want, &from);
	}
	buf_release(&body);
	buf_release(&from);
}

/* "; there is TSAGalleryCache", or what there is at all. */
static void
tell_candidates(struct buf *out, const struct candidates *list)
{
	bool close = list->n > 0 && list->best[0].close;
	int n = 0;

	if (list->asked && list->all == 0)
		buf_adds(out, "; there are no tables");
	for (int i = 0; i < list->n; i++) {
		if (list->best[i].close != close)
			break;
		buf_addf(out, "%s%s",
		    n++ > 0                       ? ", "
			: list->all == 1 || close ? "; there is "
						  : "; there are ",
		    list->best[i].name);
	}
	if (!close && list->all > n)
		buf_addf(out, " and %lld more", (long long)list->all - n);
}

int
table_missing(struct ddb_conn *c, const char *name, struct fault *f)
{
	const struct aws_config *config = ddb_config(ddb_of(c));
	const char *from = ddb_table_from(ddb_of(c));
	struct candidates list = { 0 };
	struct buf names = { 0 };

	find_candidates(c, name, &list);
	tell_candidates(&names, &list);
	(void)fault(f, FAULT_NOT_FOUND,
	    "table %s%s%s%s: not found in region %s (%s)%s; name it with -t "
	    "(or CACHETABLE), or give the right --region",
	    name, from != NULL ? " (" : "", from != NULL ? from : "",
	    from != NULL ? ")" : "", config->region, config->endpoint,
	    buf_text(&names));
	for (int i = 0; i < list.n; i++)
		free(list.best[i].name);
	buf_release(&names);
	return -1;
}
