#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

/* Its first line, and what a file takes at least. */
#define FILE_BYTES 4096

void
doctor_choose(struct doctor *d, const struct record *r,
    const struct rules *rules)
{
	struct doctor_chosen *c = &d->chosen;

	struct selection selection = selection_any();

	selection.states = 1u << STATE_PENDING | 1u << STATE_STUCK;
	selection.overdue = d->o->overdue;
	if (!selection_wants(&selection, rules, r))
		return;
	c->items++;
	c->units += cost_item(&d->table, r->item->json);
	c->free_by_ttl += r->state == STATE_PENDING;
	c->journal_bytes += (double)plan_journal_bytes(r->item);
}

enum doctor_result
doctor_room(struct buf *text, double need, int64_t space, bool chosen)
{
	char has[32], needs[32];

	if (space < 0)
		return DOCTOR_OK;
	text_bytes(has, space);
	buf_addf(text, ", %s free", has);
	need += FILE_BYTES;
	if (chosen ? need <= (double)space : plan_room_fits(need, space))
		return DOCTOR_OK;
	text_bytes(needs, need < 9e18 ? (int64_t)need : INT64_MAX);
	buf_addf(text, ", and what is expired needs %s%s", needs,
	    chosen ? "" : ", and a fifth to spare");
	return DOCTOR_FAILURE;
}

/* What the journal of all that is expired takes, by what was looked at. */
static double
needed(const struct doctor *d)
{
	double seen = (double)d->sample.items, all = (double)d->table.items;

	if (d->whole || seen <= 0 || all <= seen)
		return d->chosen.journal_bytes;
	return d->chosen.journal_bytes * all / seen;
}

static bool
is_compressed(const char *path)
{
	size_t n = strlen(path);

	return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

static void
add_place(struct doctor *d, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (d->o->journal != NULL)
		buf_adds(&d->text, path);
	else
		buf_addf(&d->text, "in %.*s",
		    slash == path ? 1 : (int)(slash - path), path);
}

int
doctor_journal(struct doctor *d, struct fault *f)
{
	enum doctor_result result;
	struct plan_journal journal;
	struct fault why = { 0 };
	char *path = NULL;
	bool chosen;

	option_journal(&journal, d->o);
	chosen = plan_journal_chosen(&journal);
	if (journal.none)
		return doctor_say(d, "journal", DOCTOR_WARNING, f,
		    "none is kept (--no-journal): what a purge does cannot be "
		    "undone");
	if (plan_journal_path(&journal, d->table.name, d->now, false, &path,
		&why) != 0) {
		free(path);
		buf_adds(&d->fix,
		    "name another place for it with --journal-dir (doctor "
		    "takes it, too)");
		return doctor_add_fault(d, "journal", DOCTOR_FAILURE, &why, f);
	}
	add_place(d, path);
	result =
	    doctor_room(&d->text, chosen && is_compressed(path) ? 0 : needed(d),
		journal_free_space(path), chosen);
	free(path);
	if (result == DOCTOR_FAILURE)
		buf_adds(&d->fix,
		    "name a roomier place with --journal-dir (doctor takes "
		    "it, too), or sweep in parts with --max-items");
	return doctor_add(d, "journal", result, f);
}
