/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a row of each file in /proc/net/dev_snmp6: what IPv6 counts for one interface. There may be
 * thousands, so each is opened, read and closed before the next.
 *
 * A file goes when the interface or its IPv6 does, and moves when the interface gets another name.
 * So all names are listed before the first file is read: if one is gone by then, they are listed
 * anew, and no interface is missing for its new name.
 *
 * The file does not tell whether it is the one of the reading before: its inode number is soon
 * given again. Netlink tells when IPv6 of an interface began, and is asked before the first file
 * and after the last. A row of which both times are the same is of that time, whenever its file was
 * read; where they differ, nobody knows of which one it is, and all is read anew. So IPv6 that
 * begins anew at any moment is seen by the first reading that has its counters. Times are
 * hundredths of a second: what begins twice within one, with a reading between, is not told apart.
 */
#include "kernel/ip6_interfaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/octets.h"
#include "kernel/line.h"
#include "kernel/netns_reader.h"
#include "procfile.h"
#include "rtnetlink/ip6_devices.h"

/* How often the files are read where some go meanwhile; in the end they are left out. */
#define TRIES 3

/* The counters of a row, and its index. */
enum { INDEX = TCX_COUNTED_COLUMNS, NAMES };

static const struct {
	const char *text;
	size_t len;
} names[NAMES] = {
#define COUNTED(table, sub_id, object, counter, text) {#counter, sizeof(#counter) - 1},
#include "mibs/tables.def"
	{"ifIndex", sizeof("ifIndex") - 1},
};

/* What lines have said, by place in names. */
struct reading {
	size_t next; /* the name that the next line is likely to have */
	bool named[NAMES];
	bool known[NAMES];
	uint64_t numbers[NAMES];
};

/* The place of a name, from the likely one on; NAMES: it is none of ours. */
static size_t find(struct reading *reading, struct tcx_piece name)
{
	for (size_t i = 0; i < NAMES; i++) {
		size_t place = (reading->next + i) % NAMES;

		if (tcx_piece_len(name) != names[place].len ||
		    memcmp(name.at, names[place].text, names[place].len) != 0)
			continue;
		reading->next = place + 1;
		return place;
	}
	return NAMES;
}

static bool read_value(struct tcx_piece line, struct tcx_piece name, uint64_t *value,
		       struct tcx_fault *fault)
{
	struct tcx_number number = {0};

	if (!tcx_line_value(&line, name, &number, fault))
		return false;
	*value = number.value;
	return (!number.negative && !tcx_line_skip_blanks(&line)) ||
	       tcx_line_no_number(fault, name);
}

/* What is named twice has no certain value. */
static bool take_line(struct reading *reading, struct tcx_piece line, struct tcx_fault *fault)
{
	struct tcx_piece name;
	size_t place;

	if (!tcx_line_name(&line, &name, fault))
		return false;
	place = find(reading, name);
	if (place == NAMES)
		return true;
	reading->known[place] = false;
	if (reading->named[place])
		return tcx_fault_set(fault, "it has %s twice", names[place].text);
	reading->named[place] = true;
	reading->known[place] = read_value(line, name, &reading->numbers[place], fault);
	return reading->known[place];
}

/* Takes all lines but those with a fault, and sets the first one. False: there is no row of it. */
static bool take_text(struct tcx_ip6_interface *row, struct tcx_piece text, struct tcx_fault *fault)
{
	struct reading reading = {.next = INDEX};
	struct tcx_piece line;
	bool good = tcx_text_cut(&text, fault);

	while (tcx_line_next(&text, &line))
		good = take_line(&reading, line, good ? fault : NULL) && good;
	if (!reading.known[INDEX] || reading.numbers[INDEX] - 1 >= INT32_MAX) {
		tcx_fault_set(good ? fault : NULL, "it has no ifIndex");
		return false;
	}
	tcx_octets_put32(row->index, (uint32_t)reading.numbers[INDEX]);
	memcpy(row->known, reading.known, sizeof(row->known));
	memcpy(row->numbers, reading.numbers, sizeof(row->numbers));
	return true;
}

/* Whether it is a row. *gone: it was listed, and could not be read. */
static bool read_file(struct tcx_ip6_interface *row, struct tcx_procfile *file,
		      struct tcx_table *table, bool *gone)
{
	struct tcx_fault fault = {""};
	bool is_row = false;

	file->place.below = row->name;
	if (!tcx_procfile_read(file, table->taken_ns, &fault) || !file->present) {
		*gone = true;
	} else {
		is_row = take_text(row, (struct tcx_piece){file->text, file->text + file->len},
				   &fault);
	}
	if (fault.text[0] != '\0')
		tcx_table_lacks(table, "net/dev_snmp6/%s: %s", row->name, fault.text);
	return is_row;
}

/* One buffer serves all files. Returns whether some were gone. */
static bool read_files(struct tcx_table *table, int folder)
{
	struct tcx_ip6_interface *rows = (struct tcx_ip6_interface *)table->rows;
	struct tcx_procfile file;
	size_t kept = 0;
	bool gone = false;

	tcx_procfile_init(&file, (struct tcx_place){.folder = folder, .pins = true}, false);
	for (size_t i = 0; i < table->count; i++) {
		rows[kept] = rows[i];
		if (read_file(&rows[kept], &file, table, &gone))
			kept++;
	}
	tcx_procfile_close(&file);
	table->count = kept;
	return gone;
}

/* What is no name of an interface is no file of one. */
static bool is_name(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strlen(name) < sizeof(((struct tcx_ip6_interface *)NULL)->name);
}

