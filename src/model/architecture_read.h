/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading .arch files, a statement a line.
 */
#ifndef MODEL_ARCHITECTURE_READ_H
#define MODEL_ARCHITECTURE_READ_H

#include "model/architecture.h"

enum { ARCHITECTURE_NAME = 200 }; /* most bytes of a name in a file */

/* Add what MODEL_TYPE's file says to ARCHITECTURE, its parents' first.  DEPTH
 * of inheritance is 0 from outside.
 */
bool architecture_read(struct architecture *architecture,
                       const struct resource_path *path, const char *model_type,
                       unsigned depth, struct error *err);

/* Does the text of a file list WANTED on an `alias` line? */
bool architecture_has_alias(const char *data, const char *wanted);

#endif
