import type { PolicyDocument, PolicyPart } from '../../policy.ts';
import { documentFault } from '../document-faults.ts';
import { type Format, anyKind } from '../format.ts';
import { brokenPolicy } from '../policy-reading.ts';
import { readConfig } from './config.ts';
import { readConstraint } from './constraint.ts';
import { readTemplate } from './template.ts';

const templates = { group: 'templates.gatekeeper.sh', versions: ['v1', 'v1beta1', 'v1alpha1'] };
const constraints = { group: 'constraints.gatekeeper.sh', versions: ['v1beta1', 'v1alpha1'] };
const config = { group: 'config.gatekeeper.sh', versions: ['v1alpha1'] };
const expansion = { group: 'expansion.gatekeeper.sh', versions: ['v1beta1', 'v1alpha1'] };

/** Gatekeeper's templates of the engine K8sNativeValidation, their constraints, and its Config. */
export const gatekeeperFormat: Format = {
  id: 'Gatekeeper',
  kinds: [
    { ...templates, kind: 'ConstraintTemplate' },
    { ...constraints, kind: anyKind },
    { ...config, kind: 'Config' },
    { ...expansion, kind: 'ExpansionTemplate' },
  ],
  read: (document) => [partOf(document)],
};

function partOf(document: PolicyDocument): PolicyPart {
  switch (document.body['kind']) {
    case 'ConstraintTemplate':
      return { part: 'policy', policy: readTemplate(document) };
    case 'ExpansionTemplate': {
      const fault = documentFault(document, 'PLM1305', ['kind'], 'ExpansionTemplate: what it generates is not judged');
      return { part: 'policy', policy: brokenPolicy(document, [fault]) };
    }
    default: {
      if (String(document.body['apiVersion']).startsWith(config.group))
        return { part: 'amendment', amendment: readConfig(document) };
      return { part: 'binding', binding: readConstraint(document) };
    }
  }
}
