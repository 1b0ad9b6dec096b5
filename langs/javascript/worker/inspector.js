// SPDX-License-Identifier: Apache-2.0
// V8's own debugging protocol, spoken within the process: evaluates text as a developer console does.
//
// That mode lets names be declared anew, takes `await` at the top and keeps what it binds. Owned by the session.
'use strict';
const { Session } = require('inspector');

const GROUP = 'quern';

class Inspector {
  constructor() {
    this.session = new Session();
    this.session.connect();
    this.box = { value: undefined };
    const key = Symbol('box');
    globalThis[Symbol.for('quern.box')] = this.box;
    this.boxId = this.ask('Runtime.evaluate', { expression: "globalThis[Symbol.for('quern.box')]" }).result.objectId;
    delete globalThis[Symbol.for('quern.box')];
  }

  // A request that is answered before it returns.
  ask(method, parameters) {
    let failure, answer;
    this.session.post(method, parameters, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure) throw failure;
    return answer;
  }

  // `then(failure, outcome)`; a failure is none of the snippet's: it was ended from outside.
  evaluate(expression, then) {
    this.session.post('Runtime.evaluate', { expression, replMode: true, objectGroup: GROUP, silent: true }, then);
  }

  // The value that a remote object stands for.
  value(remote) {
    if (remote.objectId === undefined && remote.unserializableValue === undefined) return remote.value;
    const { objectId, unserializableValue } = remote;
    this.ask('Runtime.callFunctionOn', {
      objectId: this.boxId, functionDeclaration: 'function(value) { this.value = value; }', silent: true,
      arguments: [objectId === undefined ? { unserializableValue } : { objectId }],
    });
    const { value } = this.box;
    this.box.value = undefined;
    return value;
  }

  release() {
    this.ask('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  }

  lexicalNames() {
    return this.ask('Runtime.globalLexicalScopeNames', {}).names;
  }

  // Where a function was defined: {scriptId, lineNumber, columnNumber}, or undefined.
  location(value) {
    this.box.value = value;
    try {
      const { result } = this.ask('Runtime.callFunctionOn', {
        objectId: this.boxId, functionDeclaration: 'function() { return this.value; }', silent: true, objectGroup: GROUP });
      const { internalProperties = [] } = this.ask('Runtime.getProperties', {
        objectId: result.objectId, ownProperties: true });
      return internalProperties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
    } finally {
      this.box.value = undefined;
      this.release();
    }
  }

  terminate() {
    this.session.post('Runtime.terminateExecution');
  }
}

module.exports = { Inspector };
