// SPDX-License-Identifier: Apache-2.0
//
// What the worker's R code may call: .Call("quern_…", …, PACKAGE = "(embedding)").
#pragma once

void routines_register(void);
