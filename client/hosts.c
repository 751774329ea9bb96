/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a file of hosts. What is wrong in it is told before anybody is asked. */
#include "hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"

#define BLANKS	  " \t\r"
#define WORDS_MAX 2

/* --- Lines ------------------------------------------------------------------------------------*/

static bool line_fault(struct tcx_fault *fault, size_t line, const char *what)
{
	return tcx_fault_set(fault, "line %zu: %s", line, what);
}

/* Cuts the next word off *text; NULL: there is none, or a comment. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, BLANKS);
	char *end = word + strcspn(word, BLANKS);

	if (*word == '\0' || *word == '#')
		return NULL;
	*text = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return word;
}

static bool is_plain(const char *word)
{
	for (; *word != '\0'; word++)
		if (*word < '!' || *word > '~')
			return false;
	return true;
}

static bool take_line(struct tcx_hosts *hosts, char *text, size_t line, struct tcx_fault *fault)
{
	char *words[WORDS_MAX + 1] = {NULL};
	struct tcx_host host = {.own = NULL};
	size_t count = 0;

	while (count <= WORDS_MAX && (words[count] = next_word(&text)) != NULL)
		if (!is_plain(words[count++]))
			return line_fault(fault, line, "it has octets that are not of ASCII");
	if (count == 0)
		return true;
	if (count > WORDS_MAX)
		return line_fault(fault, line,
				  "behind a host and its community, or context, comes a word more");
	if (hosts->count == TCX_HOSTS_MAX)
		return line_fault(fault, line, "there are too many hosts");
	host.name = words[0];
	host.own = words[1];
	return tcx_array_append(&hosts->items, &hosts->count, &host, sizeof(host)) ||
	       tcx_fault_set(fault, "out of memory");
}

bool tcx_hosts_take(struct tcx_hosts *hosts, char *text, size_t len, struct tcx_fault *fault)
{
	size_t line = 1;
	char *end;

	hosts->text = text;
	if (memchr(text, '\0', len) != NULL)
		return tcx_fault_set(fault, "it is no text");
	text[len] = '\0';
	for (; text < hosts->text + len; text = end + 1, line++) {
		end = text + strcspn(text, "\n");
		*end = '\0';
		if (!take_line(hosts, text, line, fault))
			return false;
	}
	return hosts->count > 0 || tcx_fault_set(fault, "there is no host in it");
}

/* --- The file ---------------------------------------------------------------------------------*/

/* Who may write to it decides who gets the passwords. */
static bool is_sound(FILE *file, struct tcx_fault *fault)
{
	struct stat about;

	if (fstat(fileno(file), &about) != 0)
		return tcx_fault_set(fault, "%s", strerror(errno));
	if (S_ISDIR(about.st_mode))
		return tcx_fault_set(fault, "it is a folder");
	return !S_ISREG(about.st_mode) || (about.st_mode & S_IWOTH) == 0 ||
	       tcx_fault_set(fault, "everybody may write to it");
}

static bool read_text(struct tcx_hosts *hosts, FILE *file, struct tcx_fault *fault)
{
	char *text;
	size_t len;

	if (!is_sound(file, fault))
		return false;
	text = malloc(TCX_HOSTS_SIZE_MAX + 1);
	if (text == NULL)
		return tcx_fault_set(fault, "out of memory");
	len = fread(text, 1, TCX_HOSTS_SIZE_MAX + 1, file);
	if (ferror(file) || len > TCX_HOSTS_SIZE_MAX) {
		tcx_fault_set(fault, "%s", ferror(file) ? strerror(errno) : "it is too long");
		free(text);
		return false;
	}
	return tcx_hosts_take(hosts, text, len, fault);
}

bool tcx_hosts_read(struct tcx_hosts *hosts, const char *path, struct tcx_fault *fault)
{
	bool is_input = strcmp(path, "-") == 0;
	FILE *file = is_input ? stdin : fopen(path, "re");
	bool good = file != NULL ? read_text(hosts, file, fault)
				 : tcx_fault_set(fault, "%s", strerror(errno));

	if (file != NULL && !is_input)
		fclose(file);
	return good || tcx_fault_prefix(fault, is_input ? "hosts on standard input" : path);
}

void tcx_hosts_clear(struct tcx_hosts *hosts)
{
	free(hosts->items);
	free(hosts->text);
	*hosts = (struct tcx_hosts){.items = NULL};
}
