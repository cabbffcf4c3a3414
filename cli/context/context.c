#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/progress.h"
#include "cli/report/price.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "export/checkpoint.h"
#include "inspector/mask.h"
#include "inspector/sessions.h"
#include "inspector/summary.h"
#include "lib/aws/credentials.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/query/stack.h"
#include "lib/aws/query/sts.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/keys.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/input.h"
#include "lib/stream/outfile.h"

static const char *const default_groups[] = { "users", "categories", "images" };

/* Options to change: our own. */
static struct options *
own_options(struct context *c)
{
	if (c->own == NULL) {
		c->own = xmalloc(sizeof(*c->own));
		*c->own = *c->o;
		c->o = c->own;
	}
	return c->own;
}

/* The command line of the changed options. */
static void
renew_line(struct context *c)
{
	free(c->own_line);
	c->own->line = c->own_line = option_line(c->own);
}

/* With AWS_PROFILE: commands name the profile, to do the same elsewhere. */
static void
name_profile(struct context *c)
{
	if (!c->config.profile_used)
		return;
	own_options(c)->profile = c->config.profile;
	option_give(c->own, "profile");
	renew_line(c);
}

int
context_locate(struct context *c, const char *region, struct fault *f)
{
	const struct aws_config_ask ask = {
		.region = c->o->region != NULL ? c->o->region : region,
		.profile = c->o->profile,
		.endpoint_url = c->o->endpoint_url,
	};
	char *own;

	if (aws_config_load(&c->config, &ask, f) != 0)
		return -1;
	c->world = world_real_open(c->config.ca_bundle, f);
	if (c->world == NULL || aws_config_locate(&c->config, c->world, f) != 0)
		return -1;
	name_profile(c);
	own = aws_endpoint_url("dynamodb", c->config.region);
	c->endpoint_shown = strcmp(own, c->config.endpoint) != 0;
	free(own);
	return 0;
}

int
context_client(struct context *c, const char *table_from, struct fault *f)
{
	struct ddb_options options = {
		.config = &c->config,
		.world = c->world,
		.table_from = table_from,
		.max_rcu = c->o->max_rcu > 0 ? (double)c->o->max_rcu : 0,
		.max_wcu = c->o->max_wcu > 0 ? (double)c->o->max_wcu : 0,
		.log = log_hook,
		.log_ctx = c->log,
	};

	if (c->credentials == NULL)
		c->credentials = aws_credentials_open(&c->config, c->world,
		    provider_search, f);
	if (c->credentials == NULL)
		return -1;
	options.credentials = c->credentials;
	c->ddb = ddb_open(&options, f);
	if (c->ddb != NULL)
		c->conn = ddb_conn_open(c->ddb, f);
	return c->conn != NULL ? 0 : -1;
}

static struct aws_caller
caller(const struct context *c)
{
	return (struct aws_caller){ &c->config, c->credentials, c->world };
}

int
context_stack(struct context *c, struct fault *f)
{
	const struct stack_ask ask = { c->o->stack, c->o->logical_id };
	const struct aws_caller who = caller(c);

	if (stack_find(&who, &ask, &c->stack, f) != 0)
		return -1;
	if (c->stack.unsure)
		log_warn(c->log,
		    "cannot tell whether the stack %s is being deleted: "
		    "cloudformation:DescribeStacks was refused",
		    c->o->stack);
	return 0;
}

int
context_identity(const struct context *c, struct identity *who, struct fault *f)
{
	const struct aws_caller by = caller(c);

	return identity_ask(&by, who, f);
}

bool
context_is_account(const char *account)
{
	return account != NULL && strspn(account, "0123456789") == 12 &&
	    account[12] == '\0' && strcmp(account, "000000000000") != 0;
}

