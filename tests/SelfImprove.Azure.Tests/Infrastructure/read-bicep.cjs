// Parses Bicep files with tree-sitter and prints what they declare, as one line of JSON.
// Usage: node read-bicep.cjs NODE_MODULES FILE...
const fs = require('node:fs');
const path = require('node:path');

const [packages, ...files] = process.argv.slice(2);
const { Parser, Language } = require('node:module').createRequire(path.join(packages, 'x.js'))('web-tree-sitter');

const named = node => node.children.filter(child => child.isNamed);
const text = node => (node.type === 'string' ? named(node).map(part => part.text).join('') : node.text);

function* walk(node) {
  yield node;
  for (const child of node.children) yield* walk(child);
}

// The keys of an object and the nodes of their values.
function properties(object) {
  const found = {};
  for (const property of named(object).filter(child => child.type === 'object_property')) {
    const [key, value] = named(property);
    if (key) found[text(key)] = value;
  }
  return found;
}

// The body of a module or resource, within its condition or loop.
function body(declaration) {
  for (let node = named(declaration).at(-1); node; node = named(node).at(-1))
    if (node.type === 'object') return node;
  return undefined;
}

function errors(root) {
  const found = [];
  for (const node of walk(root)) {
    if (node.isError || node.isMissing) found.push(`${node.startPosition.row + 1}: ${node.text.slice(0, 60) || `missing ${node.type}`}`);
  }
  return found;
}

function read(file, root) {
  const result = { file, errors: errors(root), scope: 'resourceGroup', params: [], variables: [], modules: [], resources: [], outputs: [], uses: [] };
  let decorators = [];
  for (const node of named(root)) {
    const parts = named(node);
    const name = parts[0]?.text;
    if (node.type === 'decorators') decorators = named(node).map(decorator => decorator.text);
    if (node.type === 'comment') continue;
    if (node.type === 'assignment_expression' || node.text.startsWith('targetScope')) result.scope = (node.text.match(/'(\w+)'/) ?? [])[1] ?? result.scope;
    if (node.type === 'parameter_declaration')
      result.params.push({ name, type: parts[1].text, hasDefault: parts.length > 2, default: parts[2] ? text(parts[2]) : null, decorators });
    if (node.type === 'variable_declaration') result.variables.push(name);
    if (node.type === 'module_declaration') {
      const object = body(node);
      const values = object ? properties(object) : {};
      result.modules.push({
        name,
        path: text(parts[1]),
        conditional: parts.some(part => part.type === 'if_statement'),
        params: values.params ? Object.keys(properties(values.params)) : [],
      });
    }
    if (node.type === 'resource_declaration') {
      const object = body(node);
      const values = object ? properties(object) : {};
      result.resources.push({
        name,
        type: text(parts[1]),
        existing: /^resource\s+\w+\s+'[^']+'\s+existing\b/.test(node.text),
        conditional: parts.some(part => part.type === 'if_statement'),
        properties: values.properties?.type === 'object' ? flat(values.properties) : {},
      });
    }
    if (node.type === 'output_declaration') result.outputs.push({ name, type: parts[1].text, value: parts.at(-1).text, decorators });
    if (node.type !== 'decorators') decorators = [];
  }
  // module.outputs.name, wherever it stands
  for (const node of walk(root)) {
    const match = node.type === 'member_expression' && node.text.match(/^(\w+)!?\.outputs\.\??(\w+)$/);
    if (match) result.uses.push({ module: match[1], output: match[2] });
  }
  return result;
}

// { a: { b: 'c' } } as { 'a.b': "'c'" }: values as they stand in the source.
function flat(object, prefix = '') {
  const found = {};
  for (const [key, value] of Object.entries(properties(object))) {
    if (value?.type === 'object') Object.assign(found, flat(value, `${prefix}${key}.`));
    else found[prefix + key] = value?.text ?? '';
  }
  return found;
}

// The keys of objects that variables hold, conditional ones too: settings are put together from them.
function objects(root) {
  const found = {};
  for (const node of named(root).filter(child => child.type === 'variable_declaration')) {
    const keys = {};
    for (const inner of walk(node)) if (inner.type === 'object') for (const [key, value] of Object.entries(properties(inner))) keys[key] = value?.text ?? '';
    if (Object.keys(keys).length > 0) found[named(node)[0].text] = keys;
  }
  return found;
}

// Identifiers that stand for a value and that nothing declares; and declarations that nothing uses.
function names(root) {
  const declared = new Set();
  const used = new Set();
  const functions = new Set(['resourceGroup', 'subscription', 'tenant', 'deployer', 'environment', 'deployment', 'sys', 'az']);
  for (const node of walk(root)) {
    if (/_declaration$/.test(node.type) && node.type !== 'output_declaration' && named(node)[0]) declared.add(named(node)[0].text);
  }
  for (const loop of root.text.matchAll(/\bfor \(?(\w+)(?:, (\w+)\))? in\b/g)) for (const variable of loop.slice(1)) declared.add(variable);
  for (const lambda of root.text.matchAll(/\b(\w+) =>/g)) declared.add(lambda[1]);
  for (const node of walk(root)) {
    if (node.type !== 'identifier' || !node.parent) continue;
    const parent = node.parent;
    const isFirst = named(parent)[0]?.id === node.id;
    if (parent.type === 'object_property' && isFirst) continue;
    if (parent.type === 'call_expression' && isFirst) continue;
    if (/_declaration$/.test(parent.type) && isFirst) continue;
    used.add(node.text);
  }
  const unused = [...root.text.matchAll(/^(?:param|var) (\w+)/gm)].map(match => match[1]).filter(name => !used.has(name));
  return { unknown: [...used].filter(name => !declared.has(name) && !functions.has(name)), unused };
}

(async () => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(path.join(packages, 'tree-sitter-bicep', 'tree-sitter-bicep.wasm')));
  const all = files.map(file => {
    const { rootNode } = parser.parse(fs.readFileSync(file, 'utf8'));
    return { ...read(file, rootNode), objects: objects(rootNode), ...names(rootNode) };
  });
  console.log(JSON.stringify(all));
})();
