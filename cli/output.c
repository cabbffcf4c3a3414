#include <string.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"
#include "lib/stream/stream.h"

int
output_open(struct output *o, const struct stream_options *options,
    struct fault *f)
{
	bool standard =
	    options->path == NULL || strcmp(options->path, "-") == 0;

	*o = (struct output){ .tame = standard && isatty(STDOUT_FILENO) };
	if (o->tame && (options->gzip || options->to != NULL))
		return fault(f, FAULT_USAGE,
		    "refusing to write %s data to a terminal; use -o FILE or a "
		    "pipe",
		    options->to != NULL ? "encrypted" : "compressed");
	o->stream = stream_open(options, f);
	return o->stream != NULL ? 0 : -1;
}

int
output_write(struct output *o, const char *p, size_t n, struct fault *f)
{
	struct buf tame = { 0 };
	int rc;

	if (!o->tame)
		return stream_write(o->stream, p, n, f);
	term_tame(&tame, p, n, !text_locale_utf8());
	rc = stream_write(o->stream, buf_text(&tame), tame.n, f);
	buf_release(&tame);
	return rc;
}

int
output_commit(struct output *o, struct fault *f)
{
	struct stream *s = o->stream;

	o->stream = NULL;
	return stream_commit(s, f);
}

void
output_discard(struct output *o)
{
	stream_discard(o->stream);
	o->stream = NULL;
}

int
output_all(const char *path, const struct buf *b, struct fault *f)
{
	return stream_file(path, buf_text(b), b->n, f);
}
