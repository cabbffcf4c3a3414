#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/rows.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "export/checkpoint.h"
#include "export/column.h"
#include "export/format.h"
#include "export/s3_write.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/source.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/outfile.h"
#include "lib/stream/stream.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_export = {
	.name = "export",
	.bit = ON_EXPORT,
	.args = "",
	.summary = "write entries to a file or to standard output",
	.about =
	    "Writes the selected entries as they are: nothing is masked. "
	    "dynamodb-json, and csv with all of its columns, lose no type and "
	    "no digit: these files can be read again with --input and put "
	    "back with restore.",
	.examples = {
		{ "export -o cache.json.gz",
		    "back up the table; inspect -i cache.json.gz reads the file" },
		{ "export -i sweep.journal --csv-safe -o gone.csv",
		    "turn a journal into a file for a spreadsheet" },
	},
	.run = run,
};

struct exporting {
	struct context context;
	struct columns columns;
	struct cms_recipients *to; /* NULL: not encrypted */
	struct rows_options rows;
	struct pass_progress done;
};

/* Whether -o names a file or directory, not standard output. */
static bool
to_file(const struct options *o)
{
	return o->output != NULL && strcmp(o->output, "-") != 0;
}

/* A pass over all entries, as pass_run. */
static int
write_all(struct exporting *x, const struct pass_sink *sink, struct fault *f)
{
	const struct context_pass how = {
		.verb = "exported",
		.rows = !to_file(x->context.o),
		.sink = *sink,
	};

	return context_pass(&x->context, &how, &x->done, f);
}

/* "N entries written to FILE (SIZE)", unless it is standard output. */
static void
log_written(const struct exporting *x, int64_t entries, int64_t bytes,
    bool packed)
{
	const struct context *c = &x->context;

	if (to_file(c->o))
		log_note(c->log, "%s written to %s (%s%s)",
		    figure_entries(entries).s, c->o->output,
		    figure_bytes(bytes).s, packed ? " before compression" : "");
}

static bool
to_s3(const struct options *o)
{
	return o->layout == LAYOUT_S3;
}

/* Whether ${name} has the ending of an encrypted file. */
static bool
names_encrypted(const char *name)
{
	return text_ends_in(name, strlen(name), ".p7m") ||
	    text_ends_in(name, strlen(name), ".cms");
}

/* The file's name without the ending of an encrypted file; the caller's. */
static char *
plain_name(const struct options *o)
{
	size_t n = strlen(o->output);

	if (o->encrypt_to.n > 0 && names_encrypted(o->output))
		n -= strlen(".p7m");
	return xstrndup(o->output, n);
}

static bool
packs(const struct options *o)
{
	char *name;
	bool packed;

	if (o->gzip || !to_file(o) || to_s3(o))
		return o->gzip;
	name = plain_name(o);
	packed = text_ends_in(name, strlen(name), ".gz");
	free(name);
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
	if (o->encrypt_to.n == 0 && names_encrypted(o->output)) {
		(void)fault(f, FAULT_USAGE,
		    "-o %s: this is the name of an encrypted file; give "
		    "--encrypt-to CERT.pem, or another name",
		    o->output);
		return NULL;
	}
	(void)fault(f, FAULT_USAGE,
	    "-o %s: no format follows from the name (.csv, .jsonl, .json, each "
	    "with or without .gz%s); give --format csv, jsonl or dynamodb-json",
	    o->output, o->encrypt_to.n > 0 ? " and .p7m" : "");
	return NULL;
}

/* Options that do not fit where the output is written. */
static int
check_place(const struct options *o, struct fault *f)
{
	if (to_s3(o) && !to_file(o))
		return fault(f, FAULT_USAGE,
		    "--layout s3 needs -o DIR, the directory to write");
	/* compressed or encrypted output is refused there anyway */
	if (!to_file(o) && !o->reveal && !o->gzip && o->encrypt_to.n == 0 &&
	    isatty(STDOUT_FILENO))
		return fault(f, FAULT_USAGE,
		    "refusing to write unmasked sessions to a terminal; use "
		    "-o FILE or a pipe, or --reveal to see them");
	if (to_s3(o) && o->encrypt_to.n > 0)
		return fault(f, FAULT_USAGE,
		    "--layout s3 and --encrypt-to cannot be used together: the "
		    "tools that read such directories do not decrypt them");
	if (to_s3(o) && o->checkpoint != NULL)
		return fault(f, FAULT_USAGE,
		    "--layout s3 and --checkpoint cannot be used together: the "
		    "directory is written in one run");
	if (to_s3(o) && o->format >= 0 && o->format != FORMAT_DYNAMODB_JSON)
		return fault(f, FAULT_USAGE,
		    "--layout s3 is always dynamodb-json, not %s",
		    formats[o->format].name);
	if (o->checkpoint != NULL &&
	    (!to_file(o) || outfile_descriptor(o->output) >= 0))
		return fault(f, FAULT_USAGE,
		    "--checkpoint needs -o FILE: output on standard output "
		    "cannot be taken back and would appear twice");
	return 0;
}

