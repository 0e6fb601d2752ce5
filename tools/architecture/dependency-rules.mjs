// Who may import whom. dependency-cruiser reads it (check.mjs); each rule has a fixture that breaks it.
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
const tests = '\\.spec\\.ts$|-under-test\\.ts$|/testing/';

/** Suffixes that say framework or I/O (CONTRIBUTING.md); main.ts wires, and tests may use anything. */
export const edges =
  '\\.(controller|module|http|repository|client|entity|migration|filter|interceptor|guard|pipe|decorator)\\.ts$|/main\\.ts$';

export default {
  forbidden: [
    {
      name: 'apps-never-import-each-other',
      comment: 'Services meet in topics and over HTTP. What two of them need is a library.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'the-product-never-imports-its-proof',
      comment:
        'What is deployed is in apps/ and libs/. Its tests may run on the stand-ins that the simulation runs on.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: tests },
      to: { path: '^(proof|tools)/' },
    },
    {
      name: 'nothing-imports-the-simulation',
      comment: 'It runs every service as it is; no service knows of it.',
      severity: 'error',
      from: { pathNot: '^proof/simulation/' },
      to: { path: '^proof/simulation/' },
    },
    {
      name: 'the-simulation-runs-what-is-deployed',
      comment: 'Not what tests keep beside it.',
      severity: 'error',
      from: { path: '^proof/simulation/' },
      to: { path: '^apps/[^/]+/(test/|src/.*testing/)|\\.spec\\.ts$' },
    },
    {
      name: 'libraries-never-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'plain-files-do-no-io',
      comment:
        'A file of a service without a suffix that says framework or I/O is plain TypeScript. What it may import of @nestjs/common is in source-rules.mjs.',
      severity: 'error',
      from: { path: '^apps/', pathNot: `${edges}|${tests}` },
      to: { path: npm('pg', 'kafkajs', 'typeorm', 'undici', 'fastify', '@nestjs/(?!common/)[^/]+') },
    },
    {
      name: 'event-handlers-only-decide',
      comment:
        'A controller of events is pure: it imports the decorators, contracts, and plain files of its service. Its methods run in the middle of a transaction of many events.',
      severity: 'error',
      from: { path: '-events\\.controller\\.ts$' },
      to: {
        pathNot: `^libs/(contracts|saga|clock|money)/|^apps/(?!.*(${edges}))|(^|:)assert(/strict)?$|${npm('@nestjs/common', '@nestjs/microservices')}`,
      },
    },
    {
      name: 'only-messaging-imports-kafkajs',
      severity: 'error',
      from: { path: '^(apps|libs|proof)/', pathNot: `^libs/messaging/|${tests}` },
      to: { path: npm('kafkajs') },
    },
    {
      name: 'only-postgres-imports-pg',
      severity: 'error',
      from: { path: '^(apps|libs|proof)/', pathNot: `^libs/postgres/|${tests}` },
      to: { path: npm('pg', '@types/pg') },
    },
    {
      name: 'typeorm-stays-at-the-tables',
      comment: 'The simulation has the entities read before its worlds begin.',
      severity: 'error',
      from: {
        path: '^(apps|libs|proof)/',
        pathNot: `^libs/postgres/|^proof/simulation/src/service/|\\.(entity|migration|module|providers|repository)\\.ts$|${tests}`,
      },
      to: { path: npm('typeorm') },
    },
    {
      name: 'only-bank-call-imports-the-resilience-libraries',
      severity: 'error',
      from: { path: '^(apps|libs|proof)/', pathNot: '^libs/bank-call/' },
      to: { path: npm('opossum', '@types/opossum', 'cockatiel') },
    },
    {
      name: 'the-saga-table-is-for-tests-and-docs',
      comment: 'It describes the wiring; a service that read it would make it a central state machine.',
      severity: 'error',
      from: { path: '^(apps|libs|proof)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/contracts/src/saga-table\\.ts$' },
    },
    {
      name: 'the-reference-model-is-independent',
      comment:
        'It says anew what is to come out of a request. What it took over from the code that it judges could not be found wrong.',
      severity: 'error',
      from: { path: '^proof/checker/src/model/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^proof/checker/src/(model/|evidence\\.ts$|history\\.ts$)' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'imports-resolve',
      comment: 'An import that is not resolved is not checked by the rules above either.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true, // type-only imports count
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/fixtures/|^dist/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      conditionNames: ['types', 'import', 'default', 'node'], // `#name` means the library's source
      exportsFields: ['exports'],
    },
  },
};
