/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program's version, as --version and the JSON say it.
 */
#ifndef EXPLORER_VERSION_H
#define EXPLORER_VERSION_H

#ifndef LORAEXPLORE_VERSION
#define LORAEXPLORE_VERSION "0.1.0"
#endif

#endif
