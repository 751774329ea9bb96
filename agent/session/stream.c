/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In place of the library's functions for streams: its sockets block, so that a peer that does not
 * read would hold up the loop for good.
 */
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Room for some of the longest answers, while the buffer of a new connection has less than one. */
#define BUFFER 262144

/*
 * In place of netsnmp_unix_recv(), which forgets what it has allocated for the address where a
 * manager goes that has not read its answers (up to 5.10).
 */
static int receive(netsnmp_transport *transport, void *octets, int size, void **address, int *len)
{
	struct sockaddr_un *own = calloc(1, sizeof(*own));
	socklen_t own_len = sizeof(*own);
	ssize_t count = -1;

	if (own != NULL && getsockname(transport->sock, (struct sockaddr *)own, &own_len) == 0)
		do
			count = recv(transport->sock, octets, (size_t)size, MSG_DONTWAIT);
		while (count < 0 && errno == EINTR);
	if (count < 0) {
		free(own);
		own = NULL;
	}
	*address = own;
	*len = own != NULL ? (int)sizeof(*own) : 0;
	return (int)count;
}

/* Less than all is the middle of a message, behind which nothing can come. */
static int send_at_once(netsnmp_transport *transport, const void *octets, int size, void **address,
			int *len)
{
	ssize_t count;

	(void)address;
	(void)len;
	do
		count = send(transport->sock, octets, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (count < 0 && errno == EINTR);
	if (count == size)
		return size;
	shutdown(transport->sock, SHUT_RDWR);
	errno = ECONNABORTED;
	return -1;
}

/* TCP keeps no buffer of this size unless it is asked for, and has connections take it over. */
void tcx_stream_never_wait(netsnmp_transport *transport)
{
	int size = BUFFER;

	if (!(transport->flags & NETSNMP_TRANSPORT_FLAG_STREAM) ||
	    (transport->flags & NETSNMP_TRANSPORT_FLAG_TUNNELED))
		return;
	setsockopt(transport->sock, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	transport->f_send = send_at_once;
	if (transport->domain == netsnmp_UnixDomain)
		transport->f_recv = receive;
}
