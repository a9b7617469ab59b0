import { dirname, join } from 'node:path';
import type { ErrorCode } from '../../../model/errors.ts';
import type { Problem } from '../../../model/problem.ts';
import type { FileObject } from '../../../sources/files/file-item.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { documentFault } from '../../formats/document-faults.ts';
import { readStrictly } from '../../formats/policy-reading.ts';
import { readPolicyDocument } from '../../formats/registry.ts';
import { guardrailsOf } from '../../policy-set.ts';
import type { FieldPath, PolicyDocument } from '../../policy.ts';
import type { SuiteCaseResult, SuiteRun } from '../suite-result.ts';
import { documentOf, objectsIn, testFault, testFilesIn } from '../test-files.ts';
import { assertionFault } from './assertion.ts';
import { Reviewer, reviewedObject } from './review.ts';
import { type SuiteCase, type SuiteTest, suiteSchema } from './suite-schema.ts';

const group = 'test.gatekeeper.sh';

/** Codes of a constraint that does not fit its template's schema: what a test that is `invalid` is about. */
const invalidity: readonly string[] = ['PLM1302', 'PLM1316'];

/** Every Suite in files and folders. */
export async function suitesIn(targets: readonly string[]): Promise<readonly FileObject[]> {
  return await testFilesIn(targets, group, 'Suite');
}

/** Runs a Suite as `gator verify` does (gatekeeper pkg/gator/verify/runner.go). */
export async function runSuite(suite: FileObject): Promise<SuiteRun> {
  const document = documentOf(suite);
  const reading = readStrictly(document, suiteSchema);
  if (reading.faults.length > 0 || reading.value === null)
    return { results: [], problems: reading.faults.map(testFault) };
  const { tests, skip } = reading.value;
  const runs: SuiteRun[] = [];
  for (const [index, test] of tests.entries())
    runs.push(skip || test.skip ? skippedTest(suite, test) : await new TestRun(suite, document, test, index).run());
  return { results: runs.flatMap(({ results }) => results), problems: runs.flatMap(({ problems }) => problems) };
}

function skippedTest(suite: FileObject, test: SuiteTest): SuiteRun {
  return { results: test.cases.map((one) => skippedCase(suite, test, one)), problems: [] };
}

function skippedCase(suite: FileObject, test: SuiteTest, { name }: SuiteCase): SuiteCaseResult {
  return { ...identity(suite, test, name), kind: '', outcome: 'skipped', messages: [], differences: [] };
}

function identity({ place }: FileObject, { name }: SuiteTest, ofCase: string) {
  return { guardrail: `${place.file}: ${name}`, case: ofCase };
}

/** One test of a suite: its template and its constraint, and the cases that are held to them. */
class TestRun {
  readonly #suite: FileObject;
  readonly #document: PolicyDocument;
  readonly #test: SuiteTest;
  readonly #path: FieldPath;

  constructor(suite: FileObject, document: PolicyDocument, test: SuiteTest, index: number) {
    this.#suite = suite;
    this.#document = document;
    this.#test = test;
    this.#path = ['tests', index];
  }

  async run(): Promise<SuiteRun> {
    const { template, constraint, expansion, invalid, cases } = this.#test;
    if (expansion !== '')
      return this.#failed([this.#fault('PLM1305', ['expansion'], `expansion ${expansion} is not supported`)]);
    const files = [await objectsIn([this.#fileOf(template)]), await objectsIn([this.#fileOf(constraint)])];
    const unread = files.flatMap(({ problems }) => problems);
    if (unread.length > 0) return this.#failed(unread);
    const [policies = [], bindings = []] = files.map(({ objects }) =>
      objects.flatMap((object) => readPolicyDocument(documentOf(object))),
    );
    if (policies.length !== 1 || policies[0]?.part !== 'policy')
      return this.#failed([this.#fault('PLM1317', ['template'], `${template} is not one ConstraintTemplate`)]);
    if (bindings.length !== 1 || bindings[0]?.part !== 'binding')
      return this.#failed([this.#fault('PLM1317', ['constraint'], `${constraint} is not one constraint`)]);
    const { guardrails, problems } = guardrailsOf([...policies, ...bindings], () => newestDialect);
    const [guardrail] = guardrails;
    const faults = [...problems, ...guardrails.flatMap((one) => one.problems)];
    if (invalid && guardrail !== undefined && guardrail.compiled !== null) return this.#expectedInvalid(faults);
    const [binding] = guardrail?.bindings ?? [];
    if (faults.length > 0) return this.#failed(faults);
    if (guardrail === undefined || binding === undefined) throw new TypeError('a constraint without faults is bound');
    const reviewer = new Reviewer(guardrail.policy, binding);
    const runs: SuiteRun[] = [];
    for (const [index, one] of cases.entries())
      runs.push(
        one.skip
          ? { results: [skippedCase(this.#suite, this.#test, one)], problems: [] }
          : await this.#case(one, index, reviewer),
      );
    return { results: runs.flatMap(({ results }) => results), problems: runs.flatMap(({ problems }) => problems) };
  }

  async #case(one: SuiteCase, index: number, reviewer: Reviewer): Promise<SuiteRun> {
    const { objects, problems } = await objectsIn([this.#fileOf(one.object)]);
    const [first] = objects;
    const path = ['cases', index, 'object'];
    if (problems.length > 0) return this.#failed(problems);
    if (first === undefined || objects.length > 1)
      return this.#failed([
        this.#fault('PLM1317', path, `${one.object} holds ${objects.length} objects; it must be one`),
      ]);
    const object = reviewedObject(first);
    if (object === null)
      return this.#failed([
        this.#fault('PLM1305', path, `${one.object} is a request that creates nothing: it is not supported`),
      ]);
    const inventory = await Promise.all(one.inventory.map(async (file) => await objectsIn([this.#fileOf(file)])));
    const unread = inventory.flatMap((file) => file.problems);
    if (unread.length > 0) return this.#failed(unread);
    const review = reviewer.review(
      object,
      inventory.flatMap((file) => file.objects),
    );
    return { results: [this.#result(one, object, review)], problems: [] };
  }

  #result(one: SuiteCase, { kind }: FileObject, review: ReturnType<Reviewer['review']>): SuiteCaseResult {
    const shell = { ...identity(this.#suite, this.#test, one.name), kind };
    if ('unknown' in review)
      return { ...shell, outcome: 'held', messages: [], differences: [`cannot be told: ${review.unknown}`] };
    const { messages } = review;
    const differences = one.assertions.flatMap((assertion) => assertionFault(assertion, messages) ?? []);
    return { ...shell, outcome: messages.length > 0 ? 'violated' : 'held', messages, differences };
  }

  /** A test that is `invalid` is held by a constraint that does not fit. */
  #expectedInvalid(faults: readonly Problem[]): SuiteRun {
    const isInvalid = faults.some(({ code }) => invalidity.includes(code));
    const differences = isInvalid ? [] : ['the constraint fits its template, expected one that does not'];
    const shell = { ...identity(this.#suite, this.#test, 'invalid'), kind: '' };
    const messages = faults.map(({ message }) => message);
    return { results: [{ ...shell, outcome: isInvalid ? 'violated' : 'held', messages, differences }], problems: [] };
  }

  #failed(problems: readonly Problem[]): SuiteRun {
    return { results: [], problems };
  }

  #fault(code: ErrorCode, path: FieldPath, message: string): Problem {
    return documentFault(this.#document, code, [...this.#path, ...path], message);
  }

  #fileOf(path: string): string {
    return join(dirname(this.#suite.place.file), path);
  }
}
