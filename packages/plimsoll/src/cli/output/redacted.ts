/** What stands where a secret stood. */
const censored = '[redacted]';

/** Fields that hold secrets, whatever their value looks like. */
const secretFields =
  /^(authorization|cookie|password|passwd|secret|token|bearertoken|client-?key(-?data)?|private-?key|data|stringdata)$/i;

const secretForms: readonly (readonly [RegExp, string])[] = [
  // RFC 6750 and RFC 7617: what follows the scheme.
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${censored}`],
  // RFC 7519: three parts of base64url, the first of which begins with `{"`.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, censored],
  // RFC 3986, 3.2.1: userinfo of a URL.
  [/(\b[a-z][\w+.-]*:\/\/)[^\s/@]+@/gi, `$1${censored}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, censored],
  [/\b(password|passwd)(["']?\s*[=:]\s*["']?)(?!\[redacted\])[^\s"',;&}]{4,}/gi, `$1$2${censored}`],
  [
    /\b(token|secret|api[_-]?key)(["']?\s*=\s*["']?|["']\s*:\s*["'])(?!\[redacted\])[^\s"',;&}]{4,}/gi,
    `$1$2${censored}`,
  ],
  // Prose has colons too: a secret is told from it by its digits.
  [/\b(token|secret|api[_-]?key)(:\s*)(?!\[redacted\])(?=[^\s"',;&}]*\d)[^\s"',;&}]{8,}/gi, `$1$2${censored}`],
];

/** A text for people and logs, in which nothing stands that looks like a token, a password or a private key. */
export function redacted(text: string): string {
  return secretForms.reduce((read, [form, instead]) => read.replace(form, instead), text);
}

/** Fields of a log record, their secrets taken out: by the field's name, and by what a text looks like. */
export function redactedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, secretFields.test(name) ? censored : redactedValue(value)]),
  );
}

function redactedValue(value: unknown): unknown {
  if (typeof value === 'string') return redacted(value);
  if (Array.isArray(value)) return value.map(redactedValue);
  if (typeof value === 'object' && value !== null) return redactedFields(value as Record<string, unknown>);
  return value;
}
