#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/context/context.h"
#include "cli/context/undo.h"
#include "cli/option/option.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "sweep/journal.h"

/* So much more must be free than a journal takes. */
#define MARGIN 1.2

/* --journal: a new file, in a folder that is there. */
static int
check_file(const char *path, bool execute, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		/* to make it tells best what is wrong */
		return execute ? 0 : journal_check_place(path, false, f);
	}
	if (S_ISLNK(st.st_mode))
		(void)stat(path, &st);
	if (S_ISDIR(st.st_mode))
		return fault(f, FAULT_USAGE,
		    "--journal %s: a folder; --journal-dir has a new file "
		    "made in one",
		    path);
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return fault(f, FAULT_USAGE,
		    "--journal %s: the file is there already; a journal is a "
		    "new file",
		    path);
	return fault(f, FAULT_REFUSED,
	    "--journal %s: not a file that keeps what is written to it: name "
	    "a new file, or keep no journal with --no-journal",
	    path);
}

int
undo_choose(struct undo *u, const struct options *o, const char *table,
    int64_t now, bool execute, struct fault *f)
{
	if (o->no_journal)
		return 0;
	if (o->journal != NULL) {
		u->journal = xstrdup(o->journal);
		return check_file(o->journal, execute, f);
	}
	u->numbered = true;
	u->journal =
	    journal_default_path(o->journal_dir, table, now, execute, f);
	if (u->journal == NULL)
		return -1;
	return execute ? 0 : journal_check_place(u->journal, true, f);
}

void
undo_quote(struct buf *out, const char *path)
{
	struct buf shown = { 0 };
	bool plain;

	/* backslashes are shown as they are */
	term_tame(&shown, path, strlen(path), !term_utf8());
	plain = strcmp(buf_text(&shown), path) == 0 &&
	    strpbrk(path, "\n\t") == NULL;
	buf_release(&shown);
	if (plain) {
		option_quote(out, path);
		return;
	}
	buf_adds(out, "\"$(printf '");
	for (const unsigned char *p = (const unsigned char *)path; *p != '\0';
	     p++)
		if (*p == '%')
			buf_adds(out, "%%");
		else if (*p < 0x20 || *p > 0x7e || strchr("'\\", *p) != NULL)
			buf_addf(out, "\\%03o", *p);
		else
			buf_addc(out, (char)*p);
	buf_adds(out, "')\"");
}

char *
undo_command(const struct context *c, const char *journal)
{
	/* what the same run would be refused without */
	static const char *const again[] = { "profile", "expect-account",
		"now" };
	struct report_place place = context_place(c);
	char *whole = realpath(journal, NULL);
	struct buf b = { 0 };

	/* The journal itself tells table, region and TTL attribute. */
	place.table = place.region = place.repeat = NULL;
	text_report_command(&b, "restore --yes", &place);
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
		option_repeat_one(&b, c->o, again[i]);
	buf_addc(&b, ' ');
	undo_quote(&b, whole != NULL ? whole : journal);
	free(whole);
	return buf_detach(&b);
}

bool
undo_fits(double need, int64_t space)
{
	return space < 0 || need * MARGIN <= (double)space;
}

bool
undo_refuses(const struct options *o)
{
	return !o->no_journal && o->journal == NULL && o->journal_dir == NULL &&
	    o->max_items < 0;
}
