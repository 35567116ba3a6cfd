/*
 * argv - the words of the command line, where other users do not read them
 *
 * /proc/PID/cmdline shows everybody what a program was begun with: names, words that are
 * searched for, a reason. So the words are taken as soon as the program runs, and wiped
 * where the system looks for them.
 */
#ifndef ARGV_H
#define ARGV_H

/* A copy of argv (NULL behind the last; freed as one), and all but its first `open`
 * words wiped. */
char **argv_take(int argc, char **argv, int open);

#endif
