#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/json.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/report/report.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"

/* Columns of a finding's name and text; on a terminal narrower than NARROW the
 * text has lines of its own. */
#define NAME_AT 11
#define TEXT_AT 25
#define NARROW 60
#define NARROW_AT 4

static const struct {
	const char *word, *sgr;
} results[] = {
	[DOCTOR_OK] = { "ok", TEXT_REPORT_GREEN },
	[DOCTOR_WARNING] = { "warning", TEXT_REPORT_YELLOW },
	[DOCTOR_FAILURE] = { "failure", TEXT_REPORT_RED },
};

/* Add "  warning  clock"; the cells it takes. */
static int
add_label(struct buf *out, const struct doctor_line *l,
    const struct report_style *style)
{
	const char *word = results[l->result].word;
	int n = 2 + (int)strlen(word);
	int gap = style->width < NARROW ? 1 : NAME_AT - n;

	if (style->color)
		buf_addf(out, "  \033[%sm%s\033[m", results[l->result].sgr,
		    word);
	else
		buf_addf(out, "  %s", word);
	buf_addf(out, "%*s%s", gap, "", l->check);
	return n + gap + (int)strlen(l->check);
}

/* Add ${text}, wrapped at ${column}; ${has} cells of the line are taken. */
static void
add_words(struct buf *out, const struct report_style *style, int has,
    int column, const char *text)
{
	struct buf safe = { 0 }, wrapped = { 0 };
	const struct text_report p = { .out = &wrapped, .style = *style };

	text_report_text(&p, &safe, text);
	text_report_words(&p, column, buf_text(&safe), NULL);
	if (safe.n == 0) {
		buf_addc(out, '\n');
		goto out;
	}
	if (has >= column) {
		/* beside the label if there is room, else below */
		if (has + 1 + text_width(safe.p, safe.n) <= style->width) {
			buf_addf(out, " %s\n", buf_text(&safe));
			goto out;
		}
		buf_addc(out, '\n');
		has = 0;
	}
	buf_add(out, wrapped.p + has, wrapped.n - (size_t)has);
out:
	buf_release(&safe);
	buf_release(&wrapped);
}

void
doctor_line(struct buf *out, const struct doctor_line *l,
    const struct report_style *style)
{
	int column = style->width < NARROW ? NARROW_AT : TEXT_AT;
	const char *arrow = style->ascii ? "->" : "\xe2\x86\x92";
	int wide = style->ascii ? 2 : 1, at = column + wide + 1;

	add_words(out, style, add_label(out, l, style), column, l->text);
	if (l->fix[0] != '\0') {
		buf_addf(out, "%*s%s", column, "", arrow);
		add_words(out, style, column + wide, column + wide + 1, l->fix);
	}
	if (l->command[0] == '\0')
		return;
	/* not wrapped, so that it can be copied */
	if (at + text_width(l->command, strlen(l->command)) > style->width)
		at = NARROW_AT;
	buf_addf(out, "%*s", at, "");
	term_command(out, l->command, style->ascii);
	buf_addc(out, '\n');
}

void
doctor_init(struct doctor *d, const struct options *o, struct log *log)
{
	*d = (struct doctor){ .c = { .o = o, .log = log } };
	option_plan(&d->plan, o);
	d->plan.changes = true;
	d->plan.table = &d->c.table;
	d->style = text_report_style(o->color);
	d->json = o->format == FORMAT_JSON ? json_array(NULL, NULL) : NULL;
	d->name = o->table;
}

void
doctor_waiting(struct doctor *d, const char *fmt, ...)
{
	struct buf text = { 0 };
	va_list ap;

	if (d->c.o->quiet || d->c.o->progress == TERM_NEVER ||
	    !term_draws(STDERR_FILENO) || !term_foreground(STDERR_FILENO) ||
	    term_piped(STDOUT_FILENO))
		return;
	va_start(ap, fmt);
	buf_addv(&text, fmt, ap);
	va_end(ap);
	if ((int)text.n < term_width(STDERR_FILENO, 80)) {
		log_draw(d->c.log, text.p, text.n);
		d->drawn = true;
	}
	buf_release(&text);
}

/* Erase the line of progress. */
static void
clear(struct doctor *d)
{
	if (d->drawn)
		log_draw(d->c.log, "", 0);
	d->drawn = false;
}

/* The first line: the table or stack. */
static void
add_head(const struct doctor *d, const struct text_report *p)
{
	struct buf line = { 0 };

	buf_adds(&line, d->c.o->stack != NULL ? "Stack " : "Table ");
	text_report_text(p, &line,
	    d->c.o->stack != NULL ? d->c.o->stack : d->c.o->table);
	text_report_words(p, 0, buf_text(&line), TEXT_REPORT_BOLD);
	buf_release(&line);
}

static int
write_text(struct doctor *d, const struct doctor_line *l, struct fault *f)
{
	struct buf out = { 0 };
	const struct text_report p = { .out = &out, .style = d->style };
	int rc;

	if (d->c.o->quiet && l->result == DOCTOR_OK)
		return 0;
	if (!d->headed && !d->c.o->quiet)
		add_head(d, &p);
	d->headed = true;
	if (d->section != NULL && !d->c.o->quiet)
		text_report_heading(&p, d->section);
	d->section = NULL;
	doctor_line(&out, l, &d->style);
	rc = output_all(NULL, &out, f);
	buf_release(&out);
	return rc;
}

