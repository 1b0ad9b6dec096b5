// SPDX-License-Identifier: Apache-2.0
// The worker: one global object, one request at a time until end of file on the requests.
//
// Runs snippets by the inspector, tells how they ended, and answers questions about code. A run is over when its
// value is known, what that has set going at once is done, and nothing waits for input any more.
'use strict';
const { process } = globalThis;
const vm = require('vm');
const { Buffer } = require('buffer');
const { clearAsyncIdStack } = require('internal/async_hooks');
const { Ask } = require('./ask');
const { Guard } = require('./guard');
const { Inspector } = require('./inspector');
const { Modules } = require('./modules');
const { Names, trustGetters } = require('./names');
const { Rich, render } = require('./rich');
const { Streams } = require('./streams');
const { Wire } = require('./wire');
const { describe, report, trimStacks } = require('./failure');
const { redeclared, withoutImports } = require('./rewrite');

const { Error, setImmediate } = globalThis;  // whatever a snippet makes of the names
const DEFINES = /\bfunction\b|\bclass\b|=>/;
const MOST_CELLS = 1000;
const LAST_WORDS_MS = 1000;  // what exit listeners of snippets may take, so that closing a context is quick
const REDECLARED = /^Identifier '(.*)' has already been declared$/;
const really = process.reallyExit.bind(process);

class Session {
  constructor(requests, replies) {
    this.inspector = new Inspector();
    this.guard = new Guard(this.inspector, () => this.interrupted());
    this.streams = new Streams(() => setImmediate(() => this.settle()));
    this.wire = new Wire(requests, replies, (request) => this.later(request), () => this.leave());
    this.ask = new Ask(this.wire, this.guard, this.streams);
    this.rich = new Rich(this.wire, this.guard);
    this.modules = new Modules();
    this.count = 0;
    this.cells = new Map();  // the texts of snippets that define functions, by number, for inspection
    this.run = null;
    this.shown = undefined;
    this.argv = [''];
    trimStacks();
    this.takeOverProcess();
    trustGetters(globalThis, process);
    const version = process.versions.node;
    this.wire.send('ready', { version }, [['title', `Node.js ${version}`]]);
    this.guarded = false;
    this.guard.startSentinel(() => {
      this.guarded = true;
      this.evaluate();
    });
  }

  takeOverProcess() {
    process.argv = [process.execPath, ''];
    process.execArgv = [];
    const leave = process.exit;
    process.exit = (code = process.exitCode) => this.run ? this.exit(code) : leave.call(process, code);
    process.on('uncaughtException', (error) => {
      if (process.listenerCount('uncaughtException') === 1) report(error);
    });
  }

  // Not before the loop has come round once more: a SIGINT that came before the request is through by then.
  later(request) {
    setImmediate(() => setImmediate(() => {
      this.guard.enter();
      this.answer(request);
      this.guard.leave();
      this.evaluate();
    }));
  }

  answer({ kind, attributes, parts }) {
    if (kind === 'run') return this.prepare(attributes, parts);
    try {
      if (kind === 'check' || kind === 'complete' || kind === 'inspect') {
        this.look(kind, attributes, (parts.code ?? '').toString());
        return this.wire.send('done', { status: 'ok' });
      }
      throw new Error(`this worker does not know the request '${kind}'`);
    } catch (error) {
      this.wire.send('error', { kind: 'runtime' }, [['name', error.name], ['message', error.message]]);
      return this.wire.send('done', { status: 'error' });
    }
  }

  look(kind, attributes, code) {
    const cursor = Number(attributes.cursor ?? Buffer.byteLength(code));
    const names = new Names(this.inspector);
    if (kind === 'check') {
      const { state, indent } = require('./check').check(code);
      this.wire.send('checked', { state }, [['indent', indent]]);
    } else if (kind === 'complete') {
      const { start, end, items } = require('./complete').complete(names, code, cursor);
      this.wire.send('matches', { start, end }, [['items', items.map((item) => item.join('\t')).join('\n')]]);
    } else {
      const text = require('./inspect').inspect(names, this.cells, code, cursor, attributes.detail === '1');
      if (text !== null) this.wire.send('found', {}, [['text/plain', text]]);
    }
  }

  // -- one snippet

  prepare(attributes, parts) {
    this.streams.mend();
    this.streams.merged = attributes.merge === '1';
    this.ask.allowed = attributes.stdin !== 'none';
    if (parts.argv) this.argv = ['', ...parts.argv.toString().split('\0').slice(0, -1)];
    process.argv = [process.execPath, ...this.argv];
    const source = (parts.code ?? '').toString().replace(/^\ufeff/, '');
    const number = ++this.count;
    if (DEFINES.test(source)) this.cells.set(number, source);
    if (this.cells.size > MOST_CELLS) this.cells.delete(this.cells.keys().next().value);
    this.run = { number, source, silent: attributes.silent === '1', traced: this.trace(parts.traceparent?.toString()),
      started: false, settled: false, failure: null, exit: undefined };
  }

