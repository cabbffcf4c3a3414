#ifndef INSPECTOR_SELECT_H
#define INSPECTOR_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct record;
struct rules;

/* Which entries a command is about; start with selection_any. Borrowed
 * strings. */
struct selection {
	unsigned states;  /* bit 1 << enum state */
	unsigned reasons; /* bit 1 << enum reason; 0: any */
	unsigned kinds;   /* bit 1 << enum kind */
	/* The key begins with one of them; none: any key. Of a binary key
	 * these are its bytes. A missing sort key begins with nothing. */
	const char *const *prefixes;
	size_t nprefixes;
	const char *const *sort_prefixes;
	size_t nsort_prefixes;
	int64_t overdue;        /* expired longer ago than that; -1: off */
	int64_t expires_within; /* live, and expires within; -1: off */
	int64_t larger_than;    /* bytes; -1: off */
};

struct selection selection_any(void);
/* Whether it selects every entry. Pure. */
bool selection_is_any(const struct selection *s);

/* The states, as bits, in which it can select an entry. Pure. */
unsigned selection_states(const struct selection *s);

/* Whether ${s} can select no entry, because its parts contradict each other.
 * Then ${why}, which is empty, explains it. Pure. */
bool selection_impossible(const struct selection *s, struct buf *why);

/* Whether ${r} is selected. An entry is overdue by D when its moment < now - D
 * (strictly, as in the condition of the delete), so --overdue 0 selects all
 * expired ones. Pure. */
bool selection_wants(const struct selection *s, const struct rules *rules,
    const struct record *r);
/* Whether ${r}'s key begins as ${s} asks for, whatever else it asks for.
 * Pure. */
bool selection_names(const struct selection *s, const struct record *r);

#endif