static void
add_json(struct doctor *d, const struct doctor_line *l)
{
	struct json *j = json_object(d->json, NULL);

	json_str(j, "check", l->check);
	json_str(j, "result", results[l->result].word);
	json_str(j, "text", l->text);
	if (d->fix.n > 0 && d->command.n > 0)
		buf_adds(&d->fix, ": ");
	buf_adds(&d->fix, l->command);
	if (d->fix.n > 0)
		json_str(j, "fix", buf_text(&d->fix));
}

int
doctor_add(struct doctor *d, const char *check, enum doctor_result result,
    struct fault *f)
{
	const struct doctor_line l = { .check = check,
		.result = result,
		.text = buf_text(&d->text),
		.fix = buf_text(&d->fix),
		.command = buf_text(&d->command) };
	int rc = 0;

	clear(d);
	d->found[result]++;
	if (result == DOCTOR_FAILURE)
		buf_addf(&d->failed, "%s%s", d->failed.n > 0 ? ", " : "",
		    check);
	if (d->json != NULL)
		add_json(d, &l);
	else
		rc = write_text(d, &l, f);
	buf_reset(&d->text);
	buf_reset(&d->fix);
	buf_reset(&d->command);
	return rc;
}

int
doctor_say(struct doctor *d, const char *check, enum doctor_result result,
    struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&d->text, fmt, ap);
	va_end(ap);
	return doctor_add(d, check, result, f);
}

int
doctor_add_fault(struct doctor *d, const char *check, enum doctor_result result,
    const struct fault *why, struct fault *f)
{
	if (why->kind == FAULT_CANCELLED) {
		clear(d);
		*f = *why;
		return -1;
	}
	buf_reset(&d->text);
	buf_adds(&d->text, why->text);
	return doctor_add(d, check, result, f);
}

static void
add_count(struct buf *out, int n, const char *one, const char *many)
{
	if (n == 0)
		buf_addf(out, "no %s", many);
	else
		buf_addf(out, "%d %s", n, n == 1 ? one : many);
}

static void
end_text(struct doctor *d, struct buf *out)
{
	const struct text_report p = { .out = out, .style = d->style };
	int failures = d->found[DOCTOR_FAILURE];
	bool tried = !d->described || d->c.o->probe_write;
	struct buf line = { 0 };

	add_count(&line, failures, "failure", "failures");
	if (failures > 0)
		buf_addf(&line, " (%s)", buf_text(&d->failed));
	buf_adds(&line, ", ");
	add_count(&line, d->found[DOCTOR_WARNING], "warning", "warnings");
	buf_adds(&line,
	    failures > 0 ? ": a purge would fail."
		: tried  ? ": nothing would stop a purge."
			 : ": nothing was found that would stop a purge, but "
			   "its deletes were not tested.");
	if (line.p[0] == 'n')
		line.p[0] = 'N';
	buf_addc(out, '\n');
	text_report_words(&p, 0, buf_text(&line), TEXT_REPORT_BOLD);
	if (!tried)
		text_report_words(&p, 0,
		    "--probe-write tests deletes on a key that does not exist "
		    "(2 write units and 1 read unit).",
		    TEXT_REPORT_DIM);
	buf_release(&line);
}

/* The table's name is known only at the end. */
static void
end_json(struct doctor *d, struct buf *out)
{
	struct json *doc = json_new();

	json_str(doc, "schema", "ttlsweep.doctor/1");
	json_str(doc, "table", d->name);
	json_add(doc, "checks", d->json);
	json_print(out, doc);
	json_free(doc);
	d->json = NULL;
}

int
doctor_end(struct doctor *d, struct fault *f)
{
	struct buf out = { 0 };
	int rc;

	clear(d);
	if (d->json != NULL)
		end_json(d, &out);
	else if (!d->c.o->quiet)
		end_text(d, &out);
	rc = out.n > 0 ? output_all(NULL, &out, f) : 0;
	buf_release(&out);
	return rc;
}

void
doctor_command(struct buf *out, const struct doctor *d, const char *what)
{
	static const char *const names[] = { "table", "stack", "logical-id",
		"region", "profile", "endpoint-url", "expect-account",
		"ttl-attribute" };
	static const char *const plan[] = { "overdue", "journal", "journal-dir",
		"no-journal" };
	bool repairs = strncmp(what, "repair", 6) == 0;
	bool sweeps = repairs || strncmp(what, "purge", 5) == 0, named;
	/* a repair includes live entries unless replicas forbid it */
	bool all = repairs &&
	    (d->c.table.nreplicas == 0 || d->c.table.strong_replicas);

	buf_addf(out, "ttlsweep %s", what);
	for (size_t i = all ? 1 : 0; sweeps && i < sizeof(plan) / sizeof(*plan);
	     i++)
		if (i == 0 || !d->journal_bad)
			option_repeat_one(out, d->c.o, plan[i]);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strstr(what, names[i]) == NULL)
			option_repeat_one(out, d->c.o, names[i]);
	/* the same in another environment */
	named = strstr(what, "table") != NULL;
	context_add_place(out, &d->c, named ? NULL : d->c.o->table);
}
