/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress of a long computation, reported often enough and not too often.
 *
 * The numeric loops call watch_poll as often as they like; the caller's report
 * is asked at most every few milliseconds.
 */
#ifndef SPECTRUM_WATCH_H
#define SPECTRUM_WATCH_H

#include "base/error.h"
#include "spectrum/svd.h"

#include <stdint.h>

struct watch {
    const struct svd_progress *progress; /* may be NULL */
    double from, to; /* the part of the whole that this stage is */
    uint64_t last;   /* nanoseconds, of the last report */
};

/* FRACTION of this stage is done; false with ERROR_CANCELLED to stop. */
bool watch_poll(struct watch *watch, double fraction, struct error *err);

/* Nanoseconds of the monotonic clock. */
uint64_t watch_now(void);

#endif
