#include <stdlib.h>
#include <string.h>

#include "cli/context/subset.h"
#include "cli/option/option.h"
#include "inspector/estimate.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/scan.h"

/* A sample is of at least so many segments … */
#define SAMPLE_OF_MIN 1024
/* … and of at most so many (the most that dynalite serves). */
#define SAMPLE_OF_MAX 4096

#define PPM_ALL 1000000

#define PAGE_MOST 1000
#define PAGE_LEAST 100

/* The number of a pod or job among many, from 0. */
static const char *const indexes[] = { "JOB_COMPLETION_INDEX",
	"AWS_BATCH_JOB_ARRAY_INDEX" };

static int
auto_shard(struct subset *p, const char *text, struct fault *f)
{
	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++) {
		const char *index = getenv(indexes[i]);

		if (index == NULL || index[0] == '\0')
			continue;
		if (text_int_parse(index, 0, p->of - 1, &p->shard) != 0)
			return fault(f, FAULT_USAGE,
			    "--shard %s: %s is '%s', not one of 0 to %lld",
			    text, indexes[i], index, (long long)p->of - 1);
		p->shard++;
		p->from_job = true;
		return 0;
	}
	return fault(f, FAULT_USAGE,
	    "--shard %s: neither %s (a Kubernetes indexed job) nor %s (an AWS "
	    "Batch array job) is set; give the number, such as 1/%lld",
	    text, indexes[0], indexes[1], (long long)p->of);
}

static int
read_shard(struct subset *p, const char *text, struct fault *f)
{
	const char *slash = strchr(text, '/');
	char *left;
	int rc;

	if (slash == NULL ||
	    text_int_parse(slash + 1, 1, SCAN_SHARD_SEGMENTS, &p->of) != 0)
		return fault(f, FAULT_USAGE,
		    "--shard '%s': not I/N, such as 1/4, or auto/N, with N "
		    "from 1 to %d",
		    text, SCAN_SHARD_SEGMENTS);
	left = xstrndup(text, (size_t)(slash - text));
	if (strcmp(left, "auto") == 0)
		rc = auto_shard(p, text, f);
	else if (text_int_parse(left, 1, p->of, &p->shard) == 0)
		rc = 0;
	else
		rc = fault(f, FAULT_USAGE,
		    "--shard '%s': shards are numbered from 1 to %lld", text,
		    (long long)p->of);
	free(left);
	return rc;
}

static int
read_sample(struct subset *p, const struct options *o, struct fault *f)
{
	struct decimal d;

	if (decimal_parse(&d, o->sample, strlen(o->sample)) != 0 ||
	    decimal_cmp_int(&d, 0) <= 0 || decimal_cmp_int(&d, 100) > 0)
		return fault(f, FAULT_USAGE,
		    "--sample '%s': not a percentage above 0 and up to 100",
		    o->sample);
	decimal_scale(&d, 4);
	p->ppm = decimal_ceil(&d);
	if (o->segments > 0 && o->segments <= ESTIMATE_SEGMENTS_MIN)
		return fault(f, FAULT_USAGE,
		    "--sample needs at least %d segments, more than --segments "
		    "%lld",
		    ESTIMATE_SEGMENTS_MIN, (long long)o->segments);
	return 0;
}

int
subset_read(struct subset *p, const struct options *o, struct fault *f)
{
	*p = (struct subset){ 0 };
	if (o->shard != NULL)
		return read_shard(p, o->shard, f);
	if (o->sample != NULL)
		return read_sample(p, o, f);
	return 0;
}

/* So many segments that the smallest sample is no larger than requested. */
static int64_t
sample_of(const struct subset *p, const struct options *o, int64_t bytes)
{
	int64_t of = scan_segments((int)o->jobs, bytes);

	if (o->segments > 0)
		return o->segments;
	while (of < SAMPLE_OF_MAX &&
	    (of < SAMPLE_OF_MIN ||
		of * p->ppm < (int64_t)ESTIMATE_SEGMENTS_MIN * PPM_ALL))
		of *= 2;
	return of;
}

void
subset_choose(struct subset *p, const struct options *o, int64_t bytes,
    double chance)
{
	if (p->segments > 0)
		return;
	if (p->of > 0) {
		p->segments = SCAN_SHARD_SEGMENTS;
		p->wanted = xcalloc((size_t)p->segments, sizeof(*p->wanted));
		for (int64_t i = 0; i < p->segments; i++) {
			p->wanted[i] = scan_shard(i, p->shard, p->of);
			p->asked += p->wanted[i];
		}
	} else if (p->ppm > 0) {
		p->segments = sample_of(p, o, bytes);
		p->wanted = xcalloc((size_t)p->segments, sizeof(*p->wanted));
		p->asked = estimate_segments(p->ppm, p->segments);
		estimate_choose(p->wanted, p->segments, p->asked,
		    (uint64_t)(chance * 0x1p53));
	} else {
		p->segments = o->segments > 0
		    ? o->segments
		    : scan_segments((int)o->jobs, bytes);
		p->asked = p->segments;
	}
}

void
subset_release(struct subset *p)
{
	free(p->wanted);
	*p = (struct subset){ 0 };
}

struct scan_budget
scan_budget_of(int64_t limit, bool narrowed, int jobs)
{
	struct scan_budget t = { .jobs = jobs };
	int64_t pages;

	if (limit <= 0)
		return t;
	t.page = limit < PAGE_MOST ? limit : PAGE_MOST;
	if (narrowed) {
		t.grows = true;
		if (t.page < PAGE_LEAST)
			t.page = PAGE_LEAST;
		return t;
	}
	pages = limit / PAGE_MOST + (limit % PAGE_MOST > 0);
	if (pages < t.jobs)
		t.jobs = (int)pages;
	t.whole = t.jobs == 1;
	return t;
}
