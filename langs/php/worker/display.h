// SPDX-License-Identifier: Apache-2.0
//
// What the worker adds to the language: display, update_display, clear_output, and a readline that
// tells that it asks.
#pragma once

#include <php.h>

#include "channel.h"

extern zend_module_entry quern_module;

// Once, when PHP is there: readline becomes the worker's, whether or not the extension is.
void readline_replace(void);
// Whether the run has an input that a prompt may wait for.
void readline_allow(bool allowed);
// Adds the forms of a value: text/plain first, then what an object or a type offers.
void reply_value(Reply* reply, zval* value);
