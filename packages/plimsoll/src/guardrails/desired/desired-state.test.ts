import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { Evaluator } from '../evaluate/evaluator.ts';
import { emptyWorld } from '../empty-world.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';

const guardrailOf = (spec: string) => {
  const body = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Guardrail',
    metadata: { name: 'as-wanted' },
    spec: load(spec) as JsonObject,
  };
  return guardrailsOf(readPolicyDocument({ source: 'files', origin: 'files', body, place: null }), () => newestDialect)
    .guardrails;
};

/** Path and message of each difference; the outcome where there is none. */
const judged = (spec: string, object: string, unseen: readonly string[] = []) => {
  const said: string[] = [];
  new Evaluator(guardrailOf(spec), emptyWorld).evaluate(
    { ...resourceOf(load(object) as JsonObject), unseen },
    {
      pass: () => said.push('pass'),
      verdict: ({ outcome, violations, reason }) =>
        said.push(
          ...(outcome === 'fail'
            ? violations.map(({ paths, message }) => `${paths.join()}: ${message}`)
            : [`${outcome}: ${reason}`]),
        ),
    },
  );
  return said;
};

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 2
  template:
    spec:
      hostNetwork: true
      containers:
        - name: proxy
          image: envoy:1.30
        - name: web
          image: nginx:1.27
          args: [--fast]
          ports: [{containerPort: 8080}, {containerPort: 53, protocol: UDP}]
          resources: {limits: {cpu: 1000m, memory: 1Gi}}
          env: [{name: A, value: '1'}]
`;
const desired = (text: string) => `desired:\n  apiVersion: apps/v1\n  kind: Deployment\n${text}`;
const ofPod = (text: string) => desired(`  spec: {template: {spec: ${text}}}`);
const ofWeb = (text: string) => ofPod(`{containers: [{name: web, ${text}}]}`);

describe('given a desired state, then', () => {
  test.each([
    ['a value that is there holds', desired('  spec: {replicas: 2}'), ['pass']],
    [
      'a value that differs is told at its path, with the edit',
      desired('  spec: {replicas: 3}'),
      ['spec.replicas: spec.replicas is 2; set it to 3'],
    ],
    [
      'a value that is missing is told at its path',
      desired('  metadata: {labels: {"example.com/team": shop}}'),
      ['metadata.labels["example.com/team"]: metadata.labels["example.com/team"] is not there; add it: "shop"'],
    ],
    [
      'what the API server fills in holds',
      desired('  spec: {revisionHistoryLimit: 10, strategy: {type: RollingUpdate}}'),
      ['pass'],
    ],
    [
      'what it fills in within what it fills in holds',
      desired('  spec: {strategy: {rollingUpdate: {maxSurge: 25%}}}'),
      ['pass'],
    ],
    ['false of what is left out holds', ofPod('{hostPID: false, securityContext: {}}'), ['pass']],
    [
      'false of what may also be unset is told',
      ofPod('{automountServiceAccountToken: false}'),
      [
        'spec.template.spec.automountServiceAccountToken: spec.template.spec.automountServiceAccountToken is not there; add it: false',
      ],
    ],
    ['quantities are compared by their amounts', ofWeb("resources: {limits: {cpu: '1', memory: 1024Mi}}"), ['pass']],
    [
      'another amount is told',
      ofWeb('resources: {limits: {cpu: 1500m}}'),
      [
        'spec.template.spec.containers[1].resources.limits.cpu: spec.template.spec.containers[name=web].resources.limits.cpu is "1000m"; set it to "1500m"',
      ],
    ],
    [
      'texts that look like quantities are texts',
      ofWeb("env: [{name: A, value: '1000m'}]"),
      [
        'spec.template.spec.containers[1].env[0].value: spec.template.spec.containers[name=web].env[name=A].value is "1"; set it to "1000m"',
      ],
    ],
    [
      'elements are matched by their keys, a default of a key among them',
      ofWeb('ports: [{containerPort: 53, protocol: UDP}, {containerPort: 8080, protocol: TCP}]'),
      ['pass'],
    ],
    [
      'an element that is missing is told at the list',
      ofWeb('ports: [{containerPort: 53}]'),
      [
        'spec.template.spec.containers[1].ports: spec.template.spec.containers[name=web].ports has no element with containerPort=53,protocol=TCP; add it',
      ],
    ],
    [
      'a list that is one value is compared as one',
      ofWeb('args: [--fast, --loud]'),
      [
        'spec.template.spec.containers[1].args: spec.template.spec.containers[name=web].args is ["--fast"]; set it to ["--fast","--loud"]',
      ],
    ],
    [
      'null must not be there',
      ofPod('{hostNetwork: null, hostPID: null}'),
      ['spec.template.spec.hostNetwork: spec.template.spec.hostNetwork is true, and is not to be there; take it away'],
    ],
    [
      'what is null within what is not there holds',
      ofPod('{securityContext: {runAsUser: null}, affinity: {podAffinity: null}}'),
      ['pass'],
    ],
    [
      '$patch: replace is nothing else than that',
      ofPod('{$patch: replace, containers: [{name: web, image: nginx:1.27}]}'),
      [
        'spec.template.spec.containers[0]: spec.template.spec.containers[0] is {"name":"proxy","image":"envoy:1.30"}, and is not to be there; take it away',
        'spec.template.spec.containers[1].args: spec.template.spec.containers[name=web].args is ["--fast"], and is not to be there; take it away',
        'spec.template.spec.containers[1].ports: spec.template.spec.containers[name=web].ports is [{"containerPort":8080},{"containerPort":53,"protocol":"UDP"}], and is not to be there; take it away',
        'spec.template.spec.containers[1].resources.limits: spec.template.spec.containers[name=web].resources.limits is {"cpu":"1000m","memory":"1Gi"}, and is not to be there; take it away',
        'spec.template.spec.containers[1].env: spec.template.spec.containers[name=web].env is [{"name":"A","value":"1"}], and is not to be there; take it away',
        'spec.template.spec.hostNetwork: spec.template.spec.hostNetwork is true, and is not to be there; take it away',
      ],
    ],
    [
      '$patch: delete of an element',
      ofPod('{containers: [{name: proxy, $patch: delete}, {name: other, $patch: delete}]}'),
      [
        'spec.template.spec.containers[0]: spec.template.spec.containers[name=proxy] is {"name":"proxy","image":"envoy:1.30"}, and is not to be there; take it away',
      ],
    ],
    [
      'what is to be let be is let be',
      `${ofPod('{$patch: replace, hostPID: true, containers: [{name: web, image: x}, {name: proxy}]}')}
