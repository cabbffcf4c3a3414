#include <stdlib.h>

#include "cli/command/exporting.h"
#include "cli/option/option.h"
#include "export/format.h"
#include "export/s3_write.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

#define HELD_BYTES ((size_t)256 << 10)

struct s3 {
	struct exporting *x;
	struct s3_write *out;
	_Atomic int64_t taken; /* entries promised, against --limit */
};

/* A worker's: a data file of its own. */
struct hand {
	struct s3 *s;
	struct s3_data *data;
	struct buf held;
	int64_t items; /* in it */
};

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	struct s3 *s = ctx;
	struct s3_data *data = s3_write_data(s->out, f);
	struct hand *h;

	(void)worker;
	(void)conn;
	if (data == NULL)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->s = s;
	h->data = data;
	return h;
}

static int
flush(struct hand *h, struct fault *f)
{
	int rc = 0;

	if (h->held.n > 0)
		rc = s3_data_add(h->data, h->held.p, h->held.n, h->items, f);
	buf_reset(&h->held);
	h->items = 0;
	return rc;
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct hand *h = state;
	const struct exporting *x = h->s->x;
	int64_t limit = x->rows.limit, number = 0;

	(void)seg;
	if (limit >= 0) {
		number = ++h->s->taken;
		if (number > limit)
			return 1;
	}
	x->format->row(&h->held, NULL, &x->rows.view, r);
	h->items++;
	if (h->held.n >= HELD_BYTES && flush(h, f) != 0)
		return -1;
	return limit >= 0 && number == limit;
}

static int
on_close(void *state, struct fault *f)
{
	struct hand *h = state;
	int rc = flush(h, f);

	if (rc == 0)
		rc = s3_data_end(h->data, f);
	buf_release(&h->held);
	free(h);
	return rc;
}

static int64_t
clock_of(const struct exporting *x)
{
	const struct world *w = x->context.world;

	return w->wall_ms(w->ctx) / 1000;
}

int
export_s3(struct exporting *x, struct fault *f)
{
	const struct context *c = &x->context;
	struct s3 s = { .x = x };
	const struct pass_sink sink = { .ctx = &s,
		.open = on_open,
		.entry = on_entry,
		.close = on_close };
	struct s3_about about = { .arn = c->table.arn,
		.id = c->table.id,
		.begun = clock_of(x),
		.exported = c->rules.now };
	int rc = -1;

	s.out = s3_write_open(c->o->output, f);
	if (s.out == NULL)
		return -1;
	if (exporting_pass(x, &sink, f) >= 0) {
		about.ended = clock_of(x);
		rc = s3_write_finish(s.out, &about, f);
	}
	if (rc == 0)
		exporting_tell(x, s3_write_items(s.out), s3_write_bytes(s.out),
		    true);
	s3_write_close(s.out);
	return rc;
}
