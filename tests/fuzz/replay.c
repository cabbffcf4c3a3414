/*
 * Runs a fuzz harness over kept inputs, without libFuzzer: the files given, or
 * in the directories given, as arguments, and the empty input. One TAP test. A
 * harness that finds a fault ends the program.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A buffer of exactly the input's size, so that AddressSanitizer sees a read
 * past its end. */
static int
replay_file(const char *path)
{
	uint8_t *data = NULL;
	struct stat st;
	FILE *f;
	int rc = -1;

	if ((f = fopen(path, "rb")) == NULL || fstat(fileno(f), &st) != 0)
		goto out;
	if ((data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1)) == NULL)
		goto out;
	if (fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
		goto out;
	fprintf(stderr, "# %s\n", path);
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	rc = 0;
out:
	if (rc != 0)
		printf("not ok 1 - %s: %s\n", path, strerror(errno));
	if (f != NULL)
		fclose(f);
	free(data);
	return rc;
}

/* Inputs replayed below ${path}; -1 when one could not be read. */
static int
replay(const char *path)
{
	struct dirent *entry;
	char name[4096];
	int n = 0;
	DIR *dir;

	if ((dir = opendir(path)) == NULL)
		return replay_file(path) == 0 ? 1 : -1;
	while (n >= 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		n = replay_file(name) == 0 ? n + 1 : -1;
	}
	closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	const uint8_t nothing[1] = { 0 };
	int total = 0, n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	LLVMFuzzerTestOneInput(nothing, 0);
	for (int i = 1; i < argc; i++) {
		if ((n = replay(argv[i])) < 0)
			return 1;
		total += n;
	}
	printf("%s 1 - %d inputs\n1..1\n", total > 0 ? "ok" : "not ok", total);
	return total > 0 ? 0 : 1;
}
