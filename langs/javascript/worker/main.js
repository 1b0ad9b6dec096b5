// SPDX-License-Identifier: Apache-2.0
// Started as `node --expose-internals --no-force-async-hooks-checks main.js` with requests on 3 and replies on 4.
//
// Node's parser, loader and console are used from within (--expose-internals). Its check of asynchronous
// contexts is off, for code that V8 ends in its midst leaves them as they were, which is mended then.
'use strict';
const { Session } = require('./session');

new Session(3, 4);
