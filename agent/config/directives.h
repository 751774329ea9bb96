/* SPDX-License-Identifier: BSD-2-Clause */
/* The directives of tcpextd.conf. */
#ifndef TCX_CONFIG_DIRECTIVES_H
#define TCX_CONFIG_DIRECTIVES_H

#include "config/config.h"

/* The library's name for the files of ours. */
#define TCX_CONFIG_TYPE "tcpextd"

/* Registers the directives with the library, which calls parse() for each that it reads. */
void tcx_directives_register(void (*parse)(const char *word, char *text));

/* Sets the defaults. Overwrites *config and frees nothing. */
void tcx_directives_default(struct tcx_config *config);

/* Parses the value of a directive. A wrong one changes nothing; the library logs why. */
void tcx_directives_take(struct tcx_config *config, const char *word, const char *text);

#endif
