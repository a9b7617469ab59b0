import { fieldTable, string, struct } from '../types/type.ts';
import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

type Overloads = Readonly<Record<string, string>>;

/** The same with identifiers of their own: cel-go has one overload for each. */
function suffixed(overloads: Overloads, suffix: string): Overloads {
  return Object.fromEntries(Object.entries(overloads).map(([id, signature]) => [`${id}_${suffix}`, signature]));
}

function capitalized(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** A function under its own name, and since 1.18 behind its library's. */
function both(library: string, name: string, overloads: Overloads): readonly FunctionDeclaration[] {
  return [
    declare(name, suffixed(overloads, 'non_prefixed')),
    declare(`${library}.${name}`, suffixed(overloads, 'prefixed')),
  ];
}

/**
 * A function of a context, `resource.get`, which versions before 1.18 write `resource.Get`. Kyverno has them as members
 * of a variable; nothing else can be done with that, so that here the dotted name is the function's.
 */
function ofContext(name: string, overloads: Overloads): readonly FunctionDeclaration[] {
  const [context = '', member = ''] = name.split('.');
  const older = `${context}.${capitalized(member)}`;
  return [declare(name, suffixed(overloads, 'camel')), declare(older, suffixed(overloads, 'pascal'))];
}

/** The same functions of a client that `http.client` gave. */
function onClient(name: string, overloads: Overloads): readonly FunctionDeclaration[] {
  const onHttp = Object.fromEntries(Object.entries(overloads).map(([id, signature]) => [id, `${http}.${signature}`]));
  return [declare(name, suffixed(onHttp, 'camel')), declare(capitalized(name), suffixed(onHttp, 'pascal'))];
}

const hash = (name: string): readonly FunctionDeclaration[] =>
  both('hash', name, { [`${name}_string`]: '(string) -> string' });

const labels = 'map(string, string)';
const resource = 'map(string, any)';
const gvr = 'opaque(schema.GroupVersionResource)';
const http = 'opaque(http.Context)';

/** The same function: of an object type a signature says the name alone. */
function givingServiceAccount({ name, overloads }: FunctionDeclaration): FunctionDeclaration {
  const result = struct('user.ServiceAccount', fieldTable({ Name: string, Namespace: string }));
  return { name, overloads: overloads.map((overload) => ({ ...overload, result })) };
}

/** Kyverno's libraries, those of clusters and of namespaces together (kyverno/sdk extensions/cel/libs). */
export const kyvernoDeclarations: DeclaredLibrary = {
  since: 0,
  functions: () => [
    ...hash('md5'),
    ...hash('sha1'),
    ...hash('sha256'),
    declare('json.unmarshal', { unmarshal_string_dyn: '(dyn) -> dyn' }),
    declare('json.marshal', { marshal_dyn_string: '(dyn) -> string' }),
    declare('yaml.parse', { parse_string_dyn: '(string) -> dyn' }),
    declare('x509.decode', { x509_decode_string: '(string) -> dyn' }),
    declare('gzip.compress', { compress_any_bytes: '(dyn) -> bytes' }),
    declare('gzip.decompress', { decompress_bytes_string: '(bytes) -> string' }),
    declare('time.now', { time_now: '() -> timestamp' }),
    declare('time.truncate', {
      time_truncate: '(timestamp, duration) -> timestamp',
    }),
    declare('time.toCron', { time_to_cron: '(timestamp) -> string' }),
    declare('math.round', { math_round_float_int: '(double, int) -> double' }),
    ...both('random', 'random', {
      random_string: '(string) -> string',
      random_string_default_expr: '() -> string',
    }),
    ...both('user', 'parseServiceAccount', {
      parse_service_account_string: '(string) -> user.ServiceAccount',
    }).map(givingServiceAccount),
    ...both('transform', 'listObjToMap', {
      list_of_object_to_map: '(list(dyn), list(dyn), string, string) -> map(dyn, dyn)',
    }),
    ...ofContext('resource.get', {
      resource_get_string_string_string_string: `(string, string, string, string) -> ${resource}`,
      resource_get_string_string_string: `(string, string, string) -> ${resource}`,
      resource_get_gvr_string_string: `(${gvr}, string, string) -> ${resource}`,
      resource_get_gvr_string: `(${gvr}, string) -> ${resource}`,
    }),
    ...ofContext('resource.list', {
      resource_list_string_string_string: `(string, string, string) -> ${resource}`,
      resource_list_string_string_string_map: `(string, string, string, ${labels}) -> ${resource}`,
      resource_list_string_string: `(string, string) -> ${resource}`,
      resource_list_string_string_map: `(string, string, ${labels}) -> ${resource}`,
      list_resources_gvr_string: `(${gvr}, string) -> ${resource}`,
      list_resources_gvr_string_map: `(${gvr}, string, ${labels}) -> ${resource}`,
      list_resources_gvr: `(${gvr}) -> ${resource}`,
      list_resources_gvr_map: `(${gvr}, ${labels}) -> ${resource}`,
    }),
    ...ofContext('resource.post', {
      resource_post_string_string_string_map: `(string, string, string, ${resource}) -> ${resource}`,
      resource_post_string_string_map: `(string, string, ${resource}) -> ${resource}`,
    }),
    ...ofContext('resource.toGVR', {
      convert_to_gvr_string_string: `(string, string) -> ${gvr}`,
    }),
    ...ofContext('http.get', {
      http_get_string: '(string) -> any',
      http_get_string_headers: `(string, ${labels}) -> any`,
    }),
    ...ofContext('http.post', {
      http_post_string_any: '(string, any) -> any',
      http_post_string_any_headers: `(string, any, ${labels}) -> any`,
    }),
    ...ofContext('http.client', { http_client_string: `(string) -> ${http}` }),
    ...onClient('get', { http_get_string: '(string) -> any', http_get_string_headers: `(string, ${labels}) -> any` }),
    ...onClient('post', {
      http_post_string_any: '(string, any) -> any',
      http_post_string_any_headers: `(string, any, ${labels}) -> any`,
    }),
    ...onClient('client', { http_client_string: `(string) -> ${http}` }),
    ...ofContext('generator.apply', {
      generator_apply_string_list: `(string, list(${resource})) -> bool`,
      generator_apply_list: `(list(${resource})) -> bool`,
    }),
    declare('verifyImageSignatures', { verify_image_signature_string_stringarray: '(string, list(dyn)) -> int' }),
    declare('verifyAttestationSignatures', {
      verify_image_attestations_string_string_stringarray: '(string, string, list(dyn)) -> int',
    }),
    declare('getImageData', { get_image_data_string: '(string) -> dyn' }),
    declare('extractPayload', { payload_string_string: '(string, string) -> dyn' }),
    declare('regex.extract', { regex_extract_string_string: '(string, string) -> optional_type(string)' }),
    declare('regex.extractAll', { regex_extractAll_string_string: '(string, string) -> list(string)' }),
    declare('regex.replace', {
      regex_replace_string_string_string: '(string, string, string) -> string',
      regex_replace_string_string_string_int: '(string, string, string, int) -> string',
    }),
    declare('__orValueCompat__', { __orValueCompat___dyn_dyn: '(dyn, dyn) -> dyn' }),
    ...ofContext('globalContext.get', {
      globalcontext_get_string: '(string) -> dyn',
      globalcontext_get_string_string: '(string, string) -> dyn',
    }),
    ...ofContext('image.getMetadata', { imagedata_get_string: '(string) -> dyn' }),
  ],
};
