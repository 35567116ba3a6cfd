/*
 * version - the program's own version, as --version and the collector's log say it
 */
#ifndef VERSION_H
#define VERSION_H

#define MINQING_VERSION "0.1.0"

#endif
