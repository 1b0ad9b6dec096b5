// SPDX-License-Identifier: Apache-2.0
//
// The processes that a snippet has started. PHP waits for one without heeding a signal, so one that
// does not hear the interrupt is ended for it.
#pragma once

// Those that are there before a snippet are not its own.
void children_note(void);
// Ends those that came since. May be called in a signal handler.
void children_end(void);
