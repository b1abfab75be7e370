/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The defaults of every option.
 */
#include "explorer/setup.h"

#include <string.h>

#include "base/text.h"

void explorer_setup_init(struct explorer_setup *setup,
                         const struct resource_path *path,
                         struct strings *strings)
{
    memset(setup, 0, sizeof *setup);
    setup->path = path;
    setup->model = model_default_name();
    setup->transformers = 5;
    settings_init(&setup->adapter, strings);
    setup->training = (struct training_settings){
        .dtype = DTYPE_BF16,
        .adapter_dtype = DTYPE_FP32,
        .optimizer = &optimizers[0],
    };
    struct error ignored = {0};
    const struct optimizer *adamw = optimizer_find("adamw", &ignored);
    if (adamw != NULL) {
        setup->training.optimizer = adamw;
    }
    text_sanitize(setup->spectrum.source, sizeof setup->spectrum.source,
                  "sample:power-law");
    setup->spectrum.rows = 512;
    setup->spectrum.cols = 512;
    setup->spectrum.seed = 1;
}

struct count_dtypes setup_dtypes(const struct explorer_setup *setup,
                                 const struct model *model)
{
    return (struct count_dtypes){
        .base = setup->has_dtype ? setup->training.dtype : model->dtype,
        .adapter = setup->training.adapter_dtype,
    };
}
