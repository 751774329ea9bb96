/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the settings that limit memory and tables of the kernel. */
#include "sample/limits.h"

#include "base/clock.h"
#include "kernel/line.h"
#include "kernel/netns_reader.h"
#include "kernel/read_table.h"
#include "procfile.h"

#define UNUSED TCX_LIMITS

/* The numbers of a file, in its order. */
static const struct {
	const char *path;
	size_t count;
	enum tcx_limit limits[3];
} files[] = {
	{"sys/net/ipv4/tcp_mem", 3, {UNUSED, TCX_LIMIT_TCP_MEM_PRESSURE, TCX_LIMIT_TCP_MEM_MAX}},
	{"sys/net/ipv4/udp_mem",
	 3,
	 {TCX_LIMIT_UDP_MEM_MIN, TCX_LIMIT_UDP_MEM_PRESSURE, TCX_LIMIT_UDP_MEM_MAX}},
	{"sys/net/ipv4/tcp_max_orphans", 1, {TCX_LIMIT_TCP_ORPHANS}},
	{"sys/net/ipv4/tcp_max_tw_buckets", 1, {TCX_LIMIT_TCP_TIME_WAIT}},
	{"sys/net/ipv4/ipfrag_high_thresh", 1, {TCX_LIMIT_IP_FRAGMENTS}},
	{"sys/net/ipv6/ip6frag_high_thresh", 1, {TCX_LIMIT_IP6_FRAGMENTS}},
	{"sys/net/ipv4/neigh/default/gc_thresh3", 1, {TCX_LIMIT_ARP_ENTRIES}},
	{"sys/net/ipv6/neigh/default/gc_thresh3", 1, {TCX_LIMIT_NDISC_ENTRIES}},
};

/* Fills numbers with just so many; none may be negative. */
static bool read_numbers(struct tcx_piece text, uint64_t *numbers, size_t count)
{
	struct tcx_piece line;
	struct tcx_number number;

	if (!tcx_line_next(&text, &line))
		return false;
	for (size_t i = 0; i < count; i++) {
		tcx_line_skip_blanks(&line);
		if (!tcx_line_number(&line, &number) || number.negative)
			return false;
		numbers[i] = number.value;
	}
	return !tcx_line_skip_blanks(&line) && text.at == text.end;
}

static void take_file(struct tcx_limits *row, size_t f, struct tcx_piece text,
		      struct tcx_table *table)
{
	uint64_t numbers[3] = {0};

	if (!read_numbers(text, numbers, files[f].count)) {
		tcx_table_lacks(table, "%s does not hold %zu whole numbers", files[f].path,
				files[f].count);
		return;
	}
	for (size_t i = 0; i < files[f].count; i++) {
		if (files[f].limits[i] == UNUSED)
			continue;
		row->known[files[f].limits[i]] = true;
		row->numbers[files[f].limits[i]] = numbers[i];
	}
}

/* A file that cannot be read takes no other limit away. */
static bool read_file(struct tcx_limits *row, size_t f, struct tcx_table *table,
		      struct tcx_netns_reader *reader, struct tcx_fault *fault)
{
	struct tcx_place place = tcx_netns_place(reader->netns, files[f].path);
	struct tcx_procfile file;
	struct tcx_fault why = {""};

	if (place.path == NULL)
		return tcx_fault_set(fault, "out of memory");
	tcx_procfile_init(&file, place, false);
	if (!tcx_procfile_read(&file, tcx_clock_now(), &why))
		tcx_table_lacks(table, "%s %s", files[f].path, why.text);
	else if (file.present)
		take_file(row, f, (struct tcx_piece){file.text, file.text + file.len}, table);
	tcx_procfile_close(&file);
	return true;
}

static bool read_limits(struct tcx_table *table, struct tcx_netns_reader *reader,
			struct tcx_fault *fault)
{
	struct tcx_limits row = {0};

	table->source = "procfs";
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++)
		if (!read_file(&row, f, table, reader, fault))
			return false;
	return tcx_table_append(table, &row, fault) || table->cut;
}

const struct tcx_table_reader tcx_kernel_limits = {
	.kind.row_size = sizeof(struct tcx_limits),
	.kind.key_size = sizeof(((struct tcx_limits *)NULL)->key),
	.read = read_limits,
};
