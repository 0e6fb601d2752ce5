// Rules that imports do not show, checked on the syntax tree.
import { parseSync } from '@swc/core';
import { commentsWithoutAnActor } from './comment-words.mjs';
import { edges } from './dependency-rules.mjs';

const FOLDERS_THAT_SAY_NOTHING = /(^|\/)(common|utils?|helpers?)\//;
const CLOCK_AND_CHANCE = new Set(['Date.now', 'Math.random', 'performance.now', 'AbortSignal.timeout']);
const TIMERS = new Set(['setTimeout', 'setInterval']);

/**
 * @param {string} path relative to the repository
 * @param {string} text
 * @returns {{ rule: string, path: string, what: string }[]}
 */
export function violationsIn(path, text) {
  const violations = [];
  const report = (rule, what) => violations.push({ rule, path, what });
  for (const comment of commentsWithoutAnActor(text)) report('comments-name-their-actor', comment);
  if (FOLDERS_THAT_SAY_NOTHING.test(path)) report('folders-say-what-they-hold', path);
  if (isBoundToTheClockPort(path)) {
    for (const what of new Set(readsOfTimeAndChance(text))) report('time-and-chance-come-by-the-clock-port', what);
  }
  if (!DOORS_WITHOUT_A_GUARD.test(path) && opensAnHttpDoor(text) && !importsFrom(text, '#local-door')) {
    report('doors-are-guarded', 'an HTTP server without #local-door');
  }
  if (/^proof\/(simulation|virtual-time)\//.test(path) && !path.endsWith('.spec.ts')) {
    for (const what of new Set(namesImported(text)))
      if (DECIDING.has(what)) report('the-simulation-decides-nothing', what);
  }
  if (isPlainFileOfAService(path)) {
    for (const { module, name, typeOnly } of importsOf(text))
      if (module === '@nestjs/common' && !typeOnly && !INJECTED_BY.has(name))
        report('plain-files-do-no-io', `imports ${name} of @nestjs/common`);
  }
  if (/^(apps|libs|proof)\//.test(path) && !isTest(path)) {
    for (const what of ambiguousHandlers(path, text)) report('event-handlers-only-decide', what);
  }
  if (isTest(path)) {
    for (const what of looksAtPerhapsNothing(text)) report('tests-look-at-something', what);
  }
  return violations;
}

/** The only run-time imports of @nestjs/common in a plain file: Nest injects its class by them. */
const INJECTED_BY = new Set(['Injectable', 'Inject']);

const isPlainFileOfAService = (path) =>
  path.startsWith('apps/') && !new RegExp(`${edges}|-under-test\\.ts$`).test(path) && !isTest(path);

const isTest = (path) => /\.spec\.ts$|\/testing\//.test(path);

