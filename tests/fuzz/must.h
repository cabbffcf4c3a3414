#ifndef FUZZ_MUST_H
#define FUZZ_MUST_H

#include <stdlib.h>

/* Not assert: this must hold in every build. */
#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

#endif