/* By --format, else by the file's name, else DynamoDB JSON. */
static const struct format *
format_for(const struct options *o, struct fault *f)
{
	if (o->format >= 0)
		return &formats[o->format];
	if (to_file(o) && !to_s3(o))
		return format_of_name(o, f);
	return &formats[FORMAT_DYNAMODB_JSON];
}

/* Options that do not fit the format. */
static int
check_format(const struct options *o, const struct format *format,
    struct fault *f)
{
	if (o->columns != NULL && !format->columned)
		return fault(f, FAULT_USAGE,
		    "--columns works only with csv; %s always has every "
		    "attribute",
		    format->name);
	if (o->csv_safe && format != &formats[FORMAT_CSV])
		return fault(f, FAULT_USAGE,
		    "--csv-safe works only with csv; spreadsheets do not run "
		    "%s",
		    format->name);
	if (option_given(o, "numbers") && format != &formats[FORMAT_JSONL])
		return fault(f, FAULT_USAGE,
		    "--numbers works only with jsonl; %s writes numbers as "
		    "text",
		    format->name);
	return 0;
}

/* Add to the fault of an interrupt that there is no file, and how a run can
 * continue. */
static void
tell_unwritten(const struct options *o, struct fault *f)
{
	bool can = o->input == NULL && o->keys_from == NULL &&
	    o->encrypt_to.n == 0 && !to_s3(o) && !option_given(o, "limit");
	struct stat st;

	if (f->kind != FAULT_CANCELLED || !to_file(o) ||
	    outfile_descriptor(o->output) >= 0 ||
	    (stat(o->output, &st) == 0 && !S_ISREG(st.st_mode) &&
		!S_ISDIR(st.st_mode)))
		return;
	(void)fault_add(f, ": %.900s was not written%s", o->output,
	    can ? "; with --checkpoint FILE, a run can be continued" : "");
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
	rc = write_all(x, &sink, f);
	rc = rows_close(&rows, rc >= 0, f) != 0 ? -1 : rc;
	if (rc < 0) {
		tell_unwritten(x->context.o, f);
		return -1;
	}
	rows_note(&rows, x->context.log);
	n = x->done.matched;
	if (n == 0 && !to_file(x->context.o))
		rows_none(x->context.log);
	if (x->rows.limit >= 0 && n > x->rows.limit)
		n = x->rows.limit;
	log_written(x, n, rows.written, x->rows.stream.gzip);
	return 0;
}

/*
 * Checkpoints: the rows of a page are written and the position after it is
 * noted under one lock, so that the file's length and the positions always
 * agree. Copies of both are taken, the file is synced, and only then are they
 * saved. The next run truncates the file to the saved length and reads the
 * pages after it again. So each entry is in the file exactly once, however a
 * run ended.
 *
 * A run that is killed loses at most a tenth of its time, and never more than
 * a few seconds.
 */
#define OFTEN_US ((int64_t)100000)
#define SELDOM_US ((int64_t)5000000)

struct part {
	struct exporting *x;
	struct rows rows;
	const char *path; /* of the checkpoint */
	struct checkpoint checkpoint;
	struct buf chosen;
	struct lock *lock; /* for the positions and what follows */
	int64_t begun_us, saved_us;
	bool saving;
};

static int64_t
mono_us(const struct part *p)
{
	const struct world *w = p->x->context.world;

	return w->mono_us(w->ctx);
}

static bool
due(const struct part *p)
{
	int64_t now = mono_us(p), every = (now - p->begun_us) / 10;

	if (every < OFTEN_US)
		every = OFTEN_US;
	if (every > SELDOM_US)
		every = SELDOM_US;
	return !p->saving && now - p->saved_us >= every;
}

