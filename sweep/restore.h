#ifndef SWEEP_RESTORE_H
#define SWEEP_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

struct cms_key;
struct ddb;
struct ddb_table;
struct fault;
struct pass_progress;
struct rules;
struct sweep_totals;

struct restore {
	struct ddb *ddb;
	const struct ddb_table *table;
	const struct rules *rules;
	const char *ttl_attribute;
	const char *const *paths; /* journals newest first, exports */
	int npaths;
	const struct cms_key *key; /* for those that are encrypted; NULL */
	bool other_table;   /* the user named the table: a journal of another
			       one is allowed */
	int64_t extend_ttl; /* the TTL becomes now + this; -1: as it was */
	int jobs;
	bool execute;
	/* How far it is: what was checked, and, once begin was called with
	 * how many entries there are, what was put back. NULL: not wanted. */
	void (*tick)(void *ctx, const struct pass_progress *p);
	void (*begin)(void *ctx, int64_t entries);
	void *tick_ctx;
};

/*
 * Put back what the files hold, each entry only where none has its key.
 * Every file is checked from end to end before the first write. totals
 * balance: matched = restored + present + failed + skipped. 0 or -1.
 */
int restore_run(const struct restore *r, struct sweep_totals *totals,
    struct fault *f);

/* Below: read all files without writing, and count what they hold. */
int restore_check(const struct restore *r, struct sweep_totals *totals,
    struct fault *f);

#endif
