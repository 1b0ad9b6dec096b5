// SPDX-License-Identifier: Apache-2.0
// The thread that hears SIGINT while the main thread is busy; see guard.js.
//
// It asks the main thread to run the probe. As long as that has not answered, it may be blocked in a read of
// the standard input, which no signal ends: then a line is put into that pipe, for the read to return.
'use strict';
const fs = require('fs');
const { Session } = require('inspector');
const { process } = globalThis;
const { parentPort, workerData } = require('worker_threads');
const bindings = require('./bindings');

const SIGINT = 2;
const LOOK_EVERY_MS = 10;
const CONSUMED = 0, INTERRUPTIBLE = 1;
const READS = { x64: ['0', '17', '19'], arm64: ['63', '65', '67'] }[process.arch] ?? [];  // read, pread64, readv

const shared = new Int32Array(workerData.shared);
const session = new Session();
session.connectToMainThread();
let seen = 0, answered = true;

function mainThreadReadsInput() {
  try {
    const [call, fd] = fs.readFileSync(`/proc/self/task/${process.pid}/syscall`, 'latin1').split(' ');
    if (!READS.includes(call)) return false;
    const read = fs.fstatSync(Number(fd)), input = fs.fstatSync(0);
    return input.isFIFO() && read.ino === input.ino && read.dev === input.dev;
  } catch {
    return false;  // the thread has just gone on, or the kernel does not tell: nothing to end then
  }
}

function endRead() {
  const pipe = fs.openSync('/proc/self/fd/0', fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  try {
    fs.writeSync(pipe, '\n');
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;  // full: then the read returns by itself
  } finally {
    fs.closeSync(pipe);
  }
}

// Until the main thread has the signal itself. A probe between two callbacks finds nothing to end: hence again.
function watch(mine) {
  if (mine !== seen || mine <= Atomics.load(shared, CONSUMED)) return;
  if (answered) probe();
  else if (Atomics.load(shared, INTERRUPTIBLE) === 1 && mainThreadReadsInput()) endRead();
  setTimeout(watch, LOOK_EVERY_MS, mine);
}

function probe() {
  answered = false;
  session.post('Runtime.evaluate', { expression: `${workerData.probe}(${seen})` }, () => {
    answered = true;
  });
}

const { Signal } = bindings('signal_wrap');
const signal = new Signal();
signal.onsignal = () => {
  seen++;
  if (seen <= Atomics.load(shared, CONSUMED)) return;
  if (answered) probe();
  setTimeout(watch, LOOK_EVERY_MS / 2, seen);
};
signal.start(SIGINT);
parentPort.postMessage('ready');
