# SPDX-License-Identifier: BSD-2-Clause
# Options that make a fault of memory harder to use, where compiler and linker have them.

# TCX_HARDEN(CFLAGS, LDFLAGS, [OTHERWISE]): adds them to HARDENING_CFLAGS and HARDENING_LDFLAGS where a
# program can be built with them without a warning, in the order that the Makefile has. The program
# asks for the header that knows whether _FORTIFY_SOURCE can hold: it cannot without optimization.
AC_DEFUN([TCX_HARDEN], [
  AC_MSG_CHECKING([whether programs can be built with $1 $2])
  tcx_cflags=$CFLAGS tcx_cppflags=$CPPFLAGS tcx_ldflags=$LDFLAGS
  CFLAGS="$CPPFLAGS $1 $CFLAGS -Werror" CPPFLAGS= LDFLAGS="$2 $LDFLAGS"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [])],
    [tcx_taken=yes], [tcx_taken=no])
  CFLAGS=$tcx_cflags CPPFLAGS=$tcx_cppflags LDFLAGS=$tcx_ldflags
  AC_MSG_RESULT([$tcx_taken])
  AS_IF([test "$tcx_taken" = yes],
    [HARDENING_CFLAGS="$HARDENING_CFLAGS $1" HARDENING_LDFLAGS="$HARDENING_LDFLAGS $2"],
    [$3])
])

AC_DEFUN([TCX_HARDENING], [
  AC_ARG_ENABLE([hardening],
    [AS_HELP_STRING([--disable-hardening],
      [build without stack protector, _FORTIFY_SOURCE, RELRO, PIE and the like; --enable-sanitizers implies it])],
    [], [enable_hardening=yes])
  AS_IF([test "$enable_sanitizers" != no], [enable_hardening=no])
  HARDENING_CFLAGS= HARDENING_LDFLAGS=
  AS_IF([test "$enable_hardening" = yes], [
    TCX_HARDEN([-fPIE], [-pie])
    TCX_HARDEN([], [-Wl,-z,relro -Wl,-z,now])
    TCX_HARDEN([-fstack-protector-strong], [])
    TCX_HARDEN([-fcf-protection], [])
    TCX_HARDEN([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3], [],
      [TCX_HARDEN([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2], [])])
  ])
  AC_SUBST([HARDENING_CFLAGS])
  AC_SUBST([HARDENING_LDFLAGS])
])
