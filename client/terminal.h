/* SPDX-License-Identifier: BSD-2-Clause */
/* A terminal that is a screen for a while, and what its user wants meanwhile. */
#ifndef TCX_CLIENT_TERMINAL_H
#define TCX_CLIENT_TERMINAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/fault.h"

enum tcx_terminal_said {
	TCX_TERMINAL_NOTHING,
	TCX_TERMINAL_DRAW, /* it has another size, is back, or a second has passed */
	TCX_TERMINAL_END   /* q, or a signal that ends programs */
};

struct tcx_terminal {
	bool is_screen; /* false: lines are all that standard output takes; the rest is unused */
	bool has_colours;
	size_t columns, rows;
	int fd; /* can be read when there is something to be said */
	int signals, seconds;
	int ended_by; /* the signal; 0: none */
	bool has_keys;
	struct termios before; /* of standard input */
	sigset_t mask;	       /* before */
};

/*
 * Makes standard output a screen if it can be one. From then on signals come by
 * tcx_terminal_look(). False with a fault, and nothing has happened.
 */
bool tcx_terminal_begin(struct tcx_terminal *terminal, struct tcx_fault *fault);

/* What there is to be said, when fd can be read. */
enum tcx_terminal_said tcx_terminal_look(struct tcx_terminal *terminal);

/* Puts all back as it was. */
void tcx_terminal_end(struct tcx_terminal *terminal);

#endif
