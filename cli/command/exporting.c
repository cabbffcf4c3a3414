#include <string.h>

#include "cli/command/exporting.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "inspector/summary.h"
#include "lib/base/text.h"
#include "lib/dynamodb/source.h"

static bool
to_stdout(const struct options *o)
{
	return o->output == NULL || strcmp(o->output, "-") == 0;
}

int
exporting_pass(struct exporting *x, const struct pass_sink *sink,
    struct fault *f)
{
	struct context *c = &x->context;
	struct selection selection;
	struct summary total;
	struct source *source = context_source(c, false);
	const struct pass pass = {
		.source = source,
		.ddb = c->ddb,
		.rules = &c->rules,
		.selection = &selection,
		.jobs = context_thrift(c).jobs,
		.sink = *sink,
		.tick = context_tick,
		.tick_ctx = c,
	};
	int rc;

	option_selection(&selection, c->o);
	summary_init(&total, 0, true);
	context_begin(c, "exported", to_stdout(c->o));
	rc = pass_run(&pass, &total, &x->done, f);
	context_end(c);
	if (rc == 0)
		context_tell_keys(c, x->done.absent);
	if (rc >= 0)
		context_tell_prefixes(c, total.prefixes, total.items);
	summary_release(&total);
	source_close(source);
	return rc;
}

void
exporting_tell(const struct exporting *x, int64_t entries, int64_t bytes,
    bool packed)
{
	const struct context *c = &x->context;
	char n[32], size[32];

	if (to_stdout(c->o))
		return;
	text_count(n, entries);
	text_bytes(size, bytes);
	log_note(c->log, "%s %s written to %s (%s%s)", n,
	    entries == 1 ? "entry" : "entries", c->o->output, size,
	    packed ? " before compression" : "");
}
