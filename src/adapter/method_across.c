/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Methods whose tensors are shared between layers in groups: Lily, TinyLoRA,
 * Uni-LoRA, FRoD.
 */
#include "adapter/methods.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"

/* ---- Lily: every layer routes over the B's of its group (Zhong et al. 2024,
 * arXiv 2407.09946; PEFT tuners/lily) ---------------------------------------- */

bool lily_check(const struct fields *fields, struct error *err)
{
    if (field_integer(fields, "stride_A") < 1) {
        return error_set(err, ERROR_RANGE, "stride_A must be at least 1");
    }
    int64_t heads = field_integer(fields, "num_B");
    if (heads < 2 || heads > RANK_MOST) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "num_B must be from 2 to %d, with one B the router of "
                         "Lily has nothing to learn",
                         RANK_MOST);
    }
    return rank_check(fields, err);
}

/* A and B stand in the file once for each module, shared or not. */
bool lily_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    uint64_t r = site->rank, heads = field_count(site->fields, "num_B");
    list->scaling = field_real(site->fields, "scaling");
    tensors_add(list, ".lily_A.weight", TENSOR_WRITTEN, 2, /* (r, in) */
                (uint64_t[]){r, site->in});
    tensors_add(list, ".lily_B.weight", TENSOR_WRITTEN, 2, /* (num_B r, out) */
                (uint64_t[]){heads * r, site->out});
    method_train(list, ".lily_router.weight", 2, (uint64_t[]){heads, r});
    return tensors_ok(list, err);
}

/* The longest target that MODULE's name ends with; its last part when the
 * targets are no list.  A regular expression makes one group of all.
 */
static const char *lily_target(const struct fields *fields,
                               const struct module *module)
{
    const json_t *targets = field(fields, "target_modules");
    const char *found = module->leaf;
    size_t best = 0;
    for (size_t i = 0; i < json_array_size(targets); i++) {
        const char *name = json_string_value(json_array_get(targets, i));
        if (strlen(name) > best && text_ends(module->pattern, name)) {
            best = strlen(name);
            found = name;
        }
    }
    bool regex = json_is_string(targets) &&
                 !text_equal_fold(json_string_value(targets), "all-linear");
    return regex ? "" : found;
}

static bool lily_together(const struct method_site *a,
                          const struct method_site *b)
{
    return a->in == b->in && a->out == b->out &&
           strcmp(lily_target(a->fields, a->module),
                  lily_target(b->fields, b->module)) == 0;
}

/* The group of sites[first], or 0 modules when it was counted before. */
static uint64_t lily_members(const struct method_group *group, size_t first)
{
    const struct method_site *sites = group->sites;
    uint64_t members = 0;
    for (size_t i = 0; i < group->count; i++) {
        if (!lily_together(&sites[first], &sites[i])) {
            continue;
        }
        if (i < first) {
            return 0;
        }
        members += sites[i].module->copies;
    }
    return members;
}

/* What trains: one B a group, one A for every stride_A modules of it. */
bool lily_share(const struct method_group *group, struct tensor_list *list,
                struct error *err)
{
    uint64_t stride = field_count(group->fields, "stride_A");
    uint64_t heads = field_count(group->fields, "num_B");
    for (size_t i = 0; i < group->count; i++) {
        const struct method_site *site = &group->sites[i];
        uint64_t members = lily_members(group, i), r = site->rank;
        if (members == 0) {
            continue;
        }
        tensors_add(list, "lily_B.weight", TENSOR_TRAINABLE, 2,
                    (uint64_t[]){heads * r, site->out})
            ->stored = false;
        for (uint64_t a = 0; a < members && !list->failed; a += stride) {
            tensors_add(list, "lily_A.weight", TENSOR_TRAINABLE, 2,
                        (uint64_t[]){r, site->in})
                ->stored = false;
        }
    }
    return tensors_ok(list, err);
}

/* ---- TinyLoRA: dW = B (sum of v_i P_i) A, A and B from W's SVD, P random
 * (PEFT tuners/tinylora) ----------------------------------------------------- */

bool tinylora_check(const struct fields *fields, struct error *err)
{
    if (field_integer(fields, "u") < 1) {
        return error_set(err, ERROR_RANGE, "u must be a whole number above 0");
    }
    double tying = field_real(fields, "weight_tying");
    if (!(tying >= 0.0 && tying <= 1.0)) {
        return error_set(err, ERROR_RANGE, "weight_tying must be from 0 to 1");
    }
    return rank_check(fields, err);
}

