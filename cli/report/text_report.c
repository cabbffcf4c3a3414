#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/option/option.h"
#include "cli/report/text_report.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"
#include "sweep/plan.h"

/* Lines longer than this are hard to read, however wide the terminal. */
#define WORDS_MAX 100

/* Of the Gregorian calendar, on average. */
#define YEAR_SECONDS 31556952

const char *
text_report_sgr(const struct text_report *p, const char *code)
{
	return p->style.color ? code : NULL;
}

static int
width_of(const struct text_report *p)
{
	return p->style.width < WORDS_MAX ? p->style.width : WORDS_MAX;
}

static void
begin(const struct text_report *p, const char *code)
{
	if (p->style.color && code != NULL)
		buf_addf(p->out, "\033[%sm", code);
}

static void
end(const struct text_report *p, const char *code)
{
	if (p->style.color && code != NULL)
		buf_adds(p->out, "\033[m");
}

void
text_report_heading(const struct text_report *p, const char *text)
{
	buf_addc(p->out, '\n');
	begin(p, TEXT_REPORT_BOLD);
	buf_adds(p->out, text);
	end(p, TEXT_REPORT_BOLD);
	buf_addc(p->out, '\n');
}

/* Bytes up to the next blank at which a line may be broken: not behind a
 * digit, where a figure goes on or its unit follows. */
static size_t
unbroken(const char *text)
{
	size_t n = strcspn(text, " ");

	while (
	    text[n] == ' ' && n > 0 && text[n - 1] >= '0' && text[n - 1] <= '9')
		n += 1 + strcspn(text + n + 1, " ");
	return n;
}

void
text_report_words(const struct text_report *p, int indent, const char *text,
    const char *code)
{
	int width = width_of(p), at = 0;

	while (*text != '\0') {
		size_t n = unbroken(text);
		int w = text_width(text, n);

		if (at > indent && at + 1 + w > width) {
			end(p, code);
			buf_addc(p->out, '\n');
			at = 0;
		}
		if (at == 0) {
			for (; at < indent; at++)
				buf_addc(p->out, ' ');
			begin(p, code);
		} else if (at > indent) {
			buf_addc(p->out, ' ');
			at++;
		}
		buf_add(p->out, text, n);
		at += w;
		text += n;
		text += strspn(text, " ");
	}
	end(p, code);
	buf_addc(p->out, '\n');
}

void
text_report_bar(const struct text_report *p, struct buf *out, int64_t value,
    int64_t most, int cells)
{
	static const char *const eighth[] = { "", "\xe2\x96\x8f",
		"\xe2\x96\x8e", "\xe2\x96\x8d", "\xe2\x96\x8c", "\xe2\x96\x8b",
		"\xe2\x96\x8a", "\xe2\x96\x89" };
	int steps = p->style.ascii ? 1 : 8, n;

	if (value <= 0 || most <= 0)
		return;
	n = (int)((double)value / (double)most * cells * steps + 0.5);
	if (n < 1)
		n = 1;
	for (; n >= steps; n -= steps)
		buf_adds(out, p->style.ascii ? "#" : "\xe2\x96\x88");
	if (n > 0)
		buf_adds(out, eighth[n]);
}

void
text_report_share(struct buf *out, int64_t part, int64_t whole)
{
	double percent;

	if (whole <= 0)
		return;
	percent = (double)part / (double)whole * 100;
	if (part > 0 && percent < 0.1)
		buf_adds(out, "<0.1 %");
	else if (part < whole && percent > 99.9)
		buf_adds(out, ">99.9 %");
	else
		buf_addf(out, "%.1f %%", percent);
}

void
text_report_count(struct buf *out, int64_t v)
{
	char text[32];

	text_count(text, v);
	buf_adds(out, text);
}

void
text_report_bytes(struct buf *out, int64_t v)
{
	char text[32];

	text_bytes(text, v);
	buf_adds(out, text);
}

void
text_report_span(struct buf *out, int64_t seconds)
{
	int64_t years = seconds / YEAR_SECONDS;
	char text[32];

	if (years >= 10000) {
		buf_adds(out, "over 10 000 years");
		return;
	}
	text_span(text, seconds);
	if (years < 2)
		buf_adds(out, text);
	else
		buf_addf(out, "%lld years", (long long)years);
}

void
text_report_entries(struct buf *out, int64_t n)
{
	text_report_count(out, n);
	buf_adds(out, n == 1 ? " entry" : " entries");
}

void
text_report_usd(struct buf *out, double usd)
{
	int digits = 2;

	while (digits < 6 && usd > 0 && usd < pow(10, -digits) * 9.5)
		digits++;
	buf_addf(out, "%.*f USD", digits, usd);
}