int
context_account(const struct context *c, struct fault *f)
{
	const struct ddb_table *t = &c->table;
	const char *expected = c->o->expect_account;
	struct fault why = { 0 };
	struct identity who;
	int rc = 0;

	if (expected == NULL || strcmp(t->account, expected) == 0)
		return 0;
	if (context_is_account(t->account))
		return fault(f, FAULT_REFUSED,
		    "table %s belongs to account %s, not to %s as "
		    "--expect-account says; check the profile and region",
		    t->arn, t->account, expected);
	if (context_identity(c, &who, &why) != 0) {
		if (why.kind == FAULT_CANCELLED)
			*f = why;
		else
			(void)fault(f, FAULT_REFUSED,
			    "--expect-account %s: the table's ARN (%s) names no "
			    "account of AWS, as at a local server, and STS "
			    "could not say whose the credentials are: %s",
			    expected, t->arn[0] != '\0' ? t->arn : "none",
			    why.text);
		return -1;
	}
	if (strcmp(who.account, expected) != 0)
		rc = fault(f, FAULT_REFUSED,
		    "the credentials (%s) belong to account %s, not to %s as "
		    "--expect-account says; check the profile",
		    who.arn, who.account, expected);
	identity_release(&who);
	return rc;
}

/* What the names of the table (NULL: unknown) and of its key attributes say
 * about its entries. */
static void
take_names(struct context *c, const char *table)
{
	const struct key_schema *k = &c->schema;

	c->rules.all_sessions = sessions_attribute(k->partition) ||
	    (table != NULL && sessions_table(table));
	c->rules.mask_partition = mask_hides_attribute(k->partition);
	c->rules.mask_sort = k->sort != NULL && mask_hides_attribute(k->sort);
}

/* A prefix of sort keys selects nothing where there are none. */
static int
check_sort(const struct context *c, struct fault *f)
{
	if (c->o->sort_prefixes.n == 0 || c->schema.sort != NULL)
		return 0;
	return fault(f, FAULT_USAGE,
	    "--sort-prefix: table %s has no sort key; its key is %s alone",
	    c->table.name, c->schema.partition);
}

/* Where TTL does not act, that is the reason of what it would act on; where it
 * acts, of nothing. */
static void
tell_reason(const struct context *c)
{
	unsigned bits = c->o->reason.bits;

	if (c->rules.ttl_acts && bits == 1u << REASON_TTL_OFF)
		log_note(c->log,
		    "--reason ttl-off: TTL %s on for %s, so no entry has this "
		    "reason",
		    c->table.ttl_status != NULL ? "is" : "is taken to be",
		    c->ttl);
	if (c->rules.ttl_acts || (bits & 1u << REASON_TTL_OFF) != 0)
		return;
	for (int i = 0; i < REASONS; i++)
		if ((bits & 1u << i) != 0 &&
		    (i == REASON_TOO_OLD || i == REASON_NONE))
			log_note(c->log,
			    "--reason %s: while TTL does not act on %s, such "
			    "entries have the reason ttl-off",
			    reason_name((enum reason)i), c->ttl);
}

/* Take over the table's description, and the time. */
static void
take_table(struct context *c, const struct context_hints *hints)
{
	const char *asked = c->o->ttl_attribute;
	const char *hint = hints != NULL ? hints->ttl_attribute : NULL;
	struct buf pace = { 0 };

	c->schema = c->table.schema;
	take_names(c, c->table.name);
	c->ttl = asked != NULL               ? asked
	    : c->table.ttl_attribute != NULL ? c->table.ttl_attribute
	    : hint != NULL                   ? hint
					     : "ttl";
	c->rules.ttl_acts = ddb_table_ttl_acts(&c->table, c->ttl);
	c->rules.ttl_other = c->table.ttl_acts && !c->rules.ttl_acts
	    ? c->table.ttl_attribute
	    : NULL;
	c->rules.now = option_given(c->o, "now") ? c->o->now : ddb_now(c->ddb);
	c->price = c->table.provisioned ? NULL : price_of(c->config.region);
	c->pace =
	    plan_pace(&c->table, c->o->max_rcu, c->o->max_wcu, c->portion.of);
	ddb_limit(c->ddb, c->pace.reads, c->pace.writes);
	text_report_pace(&pace, &c->pace);
	ddb_log(c->ddb, LOG_DEBUG, "pace: %s", buf_text(&pace));
	buf_release(&pace);
}