ignoreDifferences: [spec.template.spec.hostNetwork, 'spec.template.spec.containers[*]', spec.template.spec.hostPID]`,
      ['pass'],
    ],
    [
      'an object of another name is not judged',
      desired('  metadata: {name: db, namespace: shop}\n  spec: {replicas: 9}'),
      [],
    ],
    [
      'an object of another namespace is not judged',
      desired('  metadata: {name: web, namespace: test}\n  spec: {replicas: 9}'),
      [],
    ],
    ['sources that it is not about are not judged', `${desired('  spec: {replicas: 9}')}\nsources: [prod]`, []],
    [
      'a template’s pod is judged where it stands',
      'appliesTo: podTemplates\ndesired: {spec: {hostNetwork: null}}',
      ['spec.template.spec.hostNetwork: spec.template.spec.hostNetwork is true, and is not to be there; take it away'],
    ],
    [
      'what the validations say comes first',
      `${desired('  spec: {replicas: 3}')}\nvalidations: [{expression: object.spec.replicas > 5, message: more}]`,
      ['spec.replicas: more', 'spec.replicas: spec.replicas is 2; set it to 3'],
    ],
    [
      'match conditions are asked first',
      `${desired('  spec: {replicas: 3}')}\nmatchConditions: [{name: big, expression: object.spec.replicas > 5}]`,
      ['skip: matchCondition big does not hold'],
    ],
  ])('%s', (_, spec, said) => {
    expect(judged(spec, web)).toEqual(said);
  });

  test('what was not kept is unknown, unless something else differs', () => {
    const spec = desired('  spec: {replicas: 2, paused: true}');
    expect(judged(spec, web, ['spec'])).toEqual(['unknown: spec.desired: spec: it was not kept']);
    expect(judged(spec, web, ['spec.replicas'])).toEqual(['spec.paused: spec.paused is not there; add it: true']);
  });

  test('nothing of a Secret is shown', () => {
    const spec = 'desired: {apiVersion: v1, kind: Secret, data: {a: c2VjcmV0, b: c2VjcmV0}}';
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\ndata: {a: b3RoZXI=}';
    expect(judged(spec, secret)).toEqual([
      'data.a: data.a is not as it is to be',
      'data.b: data.b is not there; add it',
    ]);
  });

  test('a custom resource is compared as it is written, lists of named elements by name', () => {
    const spec =
      'desired: {apiVersion: example.com/v1, kind: Widget, spec: {size: 1, parts: [{name: b, of: wood}], tags: [x]}}';
    const widget = (parts: string) =>
      `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 1, parts: ${parts}, tags: [x]}`;
    expect(judged(spec, widget('[{name: a}, {name: b, of: wood}]'))).toEqual(['pass']);
    expect(judged(spec, widget('[{name: a}, {name: b, of: 1}]'))).toEqual([
      'spec.parts[1].of: spec.parts[name=b].of is 1; set it to "wood"',
    ]);
  });
});

test.each([
  [
    'an unknown field',
    desired('  spec: {replica: 1}'),
    'PLM1301 spec.desired.spec.replica: unknown field; did you mean "replicas"?',
  ],
  [
    'a field of another type',
    ofWeb('image: 5'),
    'PLM1318 spec.desired.spec.template.spec.containers[0].image: is number 5, where a string is needed',
  ],
  [
    'no quantity',
    ofWeb('resources: {limits: {cpu: much}}'),
    'PLM1318 spec.desired.spec.template.spec.containers[0].resources.limits.cpu: is the string "much", where a quantity such as 100m or 1Gi is needed',
  ],
  [
    'an element without its key',
    ofPod('{containers: [{image: x}]}'),
    'PLM1318 spec.desired.spec.template.spec.containers[0]: needs "name": elements of this list are told apart by name',
  ],
  [
    'an element twice',
    ofPod('{containers: [{name: a}, {name: a}]}'),
    'PLM1318 spec.desired.spec.template.spec.containers[1]: is there twice: name a',
  ],
  [
    'another directive',
    desired('  spec: {$retainKeys: [a]}'),
    'PLM1318 spec.desired.spec.$retainKeys: is no directive; there is $patch: replace, and in lists $patch: delete',
  ],
  [
    'a wrong directive',
    desired('  spec: {$patch: delete}'),
    'PLM1318 spec.desired.spec.$patch: is replace (nothing else) or merge',
  ],
  [
    'nothing that it is about',
    'desired: {spec: {}}',
    'PLM1302 spec.matchConstraints: resourceRules are required where neither appliesTo nor apiVersion and kind of desired say what it is about',
  ],
  [
    'no path',
    `${desired('  spec: {}')}\nignoreDifferences: [spec..x]`,
    'PLM1302 spec.ignoreDifferences[0]: is no path such as spec.replicas',
  ],
  [
    'a path of what is not there',
    'ignoreDifferences: [spec]\nappliesTo: podTemplates\nvalidations: [{expression: "true"}]',
    'PLM1302 spec.ignoreDifferences: is about desired, which is not there',
  ],
])('given %s in a desired state, then it is an error at its place', (_, spec, said) => {
  expect(
    guardrailOf(spec).flatMap(({ problems }) => problems.map(({ code, message }) => `${code} ${message}`)),
  ).toEqual([said]);
});

test('given a desired state and an expression that does not compile, then both are told', () => {
  const spec = `${desired('  spec: {replica: 1}')}\nvalidations: [{expression: objekt.spec}]`;
  expect(guardrailOf(spec).flatMap(({ problems }) => problems.map(({ code }) => code))).toEqual(['PLM1303', 'PLM1301']);
});