bool tinylora_adapt(const struct method_site *site, struct tensor_list *list,
                    struct error *err)
{
    uint64_t least = site->in < site->out ? site->in : site->out;
    uint64_t r = site->rank < least ? site->rank : least;
    uint64_t u = field_count(site->fields, "u");
    bool embedding = site->module->kind == MODULE_EMBEDDING; /* W (rows, dim) */
    uint64_t columns = embedding ? site->out : site->in;
    uint64_t rows = embedding ? site->in : site->out;
    list->scaling = 1.0;
    tensors_add(list, ".tinylora_A", TENSOR_BUFFER, 2, /* (r, in) */
                (uint64_t[]){r, columns})
        ->stored = true;
    tensors_add(list, ".tinylora_B", TENSOR_BUFFER, 2, /* (out, r) */
                (uint64_t[]){rows, r})
        ->stored = true;
    struct adapter_tensor *random = tensors_add(
        list, ".tinylora_P", TENSOR_BUFFER, 3, (uint64_t[]){u, r, r});
    random->stored = field_flag(site->fields, "save_projection");
    random->type = TENSOR_F32;
    return tensors_ok(list, err);
}

/* The vectors v: as many as round(modules (1 - weight_tying)), at least one. */
bool tinylora_share(const struct method_group *group, struct tensor_list *list,
                    struct error *err)
{
    uint64_t modules = 0, u = field_count(group->fields, "u");
    for (size_t i = 0; i < group->count; i++) {
        modules += group->sites[i].module->copies;
    }
    double untied = 1.0 - field_real(group->fields, "weight_tying");
    /* To even in the middle, as Python rounds. */
    uint64_t vectors = (uint64_t)nearbyint((double)modules * untied);
    vectors = vectors > 0 ? vectors : 1;
    for (uint64_t i = 0; i < vectors && !list->failed; i++) {
        method_train(
            list,
            tensors_suffix(list, "tinylora_v.%llu", (unsigned long long)i), 1,
            &u);
    }
    return tensors_ok(list, err);
}

/* ---- Uni-LoRA: LoRA's entries are picked from one vector (Li et al. 2025,
 * arXiv 2506.00799; PEFT tuners/unilora) ------------------------------------- */

bool unilora_check(const struct fields *fields, struct error *err)
{
    if (field_integer(fields, "theta_d_length") < 1) {
        return error_set(err, ERROR_RANGE,
                         "theta_d_length must be a whole number above 0");
    }
    if (!(field_real(fields, "init_theta_d_bound") > 0.0)) {
        return error_set(err, ERROR_RANGE,
                         "init_theta_d_bound must be above 0");
    }
    return rank_check(fields, err);
}

static void unilora_buffer(struct tensor_list *list, const char *suffix,
                           enum tensor_type type, bool stored,
                           const uint64_t shape[2])
{
    struct adapter_tensor *tensor =
        tensors_add(list, suffix, TENSOR_BUFFER, 2, shape);
    tensor->type = type;
    tensor->stored = stored;
}

bool unilora_adapt(const struct method_site *site, struct tensor_list *list,
                   struct error *err)
{
    uint64_t a[] = {site->rank, site->in};  /* (r, in) */
    uint64_t b[] = {site->out, site->rank}; /* (out, r) */
    bool saved = field_flag(site->fields, "save_indices");
    list->scaling = 1.0;
    unilora_buffer(list, ".unilora_indices_A", TENSOR_I64, saved, a);
    unilora_buffer(list, ".unilora_indices_B", TENSOR_I64, saved, b);
    unilora_buffer(list, ".unilora_scales_A", TENSOR_OWN, saved, a);
    unilora_buffer(list, ".unilora_scales_B", TENSOR_OWN, saved, b);
    return tensors_ok(list, err);
}

bool unilora_share(const struct method_group *group, struct tensor_list *list,
                   struct error *err)
{
    uint64_t length = field_count(group->fields, "theta_d_length");
    tensors_add(list, "unilora_theta_d", TENSOR_TRAINABLE, 1, &length)->type =
        TENSOR_F32;
    return tensors_ok(list, err);
}

/* ---- FRoD: W = U (S + diag l) V^T, V shared by the modules of one name, S
 * sparse (PEFT tuners/frod) -------------------------------------------------- */

bool frod_check(const struct fields *fields, struct error *err)
{
    double rate = field_real(fields, "sparse_rate");
    return (rate >= 0.0 && rate <= 1.0) ||
           error_set(err, ERROR_RANGE, "sparse_rate must be from 0 to 1");
}

/* Entries of S (in, in), which leave its diagonal out. */
static uint64_t frod_entries(const struct fields *fields, uint64_t in)
{
    double rate = field_real(fields, "sparse_rate");
    uint64_t all = in <= UINT32_MAX ? in * in : UINT64_MAX;
    uint64_t most = all - in;
    double share = (double)all * rate;
    uint64_t chosen = share < (double)most ? (uint64_t)share : most;
    return chosen == 0 && rate > 0.0 && most > 0 ? 1 : chosen;
}

