#include "cli/report/ttl_command.h"
#include "cli/option/option.h"
#include "cli/report/report.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"

static void
option(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " --%s ", name);
	shlex_quote(out, value);
}

void
ttl_command(struct buf *out, const struct report_place *place, bool on,
    const char *attribute)
{
	buf_adds(out, "aws dynamodb update-time-to-live");
	option(out, "table-name", place->table);
	buf_addf(out, " --time-to-live-specification Enabled=%s,AttributeName=",
	    on ? "true" : "false");
	shlex_quote(out, attribute);
	if (place->region != NULL)
		option(out, "region", place->region);
	if (place->endpoint_shown && place->endpoint != NULL)
		option(out, "endpoint-url", place->endpoint);
	if (place->profile != NULL)
		option(out, "profile", place->profile);
}
