/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress of a long computation, reported every few milliseconds.
 */
#include "spectrum/watch.h"

#include <stddef.h>
#include <time.h>

/* Well below the 50 ms that callers are promised, well above a report's cost. */
enum { INTERVAL = 8 * 1000 * 1000 };

uint64_t watch_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

bool watch_poll(struct watch *watch, double fraction, struct error *err)
{
    if (watch->progress == NULL) {
        return true;
    }
    uint64_t now = watch_now();
    if (now - watch->last < INTERVAL) {
        return true;
    }
    watch->last = now;
    double whole = watch->from + (watch->to - watch->from) * fraction;
    if (!watch->progress->report(watch->progress->payload, whole)) {
        return error_set(err, ERROR_CANCELLED, "stopped before the end");
    }
    return true;
}
