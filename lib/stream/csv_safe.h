#ifndef LIB_STREAM_CSV_SAFE_H
#define LIB_STREAM_CSV_SAFE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/slice.h"

/*
 * What a spreadsheet would take for a formula (OWASP, "CSV Injection"): a
 * cell that begins with = + - @, TAB, CR, LF or NUL, but for plain numbers
 * (-5, +1.5e3). --csv-safe puts a ' before it, which makes it text.
 */

/* Whether ${cell} needs the '. Pure. */
bool csv_safe_needs(struct slice cell);
/* Whether ${cell} looks as if it had got one: the key that it was is then not
 * to be told from another that begins so. Pure. */
bool csv_safe_is(struct slice cell);
/* Whether an entry of ${bytes} with such a key has the size that the cell
 * ${size} says: then the key is as it was. Pure. */
bool csv_safe_meant(int64_t bytes, struct slice size);

#endif
