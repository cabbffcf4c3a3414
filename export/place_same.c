#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "export/place.h"

/* Where a name leads. */
struct spot {
	bool known;
	dev_t dev; /* of the file; where there is none, of its folder */
	ino_t ino;
	char *name; /* … and its name in it; NULL: the file is there */
};

/* Where nothing is yet: the folder, and the name that ${target} has there. Of
 * a folder that is not there either, the whole name has to tell. */
static void
find_new(struct spot *s, const char *target)
{
	const char *slash = strrchr(target, '/');
	char *folder = slash != NULL
	    ? xstrndup(target, (size_t)(slash - target) + 1)
	    : xstrdup(".");
	struct stat st;

	s->known = true;
	if (stat(folder, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
		s->name = xstrdup(slash != NULL ? slash + 1 : target);
	} else {
		s->name = xstrdup(target);
	}
	free(folder);
}

/* Devices and pipes have room for everything: they are the same as none. */
static void
find(struct spot *s, const char *path)
{
	struct stat st;
	char *target;

	*s = (struct spot){ .known = false };
	/* the name itself: what /dev/stdin leads to may have none */
	if (stat(path, &st) == 0) {
		s->known = S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	} else if ((target = place_follow(path)) != NULL) {
		find_new(s, target);
		free(target);
	}
}

bool
place_same(const char *a, const char *b)
{
	struct spot x, y;
	bool same;

	find(&x, a);
	find(&y, b);
	same = x.known && y.known && x.dev == y.dev && x.ino == y.ino &&
	    (x.name == NULL) == (y.name == NULL) &&
	    (x.name == NULL || strcmp(x.name, y.name) == 0);
	free(x.name);
	free(y.name);
	return same;
}
