import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { type Content, html, trusted } from "./html.js";
import type { Payload } from "./payload.js";

/** The page's script and style sheet, each as one text. */
export interface Bundle {
  readonly script: string;
  readonly style: string;
}

/** What a page shows, and what its script is given. */
export interface PageContent {
  readonly title: string;
  readonly body: Content;
  readonly payload: Payload;
  /** What the page was drawn from, for its last line. */
  readonly source: string;
}

/** One page that needs nothing else: no network, no other file. */
export function pageOf({ title, body, payload, source }: PageContent, bundle: Bundle): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(bundle)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – havoq</title>
<link rel="icon" href="data:,">
<style>${trusted(bundle.style)}</style>
</head>
<body>
${PATTERNS}
<main>
${body}
</main>
<footer>Drawn by havoq from ${source}; this file works offline.</footer>
<script type="application/octet-stream;base64" id="havoq-data">${trusted(packed(payload))}</script>
<script>${trusted(bundle.script)}</script>
</body>
</html>
`.text;
}

/** Nothing may be loaded or run but the one script and the one style sheet of this page, by their hashes. */
function policy({ script, style }: Bundle): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** JSON, deflated, in base64: letters that can't end the block they stand in. */
function packed(payload: Payload): string {
  return deflateRawSync(JSON.stringify(payload), { level: 9 }).toString("base64");
}

const PATTERNS = html`<svg class="defs" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch-lost" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p-lost" width="6" height="6"/><path class="p-line" d="M0 0v6"/></pattern>
<pattern id="hatch-stuck" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="p-stuck" width="6" height="6"/><path class="p-line" d="M0 0v6"/></pattern>
<pattern id="hatch-nodata" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="p-nodata" d="M0 0v6"/></pattern>
<linearGradient id="ramp"><stop class="h0" offset="0"/><stop class="h1" offset=".35"/><stop class="h2" offset=".7"/><stop class="h3" offset="1"/></linearGradient>
</defs></svg>`;
