#include <string.h>
#include <unistd.h>

#include "cli/command/write_totals.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/dynamodb/client.h"
#include "lib/stream/stream.h"
#include "sweep/totals.h"

/* Prometheus is to see a file that is old when nothing succeeds any more. */
static int
write_metrics(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f)
{
	struct buf out = { 0 };
	bool well = rc == 0 && r->totals->outcomes[OUTCOME_FAILED] == 0;
	int r2;

	if (c->o->metrics_file == NULL)
		return 0;
	/* a dry run is no success of what it did not do */
	report_prometheus_sweep(&out, r,
	    well && r->executed ? ddb_now(c->ddb) : -1);
	r2 = stream_file_shared(c->o->metrics_file, out.p, out.n, f);
	buf_release(&out);
	return r2;
}

int
write_totals_file(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f)
{
	const struct report_style style = {
		.width = term_width(STDOUT_FILENO, 80),
		.color = term_color(STDOUT_FILENO, c->o->color),
		.ascii = !term_utf8(),
	};
	bool json = c->o->format == FORMAT_JSON;
	bool well = rc == 0 && r->totals->outcomes[OUTCOME_FAILED] == 0;
	bool silent = c->o->quiet && r->executed && well;
	struct buf out = { 0 };
	int r2 = 0;

	if (json)
		report_sweep_json(&out, r);
	else if (!r->executed || (isatty(STDOUT_FILENO) && !silent))
		report_sweep_text(&out, r, &style);
	else if (!silent)
		report_sweep_line(&out, r);
	if (out.n > 0)
		r2 = output_all(NULL, &out, f);
	buf_release(&out);
	if (r2 == 0)
		r2 = write_metrics(c, r, rc, f);
	return r2;
}
