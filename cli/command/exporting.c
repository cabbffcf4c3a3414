#include <string.h>

#include "cli/command/exporting.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "lib/base/text.h"

bool
exporting_to_file(const struct options *o)
{
	return o->output != NULL && strcmp(o->output, "-") != 0;
}

int
exporting_pass(struct exporting *x, const struct pass_sink *sink,
    struct fault *f)
{
	const struct context_pass how = {
		.verb = "exported",
		.rows = !exporting_to_file(x->context.o),
		.sink = *sink,
	};

	return context_pass(&x->context, &how, &x->done, f);
}

void
exporting_tell(const struct exporting *x, int64_t entries, int64_t bytes,
    bool packed)
{
	const struct context *c = &x->context;
	char n[32], size[32];

	if (!exporting_to_file(c->o))
		return;
	text_count(n, entries);
	text_bytes(size, bytes);
	log_note(c->log, "%s %s written to %s (%s%s)", n,
	    entries == 1 ? "entry" : "entries", c->o->output, size,
	    packed ? " before compression" : "");
}
