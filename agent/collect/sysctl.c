#include "tcx_reader.h"

#include "line.h"

bool tcx_read_ipfrag_time(struct tcx_draft *draft, const char *text, size_t len,
			  struct tcx_fault *fault)
{
	static const char name[] = "SysctlIpfragTime";
	struct tcx_piece line = {text, text + len};
	struct tcx_number number;

	if (len == 0 || text[len - 1] != '\n')
		return tcx_fault_set(fault, "it is no line with a number");
	line.end--;
	if (!tcx_line_number(&line, &number))
		return tcx_line_no_number(fault, name, sizeof(name) - 1);
	if (tcx_line_skip_blanks(&line))
		return tcx_fault_set(fault, "it holds more than one number");
	return tcx_draft_add(draft, "", 0, name, sizeof(name) - 1, &number, fault);
}