void
text_report_units(struct buf *out, double n)
{
	if (n < 9e15 && n - floor(n) >= 0.05 && n < 10000)
		buf_addf(out, "%.1f", n);
	else
		text_report_count(out,
		    n < 9e18 ? (int64_t)(n + 0.5) : INT64_MAX);
}

/* An ellipsis where it was masked is three dots on a terminal that has
 * none. */
void
text_report_shown(const struct text_report *p, struct buf *out,
    struct slice key)
{
	struct buf plain = { 0 };

	buf_add(&plain, key.p, key.n);
	for (size_t i = 0; p->style.ascii && i + 3 <= plain.n; i++)
		if (memcmp(plain.p + i, "\xe2\x80\xa6", 3) == 0)
			memset(plain.p + i, '.', 3);
	text_escape(out, buf_text(&plain), plain.n, p->style.ascii);
	buf_release(&plain);
}

void
text_report_summary_key(const struct text_report *p, struct buf *out,
    const struct summary_key *key)
{
	text_report_shown(p, out, (struct slice){ key->key, key->len });
	if (key->sort == NULL)
		return;
	buf_adds(out, " / ");
	text_report_shown(p, out, (struct slice){ key->sort, key->sort_len });
}

void
text_report_text(const struct text_report *p, struct buf *out, const char *s)
{
	text_escape(out, s, strlen(s), p->style.ascii);
}

void
text_report_title(const struct text_report *p, const char *name)
{
	begin(p, TEXT_REPORT_BOLD);
	text_report_text(p, p->out, name);
	end(p, TEXT_REPORT_BOLD);
	buf_addc(p->out, '\n');
}

const char *
text_report_name(const struct report_place *place)
{
	if (place->input == NULL)
		return place->table != NULL ? place->table : "";
	return strcmp(place->input, "-") == 0 ? "standard input" : place->input;
}

void
text_report_where(const struct text_report *p, struct buf *line,
    const struct report_place *place)
{
	if (place->input != NULL) {
		if (place->table != NULL) {
			buf_adds(line, "entries of the table ");
			text_report_text(p, line, place->table);
		}
		return;
	}
	if (place->region != NULL) {
		buf_adds(line, "region ");
		text_report_text(p, line, place->region);
	}
	if (place->account != NULL) {
		buf_adds(line, ", account ");
		text_report_text(p, line, place->account);
	}
	if (place->endpoint_shown && place->endpoint != NULL) {
		buf_adds(line, ", at ");
		text_report_text(p, line, place->endpoint);
	}
}

void
text_report_command(struct buf *out, const char *command,
    const struct report_place *place)
{
	buf_addf(out, "ttlsweep %s", command);
	if (place->table != NULL) {
		buf_adds(out, " -t ");
		shlex_quote(out, place->table);
	}
	if (place->region != NULL) {
		buf_adds(out, " --region ");
		shlex_quote(out, place->region);
	}
	if (place->endpoint_shown && place->endpoint != NULL) {
		buf_adds(out, " --endpoint-url ");
		shlex_quote(out, place->endpoint);
	}
	if (place->repeat != NULL)
		buf_adds(out, place->repeat);
}

static void
rate(struct buf *out, double units, const char *what)
{
	text_report_units(out, units);
	buf_addf(out, " %s unit%s", what, units == 1 ? "" : "s");
}

void
text_report_pace(struct buf *out, const struct plan_pace *pace)
{
	if (pace->reads <= 0 && pace->writes <= 0) {
		buf_adds(out, "reads and writes unlimited");
		return;
	}
	if (pace->reads > 0)
		rate(out, pace->reads, "read");
	if (pace->reads > 0 && pace->writes > 0)
		buf_adds(out, " and ");
	if (pace->writes > 0)
		rate(out, pace->writes, "write");
	buf_adds(out, " a second");
	if (pace->reads <= 0)
		buf_adds(out, ", reads unlimited");
	else if (pace->writes <= 0)
		buf_adds(out, ", writes unlimited");
}

void
text_report_takes(struct buf *out, const struct plan_pace *pace, double reads,
    double writes)
{
	double seconds = plan_seconds(pace, reads, writes);
	bool reading = pace->writes <= 0 || writes / pace->writes < seconds;
	char span[32];

	if (seconds < 60 || seconds > 9e15)
		return;
	text_span(span, (int64_t)seconds);
	buf_adds(out, "; at ");
	rate(out, reading ? pace->reads : pace->writes,
	    reading ? "read" : "write");
	buf_addf(out, " a second that takes %s", span);
}
