// SPDX-License-Identifier: Apache-2.0
// Frames on two descriptors: requests in through the event loop, replies out whole and at once.
//
// Owned by the session, for the life of the process. Knows nothing of what the frames mean.
'use strict';
const fs = require('fs');
const net = require('net');
const { Buffer } = require('buffer');

const NEWLINE = 10;

// The kind, attributes and part sizes that a frame's line tells.
function parseLine(line) {
  const [kind, ...words] = line.split(' ');
  const attributes = {}, sizes = [];
  for (const word of words) {
    const part = /^(.*):(\d+)$/.exec(word);
    if (part) {
      sizes.push([part[1], Number(part[2])]);
    } else {
      const equals = word.indexOf('=');
      attributes[word.slice(0, equals)] = word.slice(equals + 1);
    }
  }
  return { kind, attributes, sizes };
}

class Wire {
  // Calls `onRequest({kind, attributes, parts})` for each, in order, and `onEnd()` at end of file.
  constructor(requests, replies, onRequest, onEnd) {
    this.replies = replies;
    this.onRequest = onRequest;
    this.chunks = [];
    this.size = 0;
    this.head = null;
    this.source = new net.Socket({ fd: requests, readable: true, writable: false });
    this.source.on('data', (chunk) => this.take(chunk));
    this.source.on('close', onEnd);
    this.source.on('error', onEnd);
  }

  take(chunk) {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.next());
  }

  // One request out of what has come; false when the rest of it has yet to.
  next() {
    if (!this.head) {
      if (!this.chunks.some((chunk) => chunk.includes(NEWLINE))) return false;
      const all = this.join();
      const end = all.indexOf(NEWLINE);
      this.head = parseLine(all.toString('utf8', 0, end));
      this.drop(all, end + 1);
    }
    const { kind, attributes, sizes } = this.head;
    const need = sizes.reduce((sum, [, size]) => sum + size, 0);
    if (this.size < need) return false;
    const all = this.join();
    const parts = {};
    let at = 0;
    for (const [name, size] of sizes) {
      parts[name] = all.subarray(at, at + size);
      at += size;
    }
    this.drop(all, need);
    this.head = null;
    this.onRequest({ kind, attributes, parts });
    return true;
  }

  join() {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? Buffer.alloc(0);
  }

  drop(all, count) {
    this.size = all.length - count;
    this.chunks = this.size ? [all.subarray(count)] : [];
  }

  // `parts` are pairs of a name and a text or bytes.
  send(kind, attributes = {}, parts = []) {
    let line = kind;
    const bodies = [];
    for (const [key, value] of Object.entries(attributes)) line += ` ${key}=${value}`;
    for (const [name, text] of parts) {
      const body = typeof text === 'string' ? Buffer.from(text) : text;
      line += ` ${name}:${body.length}`;
      bodies.push(body);
    }
    const frame = Buffer.concat([Buffer.from(`${line}\n`), ...bodies]);
    for (let at = 0; at < frame.length;) at += fs.writeSync(this.replies, frame, at);
  }
}

module.exports = { Wire };
