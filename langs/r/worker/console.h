// SPDX-License-Identifier: Apache-2.0
//
// R's console: what R prints goes to descriptors 1 and 2 at once, what it asks is asked on 0 and
// told by frames.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Between Rf_initialize_R and setup_Rmainloop. Until the first run, what is printed is held back.
void console_install(void);

// A run begins: with an input or without, the two streams one or not. console_end puts all back.
void console_begin(bool input, bool merge);
void console_end(void);

// Between these two, stdout is kept instead of written; take gives it away (to be freed) and its
// size.
void console_capture(void);
char* console_take(size_t* size);

// While muted, nothing is printed: for questions about code, behind which no run is.
void console_mute(bool muted);

// Asks for one line on stdin; the prompt is written first. Returns the line's size, 0 at end of
// file.
int console_ask(const char* prompt, bool password, char* line, int size);
