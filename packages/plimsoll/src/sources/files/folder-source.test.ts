import { chmodSync, chownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { arrivingSources, fileSources } from './file-sources.ts';
import { configMap, eventually, watchedFolder } from './watched-folder.fixture.ts';

const at = watchedFolder();

describe('a folder as a source', () => {
  it('knows the file and line of every resource, and follows what is written, renamed over and removed', async () => {
    at().write('a.yaml', `${configMap('one')}---\n${configMap('two')}`);
    await at().watch();
    expect((await at().store.resources({ name: 'two' }, 1)).items[0]?.place).toMatchObject({ document: 2, line: 8 });
    at().write('.b.tmp', configMap('three'));
    renameSync(at().path('.b.tmp'), at().path('b.yaml'));
    await at().hasNames('configmaps one', 'configmaps two', 'configmaps three');
    rmSync(at().path('a.yaml'));
    await at().hasNames('configmaps three');
  });

  it('reads again only what changed', async () => {
    for (let i = 0; i < 50; i += 1) at().write(`${i % 7}/${i}.yaml`, configMap(`n${i}`));
    await at().watch();
    const before = at().store.headSeq;
    at().observed.length = 0;
    writeFileSync(at().path('3', '3.yaml'), configMap('n3', 'b'));
    await eventually('the change', async () => (await at().changes(before)).length > 0);
    expect(await at().changes(before)).toEqual(['updated n3']);
    expect(new Set(at().observed)).toEqual(new Set(['n3']));
  });

  it('follows new folders, however deep, folders that move, and folders that go', async () => {
    await at().watch();
    at().write('new/deep/er/a.yaml', configMap('one'));
    await at().hasNames('configmaps one');
    at().write('new/deep/b.yaml', configMap('two'));
    await at().hasNames('configmaps one', 'configmaps two');
    renameSync(at().path('new'), at().path('moved'));
    await eventually('moved', async () =>
      (await at().resources()).every(({ place }) => place?.file.includes('/moved/') === true),
    );
    writeFileSync(at().path('moved', 'deep', 'er', 'a.yaml'), configMap('renamed'));
    await at().hasNames('configmaps renamed', 'configmaps two');
    rmSync(at().path('moved', 'deep', 'er'), { recursive: true });
    await at().hasNames('configmaps two');
    mkdirSync(at().path('moved', 'deep', 'er'));
    at().write('moved/deep/er/c.yaml', configMap('again'));
    await at().hasNames('configmaps two', 'configmaps again');
  });

  const placeOf = async (name: string) => (await at().store.resources({ name }, 1)).items[0]?.place;

  it('writes the new place, and no change, for a file that moves', async () => {
    at().write('z.yaml', configMap('one'));
    await at().watch();
    const before = at().store.headSeq;
    renameSync(at().path('z.yaml'), at().path('a.yaml'));
    await eventually('moved', async () => (await placeOf('one'))?.file.endsWith('a.yaml') === true);
    expect(await at().changes(before)).toEqual([]);
  });

  it('writes the new places, and no change, of what stands below a line that comes', async () => {
    const two = `${configMap('one')}---\n${configMap('two')}`;
    at().write('a.yaml', two);
    await at().watch();
    const before = at().store.headSeq;
    at().write('a.yaml', `# a comment\n${two}`);
    await eventually('moved', async () => (await placeOf('two'))?.line === 9);
    expect(await at().changes(before)).toEqual([]);
    at().write('a.yaml', `# a comment\n# another\n${configMap('one', 'b')}---\n${configMap('two')}`);
    await eventually('changed', async () => (await at().changes(before)).length > 0);
    expect(await at().changes(before)).toEqual(['updated one']);
    expect([(await placeOf('one'))?.line, (await placeOf('two'))?.line]).toEqual([3, 10]);
  });

  it('takes the last of two files with one name, and the other when that goes', async () => {
    at().write('a.yaml', configMap('one', 'first'));
    at().write('b.yaml', configMap('one', 'second'));
    await at().watch();
    const value = async () => JSON.stringify((await at().resources())[0]?.body['data']);
    expect(await value()).toContain('second');
    expect(await at().changes()).toEqual(['created one']);
    rmSync(at().path('b.yaml'));
    await eventually('first', async () => (await value()).includes('first'));
    expect(await at().changes()).toEqual(['created one', 'updated one']);
  });

  it('says of a resource that stands in two files, or twice in one, where it counts, and ends that with it', async () => {
    at().write('a.yaml', configMap('one'));
    at().write('b.yaml', `${configMap('two')}---\n${configMap('two')}`);
    at().write('c.yaml', `${configMap('one')}---\n${configMap('three')}`);
    const said = async () =>
      (await at().store.problems()).map(({ code, file, line, message }) => ({ code, file, line, message }));
    const [a, b, c] = [at().path('a.yaml'), at().path('b.yaml'), at().path('c.yaml')];
    const inB = { code: 'PLM1208', file: b, line: 8, message: 'files/core/configmaps/default/two was there before' };
    const inC = (others: string) => ({
      code: 'PLM1208',
      file: c,
      line: null,
      message: `files/core/configmaps/${others}`,
    });
    const stop = await at().watch();
    expect(await said()).toEqual([inB, inC(`default/one: in ${a} too, and here it counts`)]);
    at().write('a.yaml', `${configMap('one', 'b')}---\n${configMap('three')}`);
    await eventually('two', async () => (await said())[1]?.message.includes('and 1 more') === true);
    expect((await at().resources()).map(({ name, place }) => [name, place?.file])).toEqual([
      ['one', c],
      ['three', c],
      ['two', b],
    ]);
    await stop();
    rmSync(at().path('c.yaml'));
    await at().watch();
    await eventually('one file', async () => (await said()).length === 1);
    expect(await said()).toEqual([inB]);
  });

  it('keeps no value of a Secret', async () => {
    at().write('s.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n');
    await at().watch();
    const secret = (await at().store.resources({ name: 's' }, 1)).items[0];
    expect(JSON.stringify(secret)).not.toContain('hunter2');
    expect(secret?.unseen).toEqual(['data', 'stringData']);
  });
});

describe('a file that is broken', () => {
  const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n';

  it('deletes nothing, is said, and is read again when it is mended', async () => {
    at().write('a.yaml', configMap('one'));
    await at().watch();
    at().write('a.yaml', broken);
    await eventually('problem', async () => (await at().store.problems()).length === 1);
    expect(await at().names()).toEqual(['configmaps one']);
    expect(await at().coverageOf('core/configmaps')).toMatchObject({
      state: 'stale',
      reason: expect.stringContaining('a.yaml'),
    });
    at().write('a.yaml', configMap('renamed'));
    await at().hasNames('configmaps renamed');
    expect(await at().store.problems()).toEqual([]);
    expect(await at().coverageOf('core/configmaps')).toMatchObject({ state: 'live', reason: null });
  });

  it('deletes nothing over a restart, while what other files lost meanwhile goes', async () => {
    at().write('a.yaml', configMap('one'));
    at().write('b.yaml', `${configMap('two')}---\n${configMap('three')}`);
    at().write('c.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n');
    await (
      await at().watch()
    )();
    at().write('a.yaml', broken);
    at().write('b.yaml', configMap('two'));
    rmSync(at().path('c.yaml'));
    await (
      await at().watch()
    )();
    await at().hasNames('configmaps one', 'configmaps two');
    expect((await at().coverageOf('core/configmaps'))?.state).toBe('stale');
    at().write('a.yaml', '');
    await (
      await at().watch()
    )();
    await at().hasNames('configmaps two');
    expect(await at().store.problems()).toEqual([]);
  });

  it('holds up no end of what a file without kind held: that was read', async () => {
    at().write('a.yaml', `${configMap('one')}---\nvalues: 1\n`);
    await at().watch();
    at().write('a.yaml', 'values: 1\n');
    await at().hasNames();
    expect(await at().store.problems()).toMatchObject([{ code: 'PLM1204', source: 'files' }]);
  });

  it('is waited for where it is empty for a moment', async () => {
    at().write('a.yaml', configMap('one'));
    await at().watch({ tuning: { patience: 400 } });
    const before = at().store.headSeq;
    at().write('a.yaml', '');
    await new Promise((resolve) => setTimeout(resolve, 100));
    at().write('a.yaml', configMap('one', 'b'));
    await eventually('the change', async () => (await at().changes(before)).length > 0);
    expect(await at().changes(before)).toEqual(['updated one']);
    at().write('a.yaml', '');
    await at().hasNames();
  });
});

describe('a restart', () => {
  it('writes nothing that did not change, duplicates and namespaces among them', async () => {
    at().write('a.yaml', configMap('one', 'first'));
    at().write('b.yaml', `${configMap('one', 'second')}---\n${configMap('two')}`);
    at().write('c.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    await (
      await at().watch()
    )();
    const before = at().store.headSeq;
    await (
      await at().watch()
    )();
    expect(await at().changes(before)).toEqual([]);
    rmSync(at().path('b.yaml'));
    await (
      await at().watch()
    )();
    expect(await at().changes(before)).toEqual(['updated one', 'deleted two']);
  });
});

describe('what cannot be read', () => {
  // The superuser may read everything: it is another user for a while.
  const superuser = process.getuid?.() === 0;
  const nobody = 65_534;
  afterEach(() => {
    if (superuser) process.seteuid?.(0);
  });
  const becomeNobody = (...paths: readonly string[]): void => {
    if (!superuser) return;
    for (const path of [at().folder, ...paths]) chownSync(path, nobody, nobody);
    process.seteuid?.(nobody);
  };

  it('as a file ends nothing, and is said with its reason until it can be read again', async () => {
    at().write('a.yaml', configMap('one'));
    at().write('b.yaml', configMap('two'));
    becomeNobody(at().path('a.yaml'), at().path('b.yaml'));
    await at().watch();
    chmodSync(at().path('a.yaml'), 0);
    await eventually('stale', async () => (await at().coverageOf('*'))?.state === 'stale');
    expect((await at().coverageOf('core/configmaps'))?.reason).toMatch(/a\.yaml.*permission denied/);
    expect(await at().store.problems()).toMatchObject([{ code: 'PLM1209', file: at().path('a.yaml') }]);
    expect(await at().names()).toEqual(['configmaps one', 'configmaps two']);
    chmodSync(at().path('a.yaml'), 0o600);
    await eventually('live', async () => (await at().coverageOf('*'))?.state === 'live');
    expect(await at().store.problems()).toEqual([]);
  });

  it('as a folder ends nothing, from the start as well, and what goes meanwhile goes when it can be read', async () => {
    at().write('sub/a.yaml', configMap('one'));
    at().write('sub/b.yaml', configMap('two'));
    becomeNobody(at().path('sub'));
    const stop = await at().watch({ tuning: { retry: 50 } });
    chmodSync(at().path('sub'), 0);
    await eventually('stale', async () => (await at().coverageOf('core/configmaps'))?.state === 'stale');
    await stop();
    await at().watch({ tuning: { retry: 50 } });
    expect(await at().names()).toEqual(['configmaps one', 'configmaps two']);
    expect(await at().coverageOf('core/configmaps')).toMatchObject({ state: 'stale' });
    chmodSync(at().path('sub'), 0o700);
    rmSync(at().path('sub', 'a.yaml'));
    await at().hasNames('configmaps two');
    await eventually('live', async () => (await at().coverageOf('core/configmaps'))?.state === 'live');
    expect(await at().store.problems()).toEqual([]);
  });

  it('as a target that is gone ends nothing, and is watched again when it is back', async () => {
    at().write('target/a.yaml', configMap('one'));
    await at().watch({ tuning: { retry: 50 } }, [at().path('target')]);
    renameSync(at().path('target'), at().path('elsewhere'));
    await eventually('stale', async () => (await at().coverageOf('*'))?.state === 'stale');
    expect(await at().store.problems()).toMatchObject([{ code: 'PLM1213' }]);
    expect(await at().names()).toEqual(['configmaps one']);
    at().write('target/b.yaml', configMap('two'));
    await at().hasNames('configmaps two');
    at().write('target/b.yaml', configMap('three'));
    await at().hasNames('configmaps three');
    expect(await at().coverageOf('*')).toMatchObject({ state: 'live', reason: null });
  });
});

describe('links', () => {
  it('are followed to files and folders elsewhere, and when they lead elsewhere', async () => {
    at().write('elsewhere/a.yaml', configMap('one'));
    at().write('elsewhere/folder/b.yaml', configMap('two'));
    mkdirSync(at().path('target'));
    symlinkSync(at().path('elsewhere', 'a.yaml'), at().path('target', 'a.yaml'));
    symlinkSync(at().path('elsewhere', 'folder'), at().path('target', 'folder'));
    symlinkSync(at().path('elsewhere', 'folder'), at().path('target', 'twice'));
    symlinkSync(at().path('target'), at().path('target', 'loop'));
    await at().watch({}, [at().path('target')]);
    await at().hasNames('configmaps one', 'configmaps two');
    at().write('elsewhere/a.yaml', configMap('three'));
    at().write('elsewhere/folder/b.yaml', configMap('four'));
    await at().hasNames('configmaps three', 'configmaps four');
    rmSync(at().path('target', 'folder'));
    await eventually('the other link', async () =>
      (await at().resources()).some(({ place }) => place?.file.endsWith('/twice/b.yaml') === true),
    );
    await at().hasNames('configmaps three', 'configmaps four');
  });

  it('that a kubelet swaps under a mounted ConfigMap are followed', async () => {
    at().write('..2026_01/a.yaml', configMap('one'));
    symlinkSync('..2026_01', at().path('..data'));
    symlinkSync('..data/a.yaml', at().path('a.yaml'));
    await at().watch();
    await at().hasNames('configmaps one');
    at().write('..2026_02/a.yaml', configMap('two'));
    symlinkSync('..2026_02', at().path('..data_tmp'));
    renameSync(at().path('..data_tmp'), at().path('..data'));
    rmSync(at().path('..2026_01'), { recursive: true });
    await at().hasNames('configmaps two');
    expect(await at().coverageOf('*')).toMatchObject({ state: 'live' });
  });

  it('that lead nowhere are said, and end nothing', async () => {
    at().write('elsewhere/a.yaml', configMap('one'));
    mkdirSync(at().path('target'));
    symlinkSync(at().path('elsewhere', 'a.yaml'), at().path('target', 'a.yaml'));
    await at().watch({ tuning: { retry: 50 } }, [at().path('target')]);
    rmSync(at().path('elsewhere', 'a.yaml'));
    await eventually('stale', async () => (await at().coverageOf('core/configmaps'))?.state === 'stale');
    expect(await at().names()).toEqual(['configmaps one']);
    at().write('elsewhere/a.yaml', configMap('two'));
    await at().hasNames('configmaps two');
  });
});

describe('a folder that cannot be watched', () => {
  it.each(['ENOSPC', 'EMFILE'])('for %s is looked through, and that is said', async (code) => {
    at().write('a.yaml', configMap('one'));
    const openWatch = () => {
      throw Object.assign(new Error(`${code}: System limit for number of file watchers reached`), { code });
    };
    await at().watch({ openWatch, tuning: { poll: 50 } });
    expect(await at().coverageOf('core/configmaps')).toMatchObject({
      state: 'live',
      reason: expect.stringContaining(code),
    });
    expect(await at().store.problems()).toMatchObject([{ code: 'PLM1211' }]);
    at().write('sub/b.yaml', configMap('two'));
    await at().hasNames('configmaps one', 'configmaps two');
    rmSync(at().path('a.yaml'));
    await at().hasNames('configmaps two');
  });
});

describe('a CustomResourceDefinition', () => {
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: geese.example.com}
spec: {group: example.com, scope: Cluster, names: {plural: geese, kind: Goose}}
`;
  const goose = 'apiVersion: example.com/v1\nkind: Goose\nmetadata: {name: g, namespace: shop}\n';
  const crd = 'apiextensions.k8s.io/customresourcedefinitions geese.example.com';

  it('that comes, breaks and goes changes the type of its kind’s objects', async () => {
    at().write('a/goose.yaml', goose);
    await at().watch();
    await at().hasNames('example.com/gooses g');
    at().write('crd.yaml', definition);
    await at().hasNames(crd, 'example.com/geese g');
    expect((await at().store.resources({ name: 'g' }, 1)).items[0]?.scope).toBeNull();
    at().write('crd.yaml', `${definition}  [`);
    await eventually('problem', async () => (await at().store.problems()).length === 1);
    at().write('a/goose.yaml', goose.replace('name: g', 'name: h'));
    await at().hasNames(crd, 'example.com/geese h');
    rmSync(at().path('crd.yaml'));
    await at().hasNames('example.com/gooses h');
  });

  it('is known before the objects of its kind, wherever it stands', async () => {
    at().write('a/goose.yaml', goose);
    at().write('z/crd.yaml', definition);
    await at().watch();
    expect(await at().changes()).toHaveLength(2);
    expect(await at().names()).toEqual([crd, 'example.com/geese g']);
  });
});

describe('a folder with a version.json', () => {
  it('is a cluster of its own', async () => {
    for (const cluster of ['east', 'west']) {
      at().write(`${cluster}/version.json`, '{"gitVersion": "v1.36.0", "minor": "36"}');
      at().write(`${cluster}/a.yaml`, configMap('same'));
    }
    await at().watch();
    await eventually('both', async () => (await at().resources()).length === 2);
    expect((await at().resources()).map(({ source }) => source)).toEqual(['east', 'west']);
    expect((await at().store.sourceState('west')).facts.get('version')).toMatchObject({ gitVersion: 'v1.36.0' });
  });

  it('takes the place of no other folder whose name its own begins with', () => {
    at().write('prod-east/version.json', '{}');
    at().write('prod/a.yaml', configMap('a'));
    const sources = fileSources([at().path('prod-east'), at().path('prod')]);
    expect(sources.map(({ name }) => name)).toEqual(['prod-east', 'files']);
  });

  it('is one source, however often it is named', () => {
    at().write('east/version.json', '{}');
    const sources = fileSources([at().folder, at().path('east'), `${at().path('east')}/`]);
    expect(sources.map(({ name }) => name)).toEqual(['east', 'files']);
  });

  it('is told from what lies loose beside it, which is a source of its own, silent while there is nothing', async () => {
    at().write('east/version.json', '{}');
    at().write('east/a.yaml', configMap('in'));
    await at().watch();
    await at().hasNames('configmaps in');
    expect(await at().store.sources()).toEqual(['east']);
    at().write('loose.yaml', configMap('beside'));
    at().write('sub/deep.yaml', configMap('deep'));
    await at().hasNames('configmaps in', 'configmaps beside', 'configmaps deep');
    expect((await at().resources()).map(({ source, name }) => `${source} ${name}`)).toEqual([
      'east in',
      'files beside',
      'files deep',
    ]);
    expect((await at().store.coverage()).map(({ source, type }) => `${source} ${type}`).toSorted()).toEqual([
      'east *',
      'east core/configmaps',
      'files *',
      'files core/configmaps',
    ]);
  });

  it('that a folder becomes leaves the loose source, while up runs and while it does not', async () => {
    at().write('east/version.json', '{}');
    at().write('west/a.yaml', configMap('one'));
    at().write('north/a.yaml', configMap('two'));
    const stop = await at().watch();
    await at().hasNames('configmaps one', 'configmaps two');
    at().write('west/version.json', '{}');
    await at().hasNames('configmaps two');
    await stop();
    at().write('north/version.json', '{}');
    await at().watch();
    await eventually('both', async () => (await at().resources()).length === 2);
    expect((await at().resources()).map(({ source, name }) => `${source} ${name}`)).toEqual(['north two', 'west one']);
  });

  it('is no loose folder again when its version.json goes', async () => {
    at().write('east/version.json', '{}');
    at().write('east/a.yaml', configMap('one'));
    at().write('loose.yaml', configMap('two'));
    await at().watch({ tuning: { retry: 50, patience: 20, confirm: 50 } });
    await at().hasNames('configmaps one', 'configmaps two');
    rmSync(at().path('east', 'version.json'));
    await eventually('stale', async () => (await at().coverageOf('*'))?.state === 'stale');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await at().hasNames('configmaps one', 'configmaps two');
  });

  it('is refused where its name is another’s', () => {
    at().write('a/east/version.json', '{}');
    at().write('b/east/version.json', '{}');
    expect(() => fileSources([at().path('a'), at().path('b')])).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'PLM1214' }) }),
    );
    at().write('files/version.json', '{}');
    expect(() => fileSources([at().folder])).toThrow('would both be the source files.');
  });

  it('that comes is a source, below a plain folder too; one whose name is another’s is said', async () => {
    at().write('a/east/version.json', '{}');
    at().write('b/a.yaml', configMap('one'));
    const targets = [at().path('a'), at().path('b')];
    const options = { tuning: { poll: 20 } };
    const signal = AbortSignal.timeout(5000);
    const arrivals = arrivingSources(targets, fileSources(targets, options), options, signal);
    at().write('b/east/version.json', '{}');
    at().write('b/west/version.json', '{}');
    expect((await arrivals.next()).value).toMatchObject({ code: 'PLM1214', file: at().path('b', 'east') });
    expect((await arrivals.next()).value).toMatchObject({ name: 'west', targets: [at().path('b', 'west')] });
  });

  it.each([
    ['last', ['a.yaml', 'version.json']],
    ['first', ['version.json', 'a.yaml']],
  ])('that is removed file by file, its version.json %s, is away, ends nothing, and comes back', async (_, order) => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
    at().write('east/version.json', '{}');
    at().write('east/a.yaml', configMap('one'));
    at().write('east/s.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n');
    await at().watch({ tuning: { retry: 50 } });
    rmSync(at().path('east', 's.yaml'));
    await at().hasNames('configmaps one');
    for (const file of order) {
      rmSync(at().path('east', file));
      await pause();
    }
    rmSync(at().path('east'), { recursive: true });
    await eventually('stale', async () => (await at().coverageOf('*'))?.state === 'stale');
    await pause();
    expect(await at().names()).toEqual(['configmaps one']);
    expect((await at().store.coverage()).map(({ state }) => state)).toEqual(['stale', 'stale', 'stale']);
    expect(await at().store.problems()).toMatchObject([{ code: 'PLM1213' }]);
    at().write('east/b.yaml', configMap('two'));
    at().write('east/version.json', '{}');
    await at().hasNames('configmaps two');
    await eventually('live', async () => (await at().store.coverage()).every(({ state }) => state === 'live'));
    expect(await at().store.problems()).toEqual([]);
  });

  it('without its version.json is away, however long its files take to go', async () => {
    at().write('east/version.json', '{}');
    at().write('east/a.yaml', configMap('one'));
    await at().watch({ tuning: { retry: 50, patience: 20 } });
    rmSync(at().path('east', 'version.json'));
    await eventually('stale', async () => (await at().coverageOf('core/configmaps'))?.state === 'stale');
    rmSync(at().path('east', 'a.yaml'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await at().names()).toEqual(['configmaps one']);
    at().write('east/version.json', '{}');
    await at().hasNames();
  });

  it('follows its version, which stays while the file is broken', async () => {
    at().write('version.json', '{"gitVersion": "v1.36.0"}');
    await at().watch();
    const [source = ''] = await at().store.sources();
    const version = async () => (await at().store.sourceState(source)).facts.get('version');
    at().write('version.json', '{"gitVersion": "v1.36.1"}');
    await eventually('v1.36.1', async () => JSON.stringify(await version()).includes('v1.36.1'));
    at().write('version.json', '{"gitVersion": ');
    await eventually('problem', async () => (await at().store.problems())[0]?.code === 'PLM1202');
    expect(await version()).toEqual({ gitVersion: 'v1.36.1' });
    at().write('version.json', '{"gitVersion": "v1.36.2"}');
    await eventually('v1.36.2', async () => JSON.stringify(await version()).includes('v1.36.2'));
    expect(await at().store.problems()).toEqual([]);
  });
});
