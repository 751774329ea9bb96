/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-tidy reads one file at a time, and these are in another one. They return false. */
#include "base/fault.h"

#define tcx_fault_set(...)    ((void)tcx_fault_set(__VA_ARGS__), false)
#define tcx_fault_prefix(...) ((void)tcx_fault_prefix(__VA_ARGS__), false)
