#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * What people write and read: durations, sizes, moments, counts, and other
 * people's bytes made harmless. All pure. Parsers take the whole of a NUL
 * terminated text and return 0, or -1 with the output untouched.
 */

/* "90s" "15m" "6h" "2d" "1w", or a bare number of seconds; not negative. */
int text_duration_parse(const char *s, int64_t *seconds);
/* "4k" "1M" "2G" "1T" (powers of 1024, either case, "KiB" and "KB" too) or a
 * bare number of bytes; not negative. */
int text_size_parse(const char *s, int64_t *bytes);
/* An integer in ${lo}..${hi}, decimal digits with an optional sign only. */
int text_int_parse(const char *s, int64_t lo, int64_t hi, int64_t *v);
/* From here on (the year 5138) a number of seconds is one of milliseconds
 * that was not meant: no time to judge by is that far from 1970. */
#define TEXT_TIME_MAX INT64_C(100000000000)
/* Epoch seconds (an integer, may be negative), an ISO 8601 date-time, or a
 * bare date (its midnight UTC). A fraction is cut off towards the past. */
int text_time_parse(const char *s, int64_t *epoch);

/*
 * Read ${p}[0..n) as an ISO 8601 date-time, extended (2026-11-22T08:12:00Z)
 * or basic (20261122T081200Z): date, 'T', 't' or one blank, hours and
 * minutes, optional seconds (60 for a leap second), optional fraction after
 * '.' or ',', optional zone (Z, z, ±hh, ±hhmm, ±hh:mm; none means UTC).
 * Years 0000..9999, proleptic Gregorian; 24:00:00 is the next midnight.
 * ${epoch} is the second it lies in, ${fraction} whether a part of a second
 * is left over. 0, or -1.
 */
int text_iso8601_parse(const char *p, size_t n, int64_t *epoch, bool *fraction);
/* Whether ${p}[0..n), which text_iso8601_parse takes, says its zone. */
bool text_iso8601_zoned(const char *p, size_t n);

/* A zone, "UTC" or ±HH:MM from -12:00 to +14:00, the ones that exist: its
 * seconds east of UTC. */
int text_zone_parse(const char *s, int64_t *east);

/* Epoch seconds of an IMF-fixdate ("Sun, 22 Nov 2026 08:12:00 GMT", RFC 9110
 * section 5.6.7). 0, or -1. */
int text_httpdate_parse(const char *s, int64_t *epoch);

/* "2026-11-22T08:12:00Z"; "" and -1 outside the years 0000..9999. */
int text_time_format(char out[32], int64_t epoch);
/* "20261122T081200Z", the form of AWS signatures and of our file names. */
int text_time_compact(char out[32], int64_t epoch);

/* "3 d 4 h", "2 h 5 min", "41 s": two units at most, for people. */
void text_span(char out[32], int64_t seconds);
/* "14 973": a blank between groups of three digits. */
void text_count(char out[32], int64_t v);
/* "512 B", "1.4 KiB", "3.0 GiB". */
void text_bytes(char out[32], int64_t v);

/*
 * Add ${p}[0..n) to ${out} so that it is safe on a terminal and one line:
 * control bytes, DEL, invalid UTF-8, C1 controls, bidirectional and other
 * format characters, line and paragraph separators become \n, \t, \r, \\ or
 * \xNN a byte; all else is kept. ${ascii} escapes every byte above 0x7e too.
 */
void text_escape(struct buf *out, const char *p, size_t n, bool ascii);

/* Add ${p}[0..n) to ${out}, percent-encoded but for RFC 3986's unreserved
 * characters. */
void text_percent(struct buf *out, const char *p, size_t n);

/* Whether ${a}[0..n) and ${b}[0..n) are the same but for the case of ASCII
 * letters, in every locale: strncasecmp takes no SID for a sid in Turkish. */
bool text_same_fold(const char *a, const char *b, size_t n);

/* Width in terminal cells of ${p}[0..n), valid UTF-8 that text_escape let
 * through (wide characters count 2, combining ones 0). Asks the C library
 * (LC_CTYPE); in a locale that is not UTF-8 every byte counts 1. */
int text_width(const char *p, size_t n);

/*
 * Add ${p}[0..n), in no more than ${cells} cells: what is longer ends with
 * "…" (three dots when ${ascii}), and a masked key keeps the hash that it
 * ends with ("session:…9f3e21"). A number is added whole, however long: one
 * that lost digits is another number. Returns the cells it took.
 */
int text_cut(struct buf *out, const char *p, size_t n, int cells, bool ascii);
/* The fewest cells that text_cut should leave for ${p}[0..n): all of a
 * number, else enough to recognize it. */
int text_cut_least(const char *p, size_t n, bool ascii);

/* Length of the UTF-8 sequence that begins at ${p} (1..4), or 0 when the
 * bytes there are not well-formed (RFC 3629) or run past ${end}. */
int text_utf8(const char *p, const char *end);
/* Whether all of ${p}[0..n) is that. */
bool text_is_utf8(const char *p, size_t n);
/* Whether ${p}[0..n) ends in ${ending}, with something before it. */
bool text_ends_in(const char *p, size_t n, const char *ending);
/* The value of a hexadecimal digit; -1: it is none. */
int text_hex(char c);

/* The number of single-character edits between two names, for "did you mean";
 * at most 64 bytes of each are looked at. */
int text_distance(const char *a, const char *b);

#endif
