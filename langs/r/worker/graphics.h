// SPDX-License-Identifier: Apache-2.0
//
// Plots: watches the devices that a snippet draws on, and shows each page when it is finished or
// the snippet ends.
#pragma once

#include "r.h"

// Makes R's current device one of the watched.
void graphics_adopt(void);

// Shows what has been drawn since it was last shown. The snippet has ended.
void graphics_show(void);

// Draws a page, as it was taken from a watched device, on the current one.
void graphics_replay(SEXP page);
