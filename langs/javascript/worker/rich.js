// SPDX-License-Identifier: Apache-2.0
// Values as MIME parts, and what a snippet may show on its way: display, clearOutput and progress.
//
// A value offers more forms than text by a method [Symbol.for("Jupyter.display")], which returns an object of
// MIME types, or by methods like _toHtml. Nothing here ends a run: a form that fails is told on stderr.
'use strict';
const { process } = globalThis;
const util = require('util');
const { Buffer } = require('buffer');

const { Error, JSON } = globalThis;  // whatever a snippet makes of the names
const BUNDLE = Symbol.for('Jupyter.display');
const METHODS = [
  ['_toHtml', 'text/html'], ['_toMarkdown', 'text/markdown'], ['_toSvg', 'image/svg+xml'], ['_toPng', 'image/png'],
  ['_toJpeg', 'image/jpeg'], ['_toLatex', 'text/latex'], ['_toJson', 'application/json'],
];
const KINDS = {
  html: 'text/html', markdown: 'text/markdown', svg: 'image/svg+xml', png: 'image/png', jpeg: 'image/jpeg',
  latex: 'text/latex', javascript: 'application/javascript',
};
const SIGNATURES = [[[0x89, 0x50, 0x4e, 0x47], 'image/png'], [[0xff, 0xd8, 0xff], 'image/jpeg'], [[0x47, 0x49, 0x46, 0x38], 'image/gif']];

const isBytes = (data) => ArrayBuffer.isView(data) || data instanceof ArrayBuffer;
const asBytes = (data) => ArrayBuffer.isView(data)
  ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
const isPicture = (mime) => mime.startsWith('image/') && mime !== 'image/svg+xml' || mime === 'application/pdf';

// The bytes or text of one MIME form; a picture given as text is base64.
function body(mime, data) {
  if (isBytes(data)) return asBytes(data);
  if (isPicture(mime)) return Buffer.from(String(data), 'base64');
  if (typeof data === 'string' && !mime.endsWith('json')) return data;
  return JSON.stringify(data) ?? 'null';
}

function bodies(forms) {
  return Object.entries(forms).filter(([mime, data]) => data !== undefined && data !== null && !/[\s=]/.test(mime))
    .map(([mime, data]) => [mime, body(mime, data)]);
}

function attempt(value, method) {
  try {
    const data = value[method]();
    if (typeof data?.then !== 'function') return data;
    throw new Error('it returns a promise; await it yourself, and display what it gives with {raw: true}');
  } catch (error) {
    process.stderr.write(`${String(method)} failed: ${util.inspect(error)}\n`);
    return undefined;
  }
}

function picture(value) {
  if (!isBytes(value) || !(value instanceof Uint8Array)) return undefined;
  return SIGNATURES.find(([start]) => start.every((byte, at) => value[at] === byte))?.[1];
}

// Pairs of a MIME type and a body, text/plain first. Runs what the value brings along.
function render(value) {
  const forms = {};
  if (value !== null && (typeof value === 'object' || typeof value === 'function') && !util.types.isProxy(value)) {
    if (typeof value[BUNDLE] === 'function') Object.assign(forms, attempt(value, BUNDLE));
    for (const [method, mime] of METHODS) {
      if (!(mime in forms) && typeof value[method] === 'function') forms[mime] = attempt(value, method);
    }
    const mime = picture(value);
    if (mime) forms[mime] = value;
  }
  const { 'text/plain': plain, ...rest } = forms;
  return [['text/plain', typeof plain === 'string' ? plain : util.inspect(value)], ...bodies(rest)];
}

// What `display.html(…)` and its kin show, and what they return can be shown again.
class Form {
  constructor(mime, data) {
    this.forms = { [mime]: data };
    this.mime = mime;
  }

  [BUNDLE]() {
    return { 'text/plain': typeof this.forms[this.mime] === 'string' && !isPicture(this.mime)
      ? this.forms[this.mime] : `[${this.mime}]`, ...this.forms };
  }
}

class Rich {
  constructor(wire, guard) {
    this.wire = wire;
    this.guard = guard;
    this.count = 0;
    const make = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    const display = (value, options = {}) => this.display(value, options);
    for (const [name, mime] of Object.entries(KINDS)) {
      display[name] = (data, options = {}) => this.display(new Form(mime, data), options);
    }
    display.json = (data, options = {}) => this.display(new Form('application/json', JSON.stringify(data)), options);
    make('display', display);
    make('updateDisplay', (id, value, options = {}) => this.display(value, { ...options, id, update: true }));
    make('clearOutput', (wait = false) => this.send('clear', { wait: Number(Boolean(wait)) }));
    make('progress', (current, total, label) => this.send('progress', { current: Number(current),
      ...total === undefined ? {} : { total: Number(total) } }, label === undefined ? [] : [['label', String(label)]]));
  }

  send(kind, attributes, parts) {
    this.guard.own(() => this.wire.send(kind, attributes, parts));
  }

  // Options: id (a text; true makes one up), update, raw (the value is an object of MIME types), metadata. Gives the id.
  display(value, { id, update = false, raw = false, metadata } = {}) {
    const parts = raw ? bodies(value) : render(value);
    const plain = parts.findIndex(([mime]) => mime === 'text/plain');
    if (plain < 0) parts.unshift(['text/plain', `[${parts.map(([mime]) => mime).join(', ')}]`]);
    else if (plain > 0) parts.unshift(...parts.splice(plain, 1));
    if (metadata) parts.push(['metadata', JSON.stringify(metadata)]);
    const attributes = {};
    if (id === true) id = `display-${++this.count}`;
    if (id !== undefined) attributes.display = encodeURIComponent(String(id));
    if (update) attributes.update = 1;
    this.send('display', attributes, parts);
    return id;
  }
}

module.exports = { Rich, render };
