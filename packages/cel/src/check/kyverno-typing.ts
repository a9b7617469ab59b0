import { authorizerDeclarations, authorizerSelectorDeclarations } from './declarations/authorizer.ts';
import { comprehensionDeclarations } from './declarations/comprehensions.ts';
import { encoderDeclarations, mathDeclarations } from './declarations/extensions.ts';
import { imageDeclarations } from './declarations/images.ts';
import { kyvernoDeclarations } from './declarations/kyverno-functions.ts';
import { kubernetesDeclarations, tableOf } from './declarations/registry.ts';
import { extendedTyping } from './standard-typing.ts';
import type { Typing } from './typing.ts';

/** Of Kyverno's functions, as check/complete/function-docs.ts has it of Kubernetes'. */
const kyvernoDocs = `
math.round: the nearest whole number; a number with so many places
image: an image reference from its text: 'nginx:1.25'
parseImageReference: an image reference from its text
isImage: true where the text is an image reference
containsDigest: true where the image is named by digest
registry: the registry: 'index.docker.io' where none is named
repository: the repository: 'library/nginx'
identifier: tag, digest or both: 'latest' where none is named
identifierWithSeparator: tag or digest with its separator: ':1.25'
tag: the tag; empty for an image named by digest alone
digest: the digest; empty for an image named by tag
md5 hash.md5: the MD5 of text, in hexadecimal
sha1 hash.sha1: the SHA-1 of text, in hexadecimal
sha256 hash.sha256: the SHA-256 of text, in hexadecimal
json.unmarshal: the value that JSON text holds
json.marshal: a value as JSON text
yaml.parse: the value that YAML text holds
x509.decode: the fields of a certificate in PEM
gzip.compress: text, compressed
gzip.decompress: the text that was compressed
time.now: the time at which the policy is evaluated
time.truncate: a time without what is beyond a multiple of a duration
time.toCron: a time as minute, hour, day, month and weekday
random random.random: random text that matches a pattern; [0-9a-z]{8} without one
parseServiceAccount user.parseServiceAccount: name and namespace of a service account
listObjToMap transform.listObjToMap: a map of what two lists of objects hold under two names
resource.get resource.Get: a resource: version, plural, namespace, name
resource.list resource.List: resources: version, plural, namespace, labels
resource.post resource.Post: what creating a resource gives: version, plural, namespace, resource
resource.toGVR resource.ToGVR: group, version and plural of a kind
http.get http.Get: the JSON that a URL gives
http.post http.Post: the JSON that a URL gives for JSON
http.client http.Client client Client: the same requests with further certificates of authorities, in PEM
get Get: the JSON that a URL gives to the client
post Post: the JSON that a URL gives the client for JSON
generator.apply generator.Apply: true where resources were generated: namespace, resources
verifyImageSignatures: how many of the attestors signed an image
verifyAttestationSignatures: how many of the attestors signed an attestation of an image
getImageData: what a registry holds of an image, as verified
extractPayload: the payload of an attestation of an image
regex.extract: an optional of what the pattern's group, or all of it, first captures
regex.extractAll: what the pattern's group, or all of it, captures
regex.replace: the text with matches replaced, at most as many as given; '\\1' is the first group
globalContext.get globalContext.Get: an entry of the global context, or one of its projections
image.getMetadata image.GetMetadata: what a registry holds of an image
`;

/** What Kyverno checks by (kyverno pkg/cel/compiler/env.go): no authorizer, and no macros of two variables. */
export function kyvernoTyping(): Typing {
  const left = new Set([authorizerDeclarations, authorizerSelectorDeclarations, comprehensionDeclarations]);
  const shared = kubernetesDeclarations.filter((library) => !left.has(library));
  const own = [mathDeclarations, encoderDeclarations, imageDeclarations, kyvernoDeclarations];
  const typing = extendedTyping(tableOf([...shared, ...own], Number.POSITIVE_INFINITY));
  return { ...typing, homogeneous: true, docs: [...typing.docs, kyvernoDocs] };
}