/** Expectations in a loop or in `every` check nothing if the list is empty. */
function* looksAtPerhapsNothing(text) {
  if (!/\bexpect\(/.test(text)) return;
  const nodes = [...nodesOf(parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2024' }))];
  const lists = new Set(
    nodes
      .filter(({ type, id, init }) => type === 'VariableDeclarator' && id.type === 'Identifier' && isLiteralList(init))
      .map(({ id }) => id.value),
  );
  const hasItems = (node) =>
    isLiteralList(node) || lists.has(node.value) || (isCall(node) && node.callee.value === 'notEmpty');
  // A property test may draw empty lists in some of its runs.
  const drawn = new Set(nodes.filter(isProperty).flatMap((node) => [...nodesOf(node.arguments)]));
  for (const node of nodes.filter((each) => !drawn.has(each))) {
    if (node.type === 'ForOfStatement' && !hasItems(node.right) && [...nodesOf(node.body)].some(isExpectation))
      yield 'a loop of expectations over a list that may be empty: notEmpty(list)';
    if (isExpectation(node) && isCall(node.arguments[0]?.expression) && isEvery(node.arguments[0].expression.callee)) {
      if (!hasItems(node.arguments[0].expression.callee.object))
        yield 'an expectation of every item of a list that may be empty: notEmpty(list).every';
    }
    if (isCall(node) && node.callee.value === 'describe' && hasEmptyBody(node.arguments.at(-1)?.expression))
      yield 'an empty suite';
  }
}

const OF_EVENT_CONTROLLERS = new Set(['Controller', 'EventPattern']);

/** A handler's pattern is a literal, so that a search for the event's name finds it, and its file is pure. */
function* ambiguousHandlers(path, text) {
  if (!text.includes('@nestjs/')) return;
  const imports = importsOf(text).filter(({ module, typeOnly }) => module.startsWith('@nestjs/') && !typeOnly);
  if (path.endsWith('-events.controller.ts')) {
    for (const { name } of imports) if (!OF_EVENT_CONTROLLERS.has(name)) yield `imports ${name}`;
    for (const node of nodesOf(parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2024' }))) {
      if (!isCall(node) || node.callee.value !== 'EventPattern') continue;
      const [pattern, ...others] = node.arguments;
      if (others.length > 0 || pattern?.expression.type !== 'StringLiteral')
        yield 'a pattern that is not a literal name';
    }
  } else if (imports.some(({ name }) => name === 'EventPattern')) {
    yield 'a handler outside of an -events.controller.ts';
  }
}

const isProperty = (node) => isCall(node) && /^(async)?property$/i.test(node.callee.property?.value ?? '');
const isCall = (node) => node?.type === 'CallExpression';
const isExpectation = (node) => isCall(node) && node.callee.value === 'expect';
const isEvery = (callee) => callee.type === 'MemberExpression' && callee.property.value === 'every';
const hasEmptyBody = (node) => node?.type === 'ArrowFunctionExpression' && node.body.stmts?.length === 0;

function isLiteralList(node) {
  if (/^Ts(As|Satisfies|ConstAssertion)/.test(node?.type ?? '')) return isLiteralList(node.expression);
  return node?.type === 'ArrayExpression' && node.elements.some((element) => element && !element.spread);
}

/** Names for writing steps, commands and events, which the simulation must not do. */
const DECIDING = new Set(['Decides', 'EventPattern', 'become', 'unchanged', 'answer', 'defineEvent', 'statement']);

/** HTTP servers that need no guard: Stripe's `/v1`, which checks API keys, and servers of tests. */
const DOORS_WITHOUT_A_GUARD = /^apps\/payments-api\/src\/http\/stripe-door\.http\.ts$|\/testing\/|\.spec\.ts$/;
/** Functions that create an HTTP server, by module. */
const SERVER_CREATORS = {
  'node:http': ['createServer', 'Server'],
  'node:https': ['createServer', 'Server'],
  'node:http2': ['createServer', 'createSecureServer'],
  fastify: ['fastify', 'default'],
  '@nestjs/platform-fastify': ['FastifyAdapter'],
};

function opensAnHttpDoor(text) {
  return importsOf(text).some(({ module, name, typeOnly }) => !typeOnly && SERVER_CREATORS[module]?.includes(name));
}

function importsFrom(text, module) {
  return importsOf(text).some((each) => each.module === module && !each.typeOnly);
}

function importsOf(text) {
  const program = parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2024' });
  return program.body
    .filter((node) => node.type === 'ImportDeclaration')
    .flatMap((node) =>
      node.specifiers.map((each) => ({
        module: node.source.value,
        name: each.type === 'ImportSpecifier' ? (each.imported?.value ?? each.local.value) : 'default',
        typeOnly: node.typeOnly || each.isTypeOnly === true,
      })),
    );
}

function* namesImported(text) {
  for (const node of nodesOf(parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2024' }))) {
    if (node.type === 'ImportSpecifier') yield node.imported?.value ?? node.local.value;
  }
}

function isBoundToTheClockPort(path) {
  return (
    /^(apps|libs|proof)\//.test(path) &&
    !/^libs\/clock\/|^proof\/virtual-time\/src\/virtual-globals\.ts$|^proof\/(bench|chaos|planted-bugs)\/|\/testing\/|\.spec\.ts$|-under-test\.ts$/.test(
      path,
    )
  );
}

function* readsOfTimeAndChance(text) {
  for (const node of nodesOf(parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2024' }))) {
    if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.property.type === 'Identifier') {
      const name = `${node.object.value}.${node.property.value}`;
      if (CLOCK_AND_CHANCE.has(name)) yield name;
    }
    if (node.type === 'CallExpression' && TIMERS.has(node.callee.value)) yield node.callee.value;
    if (node.type === 'NewExpression' && node.callee.value === 'Date' && !node.arguments?.length) yield 'new Date()';
    if (node.type === 'ImportDeclaration' && /^(node:)?timers(\/promises)?$/.test(node.source.value)) {
      yield node.source.value;
    }
  }
}

function* nodesOf(value) {
  if (Array.isArray(value)) for (const each of value) yield* nodesOf(each);
  else if (value && typeof value === 'object') {
    if (typeof value.type === 'string') yield value;
    for (const each of Object.values(value)) yield* nodesOf(each);
  }
}
