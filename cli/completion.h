#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

struct buf;

/* Completion scripts, made from the tables of commands and options. */
void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
