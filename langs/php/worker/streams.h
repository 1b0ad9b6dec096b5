// SPDX-License-Identifier: Apache-2.0
//
// Descriptors 0, 1 and 2 as PHP sees them: echo, STDIN, STDOUT, STDERR.
//
// Everything is written at once, so nothing has to be flushed and the order is the true one. What a
// snippet closes is there again for the next one, and input read ahead is forgotten with its run.
#pragma once

#include <php.h>

// What echo does.
size_t write_output(const char* text, size_t size);
void write_error(const char* text, size_t size);
// Once, when PHP is there: keeps spare descriptors and defines the three constants.
void streams_open(void);
// Before a snippet.
void streams_mend(void);
// For one run stderr is stdout.
void streams_merge(void);
// After a snippet: the end of a merge, and of what was read ahead.
void streams_settle(void);
// A line of the standard input with its newline, at most; NULL at its end or when interrupted.
zend_string* read_line(void);
