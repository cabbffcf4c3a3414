#ifndef LIB_BASE_FAULT_H
#define LIB_BASE_FAULT_H

/*
 * A failure. A function that can fail takes a struct fault * as its last
 * argument, leaves it untouched on success, and fills it where the failure is
 * first seen. Callers only add the place.
 */
enum fault_kind {
	FAULT_NONE,
	FAULT_USAGE,       /* wrong option or value: exit 2 */
	FAULT_IO,          /* a file, a disk, a pipe that is not stdout */
	FAULT_PIPE,        /* stdout closed by its reader: quiet, exit 141 */
	FAULT_DATA,        /* bad bytes in a file or a reply */
	FAULT_CONFIG,      /* ~/.aws, region, endpoint */
	FAULT_CREDENTIALS, /* none found, refused, expired */
	FAULT_NET,         /* no reply that can be used */
	FAULT_SERVICE,     /* the service refused; the code is in the text */
	FAULT_DENIED,      /* AccessDenied: the missing action is in the text */
	FAULT_NOT_FOUND,   /* ResourceNotFound */
	FAULT_LOCKED,      /* another run holds the table: exit 75 */
	FAULT_REFUSED,     /* a safety rule of ours said no */
	FAULT_LATE,        /* the deadline came while waiting */
	FAULT_CANCELLED    /* a signal; the main thread knows which */
};

struct fault {
	enum fault_kind kind;
	char text[2048];
};

/* Fill ${f} (may be NULL), whose text may be among the arguments, and return
 * -1. Control bytes become '?'. */
int fault(struct fault *f, enum fault_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "place: " before the text of ${f} (may be NULL); returns -1. */
int fault_at(struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Put something behind the text of ${f} (may be NULL); returns -1. */
int fault_add(struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
