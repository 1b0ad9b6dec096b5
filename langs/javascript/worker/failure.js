// SPDX-License-Identifier: Apache-2.0
// Errors as the daemon wants them told: name, message, place in the snippet, traceback without the worker's frames.
'use strict';
const { process } = globalThis;
const util = require('util');

const { Error } = globalThis;  // whatever a snippet makes of the name
const PLACE = /<cell-(\d+)>:(\d+):(\d+)/;

const isOwn = (text) => text.includes(__dirname) || /\bnode:inspector\b/.test(text);

// Every stack that is written as text ends where the snippet was called.
function trimStacks() {
  const format = (error, frames) => {
    const shown = frames.map(String);
    const own = shown.findIndex((frame) => /\bnode:inspector\b/.test(frame));
    const kept = own < 0 ? shown : shown.slice(0, own);
    let head;
    try {
      head = Error.prototype.toString.call(error);
    } catch {
      head = '<error>';
    }
    return [head, ...kept.filter((frame) => !frame.includes(__dirname)).map((frame) => `    at ${frame}`)].join('\n');
  };
  Object.defineProperty(Error, 'prepareStackTrace', { value: format, writable: true, configurable: true });
}

function property(error, name) {
  try {
    const value = error[name];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;  // a getter of the snippet's that fails
  }
}

function shown(value) {
  try {
    return util.inspect(value);
  } catch (failure) {
    return `[what was thrown cannot be shown: ${property(failure, 'message')}]`;
  }
}

// The place in this snippet, else in an earlier one.
function place(text, cell) {
  let found = null;
  for (const line of text.split('\n')) {
    const match = PLACE.exec(line);
    if (!match) continue;
    if (Number(match[1]) === cell) return match;
    found = found ?? match;
  }
  return found;
}

function marked(source, line, column) {
  const text = source.split('\n')[line - 1];
  return text === undefined || text.length > 500 ? [] : [text, `${' '.repeat(column - 1)}^`];
}

// The end of the text for what is missed behind it, where the worker has put a line of its own.
function within(source, line, column) {
  const lines = source.split('\n');
  return line <= lines.length ? { line, column } : { line: lines.length, column: lines.at(-1).length + 1 };
}

// Whether it failed before anything ran.
function isCompile(details, error, stack, cell) {
  if (!util.types.isNativeError(error) || error.name !== 'SyntaxError') return false;
  return /^Identifier '.*' has already been declared$/.test(error.message)
    || details.exception?.subtype === 'error' && !stack.includes(`<cell-${cell}>`);
}

// {attributes, parts} of the frame `error`. Runs what the value brings along.
function describe(details, error, cell, source) {
  const isError = util.types.isNativeError(error) || error instanceof Error;
  const stack = isError && property(error, 'stack') || '';
  const attributes = { kind: 'runtime' };
  if (isError && isCompile(details, error, stack, cell)) {
    attributes.kind = 'compile';
    const { line, column } = within(source, details.lineNumber + 1, details.columnNumber + 1);
    Object.assign(attributes, { line, column });
    return { attributes, parts: [
      ['name', 'SyntaxError'], ['message', error.message], ['file', `<cell-${cell}>`],
      ...[`<cell-${cell}>:${line}`, ...marked(source, line, column), '', `SyntaxError: ${error.message}`]
        .map((text) => ['traceback', text])] };
  }
  const parts = isError
    ? [['name', property(error, 'name') ?? 'Error'], ['message', property(error, 'message') ?? '']]
    : [['name', 'Thrown'], ['message', shown(error)]];
  const { url = '', lineNumber, columnNumber } = details;
  const at = place(stack, cell) ?? PLACE.exec(`${url}:${lineNumber + 1}:${columnNumber + 1}`);
  if (at) {
    Object.assign(attributes, { line: at[2], column: at[3] });
    parts.push(['file', `<cell-${at[1]}>`]);
  }
  const text = isError ? shown(error) : `Thrown: ${shown(error)}`;
  const lines = text.split('\n').filter((line) => !/^ +at /.test(line) || !isOwn(line));
  return { attributes, parts: [...parts, ...lines.map((line) => ['traceback', line])] };
}

// An error that no snippet waits for.
function report(error) {
  process.stderr.write(`Uncaught ${shown(error)}\n`);
}

module.exports = { describe, report, trimStacks };
