#ifndef EXPORT_FILE_SOURCE_H
#define EXPORT_FILE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct fault;
struct item;
struct key_schema;
struct reader;
struct segment;
struct source;

/*
 * The entries of a list of files as a source of pages. A file is a segment,
 * read from end to end by one worker at a time; or, when ${shared}, the files
 * are read one after the other and each page is a segment, for workers that
 * take long over an entry.
 */
struct file_list {
	size_t n;                        /* files */
	const struct key_schema *schema; /* borrowed, as is ttl */
	const char *ttl;
	bool shared;
	size_t page; /* entries of one at most, up to FILE_PAGE */
	/* What is done with the files. Several of them may be under way at
	 * once, but for each file the calls come one after the other, and when
	 * shared, all of them do. */
	void *ctx;
	/* File ${i} begins: its reader, at its start; NULL on failure. It
	 * stays theirs who give it. */
	struct reader *(*begin)(void *ctx, size_t i, struct fault *f);
	/* Look at an image before it is handed on; NULL: not wanted. */
	int (*check)(void *ctx, struct slice image, int64_t line,
	    struct fault *f);
	/* File ${i} has ended, and had ${entries}, those that the reader left
	 * out included. NULL: not wanted. */
	int (*end)(void *ctx, size_t i, int64_t entries, struct fault *f);
	/* The source is closed; NULL: not wanted. */
	void (*close)(void *ctx);
};
#define FILE_PAGE 2000

struct source *file_source_open(const struct file_list *list);
/* Of the one reader ${r}, which it owns from here on. */
struct source *file_source_of(struct reader *r, const struct key_schema *schema,
    const char *ttl);

/* Of a segment that a worker has, which file it is of; and of an item of its
 * page, the number of the image in that file, from 0, … */
size_t file_source_file(const struct segment *seg);
int64_t file_source_number(const struct segment *seg, const struct item *item);
/* … and what reader_ttl (export/reader.h) gave with it. */
struct slice file_source_ttl(const struct segment *seg,
    const struct item *item);

#endif
