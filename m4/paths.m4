# SPDX-License-Identifier: BSD-2-Clause
# What is compiled does not depend on where: two builds are equal.

# TCX_PATHS: sets PATHS_CFLAGS to what keeps the folders of source and build out of debugging information.
AC_DEFUN([TCX_PATHS], [
  AC_MSG_CHECKING([whether the compiler takes -ffile-prefix-map])
  tcx_cflags=$CFLAGS PATHS_CFLAGS=
  CFLAGS="$CFLAGS -ffile-prefix-map=/from=/to -Werror"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
    [PATHS_CFLAGS='-ffile-prefix-map=$(abs_top_builddir)=. -ffile-prefix-map=$(top_srcdir)/='
      AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])])
  CFLAGS=$tcx_cflags
  AC_SUBST([PATHS_CFLAGS])
])
