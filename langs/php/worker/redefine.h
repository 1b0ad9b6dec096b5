// SPDX-License-Identifier: Apache-2.0
//
// Lets a snippet define again what an earlier one has defined: functions, classes, constants.
//
// What was there is put aside rather than destroyed, for objects, generators and closures may go on
// with it, and what code has cached of it is forgotten, so that all that runs later sees the new
// one. A snippet that then does not compile gets everything back.
#pragma once

#include <php.h>

// Once, when PHP is there: also for definitions within `if` and the like, when they are reached.
void redefine_install(void);
// Notes what is there, before a snippet is compiled.
void redefine_begin(void);
// Puts aside what the top level of the snippet will define.
void redefine_make_room(zend_ast* top);
// The snippet did not compile: takes out what it has defined so far, and puts back what was there.
void redefine_undo(void);
// It did: forgets what is cached.
void redefine_keep(void);
