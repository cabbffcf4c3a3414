#ifndef LIB_STREAM_BER_H
#define LIB_STREAM_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct fault;

/*
 * Reads BER (ITU-T X.690), definite and indefinite lengths, in constant memory.
 * What is not BER, or runs past the end of the element it is in, is FAULT_DATA.
 */
#define BER_DEPTH 16

/* Tags: class and number, with the bit for a constructed element. */
enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_OID = 0x06,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
	BER_CONTEXT = 0x80,
	BER_CONSTRUCTED = 0x20
};

struct ber_header {
	unsigned char tag;
	int64_t length; /* -1: indefinite */
	unsigned char raw[16];
	size_t nraw;
};

struct ber {
	/* Reads input: how many bytes (0 at the end), -1. */
	int (*more)(void *ctx, unsigned char *to, size_t room, struct fault *f);
	void *ctx;
	unsigned char *raw; /* raw[at..n) are not used yet */
	size_t at, n;
	int64_t pos;             /* of raw[at] */
	int64_t ends[BER_DEPTH]; /* of the open elements, -1: indefinite */
	int depth;
};

void ber_begin(struct ber *b,
    int (*more)(void *ctx, unsigned char *to, size_t room, struct fault *f),
    void *ctx);
void ber_release(struct ber *b);

/* The next element in the open one: 1, to be entered, copied or read; 0 at the
 * end, which closes the open one; -1. */
int ber_next(struct ber *b, struct ber_header *h, struct fault *f);
/* Open ${h}, which must be constructed. */
int ber_enter(struct ber *b, const struct ber_header *h, struct fault *f);
/* Add ${h} with its content to ${out}, at most ${most} bytes. */
int ber_copy(struct ber *b, const struct ber_header *h, struct buf *out,
    size_t most, struct fault *f);
/* Some of the *${left} bytes left of a primitive element, borrowed until the
 * next call. */
int ber_read(struct ber *b, int64_t *left, const unsigned char **p, size_t *n,
    struct fault *f);
/* Whether the input ends here: 1, 0, -1. */
int ber_end(struct ber *b, struct fault *f);

/* "damaged at byte N: ${what}"; -1. */
int ber_fault(const struct ber *b, const char *what, struct fault *f);

#endif
