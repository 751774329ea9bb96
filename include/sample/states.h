/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How each threshold stands. One that could not be judged is unknown, which neither raises it nor
 * clears it: it is as it was once it can be judged again.
 */
#ifndef TCX_SAMPLE_STATES_H
#define TCX_SAMPLE_STATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/reference.h"
#include "sample/thresholds.h"

/* The numbers are those of thresholdState. */
enum tcx_standing { TCX_UNKNOWN = 1, TCX_NORMAL, TCX_CROSSED };

/* A moment on both clocks. */
struct tcx_moment {
	uint64_t ns;	      /* CLOCK_BOOTTIME; 0: it has not been */
	struct timespec when; /* wall clock */
};

/* The longest text of a row in an index (thresholdRow's SIZE in LINUX-TCPEXT-MIB). */
#define TCX_ROW_MAX 40

/* A row of a table that a threshold has a state of. */
struct tcx_state_row {
	atomic_uint references;
	char index[TCX_ROW_MAX + 1]; /* its label; the end of a longer one is a number made of it */
	char label[TCX_LABEL_SIZE];
	uint8_t key[]; /* what the row begins with */
};

/*
 * Of a threshold that has rows there is one of the threshold itself, which is of all rows that have
 * none of their own: its value is how many of them pass the limit.
 */
struct tcx_state {
	const struct tcx_threshold *threshold; /* of the states' thresholds */
	struct tcx_state_row *row; /* with a reference; NULL: it is of the threshold itself */
	enum tcx_standing standing;
	bool raised;		 /* it was crossed and has not been cleared since */
	bool known;		 /* there is a value */
	uint64_t value;		 /* in parts as threshold->scale says */
	struct tcx_moment since; /* when the standing began */
	struct tcx_moment last;	 /* when it was last crossed or cleared */
	uint64_t crossed;	 /* how often */
	/*
	 * The number of the last thing to be told of it: that it was crossed or cleared, or is
	 * crossed still. 0: there was none.
	 */
	uint64_t change;
	uint64_t told_ns;    /* when that was, on the clock of since.ns */
	uint64_t told_value; /* the value then, in parts like value */
	uint64_t pending_ns; /* since when it has been on its way to be crossed, or to be cleared;
				0: it is not */
};

/* Those that follow a reading. Immutable once published; threads share them by reference. */
struct tcx_states {
	atomic_uint references;
	struct tcx_thresholds *thresholds; /* with a reference */
	uint64_t taken_ns;		   /* of the snapshot that they follow */
	uint64_t changes;		   /* the number of the last change of any */
	size_t count, room;
	struct tcx_state *items; /* owned; in the order of the index of thresholdTable */
};

/* With room for so many, and one reference; takes one to the thresholds. NULL: out of memory. */
struct tcx_states *tcx_states_new(struct tcx_thresholds *thresholds, size_t room);

TCX_REFERENCE_DECLARE(tcx_states);
TCX_REFERENCE_DECLARE(tcx_state_row);

/* Adds a copy behind the others, while they are made. NULL when memory is short. */
struct tcx_state *tcx_states_add(struct tcx_states *states, const struct tcx_state *from);

/* Takes one out again. */
void tcx_states_remove(struct tcx_states *states, size_t i);

/*
 * With one reference. is_taken: another row has the same label, so that the index gets a number
 * that is made of the key. NULL when memory is short.
 */
struct tcx_state_row *tcx_state_row_new(const void *key, size_t key_size, const char *label,
					bool is_taken);

/* What is found at a moment. */
struct tcx_finding {
	struct tcx_moment at;
	bool gap;   /* what was before is too long ago to be gone on from */
	bool known; /* there is a value */
	uint64_t value;
	bool over; /* it passes the limit */
	bool back; /* it does not even pass the clear */
};

/* Holds a value against the limits of a threshold. */
void tcx_finding_set(struct tcx_finding *finding, const struct tcx_threshold *threshold,
		     uint64_t value);

/* From a state to the one that a finding leads to; *changes grows if that is to be told. */
void tcx_state_step(struct tcx_state *state, const struct tcx_finding *finding, uint64_t *changes);

/* The octets of a value as text, at most. */
#define TCX_VALUE_TEXT_SIZE 32

/* The value as text, such as "12.50"; empty where there is none. */
void tcx_state_text(const struct tcx_state *state, char text[TCX_VALUE_TEXT_SIZE]);

/* The parts of one that the value is in. */
unsigned int tcx_state_scale(const struct tcx_state *state);

/* The state of a threshold itself, or NULL. states may be NULL. */
const struct tcx_state *tcx_states_find(const struct tcx_states *states, const char *name);

/* How many are raised, those that are unknown at the moment included. */
size_t tcx_states_active(const struct tcx_states *states);

/* Of these the most severe, and of several the oldest. NULL: none is raised. */
const struct tcx_state *tcx_states_worst(const struct tcx_states *states);

#endif
