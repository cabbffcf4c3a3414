#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/session.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"

/* Secrets are short and cookies are; what is longer is another file. */
#define TEXT_MAX ((size_t)64 << 10)

/* Read ${fd} to its end. */
static int
read_secret(struct buf *s, int fd, const char *name, struct fault *f)
{
	int rc = file_read(fd, name, TEXT_MAX, s, f);

	if (rc == 1)
		return fault(f, FAULT_DATA,
		    "%s: longer than %zu KiB, which no such file is", name,
		    TEXT_MAX >> 10);
	return rc;
}

/* Applications hand their secrets to express-session as such an array. */
static bool
is_json_array(const struct buf *s)
{
	size_t blank = 0;

	while (blank < s->n && strchr(" \t\r\n", s->p[blank]) != NULL &&
	    s->p[blank] != '\0')
		blank++;
	return blank < s->n && s->p[blank] == '[' &&
	    slice_check((struct slice){ s->p, s->n }, NULL) == 0;
}

static int
secrets_open(struct buf *s, const char *path, struct log *log, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		rc = fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_IO,
		    "%s: %s", path, strerror(errno));
	} else {
		if (S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0)
			log_warn(log,
			    "%s: everyone on this machine can read it; run "
			    "chmod o-r on it",
			    path);
		rc = read_secret(s, fd, path, f);
		if (rc == 0 && is_json_array(s))
			rc = fault(f, FAULT_DATA,
			    "%s: a JSON array; write the secrets as plain "
			    "text, one per line",
			    path);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The cookie as an option, or what standard input holds. */
static int
cookie_open(struct cookie *cookie, const struct options *o,
    struct slice secrets, struct fault *f)
{
	struct buf typed = { 0 };
	struct slice text = slice_str(o->cookie);
	int rc = 0;

	if (strcmp(o->cookie, "-") == 0) {
		rc = read_secret(&typed, STDIN_FILENO, "standard input", f);
		text = (struct slice){ typed.p, typed.n };
	}
	if (rc == 0)
		rc = cookie_read(cookie, text, secrets, f);
	secret_release(&typed);
	return rc;
}

/* Whether the cookie may be followed, as far as the secrets tell. */
static int
judge(const struct cookie *c, const struct options *o, struct fault *f)
{
	if (o->secret_file == NULL || c->verdict == COOKIE_VALID)
		return 0;
	if (c->verdict == COOKIE_UNSIGNED)
		return fault(f, FAULT_REFUSED,
		    "the cookie is not signed, so express-session would reject "
		    "it; leave out --secret-file to look for its session "
		    "anyway");
	if (c->secrets == 0)
		return fault(f, FAULT_DATA, "%s: contains no secret",
		    o->secret_file);
	return fault(f, FAULT_REFUSED,
	    "the cookie's signature is wrong: it was not made with %s in %s, "
	    "or the cookie was changed; leave out --secret-file to look for "
	    "its session anyway",
	    c->secrets == 1 ? "the secret" : "any secret", o->secret_file);
}

/* Each session prefix, and the id behind it; where none was given, those that
 * stores of express-session write: connect-dynamodb and dynamodb-store have
 * sess: by default, and can be set to any, or to none. */
static void
find_keys(struct session *s, const struct rules *rules)
{
	static const char *const usual[] = { "session:", "sess:", "" };
	const struct buf *id = &s->cookie.id;
	bool given = rules->nprefixes > 0;
	size_t count =
	    given ? rules->nprefixes : sizeof(usual) / sizeof(*usual);

	s->keys = xcalloc(count, sizeof(*s->keys));
	for (size_t i = 0; i < count; i++) {
		struct buf key = { 0 };
		size_t n;

		buf_adds(&key, given ? rules->session_prefixes[i] : usual[i]);
		buf_add(&key, buf_text(id), id->n);
		n = key.n;
		s->keys[s->nkeys++] = (struct slice){ buf_detach(&key), n };
	}
}

int
session_open(struct session *s, const struct context *c, struct fault *f)
{
	const struct options *o = c->o;
	struct buf secrets = { 0 };
	int rc = -1;

	if (o->secret_file != NULL &&
	    secrets_open(&secrets, o->secret_file, c->log, f) != 0)
		goto out;
	if (cookie_open(&s->cookie, o, (struct slice){ secrets.p, secrets.n },
		f) != 0 ||
	    judge(&s->cookie, o, f) != 0)
		goto out;
	if (s->cookie.id.n == 0) {
		(void)fault(f, FAULT_USAGE,
		    "--cookie: it contains no session id");
		goto out;
	}
	find_keys(s, &c->rules);
	rc = 0;
out:
	secret_release(&secrets);
	return rc;
}

void
session_print(const struct session *s, struct buf *out)
{
	const struct cookie *c = &s->cookie;

	switch (c->verdict) {
	case COOKIE_UNSIGNED:
		buf_adds(out,
		    "cookie: NOT SIGNED; express-session would reject it\n");
		break;
	case COOKIE_UNVERIFIED:
		buf_adds(out,
		    "cookie: signed, NOT VERIFIED; verify it with "
		    "--secret-file\n");
		break;
	case COOKIE_WRONG:
		buf_adds(out, "cookie: the signature is WRONG\n");
		break;
	case COOKIE_VALID:
		buf_adds(out, "cookie: the signature is valid");
		if (c->secrets > 1)
			buf_addf(out, " (secret %zu of %zu)", c->secret,
			    c->secrets);
		buf_addc(out, '\n');
		break;
	}
}

void
session_close(struct session *s)
{
	for (size_t i = 0; i < s->nkeys; i++) {
		/* made in find_keys, for us alone */
		crypto_wipe((char *)(uintptr_t)s->keys[i].p, s->keys[i].n);
		free((char *)(uintptr_t)s->keys[i].p);
	}
	free(s->keys);
	cookie_release(&s->cookie);
	*s = (struct session){ 0 };
}