  trace(now) {
    const { env } = process;
    if (!now) return null;
    const before = env.TRACEPARENT;
    env.TRACEPARENT = now;
    return () => {
      if (env.TRACEPARENT !== now) return;
      if (before === undefined) delete env.TRACEPARENT;
      else env.TRACEPARENT = before;
    };
  }

  evaluate() {
    const { run } = this;
    if (!run || run.started || !this.guarded) return;
    run.started = true;
    this.guard.running(true);
    this.streams.input?.update();
    this.attempt(run, withoutImports(run.source), []);
  }

  attempt(run, text, tried) {
    this.inspector.evaluate(`${text}\n//# sourceURL=<cell-${run.number}>`, (failure, outcome) => {
      if (this.run !== run || failure) return;  // ended from outside, by whom the run is ended too
      this.guard.enter();
      let again = null;
      try {
        if (outcome.exceptionDetails) again = this.reworded(text, outcome.exceptionDetails, tried);
        if (!again) this.conclude(run, outcome);
      } finally {
        this.guard.leave();
      }
      if (again) this.attempt(run, again, tried);
    });
  }

  // The snippet anew where a name was declared otherwise before; nothing of it has run then.
  reworded(text, details, tried) {
    const match = details.exception?.className === 'SyntaxError'
      && REDECLARED.exec(details.exception.description.split('\n')[0].replace(/^SyntaxError: /, ''));
    if (!match) return null;
    const [, name] = match;
    const isVariable = name in globalThis && !this.inspector.lexicalNames().includes(name);
    for (const word of isVariable ? ['var'] : ['let', 'const']) {
      if (tried.includes(`${word} ${name}`)) continue;
      tried.push(`${word} ${name}`);
      const again = redeclared(text, name, word);
      if (again !== null) return again;
    }
    return null;
  }

  conclude(run, { result, exceptionDetails: details }) {
    try {
      if (details) {
        const error = details.exception ? this.inspector.value(details.exception) : new Error(details.text);
        run.failure = this.guard.user(() => describe(details, error, run.number, run.source));
      } else if (result.type !== 'undefined') {
        const value = this.inspector.value(result);
        if (!run.silent) this.show(value);
      }
    } catch (error) {
      run.failure = { attributes: { kind: 'runtime' }, parts: [['name', 'Error'], ['message', String(error?.message)]] };
    }
    this.inspector.release();
    run.settled = true;
    setImmediate(() => this.settle());
  }

  show(value) {
    this.wire.send('result', {}, this.guard.user(() => render(value)));
    const last = Object.getOwnPropertyDescriptor(globalThis, '_');
    if (last && last.value !== this.shown) return;  // the snippets have a `_` of their own
    this.shown = value;
    Object.defineProperty(globalThis, '_', { value, writable: true, configurable: true });
  }

  // -- how it ends

  // Ends the run if there is nothing more to wait for.
  settle() {
    const { run } = this;
    if (!run?.settled || run.failure === null && this.streams.input?.awaited) return;
    if (run.failure) this.end(run, { status: 'error' }, run.failure);
    else if (process.exitCode) this.end(run, { status: 'error', exit: Number(process.exitCode) & 255 });
    else this.end(run, { status: 'ok' });
  }

  // Called by the guard, with the event loop free.
  interrupted() {
    if (!this.run) return;
    this.end(this.run, { status: 'interrupted' }, { attributes: { kind: 'runtime' }, parts: [
      ['name', 'Interrupted'], ['message', 'the snippet was interrupted by SIGINT']] });
  }

  exit(code) {
    const { run } = this;
    const exit = Number(code ?? 0) & 255;
    setImmediate(() => this.end(run, { status: exit === 0 ? 'ok' : 'error', exit }));
    this.guard.die();
  }

  end(run, done, failure = null) {
    if (this.run !== run) return;
    this.guard.enter();
    this.run = null;
    this.guard.running(false);
    clearAsyncIdStack();
    this.ask.close();
    this.streams.forgetInput();
    this.streams.merged = false;
    run.traced?.();
    process.exitCode = undefined;
    if (failure) this.wire.send('error', failure.attributes, failure.parts);
    this.wire.send('done', done);
    this.guard.leave();
  }

  // The daemon is done with us: exit listeners of the snippets get a moment.
  leave() {
    try {
      process._exiting = true;
      vm.runInThisContext('process.emit("exit", 0)', { timeout: LAST_WORDS_MS });
    } finally {
      really(0);
    }
  }
}

module.exports = { Session };
