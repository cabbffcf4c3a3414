#include <string.h>

#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/report_words.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "lib/stream/input.h"

void
context_tell_keys(const struct context *c, int64_t absent)
{
	const char *file;

	if (!c->listed)
		return;
	file = input_title(c->o->keys_from);
	if (c->keys.empty)
		log_warn(c->log, "%s is empty: it has no key", file);
	else if (c->keys.n == 0)
		log_note(c->log, "%s has no key", file);
	if (c->keys.twice > 0)
		log_note(c->log, "%s: %lld row%s a key and count%s once", file,
		    (long long)c->keys.twice,
		    c->keys.twice == 1 ? " repeats" : "s repeat",
		    c->keys.twice == 1 ? "s" : "");
	if (absent > 0 && absent == (int64_t)c->keys.n)
		log_warn(c->log,
		    absent == 1
			? "%s: the key has no entry: the entry is gone "
			  "already, or the key is incomplete (it includes the "
			  "prefix, such as session:)"
			: "%s: no key has an entry: the entries are gone "
			  "already, or the keys are incomplete (each includes "
			  "the prefix, such as session:)",
		    file);
	else if (absent > 0)
		log_warn(c->log,
		    "%s: %lld of %zu keys %s no entry: %s gone already, or "
		    "mistyped%s",
		    file, (long long)absent, c->keys.n,
		    absent == 1 ? "has" : "have",
		    absent == 1 ? "it is" : "they are",
		    c->o->yes ? ""
			      : "; 'ttlsweep list' with the same list shows "
				"the others");
}

void
context_tell_prefixes(const struct context *c, uint64_t seen, int64_t entries)
{
	const struct option_list *given = &c->o->session_prefixes;

	for (size_t i = 0; i < given->n && i < 64 && entries > 0; i++)
		if ((seen & UINT64_C(1) << i) == 0)
			log_warn(c->log,
			    "--session-prefix '%s': no key begins with it "
			    "(%lld %s read); sessions found by the default "
			    "prefixes were masked all the same",
			    given->list[i], (long long)entries,
			    entries == 1 ? "entry" : "entries");
}

void
context_tell_none(const struct context *c, const struct summary *s)
{
	struct buf options = { 0 };

	if (s->named || s->items == 0 || c->listed)
		return;
	option_repeat_one(&options, c->quoted.shown, "prefix");
	option_repeat_one(&options, c->quoted.shown, "sort-prefix");
	log_warn(c->log, "none of the %lld %s read matches %s",
	    (long long)s->items, s->items == 1 ? "entry" : "entries",
	    buf_text(&options) + 1);
	buf_release(&options);
}

void
context_tell_live(const struct context *c, const struct summary *s)
{
	static const char *const others[] = { "state", "reason", "overdue",
		"larger-than" };
	int64_t n = s->chosen;
	struct buf options = { 0 };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (option_given(c->o, others[i]))
			return;
	option_repeat(&options, c->quoted.shown, GROUP_SELECTION, NULL);
	if (n > 0 && options.n > 0 && !c->listed)
		log_note(c->log,
		    "%lld %s%s, but %s not expired; --state any includes %s",
		    (long long)n, n == 1 ? "entry matches" : "entries match",
		    buf_text(&options), n == 1 ? "has" : "have",
		    n == 1 ? "it" : "them");
	buf_release(&options);
}

void
context_tell_attribute(const struct context *c, const struct summary *s,
    bool expected)
{
	if (expected || !summary_nameless(s))
		return;
	if (c->rules.ttl_other != NULL)
		log_warn(c->log,
		    "no entry that was read (%lld) has the attribute %s of "
		    "--ttl-attribute; TTL is on for %s",
		    (long long)s->items, c->ttl, c->rules.ttl_other);
	else
		log_warn(c->log,
		    "no entry that was read (%lld) has the TTL attribute %s; "
		    "if the time is in another one, name it with "
		    "--ttl-attribute (ttlsweep inspect shows which have "
		    "numbers that look like times)",
		    (long long)s->items, c->ttl);
}

void
context_tell_creation(const struct context *c, const struct summary *s,
    bool repair)
{
	const char *on = c->table.ttl_attribute;
	bool chosen = option_given(c->o, "ttl-attribute") &&
	    (on == NULL || strcmp(on, c->ttl) != 0);
	struct buf line = { 0 };

	if (c->listed || !summary_by_creation(s, c->rules.ttl_acts, chosen))
		return;
	report_words_creation(s, &line);
	log_warn(c->log,
	    "by %s, %s%s what is live; name the expiry time with "
	    "--ttl-attribute",
	    c->ttl, buf_text(&line),
	    repair ? "TTL then deletes" : "this deletes");
	buf_release(&line);
}

void
context_tell_past(const struct context *c, const char *name, int64_t seconds)
{
	int64_t given = sum_add(c->rules.now, seconds);
	char text[32];

	if (seconds < 0 || given > ddb_now(c->ddb) ||
	    text_time_format(text, given) != 0)
		return;
	log_warn(c->log, "--%s: the TTL that it gives, %s, has passed%s", name,
	    text, option_given(c->o, "now") ? "; it counts from --now" : "");
}

void
context_tell_unmasked(const struct context *c, const struct summary *s)
{
	if (c->o->input == NULL || c->file_table != NULL || c->o->reveal ||
	    c->rules.nprefixes > 0 || s->items == 0 ||
	    s->kinds[KIND_SESSION].items > 0)
		return;
	log_note(c->log,
	    "no key in the file is known as a session's, so none is masked; if "
	    "all entries are sessions, add --session-prefix ''");
}

void
context_tell_kind(const struct context *c, const struct summary *s)
{
	if (c->o->kind != 1u << KIND_SESSION || s->items == 0 ||
	    s->kinds[KIND_SESSION].items > 0)
		return;
	log_warn(c->log,
	    "--kind session: none of the %lld %s read counts as a session, by "
	    "its key; if sessions here begin otherwise, name their prefix with "
	    "--session-prefix, or '' if all entries are sessions",
	    (long long)s->items, s->items == 1 ? "entry" : "entries");
}