static int
open_live(struct context *c, const struct context_hints *hints, struct fault *f)
{
	bool hinted = hints != NULL && hints->table != NULL &&
	    !option_given(c->o, "table");
	const char *table = hinted ? hints->table : c->o->table;

	if (!hinted && c->o->stack == NULL && option_table(c->o, f) != 0)
		return -1;
	if (context_locate(c, hints != NULL ? hints->region : NULL, f) != 0)
		return -1;
	if (context_client(c,
		hinted ? "as the file says" : option_table_from(c->o), f) != 0)
		return -1;
	ddb_log(c->ddb, LOG_DEBUG, "region %s, endpoint %s (from %s)",
	    c->config.region, c->config.endpoint, c->config.endpoint_from);
	ddb_log(c->ddb, LOG_DEBUG, "credentials: %s",
	    aws_credentials_source(c->credentials));
	if (c->o->stack != NULL) {
		if (context_stack(c, f) != 0)
			return -1;
		table = c->stack.table;
	}
	if (ddb_table_describe(c->conn, table, &c->table, f) != 0 ||
	    context_account(c, f) != 0)
		return -1;
	take_table(c, hints);
	if (check_sort(c, f) != 0)
		return -1;
	if (c->table.ttl_status == NULL)
		log_note(c->log,
		    "TTL status unknown: %s; entries are judged as if TTL were "
		    "on for %s",
		    c->table.ttl_why,
		    c->table.ttl_attribute != NULL ? c->table.ttl_attribute
						   : c->ttl);
	c->listed = c->o->keys_from != NULL;
	if (c->listed &&
	    keylist_read(&c->keys, c->o->keys_from, &c->table, f) != 0)
		return -1;
	if (c->listed && c->keys.n == 0)
		context_tell_keys(c, 0);
	return 0;
}

int
context_again(struct context *c, struct fault *f)
{
	struct ddb_table table = { 0 };

	if (ddb_table_describe(c->conn, c->table.name, &table, f) != 0) {
		ddb_table_release(&table);
		return -1;
	}
	ddb_table_release(&c->table);
	c->table = table;
	take_table(c, NULL);
	return 0;
}

/* Check the files before anything is sent. Standard input and other open
 * descriptors are not opened twice. */
static int
check_files(const struct options *o, struct fault *f)
{
	const char *list = o->keys_from;
	bool directory = o->layout == LAYOUT_S3;

	if (list != NULL && strcmp(list, "-") != 0 &&
	    outfile_descriptor(list) < 0 && access(list, R_OK) != 0)
		return input_refuse_url(list, f) != 0
		    ? -1
		    : fault(f, FAULT_IO, "--keys-from %s: %s", list,
			  strerror(errno));
	if (outfile_check(o->output, directory, f) != 0)
		return fault_at(f, "--output");
	if (outfile_check(o->metrics_file, false, f) != 0)
		return fault_at(f, "--metrics-file");
	if (outfile_check(o->checkpoint, false, f) != 0)
		return fault_at(f, "--checkpoint");
	return 0;
}

void
context_add_place(struct buf *out, const struct context *c, const char *table)
{
	if (!option_given(c->o, "table") && c->o->stack == NULL &&
	    table != NULL) {
		buf_adds(out, " --table ");
		shlex_quote(out, table);
	}
	if (!option_given(c->o, "region") && c->config.region != NULL) {
		buf_adds(out, " --region ");
		shlex_quote(out, c->config.region);
	}
	if (c->endpoint_shown && !option_given(c->o, "endpoint-url")) {
		buf_adds(out, " --endpoint-url ");
		shlex_quote(out, c->config.endpoint);
	}
}

/* What a command to continue needs. A journal says its table itself. */
static char *
place_options(const struct context *c, const struct context_hints *hints)
{
	bool told = hints != NULL && hints->table != NULL;
	struct buf b = { 0 };

	if (c->ddb == NULL)
		return NULL;
	context_add_place(&b, c, told ? NULL : c->table.name);
	return buf_detach(&b);
}

/* With --shard auto/N: the number that the job has given, so that commands and
 * checkpoints name the same shard elsewhere. */
static void
number_shard(struct context *c)
{
	struct buf shard = { 0 };

	if (!c->portion.from_job)
		return;
	buf_addf(&shard, "%lld/%lld", (long long)c->portion.shard,
	    (long long)c->portion.of);
	c->own_shard = buf_detach(&shard);
	own_options(c)->shard = c->own_shard;
	renew_line(c);
}

