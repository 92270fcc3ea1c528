/** Bundles the page's script and style sheet into bundle.generated.ts; run by `npm run build`, before the compiler. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The charts are uPlot's; its licence asks that its notice goes with every copy. */
const uplot = dirname(createRequire(import.meta.url).resolve("uplot/package.json"));
const notice = readFileSync(join(uplot, "LICENSE"), "utf8").trim();

async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [here(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
  });
  const text = `/* uPlot: ${notice} */\n${outputFiles[0].text.trim()}`;
  if (/<\/(script|style)|<!--/i.test(text))
    throw new Error(`${entry}: holds text that would end its block in the page`);
  return text;
}

const bundle = { script: await bundled("./page/main.ts"), style: await bundled("./page/style.css") };
writeFileSync(
  here("./bundle.generated.ts"),
  `/** Written by build.mjs; not kept in git. */\nexport const bundle = ${JSON.stringify(bundle, null, 2)};\n`,
);