bool frod_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    uint64_t entries = frod_entries(site->fields, site->in);
    list->scaling = 1.0;
    method_train(list, ".frod_lambda_l", 1, &site->in);
    method_train(list, ".frod_lambda_s_values", 1, &entries);
    tensors_add(list, ".frod_U", TENSOR_BUFFER, 2, /* (out, in) */
                (uint64_t[]){site->out, site->in})
        ->type = TENSOR_OF_BASE;
    return tensors_ok(list, err);
}

static bool is_index(const char *part, size_t length)
{
    return length == strspn(part, "{}0123456789") && length > 0;
}

/* The last COUNT parts of a dotted name; the whole of it when it has fewer. */
static const char *last_parts(const char *name, unsigned count)
{
    const char *at = name + strlen(name);
    while (at > name && (at[-1] != '.' || --count > 0)) {
        at--;
    }
    return at;
}

/* The role that shares V: "self_attn_q_proj" of model.layers.3.self_attn.q_proj,
 * and BERT's attention.output.dense apart from its output.dense.
 */
static const char *frod_category(const char *name, struct tensor_list *list)
{
    const char *leaf = last_parts(name, 1), *pair = last_parts(name, 2);
    size_t parent = leaf > pair ? (size_t)(leaf - pair) - 1 : 0;
    if (parent == 0 || is_index(pair, parent)) {
        return leaf;
    }
    if (strcmp(last_parts(name, 3), "attention.output.dense") == 0) {
        return "attention_output";
    }
    return tensors_suffix(list, "%.*s_%s", (int)parent, pair, leaf);
}

/* V (in, in), and where S has its entries. */
static void frod_projection(const struct method_group *group,
                            struct tensor_list *list, const char *category,
                            uint64_t in)
{
    bool saved = field_flag(group->fields, "save_projection");
    uint64_t entries = frod_entries(group->fields, in);
    struct adapter_tensor *v =
        tensors_add(list, tensors_suffix(list, "frod_V.%s", category),
                    TENSOR_BUFFER, 2, (uint64_t[]){in, in});
    v->type = TENSOR_OF_BASE;
    v->stored = saved;
    struct adapter_tensor *indices =
        tensors_add(list, tensors_suffix(list, "frod_s_indices.%s", category),
                    TENSOR_BUFFER, 2, (uint64_t[]){2, entries});
    indices->type = TENSOR_I64;
    indices->stored = saved;
    struct adapter_tensor *size =
        tensors_add(list, tensors_suffix(list, "frod_s_size.%s", category),
                    TENSOR_BUFFER, 1, (uint64_t[]){2});
    size->type = TENSOR_I64;
    size->stored = saved;
}

/* The V listed for CATEGORY; NULL: none yet. */
static const struct adapter_tensor *frod_listed(const struct tensor_list *list,
                                                const char *category)
{
    size_t skip = strlen("frod_V.");
    for (size_t i = 0; i < list->count; i += 3) {
        if (strcmp(list->items[i].suffix + skip, category) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

static bool frod_share_name(const struct method_group *group, const char *name,
                            const struct method_site *site,
                            struct tensor_list *list, struct error *err)
{
    const char *category = frod_category(name, list);
    if (category == NULL) {
        return tensors_ok(list, err);
    }
    const struct adapter_tensor *listed = frod_listed(list, category);
    if (listed == NULL) {
        frod_projection(group, list, category, site->in);
        return tensors_ok(list, err);
    }
    return listed->shape[0] == site->in ||
           method_refuse(site, err,
                         "modules called %s would share one matrix, and their "
                         "inputs differ",
                         category);
}

/* Copies fall into one category, unless their names end in the number. */
static bool frod_share_site(const struct method_group *group,
                            const struct method_site *site,
                            struct tensor_list *list, struct error *err)
{
    const struct module *module = site->module;
    if (!text_ends(module->pattern, "{}")) {
        return frod_share_name(group, module->pattern, site, list, err);
    }
    bool done = true;
    for (uint64_t copy = 0; done && copy < module->copies; copy++) {
        struct text name = {0};
        module_append_name(module, copy, &name);
        const char *kept = tensors_suffix(list, "%s", text_string(&name));
        text_clear(&name);
        done = kept == NULL ? tensors_ok(list, err)
                            : frod_share_name(group, kept, site, list, err);
    }
    return done;
}

bool frod_share(const struct method_group *group, struct tensor_list *list,
                struct error *err)
{
    for (size_t i = 0; i < group->count; i++) {
        if (!frod_share_site(group, &group->sites[i], list, err)) {
            return false;
        }
    }
    return tensors_ok(list, err);
}
