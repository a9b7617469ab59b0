import type { z } from 'zod';
import { Owners } from '../findings/owner.ts';
import type { FindingFilter, Page, ResourceFilter } from '../inventory/store.ts';
import type { Coverage } from '../model/coverage.ts';
import { PlimsollError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import type { Backend } from './backend.ts';
import { changePages } from './change-pages.ts';
import { findingNamed } from './finding-named.ts';
import { changeItem, configurationItem, findingItem, resourceItem } from './items.ts';
import { whatItRestsOn, type ReadPage } from './listing.ts';
import { momentOf } from './moment.ts';
import { replayRoute } from './replay-route.ts';
import { resourceDiff } from './resource-diff.ts';
import { versionPage } from './version-items.ts';
import { rollupItems } from './rollup-items.ts';
import { list, one, reading, ready, type Route } from './route.ts';
import * as schemas from './schemas.ts';
import { type StaleFinding, staleFindings } from './stale.ts';
import { sourceItems } from './source-items.ts';
import { trialPage } from './trial-page.ts';
import { typeItems } from './type-items.ts';
import { typeNamed } from './type-named.ts';
import { waiverRoutes } from './waiver-routes.ts';

/** Findings read at once for a roll-up; between two such pages the log moves on. */
const rollupPage = 500;

/** All paths that answer JSON; `/openapi.json` lists them and `app.ts` serves them. */
export const routes: readonly Route[] = [
  list(
    '/v1/sources',
    'What is watched, how fresh, and what cannot be seen',
    schemas.pageQuerySchema,
    schemas.sourceSchema,
    async ({ store }) => ready(await sourceItems(store), await store.coverage()),
  ),
  list(
    '/v1/types',
    'The types that there are resources of, with their numbers',
    schemas.typeQuerySchema,
    schemas.typeSchema,
    async ({ store }, { at }) => {
      const moment = momentOf(store, at);
      return { ...ready(await typeItems(moment), await moment.coverage()), at: moment.at };
    },
  ),
  list(
    '/v1/resources',
    'The inventory',
    schemas.resourceQuerySchema,
    schemas.resourceSchema,
    async ({ store }, query) => {
      const filter = keyFilter(query);
      const moment = momentOf(store, query.at);
      const read: ReadPage<Resource> = async (limit, page) => await moment.resources(filter, limit, page);
      return {
        read,
        item: resourceItem,
        coverage: relevant(await moment.coverage(filter.source), filter),
        at: moment.at,
      };
    },
  ),
  list(
    '/v1/versions',
    'What became of one resource, newest first',
    schemas.versionQuerySchema,
    schemas.versionSchema,
    async ({ store }, query) => {
      const key = keyOf(query);
      const item = (row: schemas.VersionItem) => row;
      const read: ReadPage<schemas.VersionItem> = async (limit, page) => await versionPage(store, key, limit, page);
      return { read, item, coverage: relevant(await store.coverage(key.source), key) };
    },
  ),
  list(
    '/v1/changes',
    'The change log, oldest first',
    schemas.changeQuerySchema,
    schemas.changeSchema,
    async ({ store }, query) => ({
      read: changePages(store, query.since),
      item: changeItem,
      coverage: [],
    }),
  ),
  list(
    '/v1/findings',
    'What stands below the line',
    schemas.findingQuerySchema,
    schemas.findingSchema,
    async ({ judging, ...backend }, query) => {
      const { filter, read, coverage, at } = await findingRows(backend, query);
      const item = (row: schemas.FindingItem) => row;
      return { read, item, coverage: relevant(coverage, filter), judging: at === null && judging(), at };
    },
  ),
  list(
    '/v1/rollups',
    'Findings rolled up: one item for a guardrail and the topmost owner of what it judged',
    schemas.findingQuerySchema,
    schemas.rollupSchema,
    async ({ judging, ...backend }, query) => {
      const { filter, read, coverage, at } = await findingRows(backend, query);
      const findings: schemas.FindingItem[] = [];
      for (let page: string | null | undefined; page !== null;) {
        const found: Page<schemas.FindingItem> = await read(rollupPage, page ?? null);
        findings.push(...found.items);
        page = found.next;
        await new Promise(setImmediate); // what happens meanwhile is not held up by who folds
      }
      const rows = ready(rollupItems(findings), relevant(coverage, filter));
      return { ...rows, judging: at === null && judging(), at };
    },
  ),
  list(
    '/v1/guardrails',
    'The guardrails, those that do not load included',
    schemas.pageQuerySchema,
    schemas.guardrailSchema,
    async ({ guardrails }) => ready(guardrails()),
  ),
  ...waiverRoutes,
  {
    ...reading,
    path: '/v1/trial',
    summary: 'What a guardrail of one expression would find, page after page as it is found',
    query: schemas.trialQuerySchema,
    answer: schemas.trialSchema,
    handle: async ({ store, trial }, asked) => {
      const query = schemas.trialQuerySchema.parse(asked);
      const filter = keyFilter(query);
      const found = await trialPage(trial(query.expression, query.type), store, filter, query);
      return {
        ...found,
        ...whatItRestsOn({ coverage: relevant(await store.coverage(filter.source), filter) }, query.type),
      };
    },
  },
  replayRoute,
  one(
    '/v1/configuration',
    'The configuration in force, and why what the files say now is not',
    schemas.configurationSchema,
    async ({ configuration }) => configurationItem(configuration()),
  ),
  {
    ...reading,
    path: '/v1/diff',
    summary: 'How two states of one resource differ',
    query: schemas.diffQuerySchema,
    answer: schemas.diffSchema,
    handle: async ({ store }, asked) => {
      const query = schemas.diffQuerySchema.parse(asked);
      const { from, to, all } = query;
      return await resourceDiff(store, keyOf(query), { from, to, all: all === 'true' });
    },
  },
  one(
    '/v1/types/:word',
    'The type that a plural, singular, kind or short name stands for',
    schemas.typeNameSchema,
    async ({ store }, { word = '' }) => await typeNamed(store, word),
  ),
  one('/v1/guardrails/:name', 'One guardrail', schemas.guardrailSchema, async ({ guardrails }, { name = '' }) => {
    const found = guardrails().find((item) => item.name === name);
    if (found === undefined) throw new PlimsollError('PLM1005', `There is no guardrail ${name}.`);
    return found;
  }),
  one('/v1/findings/:id', 'One finding', schemas.findingSchema, async ({ store, restsOn }, { id = '' }) =>
    findingWithOwner(await findingNamed(store, id), new Owners(store), staleFindings(await store.coverage(), restsOn)),
  ),
  one(
    '/v1/findings/:id/explanation',
    'Why a finding stands',
    schemas.explanationSchema,
    async ({ store, explain }, { id = '' }) => await explain(await findingNamed(store, id)),
  ),
];

/** Pages of findings, each with its topmost owner, as they stand or stood; and the coverage that they rest on. */
async function findingRows(
  { store, restsOn }: Pick<Backend, 'store' | 'restsOn'>,
  query: z.infer<typeof schemas.findingQuerySchema>,
) {
  const filter = findingFilter(query);
  const moment = momentOf(store, query.at);
  const coverage = await moment.coverage();
  const [owners, stale] = [new Owners(moment), staleFindings(coverage, restsOn)];
  const read: ReadPage<schemas.FindingItem> = async (limit, page) => {
    const { items, next } = await moment.findings(filter, limit, page);
    const found: schemas.FindingItem[] = [];
    for (const finding of items) found.push(await findingWithOwner(finding, owners, stale));
    return { items: found, next };
  };
  return { filter, read, coverage, at: moment.at };
}

async function findingWithOwner(finding: Finding, owners: Owners, stale: StaleFinding): Promise<schemas.FindingItem> {
  return findingItem(finding, await owners.of(finding.resource), stale(finding));
}

/** The resource that a query is about; an empty scope, or none, is that of one without. */
function keyOf(query: Omit<ResourceKey, 'scope'> & { readonly scope?: string | undefined }): ResourceKey {
  const { source, type, scope, name } = query;
  return { source, type, scope: scope === undefined || scope === '' ? null : scope, name };
}

function keyFilter(query: z.infer<typeof schemas.keyQuerySchema>): ResourceFilter {
  const { source, type, scope, name } = query;
  return {
    ...(source === undefined ? {} : { source }),
    ...(type === undefined ? {} : { type }),
    ...(scope === undefined ? {} : { scope: scope === '' ? null : scope }),
    ...(name === undefined ? {} : { name }),
  };
}

function findingFilter(query: z.infer<typeof schemas.findingQuerySchema>): FindingFilter {
  const { state, guardrail, id } = query;
  return {
    ...keyFilter(query),
    ...(state === 'all' ? {} : { state }),
    ...(guardrail === undefined ? {} : { guardrail }),
    ...(id === undefined ? {} : { id }),
  };
}

/** The coverage rows that a filtered list depends on. */
function relevant(coverage: readonly Coverage[], filter: ResourceFilter): readonly Coverage[] {
  return coverage.filter(
    (row) =>
      (filter.source === undefined || row.source === filter.source) &&
      (filter.type === undefined || row.type === '*' || isOf(row.type, filter.type)) &&
      (filter.scope === undefined || row.scope === null || row.scope === filter.scope),
  );
}

/** Coverage of a type, or of a part of it (`core/configmaps/data`). */
function isOf(covered: string, type: string): boolean {
  return covered === type || covered.startsWith(`${type}/`);
}
