// Levels of tests: *.spec.ts is pure and fast; *.real.spec.ts needs Postgres or Kafka;
// test/system/*.system.spec.ts drives the whole system from outside; test/compose/*.compose.spec.ts needs Docker.
const transform = { '^.+\\.ts$': ['@swc/jest'] };
const base = {
  transform,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^#(checker|memory-postgres|virtual-time)$': '<rootDir>/proof/$1/src/index.ts',
    '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  roots: ['apps', 'libs', 'cli', 'proof', 'tools', 'infra', 'test'].map((folder) => `<rootDir>/${folder}`),
  setupFilesAfterEnv: ['<rootDir>/test/assertions.mjs'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '/fixtures/'],
};
export default {
  // A busy machine is no failure. Here and not in a project, where Jest takes no notice of it.
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.(real|system|compose)\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'real',
      testMatch: ['**/*.real.spec.ts'],
      globalSetup: '<rootDir>/test/real-setup.mjs',
      globalTeardown: '<rootDir>/test/real-teardown.mjs',
    },
    {
      ...base,
      displayName: 'system',
      testMatch: ['**/*.system.spec.ts'],
      globalSetup: '<rootDir>/test/system-setup.mjs',
    },
    {
      ...base,
      displayName: 'compose',
      testMatch: ['**/*.compose.spec.ts'],
    },
  ],
};
