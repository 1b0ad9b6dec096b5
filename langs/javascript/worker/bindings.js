// SPDX-License-Identifier: Apache-2.0
// Node's own bindings, of which it would warn; there is no other way to hear a signal in a thread.
'use strict';
const { process } = globalThis;

module.exports = function bindings(name) {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    return process.binding(name);
  } finally {
    process.noDeprecation = before;
  }
};
