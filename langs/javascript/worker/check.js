// SPDX-License-Identifier: Apache-2.0
// Whether code is complete, begun or wrong: V8's parser is asked, and what it says at the end of the text.
'use strict';
const vm = require('vm');
const { parse, withoutImports } = require('./rewrite');

const BEGUN = /^Unexpected end of input$|^Missing } in template expression$|^missing \) after argument list$/;
const MISSING = 'missing ) after argument list';
const DEEPEST_CALL = 20;

// What is wrong with it; null when nothing is.
function fault(code) {
  try {
    new vm.Script(code, { filename: 'checked' });
    return null;
  } catch (error) {
    return error.message;
  }
}

// `await` at the top is no fault, and seen only within a function; one that is left open tells that more is to come.
function stateWithAwait(code) {
  if (fault(`async function checked() {${code}\n}`) === null) return 'complete';
  return BEGUN.test(fault(`async function checked() {${code}`)) ? 'incomplete' : 'invalid';
}

// With `import` at the top, what V8 says is always that.
function stateWithImport(code) {
  try {
    parse(code);
    return 'complete';
  } catch (error) {
    return error.pos >= code.trimEnd().length ? 'incomplete' : 'invalid';
  }
}

// A parenthesis may be missed at the end, where it has yet to come, or in the midst.
function isClosable(code) {
  for (let closers = 1; closers <= DEEPEST_CALL; closers++) {
    if (fault(code + ')'.repeat(closers)) !== MISSING) return true;
  }
  return false;
}

function stateOf(code) {
  const said = fault(code);
  if (said === null) return 'complete';
  if (said === MISSING) return isClosable(code) ? 'incomplete' : 'invalid';
  if (BEGUN.test(said)) return 'incomplete';
  if (said === 'Invalid or unexpected token') {
    const closed = fault(`${code}*/`);  // of a comment
    if (closed === null || BEGUN.test(closed) || /\\$/.test(code)) return 'incomplete';
    return 'invalid';
  }
  if (/^\s*(?:import|export)\b/m.test(code) && /\b(?:im|ex)port\b/.test(said)) return stateWithImport(code);
  return /\bawait\b/.test(code) && said !== 'Illegal return statement' ? stateWithAwait(code) : 'invalid';
}

function indentAfter(code) {
  const last = code.trimEnd().split('\n').pop();
  return /^\s*/.exec(last)[0] + (/[{([]$|=>$/.test(last) ? '  ' : '');
}

function check(text) {
  const code = withoutImports(text);
  const state = stateOf(code);
  return { state, indent: state === 'incomplete' ? indentAfter(text) : '' };
}

module.exports = { check };
