import { lazy } from '../../lazy.ts';
import type { Typing } from '../typing.ts';

/** Kubernetes' functions, each with one sentence for whoever hovers over it; a function's libraries have one together. */
const kubernetes = `
size: code points of a string, bytes, elements of a list, entries of a map
type: the type of a value, as a value
bool: a boolean from its text
bytes: the UTF-8 bytes of a string
double: a double from a number or its text
duration: a duration from its text, '1h30m', or from nanoseconds
dyn: the value, its type left to run time
int: an int from a number, its text, a timestamp (seconds) or a duration (nanoseconds)
string: the text of a value
timestamp: a timestamp from RFC 3339 text or from seconds since 1970
uint: an unsigned int from a number or its text
contains: true where the string has the other inside
endsWith: true where the string ends so
startsWith: true where the string begins so
matches: true where an RE2 pattern matches anywhere in the string
getFullYear: the year
getMonth: the month, January is 0
getDayOfYear: the day of the year, the first is 0
getDayOfMonth: the day of the month, the first is 0
getDate: the day of the month, the first is 1
getDayOfWeek: the day of the week, Sunday is 0
getHours: the hour of a timestamp, a whole duration in hours
getMinutes: the minute of a timestamp, a whole duration in minutes
getSeconds: the second of a timestamp, a whole duration in seconds
getMilliseconds: the milliseconds of a timestamp, a whole duration in milliseconds
url: a URL from its text; an error where it is none
getScheme: the scheme of a URL, empty where it has none
getHost: host and port of a URL
getHostname: the host of a URL without its port
getPort: the port of a URL, empty where it has none
getEscapedPath: the path of a URL, escaped
getQuery: the query of a URL: each key with its values
isURL: true where the text is a URL
find: the first match of an RE2 pattern, empty where there is none
findAll: the matches of an RE2 pattern, at most as many as given
isSorted: true where no element is less than the one before it
sum: the sum of the elements
max: the greatest element
min: the least element
indexOf: where the list first has the element; -1 where nowhere; where the string first has the other, from a position on; -1 where nowhere
lastIndexOf: where the list last has the element; -1 where nowhere; where the string last has the other, up to a position; -1 where nowhere
path: a check of a path that is no resource
group: a check of an API group
serviceAccount: the authorizer of a service account: namespace, name
resource: a check of a resource of the group
subresource: the check narrowed to a subresource
namespace: the check narrowed to a namespace
name: the check narrowed to a name
check: the decision on a verb
errored: true where the check failed
error: why the check failed, empty where it did not
allowed: true where the decision is to allow
reason: why it was decided so
optional.of: an optional that holds the value
optional.ofNonZeroValue: an optional of the value, none where it is null, zero or empty
optional.none: the optional that holds nothing
value: what an optional holds; an error where it holds nothing
hasValue: true where an optional holds something
or: the optional, or the other one where it holds nothing
orValue: what an optional holds, or the value given where it holds nothing
last: an optional of the last element
first: an optional of the first element
optional.unwrap: what the optionals of a list hold
unwrapOpt: what the optionals of the list hold
quantity: a quantity from its text: '100m', '1.5Gi'
isQuantity: true where the text is a quantity
sign: 1, 0 or -1
isGreaterThan: true where the first is greater
isLessThan: true where the first is less
compareTo: -1, 0 or 1: less, equal, greater
asApproximateFloat: the quantity as a double, which may lose precision
asInteger: the quantity as an int; an error where it does not fit
isInteger: true where the quantity is a whole number that fits an int
add: the sum
sub: the difference
charAt: the character at a position
lowerAscii: the string with ASCII letters in lower case
replace: the string with occurrences replaced, at most as many as given
split: the parts of the string between separators, at most as many as given
substring: the part of the string from a position, up to another
trim: the string without white space at its ends
upperAscii: the string with ASCII letters in upper case
join: the strings of a list as one, a separator between them
format: the text with its clauses filled: '%s is %d'.format(['web', 3])
strings.quote: the string as a literal with escapes
sets.contains: true where the first list has every element of the second
sets.equivalent: true where each list has every element of the other
sets.intersects: true where the lists share an element
ip: an IP address from its text; the address of a range
family: 4 or 6
ip.isCanonical: true where the text is an IP address in its canonical form
isUnspecified: true for 0.0.0.0 and ::
isLoopback: true for loopback addresses
isLinkLocalMulticast: true for link-local multicast addresses
isLinkLocalUnicast: true for link-local unicast addresses
isGlobalUnicast: true for global unicast addresses
isIP: true where the text is an IP address
cidr: a range of IP addresses from its text: '10.0.0.0/8'
containsIP: true where the address is in the range
containsCIDR: true where the other range is in this one
prefixLength: the bits of the prefix
masked: the range with the bits behind its prefix zero
isCIDR: true where the text is a range
validate: an optional of what is wrong with the text, none where it has the format
format.named: an optional of the format with that name
fieldSelector: the check narrowed by a field selector
labelSelector: the check narrowed by a label selector
semver: a semantic version from its text; with true 'v1.2' is one too
isSemver: true where the text is a semantic version
major: the major version
minor: the minor version
patch: the patch version
slice: the elements from an index up to another
flatten: the elements of the inner lists, so many levels deep
sort: the elements in order
lists.range: the ints from 0 up to the one given
reverse: the elements backwards
distinct: the elements, each once
jsonpatch.escapeKey: a key as a JSON pointer writes it: '/' is '~1', '~' is '~0'
`;

const known = lazy(() => docsIn([kubernetes]));
const made = lazy(() => new WeakMap<readonly string[], ReadonlyMap<string, string>>());

/** What to tell of a function of that name; '' where there is nothing. */
export function functionDoc(name: string, { docs }: Typing): string {
  let further = made().get(docs);
  if (further === undefined) made().set(docs, (further = docsIn(docs)));
  const format = /^format\.(?!named)/.test(name) ? `the format ${name.slice('format.'.length)}` : '';
  return further.get(name) ?? known().get(name) ?? format;
}

/** From lines such as `md5 hash.md5: the MD5 of text`. */
function docsIn(texts: readonly string[]): ReadonlyMap<string, string> {
  const lines = texts.join('\n').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(': ');
      const names = colon === -1 ? [] : line.slice(0, colon).split(' ');
      return names.map((name) => [name, line.slice(colon + 2)] as const);
    }),
  );
}
