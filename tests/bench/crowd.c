/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes a crowd of TCP sockets: crowd SOCKETS opens so many connections over loopback addresses of
 * 127.0.0.0/8, each of which is two sockets here, from several processes with as many descriptors
 * as a process may have. Prints "ready SOCKETS" when they stand, and holds them until its standard
 * input ends. To be run in a network namespace of its own, with its loopback up.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT	 5000
#define RESERVED 64  /* descriptors that a process has otherwise */
#define SOURCES	 250 /* addresses that the connections of one process come from */

static void fail(const char *what)
{
	perror(what);
	_exit(1);
}

static struct sockaddr_in address(unsigned int process, unsigned int host, uint16_t port)
{
	const struct sockaddr_in it = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(127U << 24 | (process + 1) << 16 | (host + 1)),
	};

	return it;
}

static int new_listener(unsigned int process)
{
	const struct sockaddr_in at = address(process, 0, PORT);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 64) < 0)
		fail("listen");
	return fd;
}

static void new_connection(int listener, unsigned int process, unsigned int number)
{
	const struct sockaddr_in from = address(process, 1 + number % SOURCES, 0);
	const struct sockaddr_in to = address(process, 0, PORT);
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) < 0 ||
	    bind(fd, (const struct sockaddr *)&from, sizeof(from)) < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 ||
	    accept(listener, NULL, NULL) < 0)
		fail("connect");
}

/* One process's part; says so on a pipe and then waits for the other one to be closed. */
static void hold(unsigned int process, unsigned int connections, int said, int until)
{
	int listener = new_listener(process);
	char byte = 0;

	for (unsigned int i = 0; i < connections; i++)
		new_connection(listener, process, i);
	if (write(said, &byte, 1) != 1)
		fail("pipe");
	close(said); /* so that it ends for the parent when another process fails */
	if (read(until, &byte, 1) != 0)
		fail("pipe");
	_exit(0);
}

static unsigned int raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		fail("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return (unsigned int)(limit.rlim_max < 65536 ? limit.rlim_max : 65536);
}

static void start(unsigned int process, unsigned int connections, const int said[2],
		  const int until[2])
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	if (child > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	close(until[1]);
	hold(process, connections, said[1], until[0]);
}

/* False when one of them failed. */
static bool wait_until_said(int fd, unsigned int processes)
{
	char byte;

	while (processes > 0 && read(fd, &byte, 1) == 1)
		processes--;
	return processes == 0;
}

int main(int argc, char *argv[])
{
	unsigned int sockets = argc == 2 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;
	unsigned int each = (raise_limit() - RESERVED) / 2;
	unsigned int left = sockets / 2;
	unsigned int processes = 0;
	int said[2], until[2];
	char line[256];

	if (sockets == 0 || pipe(said) < 0 || pipe(until) < 0)
		return 2;
	for (; left > 0; processes++) {
		unsigned int connections = left < each ? left : each;

		start(processes, connections, said, until);
		left -= connections;
	}
	close(said[1]);
	if (!wait_until_said(said[0], processes))
		return 1;
	printf("ready %u\n", sockets);
	fflush(stdout);
	while (read(STDIN_FILENO, line, sizeof(line)) > 0)
		continue;
	close(until[1]);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
