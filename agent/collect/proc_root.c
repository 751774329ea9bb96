/* SPDX-License-Identifier: BSD-2-Clause */
/* A job that runs once: it finds a proc root, and tries to enter its namespace. */
#include "proc_root.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/reference.h"
#include "pool.h"

#define WAIT_MS 10000

struct search {
	atomic_uint references; /* the job has one */
	struct tcx_job job;
	char *proc_root; /* owned */
	int done_fd;	 /* readable once it has ended */

	pthread_mutex_t lock; /* guards what follows */
	struct tcx_proc_root root;
	struct tcx_fault fault; /* without a netns */
};

static void unref(void *owner)
{
	struct search *search = owner;

	if (!tcx_reference_give(&search->references))
		return;
	if (search->done_fd >= 0)
		close(search->done_fd);
	tcx_netns_unref(search->root.netns);
	pthread_mutex_destroy(&search->lock);
	free(search->proc_root);
	free(search);
}

static uint64_t look(void *owner)
{
	struct search *search = owner;
	struct tcx_proc_root root = {.why = {""}};
	struct tcx_fault fault = {""};

	root.netns = tcx_netns_new(search->proc_root, &fault);
	root.can_enter = root.netns != NULL && tcx_netns_can_enter(root.netns, &root.why);
	pthread_mutex_lock(&search->lock);
	search->root = root;
	search->fault = fault;
	pthread_mutex_unlock(&search->lock);
	eventfd_write(search->done_fd, 1);
	return TCX_NEVER;
}

static const struct tcx_job_kind kind = {.run = look, .unref = unref};

static struct search *begin(struct tcx_pool *pool, const char *proc_root, struct tcx_fault *fault)
{
	struct search *search = tcx_reference_new(sizeof(*search), fault);

	if (search == NULL)
		return NULL;
	pthread_mutex_init(&search->lock, NULL);
	search->proc_root = strdup(proc_root);
	search->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (search->proc_root == NULL || search->done_fd < 0) {
		tcx_fault_set(fault, "procRoot: %s", strerror(errno));
		unref(search);
		return NULL;
	}
	tcx_reference_take(&search->references);
	tcx_job_init(&search->job, pool, &kind, search);
	tcx_job_ask(&search->job);
	return search;
}

bool tcx_proc_root_find(struct tcx_proc_root *root, struct tcx_pool *pool, const char *proc_root,
			struct tcx_fault *fault)
{
	struct search *search = begin(pool, proc_root, fault);
	struct pollfd fd;
	bool done;

	if (search == NULL)
		return false;
	fd = (struct pollfd){.fd = search->done_fd, .events = POLLIN};
	done = poll(&fd, 1, WAIT_MS) == 1;
	pthread_mutex_lock(&search->lock);
	*root = search->root;
	tcx_netns_ref(root->netns);
	if (root->netns == NULL && fault != NULL)
		*fault = search->fault;
	pthread_mutex_unlock(&search->lock);
	tcx_job_stop(&search->job);
	unref(search);
	if (!done)
		tcx_fault_set(fault, "procRoot %s does not answer; see what it is on", proc_root);
	return root->netns != NULL;
}
