#include "cli/context/resume.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "export/checkpoint.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/scan.h"

/* What was read fits the command line. */
static int
check_fit(const struct context *c, const struct checkpoint *p, struct fault *f)
{
	const struct options *o = c->o;

	if (option_given(o, "now") && o->now != p->now)
		return fault(f, FAULT_USAGE,
		    "--now: the checkpoint %s has a time of its own, "
		    "%lld; leave --now away, or begin anew without "
		    "the checkpoint",
		    o->checkpoint, (long long)p->now);
	if (option_given(o, "segments") && o->segments != p->segments)
		return fault(f, FAULT_USAGE,
		    "--segments: the checkpoint %s has %lld; leave --segments "
		    "away, or begin anew without the checkpoint",
		    o->checkpoint, (long long)p->segments);
	if (c->portion.of > 0 && p->segments != SCAN_SHARD_SEGMENTS)
		return fault(f, FAULT_DATA,
		    "%s: not a checkpoint of ttlsweep, or damaged: it has "
		    "%lld segments, and shards are of %d; remove it to begin "
		    "anew",
		    o->checkpoint, (long long)p->segments, SCAN_SHARD_SEGMENTS);
	return 0;
}

int
resume_open(struct context *c, struct checkpoint *p, struct fault *f)
{
	char now[32];
	int r;

	p->endpoint = c->config.endpoint;
	p->table = &c->table;
	p->ttl_attribute = c->ttl;
	p->file_bytes = -1;
	r = checkpoint_load(c->o->checkpoint, p, f);
	if (r < 0 || (r > 0 && check_fit(c, p, f) != 0))
		return -1;
	if (r > 0) {
		c->rules.now = p->now;
		c->resumed = true;
		(void)text_time_format(now, p->now);
		log_note(c->log, "going on where %s stopped, judged at %s",
		    c->o->checkpoint, now);
	} else {
		p->now = c->rules.now;
		p->segments = context_segments(c);
		p->positions =
		    xcalloc((size_t)p->segments, sizeof(*p->positions));
	}
	c->resume = p;
	return r;
}
