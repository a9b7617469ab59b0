import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import type { OwnManifest } from './manifest.ts';

const cel = join(import.meta.dirname, '..');

/** An export of the package, or a member of one, as its page shows it. */
interface Entry {
  readonly name: string;
  readonly section: (typeof sections)[number];
  /** TypeScript, without bodies. */
  readonly declaration: string;
  /** Its doc comment as Markdown; '' where it has none. */
  readonly doc: string;
  /** What can be called or read on it: members of a class, exports of a namespace. */
  readonly members: readonly Omit<Entry, 'section' | 'members'>[];
}

const sections = ['Functions', 'Classes', 'Types', 'Constants', 'Namespaces'] as const;

/** What is imported under one name. */
export interface EntryPoint {
  /** `@plimsoll/cel/kyverno`. */
  readonly path: string;
  /** What its module says of itself. */
  readonly doc: string;
  readonly entries: readonly Entry[];
}

/** The entry points of package.json with everything that they export, by name. @throws where one exports nothing. */
export async function entryPoints(): Promise<readonly EntryPoint[]> {
  const own = JSON.parse(await readFile(join(cel, 'package.json'), 'utf8')) as OwnManifest;
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(cel, 'tsconfig.build.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    cel,
  );
  const paths = Object.entries(own.exports).map(([path, source]) => [join(own.name, path), join(cel, source)] as const);
  const program = ts.createProgram(
    paths.map(([, source]) => source),
    options,
  );
  const checker = program.getTypeChecker();
  return paths.map(([path, source]) => {
    const file = program.getSourceFile(source);
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    if (file === undefined || module === undefined) throw new Error(`${source} exports nothing`);
    const entries = checker
      .getExportsOfModule(module)
      .map((symbol) => entryOf(symbol, checker))
      .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
    return { path, doc: leadingDoc(file), entries };
  });
}

/** docs/api.md. */
export function apiReference(points: readonly EntryPoint[]): string {
  return [
    '# API',
    '',
    'Made from the doc comments of what the entry points export; a test holds it to them.',
    '',
    ...points.flatMap(({ path, doc, entries }) => [
      `## \`${path}\``,
      '',
      doc,
      '',
      ...sections.flatMap(section(entries)),
    ]),
  ].join('\n');
}

function section(entries: readonly Entry[]): (title: Entry['section']) => readonly string[] {
  return (title) => {
    const own = entries.filter((one) => one.section === title);
    return own.length === 0 ? [] : [`### ${title}`, '', ...own.flatMap(page)];
  };
}

function page({ name, declaration, doc, members }: Entry): readonly string[] {
  return [
    `#### ${name}`,
    '',
    '```ts',
    declaration,
    '```',
    '',
    doc,
    '',
    ...members.flatMap((member) => [
      `- \`${member.declaration}\`${member.doc === '' ? '' : `: ${member.doc.replaceAll(/\s*\n\s*/g, ' ')}`}`,
    ]),
    ...(members.length === 0 ? [] : ['']),
  ];
}

function entryOf(exported: ts.Symbol, checker: ts.TypeChecker): Entry {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const { name } = exported;
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) throw new Error(`${name} is declared nowhere`);
  const doc = docOf(symbol, checker);
  if (ts.isSourceFile(declaration))
    return {
      name,
      section: 'Namespaces',
      declaration: `import { ${name} } from '@plimsoll/cel'`,
      doc: leadingDoc(declaration),
      members: checker.getExportsOfModule(symbol).map((member) => memberOf(member, checker)),
    };
  if (ts.isFunctionDeclaration(declaration))
    return { name, section: 'Functions', declaration: signature(declaration), doc, members: [] };
  if (ts.isClassDeclaration(declaration))
    return {
      name,
      section: 'Classes',
      declaration: heritage(declaration),
      doc,
      members: publicMembers(declaration, checker),
    };
  if (ts.isVariableDeclaration(declaration)) {
    const type = checker.typeToString(checker.getTypeOfSymbol(symbol));
    return { name, section: 'Constants', declaration: `const ${name}: ${type}`, doc, members: [] };
  }
  const text = declaration.getText().replace(/^export /, '');
  return { name, section: 'Types', declaration: text, doc, members: [] };
}

/** What can be called or read on a class and its objects. */
function publicMembers(declaration: ts.ClassDeclaration, checker: ts.TypeChecker): Entry['members'] {
  return declaration.members.flatMap((member) => {
    const hidden =
      (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
      hasModifier(member, ts.ModifierFlags.Private) ||
      // What has no words of its own is what the class above says.
      (hasModifier(member, ts.ModifierFlags.Override) && ts.getJSDocCommentsAndTags(member).length === 0);
    const symbol = member.name === undefined ? undefined : checker.getSymbolAtLocation(member.name);
    if (hidden) return [];
    const doc = symbol === undefined ? commentOf(ts.getJSDocCommentsAndTags(member)) : docOf(symbol, checker);
    return [{ name: member.name?.getText() ?? 'constructor', declaration: signature(member), doc }];
  });
}

function hasModifier(member: ts.ClassElement, flag: ts.ModifierFlags): boolean {
  return (ts.getCombinedModifierFlags(member) & flag) !== 0;
}

function memberOf(exported: ts.Symbol, checker: ts.TypeChecker): Entry['members'][number] {
  const { name, declaration, doc } = entryOf(exported, checker);
  return { name, declaration: declaration.replaceAll(/\s*\n\s*/g, ' '), doc };
}

/** A declaration up to its body. */
function signature(
  node: ts.Node & { readonly body?: ts.Node | undefined; readonly initializer?: ts.Node | undefined },
): string {
  const end = node.body?.getStart() ?? node.getEnd();
  const text = node.getSourceFile().text.slice(node.getStart(), end).trim();
  return text
    .replace(/^export /, '')
    .replace(/;$/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/([([{]) (?=\S)|,? ?(?=[)\]])/g, '$1');
}

function heritage({ name, heritageClauses }: ts.ClassDeclaration): string {
  return ['class', name?.text ?? '', ...(heritageClauses ?? []).map((clause) => clause.getText())].join(' ');
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const throws = symbol
    .getJsDocTags(checker)
    .filter((tag) => tag.name === 'throws')
    .map(
      (tag) =>
        `Throws ${ts
          .displayPartsToString(tag.text)
          .replace(/^\{(\w+)\}/, '`$1`')
          .trim()}`,
    );
  return linked(
    [text, ...throws.map((one) => (one.endsWith('.') ? one : `${one}.`))].filter((part) => part !== '').join(' '),
  );
}

function commentOf(comments: readonly (ts.JSDoc | ts.JSDocTag)[]): string {
  return linked(comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '').join(' '));
}

function linked(text: string): string {
  return text.replaceAll(/\{@link ([^}]+?)\s*\}/g, '`$1`');
}

/** The comment at the head of a module. */
function leadingDoc(file: ts.SourceFile): string {
  const [, text = ''] = /^\/\*\*(.*?)\*\//s.exec(file.text) ?? [];
  return text.replaceAll(/\s*\n \*\s?/g, ' ').trim();
}
