#ifndef LIB_STREAM_CSV_SAFE_H
#define LIB_STREAM_CSV_SAFE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/slice.h"

/*
 * --csv-safe puts a ' before what a spreadsheet would read as a formula (OWASP,
 * "CSV Injection"): a cell that begins with = + - @, TAB, CR, LF or NUL, except
 * plain numbers (-5, +1.5e3).
 */

/* Whether ${cell} needs the '. Pure. */
bool csv_safe_needs(struct slice cell);
/* Whether ${cell} looks as if it had been given one; its key may also have
 * begun with it. Pure. */
bool csv_safe_is(struct slice cell);
/* Whether ${bytes}, the size of an entry with such a key, is what the cell
 * ${size} says: then the key began with it. Pure. */
bool csv_safe_meant(int64_t bytes, struct slice size);

#endif
