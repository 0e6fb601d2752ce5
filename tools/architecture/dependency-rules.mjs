// Allowed imports, as configuration of dependency-cruiser (check.mjs). Each rule has a fixture that breaks it.
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
const tests = '\\.spec\\.ts$|-under-test\\.ts$|/testing/';

/** Suffixes of files with framework code or I/O (CONTRIBUTING.md), and main.ts, which wires them. */
export const edges =
  '\\.(controller|module|http|repository|client|entity|migration|filter|interceptor|guard|pipe|decorator)\\.ts$|/main\\.ts$';

export default {
  forbidden: [
    {
      name: 'apps-never-import-each-other',
      comment: 'Services communicate by topics and HTTP. Shared code is a library.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'the-product-never-imports-its-proof',
      comment: 'The deployed code is in apps/ and libs/. Only its tests may use the simulated ports.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: tests },
      to: { path: '^(proof|tools)/' },
    },
    {
      name: 'nothing-imports-the-simulation',
      comment: 'The simulation runs the services unchanged, so no service may depend on it.',
      severity: 'error',
      from: { pathNot: '^proof/simulation/' },
      to: { path: '^proof/simulation/' },
    },
    {
      name: 'the-simulation-runs-what-is-deployed',
      comment: 'The simulation runs production code, not test doubles.',
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
        'A service’s file without a framework or I/O suffix is plain TypeScript. source-rules.mjs lists what it may import of @nestjs/common.',
      severity: 'error',
      from: { path: '^apps/', pathNot: `${edges}|${tests}` },
      to: { path: npm('pg', 'kafkajs', 'typeorm', 'undici', 'fastify', '@nestjs/(?!common/)[^/]+') },
    },
    {
      name: 'event-handlers-only-decide',
      comment:
        'An event controller is pure: it imports decorators, contracts and plain files of its service, because its methods run inside a transaction of many events.',
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
      comment: 'Entities, migrations, repositories and modules use TypeORM. The simulation loads the entities.',
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
      comment: 'The table describes the wiring. A service that read it would turn it into an orchestrator.',
      severity: 'error',
      from: { path: '^(apps|libs|proof)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/contracts/src/saga-table\\.ts$' },
    },
    {
      name: 'the-reference-model-is-independent',
      comment: 'The reference model must not share code with the services, or it would share their errors.',
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
      comment: 'The rules above do not see an unresolved import.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true, // includes type-only imports
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/fixtures/|^dist/|^apps/console/page/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      conditionNames: ['types', 'import', 'default', 'node'], // `#name` resolves to the library's source
      exportsFields: ['exports'],
    },
  },
};
