// SPDX-License-Identifier: Apache-2.0
//
// How a value is shown as text: as PHP would write it, shortened where it is long.
#pragma once

#include <php.h>

#include "channel.h"

// May run code of the snippet's, a __debugInfo; stops when that throws.
void value_text(Buffer* text, zval* value);
// On one line, at most so many bytes, and without running any code.
void value_brief(Buffer* text, zval* value, size_t most);
