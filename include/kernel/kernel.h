/*
 * Where tables are read from: netlink sockets, kept open, and the socket files of procfs. Belongs
 * to one thread. Sockets are opened when they are first needed, in the network namespace that the
 * thread is in by then, and stay there.
 */
#ifndef TCX_KERNEL_H
#define TCX_KERNEL_H

struct tcx_kernel;
struct tcx_link_patterns;
struct tcx_link_watch;

/* Prepares; opens nothing yet. proc_root ("/proc" as a rule) is copied. NULL when memory is short.
 */
struct tcx_kernel *tcx_kernel_new(const char *proc_root);

/*
 * Has TCP and UDP sockets read from procfs from now on, though sock_diag may work; why, not
 * empty, is shown as the tables' fallback. Without this call sock_diag is asked, and left for good
 * the first time that it is missing or denied.
 */
void tcx_kernel_use_procfs(struct tcx_kernel *kernel, const char *why);

/* Interfaces get the time of their last change from link_watch, which may be NULL and outlives the
 * kernel. Without this call it is 0. */
void tcx_kernel_watch_links(struct tcx_kernel *kernel, struct tcx_link_watch *link_watch);

/* Has interfaces of such names left out of tcx_links, and marked in tcx_neighbours. */
void tcx_kernel_ignore_links(struct tcx_kernel *kernel, const struct tcx_link_patterns *ignored);

/* Closes everything. kernel may be NULL. */
void tcx_kernel_free(struct tcx_kernel *kernel);

#endif
