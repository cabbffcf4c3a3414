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
 * The entries of a list of files as a source of pages. Each file is a segment,
 * read from end to end by one worker at a time. When ${shared}, the files are
 * read one after the other and each page is a segment: for workers that take
 * long over an entry.
 */
struct file_list {
	size_t n;                        /* files */
	const struct key_schema *schema; /* borrowed, as is ttl */
	const char *ttl;
	bool shared;
	/* Of the one file, whose reader is ${ctx}, each worker draws lines of
	 * its own; nothing is checked, and no end is told. 0: not so. */
	int workers;
	size_t page; /* entries of one at most, up to FILE_PAGE */
	/* Callbacks. Those for one file are called one after the other, and
	 * when shared, all are. */
	void *ctx;
	/* File ${i} begins: its reader, at its start, borrowed; NULL on
	 * failure. */
	struct reader *(*begin)(void *ctx, size_t i, struct fault *f);
	/* Check an image first; may be NULL. */
	int (*check)(void *ctx, struct slice image, int64_t line,
	    struct fault *f);
	/* File ${i} has ended after ${entries}, including those that the reader
	 * left out; may be NULL. */
	int (*end)(void *ctx, size_t i, int64_t entries, struct fault *f);
	/* The source is closed; may be NULL. */
	void (*close)(void *ctx);
};
#define FILE_PAGE 2000

struct source *file_source_open(const struct file_list *list);
/* Of one reader, which it takes over. If reader_shares, up to ${workers} share
 * its lines, and the order of its entries is lost. */
struct source *file_source_of(struct reader *r, const struct key_schema *schema,
    const char *ttl, int workers);

/* The file of a worker's segment; of an item of its page, the number of the
 * image in that file, from 0, … */
size_t file_source_file(const struct segment *seg);
int64_t file_source_number(const struct segment *seg, const struct item *item);
/* … and what reader_ttl (export/reader.h) returned with it. */
struct slice file_source_ttl(const struct segment *seg,
    const struct item *item);

#endif
