/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One reader per file format: parses the whole text of a file into a builder. What is not whole and
 * consistent is a fault; nothing is guessed. Lines and sections with a fault are skipped.
 *
 * A last line without a newline is taken as truncated, unless its last value is 0, which no longer
 * number begins with (mptcp_seq_show() ends /proc/net/netstat so in kernels 5.7 to 5.9).
 */
#ifndef TCX_KERNEL_READER_H
#define TCX_KERNEL_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "sample/builder.h"

/*
 * False with any fault: *fault is the first one, and the builder has all that is good. Also false
 * when the builder diverged, and is then of no use.
 */
typedef bool tcx_reader(struct tcx_builder *builder, const char *text, size_t len,
			struct tcx_fault *fault);

/*
 * /proc/net/snmp and netstat (snmp_seq_show(), netstat_seq_show()): a line of names, then one of
 * values, both after their section: "Ip: Forwarding DefaultTTL", "Ip: 1 64".
 */
tcx_reader tcx_read_columns;

/* /proc/net/snmp6 (snmp6_seq_show()) and xfrm_stat: "Ip6InReceives    42", one counter a line. */
tcx_reader tcx_read_pairs;

/*
 * /proc/net/sctp/snmp (sctp_snmp_seq_show()): the same with signed numbers. A 32-bit kernel's
 * counter is negative from 2^31 on, and so is a miscounted gauge.
 */
tcx_reader tcx_read_signed_pairs;

/*
 * /proc/net/tls_stat (tls_statistics_seq_show()): the same as sums of unsigned numbers. A gauge
 * that was caught between one processor's part and another's is just below 2^64, or below 2^32.
 */
tcx_reader tcx_read_wrapped_pairs;

/*
 * /proc/net/sockstat and sockstat6 (sockstat_seq_show()): "TCP: inuse 1 orphan 0 ...", named
 * SockstatTcpInuse and so on: only the first letters of label and key in upper case.
 */
tcx_reader tcx_read_labels;

/*
 * /proc/net/stat/nf_conntrack (ct_cpu_seq_show()) and its like: a line of names, then one of
 * hexadecimal numbers for each possible processor. A counter is the total of builder->totals, a
 * gauge what each line repeats. Where names and numbers are not as many, the rest of either is left
 * out.
 */
tcx_reader tcx_read_per_cpu;

/*
 * /proc/net/softnet_stat (softnet_seq_show()): a line of hexadecimal numbers for each processor
 * that is online, without names; newer kernels say in the thirteenth whose it is. A counter is as
 * above, a gauge the sum of all lines.
 */
tcx_reader tcx_read_softnet;

/* /proc/sys/net/ipv4/ipfrag_time (proc_dointvec_jiffies()) and other sysctls: one number. The
 * prefix is its name. */
tcx_reader tcx_read_number;

#endif
