#include <string.h>

#include "lib/aws/fetch.h"
#include "lib/aws/message.h"
#include "lib/aws/retry.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"

static bool
by_status(const struct http_exchange *x)
{
	return retry_classify(x->status, "") != RETRY_NO;
}

int
fetch_run(struct world *w, struct fetch *r, struct fault *f)
{
	void *line = w->line_open(w->ctx, f);
	int64_t wait;

	if (line == NULL)
		return -1;
	for (int i = 0;; i++) {
		(void)w->exchange(line, &r->x);
		message_hide(&r->x);
		if (i + 1 >= r->tries || stop_requested() ||
		    (r->x.status != 0 &&
			!(r->again != NULL ? r->again : by_status)(&r->x)))
			break;
		wait = r->pause_ms;
		if (wait == 0)
			wait = retry_delay_ms(retry_classify(r->x.status, ""),
			    i, w->chance(w->ctx), r->x.retry_after);
		w->sleep_ms(w->ctx, wait, false);
	}
	w->line_close(line);
	if (stop_requested())
		return fault(f, FAULT_CANCELLED, "interrupted");
	if (r->x.status == 0)
		return fault(f, FAULT_NET, "%.300s: %s", r->x.url, r->x.error);
	return 0;
}

void
fetch_release(struct fetch *r)
{
	crypto_wipe(r->x.reply.p, r->x.reply.cap);
	buf_release(&r->x.reply);
}
