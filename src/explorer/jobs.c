/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worker thread.  Everything shared is behind one mutex, but the flag that
 * asks a running job to stop and how far it is, which are atomic.
 */
#include "explorer/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

enum { RESULTS_MOST = 4 }; /* older ones are stale and make room */

struct jobs {
    jobs_compute *compute;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t asked;
    int wake[2];      /* the worker writes to [1] */
    atomic_bool stop; /* the running job shall end */
    atomic_uint permille;

    /* behind the mutex */
    bool quit, waiting, running;
    uint64_t generation; /* of what runs */
    uint64_t waiting_generation;
    struct spectrum_request request; /* what waits */
    struct job_result results[RESULTS_MOST];
    size_t result_count;
};

/* One byte; a full pipe wakes just as well. */
static void wake(struct jobs *jobs)
{
    ssize_t written;
    do {
        written = write(jobs->wake[1], "!", 1);
    } while (written < 0 && errno == EINTR);
}

static bool report(void *payload, double fraction)
{
    struct jobs *jobs = payload;
    double clamped = fraction > 1 ? 1 : fraction > 0 ? fraction : 0;
    unsigned now = (unsigned)(clamped * 1000);
    unsigned before = atomic_load(&jobs->permille);
    if (now >= before + 20) { /* fifty frames a job at most */
        atomic_store(&jobs->permille, now);
        wake(jobs);
    }
    return !atomic_load(&jobs->stop);
}

/* Put a result behind the others; the caller holds the mutex. */
static void put_result(struct jobs *jobs, const struct job_result *result)
{
    if (jobs->result_count == RESULTS_MOST) {
        spectrum_free(jobs->results[0].spectrum);
        memmove(jobs->results, jobs->results + 1,
                (RESULTS_MOST - 1) * sizeof *jobs->results);
        jobs->result_count--;
    }
    jobs->results[jobs->result_count++] = *result;
}

/* Wait for a request; false when it is time to end.  Fills *job. */
static bool next_job(struct jobs *jobs, struct job_result *job)
{
    pthread_mutex_lock(&jobs->mutex);
    while (!jobs->quit && !jobs->waiting) {
        pthread_cond_wait(&jobs->asked, &jobs->mutex);
    }
    bool go = !jobs->quit;
    if (go) {
        *job = (struct job_result){.generation = jobs->waiting_generation,
                                   .request = jobs->request};
        jobs->waiting = false;
        jobs->running = true;
        jobs->generation = job->generation;
        atomic_store(&jobs->permille, 0);
        atomic_store(&jobs->stop, false);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return go;
}

static void *work(void *payload)
{
    struct jobs *jobs = payload;
    struct job_result job;
    while (next_job(jobs, &job)) {
        const struct svd_progress progress = {.report = report,
                                              .payload = jobs};
        job.spectrum = jobs->compute(&job.request, &progress, &job.error);
        pthread_mutex_lock(&jobs->mutex);
        jobs->running = false;
        put_result(jobs, &job);
        pthread_mutex_unlock(&jobs->mutex);
        wake(jobs);
    }
    return NULL;
}

static bool set_flags(int fd)
{
    int status = fcntl(fd, F_GETFL);
    return status >= 0 && fcntl(fd, F_SETFL, status | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* Signals go to the main thread: the worker is born with all of them blocked. */
static int start_thread(struct jobs *jobs)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&jobs->thread, NULL, work, jobs);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

struct jobs *jobs_new(jobs_compute *compute, struct error *err)
{
    struct jobs *jobs = memory_new(1, sizeof *jobs, err);
    if (jobs == NULL) {
        return NULL;
    }
    jobs->compute = compute;
    if (pipe(jobs->wake) != 0) {
        error_set(err, ERROR_IO, "no pipe for the worker thread: %s",
                  strerror(errno));
        memory_free(jobs);
        return NULL;
    }
    pthread_mutex_init(&jobs->mutex, NULL);
    pthread_cond_init(&jobs->asked, NULL);
    int status = EINVAL;
    if (set_flags(jobs->wake[0]) && set_flags(jobs->wake[1])) {
        status = start_thread(jobs);
    }
    if (status != 0) {
        error_set(err, ERROR_IO, "the worker thread does not start: %s",
                  strerror(status));
        pthread_cond_destroy(&jobs->asked);
        pthread_mutex_destroy(&jobs->mutex);
        close(jobs->wake[0]);
        close(jobs->wake[1]);
        memory_free(jobs);
        return NULL;
    }
    return jobs;
}

void jobs_free(struct jobs *jobs)
{
    if (jobs == NULL) {
        return;
    }
    pthread_mutex_lock(&jobs->mutex);
    jobs->quit = true;
    atomic_store(&jobs->stop, true);
    pthread_cond_signal(&jobs->asked);
    pthread_mutex_unlock(&jobs->mutex);
    pthread_join(jobs->thread, NULL);
    for (size_t i = 0; i < jobs->result_count; i++) {
        spectrum_free(jobs->results[i].spectrum);
    }
    pthread_cond_destroy(&jobs->asked);
    pthread_mutex_destroy(&jobs->mutex);
    close(jobs->wake[0]);
    close(jobs->wake[1]);
    memory_free(jobs);
}

int jobs_wake_fd(const struct jobs *jobs)
{
    return jobs->wake[0];
}

void jobs_submit(struct jobs *jobs, const struct spectrum_request *request,
                 uint64_t generation)
{
    pthread_mutex_lock(&jobs->mutex);
    jobs->request = *request;
    jobs->waiting_generation = generation;
    jobs->waiting = true;
    atomic_store(&jobs->stop, true);
    pthread_cond_signal(&jobs->asked);
    pthread_mutex_unlock(&jobs->mutex);
}

void jobs_cancel(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->mutex);
    jobs->waiting = false;
    atomic_store(&jobs->stop, true);
    pthread_mutex_unlock(&jobs->mutex);
}

void jobs_drain(struct jobs *jobs)
{
    char bytes[64];
    ssize_t count;
    do {
        count = read(jobs->wake[0], bytes, sizeof bytes);
    } while (count > 0 || (count < 0 && errno == EINTR));
}

bool jobs_take(struct jobs *jobs, struct job_result *result)
{
    pthread_mutex_lock(&jobs->mutex);
    bool any = jobs->result_count > 0;
    if (any) {
        *result = jobs->results[0];
        jobs->result_count--;
        memmove(jobs->results, jobs->results + 1,
                jobs->result_count * sizeof *jobs->results);
    }
    pthread_mutex_unlock(&jobs->mutex);
    return any;
}

bool jobs_progress(struct jobs *jobs, uint64_t *generation, double *fraction)
{
    pthread_mutex_lock(&jobs->mutex);
    bool running = jobs->running;
    *generation = jobs->generation;
    pthread_mutex_unlock(&jobs->mutex);
    *fraction = atomic_load(&jobs->permille) / 1000.0;
    return running;
}
