#include <string.h>

#include "cli/report/html.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

/* Anything longer is cut: DynamoDB's keys are not longer, but what a file calls
 * a key may be. */
#define FOREIGN_MAX 2048

void
html_escape(struct buf *out, const char *p, size_t n)
{
	static const char marks[] = "&<>\"'";
	static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;",
		"&#39;" };

	for (size_t i = 0; i < n; i++) {
		const char *mark = memchr(marks, p[i], sizeof(marks) - 1);

		if (mark != NULL)
			buf_adds(out, names[mark - marks]);
		else
			buf_addc(out, p[i]);
	}
}

void
html_text(struct buf *out, const char *s)
{
	for (size_t i = 0; s[i] != '\0'; i++) {
		if (s[i] == ' ' && i > 0 && s[i - 1] >= '0' && s[i - 1] <= '9')
			buf_adds(out, "&#160;");
		else
			html_escape(out, &s[i], 1);
	}
}

void
html_foreign(struct buf *out, const char *p, size_t n)
{
	struct buf text = { 0 };
	size_t keep = n;

	if (n > FOREIGN_MAX)
		/* not inside a character */
		for (keep = FOREIGN_MAX; keep > FOREIGN_MAX - 4 &&
		     ((unsigned char)p[keep] & 0xc0) == 0x80;)
			keep--;
	text_escape(&text, p, keep, false);
	buf_adds(out, "<bdi>");
	html_escape(out, buf_text(&text), text.n);
	buf_adds(out, "</bdi>");
	if (keep < n)
		buf_addf(out, "%s (%zu bytes)",
		    text_ellipsis(!text_locale_utf8()), n);
	buf_release(&text);
}

