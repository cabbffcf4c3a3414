#include "lib/aws/fetch.h"
#include "lib/aws/request.h"
#include "lib/aws/service.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"

/* Whether the reply is worth another try. */
static enum retry_class
judge(const struct fetch *fetch, const struct request *r)
{
	if (fetch->x.status == 0 || fetch->again == NULL)
		return request_judge(r, "");
	return fetch->again(&fetch->x) ? RETRY_TRANSIENT : RETRY_NO;
}

int
fetch_run(struct world *w, struct fetch *fetch, struct fault *f)
{
	struct request r = { .world = w,
		.x = &fetch->x,
		.headers = fetch->headers,
		.nheaders = fetch->nheaders,
		.pause_ms = fetch->pause_ms };
	int rc;

	r.line = w->line_open(w->ctx, f);
	if (r.line == NULL)
		return -1;
	r.service = service_open(w);
	do {
		request_send(&r);
		rc = request_next(&r, judge(fetch, &r), fetch->tries, f);
	} while (rc == 1);
	request_release(&r);
	service_close(r.service);
	w->line_close(r.line);
	if (rc != 0)
		return -1;
	if (stop_requested())
		return fault(f, FAULT_CANCELLED, "interrupted");
	if (fetch->x.status == 0)
		return fault(f, FAULT_NET, "%.300s: %s", fetch->x.url,
		    fetch->x.error);
	return 0;
}
