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
 * read by one worker at a time. When ${shared}, the files are read one after
 * the other and each page is a segment, for workers that spend long on an
 * entry.
 */
struct file_list {
	size_t n;                        /* files */
	const struct key_schema *schema; /* borrowed, as are ttl, table */
	const char *ttl;
	const char *table; /* whose key it is, for messages; NULL: a guess */
	bool shared;
	/* > 0: so many workers share the lines of one file, whose reader is
	 * ${ctx}; the callbacks are not called. */
	int workers;
	size_t page; /* most entries of a page, or lines of which workers
			make entries, up to FILE_PAGE */
	/* Callbacks; all but begin may be NULL. Never two of begin, end and
	 * done at a time for one file; when shared, never two at a time. */
	void *ctx;
	/* The reader of file ${i}, at its start, borrowed; NULL on failure. */
	struct reader *(*begin)(void *ctx, size_t i, struct fault *f);
	/* Check an entry of file ${i} before it is used; from any thread. */
	int (*check)(void *ctx, size_t i, const struct item *item, int64_t line,
	    struct fault *f);
	/* File ${i} is read to its end, though its last pages may still be
	 * under way; the numbers of its entries are below ${numbers}. */
	int (*end)(void *ctx, size_t i, int64_t numbers, struct fault *f);
	/* When shared: all pages of file ${i} were put back. They had
	 * ${entries}, and its reader has left out ${left_out} more. */
	void (*done)(void *ctx, size_t i, int64_t entries, int64_t left_out);
	/* The source is closed. */
	void (*close)(void *ctx);
};
#define FILE_PAGE 2000

struct source *file_source_open(const struct file_list *list);
/* A source of one reader, which it takes over. If reader_shares, up to
 * ${workers} share its lines, and the order of its entries is lost. */
struct source *file_source_of(struct reader *r, const struct key_schema *schema,
    const char *ttl, int workers);

/* The file of a segment. */
size_t file_source_file(const struct segment *seg);
/* The number in that file of an item of the segment's page: the numbers of
 * later ones are higher. */
int64_t file_source_number(const struct segment *seg, const struct item *item);
/* What reader_ttl (export/reader.h) returned with it. */
struct slice file_source_ttl(const struct segment *seg,
    const struct item *item);

#endif
