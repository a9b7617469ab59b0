import { typeWords } from './match/subject.ts';

/** A guardrail that blocks something, to be written into a file and reviewed. */
export interface BlockingGuardrail {
  readonly apiVersion: 'plimsoll.dev/v1';
  readonly kind: 'Guardrail';
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

const severity = 'critical';
const categories = ['blocklist'];

/**
 * Blocks images by a pattern (`*` stands for any characters): `docker.io/evil/*`, `registry.example.com/app:1.2`. A
 * pattern without a tag is about every tag and digest. What Docker leaves out of a name is left out here too:
 * `docker.io/evil/app` is `evil/app`, and `docker.io/library/nginx` is `nginx`
 * (github.com/distribution/reference normalize.go).
 */
export function blockImage(pattern: string): BlockingGuardrail {
  const matches = `matches(${celText(imagePattern(pattern))})`;
  const offenders = `variables.containers.filter(c, c.?image.orValue('').${matches})`;
  return guardrail(`block-image-${slug(pattern)}`, {
    title: `Blocked image: ${pattern}`,
    description: `Images that match ${pattern} must not run here.`,
    severity,
    categories,
    appliesTo: 'podTemplates',
    variables: [
      {
        name: 'containers',
        expression:
          'object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])',
      },
    ],
    validations: [
      {
        expression: `!variables.containers.exists(c, c.?image.orValue('').${matches})`,
        message: `An image is blocked: ${pattern}. Use another one`,
        messageExpression: `'Blocked image: ' + ${offenders}.map(c, c.name + ' (' + c.image + ')').join(', ') + '. Use another one'`,
      },
    ],
  });
}

/** What a version is compared by: `<1.29`, `<=1.29.3`, `=1.30.1`. */
const comparison = /^(?<operator><=|<|=)\s*v?(?<major>\d{1,9})\.(?<minor>\d{1,9})(?:\.(?<patch>\d{1,9}))?$/;

/**
 * Blocks nodes whose kubelet is of some version; null for a text that is no comparison. `<1.29` and `=1.29` are about all
 * patches of it, and vendors' suffixes do not count (`v1.29.3-gke.100` is 1.29.3).
 */
export function blockVersion(text: string): BlockingGuardrail | null {
  const found = comparison.exec(text.trim())?.groups;
  if (found === undefined) return null;
  const { operator = '', major = '', minor = '', patch } = found;
  const wanted = [major, minor, ...(patch === undefined ? [] : [patch])].map(Number);
  const expression = `!(${comparing(operator, wanted)})`;
  return guardrail(`block-version-${slug(text)}`, {
    title: `Blocked version: kubelet ${text}`,
    description: `Nodes whose kubelet is ${text} must not run here.`,
    severity,
    categories,
    matchConstraints: rulesFor('core/nodes'),
    variables: [
      {
        name: 'version',
        expression: String.raw`object.status.nodeInfo.kubeletVersion.find('[0-9]+[.][0-9]+[.][0-9]+').split('.').map(part, int(part))`,
      },
    ],
    validations: [
      {
        expression,
        message: `The kubelet's version is blocked: ${text}. Upgrade the node`,
        messageExpression: `'Kubelet ' + object.status.nodeInfo.kubeletVersion + ' is blocked (${text}). Upgrade the node'`,
      },
    ],
  });
}

/** Blocks resources of a type (`core/pods`), all or by a pattern of their names (`*` stands for any characters). */
export function blockResource(type: string, pattern: string | null): BlockingGuardrail {
  const what = pattern === null ? type : `${type} ${pattern}`;
  const expression = pattern === null ? 'false' : `!object.metadata.name.matches(${celText(`^${globbed(pattern)}$`)})`;
  return guardrail(`block-resource-${slug(what)}`, {
    title: `Blocked: ${what}`,
    description: `${what} must not be here.`,
    severity,
    categories,
    matchConstraints: rulesFor(type),
    validations: [{ expression, message: `Blocked: ${what}. Take it away` }],
  });
}

/** Compares the parts of `variables.version`, the greatest first, as far as they are named. */
function comparing(operator: string, wanted: readonly number[]): string {
  const part = (index: number): string => `variables.version[${index}]`;
  const equal = wanted.map((number, index) => `${part(index)} == ${number}`).join(' && ');
  if (operator === '=') return equal;
  const less = wanted.map((number, index) => {
    const before = wanted.slice(0, index).map((one, at) => `${part(at)} == ${one} && `);
    return `${before.join('')}${part(index)} < ${number}`;
  });
  return [...less, ...(operator === '<=' ? [equal] : [])].map((one) => `(${one})`).join(' || ');
}

function imagePattern(pattern: string): string {
  const short = pattern.replace(/^(?:index\.)?docker\.io\//, '');
  const isDocker = short !== pattern;
  const library = short.replace(/^library\//, '');
  const prefix = !isDocker
    ? ''
    : library === short
      ? String.raw`((index[.])?docker[.]io/)?`
      : String.raw`(((index[.])?docker[.]io/)?library/)?`;
  const tagged = /[:@]/.test(short.slice(short.lastIndexOf('/') + 1)) || pattern.endsWith('*');
  return `^${prefix}${globbed(isDocker ? library : pattern)}${tagged ? '' : '([:@].*)?'}$`;
}

/** RE2 for a text in which `*` stands for any characters. */
function globbed(pattern: string): string {
  return pattern
    .split('*')
    .map((text) => text.replaceAll(/[^\w/:@-]/g, (character) => `[${character === '^' ? String.raw`\^` : character}]`))
    .join('.*');
}

function rulesFor(type: string): object {
  const { group, resource } = typeWords(type);
  return {
    resourceRules: [
      { apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [resource] },
    ],
  };
}

function guardrail(name: string, spec: object): BlockingGuardrail {
  return { apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name }, spec };
}

/** A name of an object (RFC 1123) that looks like a text. */
function slug(text: string): string {
  const words = text
    .toLowerCase()
    .replace('<=', 'up-to-')
    .replace('<', 'below-')
    .replace('=', '')
    .replaceAll(/[^a-z0-9]+/g, '-');
  return words.replaceAll(/^-+|-+$/g, '').slice(0, 200) || 'all';
}

/** A text of CEL. */
function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
