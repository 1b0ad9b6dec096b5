// SPDX-License-Identifier: Apache-2.0
//
// What PHP's own parser says of code that is not run: whether it is whole, and where its value is.
#pragma once

#include <php.h>
#include <zend_compile.h>

typedef enum { syntax_complete, syntax_incomplete, syntax_invalid } Syntax;

// A whole file begins in HTML, with a tag; a snippet begins in PHP.
zend_compile_position position_of(const char* code, size_t size);
// Whether it is whole; `fixed`, if not NULL, gets the code with the semicolon that was missing, or
// NULL.
Syntax syntax_of(zend_string* code, zend_string** fixed);
// Makes the last expression of the snippet what it returns. One that is ended by a semicolon and
// done for its effect, an assignment or output, is not a value.
void return_last_expression(zend_ast* top, bool with_semicolon);
