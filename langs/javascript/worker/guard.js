// SPDX-License-Identifier: Apache-2.0
// Interrupts: what a SIGINT does, by where the main thread is when it comes.
//
// With the event loop free, SIGINT arrives here as an event. With JavaScript on the stack it does not: then
// the sentinel, a thread that hears SIGINT too, has `probe` run in the midst of that code, which is ended by V8
// itself, past any `catch`. Code of the worker's own is never ended so: it runs within `own`. Who ends the
// run, in all cases, is the event, which comes as soon as the stack is empty.
'use strict';
const path = require('path');
const { process } = globalThis;
const { Worker, SHARE_ENV } = require('worker_threads');
const bindings = require('./bindings');

const { Error } = globalThis;  // whatever a snippet makes of the name
const SIGINT = 2;
const MOMENT_MS = 100;  // for a signal that was sent to reach a thread
const CONSUMED = 0, INTERRUPTIBLE = 1;  // words shared with the sentinel

class Guard {
  // `onInterrupt()` is called when the loop is free and the snippets have no SIGINT listener of their own.
  constructor(inspector, onInterrupt) {
    this.inspector = inspector;
    this.onInterrupt = onInterrupt;
    this.depth = 0;    // above 0: the worker's own code runs
    this.late = false;  // an interrupt has come meanwhile
    this.shared = new Int32Array(new SharedArrayBuffer(8));
    this.takeOverSigint();
    this.shieldSpawnSync();
  }

  // The listeners of snippets are called from here, so that it is plain which signals were for them.
  takeOverSigint() {
    for (const listener of process.listeners('newListener')) {
      if (listener.name !== 'startListeningIfSignal') continue;
      process.removeListener('newListener', listener);
      process.on('newListener', (event) => {
        if (event !== 'SIGINT') listener(event);
        else this.shared[INTERRUPTIBLE] = 0;
      });
    }
    const { Signal } = bindings('signal_wrap');
    this.signal = new Signal();
    this.signal.unref();
    this.signal.onsignal = () => {
      Atomics.add(this.shared, CONSUMED, 1);
      if (process.listenerCount('SIGINT') > 0) process.emit('SIGINT', 'SIGINT', SIGINT);
      else this.onInterrupt();
    };
    this.signal.start(SIGINT);
  }

  // A child that has died of SIGINT makes execSync throw, just when the interrupt comes here too. V8 does not survive
  // an end that meets the last step of a snippet, which is then near; so the interrupt is waited for.
  shieldSpawnSync() {
    const binding = bindings('spawn_sync'), { spawn } = binding;
    const nothing = new Int32Array(new SharedArrayBuffer(4));
    binding.spawn = (options) => this.own(() => {
      const result = spawn.call(binding, options);
      if (result.signal !== 'SIGINT') return result;
      for (let ms = 0; ms < MOMENT_MS && !this.late; ms++) Atomics.wait(nothing, 0, 0, 1);
      return result;
    });
  }

  // `onReady()` is called when it listens; no snippet may run before.
  startSentinel(onReady) {
    const file = path.join(__dirname, 'sentinel.js');
    this.sentinel = new Worker(file, {
      workerData: { shared: this.shared.buffer, probe: this.publish() },
      env: {}, execArgv: [], stdin: false, stdout: false, stderr: false,
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    this.sentinel.unref();
    this.sentinel.once('message', onReady);
  }

  // The expression by which the sentinel calls `probe`.
  publish() {
    const key = Symbol.for('quern.probe');
    Object.defineProperty(globalThis, key, { value: (seen) => this.probe(seen) });
    return "globalThis[Symbol.for('quern.probe')]";
  }

  probe(seen) {
    if (seen <= Atomics.load(this.shared, CONSUMED)) return;
    if (process.listenerCount('SIGINT') > 0) return;
    if (this.depth > 0) this.late = true;
    else if (usersCodeIsOnTheStack()) this.terminate();
  }

  terminate() {
    this.inspector.terminate();
  }

  // Ends the code that has called, up to the event loop. Does not return.
  die() {
    this.late = false;
    this.terminate();
    for (;;);
  }

  // Runs a function of the worker's that a snippet has called.
  own(body) {
    this.depth++;
    try {
      return body();
    } finally {
      this.depth--;
      if (this.depth === 0 && this.late) this.die();
    }
  }

  // Within `own`: runs what is the user's after all.
  user(body) {
    const depth = this.depth;
    this.depth = 0;
    if (this.late) this.die();
    try {
      return body();
    } finally {
      this.depth = depth;
    }
  }

  // The worker's own code between snippets: an interrupt there does nothing.
  enter() {
    this.depth++;
  }

  leave() {
    this.depth--;
    this.late = false;
  }

  running(yes) {
    this.shared[INTERRUPTIBLE] = yes && process.listenerCount('SIGINT') === 0 ? 1 : 0;
  }
}

function usersCodeIsOnTheStack() {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = Infinity;
    Error.prepareStackTrace = (error, frames) => frames;
    const frames = new Error().stack;
    return frames.some((frame) => {
      const file = frame.getScriptNameOrSourceURL() ?? '';
      return frame.isEval() || !file.startsWith('node:') && !file.startsWith(__dirname) && file !== '';
    });
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  }
}

module.exports = { Guard };
