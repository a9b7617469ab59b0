import { defineConfig } from 'vitest/config';

const report = process.env['PLIMSOLL_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'checks/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['packages/testcluster/src/vitest-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // The first run builds Kubernetes' control plane.
    hookTimeout: 900_000,
    teardownTimeout: 20_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
