#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/report.h"
#include "cli/report/report_read.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/stream/input.h"

/* No report of inspect is as large. */
#define FILE_MAX ((size_t)64 << 20)

struct merge {
	const struct options *o;
	struct report_read first; /* what the others must agree with */
	struct report report;     /* all of them, so far */
	struct summary total;
	size_t top; /* as many of the largest are surely the table's largest */
	struct report_shards shards;
	int64_t have[SCAN_SHARD_SEGMENTS];
	const char *owner[SCAN_SHARD_SEGMENTS]; /* the file of each shard */
};

/* To be released in either case. */
static int
read_file(const char *path, struct report_read *out, struct fault *f)
{
	bool in = strcmp(path, "-") == 0;
	const char *name = input_title(path);
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct buf b = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	if (in && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY)
		return fault(f, FAULT_IO, "%s: closed", name);
	if (fd < 0)
		return fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_IO,
		    "%s: %s", name, strerror(errno));
	rc = file_read(fd, name, FILE_MAX, &b, f);
	if (rc == 1)
		rc = fault(f, FAULT_DATA,
		    "%s: not a report: larger than 64 MiB", name);
	if (!in)
		(void)close(fd);
	if (rc == 0)
		rc = report_read(out, (struct slice){ buf_text(&b), b.n }, name,
		    f);
	buf_release(&b);
	return rc;
}

/* Check that ${part} may be added, and note which shards it contains. */
static int
claim(struct merge *m, const struct report_read *part, const char *path,
    struct fault *f)
{
	const char *what =
	    report_fields_difference(&m->first.report, &part->report);
	bool many = m->o->noperands > 1;

	if (what != NULL)
		return fault(f, FAULT_DATA,
		    "%s: its %s differs from that of %s", path, what,
		    m->o->operands[0]);
	if (many && part->shards.of == 0)
		return fault(f, FAULT_DATA,
		    "%s: the report of a whole table, not of a shard; nothing "
		    "can be added to it",
		    path);
	if (many && !part->report.complete && !m->o->partial)
		return fault(f, FAULT_DATA,
		    "%s: its run was interrupted; run it again, or combine "
		    "what there is with --partial",
		    path);
	for (size_t i = 0; i < part->shards.n; i++) {
		const char **at = &m->owner[part->have[i] - 1];

		if (*at != NULL)
			return fault(f, FAULT_DATA,
			    "%s: shard %lld is in %s already", path,
			    (long long)part->have[i], *at);
		*at = path;
	}
	return 0;
}

static int
missing(const struct merge *m, struct fault *f)
{
	struct buf b = { 0 };
	int n = 0;

	for (int64_t i = 0; i < m->shards.of; i++)
		if (m->owner[i] == NULL)
			buf_addf(&b, "%s%lld", n++ > 0 ? ", " : "",
			    (long long)i + 1);
	(void)fault(f, FAULT_DATA,
	    "shard%s %s of %lld %s missing; combine what there is with "
	    "--partial",
	    n == 1 ? "" : "s", buf_text(&b), (long long)m->shards.of,
	    n == 1 ? "is" : "are");
	buf_release(&b);
	return -1;
}

static void
add(struct merge *m, const struct report_read *part)
{
	const struct summary *s = &part->summary;
	struct report *r = &m->report;

	/* one that was cut to its --top may lack what comes next */
	if ((int64_t)s->nlargest < s->items && s->nlargest < m->top)
		m->top = s->nlargest;
	if (part == &m->first) {
		*r = part->report;
		r->top = (size_t)m->o->top;
		summary_init(&m->total, r->top, s->sizes);
	} else {
		report_fields_add(r, &part->report);
		r->segments_asked += part->report.segments_asked;
		r->segments_done += part->report.segments_done;
		r->complete = r->complete && part->report.complete;
	}
	summary_merge(&m->total, s);
}

static int
gather(struct merge *m, struct fault *f)
{
	for (size_t i = 0; i < m->o->noperands; i++) {
		struct report_read next = { 0 };
		struct report_read *part = i == 0 ? &m->first : &next;
		const char *path = m->o->operands[i];
		int rc = read_file(path, part, f);

		if (rc == 0)
			rc = claim(m, part, path, f);
		if (rc == 0)
			add(m, part);
		if (i > 0)
			report_read_release(&next);
		if (rc != 0)
			return -1;
	}
	m->shards.of = m->first.shards.of;
	m->shards.have = m->have;
	for (int64_t i = 0; i < m->shards.of; i++)
		if (m->owner[i] != NULL)
			m->have[m->shards.n++] = i + 1;
	if ((int64_t)m->shards.n == m->shards.of)
		return 0;
	return m->o->partial ? 0 : missing(m, f);
}

int
report_merge(const struct options *o, struct log *log, struct fault *f)
{
	struct merge m = { .o = o, .top = (size_t)o->top };
	struct summary sure = { 0 };
	int rc = -1;

	if (gather(&m, f) != 0)
		goto out;
	if (option_given(o, "top") && m.total.sizes && m.top < (size_t)o->top)
		log_note(log,
		    "the reports contain only the %zu largest entries", m.top);
	summary_init(&sure, m.top, m.total.sizes);
	summary_merge(&sure, &m.total);
	m.report.summary = &sure;
	m.report.merged = true;
	m.report.timed = report_timed(m.first.rules.now, time(NULL));
	m.report.shards = (int64_t)m.shards.n < m.shards.of ? &m.shards : NULL;
	if (o->format == FORMAT_PROMETHEUS &&
	    (m.report.shards != NULL || !m.report.complete)) {
		(void)fault(f, FAULT_DATA,
		    "no metrics from a part of a table: they would look like "
		    "those of the whole; merge all shards, or use --format "
		    "json");
		goto out;
	}
	rc = report_print(o, &m.report, log, f);
out:
	summary_release(&sure);
	summary_release(&m.total);
	report_read_release(&m.first);
	return rc;
}
