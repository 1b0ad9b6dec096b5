// SPDX-License-Identifier: Apache-2.0
// Names and the values behind them, found without running a line of the user's: no getter, no proxy's trap.
'use strict';
const { types } = require('util');

const NOTHING = Symbol('nothing');
const WORD = '[\\p{ID_Start}$_#][\\p{ID_Continue}$]*';
const step = (word, number, double, single) =>
  `\\s*(?:\\?\\.|\\.)\\s*${word}|\\s*(?:\\?\\.)?\\[\\s*(?:${number}|"${double}"|'${single}')\\s*\\]`;
const PATH = new RegExp(`(?:${WORD}|\\)|\\]|["'\`])(?:${step(WORD, '\\d+', '[^"\\\\]*', "[^'\\\\]*")})*$`, 'u');
const STEP = new RegExp(step(`(${WORD})`, '(\\d+)', '([^"\\\\]*)', "([^'\\\\]*)"), 'uy');
const LITERALS = [[/\]$/, Array.prototype], [/["'`]$/, String.prototype]];

const trusted = new WeakSet();

// Before any snippet runs: the getters of these objects are Node's and the worker's.
function trustGetters(...objects) {
  for (const object of objects) {
    for (const { get } of Object.values(Object.getOwnPropertyDescriptors(object))) if (get) trusted.add(get);
  }
}

class Names {
  constructor(inspector) {
    this.inspector = inspector;
  }

  // The value of a bare name.
  root(name) {
    if (name === 'globalThis' || name === 'this') return globalThis;
    if (this.inspector.lexicalNames().includes(name)) {
      const { result, exceptionDetails } = this.inspector.ask('Runtime.evaluate', {
        expression: name, throwOnSideEffect: true, silent: true });
      return exceptionDetails ? NOTHING : this.inspector.value(result);
    }
    return this.member(globalThis, name);
  }

  // The value of a property, unless it would have to be computed.
  member(owner, name) {
    for (let object = Object(owner); object !== null; object = Object.getPrototypeOf(object)) {
      if (types.isProxy(object)) return NOTHING;
      const found = Object.getOwnPropertyDescriptor(object, name);
      if (found) return 'value' in found ? found.value : this.computed(found.get, owner);
    }
    return NOTHING;
  }

  // Node's own getters may be asked.
  computed(get, owner) {
    return get && trusted.has(get) ? get.call(owner) : NOTHING;
  }

  // The value of a path like a.b[0]["c"] that ends the text; NOTHING where there is none that is plain.
  resolve(text) {
    const path = PATH.exec(text)?.[0];
    if (path === undefined) return NOTHING;
    const first = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(path)?.[0];
    let value;
    if (first === undefined) {
      const literal = LITERALS.find(([end]) => end.test(path));
      return literal && path.length === 1 ? literal[1] : NOTHING;
    }
    value = this.root(first);
    STEP.lastIndex = first.length;
    for (let step; value !== NOTHING && STEP.lastIndex < path.length && (step = STEP.exec(path));) {
      const at = STEP.lastIndex;
      value = value === undefined || value === null ? NOTHING : this.member(value, step[1] ?? step[2] ?? step[3] ?? step[4]);
      STEP.lastIndex = at;
    }
    return value;
  }

  // [name, type] of all that the value has.
  members(value) {
    const found = new Map();
    for (let object = Object(value); object !== null; object = Object.getPrototypeOf(object)) {
      if (types.isProxy(object)) break;
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
        if (!found.has(name) && !(object === Object.prototype && value !== object && name.startsWith('__'))) {
          found.set(name, 'value' in property ? kind(property.value, 'method') : 'property');
        }
      }
    }
    return found;
  }

  globals() {
    const found = new Map([...this.members(globalThis)].filter(([name]) => name !== '__qimp'));
    for (const [name, type] of found) if (type === 'method') found.set(name, 'function');
    for (const name of this.inspector.lexicalNames()) {
      const value = this.root(name);
      found.set(name, value === NOTHING ? 'variable' : kind(value, 'function'));
    }
    return found;
  }
}

function isClass(value) {
  return typeof value === 'function' && !types.isProxy(value)
    && (/^class\b/.test(Function.prototype.toString.call(value)) || /^[A-Z]/.test(value.name) && 'prototype' in value);
}

function kind(value, callable) {
  if (typeof value !== 'function') return 'variable';
  return isClass(value) ? 'class' : callable;
}

module.exports = { NOTHING, Names, isClass, trustGetters };
