import type { Json } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import type { Narrowing } from '../../match/narrowing.ts';
import type { Amendment, PolicyDocument } from '../../policy.ts';
import { documentFault } from '../document-faults.ts';
import { blankPolicy, readStrictly } from '../policy-reading.ts';
import { globMatches } from './glob.ts';
import { configSchema } from './schema.ts';

/** What looks at what is there already, as we do. */
const processes = ['audit', '*'];

/**
 * Gatekeeper's Config: the namespaces that it excludes from audit are excluded from every template
 * (gatekeeper pkg/controller/config/process/excluder.go).
 */
export function readConfig(document: PolicyDocument): Amendment {
  const { reference } = blankPolicy(document);
  const shell = { source: reference.source, name: reference.name, idle: null };
  const reading = readStrictly(document, configSchema);
  if (reading.value === null) return { ...shell, says: null, amend: (policy) => policy, problems: reading.faults };
  const { metadata, spec } = reading.value;
  const globs = (spec?.match ?? [])
    .filter((entry) => entry.processes.some((process) => processes.includes(process)))
    .flatMap(({ excludedNamespaces }) => excludedNamespaces);
  const misnamed =
    metadata.name === 'config'
      ? []
      : [documentFault(document, 'PLM1302', ['metadata', 'name'], 'Gatekeeper reads the Config named config alone')];
  return {
    ...shell,
    says: globs,
    amend: (policy) =>
      policy.reference.kind !== 'ConstraintTemplate' || globs.length === 0
        ? policy
        : { ...policy, narrowing: [...policy.narrowing, excluding(globs)] },
    problems: [...reading.faults, ...misnamed],
  };
}

/** What is cluster-scoped is in the namespace '', which a single `*` names as well. */
function excluding(globs: readonly string[]): Narrowing {
  const says: Json = { excludedNamespaces: globs };
  const step = (nameOf: (resource: Resource) => string) => (resource: Resource) => {
    const name = nameOf(resource);
    const found = globs.find((glob) => globMatches(glob, name));
    if (found === undefined) return null;
    return { outcome: 'none' as const, reason: `Gatekeeper's Config excludes namespace ${name} (${found})` };
  };
  return {
    says,
    kinds: [],
    reads: [],
    readsNamespaces: false,
    admission: 'Gatekeeper’s Config leaves out namespaces; name them in the constraint’s match',
    mayConcern: () => true,
    steps: ({ type }) => [step(type === 'core/namespaces' ? ({ name }) => name : ({ scope }) => scope ?? '')],
  };
}
