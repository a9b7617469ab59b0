import { lazy } from '../lazy.ts';
import { goQuote } from './go-quote.ts';
import { Url } from './url.ts';
import { byteLength } from './utf8.ts';
import { LibraryValue } from './library-value.ts';

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;
const dns1035Label = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelKey = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${labelKey})?`;
const LABEL_LENGTH = 63;
const SUBDOMAIN_LENGTH = 253;

const alnum = 'must start and end with an alphanumeric character';
const messages = {
  label: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${alnum}`,
  subdomain: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${alnum}`,
  label1035:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  key: `must consist of alphanumeric characters, '-', '_' or '.', and ${alnum}`,
  value: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${alnum}`,
};

type Validate = (text: string) => readonly string[];

/** A named format (pkg/cel/library/format.go): what is wrong with a text, in Kubernetes' words. */
export class NamedFormat extends LibraryValue {
  readonly name: string;
  readonly validate: Validate;
  /** The size of its regular expression, for costs. */
  readonly regexSize: number;

  constructor(name: string, regexSize: number, validate: Validate) {
    super();
    this.name = name;
    this.regexSize = regexSize;
    this.validate = validate;
  }

  override get type(): string {
    return 'kubernetes.NamedFormat';
  }

  override equals(other: NamedFormat): boolean {
    return this.name === other.name;
  }
}

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const compiled = lazy(() => ({
  label: whole(dnsLabel),
  subdomain: whole(dnsSubdomain),
  label1035: whole(dns1035Label),
  key: whole(labelKey),
  value: whole(labelValue),
}));

function regexError(message: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

function tooLong(text: string, most: number, unit: 'characters' | 'bytes'): string[] {
  return byteLength(text) > most ? [`must be no more than ${most} ${unit}`] : [];
}

const isDnsLabel: Validate = (text) => {
  const errors = tooLong(text, LABEL_LENGTH, 'characters');
  if (compiled().label.test(text)) return errors;
  const dots = compiled().subdomain.test(text);
  return [...errors, dots ? 'must not contain dots' : regexError(messages.label, dnsLabel, 'my-name', '123-abc')];
};

const subdomain =
  (unit: 'characters' | 'bytes'): Validate =>
  (text) => {
    const errors = tooLong(text, SUBDOMAIN_LENGTH, unit);
    return compiled().subdomain.test(text)
      ? errors
      : [...errors, regexError(messages.subdomain, dnsSubdomain, 'example.com')];
  };

const isDns1035Label: Validate = (text) => {
  const errors = tooLong(text, LABEL_LENGTH, 'characters');
  return compiled().label1035.test(text)
    ? errors
    : [...errors, regexError(messages.label1035, dns1035Label, 'my-name', 'abc-123')];
};

const isQualifiedName: Validate = (text) => {
  const parts = text.split('/');
  const examples = ['MyName', 'my.name', '123-abc'] as const;
  const malformed = regexError(messages.key, labelKey, ...examples);
  if (parts.length > 2)
    return [`a valid label key ${malformed} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = parts.at(-1) ?? '';
  const [prefix] = parts.length === 2 ? parts : [undefined];
  const errors =
    prefix === undefined
      ? []
      : prefix === ''
        ? ['prefix part must be non-empty']
        : subdomain('bytes')(prefix).map((message) => `prefix part ${message}`);
  if (name === '') errors.push('name part must be non-empty');
  else errors.push(...tooLong(name, LABEL_LENGTH, 'bytes').map((message) => `name part ${message}`));
  return compiled().key.test(name) ? errors : [...errors, `name part ${malformed}`];
};

const isLabelValue: Validate = (text) => {
  const errors = tooLong(text, LABEL_LENGTH, 'bytes');
  return compiled().value.test(text)
    ? errors
    : [...errors, regexError(messages.value, labelValue, 'MyValue', 'my_value', '12345')];
};

/** The last two bytes give way to an a (apimachinery), which leaves half a character where the first was none of ASCII. */
function maskTrailingDash(text: string): string {
  const before = text.at(-2) ?? '';
  return `${text.slice(0, -2)}${before > '\u007f' ? '\ufffd' : ''}a`;
}

/** A name that something will be appended to: a dash at its end will not be its end. */
const prefixOf =
  (validate: Validate): Validate =>
  (text) =>
    validate(byteLength(text) > 1 && text.endsWith('-') ? maskTrailingDash(text) : text);

const orElse =
  (holds: (text: string) => boolean, message: string): Validate =>
  (text) =>
    holds(text) ? [] : [message];

function isUri(text: string): readonly string[] {
  const why = Url.whyNot(text);
  return why === null ? [] : [`parse ${goQuote(text)}: ${why}`];
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const time = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/u;

/** time.Parse("2006-01-02"). */
function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === '' || Number(month) < 1 || Number(month) > 12) return false;
  const last = new Date(0);
  last.setUTCFullYear(Number(year), Number(month), 0);
  return Number(day) >= 1 && Number(day) <= last.getUTCDate();
}

/** kube-openapi strfmt.IsDateTime: the first two parts between t's count. */
function isDateTime(text: string): boolean {
  if (byteLength(text) < 4) return false;
  const [date = '', clock] = text.toLowerCase().split('t');
  if (clock === undefined || !isDate(date)) return false;
  const [matched, hour = '', minute = '', second = ''] = time.exec(clock) ?? [];
  return matched !== undefined && hour <= '23' && minute <= '59' && second <= '59';
}

const DATE_TIME_REGEX_SIZE = 71;

const formats = lazy(() => {
  const named = (name: string, size: number, validate: Validate): NamedFormat => new NamedFormat(name, size, validate);
  return new Map<string, NamedFormat>(
    Object.entries({
      dns1123Label: named('DNS1123Label', 30, isDnsLabel),
      dns1123Subdomain: named('DNS1123Subdomain', 60, subdomain('characters')),
      dns1035Label: named('DNS1035Label', 30, isDns1035Label),
      qualifiedName: named('QualifiedName', 60, isQualifiedName),
      dns1123LabelPrefix: named('DNS1123LabelPrefix', 30, prefixOf(isDnsLabel)),
      dns1123SubdomainPrefix: named('DNS1123SubdomainPrefix', 60, prefixOf(subdomain('characters'))),
      dns1035LabelPrefix: named('DNS1035LabelPrefix', 30, prefixOf(isDns1035Label)),
      labelValue: named('LabelValue', 40, isLabelValue),
      uri: named('URI', 1103, isUri),
      uuid: named(
        'uuid',
        70,
        orElse((text) => uuid.test(text), 'does not match the UUID format'),
      ),
      byte: named(
        'byte',
        84,
        orElse((text) => base64.test(text), 'invalid base64'),
      ),
      date: named('date', DATE_TIME_REGEX_SIZE, orElse(isDate, 'invalid date')),
      datetime: named('datetime', DATE_TIME_REGEX_SIZE, orElse(isDateTime, 'invalid datetime')),
    }),
  );
});

/** The names under which formats are asked for. */
export function formatNames(): Iterable<string> {
  return formats().keys();
}

/** The format of that name, undefined where there is none. */
export function namedFormat(name: string): NamedFormat | undefined {
  return formats().get(name);
}
