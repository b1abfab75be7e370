/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore spectrum SOURCE.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/plot.h"
#include "explorer/report.h"
#include "spectrum/source.h"

enum { PLOT_WIDTH = 76, PLOT_HEIGHT = 14 };

static bool set_source(struct spectrum_request *request, const char *source,
                       struct error *err)
{
    size_t length = strlen(source);
    if (length >= sizeof request->source) {
        return error_set(err, ERROR_RANGE,
                         "SOURCE is %zu bytes long, more than %zu; use a "
                         "shorter path",
                         length, sizeof request->source - 1);
    }
    memcpy(request->source, source, length + 1);
    return true;
}

static void show_warnings(const struct report *report)
{
    const struct report_section *last =
        &report->sections[report->section_count - 1];
    output_warnings(last->cells[0].texts, last->cells[0].length);
}

/* The spectrum drawn, with the rank's place marked. */
static bool draw_spectrum(const struct cli_call *call,
                          const struct spectrum *spectrum, struct text *out,
                          struct error *err)
{
    const struct plot_options look = {.ascii = output_wants_ascii(call)};
    struct plot plot = {0};
    if (!plot_init(&plot, PLOT_WIDTH, PLOT_HEIGHT, err)) {
        return false;
    }
    (void)plot_spectrum(&plot, spectrum->sigma, spectrum->count,
                        call->setup.adapter.rank, &look);
    for (size_t row = 0; row < PLOT_HEIGHT; row++) {
        plot_append_row(&plot, row, out);
        text_append(out, "\n");
    }
    plot_clear(&plot);
    return text_ok(out, err);
}

static bool show_spectrum(const struct cli_call *call,
                          const struct spectrum *spectrum, struct error *err)
{
    struct report report = {0};
    struct text picture = {0};
    bool ok = !call->plot || draw_spectrum(call, spectrum, &picture, err);
    ok = ok && report_spectrum(&report, spectrum, call->setup.adapter.rank,
                               call->rank_given, call->values, err);
    if (ok) {
        show_warnings(&report);
        ok = (!call->explain || report_explain_spectrum(&report, err)) &&
             output_report(call, &report, call->plot ? &picture : NULL, err);
    }
    text_clear(&picture);
    report_clear(&report);
    return ok;
}

int cli_spectrum(struct cli_call *call, struct error *err)
{
    struct spectrum_request *request = &call->setup.spectrum;
    if (call->plot && call->format_given) {
        error_set(err, ERROR_USAGE,
                  "--plot draws text; leave out --json or --csv");
        return STATUS_USAGE;
    }
    if (!set_source(request, call->operands[0], err)) {
        return STATUS_FAILED;
    }
    struct spectrum *spectrum = spectrum_new(request, NULL, err);
    if (spectrum == NULL) {
        return STATUS_FAILED;
    }
    bool ok = show_spectrum(call, spectrum, err);
    spectrum_free(spectrum);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