void
html_element(struct buf *out, const char *tag, const char *text)
{
	buf_addf(out, "<%s>", tag);
	html_text(out, text);
	buf_addf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/*
 * Text has a contrast of at least 4.5:1 with its background, bars 3:1 (WCAG
 * 2.2, AA), in both themes. States also differ by place, words and hatching,
 * for people who do not see colors.
 */
const char html_style[] =
    /* clang-format off */
":root{color-scheme:light dark;"
"--bg:#f5f4f0;--card:#fff;--ink:#1d1c1a;--soft:#5b5751;--line:#e2dfd9;"
"--track:#edeae5;--code:#f3f1ed;--mark:#8a857d;--veil:#fff6;"
"--live:#15803d;--pending:#b45309;--stuck:#b91c1c;--immortal:#7e22ce}\n"
"@media screen and (prefers-color-scheme:dark){:root{"
"--bg:#111417;--card:#1a1e23;--ink:#eceae6;--soft:#a9afb7;--line:#30363d;"
"--track:#2a3037;--code:#12161a;--mark:#7d858f;--veil:#1a1e2366;"
"--live:#4ade80;--pending:#fbbf24;--stuck:#fb7f7f;--immortal:#c79bff}}\n"
"*{box-sizing:border-box}\n"
"body{margin:0;background:var(--bg);color:var(--ink);"
"font:16px/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\","
"\"DejaVu Sans\",sans-serif;-webkit-text-size-adjust:100%}\n"
"main,footer{max-width:66rem;margin:0 auto;padding:clamp(1rem,4vw,3rem)}\n"
"h1,h2,h3,p,ul,dl,pre,table,figure{margin:0;padding:0}\n"
"h1{font-size:clamp(1.5rem,4vw,2.25rem);line-height:1.2;"
"letter-spacing:-.01em;overflow-wrap:anywhere}\n"
"h2{font-size:1.25rem;line-height:1.3;margin-bottom:1rem}\n"
"h3{font-size:1rem;line-height:1.4;margin-bottom:.25rem}\n"
"header{margin-bottom:1.75rem}\n"
".eyebrow{color:var(--soft);font-size:.8125rem;font-weight:600}\n"
".about{color:var(--soft);margin-top:.5rem;overflow-wrap:anywhere}\n"
".about+.about{margin-top:0}\n"
".verdict{margin:1.25rem 0 0;padding:1rem 1.25rem;background:var(--card);"
"border:1px solid var(--line);border-left:.375rem solid var(--c);"
"border-radius:.75rem;font-size:1.125rem;font-weight:600}\n"
".warn,.late{--c:var(--ink)}.age{--c:var(--mark)}\n"
".live{--c:var(--live)}.pending{--c:var(--pending)}"
".stuck{--c:var(--stuck)}.immortal{--c:var(--immortal)}\n"
"section{background:var(--card);border:1px solid var(--line);"
"border-radius:.75rem;padding:clamp(1rem,3vw,1.75rem);margin-top:1.25rem}\n"
"p+p,pre+p,p+pre,.scroll+p{margin-top:.75rem}\n"
"i{display:block;min-width:3px;background-color:var(--c)}\n"
".bar{display:flex;height:.75rem;border-radius:.375rem;overflow:hidden;"
"background:var(--track)}\n"
"section>.bar{height:2.5rem;border-radius:.5rem;gap:2px}\n"
"i.pending{background-image:repeating-linear-gradient(45deg,var(--veil) "
"0 2px,transparent 2px 8px)}\n"
"i.stuck{background-image:repeating-linear-gradient(45deg,var(--veil) "
"0 2px,transparent 2px 8px),repeating-linear-gradient(-45deg,var(--veil) "
"0 2px,transparent 2px 8px)}\n"
"i.immortal{background-image:radial-gradient(circle,var(--veil) 1.6px,"
"transparent 2px);background-size:8px 8px}\n"
".cards{list-style:none;display:grid;gap:1.25rem;margin-top:1.25rem;"
"grid-template-columns:repeat(auto-fit,minmax(8.25rem,1fr))}\n"
".cards>li:not([class]),.cards>li[class=\"\"]{--c:var(--mark)}\n"
".cards h3{display:flex;align-items:center;gap:.5rem}\n"
".cards h3::before{content:\"\";width:14px;height:14px;flex:none;"
"border-radius:3px;background:var(--c)}\n"
".count{font-size:1.75rem;line-height:1.25;font-weight:650;"
"font-variant-numeric:tabular-nums;white-space:nowrap}\n"
".soft{color:var(--soft)}\n"
".cards p+p{margin-top:0}\n"
".cards .bar{margin:.375rem 0}\n"
".cards .note{font-size:.875rem;margin-top:.25rem}\n"
".item{border-left:.25rem solid var(--c);padding-left:1rem}\n"
".item+.item{margin-top:1.25rem}\n"
".item p+p{margin-top:.375rem}\n"
"code,pre,tbody bdi{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"
"\"DejaVu Sans Mono\",monospace;font-size:.875rem}\n"
"code{background:var(--code);border-radius:.25rem;padding:.0625rem .3125rem;"
"overflow-wrap:anywhere;white-space:pre-wrap}\n"
"pre{background:var(--code);border:1px solid var(--line);"
"border-radius:.5rem;padding:.75rem 1rem;white-space:pre-wrap;"
"overflow-wrap:anywhere}\n"
"pre span{white-space:nowrap}\n"
".hint{display:none;color:var(--soft);font-size:.8125rem}\n"
".scroll{overflow-x:auto;border-radius:.25rem}\n"
".scroll:focus-visible{outline:2px solid var(--ink);outline-offset:2px}\n"
"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
"th,td{padding:.4375rem .75rem;text-align:right;white-space:nowrap;"
"border-top:1px solid var(--line);font-weight:400}\n"
"thead th{border-top:0;color:var(--soft);font-size:.8125rem;"
"font-weight:600;text-transform:lowercase}\n"
"thead th::first-letter{text-transform:uppercase}\n"
"th.key{text-align:left}\n"
"th:first-child,td:first-child{padding-left:0}\n"
"th:last-child,td:last-child{padding-right:0}\n"
"tbody th{max-width:24rem}\n"
"tbody th{overflow-wrap:anywhere;white-space:pre-wrap;min-width:7rem}\n"
"th code{background:none;padding:0}\n"
"tbody td:first-child{width:1%}\n"
"thead td{border-top:0}\n"
"td.zero{color:var(--soft)}\n"
"td.bars{width:18%;min-width:7rem}\n"
"td.bars:nth-child(-n+4){width:60%}\n"
"main+footer{padding-top:0;color:var(--soft);font-size:.875rem}\n"
"footer p+p{margin-top:.25rem}\n"
"@media (max-width:40rem){.hint{display:block}th,td{padding:.4375rem .375rem}"
"tbody th{min-width:4.5rem}.hint+.scroll tbody th{min-width:8rem}td.bars{min-width:4rem}}\n"
"@media print{body{background:#fff;font-size:10.5pt}"
"main,footer{padding:0;max-width:none}"
"section,.verdict{break-inside:avoid;border-color:#bbb}"
"section:has(.item,table){break-inside:auto}tr,.item{break-inside:avoid}"
"h2{break-after:avoid}.scroll{overflow:visible}"
".bar,i,.cards h3::before,.verdict{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";
/* clang-format on */
