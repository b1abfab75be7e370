/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The libraries below the spectra: GSL's error handler, and which CBLAS it is.
 */
#include "spectrum/svd.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#include <stdio.h>
#include <string.h>

/* Present when that library answers CBLAS calls, absent (NULL) otherwise. */
extern char *openblas_get_config(void) __attribute__((weak));
extern int openblas_get_parallel(void) __attribute__((weak));
extern int openblas_get_num_threads(void) __attribute__((weak));
extern void openblas_set_num_threads(int count) __attribute__((weak));
extern const char *bli_info_get_version_str(void) __attribute__((weak));

/* More threads only spin on matrices of the size that people look at. */
enum { THREADS_MOST = 8 };

#ifndef LORAEXPLORE_BLAS
#define LORAEXPLORE_BLAS "GSL CBLAS (slow: install OpenBLAS)"
#endif

/* Written once by spectrum_init, before there is a second thread. */
static char openblas_name[48] = "OpenBLAS";

/* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...": the name and the version. */
static void openblas_name_read(void)
{
    const char *config = openblas_get_config();
    size_t length = strcspn(config, " ");
    if (config[length] == ' ') {
        length += 1 + strcspn(config + length + 1, " ");
    }
    int parallel = openblas_get_parallel == NULL ? 0 : openblas_get_parallel();
    snprintf(openblas_name, sizeof openblas_name, "%.*s (%s)",
             length > 30 ? 30 : (int)length, config,
             parallel == 0   ? "serial"
             : parallel == 1 ? "pthread"
                             : "OpenMP");
}

void spectrum_init(void)
{
    gsl_set_error_handler_off();
    if (openblas_get_config != NULL) {
        openblas_name_read();
    }
    if (openblas_get_num_threads != NULL && openblas_set_num_threads != NULL &&
        openblas_get_num_threads() > THREADS_MOST) {
        openblas_set_num_threads(THREADS_MOST);
    }
}

const char *spectrum_blas_name(void)
{
    if (openblas_get_config != NULL) {
        return openblas_name;
    }
    if (bli_info_get_version_str != NULL) {
        return "BLIS";
    }
    return LORAEXPLORE_BLAS;
}

const char *spectrum_gsl_version(void)
{
    return gsl_version;
}