/* Copy what can be saved once the file is synced; with the lock held. */
static int
keep_aside(struct part *p, struct buf *text, struct fault *f)
{
	if (stream_mark(p->rows.output.stream, &p->checkpoint.file_bytes, f) !=
	    0)
		return -1;
	checkpoint_text(text, &p->checkpoint);
	return 0;
}

static int
write_down(struct part *p, const struct buf *text, struct fault *f)
{
	if (stream_sync(p->rows.output.stream, f) != 0)
		return -1;
	return stream_file(p->path, text->p, text->n, f);
}

/* Segment ${seg} has been written up to ${seg}->next. */
static int
note(void *ctx, struct rows_hand *h, const struct segment *seg, struct fault *f)
{
	struct part *p = ctx;
	struct segment *at = &p->checkpoint.positions[seg->index];
	struct buf text = { 0 };
	bool save = false;
	int rc;

	lock_enter(p->lock);
	rc = rows_hand_flush(h, f);
	if (rc == 0) {
		buf_reset(&at->next);
		buf_add(&at->next, seg->next.p, seg->next.n);
		at->finished = seg->finished;
		save = due(p);
	}
	if (save)
		rc = keep_aside(p, &text, f);
	save = save && rc == 0;
	if (save)
		p->saving = true;
	lock_leave(p->lock);
	if (!save)
		goto out;
	rc = write_down(p, &text, f);
	lock_enter(p->lock);
	p->saving = false;
	p->saved_us = mono_us(p);
	lock_leave(p->lock);
out:
	buf_release(&text);
	return rc;
}

