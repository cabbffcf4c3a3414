#include <stdbool.h>
#include <stdlib.h>

#include "cli/report/html.h"
#include "cli/report/report.h"
#include "cli/report/report_html_parts.h"
#include "cli/report/report_parts.h"
#include "cli/report/text_report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

/* A table may be wider than a phone: then it is moved, by keys too. */
static void
begin(struct buf *out, const char *id)
{
	buf_addf(out,
	    "<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
	    "aria-labelledby=\"%s\"><table aria-labelledby=\"%s\">",
	    id, id);
}

static void
end(struct buf *out)
{
	buf_adds(out, "</tbody></table></div>\n");
}

static void
heads(struct buf *out, const char *first, bool sizes)
{
	buf_addf(out,
	    "<thead><tr><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">entries</th>",
	    first);
	for (int i = 0; i < STATES; i++)
		buf_addf(out, "<th scope=\"col\">%s</th>",
		    state_name((enum state)i));
	if (sizes)
		buf_adds(out, "<th scope=\"col\">bytes</th>");
	buf_adds(out, "<th scope=\"col\">mix</th></tr></thead><tbody>\n");
}

static void
mix(struct buf *out, const int64_t states[STATES], int64_t items)
{
	double x = 0;

	buf_adds(out,
	    "<td class=\"mix\"><svg height=\"12\" "
	    "aria-hidden=\"true\">");
	for (int i = 0; i < STATES && items > 0; i++) {
		double width = (double)states[i] / (double)items * 100;

		if (states[i] > 0)
			buf_addf(out,
			    "<rect x=\"%.3f%%\" width=\"%.3f%%\" "
			    "height=\"12\" fill=\"url(#fill-%s)\"/>",
			    x, width, state_name((enum state)i));
		x += width;
	}
	buf_adds(out, "</svg></td>");
}

static void
figure(struct buf *out, int64_t n)
{
	struct buf text = { 0 };

	text_report_count(&text, n);
	html_element(out, n > 0 ? "td" : "td class=\"zero\"", buf_text(&text));
	buf_release(&text);
}

/* The row's figures, behind its head. */
static void
figures(struct buf *out, int64_t items, const int64_t states[STATES],
    int64_t bytes)
{
	struct buf text = { 0 };

	figure(out, items);
	for (int i = 0; i < STATES; i++)
		figure(out, states[i]);
	if (bytes >= 0) {
		text_report_bytes(&text, bytes);
		html_element(out, "td", buf_text(&text));
		buf_release(&text);
	}
	mix(out, states, items);
	buf_adds(out, "</tr>\n");
}

static void
kinds(struct buf *out, const struct report *r)
{
	const struct summary *s = r->summary;

	buf_adds(out,
	    "<section aria-labelledby=\"kinds\">"
	    "<h2 id=\"kinds\">Kinds</h2>\n");
	begin(out, "kinds");
	heads(out, "kind", s->sizes);
	for (int i = 0; i < KINDS; i++) {
		buf_addf(out, "<tr><th scope=\"row\">%s</th>",
		    i == KIND_SESSION ? "sessions" : "other items");
		figures(out, s->kinds[i].items, s->kind_states[i],
		    s->sizes ? s->kinds[i].bytes : -1);
	}
	end(out);
	buf_adds(out, "</section>\n");
}

void
report_html_groups(struct buf *out, const struct report *r)
{
	const struct summary *s = r->summary;
	const struct summary_group **by;
	size_t n = s->ngroups < r->top ? s->ngroups : r->top;
	struct buf text = { 0 };

	kinds(out, r);
	if (n == 0)
		return;
	by = report_part_sorted(s);
	buf_adds(out,
	    "<section class=\"long\" aria-labelledby=\"groups\">"
	    "<h2 id=\"groups\">Groups</h2>\n");
	begin(out, "groups");
	heads(out, "group", s->sizes);
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, "<tr><th scope=\"row\" class=\"key\">");
		html_foreign(out, by[i]->name, by[i]->len);
		buf_adds(out, "</th>");
		figures(out, by[i]->items, by[i]->states,
		    s->sizes ? by[i]->bytes : -1);
	}
	end(out);
	if (n < s->ngroups || !s->groups_complete) {
		buf_addf(&text, "The largest %zu of %s%zu groups.", n,
		    s->groups_complete ? "" : "more than ", s->ngroups);
		html_element(out, "p class=\"soft\"", buf_text(&text));
		buf_release(&text);
	}
	buf_adds(out, "</section>\n");
	free(by);
}

void
report_html_largest(struct buf *out, const struct report *r)
{
	const struct summary *s = r->summary;
	bool sorts = s->nlargest > 0 && s->largest[0].sort != NULL;
	struct buf text = { 0 };

	if (s->nlargest == 0)
		return;
	buf_adds(out,
	    "<section class=\"long\" aria-labelledby=\"largest\">"
	    "<h2 id=\"largest\">Largest</h2>\n");
	begin(out, "largest");
	buf_addf(out,
	    "<thead><tr><th scope=\"col\">key</th>%s"
	    "<th scope=\"col\">bytes</th></tr></thead><tbody>\n",
	    sorts ? "<th scope=\"col\">sort key</th>" : "");
	for (size_t i = 0; i < s->nlargest; i++) {
		const struct summary_key *k = &s->largest[i];

		buf_adds(out, "<tr><th scope=\"row\" class=\"key\">");
		html_foreign(out, k->key, k->len);
		buf_adds(out, "</th>");
		if (sorts) {
			buf_adds(out, "<td class=\"key\">");
			if (k->sort != NULL)
				html_foreign(out, k->sort, k->sort_len);
			buf_adds(out, "</td>");
		}
		buf_reset(&text);
		text_report_bytes(&text, k->bytes);
		html_element(out, "td", buf_text(&text));
		buf_adds(out, "</tr>\n");
	}
	end(out);
	buf_adds(out, "</section>\n");
	buf_release(&text);
}
