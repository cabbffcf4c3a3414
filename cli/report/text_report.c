#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/report/figure.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"
#include "lib/stream/input.h"
#include "sweep/plan.h"

/* Longer lines are hard to read, however wide the terminal is. */
#define WORDS_MAX 100

struct report_style
text_report_style(int color)
{
	return (struct report_style){ .width = term_width(STDOUT_FILENO, 80),
		.color = term_color(STDOUT_FILENO, color),
		.ascii = !text_locale_utf8() };
}

const char *
text_report_sgr(const struct text_report *p, const char *code)
{
	return p->style.color ? code : NULL;
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
text_report_colored(const struct text_report *p, const char *code,
    const char *text)
{
	begin(p, code);
	buf_adds(p->out, text);
	end(p, code);
}

void
text_report_heading(const struct text_report *p, const char *text)
{
	buf_addc(p->out, '\n');
	text_report_colored(p, TEXT_REPORT_BOLD, text);
	buf_addc(p->out, '\n');
}

/* Bytes up to the next space at which a line may be broken: not after a digit,
 * where a figure continues or its unit follows. */
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
	int width = p->style.width < WORDS_MAX ? p->style.width : WORDS_MAX;
	int at = 0;

	while (*text != '\0') {
		size_t n = unbroken(text);
		int w = text_width(text, n);

		if (at > indent && at + 1 + w > width) {
			end(p, code);
			buf_addc(p->out, '\n');
			at = 0;
		}
		if (at == 0) {
			buf_addf(p->out, "%*s", indent, "");
			at = indent;
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
text_report_summary_key(const struct text_report *p, struct buf *out,
    const struct summary_key *key)
{
	text_escape(out, key->key, key->len, p->style.ascii);
	if (key->sort == NULL)
		return;
	buf_adds(out, " / ");
	text_escape(out, key->sort, key->sort_len, p->style.ascii);
}

void
text_report_text(const struct text_report *p, struct buf *out, const char *s)
{
	text_escape(out, s, strlen(s), p->style.ascii);
}

void
text_report_attribute(const struct text_report *p, struct buf *out,
    const char *name)
{
	bool quoted = strcasecmp(name, "TTL") == 0 && strcmp(name, "ttl") != 0;

	buf_adds(out, quoted ? "'" : "");
	text_report_text(p, out, name);
	buf_adds(out, quoted ? "'" : "");
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
	return input_title(place->input);
}

/* Add ${before} and other people's text, escaped; nothing if it is NULL. */
static void
about(const struct text_report *p, struct buf *line, const char *before,
    const char *text)
{
	if (text == NULL)
		return;
	buf_adds(line, before);
	text_report_text(p, line, text);
}

void
text_report_where(const struct text_report *p, struct buf *line,
    const struct report_place *place)
{
	if (place->input != NULL) {
		about(p, line, "entries of the table ", place->table);
		return;
	}
	about(p, line, "region ", place->region);
	about(p, line, ", account ", place->account);
	if (place->endpoint_shown)
		about(p, line, ", at ", place->endpoint);
}

/* Add ${name} and its value, quoted for a shell; nothing if that is NULL. */
static void
option(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_adds(out, name);
	shlex_quote(out, value);
}

void
text_report_command(struct buf *out, const char *command,
    const struct report_place *place)
{
	buf_addf(out, "ttlsweep %s", command);
	option(out, " -t ", place->table);
	option(out, " --region ", place->region);
	if (place->endpoint_shown)
		option(out, " --endpoint-url ", place->endpoint);
	if (place->repeat != NULL)
		buf_adds(out, place->repeat);
}

/* The AWS CLI's shorthand has quotes, lists and commas of its own: names with
 * these need JSON. */
static void
ttl_specification(struct buf *out, bool on, const char *attribute)
{
	const char *enabled = on ? "true" : "false";
	struct buf json = { 0 };

	if (attribute[strcspn(attribute, ",'\"[]{}")] == '\0') {
		buf_addf(out, "Enabled=%s,AttributeName=", enabled);
		shlex_quote(out, attribute);
		return;
	}
	buf_addf(&json, "{\"Enabled\":%s,\"AttributeName\":", enabled);
	slice_text_encode(&json, attribute, strlen(attribute));
	buf_addc(&json, '}');
	shlex_quote(out, buf_text(&json));
	buf_release(&json);
}

void
text_report_ttl_command(struct buf *out, const struct report_place *place,
    bool on, const char *attribute)
{
	option(out, "aws dynamodb update-time-to-live --table-name ",
	    place->table);
	buf_adds(out, " --time-to-live-specification ");
	ttl_specification(out, on, attribute);
	option(out, " --region ", place->region);
	if (place->endpoint_shown)
		option(out, " --endpoint-url ", place->endpoint);
	option(out, " --profile ", place->profile);
}

void
text_report_pace(struct buf *out, const struct plan_pace *pace)
{
	bool reads = pace->reads > 0, writes = pace->writes > 0;

	if (!reads && !writes) {
		buf_adds(out, "reads and writes unlimited");
		return;
	}
	buf_addf(out, "%s%s%s a second%s",
	    reads ? figure_units_of(pace->reads, "read").s : "",
	    reads && writes ? " and " : "",
	    writes ? figure_units_of(pace->writes, "write").s : "",
	    !reads        ? ", reads unlimited"
		: !writes ? ", writes unlimited"
			  : "");
}

void
text_report_takes(struct buf *out, const struct plan_pace *pace, double reads,
    double writes)
{
	double seconds = plan_seconds(pace, reads, writes);
	bool reading = pace->writes <= 0 || writes / pace->writes < seconds;
	char text[32];

	if (seconds < 60 || seconds > 9e15)
		return;
	text_span(text, (int64_t)seconds);
	if (reading)
		buf_addf(out, "; reading at %s a second takes %s",
		    figure_units_of(pace->reads, "read").s, text);
	else
		buf_addf(out, "; at %s a second that takes %s",
		    figure_units_of(pace->writes, "write").s, text);
}
