#include <string.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/option.h"
#include "cli/rows.h"
#include "cli/talk.h"
#include "dynamodb/source.h"
#include "export/format.h"
#include "inspector/summary.h"

static int run(const struct options *o, struct talk *talk, struct fault *f);

const struct command cmd_export = {
	.name = "export",
	.bit = ON_EXPORT,
	.args = "",
	.summary = "write entries to a file or to standard output",
	.about = "Writes the selected entries faithfully: nothing is masked, "
		 "no type and no digit is lost. What it writes as "
		 "dynamodb-json or csv can be read again with --input and put "
		 "back with restore.",
	.run = run,
};

static bool
to_file(const struct options *o)
{
	return o->output != NULL && strcmp(o->output, "-") != 0;
}

static bool
ends_in_gz(const char *path)
{
	size_t n = strlen(path);

	return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

/* By --format, else by the file's name, else DynamoDB JSON. */
static const struct format *
format_for(const struct options *o, struct fault *f)
{
	const struct format *format = format_find("dynamodb-json");

	if (o->format != NULL) {
		format = format_find(o->format);
	} else if (to_file(o)) {
		format = format_of_path(o->output);
		if (format == NULL || strcmp(format->name, "tsv") == 0) {
			(void)fault(f, FAULT_USAGE,
			    "-o %s: the name does not tell a format (.csv, "
			    ".jsonl, .json, each with .gz or without): give "
			    "--format csv, jsonl or dynamodb-json",
			    o->output);
			return NULL;
		}
	}
	if (o->columns != NULL && !format->columned) {
		(void)fault(f, FAULT_USAGE,
		    "--columns is for csv; %s has every attribute",
		    format->name);
		return NULL;
	}
	if (o->csv_safe && strcmp(format->name, "csv") != 0) {
		(void)fault(f, FAULT_USAGE,
		    "--csv-safe is for csv; no spreadsheet runs %s",
		    format->name);
		return NULL;
	}
	if (option_given(o, "numbers") && strcmp(format->name, "jsonl") != 0) {
		(void)fault(f, FAULT_USAGE,
		    "--numbers is for jsonl; in %s numbers stand as text",
		    format->name);
		return NULL;
	}
	return format;
}

static void
tell(const struct context *c, const struct rows *rows,
    const struct pass_progress *done)
{
	char n[32], bytes[32];
	int64_t count = done->matched;

	if (!to_file(c->o))
		return;
	if (rows->o.limit >= 0 && count > rows->o.limit)
		count = rows->o.limit;
	text_count(n, count);
	text_bytes(bytes, rows->written);
	talk_note(c->talk, "%s %s written to %s (%s%s)", n,
	    count == 1 ? "entry" : "entries", c->o->output, bytes,
	    rows->o.gzip ? " before compression" : "");
}

static int
work(struct context *c, struct rows *rows, struct fault *f)
{
	struct selection selection;
	struct pass_progress done = { 0 };
	struct summary total;
	struct source *source = context_source(c, false);
	const struct pass pass = {
		.source = source,
		.ddb = c->ddb,
		.rules = &c->rules,
		.selection = &selection,
		.jobs = (int)c->o->jobs,
		.sink = rows_sink(rows),
		.tick = context_tick,
		.tick_ctx = c,
	};
	int rc;

	context_selection(&selection, c->o);
	summary_init(&total, 0, true);
	context_begin(c, "exported", !to_file(c->o));
	rc = pass_run(&pass, &total, &done, f);
	context_end(c);
	rc = rows_close(rows, rc >= 0, f) != 0 ? -1 : rc;
	if (rc >= 0)
		tell(c, rows, &done);
	if (rc == 0)
		context_tell_keys(c, done.absent);
	summary_release(&total);
	source_close(source);
	return rc < 0 ? -1 : 0;
}

static int
run(const struct options *o, struct talk *talk, struct fault *f)
{
	const struct format *format = format_for(o, f);
	struct context c = { 0 };
	struct columns columns = { 0 };
	struct rows rows = { 0 };
	struct rows_options options = { .headings = true, .limit = o->limit };
	int rc = -1;

	if (format == NULL)
		return -1;
	if (context_open(&c, o, NULL, talk, f) != 0)
		goto out;
	if (format->columned && o->columns == NULL)
		columns_csv(&columns, &c.schema);
	else if (format->columned &&
	    columns_parse(&columns, o->columns, &c.schema, f) != 0)
		goto out;
	columns.safe = o->csv_safe;
	options.format = format->name;
	options.path = o->output;
	options.gzip = o->gzip || (to_file(o) && ends_in_gz(o->output));
	options.columns = &columns;
	options.view = (struct column_view){ .rules = &c.rules,
		.schema = &c.schema,
		.reveal = true,
		.numbers_string = strcmp(o->numbers, "string") == 0 };
	if (rows_open(&rows, &options, f) == 0)
		rc = work(&c, &rows, f);
out:
	columns_release(&columns);
	context_close(&c);
	return rc;
}
