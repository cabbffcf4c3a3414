#ifndef INSPECTOR_SELECT_H
#define INSPECTOR_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct record;
struct rules;

/* Which entries a command is about. All zero selects none: see
 * selection_any. Borrowed strings. */
struct selection {
	unsigned states;  /* bit 1 << enum state */
	unsigned reasons; /* bit 1 << enum reason; 0: any */
	unsigned kinds;   /* bit 1 << enum kind */
	/* what the keys begin with, any of them; none: any key. Of a binary
	 * key these are its bytes. */
	const char *const *prefixes;
	size_t nprefixes;
	const char *const *sort_prefixes; /* where there is no sort key, none
					     fits */
	size_t nsort_prefixes;
	int64_t overdue;        /* expired at least that long ago; -1: off */
	int64_t expires_within; /* live, and ends within; -1: off */
	int64_t larger_than;    /* bytes; -1: off */
};

struct selection selection_any(void);
/* Whether it wants every entry there is. Pure. */
bool selection_is_any(const struct selection *s);

/* Whether ${s} wants no entry, whatever there is: the parts of it exclude each
 * other. Then ${why}, which is empty, says so in words for people. Pure. */
bool selection_impossible(const struct selection *s, struct buf *why);

/* Whether ${r} is wanted. --overdue 0 is the same as no --overdue for what
 * is expired: an entry is expired by D when its moment < now - D (the same
 * strict comparison that the delete's condition makes). Pure. */
bool selection_wants(const struct selection *s, const struct rules *rules,
    const struct record *r);

#endif
