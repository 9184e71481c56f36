import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyReport } from '../../../test/fixture/any-report.ts';
import { simulateReport } from '../../../test/fixture/simulated-drill.ts';
import { latencyColumns, rateColumns, successColumns } from './client/chart-figures.ts';
import type { PageData } from './client/page-data.ts';
import { inlineScript } from './inline-script.ts';
import { pageDataOf } from './page-data-of.ts';
import { reportHtml } from './report-html.ts';

const failing = simulateReport({ outcome: 'fails' });

/** Every element that the page's own code writes. */
const WRITTEN = new Set(
  `body br button caption code dd details div dl dt figcaption figure footer h1 h2 h3 head header html i label li main
  meta option p pre section select span strong summary table tbody td th thead time title tr ul`.split(/\s+/),
);

/** The page without its own styles and scripts: what is left came from the report or is markup. */
function bodyOf(page: string): string {
  return page.replaceAll(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
}

function many<Item>(item: Item, count: number): readonly Item[] {
  return Array.from({ length: count }, () => item);
}

describe('the page of a report', () => {
  it('holds no element that its own code did not write, whatever the texts', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const page = reportHtml(report);
        const tags = bodyOf(page).match(/<\/?[a-z][a-z0-9]*/gi) ?? [];
        expect(tags.filter((tag) => !WRITTEN.has(tag.replace(/^<\/?/, '')))).toEqual([]);
        expect(page.match(/<script/g)).toHaveLength(3);
        expect(page.isWellFormed()).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('embeds its data so that the data comes back whole', () => {
    const name = '</script><script>alert(1)</script><!-- \u2028';
    const report = { ...failing, faults: failing.faults.map((fault) => ({ ...fault, id: name })) };
    const [, json = ''] =
      /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(reportHtml(report)) ?? [];
    const data = JSON.parse(json) as PageData;
    expect(data).toEqual(pageDataOf(report));
    expect(data.faults[0]?.id).toBe(name);
  });

  it('asks for nothing from anywhere', () => {
    const page = reportHtml(failing);
    // Matched by hand: a failed expectation would print the whole page.
    expect(/\s(?:src|href|action|srcset|data)\s*=/.exec(bodyOf(page))).toBeNull();
    expect(/@import|url\(/.exec(page)).toBeNull();
    expect(/content="default-src &#39;none&#39;; [^"]*"/.exec(page)).not.toBeNull();
  });

  it('has one main heading, headings below it, and a caption for every table', () => {
    const body = bodyOf(reportHtml(failing));
    expect(body.match(/<h1/g)).toHaveLength(1);
    expect(body.match(/<h2/g)?.length).toBeGreaterThan(5);
    expect(body.match(/<caption>/g)?.length).toBe(body.match(/<table/g)?.length);
  });

  it('says why, what was found with its evidence, and how to run it again', () => {
    const body = bodyOf(reportHtml(failing));
    for (const text of [
      'availability &gt;= 99%: failed',
      'product 17 began with 40',
      '&quot;initial&quot;: 40',
      'npx stormcart run redis-blackhole --seed 42',
      'signal SIGKILL',
    ]) {
      expect(body).toContain(text);
    }
  });

  it('claims nothing of an audit without invariants, and shows no row for what a system has not', () => {
    const audit = { ...failing.audit, invariants: [] };
    const { algorithm: _, ...rest } = failing.scenario;
    const scenario = { ...rest, hypothesis: '', services: {}, policies: {} };
    const page = bodyOf(reportHtml({ ...failing, audit, scenario }));
    expect(page).toContain('no invariant was checked');
    expect(page).not.toContain('invariants hold');
    for (const empty of ['Hypothesis', '<td>services</td>', '<td>policies</td>', '<td>balancing</td>'])
      expect(page).not.toContain(empty);
  });

  it('says what was done by hand', () => {
    const byHand = { actions: [{ atMs: 7_400, text: 'rate set to 2 × <b>' }], faults: [], steering: [] };
    expect(bodyOf(reportHtml({ ...failing, byHand }))).toContain('rate set to 2 × &lt;b&gt;');
    expect(bodyOf(reportHtml(failing))).not.toContain('Done by hand');
  });

  it('stays readable and bounded when there are very many outages, findings and steps', () => {
    const [invariant] = failing.audit.invariants.filter(({ findings }) => findings.length > 0);
    if (invariant === undefined) throw new Error('nothing was found');
    const report = {
      ...failing,
      availability: {
        ...failing.availability,
        slices: '+-'.repeat(200_000),
        outages: many({ startMs: 1_000, endMs: 1_200, faults: ['hole'] }, 50_000),
      },
      audit: {
        ...failing.audit,
        invariants: [{ ...invariant, findings: many(invariant.findings[0] as never, 5_000) }],
      },
    };
    const page = reportHtml(report);
    expect(page.length).toBeLessThan(1_000_000);
    expect(page).toContain('and 49800 more in report.json');
  });
});

describe("the page's script", () => {
  it('is plain JavaScript in one scope', () => {
    const script = inlineScript();
    expect(script).not.toMatch(/^\s*(?:import|export)\b/m);
    expect(script).not.toContain('</script');
    // Throws on a syntax error, which two declarations of one name are.
    expect(() => new Script(script)).not.toThrow();
  });

  it('is made of all files of its folder', () => {
    const main = readFileSync(new URL('./client/main.ts', import.meta.url), 'utf8');
    expect(main).toContain('start();');
    for (const name of [
      'function timeTicks',
      'function rateColumns',
      'function startTheme',
      'function createLanes',
    ]) {
      expect(inlineScript()).toContain(name);
    }
  });

  it('draws the figures of the report', () => {
    const data = pageDataOf(failing);
    const step = failing.series.steps[17];
    const [times, due, sent, answered, planned] = rateColumns(data, undefined);
    expect(times[17]).toBe(17);
    expect(times.at(-1)).toBe(50);
    expect([due?.[17], sent?.[17], answered?.[17]]).toEqual([step?.planned, step?.sent, step?.answered]);
    expect(planned?.[17]).toBe(40);
    expect(latencyColumns(data, undefined)[3]?.[17]).toBe(step?.latency?.p99Ms);
    const share = ((step?.outcomes.ok ?? 0) / (step?.planned ?? 1)) * 100;
    expect(successColumns(data, undefined)[1]?.[17]).toBeCloseTo(share, 9);
    const search = data.routes.find(({ name }) => name === 'search');
    expect(latencyColumns(data, search)[1]?.[17]).toBe(search?.p50Ms[17]);
  });
});
