#include <string.h>

#include "cli/context/unlock.h"
#include "cli/option/option.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/stream/cms_key.h"

/* The passphrase of the key in ${path}: its length, -1. */
static int
ask(void *ctx, const char *path, char *to, size_t size, struct fault *f)
{
	struct buf prompt = { 0 }, answer = { 0 };
	int n = -1;

	(void)ctx;
	buf_adds(&prompt, "Passphrase of ");
	text_escape(&prompt, path, strlen(path), !term_utf8());
	buf_adds(&prompt, ": ");
	switch (tty_ask(buf_text(&prompt), true, size, &answer, f)) {
	case TTY_NONE:
		(void)fault(f, FAULT_REFUSED,
		    "%s: it has a passphrase, and there is no terminal to ask "
		    "for it; make a copy without one: openssl pkey -in %s -out "
		    "COPY.pem",
		    path, path);
		break;
	case TTY_END:
		(void)fault(f, FAULT_REFUSED, "no passphrase given");
		break;
	case TTY_LONG:
		(void)fault(f, FAULT_REFUSED, "the passphrase is too long");
		break;
	case TTY_LINE:
		memcpy(to, buf_text(&answer), answer.n);
		n = (int)answer.n;
		break;
	case TTY_FAILED:
		break;
	}
	buf_release(&prompt);
	secret_release(&answer);
	return n;
}

int
unlock_key(struct cms_key **key, const struct options *o, struct fault *f)
{
	*key = NULL;
	if (o->decrypt_with == NULL)
		return 0;
	*key = cms_key_load(o->decrypt_with, ask, NULL, f);
	return *key != NULL ? 0 : -1;
}
