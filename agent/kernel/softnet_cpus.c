/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a row for each line of /proc/net/softnet_stat; the sums of its columns are in procfs/. */
#include "kernel/softnet_cpus.h"

#include "base/clock.h"
#include "base/octets.h"
#include "kernel/line.h"
#include "kernel/netns_reader.h"
#include "procfile.h"

/* As softnet_seq_show() numbers them. */
enum {
	PROCESSED,
	DROPPED,
	TIME_SQUEEZE,
	RECEIVED_RPS = 9,
	FLOW_LIMIT_COUNT,
	BACKLOG_LENGTH,
	PROCESSOR,
	COLUMNS
};

/* Mainline has had this many, or 15; of 14, a vendor's, nobody knows what they are. */
static bool has_processor(size_t columns)
{
	return columns == COLUMNS || columns > COLUMNS + 1;
}

/* Reads the first columns of a line; returns how many it has. */
static size_t read_columns(struct tcx_piece line, uint64_t numbers[COLUMNS])
{
	uint64_t other;
	size_t count = 0;

	while (tcx_line_skip_blanks(&line)) {
		if (!tcx_line_hex(&line, count < COLUMNS ? &numbers[count] : &other))
			return 0;
		count++;
	}
	return count;
}

static bool take_line(struct tcx_table *table, const uint64_t numbers[COLUMNS],
		      struct tcx_fault *fault)
{
	struct tcx_softnet_cpu row = {
		.processed = (uint32_t)numbers[PROCESSED],
		.dropped = (uint32_t)numbers[DROPPED],
		.time_squeeze = (uint32_t)numbers[TIME_SQUEEZE],
		.received_rps = (uint32_t)numbers[RECEIVED_RPS],
		.flow_limit_count = (uint32_t)numbers[FLOW_LIMIT_COUNT],
		.backlog_length = (uint32_t)numbers[BACKLOG_LENGTH],
	};

	tcx_octets_put32(row.index, (uint32_t)numbers[PROCESSOR] + 1);
	return tcx_table_append(table, &row, fault);
}

/*
 * Lines come in the order of processors. Where they do not, or do not say whose they are, there is
 * no row.
 */
static bool take_text(struct tcx_table *table, struct tcx_piece text, struct tcx_fault *fault)
{
	struct tcx_piece line;
	uint64_t numbers[COLUMNS];
	uint64_t next = 0;

	while (tcx_line_next(&text, &line)) {
		if (!has_processor(read_columns(line, numbers)) || numbers[PROCESSOR] < next ||
		    numbers[PROCESSOR] >= INT32_MAX) {
			table->count = 0;
			return true;
		}
		if (!take_line(table, numbers, fault))
			return table->cut;
		next = numbers[PROCESSOR] + 1;
	}
	return true;
}

static bool read_cpus(struct tcx_table *table, struct tcx_netns_reader *reader,
		      struct tcx_fault *fault)
{
	struct tcx_place place = tcx_netns_place(reader->netns, "net/softnet_stat");
	struct tcx_procfile file;
	bool done;

	table->source = "procfs";
	if (place.path == NULL)
		return tcx_fault_set(fault, "out of memory");
	tcx_procfile_init(&file, place, false);
	done = tcx_procfile_read(&file, tcx_clock_now(), fault);
	if (!done)
		tcx_fault_prefix(fault, place.path);
	else if (file.present)
		done = take_text(table, (struct tcx_piece){file.text, file.text + file.len}, fault);
	tcx_procfile_close(&file);
	return done;
}

const struct tcx_table_reader tcx_softnet_cpus = {
	.kind.row_size = sizeof(struct tcx_softnet_cpu),
	.kind.key_size = sizeof(((struct tcx_softnet_cpu *)NULL)->index),
	.kind.counts = true,
	.read = read_cpus,
};
