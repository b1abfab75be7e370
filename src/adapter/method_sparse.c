/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FourierFT, WaveFT and SHiRA: a few entries, of a transform or of the weight.
 *
 * Gao et al. 2024; Bilican et al. 2025; Bhardwaj et al. 2024; PEFT
 * tuners/fourierft, waveft and shira.
 */
#include <math.h>

#include "adapter/methods.h"
#include "base/alloc.h"

/* N coefficients of an out x in transform, one trained vector. */
static bool add_spectrum(const struct method_site *site,
                         struct tensor_list *list, const char *suffix,
                         int64_t n, struct error *err)
{
    if (n <= 0) {
        return method_refuse(site, err, "n_frequency must be greater than 0");
    }
    uint64_t size = (uint64_t)n;
    if (size > method_product(site->in, site->out)) {
        return method_refuse(site, err,
                             "n_frequency passes its %llu x %llu "
                             "entries",
                             (unsigned long long)site->out,
                             (unsigned long long)site->in);
    }
    list->scaling = field_real(site->fields, "scaling");
    method_train(list, suffix, 1, &size);
    return true;
}

bool fourierft_adapt(const struct method_site *site, struct tensor_list *list,
                     struct error *err)
{
    return add_spectrum(site, list, ".fourierft_spectrum",
                        json_whole(site->special), err);
}

/* ---- WaveFT ---------------------------------------------------------------- */

/* db1 to db38, sym2 to sym20 and coif1 to coif17. */
bool waveft_check(const struct fields *fields, struct error *err)
{
    static const struct {
        const char *name;
        int first, last;
    } families[] = {{"db", 1, 38}, {"sym", 2, 20}, {"coif", 1, 17}};
    char name[16];
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        for (int k = families[i].first; k <= families[i].last; k++) {
            snprintf(name, sizeof(name), "%s%d", families[i].name, k);
            if (field_is(fields, "wavelet_family", name)) {
                return true;
            }
        }
    }
    return method_refuse_field(
        fields, err, "wavelet_family",
        "must be one of db1 to db38, sym2 to sym20 and coif1 to coif17");
}

/* proportional_parameters: n_frequency times all modules, shared out by size
 * as Python rounds, halves to even; 0.21 gives each at least one.
 */
static int64_t proportional(const struct method_site *site)
{
    const struct method_group *group = site->group;
    double sum = 0, modules = 0;
    for (size_t i = 0; group != NULL && i < group->count; i++) {
        const struct method_site *other = &group->sites[i];
        double copies = (double)other->module->copies;
        sum += copies * (double)other->in * (double)other->out;
        modules += copies;
    }
    double own = (double)site->in * (double)site->out;
    double budget = field_real(site->fields, "n_frequency") * modules;
    double share = sum > 0 ? rint(own / sum * budget) : 0;
    if (share < 1 && site->fields->peft != PEFT_0_18) {
        return 1;
    }
    return share < 9e15 ? (int64_t)share : INT64_MAX;
}

bool waveft_adapt(const struct method_site *site, struct tensor_list *list,
                  struct error *err)
{
    int64_t n = field_flag(site->fields, "proportional_parameters")
                    ? proportional(site)
                    : json_whole(site->special);
    return add_spectrum(site, list, ".waveft_spectrum", n, err);
}

/* ---- SHiRA ----------------------------------------------------------------- */

/* As many entries as LoRA of rank r has, r (in + out), and where they lie; a
 * mask_type that PEFT does not know gives no places.
 */
bool shira_adapt(const struct method_site *site, struct tensor_list *list,
                 struct error *err)
{
    uint64_t entries =
        method_product(site->rank, method_sum(site->in, site->out));
    if (entries > method_product(site->in, site->out)) {
        return method_refuse(
            site, err, "r %llu takes more entries than its %llu x %llu",
            (unsigned long long)site->rank, (unsigned long long)site->out,
            (unsigned long long)site->in);
    }
    list->scaling = 1;
    method_train(list, ".shira_weight", 1, &entries);
    if (field_is(site->fields, "mask_type", "random")) {
        struct adapter_tensor *places =
            tensors_add(list, ".shira_indices", TENSOR_WRITTEN, 2,
                        (uint64_t[]){2, entries});
        places->type = TENSOR_I32;
        places->stored = true;
    }
    return true;
}
