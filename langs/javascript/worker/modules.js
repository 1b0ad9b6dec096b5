// SPDX-License-Identifier: Apache-2.0
// `require`, `module` and import for snippets: names are looked for from the working directory of the moment.
'use strict';
const Module = require('module');
const path = require('path');
const { process } = globalThis;
const { pathToFileURL } = require('url');
const { IMPORT } = require('./rewrite');

// Where Node keeps its loader of modules has changed with its versions.
function loader() {
  try {
    return require('internal/process/esm_loader').esmLoader;
  } catch {
    return require('internal/modules/esm/loader').getOrInitializeCascadedLoader();
  }
}

const here = () => path.join(process.cwd(), 'snippet.js');

class Modules {
  constructor() {
    this.byFolder = new Map();
    const main = new Module('.');
    main.filename = here();
    main.paths = Module._nodeModulePaths(process.cwd());
    process.mainModule = main;
    const require = (id) => this.requireHere()(id);
    const resolve = (id, options) => this.requireHere().resolve(id, options);
    resolve.paths = (id) => this.requireHere().resolve.paths(id);
    Object.assign(require, { main, resolve, cache: Module._cache, extensions: Module._extensions });
    main.require = require;
    this.define('require', require);
    this.define('module', main);
    this.define('exports', main.exports);
    this.builtins();
    this.define(IMPORT, this.importer(require), false);
  }

  define(name, value, writable = true) {
    Object.defineProperty(globalThis, name, { value, writable, configurable: true, enumerable: false });
  }

  requireHere() {
    const folder = process.cwd();
    if (!this.byFolder.has(folder)) this.byFolder.set(folder, Module.createRequire(path.join(folder, 'snippet.js')));
    return this.byFolder.get(folder);
  }

  // Like the loader's own import, but from the working directory.
  importer(require) {
    const load = async (id) => loader().import(String(id), pathToFileURL(here()).href, Object.create(null));
    load.meta = {
      get url() { return pathToFileURL(here()).href; },
      get dirname() { return process.cwd(); },
      get filename() { return here(); },
      resolve: (id) => pathToFileURL(require.resolve(id)).href,
    };
    return load;
  }

  // As in Node's own console: the modules are there by their names.
  builtins() {
    for (const name of Module.builtinModules) {
      if (/^_|[/:]/.test(name) || name in globalThis) continue;
      Object.defineProperty(globalThis, name, {
        configurable: true, enumerable: false,
        get: () => this.requireHere()(name),
        set: (value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true }),
      });
    }
  }
}

module.exports = { Modules };
