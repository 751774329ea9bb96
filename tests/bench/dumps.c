/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the C library, with LD_PRELOAD, by an agent whose dumps of sockets are to be
 * counted: each that it asks the kernel for becomes a line of the file TCX_DUMPS: its family and
 * protocol, the states and attributes that it wants.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef ssize_t sender(int fd, const void *message, size_t len, int flags,
		       const struct sockaddr *to, socklen_t to_len);

sender sendto;

static void note(const struct inet_diag_req_v2 *request)
{
	int file = open(getenv("TCX_DUMPS"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	dprintf(file, "%u %u %x %x\n", request->sdiag_family, request->sdiag_protocol,
		request->idiag_states, request->idiag_ext);
	close(file);
}

ssize_t sendto(int fd, const void *message, size_t len, int flags, const struct sockaddr *to,
	       socklen_t to_len)
{
	const struct nlmsghdr *header = message;
	sender *real;

	if (to != NULL && to->sa_family == AF_NETLINK &&
	    len >= NLMSG_LENGTH(sizeof(struct inet_diag_req_v2)) &&
	    header->nlmsg_type == SOCK_DIAG_BY_FAMILY && (header->nlmsg_flags & NLM_F_DUMP) != 0)
		note(NLMSG_DATA(header));
	*(void **)&real = dlsym(RTLD_NEXT, "sendto");
	return real(fd, message, len, flags, to, to_len);
}
