// SPDX-License-Identifier: Apache-2.0
//
// SIGINT, which ends a snippet by an exception of class Quern\Interrupted and does nothing else.
//
// PHP repeats a read that a signal has broken off, once or for ever, and notices an interrupt
// between its instructions only. So a timer breaks off whatever waits, again and again, until the
// exception is thrown; and it is thrown behind every built-in function, at every turn of a loop, or
// at the latest when the snippet ends.
#pragma once

#include <php.h>

extern zend_class_entry* interrupted_class;

// Once, when PHP is there.
void interrupts_install(void);
// Registers the class; part of the module's start.
void interrupts_declare(void);
// From here to interrupts_disarm a SIGINT counts. Takes the handler back from the last snippet.
void interrupts_arm(void);
void interrupts_disarm(void);
// It has come and has not been thrown yet.
bool interrupt_pending(void);
// Whether it was pending; then it is no more.
bool interrupt_take(void);
