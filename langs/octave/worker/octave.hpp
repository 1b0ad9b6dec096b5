// SPDX-License-Identifier: Apache-2.0
//
// Octave's headers, which are not made for strict compilers, and their one order that works.
#pragma once

#include <octave/oct.h>

#include <octave/call-stack.h>
#include <octave/error.h>
#include <octave/interpreter.h>
#include <octave/lex.h>
#include <octave/load-path.h>
#include <octave/oct-stream.h>
#include <octave/ov-builtin.h>
#include <octave/ov-usr-fcn.h>
#include <octave/parse.h>
#include <octave/pt-all.h>
#include <octave/pt-eval.h>
#include <octave/quit.h>
#include <octave/symtab.h>
