import { defineConfig, type OxlintOverride } from 'oxlint';

/**
 * The rooms of packages/plimsoll/src, top to bottom. A room may import the rooms above it and nothing below
 * (docs/adr/0002-rooms-and-layers.md). A room is listed once it exists.
 */
const rooms = ['model', 'sources', 'inventory', 'findings', 'guardrails', 'server', 'cli'];

/** Plug-in kinds whose modules (one folder each) never import each other; only their registry names them all. */
const plugins = { sources: ['kubernetes', 'files'] };

const below = (room: string) => [...rooms.slice(rooms.indexOf(room) + 1), 'main.mjs'];

interface Pattern {
  readonly regex: string;
  readonly message: string;
}

/** The fault laboratory holds everything else to its promises, and nothing knows of it. */
const laboratory: Pattern = { regex: '(^|/)faultlab(/|$)', message: 'nothing imports the fault laboratory' };

const restrict = (files: string[], regex: string, message: string, more: readonly Pattern[] = []): OxlintOverride => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }, laboratory, ...more] }] },
});

/** What is behind a plug-in's `index.ts`, to rooms below its kind. The files' readers serve `scan` as well. */
const insides = (room: string): readonly Pattern[] =>
  rooms.indexOf(room) <= rooms.indexOf('sources')
    ? []
    : [
        {
          // All but index.ts, in a syntax without look-ahead.
          regex: 'sources/kubernetes/([^i]|i[^n]|in[^d])',
          message: "a cluster is opened by sources/registry.ts; a plug-in's insides are its own",
        },
      ];

const source = 'packages/plimsoll/src';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['node_modules', '**/node_modules/**', '**/fixtures/**', '**/planted/**', '**/dist/**'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: true }],
    'import/no-unassigned-import': 'off',
    'no-await-in-loop': 'off', // order and backpressure are often the point
    'no-shadow': 'off',
    'import/no-named-as-default-member': 'off', // fast-check is used as `fc.…`
    'vitest/require-to-throw-message': 'off',
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect', 'eventually', 'fc.assert'] }],
    'unicorn/require-post-message-target-origin': 'off', // worker threads have no origins
    'vitest/no-conditional-expect': 'off', // in a property the case decides what is expected
    'unicorn/prefer-spread': 'off',
    'typescript/no-misused-spread': 'off', // strings are spread for their code points
    'typescript/no-base-to-string': 'off', // a CEL value is an object to TypeScript, also where it is a scalar
    'typescript/no-unsafe-type-assertion': 'off', // rows that we wrote ourselves; foreign data goes through schemas
    'typescript/no-unnecessary-type-parameters': 'off',
    'consistent-return': 'off', // TypeScript's noImplicitReturns knows exhaustive switches
    'no-underscore-dangle': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': 'error',
    'no-empty': 'error',
    'promise/always-return': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'vitest/no-conditional-tests': 'error',
    'vitest/no-disabled-tests': 'off', // a test that lacks its server says so loudly; CI=true fails it
  },
  overrides: [
    ...rooms.map((room) =>
      restrict(
        [`${source}/${room}/**/*.ts`],
        `\\.\\./(${below(room).join('|').replaceAll('.', '\\.')})(/|$)`,
        `${room}/ may import the rooms above it only (docs/adr/0002-rooms-and-layers.md)`,
        insides(room),
      ),
    ),
    ...Object.entries(plugins).flatMap(([kind, modules]) =>
      modules.map((module) => {
        const siblings = modules.filter((m) => m !== module).join('|');
        const room = below(kind).join('|').replaceAll('.', '\\.');
        return restrict(
          [`${source}/${kind}/${module}/**/*.ts`],
          `\\.\\./(${siblings}|registry\\.ts|${room})(/|$)`,
          `${kind}/${module} may import the rooms above and its kind's contract, never a sibling or a room below`,
        );
      }),
    ),
    restrict(
      ['packages/cel/**/*.ts'],
      '(plimsoll/src|^plimsoll$|sources/|inventory/)',
      'cel knows nothing of Plimsoll',
    ),
    restrict(['packages/testcluster/**/*.ts'], '(plimsoll/src|^plimsoll$)', 'testcluster knows nothing of Plimsoll'),
    { files: ['**/*.test.ts', '**/*.fixture.ts', 'bench/**', 'checks/**'], rules: { 'no-restricted-imports': 'off' } },
  ],
});
