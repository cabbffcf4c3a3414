#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/profile.h"
#include "lib/base/fault.h"

/*
 * Any bytes as ~/.aws/config and as ~/.aws/credentials: they are read, or
 * refused with a message; settings that were read can be looked up.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(const struct profile_file *file, const char *type, const char *name)
{
	static const char *const options[] = { "region", "aws_access_key_id",
		"dynamodb", "k", "" };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *v = profile_get(file, type, name, options[i], NULL);
		const char *sub =
		    profile_get(file, type, name, options[i], "endpoint_url");

		/* Values are whole strings, and never of both kinds. */
		if ((v != NULL && strlen(v) > (size_t)1 << 30) ||
		    (v != NULL && sub != NULL))
			abort();
		if ((v != NULL || sub != NULL) &&
		    profile_line(file, type, name, options[i]) < 1)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum profile_kind kinds[] = { PROFILE_CONFIG,
		PROFILE_CREDENTIALS };

	for (size_t k = 0; k < 2; k++) {
		struct fault f = { 0 };
		struct profile_file *file = profile_parse((const char *)data,
		    size, "file", kinds[k], &f);
		const char *name;

		if (file == NULL) {
			if (f.kind != FAULT_CONFIG ||
			    strncmp(f.text, "file:", 5) != 0)
				abort();
			continue;
		}
		for (size_t i = 0; (name = profile_name(file, i)) != NULL;
		     i++) {
			if (!profile_has(file, "profile", name) ||
			    profile_line(file, "profile", name, NULL) < 1)
				abort();
			ask(file, "profile", name);
		}
		ask(file, "services", "local");
		ask(file, "sso-session", "corp");
		profile_free(file);
	}
	return 0;
}
