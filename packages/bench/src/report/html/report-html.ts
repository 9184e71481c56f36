import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Report } from '../report.ts';
import { chartLibrary } from './chart-library.ts';
import { type Html, html, trusted } from './html.ts';
import { inlineScript } from './inline-script.ts';
import { pageDataOf } from './page-data-of.ts';
import { auditSection } from './section/audit.ts';
import { faultsSection } from './section/faults.ts';
import { gatesSection } from './section/gates.ts';
import { requestsSection } from './section/requests.ts';
import { againSection, systemSection } from './section/system.ts';
import { timelineSection } from './section/timeline.ts';
import { figuresSection, verdictSection } from './section/verdict.ts';

/**
 * The report as one file that asks the network for nothing: its policy forbids it, and lets no script run but the two
 * that are written here.
 */
export function reportHtml(report: Report): string {
  const library = chartLibrary();
  const scripts = [library.script, inlineScript()].map((script) => `\n${script}`);
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${hashes.join(' ')}`;
  const style = readFileSync(new URL('./page.css', import.meta.url), 'utf8');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.verdict.toUpperCase()} ${report.scenario.name}</title>
<style>${trusted(library.style)}
${trusted(style)}</style>
</head>
<body>
<main>
${sections(report)}
</main>
<footer>Written by Stormcart. Times are seconds from the start of the load.</footer>
<script type="application/json" id="page-data">${jsonInPage(pageDataOf(report))}</script>
${scripts.map((script) => html`<script>${trusted(script)}</script>\n`)}</body>
</html>
`;
  return page.markup;
}

function sections(report: Report): readonly (Html | undefined)[] {
  return [
    verdictSection(report),
    figuresSection(report),
    gatesSection(report),
    timelineSection(report),
    faultsSection(report),
    requestsSection(report),
    auditSection(report),
    systemSection(report),
    againSection(report),
  ];
}

/** Inside a script element only `<` can end the data early; JSON may write it otherwise. */
function jsonInPage(data: unknown): Html {
  return trusted(JSON.stringify(data).toWellFormed().replaceAll('<', String.raw`\u003c`));
}
