#ifndef EXPORT_FORMAT_ROWS_H
#define EXPORT_FORMAT_ROWS_H

struct buf;
struct column_view;
struct columns;
struct record;

/* The functions behind the table in format.c; each pair in a file of its
 * own. */
void format_csv_head(struct buf *out, const struct columns *columns);
void format_csv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r);
void format_tsv_head(struct buf *out, const struct columns *columns);
void format_tsv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r);
/* The entry as plain JSON, a session's secrets hidden unless revealed. */
void format_json_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r);
/* {"Item":{…}}: always all of it, since what is to be read back must not
 * have holes. */
void format_dynamodb_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r);

#endif
