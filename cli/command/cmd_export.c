#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command/exporting.h"
#include "cli/option/option.h"
#include "export/format.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/outfile.h"

static int run(const struct options *o, struct log *log, struct fault *f);

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
to_s3(const struct options *o)
{
	return o->layout == LAYOUT_S3;
}

static bool
ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n > k && strcmp(name + n - k, ending) == 0;
}

/* The file's name without what says that it is encrypted; the caller's. */
static char *
plain_name(const struct options *o)
{
	size_t n = strlen(o->output);

	if (o->encrypt_to.n > 0 &&
	    (ends_in(o->output, ".p7m") || ends_in(o->output, ".cms")))
		n -= strlen(".p7m");
	return xstrndup(o->output, n);
}

static bool
packs(const struct options *o)
{
	char *name;
	bool packed = o->gzip;

	if (exporting_to_file(o) && !to_s3(o)) {
		name = plain_name(o);
		packed = packed || ends_in(name, ".gz");
		free(name);
	}
	return packed;
}

static const struct format *
format_of_name(const struct options *o, struct fault *f)
{
	char *name = plain_name(o);
	const struct format *format = format_of_path(name);

	free(name);
	if (format != NULL && format != &formats[FORMAT_TSV])
		return format;
	(void)fault(f, FAULT_USAGE,
	    "-o %s: the name does not tell a format (.csv, .jsonl, .json, "
	    "each with .gz or without%s): give --format csv, jsonl or "
	    "dynamodb-json",
	    o->output, o->encrypt_to.n > 0 ? ", and then .p7m or not" : "");
	return NULL;
}

/* What cannot be had together with where it is written. */
static int
check_place(const struct options *o, struct fault *f)
{
	if (to_s3(o) && !exporting_to_file(o))
		return fault(f, FAULT_USAGE,
		    "--layout s3 needs -o DIR, the folder to write");
	if (to_s3(o) && o->encrypt_to.n > 0)
		return fault(f, FAULT_USAGE,
		    "--layout s3 and --encrypt-to exclude each other: what "
		    "reads such folders would not decrypt them");
	if (to_s3(o) && o->checkpoint != NULL)
		return fault(f, FAULT_USAGE,
		    "--layout s3 and --checkpoint exclude each other: the "
		    "folder is written in one run");
	if (to_s3(o) && o->format >= 0 && o->format != FORMAT_DYNAMODB_JSON)
		return fault(f, FAULT_USAGE,
		    "--layout s3 is of dynamodb-json, not of %s",
		    formats[o->format].name);
	if (o->checkpoint != NULL &&
	    (!exporting_to_file(o) || outfile_descriptor(o->output) >= 0))
		return fault(f, FAULT_USAGE,
		    "--checkpoint needs -o FILE: what went to standard output "
		    "cannot be taken back, and would come twice");
	return 0;
}

/* By --format, else by the file's name, else DynamoDB JSON. */
static const struct format *
format_for(const struct options *o, struct fault *f)
{
	const struct format *format = &formats[FORMAT_DYNAMODB_JSON];

	if (o->format >= 0) {
		format = &formats[o->format];
	} else if (exporting_to_file(o) && !to_s3(o)) {
		format = format_of_name(o, f);
		if (format == NULL)
			return NULL;
	}
	if (o->columns != NULL && !format->columned) {
		(void)fault(f, FAULT_USAGE,
		    "--columns is for csv; %s has every attribute",
		    format->name);
		return NULL;
	}
	if (o->csv_safe && format != &formats[FORMAT_CSV]) {
		(void)fault(f, FAULT_USAGE,
		    "--csv-safe is for csv; no spreadsheet runs %s",
		    format->name);
		return NULL;
	}
	if (option_given(o, "numbers") && format != &formats[FORMAT_JSONL]) {
		(void)fault(f, FAULT_USAGE,
		    "--numbers is for jsonl; in %s numbers stand as text",
		    format->name);
		return NULL;
	}
	return format;
}

/* To a file or to standard output, in one run. */
static int
export_rows(struct exporting *x, struct fault *f)
{
	struct rows rows = { 0 };
	struct pass_sink sink;
	int64_t n;
	int rc;

	if (rows_open(&rows, &x->rows, f) != 0)
		return -1;
	sink = rows_sink(&rows);
	rc = exporting_pass(x, &sink, f);
	rc = rows_close(&rows, rc >= 0, f) != 0 ? -1 : rc;
	if (rc < 0)
		return -1;
	rows_note(&rows, x->context.log);
	n = x->done.matched;
	if (x->rows.limit >= 0 && n > x->rows.limit)
		n = x->rows.limit;
	exporting_tell(x, n, rows.written, x->rows.stream.gzip);
	return 0;
}

static int
prepare(struct exporting *x, struct fault *f)
{
	struct context *c = &x->context;
	const struct options *o = c->o;

	if (x->format->columned && o->columns == NULL)
		columns_csv(&x->columns, &c->schema);
	else if (x->format->columned &&
	    columns_parse(&x->columns, o->columns, &c->schema, f) != 0)
		return -1;
	x->columns.safe = o->csv_safe;
	x->rows = (struct rows_options){
		.format = x->format,
		.stream = { .path = o->output, .gzip = packs(o), .to = x->to },
		.columns = &x->columns,
		.view = { .schema = &c->schema,
		    .reveal = true,
		    .numbers_string = o->numbers == NUMBERS_STRING },
		.headings = true,
		.limit = o->limit,
	};
	return 0;
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct exporting x = { 0 };
	int rc = -1;

	if (check_place(o, f) != 0 || (x.format = format_for(o, f)) == NULL)
		return -1;
	if (o->encrypt_to.n > 0) {
		x.to =
		    cms_recipients_load(o->encrypt_to.list, o->encrypt_to.n, f);
		if (x.to == NULL)
			return -1;
	}
	if (context_open(&x.context, o, NULL, log, f) == 0 &&
	    prepare(&x, f) == 0)
		rc = to_s3(o)               ? export_s3(&x, f)
		    : o->checkpoint != NULL ? export_part(&x, f)
					    : export_rows(&x, f);
	columns_release(&x.columns);
	cms_recipients_free(x.to);
	context_close(&x.context);
	return rc;
}
