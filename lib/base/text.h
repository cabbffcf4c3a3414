#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Text as people write and read it: durations, sizes, times, counts, and
 * other people's bytes made harmless. All pure. Parsers read a whole
 * NUL-terminated string and return 0, or -1 with the output unchanged.
 */

/* "90s" "15m" "6h" "2d" "1w", or a number of seconds; not negative. */
int text_duration_parse(const char *s, int64_t *seconds);
/* "4k" "1M" "2G" "1T" (powers of 1024, either case, "KiB" and "KB" too), or a
 * number of bytes; not negative. */
int text_size_parse(const char *s, int64_t *bytes);
/* An integer in ${lo}..${hi}: decimal digits with an optional sign. */
int text_int_parse(const char *s, int64_t lo, int64_t hi, int64_t *v);
/* From here on (the year 5138) a number of seconds must have been meant as
 * milliseconds. */
#define TEXT_TIME_MAX INT64_C(100000000000)
/* Epoch seconds (an integer, may be negative), an ISO 8601 date-time, or a
 * date (midnight UTC). A fraction is rounded down. */
int text_time_parse(const char *s, int64_t *epoch);

/*
 * Read ${p}[0..n) as an ISO 8601 date-time, extended (2026-11-22T08:12:00Z)
 * or basic (20261122T081200Z): date; 'T', 't' or one space; hours and
 * minutes; optional seconds (60 for a leap second); optional fraction after
 * '.' or ','; optional zone (Z, z, ±hh, ±hhmm, ±hh:mm; none means UTC). Years
 * 0000..9999, proleptic Gregorian; 24:00:00 is the next midnight. ${epoch} is
 * rounded down; ${fraction}: it was. 0, or -1.
 */
int text_iso8601_parse(const char *p, size_t n, int64_t *epoch, bool *fraction);
/* Whether ${p}[0..n), which text_iso8601_parse accepts, has a zone. */
bool text_iso8601_zoned(const char *p, size_t n);

/* "UTC" or ±HH:MM from -12:00 to +14:00, the zones that exist: seconds east of
 * UTC. */
int text_zone_parse(const char *s, int64_t *east);

/* Epoch seconds of an IMF-fixdate ("Sun, 22 Nov 2026 08:12:00 GMT", RFC 9110
 * section 5.6.7). */
int text_httpdate_parse(const char *s, int64_t *epoch);

/* "2026-11-22T08:12:00Z"; "" and -1 outside the years 0000..9999. */
int text_time_format(char out[32], int64_t epoch);
/* "20261122T081200Z", the form of AWS signatures and our file names. */
int text_time_compact(char out[32], int64_t epoch);

/* "3 d 4 h", "2 h 5 min", "41 s": at most two units. */
void text_span(char out[32], int64_t seconds);
/* "14 973": groups of three digits. */
void text_count(char out[32], int64_t v);
/* "512 B", "1.4 KiB", "3.0 GiB". */
void text_bytes(char out[32], int64_t v);

/*
 * Add ${p}[0..n) to ${out} as one line that is safe on a terminal: control
 * bytes, DEL, invalid UTF-8, C1 controls, bidirectional and other format
 * characters, line and paragraph separators become \n, \t, \r, \\ or \xNN a
 * byte. ${ascii} escapes every byte above 0x7e too, but for "…", which becomes
 * "...".
 */
void text_escape(struct buf *out, const char *p, size_t n, bool ascii);

/* Add ${p}[0..n) to ${out}, percent-encoded but for RFC 3986's unreserved
 * characters. */
void text_percent(struct buf *out, const char *p, size_t n);

/* ${c} in lower case if it is an ASCII letter, in every locale. */
char text_lower(char c);
/* Whether ${a}[0..n) and ${b}[0..n) are the same but for the case of ASCII
 * letters. Not strncasecmp: in a Turkish locale its SID is not a sid. */
bool text_same_fold(const char *a, const char *b, size_t n);

/* Whether the locale (LC_CTYPE) has UTF-8. */
bool text_locale_utf8(void);
/* "…", or "..." if ${ascii}. */
const char *text_ellipsis(bool ascii);

/* Width in terminal cells of ${p}[0..n), valid UTF-8 after text_escape (wide
 * characters count 2, combining ones 0), by the C library (LC_CTYPE). In a
 * locale without UTF-8 every byte counts 1. */
int text_width(const char *p, size_t n);

/*
 * Add ${p}[0..n) to ${out} in at most ${cells} cells: longer text ends with
 * "…" ("..." when ${ascii}), and a masked key keeps the hash at its end
 * ("session:…9f3e21"). A number is never cut: without some digits it is
 * another number. Returns the cells it took.
 */
int text_cut(struct buf *out, const char *p, size_t n, int cells, bool ascii);
/* The fewest cells that text_cut should leave for ${p}[0..n): all of a
 * number, else enough to recognize it. */
int text_cut_least(const char *p, size_t n, bool ascii);

/* Length of the UTF-8 sequence that begins at ${p} (1..4), or 0 when it is not
 * well-formed (RFC 3629) or runs past ${end}. */
int text_utf8(const char *p, const char *end);
/* Whether all of ${p}[0..n) is well-formed. */
bool text_is_utf8(const char *p, size_t n);
/* Whether ${p}[0..n) ends in ${ending}, with something before it. */
bool text_ends_in(const char *p, size_t n, const char *ending);
/* The value of a hexadecimal digit, or -1. */
int text_hex(char c);

/* The number of single-character edits between two names, for "did you mean";
 * only the first 64 bytes of each count. */
int text_distance(const char *a, const char *b);

#endif
