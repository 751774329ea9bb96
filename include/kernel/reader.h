/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One reader per file format. Each takes the whole text of a file and puts its values into a
 * builder. What is not whole and consistent is a fault; nothing is guessed. A line or a section
 * with a fault is left out, and the next one is read.
 *
 * A last line without its newline is taken as cut short, unless its last value is 0: no longer
 * number begins with 0 (kernels 5.7 to 5.9 end /proc/net/netstat so, in mptcp_seq_show()).
 */
#ifndef TCX_KERNEL_READER_H
#define TCX_KERNEL_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "sample/builder.h"

/*
 * False when there was any fault: the first one is in *fault, and all that is good in the builder.
 * Also false when the builder diverged; then nothing is of use.
 */
typedef bool tcx_reader(struct tcx_builder *builder, const char *text, size_t len,
			struct tcx_fault *fault);

/*
 * /proc/net/snmp and netstat (snmp_seq_show(), netstat_seq_show()): pairs of lines, first the
 * names, then the values, both with the section in front: "Ip: Forwarding DefaultTTL", "Ip: 1 64".
 */
tcx_reader tcx_read_columns;

/* /proc/net/snmp6 (snmp6_seq_show()): "Ip6InReceives    42", one counter a line. */
tcx_reader tcx_read_pairs;

/*
 * /proc/net/sctp/snmp (sctp_snmp_seq_show()): the same, but printed as signed numbers. So a 32-bit
 * kernel's counter is negative from 2^31 on, and a gauge is when the kernel has miscounted.
 */
tcx_reader tcx_read_signed_pairs;

/*
 * /proc/net/sockstat and sockstat6 (sockstat_seq_show()): "TCP: inuse 1 orphan 0 ...". The names
 * become SockstatTcpInuse and so on: label and key with only the first letter in upper case.
 */
tcx_reader tcx_read_labels;

/* /proc/sys/net/ipv4/ipfrag_time (proc_dointvec_jiffies()): one number. The prefix is its name. */
tcx_reader tcx_read_number;

#endif
