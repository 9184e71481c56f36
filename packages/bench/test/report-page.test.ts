import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCount, formatMs, formatShare } from '../src/report/format.ts';
import { formatLatency } from '../src/report/html/client/time-axis.ts';
import { reportHtml } from '../src/report/html/report-html.ts';
import type { Report } from '../src/report/report.ts';
import { type Browser, findChromium, type Page, type Screen, startBrowser } from './fixture/browser.ts';
import { simulateReport } from './fixture/simulated-drill.ts';

const chromium = findChromium();
/** A folder for the pictures of every page on every screen, for people who want to look. */
const pictures = process.env['STORMCART_SCREENSHOTS'];

const screens: Readonly<Record<string, Screen>> = {
  desktop: { width: 1280, height: 900 },
  'desktop-dark': { width: 1280, height: 900, isDark: true },
  phone: { width: 390, height: 844, isTouch: true },
  'phone-dark': { width: 390, height: 844, isTouch: true, isDark: true },
};

if (chromium === undefined) {
  // Said where the run is summed up: a test that is left out without a word looks like one that passed.
  describe.skip('the page of a report in Chromium: none was found (apt-get install chromium, or set CHROME_PATH)', () => {
    it('is looked at', () => undefined);
  });
}

describe.runIf(chromium !== undefined)('the page of a report', () => {
  let folder = '';
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stormcart-page-'));
    browser = await startBrowser(chromium ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(report: Report, screen: Screen, name = 'page'): Promise<Page> {
    const file = join(folder, `${name}.html`);
    await writeFile(file, reportHtml(report));
    return browser.open(pathToFileURL(file).href, screen);
  }

  const failing = simulateReport({ outcome: 'fails' });
  const passing = simulateReport({ outcome: 'passes' });

  describe.each(Object.entries(screens))('on a %s', (screenName, screen) => {
    it.each([
      ['passing', passing],
      ['failing', failing],
    ])('shows a %s drill without a complaint, a request or a sideways scroll', async (name, report) => {
      const page = await open(report, screen, name);
      // Charts are drawn in the frame after the load.
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      if (pictures !== undefined)
        await writeFile(join(pictures, `${name}-${screenName}.png`), await page.screenshot());
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(screen.width);
      expect(await page.evaluate('document.querySelectorAll("canvas").length')).toBe(3);
    });

    it('has contrast enough between every text and what lies behind it', async () => {
      const page = await open(failing, screen);
      const [count, pale] = await page.evaluate<[number, readonly string[]]>(CONTRAST);
      expect(count).toBeGreaterThan(100);
      expect(pale).toEqual([]);
    });
  });

  it('says what report.json says', async () => {
    const page = await open(failing, { width: 1280, height: 900 });
    const texts = (selector: string): Promise<readonly string[]> =>
      page.evaluate(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((found) => found.textContent)`,
      );
    const { availability, load, gates, steadyState, audit } = failing;
    const figures = await texts('.figures strong');
    expect(figures.slice(0, 4)).toEqual([
      formatShare(availability.fraction ?? 0),
      formatShare(availability.successFraction ?? 0),
      formatMs(load.latency?.p99Ms ?? 0),
      formatMs(availability.downMs),
    ]);
    expect(await texts('#gates-head ~ .scroll td.wide code')).toEqual(
      [...gates, ...steadyState].map(({ text }) => text),
    );
    const ledger = await texts('#requests-head ~ .columns .scroll:first-child td:nth-child(2)');
    const { planned, ...outcomes } = load.ledger;
    expect(ledger).toEqual([...Object.values(outcomes), planned].map(formatCount));
    expect(await texts('.invariants > li > code')).toEqual(audit.invariants.map(({ name }) => name));
    expect(await texts('.verdict .why li')).toEqual(failing.reasons);
  });

  it('shows at the pointer what the report measured there, and for one route when asked', async () => {
    const page = await open(failing, { width: 1280, height: 900 });
    const legend = async (chart: string): Promise<readonly string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('#chart-${chart} .u-value')].map((value) => value.textContent)`,
      );
    // The middle of the step that begins at 20 s of 50 s.
    const step = 20;
    await page.point('#chart-latency .u-over', (step + 0.3) / 50);
    const measured = failing.series.steps[step];
    const { p50Ms = 0, p90Ms = 0, p99Ms = 0, maxMs = 0 } = measured?.latency ?? {};
    expect(await legend('latency')).toEqual([
      `${step} s`,
      ...[p50Ms, p90Ms, p99Ms, maxMs].map(formatLatency),
    ]);
    expect(await legend('rate')).toEqual([
      `${step} s`,
      ...[measured?.planned, measured?.sent, measured?.answered, 40].map((rate) => `${rate}/s`),
    ]);
    await page.evaluate(`(() => { const route = document.querySelector('#route'); route.value = 'search';
      route.dispatchEvent(new Event('change')); })()`);
    await page.point('#chart-latency .u-over', (step + 0.3) / 50);
    const search = failing.series.routes.find(({ name }) => name === 'search');
    expect((await legend('latency'))[1]).toBe(formatLatency(search?.p50Ms[step] ?? 0));
  });

  it('zooms by a click on a fault, by dragging, and back, all charts and lanes together', async () => {
    const page = await open(failing, { width: 1280, height: 900 });
    const window = async (): Promise<readonly [number, number]> =>
      page.evaluate(`['--from', '--span'].map((name) =>
        Number(document.querySelector('#lanes').style.getPropertyValue(name)))`);
    const labels = async (): Promise<string> =>
      page.evaluate(`document.querySelector('.lane-axis').textContent`);
    expect(await window()).toEqual([0, 50_000]);
    await page.click('[data-zoom-from]');
    const [fault] = failing.faults;
    const marginMs = ((fault?.revertedMs ?? 0) - (fault?.appliedMs ?? 0)) / 4;
    const [from, span] = await window();
    expect(from).toBeCloseTo((fault?.appliedMs ?? 0) - marginMs, 0);
    expect(span).toBeCloseTo(6 * marginMs, 0);
    expect(await labels()).not.toContain('45 s');
    await page.click('[data-move="whole"]');
    expect(await window()).toEqual([0, 50_000]);
    await page.drag('#chart-success .u-over', 0.2, 0.6);
    const [draggedFrom, draggedSpan] = await window();
    expect(draggedFrom / 50_000).toBeCloseTo(0.2, 1);
    expect(draggedSpan / 50_000).toBeCloseTo(0.4, 1);
    await page.click('[data-move="in"]');
    expect((await window())[1]).toBeCloseTo(draggedSpan / 2, 0);
    expect(page.complaints).toEqual([]);
  });

  it('changes its colours when asked, in the charts too, and prints in light ones with everything unfolded', async () => {
    const page = await open(failing, { width: 1280, height: 900, isDark: true });
    const look = (): Promise<string> =>
      page.evaluate(
        `document.querySelector('#chart-latency canvas').toDataURL() + getComputedStyle(document.body).color`,
      );
    const legend = (): Promise<readonly string[]> =>
      page.evaluate(`[...document.querySelectorAll('#chart-latency .u-series')].slice(1).map((entry) =>
        entry.textContent.slice(0, 3) + ' ' + entry.querySelector('.u-marker').style.borderColor)`);
    const settled = (): Promise<unknown> => page.evaluate('new Promise((done) => setTimeout(done, 50))');
    await settled();
    const dark = await look();
    const darkLegend = await legend();
    await page.click('#theme');
    await settled();
    const light = await look();
    expect(light).not.toBe(dark);
    const names = darkLegend.map((entry) => entry.slice(0, 3));
    expect(names).toEqual(['p50', 'p90', 'p99', 'max']);
    expect((await legend()).filter((entry) => darkLegend.includes(entry))).toEqual([]);
    expect((await legend()).map((entry) => entry.slice(0, 3))).toEqual(names);
    await page.click('#theme');
    await settled();
    expect(await look()).toBe(dark);
    expect(await legend()).toEqual(darkLegend);
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    await settled();
    expect(await page.evaluate('document.querySelector("details.print").open')).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(27, 31, 36)');
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    await settled();
    expect(await look()).toBe(dark);
    const paper = await page.pdf();
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
    if (pictures !== undefined) await writeFile(join(pictures, 'failing.pdf'), paper);
  });

  it('holds when nothing was measured, and when nothing was answered', async () => {
    const { fraction: _fraction, successFraction: _success, ...unmeasured } = passing.availability;
    const { latency: _latency, latencyFromSend: _sent, ...load } = passing.load;
    const nothing: Report = {
      ...passing,
      verdict: 'interrupted',
      load,
      availability: { ...unmeasured, slices: '', outages: [], downMs: 0 },
      series: { stepMs: 1_000, steps: [], routes: [] },
      faults: [],
      breakers: [],
      processEvents: [],
    };
    const unanswered: Report = {
      ...nothing,
      series: {
        ...nothing.series,
        steps: passing.series.steps.map(({ latency: _quantiles, ...step }) => ({ ...step, answered: 0 })),
      },
    };
    for (const report of [nothing, unanswered]) {
      const page = await open(report, { width: 1280, height: 900 }, 'empty');
      await page.click('[data-move="in"]');
      expect(page.complaints).toEqual([]);
      expect(await page.evaluate('document.querySelector(".figures strong").textContent')).toBe('unknown');
    }
  });

  it('is not broken by texts that are code', async () => {
    const name = '</script><script>window.taken = 1</script><img src=x onerror="window.taken = 2">';
    const report = {
      ...failing,
      scenario: { ...failing.scenario, name, about: name, hypothesis: name },
      reasons: [name],
      again: name,
      faults: failing.faults.map((fault) => ({ ...fault, id: name, what: name })),
    };
    const page = await open(report, { width: 1280, height: 900 }, 'nasty');
    await page.click('[data-zoom-from]');
    expect(await page.evaluate('window.taken ?? 0')).toBe(0);
    expect(await page.evaluate('document.querySelector("h1").textContent')).toBe(name);
    expect(await page.evaluate('document.querySelector("#again").textContent')).toBe(name);
    expect(page.complaints).toEqual([]);
    expect(page.requests).toEqual([]);
  });
});

/**
 * In the page: how many texts there are, and those whose contrast to the nearest opaque background is under 4.5 (WCAG
 * 2.2, AA, for text of this size).
 */
const CONTRAST = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      const [, , , alpha = 1] = channels(color);
      if (alpha === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    !['SCRIPT', 'STYLE', 'OPTION'].includes(element.tagName) && element.checkVisibility() &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''));
  const pale = texts.flatMap((element) => {
    const [first, second] = [getComputedStyle(element).color, behind(element)].map(luminance);
    const contrast = (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    return contrast < 4.5 ? [element.className + ' ' + element.textContent.slice(0, 30) + ' ' + contrast.toFixed(2)] : [];
  });
  return [texts.length, pale];
})()`;
