// SPDX-License-Identifier: Apache-2.0
// What V8's console mode does not take is written in other words, line for line: import, and some redeclarations.
//
// `import(x)` and `import.meta` name a function of the worker's instead, `import a from "x"` becomes a constant.
// A name can be declared anew only as what it was: a `let` over a `var` is made a `var`, and so on.
'use strict';

const IMPORT = '__qimp';  // as long as the word, so that columns stay

let acorn;

function parse(source) {
  acorn ??= require('internal/deps/acorn/acorn/dist/acorn');
  return acorn.parse(source, {
    ecmaVersion: 'latest', sourceType: 'script', allowAwaitOutsideFunction: true, allowImportExportEverywhere: true,
    allowHashBang: true, allowSuperOutsideMethod: true,
  });
}

function* nodes(node) {
  if (typeof node?.type === 'string') yield node;
  for (const [key, value] of Object.entries(node ?? {})) {
    if (value && typeof value === 'object' && key !== 'value') yield* nodes(value);
    else if (key === 'value' && typeof value?.type === 'string') yield* nodes(value);
  }
}

class Edits {
  constructor(source) {
    this.source = source;
    this.list = [];
  }

  // The new text keeps the number of lines.
  replace(start, end, text) {
    const lines = this.source.slice(start, end).split('\n').length - text.split('\n').length;
    this.list.push([start, end, text + '\n'.repeat(Math.max(0, lines))]);
  }

  apply() {
    let text = '', at = 0;
    for (const [start, end, words] of this.list.sort((a, b) => a[0] - b[0])) {
      text += this.source.slice(at, start) + words;
      at = end;
    }
    return text + this.source.slice(at);
  }
}

const key = (name) => name.type === 'Identifier' ? name.name : JSON.stringify(name.value);

function importedAs(declaration) {
  const from = `await ${IMPORT}(${declaration.source.raw})`;
  if (declaration.specifiers.length === 0) return `void ${from};`;
  const all = declaration.specifiers.find(({ type }) => type === 'ImportNamespaceSpecifier');
  const named = declaration.specifiers.filter((specifier) => specifier !== all).map((specifier) =>
    `${specifier.type === 'ImportDefaultSpecifier' ? 'default' : key(specifier.imported)}: ${specifier.local.name}`);
  const names = named.length ? `const { ${named.join(', ')} } = ` : '';
  return all ? `const ${all.local.name} = ${from};${names && ` ${names}${all.local.name};`}` : `${names}${from};`;
}

// The snippet without import and export; as it is when it cannot be parsed.
function withoutImports(source) {
  if (!/\b(?:im|ex)port\b/.test(source)) return source;
  let tree;
  try {
    tree = parse(source);
  } catch {
    return source;  // what is wrong with it, V8 tells
  }
  const edits = new Edits(source);
  for (const node of nodes(tree)) {
    if (node.type === 'ImportExpression') edits.replace(node.start, node.start + 6, IMPORT);
    else if (node.type === 'MetaProperty' && node.meta.name === 'import') edits.replace(node.start, node.start + 6, IMPORT);
    else if (node.type === 'ImportDeclaration') edits.replace(node.start, node.end, importedAs(node));
    else if (/^Export(Named|Default)Declaration$/.test(node.type) && /Declaration$/.test(node.declaration?.type)) {
      edits.replace(node.start, node.declaration.start, ' '.repeat(node.declaration.start - node.start));
    }
  }
  return edits.apply();
}

function namesOf(pattern) {
  return [...nodes(pattern)].filter(({ type }) => type === 'Identifier').map(({ name }) => name);
}

// `name` declared with another word, everywhere at the top; null when there is nothing to change.
function redeclared(source, name, word) {
  let tree;
  try {
    tree = parse(source);
  } catch {
    return null;
  }
  const edits = new Edits(source);
  for (const node of tree.body) {
    if (node.type === 'VariableDeclaration') redeclareVariables(edits, node, name, word);
    else if (node.type === 'ClassDeclaration' && node.id.name === name) rename(edits, node, name, word);
    else if (node.type === 'FunctionDeclaration' && node.id.name === name && word !== 'var') rename(edits, node, name, word);
    else if (word !== 'var') assignNested(edits, node, name);
  }
  return edits.list.length ? edits.apply() : null;
}

function rename(edits, node, name, word) {
  edits.replace(node.start, node.start, `${word} ${name} = `);
  edits.replace(node.end, node.end, ';');
}

function redeclareVariables(edits, node, name, word) {
  const { declarations, kind } = node;
  if (kind === word || !declarations.some(({ id }) => namesOf(id).includes(name))) return;
  declarations.forEach((one, at) => {
    const needsValue = !one.init && (kind === 'let' || word === 'const');
    const own = namesOf(one.id).includes(name) ? word : kind;
    const start = at === 0 ? node.start : declarations[at - 1].end;
    edits.replace(start, one.start, `${at === 0 ? '' : '; '}${own} `);
    if (own === word && needsValue) edits.replace(one.end, one.end, ' = undefined');
  });
}

// A `var` within a block becomes an assignment to what is there.
function assignNested(edits, statement, name) {
  const visit = (node) => {
    if (!node || typeof node !== 'object' || /Function/.test(node.type)) return;
    if (node.type === 'VariableDeclaration' && node.kind === 'var' && node.declarations.length === 1
        && node.declarations[0].id.type === 'Identifier' && node.declarations[0].id.name === name) {
      edits.replace(node.start, node.declarations[0].start, '');
    }
    Object.values(node).forEach(visit);
  };
  visit(statement);
}

module.exports = { IMPORT, parse, redeclared, withoutImports };
