import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith(".ts") && !name.endsWith(".generated.ts"))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest);

/** What havoq hands to a recipe as data: nobody implements it. */
const HANDED_OVER = ["LaunchRequest"];
const MOST_MEMBERS = 6;

it("no interface of the SPI has more than six members", () => {
  const interfaces = sources("src/spi").flatMap((file) => parse(file).statements.filter(ts.isInterfaceDeclaration));
  const declared = new Map(interfaces.map((each) => [each.name.text, each]));
  const sizeOf = ({ members, heritageClauses }: ts.InterfaceDeclaration): number =>
    (heritageClauses ?? []).reduce((size, { types }) => size + types.reduce(inherited, 0), members.length);
  const inherited = (size: number, { expression }: ts.ExpressionWithTypeArguments): number => {
    const base = ts.isIdentifier(expression) ? declared.get(expression.text) : undefined;
    return base ? size + sizeOf(base) : size;
  };
  expect([...declared.keys()]).toEqual(expect.arrayContaining(["Driver", "Admin", "BrokerRecipe", ...HANDED_OVER]));
  const large = interfaces.filter((each) => sizeOf(each) > MOST_MEMBERS).map(({ name }) => name.text);
  expect(large).toEqual(HANDED_OVER);
});

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Lines of a file on which something is exported that no sentence stands above. */
function undocumented(file: string): string[] {
  const source = parse(file);
  return source.statements.filter(isExported).flatMap((node) => {
    const comment = ts.getLeadingCommentRanges(source.text, node.pos)?.at(-1);
    const words = comment ? source.text.slice(comment.pos, comment.end) : "";
    if (/^\/\*\*\s.*\.\s*\*\/$/s.test(words)) return [];
    return [`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`];
  });
}

it("every exported symbol has a sentence", () => {
  const files = ["src", "drivers", "reports"].flatMap(sources);
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap(undocumented)).toEqual([]);
});
