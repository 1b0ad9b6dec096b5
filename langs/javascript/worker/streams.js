// SPDX-License-Identifier: Apache-2.0
// The user's process.stdout, process.stderr and process.stdin, on descriptors 0, 1 and 2.
//
// Output goes out before `write` returns. Node's own streams would make the pipes non-blocking for everybody
// who shares them, children too; here each has an open file description of its own, by way of /proc, that alone is.
'use strict';
const fs = require('fs');
const net = require('net');
const { process } = globalThis;
const { Buffer } = require('buffer');
const { Console } = require('console');
const { Readable, Writable } = require('stream');
const { kQuestionCancel } = require('internal/readline/interface');
const bindings = require('./bindings');

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
const LONGEST_WAIT_MS = 5;
const pause = new Int32Array(new SharedArrayBuffer(4));
const { writeSync } = fs;

function reopen(fd, flags) {
  try {
    return fs.openSync(`/proc/self/fd/${fd}`, flags | O_NONBLOCK);
  } catch {
    return fd;  // a socket, or somebody else's pipe: then it stays as it is
  }
}

// All of the chunk; a reader that is slow is waited for in a way that an interrupt can end.
function put(fd, chunk) {
  let wait = 0.1;
  for (let at = 0; at < chunk.length;) {
    try {
      at += writeSync(fd, chunk, at);
      wait = 0.1;
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }
}

class Output extends Writable {
  constructor(fd, streams) {
    super({ decodeStrings: true });
    this.fd = fd;
    this._type = 'pipe';
    this._isStdio = true;
    this.streams = streams;
  }

  // At once and whole, so that an interrupt in its midst leaves nothing behind that later writes would wait for.
  write(chunk, encoding, done) {
    const callback = typeof encoding === 'function' ? encoding : done;
    const isText = typeof chunk === 'string';
    if (this.writableEnded || this.writableCorked > 0 || !isText && !(chunk instanceof Uint8Array)) {
      return super.write(chunk, encoding, done);
    }
    put(this.streams.target(this.fd), isText ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk);
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  }

  _write(chunk, encoding, done) {
    try {
      put(this.streams.target(this.fd), chunk);
    } catch (error) {
      return done(error);
    }
    done();
  }

  _destroy(error, done) {  // as Node's own: it is never really gone
    done(error);
    this._undestroy();
  }
}

// Reads only while someone waits for what comes, so that it takes nothing from prompts, children and readSync.
class Input extends Readable {
  constructor(changed) {
    super({ highWaterMark: 65536 });
    this.fd = 0;
    this.changed = changed;
    this.socket = null;
    this.counts = true;     // not unref()ed
    this.faces = new Set();  // readline's interfaces that read from here
    this.questions = 0;      // of theirs, that wait for an answer
    for (const event of ['newListener', 'removeListener', 'pause', 'resume', 'end', 'close']) {
      this.on(event, () => process.nextTick(() => this.update()));
    }
  }

  _read() {
    this.update();
    this.socket?.resume();
  }

  // A listener of readline's does not tell that someone waits, but its own listeners do.
  get awaited() {
    if (!this.counts || this.finished) return false;
    if (this.listenerCount('readable') > 0) return true;
    return !this.isPaused() && (this.questions > 0 || this._readableState.pipes.length > 0
      || this.listeners('data').some((listener) => listener.name !== 'ondata')
      || [...this.faces].some((face) => face.listenerCount('line') > 0));
  }

  update() {
    if (this.awaited) this.start();
    else this.stop();
    this.changed();
  }

  start() {
    if (this.socket) return;
    const fd = fs.openSync('/proc/self/fd/0', O_RDONLY | O_NONBLOCK);
    const socket = this.socket = new net.Socket({ fd, readable: true, writable: false });
    socket.on('data', (chunk) => this.push(chunk) || socket.pause());
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
  }

  stop() {
    this.socket?.destroy();
    this.socket = null;
  }

  _destroy(error, done) {
    this.stop();
    done(error);
  }

  ref() { this.counts = true; this.update(); return this; }
  unref() { this.counts = false; this.update(); return this; }

  // An interface of readline's.
  watch(face) {
    this.faces.add(face);
    const update = () => process.nextTick(() => this.update());
    for (const event of ['newListener', 'removeListener']) face.on(event, update);
    face.once('close', () => {
      this.faces.delete(face);
      update();
    });
  }

  // The run is over: what was read ahead was its own.
  forget() {
    if (this.awaited) this.disappoint();
    this.stop();
    const state = this._readableState;
    state.buffer.clear?.();
    state.length = 0;
  }

  // Whoever waits still will not be answered: else the next run would wait on.
  disappoint() {
    this.questions = 0;
    for (const face of this.faces) {
      face[kQuestionCancel]();
      face.removeAllListeners('line');
    }
    this.removeAllListeners('readable');
    this.unpipe();
    for (const listener of this.listeners('data')) {
      if (listener.name !== 'ondata') this.removeListener('data', listener);
    }
  }

  get finished() {
    return this.readableEnded || this.destroyed;
  }
}

class Streams {
  // `inputChanged()` is called when someone may no longer wait for input.
  constructor(inputChanged) {
    this.inputChanged = inputChanged;
    this.merged = false;
    this.own = [reopen(0, O_RDONLY), reopen(1, O_WRONLY), reopen(2, O_WRONLY)];
    this.input = null;
    this.makeOutputs();
    const getters = {
      stdout: () => this.out, stderr: () => this.err,
      stdin: () => {
        if (!this.input || this.input.finished) this.input = new Input(this.inputChanged);
        return this.input;
      },
    };
    for (const [name, get] of Object.entries(getters)) {
      Object.defineProperty(process, name, { get, configurable: true, enumerable: true });
    }
    this.mergeToo();
  }

  makeOutputs() {
    this.out = new Output(1, this);
    this.err = new Output(2, this);
    const made = new Console({ stdout: this.out, stderr: this.err, ignoreErrors: true });
    made.Console = Console;
    Object.defineProperty(globalThis, 'console', { value: made, writable: true, configurable: true });
  }

  target(fd) {
    return this.own[this.merged && fd === 2 ? 1 : fd];
  }

  // What bypasses process.stderr in a merged run: writes to descriptor 2, and children that inherit it.
  mergeToo() {
    for (const name of ['write', 'writeSync', 'writev', 'writevSync']) {
      const original = fs[name];
      const redirected = (fd, ...rest) => original(this.merged && fd === 2 ? 1 : fd, ...rest);
      fs[name] = Object.defineProperty(redirected, 'name', { value: name });
    }
    for (const object of [bindings('process_wrap').Process.prototype, bindings('spawn_sync')]) {
      const { spawn } = object, streams = this;
      object.spawn = function (options) {
        const third = streams.merged && options.stdio?.[2];
        if (third && (third.type === 'inherit' || third.type === 'fd') && third.fd === 2) {
          options.stdio[2] = { type: 'fd', fd: 1 };
        }
        return spawn.call(this, options);
      };
    }
  }

  // Before a run: what the last one has closed comes back.
  mend() {
    const flags = [O_RDONLY, O_WRONLY, O_WRONLY];
    for (let fd = 0; fd < 3; fd++) {
      try {
        fs.fstatSync(fd);
      } catch {
        fs.openSync(`/proc/self/fd/${this.own[fd]}`, flags[fd]);  // the lowest that is free, thus this one
      }
    }
    if (this.out.writableEnded || this.err.writableEnded) this.makeOutputs();
  }

  forgetInput() {
    this.input?.forget();
  }
}

module.exports = { Streams };
