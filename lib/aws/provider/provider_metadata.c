#include <stddef.h>
#include <string.h>

#include "lib/aws/doc.h"
#include "lib/aws/imds.h"
#include "lib/aws/message.h"
#include "lib/aws/provider/search.h"
#include "lib/base/fault.h"
#include "lib/base/secret.h"

#define ROLES "iam/security-credentials/"

/* The name of the instance's role, the first line of the reply. */
static int
get_role(struct imds *m, struct buf *role, struct fault *f)
{
	int rc = imds_get(m, ROLES, role, f);
	size_t n = strcspn(buf_text(role), "\r\n");

	if (rc != 0)
		return rc;
	if (n > 0)
		role->p[n] = '\0';
	role->n = n;
	/* the characters that IAM allows */
	if (n == 0 ||
	    strspn(role->p,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789+=,.@_-") != n)
		return fault(f, FAULT_DATA,
		    "%.100s: it gives something else than a role name",
		    imds_url(m));
	return 0;
}

/* A 200 may be an error too: {"Code":"AssumeRoleUnauthorizedAccess",…}. */
static int
take(struct search *s, const struct doc *d, const char *place, struct fault *f)
{
	static const char *const names[] = { "AccessKeyId", "SecretAccessKey",
		"Token", "AccountId", "Expiration" };
	const char *code = doc_text(d, NULL, "Code");
	char message[320];

	message_copy(message, sizeof(message), doc_text(d, NULL, "Message"));
	if (code != NULL && strcmp(code, "Success") != 0)
		return fault(f, FAULT_CREDENTIALS, "%s: %.100s: %.300s", place,
		    code, message[0] != '\0' ? message : "no message");
	return search_take_doc(s, d, NULL, names, place, f);
}

static int
get_keys(struct search *s, struct imds *m, struct fault *f)
{
	struct buf role = { 0 }, path = { 0 }, text = { 0 };
	struct doc *d = NULL;
	int rc = get_role(m, &role, f);

	if (rc == 1) {
		buf_addf(&s->why, "%.100s: this instance has no role",
		    imds_url(m));
		rc = 0;
		goto out;
	}
	if (rc != 0)
		goto out;
	buf_addf(&path, ROLES "%s", buf_text(&role));
	rc = imds_get(m, buf_text(&path), &text, f);
	if (rc != 0) {
		rc = rc < 0 ? -1
			    : fault(f, FAULT_CREDENTIALS,
				  "%.100s: no keys for its role \"%.100s\"",
				  imds_url(m), buf_text(&role));
		goto out;
	}
	buf_addf(&s->source, "role %s of this instance (%s)", buf_text(&role),
	    imds_url(m));
	d = doc_parse(&text, f);
	rc = d != NULL ? take(s, d, buf_text(&s->source), f)
		       : fault_at(f, "%.200s", buf_text(&s->source));
out:
	doc_free(d);
	secret_release(&text);
	buf_release(&path);
	buf_release(&role);
	return rc;
}

int
provider_metadata(struct search *s, struct fault *f)
{
	struct fault why = { 0 };
	struct imds *m = imds_open(s->config, s->world, &why);
	int rc;

	if (m == NULL &&
	    (why.kind == FAULT_CONFIG || why.kind == FAULT_CANCELLED))
		return fault(f, why.kind, "%s", why.text);
	if (m == NULL) {
		buf_addf(&s->why, "%.500s", why.text);
		return 0;
	}
	rc = get_keys(s, m, f);
	imds_close(m);
	return rc;
}
