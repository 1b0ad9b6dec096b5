// SPDX-License-Identifier: Apache-2.0
// Questions to the user: the global `prompt`, and `question` of readline, tell the daemon that they wait.
//
// Owned by the session, which says whether there is anybody to ask.
'use strict';
const fs = require('fs');
const { process } = globalThis;
const readline = require('readline');
const { Buffer } = require('buffer');

const { Error, Promise } = globalThis;  // whatever a snippet makes of the names
const NEWLINE = 10;
const { readSync } = fs;

class Ask {
  constructor(wire, guard, streams) {
    this.wire = wire;
    this.guard = guard;
    this.streams = streams;
    this.allowed = false;
    this.open = 0;  // questions that wait for their answer
    const ask = this;
    const prompt = function prompt(message = '', preset = undefined) {
      return ask.prompt(String(message), preset);
    };
    prompt.password = (message = '') => this.prompt(String(message), undefined, true);
    Object.defineProperty(globalThis, 'prompt', { value: prompt, writable: true, configurable: true });
    this.watchReadline();
  }

  refuse() {
    if (this.allowed) return;
    throw new Error('this run has no input: it was started with stdin "none", so nobody can be asked');
  }

  told(message, secret) {
    this.guard.own(() => {
      this.open++;
      this.wire.send('prompt', { password: Number(secret) }, [['prompt', message]]);
    });
  }

  taken() {
    if (this.open === 0) return;
    this.guard.own(() => {
      this.open--;
      this.wire.send('taken');
    });
  }

  // A question of readline's; gives what is to be called when it is over, by whatever end.
  follow(face, query) {
    this.told(query, false);
    const { input } = face;
    input.questions++;
    input.update();
    let open = true;
    const close = () => {
      if (!open) return;
      open = false;
      face.removeListener('close', close);
      if (input.questions > 0) input.questions--;
      this.taken();
      input.update();
    };
    face.once('close', close);
    return close;
  }

  // The line, without its end; `preset` for an empty one, null at the end of input, as in a browser.
  prompt(message, preset, secret = false) {
    this.refuse();
    process.stdout.write(message);
    this.streams.input?.stop();
    this.told(message, secret);
    let line;
    try {
      line = this.line();
    } finally {
      this.taken();
      this.streams.input?.update();
    }
    return line === '' && preset !== undefined ? String(preset) : line;
  }

  // Byte by byte, so that what is behind it stays for whoever reads next.
  line() {
    const bytes = [], one = Buffer.alloc(1);
    while (this.read(one) === 1 && one[0] !== NEWLINE) bytes.push(one[0]);
    if (bytes.length === 0 && one[0] !== NEWLINE) return null;
    return Buffer.from(bytes).toString().replace(/\r$/, '');
  }

  read(one) {
    one[0] = 0;
    for (;;) {
      try {
        return readSync(0, one, 0, 1);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
        // A child has left the descriptor so that reads do not wait.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  }

  watchReadline() {
    const ask = this;
    const isOurs = (face) => face.input === ask.streams.input;
    const callbacks = readline.Interface.prototype;
    const { question } = callbacks;
    callbacks.question = function (query, options, callback) {
      const answer = typeof options === 'function' ? options : callback;
      if (!isOurs(this) || typeof answer !== 'function') return question.call(this, query, options, callback);
      ask.refuse();
      let close;
      const heard = (text) => {
        close();
        return answer(text);
      };
      question.call(this, query, typeof options === 'function' ? {} : options ?? {}, heard);
      close = ask.follow(this, String(query));
    };
    for (const module of [readline, readline.promises]) {
      const { createInterface } = module;
      module.createInterface = function (...options) {
        const face = createInterface.apply(this, options);
        if (isOurs(face)) face.input.watch(face);
        return face;
      };
    }
    const promises = readline.promises.Interface.prototype;
    const { question: promised } = promises;
    promises.question = function (query, options) {
      if (!isOurs(this)) return promised.call(this, query, options);
      try {
        ask.refuse();
      } catch (error) {
        return Promise.reject(error);
      }
      const asked = promised.call(this, query, options);
      const close = ask.follow(this, String(query));
      asked.then(close, close);
      return asked;
    };
  }

  // The run is over, whatever it has left open.
  close() {
    while (this.open > 0) {
      this.open--;
      this.wire.send('taken');
    }
  }
}

module.exports = { Ask };
