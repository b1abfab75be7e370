/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One worker thread that computes spectra, one queue, one pipe that wakes.
 *
 * A request is copied and carries a generation number.  A new request stops
 * the one before it; its result, if it was ready, comes all the same and the
 * caller tells by the number whether it still wants it.
 */
#ifndef EXPLORER_JOBS_H
#define EXPLORER_JOBS_H

#include "base/error.h"
#include "spectrum/source.h"

#include <stdbool.h>
#include <stdint.h>

struct jobs;

/* What the worker runs: spectrum_new, or a test's own. */
typedef struct spectrum *jobs_compute(const struct spectrum_request *request,
                                      const struct svd_progress *progress,
                                      struct error *err);

struct job_result {
    uint64_t generation;
    struct spectrum_request request;
    struct spectrum *spectrum; /* the taker's to spectrum_free, or NULL */
    struct error error;        /* why there is none */
};

/* Start the worker, all signals blocked in it; NULL with *err set. */
struct jobs *jobs_new(jobs_compute *compute, struct error *err);

/* Stop what runs, wait for the worker, free what nobody took. */
void jobs_free(struct jobs *jobs);

/* Readable when there is news: a result or progress. */
int jobs_wake_fd(const struct jobs *jobs);

/* Stop what runs or waits and compute this. */
void jobs_submit(struct jobs *jobs, const struct spectrum_request *request,
                 uint64_t generation);

/* Stop what runs or waits; it gives no result, or one with ERROR_CANCELLED. */
void jobs_cancel(struct jobs *jobs);

/* Empty the pipe; call it before jobs_take so that no news is lost. */
void jobs_drain(struct jobs *jobs);

/* The oldest result nobody took; false when there is none. */
bool jobs_take(struct jobs *jobs, struct job_result *result);

/* What runs now and how far it is, 0 to 1; false when nothing does. */
bool jobs_progress(struct jobs *jobs, uint64_t *generation, double *fraction);

#endif
