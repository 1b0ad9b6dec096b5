// SPDX-License-Identifier: Apache-2.0
// Completion: names, members, modules and files at a cursor.
'use strict';
const fs = require('fs');
const path = require('path');
const { process } = globalThis;
const { Buffer } = require('buffer');
const { builtinModules } = require('module');
const { NOTHING } = require('./names');

const KEYWORDS = ['async', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do',
  'else', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'import', 'in', 'instanceof', 'let', 'new', 'null', 'of',
  'return', 'static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'var', 'void', 'while', 'with', 'yield'];
const WORD = /[\p{ID_Start}$_#]?[\p{ID_Continue}$]*$/u;
const MODULE = /(?:\brequire\s*(?:\.resolve\s*)?\(|\bimport\s*\(?|\bfrom)\s*(["'`])([^"'`]*)$/;
const NEAR = 4000;  // no statement that is typed by hand is longer

// What stands open at the end: a quote, a comment, or nothing. Regular expressions are not told from divisions.
function openAt(text) {
  const stack = [];
  for (let at = 0; at < text.length; at++) {
    const open = stack.at(-1);
    const two = text.slice(at, at + 2);
    if (open === '//') {
      if (text[at] === '\n') stack.pop();
    } else if (open === '/*') {
      if (two === '*/') stack.pop(), at++;
    } else if (open === '"' || open === "'" || open === '`') {
      if (text[at] === '\\') at++;
      else if (text[at] === open || text[at] === '\n' && open !== '`') stack.pop();
      else if (open === '`' && two === '${') stack.push('${'), at++;
    } else if (two === '//' || two === '/*') stack.push(two), at++;
    else if (/["'`]/.test(text[at])) stack.push(text[at]);
    else if (text[at] === '{' && stack.length) stack.push('{');
    else if (text[at] === '}' && stack.length) stack.pop();
  }
  const open = stack.at(-1);
  return open === '${' || open === '{' ? '' : open ?? '';
}

function find(names, before) {
  const near = before.slice(-NEAR);
  const open = openAt(before);
  if (open === '"' || open === "'" || open === '`') {
    const module = MODULE.exec(near);
    return module ? modules(module[2]) : { start: '', items: [] };
  }
  const start = WORD.exec(near)[0];
  const left = near.slice(0, near.length - start.length);
  if (open || /\d$/.test(left) && start === '') return { start, items: [] };
  const dot = /(\?\.|\.)\s*$/.exec(left);
  if (dot && !/(?:^|[^\p{ID_Continue}$])\d+\.$|\.\.\.$/u.test(left)) {
    const value = names.resolve(left.slice(0, dot.index).trimEnd());
    return { start, items: value === NOTHING || value === undefined || value === null ? [] : [...names.members(value)] };
  }
  const known = names.globals();
  for (const word of KEYWORDS) if (!known.has(word)) known.set(word, 'keyword');
  return { start, items: [...known] };
}

function modules(begun) {
  if (/^\.{0,2}\//.test(begun) || begun === '.' || begun === '..') return files(begun);
  const found = new Map(builtinModules.filter((name) => !/^_|^internal\//.test(name)).map((name) => [name, 'module']));
  for (const name of [...found.keys()]) if (begun.startsWith('node:') && !name.startsWith('node:')) found.set(`node:${name}`, 'module');
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    for (const name of list(path.join(folder, 'node_modules'))) {
      if (name.startsWith('@')) for (const inner of list(path.join(folder, 'node_modules', name))) found.set(`${name}/${inner}`, 'module');
      else if (!name.startsWith('.')) found.set(name, 'module');
    }
    if (folder === path.dirname(folder)) break;
  }
  return { start: begun, items: [...found] };
}

function list(folder) {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];  // none there, or not for us
  }
}

function files(begun) {
  const folder = begun.slice(0, begun.lastIndexOf('/') + 1);
  const items = list(path.resolve(process.cwd(), folder || '.')).map((name) => {
    const isFolder = fs.statSync(path.resolve(process.cwd(), folder, name), { throwIfNoEntry: false })?.isDirectory();
    return isFolder ? [`${folder}${name}/`, 'directory'] : [folder + name, 'file'];
  });
  return { start: begun, items };
}

// {start, end, items}: start and end in bytes, items pairs of a text and its type.
function complete(names, code, cursor) {
  const before = Buffer.from(code).subarray(0, cursor).toString();
  const { start, items } = find(names, before);
  const isName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
  const isModule = items.some(([, type]) => type === 'module' || type === 'file' || type === 'directory');
  const fitting = items.filter(([name]) => name.startsWith(start) && !/[\t\n]/.test(name) && (isModule || isName.test(name)));
  return { start: cursor - Buffer.byteLength(start), end: cursor, items: fitting.sort(([a], [b]) => a < b ? -1 : Number(a > b)) };
}

module.exports = { complete };
