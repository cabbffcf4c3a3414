#include <stdlib.h>
#include <string.h>

#include "inspector/mask.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "sweep/totals.h"

void
sweep_totals_release(struct sweep_totals *t)
{
	for (int i = 0; i < t->nfailures; i++) {
		free(t->failures[i].key);
		free(t->failures[i].why);
	}
	free(t->journal);
	free(t->image_wrong);
	t->journal = t->image_wrong = NULL;
	t->nfailures = 0;
}

int64_t
sweep_totals_settled(const struct sweep_totals *t)
{
	int64_t sum = 0;

	for (int i = 0; i < OUTCOMES; i++)
		sum += t->outcomes[i];
	return sum;
}

int64_t
sweep_totals_never(const struct sweep_totals *t)
{
	return t->states[STATE_STUCK] + t->states[STATE_IMMORTAL] +
	    t->reasons[STATE_LIVE][REASON_TTL_OFF];
}

bool
sweep_totals_broke_off(const struct sweep_totals *t)
{
	return t->stopped != NULL &&
	    (strcmp(t->stopped, "interrupted") == 0 ||
		strcmp(t->stopped, "failed") == 0);
}

bool
sweep_totals_counted(const struct sweep_totals *t)
{
	return t->stopped != NULL &&
	    (strcmp(t->stopped, "max-percent") == 0 ||
		(strcmp(t->stopped, "deadline") == 0 && t->blocked));
}

int64_t
sweep_totals_present(const struct sweep_totals *t)
{
	return t->outcomes[OUTCOME_REFRESHED] - t->older;
}

int64_t
sweep_totals_to_put(const struct sweep_totals *t)
{
	return t->outcomes[OUTCOME_SKIPPED] - t->unseen;
}

int64_t
sweep_totals_would(const struct sweep_totals *t)
{
	return sweep_totals_to_put(t) - t->left[SWEEP_LEFT_ZONELESS];
}

/* Count a match, but for what an application may still use of it. */
static void
count(struct sweep_totals *t, const struct record *r, int64_t units)
{
	t->matched++;
	t->states[r->state]++;
	t->reasons[r->state][r->reason]++;
	t->live_sessions += r->state == STATE_LIVE && r->kind == KIND_SESSION;
	t->units += units;
	t->old_off += r->old && r->reason == REASON_TTL_OFF;
	t->old_unit += r->old && (REASONS_CONVERTED & 1u << r->reason) != 0;
}

void
sweep_totals_match(struct sweep_totals *t, const struct record *r,
    int64_t units)
{
	count(t, r, units);
	if (r->state == STATE_IMMORTAL && r->has_moment) {
		t->ahead++;
		t->ahead_sessions += r->kind == KIND_SESSION;
	} else if (r->state == STATE_IMMORTAL) {
		t->timeless_sessions += r->kind == KIND_SESSION;
	}
}

void
sweep_totals_leave(struct sweep_totals *t, const struct record *r)
{
	if (r->zoneless) {
		count(t, r, 0);
		t->outcomes[OUTCOME_SKIPPED]++;
		t->left[SWEEP_LEFT_ZONELESS]++;
		t->left_due += r->state == STATE_STUCK && !r->old;
		t->left_ahead += r->state == STATE_IMMORTAL;
	}
	t->left[SWEEP_LEFT_FAR_FUTURE] += r->reason == REASON_FAR_FUTURE;
	t->left[SWEEP_LEFT_NO_TIME] += r->reason == REASON_NO_TIME;
	t->left[SWEEP_LEFT_MISSING] += r->reason == REASON_MISSING;
	t->left[SWEEP_LEFT_WRONG_TYPE] += r->reason == REASON_WRONG_TYPE;
}

void
sweep_totals_failed(struct sweep_totals *t, const struct rules *rules,
    const struct item *item, const char *why)
{
	struct buf shown = { 0 }, safe = { 0 };

	if (t->nfailures >= SWEEP_FAILURES)
		return;
	mask_item(&shown, rules, item);
	text_escape(&safe, buf_text(&shown), shown.n, false);
	t->failures[t->nfailures].key = buf_detach(&safe);
	buf_reset(&shown);
	mask_message(&shown, rules, item, why);
	t->failures[t->nfailures].why = xstrdup(buf_text(&shown));
	t->nfailures++;
	buf_release(&shown);
}
