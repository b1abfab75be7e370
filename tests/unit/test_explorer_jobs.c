/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worker thread; run under the thread sanitizer as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "explorer/jobs.h"

static atomic_int started;
static atomic_int cancelled;
static atomic_bool saw_signals_open;

/* A job that lasts until it is stopped; "quick" ends at once. */
static struct spectrum *compute(const struct spectrum_request *request,
                                const struct svd_progress *progress,
                                struct error *err)
{
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    if (!sigismember(&mask, SIGINT) || !sigismember(&mask, SIGWINCH)) {
        atomic_store(&saw_signals_open, true);
    }
    atomic_fetch_add(&started, 1);
    bool quick = strcmp(request->source, "quick") == 0;
    for (int i = 0; !quick; i++) {
        if (!progress->report(progress->payload, (i % 1000) / 1000.0)) {
            atomic_fetch_add(&cancelled, 1);
            error_set(err, ERROR_CANCELLED, "stopped");
            return NULL;
        }
    }
    struct spectrum *spectrum = memory_new(1, sizeof *spectrum, err);
    if (spectrum != NULL) {
        spectrum->count = (size_t)request->seed;
    }
    return spectrum;
}

static void submit(struct jobs *jobs, const char *source, uint64_t generation)
{
    struct spectrum_request request = {.seed = generation};
    strncpy(request.source, source, sizeof request.source - 1);
    jobs_submit(jobs, &request, generation);
}

static bool wait_result(struct jobs *jobs, struct job_result *result)
{
    for (int i = 0; i < 1000; i++) {
        if (jobs_take(jobs, result)) {
            return true;
        }
        struct pollfd wake = {.fd = jobs_wake_fd(jobs), .events = POLLIN};
        poll(&wake, 1, 10000);
        jobs_drain(jobs);
    }
    return false;
}

static struct jobs *open_jobs(void)
{
    struct error err = {.code = ERROR_NONE};
    atomic_store(&started, 0);
    atomic_store(&cancelled, 0);
    struct jobs *jobs = jobs_new(compute, &err);
    assert_non_null(jobs);
    return jobs;
}

static void gives_the_result_with_its_number(void **state)
{
    (void)state;
    struct jobs *jobs = open_jobs();
    struct job_result result;
    assert_false(jobs_take(jobs, &result));
    submit(jobs, "quick", 7);
    assert_true(wait_result(jobs, &result));
    assert_int_equal(result.generation, 7);
    assert_string_equal(result.request.source, "quick");
    assert_non_null(result.spectrum);
    assert_int_equal(result.spectrum->count, 7);
    spectrum_free(result.spectrum);
    jobs_free(jobs);
    assert_false(atomic_load(&saw_signals_open));
}

static void a_new_request_stops_the_old_one(void **state)
{
    (void)state;
    struct jobs *jobs = open_jobs();
    struct job_result result;
    submit(jobs, "endless", 1);
    while (atomic_load(&started) == 0) {
        struct pollfd wake = {.fd = jobs_wake_fd(jobs), .events = POLLIN};
        poll(&wake, 1, 10);
    }
    uint64_t generation;
    double fraction;
    assert_true(jobs_progress(jobs, &generation, &fraction));
    assert_int_equal(generation, 1);
    assert_true(fraction >= 0 && fraction <= 1);
    submit(jobs, "quick", 2);
    assert_true(wait_result(jobs, &result));
    assert_int_equal(result.generation, 1);
    assert_null(result.spectrum);
    assert_int_equal(result.error.code, ERROR_CANCELLED);
    assert_true(wait_result(jobs, &result));
    assert_int_equal(result.generation, 2);
    spectrum_free(result.spectrum);
    jobs_free(jobs);
}

static void requests_that_wait_are_replaced(void **state)
{
    (void)state;
    struct jobs *jobs = open_jobs();
    struct job_result result;
    for (uint64_t i = 1; i <= 200; i++) {
        submit(jobs, i % 2 ? "endless" : "quick", i);
    }
    do {
        assert_true(wait_result(jobs, &result));
        if (result.generation < 200) {
            spectrum_free(result.spectrum);
        }
    } while (result.generation < 200);
    assert_non_null(result.spectrum);
    assert_int_equal(result.spectrum->count, 200);
    spectrum_free(result.spectrum);
    jobs_free(jobs);
}

static void cancel_and_free_while_it_runs(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct jobs *jobs = open_jobs();
        submit(jobs, "endless", 1);
        if (i % 2 == 0) {
            jobs_cancel(jobs);
        }
        submit(jobs, "quick", 2);
        jobs_cancel(jobs);
        jobs_free(jobs); /* with results that nobody took */
    }
    jobs_free(NULL);
}

static void computes_a_real_spectrum(void **state)
{
    (void)state;
    struct error err = {.code = ERROR_NONE};
    struct jobs *jobs = jobs_new(spectrum_new, &err);
    struct spectrum_request request = {
        .source = "sample:power-law", .rows = 16, .cols = 16, .seed = 1};
    struct job_result result;
    spectrum_init();
    jobs_submit(jobs, &request, 1);
    assert_true(wait_result(jobs, &result));
    assert_non_null(result.spectrum);
    assert_int_equal(result.spectrum->count, 16);
    /* sigma_k = k^-1.2 by construction: sigma_1 = 1 */
    assert_true(result.spectrum->sigma[0] > 1 - 1e-9 &&
                result.spectrum->sigma[0] < 1 + 1e-9);
    spectrum_free(result.spectrum);
    jobs_free(jobs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_result_with_its_number),
        cmocka_unit_test(a_new_request_stops_the_old_one),
        cmocka_unit_test(requests_that_wait_are_replaced),
        cmocka_unit_test(cancel_and_free_while_it_runs),
        cmocka_unit_test(computes_a_real_spectrum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