int
context_open(struct context *c, const struct options *o,
    const struct context_hints *hints, struct log *log, struct fault *f)
{
	*c = (struct context){ .o = o, .log = log };
	c->rules.session_prefixes = o->session_prefixes.list;
	c->rules.nprefixes = o->session_prefixes.n;
	c->rules.separators = o->group_separators;
	c->rules.groups = default_groups;
	c->rules.ngroups = sizeof(default_groups) / sizeof(*default_groups);
	c->rules.sizes = !o->no_sizes;
	c->rules.zone.known = o->zone != NULL &&
	    text_zone_parse(o->zone, &c->rules.zone.east) == 0;
	if (o->groups.n > 0) {
		c->rules.groups = o->groups.list;
		c->rules.ngroups = o->groups.n;
	}
	if (subset_read(&c->portion, o, f) != 0 || check_files(o, f) != 0)
		return -1;
	number_shard(c);
	if (o->input == NULL) {
		if (open_live(c, hints, f) != 0)
			return -1;
	} else {
		if (context_input_open(c, f) != 0)
			return -1;
		take_names(c, c->file_table);
	}
	tell_reason(c);
	option_echo_make(&c->quoted, c->o, &c->rules);
	c->quoted.place = place_options(c, hints);
	return 0;
}

void
context_close(struct context *c)
{
	context_end(c);
	context_input_close(c);
	keylist_release(&c->keys);
	ddb_table_release(&c->table);
	stack_release(&c->stack);
	ddb_conn_close(c->conn);
	ddb_close(c->ddb);
	aws_credentials_close(c->credentials);
	if (c->world != NULL)
		world_real_close(c->world);
	aws_config_release(&c->config);
	option_echo_release(&c->quoted);
	subset_release(&c->portion);
	free(c->own_shard);
	free(c->own_line);
	free(c->own);
	*c = (struct context){ 0 };
}

/* How many segments the table is scanned in. */
static int64_t
segments(struct context *c)
{
	subset_choose(&c->portion, c->o, c->table.bytes,
	    c->world->chance(c->world->ctx));
	return c->portion.segments;
}

/* How much --limit makes it read, and by how many workers. */
static struct scan_budget
budget(const struct context *c)
{
	struct selection s;

	option_selection(&s, c->o);
	return scan_budget_of(option_given(c->o, "limit") ? c->o->limit : 0,
	    !selection_is_any(&s), (int)c->o->jobs);
}

struct source *
context_source(struct context *c, bool keys_only, bool any_order)
{
	const struct scan_budget b = budget(c);
	const struct keys_options listed = {
		.table = &c->table,
		.ttl = c->ttl,
		.json = &c->keys.json,
		.ends = c->keys.ends,
		.n = c->keys.n,
	};
	struct scan_options scan = {
		.table = &c->table,
		.ttl = c->ttl,
		.consistent = c->o->consistent,
		.keys_only = keys_only,
		.limit = b.page,
		.grows = b.grows,
	};

	if (c->listed)
		return keys_source(&listed);
	if (c->ddb == NULL)
		return context_input_source(c, any_order ? (int)c->o->jobs : 1);
	scan.segments =
	    b.whole && !option_given(c->o, "segments") ? 1 : segments(c);
	scan.wanted = c->portion.wanted;
	if (c->resume != NULL) {
		scan.segments = c->resume->segments;
		scan.from = c->resume->positions;
	}
	return scan_source(&scan);
}

static void
put(void *ctx, const char *p, size_t n)
{
	const struct context *c = ctx;

	if (n > 0 && p[n - 1] == '\n')
		log_write(c->log, p, n);
	else
		log_draw(c->log, p, n);
}

static int
width(void *ctx)
{
	int cells = term_width(STDERR_FILENO, 80);

	(void)ctx;
	if (!term_foreground(STDERR_FILENO))
		return 0;
	/* room for the terminal's "^C": it would begin another line */
	return cells > 20 ? cells - 2 : cells;
}

