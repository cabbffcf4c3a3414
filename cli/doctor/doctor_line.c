#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "lib/base/text.h"

/* Cells: where a finding's name begins, and its text; below NARROW the text
 * has lines of its own. */
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

const char *
doctor_word(enum doctor_result result)
{
	return results[result].word;
}

/* Add blanks until ${cells} stand behind ${from}. */
static void
pad(struct buf *out, size_t from, size_t cells)
{
	while (out->n < from + cells)
		buf_addc(out, ' ');
}

/* "  warning  clock", in colour; the cells it takes. */
static int
add_label(struct buf *out, const struct doctor_line *l,
    const struct report_style *style)
{
	const char *word = results[l->result].word;
	struct buf plain = { 0 };
	int n;

	buf_addf(&plain, "  %s", word);
	pad(&plain, 0, style->width < NARROW ? plain.n + 1 : NAME_AT);
	buf_adds(&plain, l->check);
	n = (int)plain.n;
	if (style->color)
		buf_addf(out, "  \033[%sm%s\033[m%s", results[l->result].sgr,
		    word, buf_text(&plain) + 2 + strlen(word));
	else
		buf_add(out, plain.p, plain.n);
	buf_release(&plain);
	return n;
}

/* Wrap ${text} at ${column}, its first line behind ${has} cells. */
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
		/* Below the label, or beside it where there is room. */
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
	int wide = style->ascii ? 2 : 1, at = column + 2;

	add_words(out, style, add_label(out, l, style), column, l->text);
	if (l->fix[0] != '\0') {
		pad(out, out->n, (size_t)column);
		buf_adds(out, arrow);
		add_words(out, style, column + wide, column + wide + 1, l->fix);
	}
	if (l->command[0] == '\0')
		return;
	/* Whole, so that it can be copied. */
	if (at + text_width(l->command, strlen(l->command)) > style->width)
		at = NARROW_AT;
	pad(out, out->n, (size_t)at);
	term_tame(out, l->command, strlen(l->command), style->ascii);
	buf_addc(out, '\n');
}
