// SPDX-License-Identifier: Apache-2.0
// What a name at the cursor stands for: how it is called, the comment above it, its value; nothing of it is run.
'use strict';
const util = require('util');
const { Buffer } = require('buffer');
const { NOTHING, isClass } = require('./names');

const MOST_LINES = 40;
const WORD = /[\p{ID_Start}$_#]?[\p{ID_Continue}$]*$/u;

// From the word under the cursor back to where its path begins.
function pathAt(code, cursor) {
  const bytes = Buffer.from(code);
  const before = bytes.subarray(0, cursor).toString(), after = bytes.subarray(cursor).toString();
  const rest = /^[\p{ID_Continue}$]*/u.exec(after)[0];
  const text = before + rest;
  if (WORD.exec(text)[0]) return text;
  return text.replace(/\s*\([^()]*$/, '');  // within the parentheses of a call: what is called
}

function signature(name, value) {
  const source = Function.prototype.toString.call(value);
  if (/\[native code\]\s*}$/.test(source)) return `${name}(${Array.from({ length: value.length }, (_, at) => `arg${at + 1}`).join(', ')})`;
  if (isClass(value)) {
    const parameters = /\bconstructor\s*(\([^]*?\))\s*{/.exec(source)?.[1] ?? '()';
    return `class ${name}${parameters}${/^class\s*[\w$]*\s*(extends\s+[\w$.]+)/.exec(source)?.[1].replace(/^/, ' ') ?? ''}`;
  }
  const arrow = /^(async\s*)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(source);
  if (arrow) return `${arrow[1] ? 'async ' : ''}${name}(${arrow[2]})`;
  let depth = 0;
  const start = source.indexOf('(');
  for (let at = start; at < source.length; at++) {
    depth += { '(': 1, ')': -1 }[source[at]] ?? 0;
    if (depth === 0) return `${/^async\b/.test(source) ? 'async ' : ''}${name}${source.slice(start, at + 1)}`;
  }
  return name;
}

// The comment that ends right above the line of the function's definition.
function comment(text, line) {
  const above = text.split('\n').slice(0, line);
  while (above.length && above.at(-1).trim() === '') above.pop();
  const joined = above.join('\n');
  const block = /\/\*\*?((?:(?!\*\/)[^])*)\*\/$/.exec(joined.trimEnd());
  if (block) return block[1].split('\n').map((one) => one.replace(/^\s*\*? ?/, '').trimEnd()).join('\n').trim();
  const lines = [];
  while (above.length && /^\s*\/\//.test(above.at(-1))) lines.unshift(above.pop().replace(/^\s*\/\/ ?/, ''));
  return lines.join('\n');
}

function documentation(names, cells, value) {
  const place = names.inspector.location(value);
  if (!place) return '';
  const source = Function.prototype.toString.call(value);
  for (const text of [...cells.values()].reverse()) {
    const at = text.split('\n').slice(place.lineNumber).join('\n').indexOf(source.split('\n')[0]);
    if (at >= 0 && text.includes(source)) {
      const sameLine = /\/\*\*?((?:(?!\*\/)[^])*)\*\/[^\n*]*$/.exec(text.slice(0, text.indexOf(source)));
      return comment(text, place.lineNumber) || (sameLine ? sameLine[1].trim() : '');
    }
  }
  return '';
}

function inspect(names, cells, code, cursor, detail) {
  const text = pathAt(code, cursor);
  const name = WORD.exec(text)[0];
  if (!name) return null;
  const value = names.resolve(text);
  if (value === NOTHING) return null;
  const shown = util.inspect(value, { customInspect: false, showProxy: true, depth: detail ? 4 : 1 }).split('\n');
  if (shown.length > MOST_LINES && !detail) shown.splice(MOST_LINES, Infinity, '…');
  if (typeof value !== 'function' || util.types.isProxy(value)) {
    const kind = value === null ? 'null' : typeof value === 'object' && !util.types.isProxy(value) ? prototypeName(value) : typeof value;
    return `${name}: ${kind}\n${shown.join('\n')}`;
  }
  const parts = [signature(name, value), documentation(names, cells, value)];
  if (detail) parts.push(Function.prototype.toString.call(value));
  return parts.filter(Boolean).join('\n\n');
}

function prototypeName(value) {
  const prototype = Object.getPrototypeOf(value);
  const made = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  const name = typeof made === 'function' ? Object.getOwnPropertyDescriptor(made, 'name')?.value : undefined;
  return typeof name === 'string' ? name : 'object';
}

module.exports = { inspect };
