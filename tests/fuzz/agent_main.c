/* SPDX-License-Identifier: BSD-2-Clause */
/* The agent's main(), for a program that has another one. */
int agent_main(int argc, char **argv);

#define main agent_main
#include "agent/main.c"
