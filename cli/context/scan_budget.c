#include "cli/context/scan_budget.h"

#define PAGE_MOST 1000
#define PAGE_LEAST 100

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
