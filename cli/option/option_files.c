#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/outfile.h"

/*
 * The policy: a file that is written takes the place of what had its name,
 * and a checkpoint is removed at the end. So no two options may name the same
 * file when one of them writes it, however the names are spelled. That an
 * input could be replaced when it has been read to its end is no use worth a
 * lost export.
 */
struct named {
	const char *option; /* NULL: an operand */
	const char *path;   /* as it was given */
	const char *place;  /* what is read or written */
	bool writes;
	bool part; /* it is where --output is until it is whole */
};

struct names {
	struct named *list;
	size_t n;
	char *part;
};

static void
add(struct names *all, const char *option, const char *path, bool writes)
{
	struct named *x;

	if (path == NULL)
		return;
	x = &all->list[all->n++];
	*x = (struct named){ option, path, path, writes, false };
	if (strcmp(path, "-") == 0)
		x->place = writes ? "/dev/stdout" : "/dev/stdin";
}

/* All that the command line names. */
static void
gather(struct names *all, const struct options *o)
{
	bool files = o->command->bit == ON_RESTORE || o->merge;

	all->list =
	    xcalloc(16 + o->encrypt_to.n + o->noperands, sizeof(*all->list));
	add(all, "output", o->output, true);
	add(all, "checkpoint", o->checkpoint, true);
	add(all, "journal", o->journal, true);
	add(all, "metrics-file", o->metrics_file, true);
	if (o->output != NULL && o->checkpoint != NULL &&
	    (all->part = outfile_part(o->output)) != NULL) {
		add(all, "output", o->output, true);
		all->list[all->n - 1].place = all->part;
		all->list[all->n - 1].part = true;
	}
	add(all, "input", o->input, false);
	add(all, "keys-from", o->keys_from, false);
	add(all, "secret-file", o->secret_file, false);
	add(all, "decrypt-with", o->decrypt_with, false);
	for (size_t i = 0; i < o->encrypt_to.n; i++)
		add(all, "encrypt-to", o->encrypt_to.list[i], false);
	for (size_t i = 0; files && i < o->noperands; i++)
		add(all, NULL, o->operands[i], false);
}

static int
refuse(const struct named *a, const struct named *b, struct fault *f)
{
	const struct named *other = a->part ? b : a;
	const char *dashes = other->option != NULL ? "--" : "";
	const char *option = other->option != NULL ? other->option : "FILE";

	if (a->part || b->part)
		return fault(f, FAULT_USAGE,
		    "%s%s %s is where --output %s is written until it is "
		    "whole: name another file",
		    dashes, option, other->path, (a->part ? a : b)->path);
	return fault(f, FAULT_USAGE,
	    "--%s %s and %s%s %s are the same file: name another", a->option,
	    a->path, b->option != NULL ? "--" : "",
	    b->option != NULL ? b->option : "FILE", b->path);
}

static int
check_apart(const struct names *all, struct fault *f)
{
	for (size_t i = 0; i < all->n && all->list[i].writes; i++)
		for (size_t k = i + 1; k < all->n; k++)
			if (outfile_same(all->list[i].place,
				all->list[k].place))
				return refuse(&all->list[i], &all->list[k], f);
	return 0;
}

/* It is replaced again and again, and read by the next run. */
static int
check_checkpoint(const char *path, struct fault *f)
{
	struct stat st;

	if (path == NULL)
		return 0;
	if (strcmp(path, "-") == 0 || outfile_descriptor(path) >= 0 ||
	    (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return fault(f, FAULT_USAGE,
		    "--checkpoint %s: not a plain file, and the next run is "
		    "to read it: name one",
		    path);
	return 0;
}

int
option_files(const struct options *o, struct fault *f)
{
	struct names all = { 0 };
	int rc = check_checkpoint(o->checkpoint, f);

	if (rc == 0) {
		gather(&all, o);
		rc = check_apart(&all, f);
	}
	free(all.list);
	free(all.part);
	return rc;
}
