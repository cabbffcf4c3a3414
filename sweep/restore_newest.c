#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"
#include "sweep/images.h"
#include "sweep/newest.h"
#include "sweep/restore.h"

/* What is compressed holds so much more, about; and what a pipe may hold. */
#define INFLATES INT64_C(8)
#define PIPE_BYTES (INT64_C(64) << 20)

/* How many bytes of text the files hold, about. */
static int64_t
bytes_of(const struct restore *r)
{
	int64_t sum = 0;

	for (int i = 0; i < r->npaths; i++) {
		size_t n = strlen(r->paths[i]);
		bool gz = n > 3 && strcmp(r->paths[i] + n - 3, ".gz") == 0;
		struct stat st;

		if (stat(r->paths[i], &st) != 0 || !S_ISREG(st.st_mode))
			sum += PIPE_BYTES;
		else
			sum += (int64_t)st.st_size * (gz ? INFLATES : 1);
	}
	return sum;
}

void
restore_newest_begin(struct restore *r)
{
	r->newest = NULL;
	r->firsts = NULL;
	if (r->npaths < 2)
		return;
	r->newest = newest_new(bytes_of(r), NEWEST_MOST);
	r->firsts = xcalloc((size_t)r->npaths, sizeof(*r->firsts));
}

void
restore_newest_end(struct restore *r)
{
	newest_free(r->newest);
	free(r->firsts);
	r->newest = NULL;
	r->firsts = NULL;
}

static int
weigh_file(const struct restore *r, int i, struct fault *f)
{
	struct images *im = restore_images(r, i, f);
	struct item item;
	int64_t at_us;
	int got;

	if (im == NULL)
		return -1;
	while ((got = images_next(im, &item, &at_us, f)) == 1) {
		newest_weigh(r->newest, &item, at_us,
		    im->first + im->drawn - 1);
		if (stop_requested() == 0)
			continue;
		got = fault(f, FAULT_CANCELLED, "interrupted");
		break;
	}
	source_close(&im->source);
	return got;
}

int
restore_newest(const struct restore *r, struct fault *f)
{
	int rounds = r->newest != NULL ? newest_rounds(r->newest) : 0;

	for (int round = 0; round < rounds; round++) {
		newest_begin(r->newest, round);
		for (int i = 0; i < r->npaths; i++)
			if (weigh_file(r, i, f) != 0)
				return -1;
	}
	return 0;
}
