/*
 * output - what is printed for people, without what could command their terminal
 *
 * Names, answers, reasons and forms come from outside, and a terminal does what an escape
 * sequence or a bidi mark in them says. From output_filter() on all that is printed to
 * stdout and stderr goes through text_plain(), wherever it is printed; so no command needs
 * to think of it, and none can forget.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

/* Once, before the first word. */
void output_filter(void);

/* What stdout gets from now on is for another program or a file: its bytes as they are.
 * Filtered all the same while stdout is a terminal. */
void output_for_programs(void);

/* Nothing is filtered until output_filter(): for who draws on the terminal. */
void output_release(void);

/* Writes a text to another descriptor, filtered: a question at the terminal. */
void output_write(int fd, const char *text);

#endif