static enum progress_mode
progress_mode(const struct options *o, bool rows)
{
	bool always = o->progress == TERM_ALWAYS;

	if (o->progress == TERM_NEVER || (o->quiet && !always))
		return PROGRESS_OFF;
	/* rows on the same screen would mix with it */
	if (rows && isatty(STDERR_FILENO) && isatty(STDOUT_FILENO))
		return PROGRESS_OFF;
	if (!term_draws(STDERR_FILENO) || (rows && term_piped(STDOUT_FILENO)))
		return always ? PROGRESS_LINES : PROGRESS_BEAT;
	return PROGRESS_DRAW;
}

/* How many segments a pass still has to read, of ${of}. A continued run skips
 * the finished ones; how much is left of the others is unknown. */
static int64_t
segments_ahead(const struct context *c, bool whole, int64_t *of)
{
	const struct subset *p = &c->portion;
	const struct checkpoint *r = whole ? NULL : c->resume;
	int64_t n = p->wanted != NULL ? p->asked : 1;

	*of = p->wanted != NULL ? p->segments : 1;
	if (r == NULL)
		return n;
	if (p->wanted == NULL)
		n = *of = r->segments;
	for (int64_t i = 0; i < r->segments; i++)
		n -= r->positions[i].finished;
	return n;
}

/* How many entries a pass will see; 0: unknown, -1: unknown, of a file. */
static int64_t
expected(const struct context *c, bool whole)
{
	int64_t of, ahead = segments_ahead(c, whole, &of);

	if (c->ddb == NULL)
		return c->file_items;
	if (c->listed)
		return (int64_t)c->keys.n;
	if (ahead == of || c->table.items <= 0)
		return c->table.items;
	return (int64_t)((double)c->table.items * (double)ahead / (double)of) +
	    1;
}

/* Only once nothing refuses the run any more. */
static void
tell_resumed(struct context *c)
{
	char now[32];

	if (!c->resumed || c->resumed_noted)
		return;
	c->resumed_noted = true;
	(void)text_time_format(now, c->rules.now);
	log_note(c->log,
	    "continuing at checkpoint %s; entries are judged at %s",
	    c->o->checkpoint, now);
}

void
context_begin_phase(struct context *c, const struct context_phase *p)
{
	const struct progress_options o = {
		.mode = progress_mode(c->o, p->rows),
		.verb = p->verb,
		.matched = p->matched,
		.written = p->written,
		.expected = p->files ? p->entries : expected(c, p->whole),
		.exact = p->files,
		.put = put,
		.width = width,
		.ctx = c,
	};
	int64_t now = c->world->mono_us(c->world->ctx);

	tell_resumed(c);
	progress_stop(c->progress);
	if (c->begun_us == 0)
		c->begun_us = now;
	c->progress = progress_start(&o, now);
}

void
context_begin(struct context *c, const char *matched, bool rows)
{
	c->begun_us = 0;
	context_begin_phase(c,
	    &(struct context_phase){ .verb = "scanned",
		.matched = matched,
		.rows = rows });
}

void
context_begin_files(struct context *c, const char *verb, int64_t entries)
{
	context_begin_phase(c,
	    &(struct context_phase){ .verb = verb,
		.files = true,
		.entries = entries });
}

void
context_tick(void *context, const struct pass_progress *p)
{
	struct context *c = context;

	if (stop_requested() == SIGINT && !c->stop_noted &&
	    isatty(STDERR_FILENO)) {
		c->stop_noted = true;
		log_note(c->log,
		    "finishing requests in flight; press Ctrl-C again to quit "
		    "now");
	}
	if (c->progress != NULL)
		progress_tick(c->progress, c->world->mono_us(c->world->ctx), p);
}

void
context_end(struct context *c)
{
	progress_stop(c->progress);
	c->progress = NULL;
	if (c->file_partial)
		context_warn_partial(c->log, c->o->input);
	c->file_partial = false;
}

int
context_pass(struct context *c, const struct context_pass *how,
    struct pass_progress *done, struct fault *f)
{
	struct selection selection;
	struct summary total;
	const struct pass pass = {
		.source = context_source(c, how->keys_only, false),
		.ddb = c->ddb,
		.rules = &c->rules,
		.selection = &selection,
		.jobs = how->alone ? 1 : budget(c).jobs,
		.sink = how->sink,
		.tick = context_tick,
		.tick_ctx = c,
	};
	int rc;

