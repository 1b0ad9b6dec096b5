// SPDX-License-Identifier: Apache-2.0
//
// `use` at the top of a snippet, which in PHP holds for one file: here it holds for the context, as
// long as nothing else takes the name.
#pragma once

#include <php.h>

// Puts the kept imports in front of the snippet, as part of what is compiled, and notes its own.
void imports_add(zend_ast* top);
// It did compile: what it imports is kept from now on.
void imports_keep(void);
void imports_forget_new(void);