/* The options that the contents of the file depend on. */
static void
write_chosen(struct part *p)
{
	static const char *const names[] = { "session-prefix", "group",
		"columns", "csv-safe", "numbers", "output" };
	const struct options *o = p->x->context.o;

	buf_addf(&p->chosen, "--format %s%s", p->x->rows.format->name,
	    p->x->rows.stream.gzip ? " --gzip" : "");
	option_repeat(&p->chosen, o, GROUP_SELECTION, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		option_repeat_one(&p->chosen, o, names[i]);
}

static bool
all_finished(const struct checkpoint *c)
{
	for (int64_t i = 0; i < c->segments; i++)
		if (!c->positions[i].finished)
			return false;
	return true;
}

/* Whether a run ended after the file had got its name. */
static bool
is_whole(const struct part *p)
{
	const char *file = p->x->context.o->output;
	char *part = outfile_part(file);
	struct stat st;
	bool whole = part != NULL && all_finished(&p->checkpoint) &&
	    access(part, F_OK) != 0 && errno == ENOENT &&
	    stat(file, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == p->checkpoint.file_bytes;

	free(part);
	return whole;
}

/* A run that has not begun: if there is a part of the file, it is not ours. */
static int
begin(struct part *p, struct fault *f)
{
	char *part = outfile_part(p->x->context.o->output);
	struct stat st;
	int rc = 0;

	if (part != NULL && lstat(part, &st) == 0)
		rc = fault(f, FAULT_REFUSED,
		    "%s exists, but the checkpoint %s that would continue it "
		    "does not; remove it, or name another file",
		    part, p->path);
	free(part);
	p->checkpoint.file_bytes = 0;
	return rc == 0 ? checkpoint_save(p->path, &p->checkpoint, f) : -1;
}

static int
forget(const struct part *p, struct fault *f)
{
	if (unlink(p->path) == 0 || errno == ENOENT)
		return 0;
	return fault(f, FAULT_IO, "%s: %s", p->path, strerror(errno));
}

static int
run_pass(struct part *p, struct fault *f)
{
	const struct pass_sink sink = rows_sink(&p->rows);
	struct buf text = { 0 };
	struct fault later = { 0 };
	int rc = write_all(p->x, &sink, f);

	/* also after a failure: what is in the file counts */
	if (keep_aside(p, &text, &later) != 0 ||
	    write_down(p, &text, &later) != 0) {
		if (rc >= 0 && f != NULL)
			*f = later;
		rc = -1;
	}
	buf_release(&text);
	return rc;
}

static int
write_part(struct part *p, struct fault *f)
{
	struct exporting *x = p->x;
	struct buf line = { 0 };
	int rc;

	x->rows.page = note;
	x->rows.ctx = p;
	x->rows.stream.resumable = true;
	x->rows.stream.from = p->checkpoint.file_bytes;
	if (rows_open(&p->rows, &x->rows, f) != 0)
		return -1;
	p->begun_us = p->saved_us = mono_us(p);
	rc = run_pass(p, f);
	if (rows_close(&p->rows, rc == 0, f) != 0)
		rc = -1;
	if (rc == 0) {
		rows_note(&p->rows, x->context.log);
		return forget(p, f);
	}
	log_fault_first(x->context.log, f);
	option_echo_warn(&line, &x->context.quoted);
	option_echo_line(&line, &x->context.quoted,
	    x->context.quoted.shown->line);
	log_note(x->context.log, "to continue: %s", buf_text(&line));
	buf_release(&line);
	return -1;
}

/* --checkpoint: to FILE.part until it is complete. 0 or -1. */
static int
export_part(struct exporting *x, struct fault *f)
{
	struct part p = { .x = x, .path = x->context.o->checkpoint };
	int rc = -1, r;

	p.lock = lock_new();
	write_chosen(&p);
	p.checkpoint.command = "export";
	p.checkpoint.selection = buf_text(&p.chosen);
	r = context_resume(&x->context, &p.checkpoint, f);
	if (r < 0)
		goto out;
	if (r > 0 && is_whole(&p))
		rc = forget(&p, f);
	else if (r > 0 || begin(&p, f) == 0)
		rc = write_part(&p, f);
	if (rc == 0 && r > 0)
		log_note(x->context.log, "%s is complete",
		    x->context.o->output);
	else if (rc == 0)
		log_written(x, x->done.matched, p.rows.written,
		    x->rows.stream.gzip);
out:
	checkpoint_release(&p.checkpoint);
	buf_release(&p.chosen);
	lock_free(p.lock);
	return rc;
}

static int64_t
clock_of(const struct exporting *x)
{
	const struct world *w = x->context.world;

	return w->wall_ms(w->ctx) / 1000;
}

/* --layout s3: to a directory. 0 or -1. */
static int
export_s3(struct exporting *x, struct fault *f)
{
	const struct context *c = &x->context;
	struct rows rows = { .o = x->rows };
	const struct pass_sink sink = rows_sink(&rows);
	struct s3_about about = { .arn = c->table.arn,
		.id = c->table.id,
		.begun = clock_of(x),
		.exported = c->rules.now };
	struct s3_write *out = s3_write_open(c->o->output, f);
	int rc = -1;

	if (out == NULL)
		return -1;
	rows.o.s3 = out;
	if (write_all(x, &sink, f) >= 0) {
		about.ended = clock_of(x);
		rc = s3_write_finish(out, &about, f);
	}
	if (rc == 0)
		log_written(x, about.items, about.bytes, true);
	else
		tell_unwritten(c->o, f);
	s3_write_close(out);
	return rc;
}

static int
prepare(struct exporting *x, const struct format *format, struct fault *f)
{
	struct context *c = &x->context;
	const struct options *o = c->o;

	if (format->columned && o->columns == NULL)
		columns_csv(&x->columns, &c->schema);
	else if (format->columned &&
	    columns_parse(&x->columns, o->columns, &c->schema, f) != 0)
		return -1;
	x->columns.safe = o->csv_safe;
	x->rows = (struct rows_options){
		.format = format,
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
	const struct format *format;
	struct exporting x = { 0 };
	int rc = -1;

	if (check_place(o, f) != 0 || (format = format_for(o, f)) == NULL ||
	    check_format(o, format, f) != 0)
		return -1;
	if (o->encrypt_to.n > 0) {
		x.to =
		    cms_recipients_load(o->encrypt_to.list, o->encrypt_to.n, f);
		if (x.to == NULL)
			return -1;
	}
	if (context_open(&x.context, o, NULL, log, f) == 0 &&
	    prepare(&x, format, f) == 0)
		rc = to_s3(o)               ? export_s3(&x, f)
		    : o->checkpoint != NULL ? export_part(&x, f)
					    : export_rows(&x, f);
	columns_release(&x.columns);
	cms_recipients_free(x.to);
	context_close(&x.context);
	return rc;
}
