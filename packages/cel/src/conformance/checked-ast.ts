import type { Checked } from '../check/check.ts';
import type { Core, CoreComprehension } from '../check/core.ts';
import { formatType } from '../check/types/format-type.ts';
import type { Literal } from '../syntax/ast.ts';

/** A checked expression with types and references as cel-go prints it (checker/printer.go, common/debug/debug.go). */
export function printChecked(checked: Checked): string {
  return print(checked.core, '');
}

function print(core: Core, indent: string): string {
  return `${shape(core, indent)}~${formatType(core.type)}${reference(core)}`;
}

function reference(core: Core): string {
  switch (core.kind) {
    case 'ident':
      return `^${core.name.replace(/^\./, '')}`.replace(/^\^@result$/, '^@result');
    case 'select':
      if (core.qualified !== null) return `^${core.qualified.replace(/^\./, '')}`;
      return core.optional ? '^select_optional_field' : '';
    case 'call':
      return core.overloads.length === 0 ? '' : `^${core.overloads.toSorted().join('|')}`;
    case 'struct':
      return `^${core.name.replace(/^\./, '')}`;
    default:
      return '';
  }
}

function shape(core: Core, indent: string): string {
  const deeper = `${indent}  `;
  const block = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0 ? open + close : `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
  switch (core.kind) {
    case 'literal':
      return literal(core.value);
    case 'ident':
      return core.name.replace(/^\./, '');
    case 'select': {
      if (core.qualified !== null) return core.qualified.replace(/^\./, '');
      const operand = print(core.operand, indent);
      return `${operand}.${core.field}${core.test ? '~test-only~' : ''}`;
    }
    case 'call': {
      const name = core.namespaced ?? core.name.replace(/^\./, '');
      const target = core.target === null || core.namespaced !== null ? '' : `${print(core.target, indent)}.`;
      return (
        target +
        block(
          `${name}(`,
          core.args.map((arg) => print(arg, deeper)),
          ')',
        )
      );
    }
    case 'list':
      return block(
        '[',
        core.elements.map(({ value }) => print(value, deeper)),
        ']',
      );
    case 'map':
      return block(
        '{',
        core.entries.map(
          ({ key, value, optional }) => `${optional ? '?' : ''}${print(key, deeper)}:${print(value, deeper)}`,
        ),
        '}',
      );
    case 'struct':
      return block(
        `${core.name}{`,
        core.fields.map(({ name, value, optional }) => `${optional ? '?' : ''}${name}:${print(value, deeper)}`),
        '}',
      );
    case 'comprehension':
      return comprehension(core, deeper);
  }
}

function comprehension(core: CoreComprehension, indent: string): string {
  const second = core.variable2 === null ? [] : [core.variable2];
  const lines = [
    `// Variable\n${indent}${[core.variable, ...second].join(`,\n${indent}`)}`,
    `// Target\n${indent}${print(core.range, indent)}`,
    `// Accumulator\n${indent}${core.accumulator}`,
    `// Init\n${indent}${print(core.init, indent)}`,
    `// LoopCondition\n${indent}${print(core.condition, indent)}`,
    `// LoopStep\n${indent}${print(core.step, indent)}`,
    `// Result\n${indent}${print(core.result, indent)}`,
  ];
  return `__comprehension__(\n${indent}${lines.join(`,\n${indent}`)})`;
}

function literal(value: Literal['value']): string {
  switch (value.type) {
    case 'null':
      return 'null';
    case 'uint':
      return `${value.value}u`;
    case 'string':
      return quote(value.value);
    case 'bytes':
      return `b${quoteBytes(value.value)}`;
    case 'double':
      return exponent(value.value);
    default:
      return String(value.value);
  }
}

/** Go's %v: an exponent, of two digits at least, from 1e+06 on and below 1e-04. */
function exponent(value: number): string {
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exp = Number(power);
  if (exp >= -4 && exp < 6) return Object.is(value, -0) ? '-0' : String(value);
  return `${digits}e${exp < 0 ? '-' : '+'}${String(Math.abs(exp)).padStart(2, '0')}`;
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\u0008': '\\b',
  '\u000b': '\\v',
  '\u000c': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};

/** Go's strconv.Quote. */
function quote(text: string): string {
  return `"${[...text].map(quoteChar).join('')}"`;
}

function quoteChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const known = escapes[char];
  if (known !== undefined) return known;
  if (code < 0x20 || code === 0x7f) return hex(code);
  if (char === ' ' || !/[\p{C}\p{Z}]/u.test(char)) return char;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Bytes that are no UTF-8 are shown one by one. */
function quoteBytes(bytes: Uint8Array): string {
  try {
    return quote(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return `"${[...bytes].map((byte) => (byte < 0x80 ? quoteChar(String.fromCharCode(byte)) : hex(byte))).join('')}"`;
  }
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