/* Appends a row for each name. True, with table->cut, when there are too many. */
static bool list(struct tcx_table *table, DIR *folder, const char *ignored, struct tcx_fault *fault)
{
	const struct dirent *entry;

	for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
		struct tcx_ip6_interface row = {0};

		if (!is_name(entry->d_name) || tcx_list_matches(ignored, entry->d_name))
			continue;
		strcpy(row.name, entry->d_name);
		if (!tcx_table_append(table, &row, fault))
			return table->cut;
	}
	return errno == 0 || tcx_fault_set(fault, "cannot be listed: %s", strerror(errno));
}

/*
 * When IPv6 of each interface began. NULL, without a fault, where netlink does not tell, or would
 * tell of others than the files do.
 */
static bool read_devices(struct tcx_table **devices, struct tcx_netns_reader *reader,
			 struct tcx_fault *fault)
{
	*devices = NULL;
	if (tcx_netns_where(reader->netns) <= TCX_WHERE_FILES)
		return true;
	*devices = tcx_table_read_beside(&tcx_ip6_devices, reader, fault);
	if (*devices != NULL || reader->route.interrupted)
		return *devices != NULL;
	fault->text[0] = '\0';
	return true;
}

static uint32_t began_of(const struct tcx_table *devices, const struct tcx_ip6_interface *row)
{
	const struct tcx_ip6_device *device =
		devices != NULL ? tcx_table_find(devices, row->index) : NULL;

	return device != NULL ? device->began : 0;
}

/* Leaves out rows whose IPv6 began between the two. Returns whether there were any. */
static bool set_began(struct tcx_table *table, const struct tcx_table *before,
		      const struct tcx_table *after)
{
	struct tcx_ip6_interface *rows = (struct tcx_ip6_interface *)table->rows;
	size_t count = table->count;

	table->count = 0;
	for (size_t i = 0; i < count; i++) {
		rows[i].began = began_of(before, &rows[i]);
		if (rows[i].began == began_of(after, &rows[i]))
			rows[table->count++] = rows[i];
	}
	return table->count < count;
}

/* *again: a file went, or another one came, meanwhile, and its row is missing. */
static bool read_once(struct tcx_table *table, DIR *folder, struct tcx_netns_reader *reader,
		      bool *again, struct tcx_fault *fault)
{
	struct tcx_table *before = NULL;
	struct tcx_table *after = NULL;
	bool done =
		read_devices(&before, reader, fault) && list(table, folder, reader->ignored, fault);

	if (done) {
		*again = read_files(table, dirfd(folder));
		done = read_devices(&after, reader, fault);
		*again = set_began(table, before, after) || *again;
	}
	tcx_table_unref(before);
	tcx_table_unref(after);
	return done;
}

static bool read_folder(struct tcx_table *table, DIR *folder, struct tcx_netns_reader *reader,
			struct tcx_fault *fault)
{
	bool again;

	for (unsigned int tried = 1;; tried++) {
		if (!read_once(table, folder, reader, &again, fault))
			return false;
		if (!again || tried == TRIES)
			return true;
		rewinddir(folder);
		table->count = 0;
		table->cut = false;
		table->lacking.text[0] = '\0';
	}
}

/* The folder is missing where the kernel goes without IPv6: then *folder is NULL, without a fault.
 */
static bool open_folder(const struct tcx_place *place, DIR **folder, struct tcx_fault *fault)
{
	int fd = openat(place->folder, place->below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*folder = fd >= 0 ? fdopendir(fd) : NULL;
	if (*folder != NULL || (fd < 0 && (errno == ENOENT || errno == ESRCH)))
		return true;
	tcx_fault_set(fault, "cannot be opened: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

/* Whether the counters that a row had before go on in it. */
static bool goes_on(const struct tcx_ip6_interface *before, const struct tcx_ip6_interface *row)
{
	if (before->began != row->began)
		return false;
	for (size_t i = 0; i < TCX_COUNTED_COLUMNS; i++)
		if (before->known[i] && row->known[i] && row->numbers[i] < before->numbers[i])
			return false;
	return true;
}

static void set_since(struct tcx_table *table)
{
	struct tcx_ip6_interface *rows = (struct tcx_ip6_interface *)table->rows;

	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_ip6_interface *before =
			table->before != NULL ? tcx_table_find(table->before, rows[i].index) : NULL;

		rows[i].since_ns = before != NULL && goes_on(before, &rows[i]) ? before->since_ns
									       : table->taken_ns;
	}
}

static bool read_interfaces(struct tcx_table *table, struct tcx_netns_reader *reader,
			    struct tcx_fault *fault)
{
	struct tcx_place place = tcx_netns_place(reader->netns, "net/dev_snmp6");
	DIR *folder = NULL;
	bool done;

	table->source = "procfs";
	if (place.path == NULL)
		return tcx_fault_set(fault, "out of memory");
	done = open_folder(&place, &folder, fault) &&
	       (folder == NULL || read_folder(table, folder, reader, fault));
	if (folder != NULL)
		closedir(folder);
	if (!done)
		tcx_fault_prefix(fault, place.path);
	free(place.path);
	if (!done || !tcx_table_sort_unique(table, fault))
		return false;
	set_since(table);
	return true;
}

const struct tcx_table_reader tcx_ip6_interfaces = {
	.kind.row_size = sizeof(struct tcx_ip6_interface),
	.kind.key_size = sizeof(((struct tcx_ip6_interface *)NULL)->index),
	.kind.counts = true,
	.read = read_interfaces,
};
