// SPDX-License-Identifier: Apache-2.0
//
// What a run brings with it: arguments, TRACEPARENT, one stream or two, an input or none.
#pragma once

#include "channel.h"

void surroundings_enter(const Request* run);
void surroundings_leave(void);
