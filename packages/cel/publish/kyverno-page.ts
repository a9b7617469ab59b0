import { signatureOf } from '../src/check/complete/signature-text.ts';
import { kyvernoDeclarations } from '../src/check/declarations/kyverno-functions.ts';
import { imageDeclarations } from '../src/check/declarations/images.ts';
import type { FunctionDeclaration } from '../src/check/declarations/declaration.ts';
import { hostFunctions, silentHost } from '../src/functions/kyverno/host.ts';

const asked = new Set(hostFunctions(silentHost).map(({ name }) => name));
/** What makes a client asks nobody. */
const ownOfHttp = /^(?:http\.)?[cC]lient$/;

/** docs/kyverno.md: each function that Kyverno has beside cel-go's and Kubernetes', and who answers it here. */
export function kyvernoPage(): string {
  const functions = [...imageDeclarations.functions(), ...kyvernoDeclarations.functions()];
  return `# Kyverno's functions

Held against kyverno 1.19.1 and kyverno/sdk of 2026-08-25 (\`extensions/cel/libs\`), whose policies have the libraries of
version 1.18. A test makes this table of what the checker knows.

Beside these: Kubernetes' libraries of 1.36 without the authorizer and without macros of two variables, and of cel-go's
extensions \`cel.bind\`, \`base64\`, \`math\`, \`lists\` 3, \`sets\`, \`strings\` 2, \`regex\` 1. Not here: \`proto.getExt\` and \`proto.hasExt\`,
which want protobuf messages. \`orValue\` lets through what is no optional, and computes both operands, as Kyverno's macro does.
Variables (\`object\`, \`request\`, \`images\`, \`variables\`, …) are those that you declare.

*Here* is answered by this package from the arguments alone; *host* is asked of the \`host\` that you give \`kyverno({ host })\`,
and unknown without one. What \`regex.*\` costs leaves out what its result takes.

| function | answered |
| --- | --- |
${functions.filter(isWritten).flatMap(rows).join('\n')}
`;
}

function isWritten({ name }: FunctionDeclaration): boolean {
  return !name.startsWith('__');
}

function rows({ name, overloads }: FunctionDeclaration): readonly string[] {
  const by = asked.has(name) && !ownOfHttp.test(name) ? 'host' : 'here';
  return overloads.map((overload) => `| \`${signatureOf(name, overload)}\` | ${by} |`);
}
