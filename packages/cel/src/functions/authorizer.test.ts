import { describe, expect, test } from 'vitest';
import { kubernetes } from '../environment/environment.ts';
import { evaluate } from '../program.ts';
import { type AccessRequest, Authorizer } from '../values/authorizer.ts';
import { ErrorValue, Unknown } from '../values/fault.ts';

const asked: AccessRequest[] = [];
const authorizer = new Authorizer((request) => {
  asked.push(request);
  return { allowed: request.verb === 'get', reason: 'because', error: request.verb === '' ? 'no verb' : null };
});
const environment = kubernetes('1.36', 'stored').withVariables(['authorizer']);
const run = (source: string) => evaluate(source, { authorizer }, environment);

describe("given a host's authorizer", () => {
  test('when a check is built, then the host is asked for all of it', () => {
    const built =
      "authorizer.serviceAccount('ns', 'sa').group('apps').resource('deployments').subresource('scale')" +
      ".namespace('shop').name('web').fieldSelector('a=b').labelSelector('c=d').check('get').allowed()";
    expect(run(built)).toBe(true);
    expect(asked.pop()).toEqual({
      serviceAccount: { namespace: 'ns', name: 'sa' },
      path: null,
      group: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: 'shop',
      name: 'web',
      fieldSelector: 'a=b',
      labelSelector: 'c=d',
      verb: 'get',
    });
    expect(run("authorizer.path('/healthz').check('put').reason()")).toBe('because');
    expect(run("authorizer.path('/healthz').check('').errored()")).toBe(true);
    expect(run("authorizer.path('/healthz').check('').error()")).toBe('no verb');
  });

  test('when a step does not fit the one before, then it is an error', () => {
    expect(run("authorizer.resource('pods').check('get').allowed()")).toBeInstanceOf(ErrorValue);
    expect(run("dyn(authorizer.group('')).check('get').allowed()")).toBeInstanceOf(ErrorValue);
    expect(run('authorizer.group(dyn(1))')).toBeInstanceOf(ErrorValue);
  });
});

describe('given an authorizer that is unknown', () => {
  test('when it decides, then the value is unknown; else it is absorbed', () => {
    const check = "authorizer.group('').resource('pods').check('create').allowed()";
    const at = (source: string) => evaluate(source, { authorizer: new Unknown(['nobody asks']) }, environment);
    expect(at(check)).toBeInstanceOf(Unknown);
    expect(at(`true || ${check}`)).toBe(true);
    expect(at(`${check} && false`)).toBe(false);
  });
});
