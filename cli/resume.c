#include "cli/resume.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/context.h"
#include "cli/option.h"
#include "cli/talk.h"
#include "export/checkpoint.h"

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
	if (r < 0)
		return -1;
	if (r > 0) {
		if (option_given(c->o, "now") && c->o->now != p->now)
			return fault(f, FAULT_USAGE,
			    "--now: the checkpoint %s has a time of its own, "
			    "%lld; leave --now away, or begin anew without "
			    "the checkpoint",
			    c->o->checkpoint, (long long)p->now);
		c->rules.now = p->now;
		(void)text_time_format(now, p->now);
		talk_note(c->talk, "going on where %s stopped, judged at %s",
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
