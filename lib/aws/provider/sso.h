#ifndef LIB_AWS_PROVIDER_SSO_H
#define LIB_AWS_PROVIDER_SSO_H

#include "lib/base/fault.h"

struct aws_config;
struct buf;
struct world;

/*
 * The token of a single sign-on, as `aws sso login` leaves it in
 * ~/.aws/sso/cache; shared with the AWS CLI and the SDKs, in their form.
 */
struct sso_sign_on {
	const struct aws_config *config;
	struct world *world;
	const char *session;   /* [sso-session NAME]; NULL: the old style,
				  whose tokens cannot be renewed */
	const char *start_url; /* what the old style's file is named after */
	const char *region;
	struct fault kept; /* out: why the file could not be replaced */
};

/*
 * The token, added to an empty ${out}, which the caller wipes. With less than
 * a quarter of an hour left it is renewed where that is possible, and the
 * file replaced (the old one may be good for nothing then); a renewal that
 * fails is an error only when the token has ended. -1 with FAULT_CREDENTIALS:
 * somebody must sign on anew.
 */
int sso_token(struct sso_sign_on *s, struct buf *out, struct fault *f);

#endif