	option_selection(&selection, c->o);
	summary_init(&total, 0, c->rules.sizes);
	context_begin(c, how->verb, how->rows);
	rc = pass_run(&pass, &total, done, f);
	context_end(c);
	if (rc == 0 && c->keys.n > 0)
		context_tell_keys(c, done->absent);
	if (rc >= 0) {
		context_tell_prefixes(c, total.prefixes, total.items);
		context_tell_kind(c, &total);
		if (how->masks)
			context_tell_unmasked(c, &total);
		context_tell_attribute(c, &total,
		    !how->timed &&
			(done->matched > 0 ||
			    (selection_states(&selection) &
				1u << STATE_IMMORTAL) != 0));
	}
	summary_release(&total);
	source_close(pass.source);
	return rc;
}

/* Check that the checkpoint fits the command line. */
static int
check_fit(const struct context *c, const struct checkpoint *p, struct fault *f)
{
	const struct options *o = c->o;
	char what[64];

	if (option_given(o, "now") && o->now != p->now)
		return fault(f, FAULT_USAGE,
		    "--now: the checkpoint %s has its own time, %lld; leave "
		    "out --now, or start over without the checkpoint",
		    o->checkpoint, (long long)p->now);
	if (option_given(o, "segments") && o->segments != p->segments)
		return fault(f, FAULT_USAGE,
		    "--segments: the checkpoint %s has %lld; leave out "
		    "--segments, or start over without the checkpoint",
		    o->checkpoint, (long long)p->segments);
	if (c->portion.of == 0 || p->segments == SCAN_SHARD_SEGMENTS)
		return 0;
	(void)snprintf(what, sizeof(what),
	    "it has %lld segments, but shards have %d", (long long)p->segments,
	    SCAN_SHARD_SEGMENTS);
	return checkpoint_damaged(o->checkpoint, what, f);
}

int
context_resume(struct context *c, struct checkpoint *p, struct fault *f)
{
	int r;

	p->endpoint = c->config.endpoint;
	p->table = &c->table;
	p->ttl_attribute = c->ttl;
	p->file_bytes = -1;
	r = checkpoint_load(c->o->checkpoint, p, f);
	if (r < 0 || (r > 0 && check_fit(c, p, f) != 0))
		return -1;
	if (r > 0) {
		c->rules.now = p->now;
		c->resumed = true;
	} else {
		p->now = c->rules.now;
		p->segments = segments(c);
		p->positions =
		    xcalloc((size_t)p->segments, sizeof(*p->positions));
	}
	c->resume = p;
	return r;
}

struct report_place
context_place(const struct context *c)
{
	if (c->ddb == NULL)
		return (struct report_place){
			.input = c->o->input,
			.files = c->input_files,
			.journal = c->input_journal,
			.table = c->file_table,
			.region = c->file_region,
		};
	return (struct report_place){
		.table = c->table.name,
		.table_id = c->table.id[0] != '\0' ? c->table.id : NULL,
		.account =
		    c->table.account[0] != '\0' ? c->table.account : NULL,
		.region = c->config.region,
		.endpoint = c->config.endpoint,
		.endpoint_shown = c->endpoint_shown,
		.profile = c->o->profile,
		.price = c->price,
		.repeat = c->quoted.repeat,
		.masked = c->quoted.masked,
	};
}

struct report_work
context_work(const struct context *c, const struct pass_progress *done)
{
	int64_t now_us = c->world->mono_us(c->world->ctx);
	struct report_work w = {
		.items = done->items,
		.bytes = c->rules.sizes ? done->bytes : -1,
		.pages = done->pages,
		.seconds = (double)(now_us - c->begun_us) / 1e6,
		.finished = c->world->wall_ms(c->world->ctx) / 1000,
	};
	struct ddb_counts counts;

	if (c->ddb != NULL) {
		ddb_counts(c->ddb, &counts);
		w.requests = counts.requests;
		w.writes = counts.writes;
		w.retries = counts.retries;
		w.throttled = counts.throttled;
		w.throttled_writes = counts.throttled_writes;
		w.read_units = counts.read_units;
		w.write_units = counts.write_units;
		w.finished = ddb_now(c->ddb);
	}
	return w;
}
