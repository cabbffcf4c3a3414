#include <string.h>

#include "lib/aws/doc.h"
#include "lib/aws/keyset.h"
#include "lib/aws/provider/provider_parts.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/subprocess.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

/* Long enough for somebody to sign on in a browser that it opens. */
#define LIMIT_MS ((int64_t)120 * 1000)
#define OUT_MAX ((size_t)1 << 20)
#define ERR_SHOWN 400

/* What it wrote to standard error, on one line. */
static void
add_errors(struct buf *out, const struct buf *err)
{
	size_t n = err->n < ERR_SHOWN ? err->n : ERR_SHOWN;

	while (n > 0 && strchr(" \t\r\n", err->p[n - 1]) != NULL)
		n--;
	if (n == 0)
		return;
	buf_adds(out, ": ");
	text_escape(out, err->p, n, false);
}

static int
take(struct search *s, const struct subprocess *r, struct fault *f)
{
	static const char *const names[] = { "AccessKeyId", "SecretAccessKey",
		"SessionToken", "AccountId", "Expiration" };
	struct doc *d = doc_parse((struct slice){ r->out.p, r->out.n }, f);
	struct config_value account;
	int rc;

	if (d == NULL)
		return fault_at(f,
		    "what it writes is not what AWS's tools "
		    "expect");
	if (doc_int(d, NULL, "Version") != 1)
		rc = fault(f, FAULT_CREDENTIALS,
		    "what it writes has no \"Version\": 1");
	else
		rc = search_take_doc(s, d, NULL, names, "what it writes", f);
	if (rc == 1 && s->keys->account == NULL &&
	    search_option(s, "aws_account_id", &account))
		s->keys->account = xstrdup(account.value);
	doc_free(d);
	return rc;
}

int
provider_process(struct search *s, struct fault *f)
{
	struct config_value set;
	struct subprocess r = { .limit_ms = LIMIT_MS, .out_max = OUT_MAX };
	struct buf errors = { 0 };
	char **words;
	int rc;

	if (!search_option(s, "credential_process", &set))
		return 0;
	words = shlex_split(set.value);
	if (words == NULL || words[0] == NULL) {
		shlex_free(words);
		return fault(f, FAULT_CONFIG,
		    "%s: credential_process: a quote is left open, or nothing "
		    "is in it",
		    set.from);
	}
	r.argv = words;
	rc = subprocess_run(&r, s->world, f);
	if (rc == 0)
		rc = take(s, &r, f);
	if (rc == 1) {
		buf_adds(&s->source, "process of ");
		search_name(&s->source, s);
	} else if (f != NULL && f->kind != FAULT_CANCELLED) {
		struct fault what = *f;

		add_errors(&errors, &r.err);
		(void)fault(f, what.kind, "%s: credential_process: %.400s%s",
		    set.from, what.text, buf_text(&errors));
	}
	secret_release(&r.out);
	secret_release(&r.err);
	buf_release(&errors);
	shlex_free(words);
	return rc == 1 ? 1 : -1;
}
