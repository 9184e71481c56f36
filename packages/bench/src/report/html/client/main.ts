import { drawCharts } from './charts.ts';
import { createLanes } from './lanes.ts';
import type { PageData } from './page-data.ts';
import { createPalette, startTheme } from './theme.ts';
import { clampWindow, scaleWindow, shiftWindow, type TimeWindow } from './time-axis.ts';

/** A4 between its margins, in CSS pixels; lower, so that charts and lanes share a page. */
const PAPER = { width: 680, heightShare: 0.8 };

function start(): void {
  const data = JSON.parse(document.querySelector('#page-data')?.textContent ?? '') as PageData;
  const palette = createPalette();
  const lanes = createLanes(find('#lanes'));
  const whole: TimeWindow = { fromMs: 0, toMs: data.totalMs };
  let shown = whole;
  const show = (window: TimeWindow): void => {
    shown = clampWindow(window, data.totalMs);
    charts.show(shown);
    lanes.show(shown);
  };
  const charts = drawCharts({ data, color: palette.color, onZoom: show, onPoint: (ms) => lanes.point(ms) });
  show(whole);

  const repaint = (): void => {
    palette.forget();
    charts.repaint();
  };
  startTheme(find('#theme') as HTMLButtonElement, repaint);
  const moves: Readonly<Record<string, () => TimeWindow>> = {
    whole: () => whole,
    in: () => scaleWindow(shown, 0.5, data.totalMs),
    out: () => scaleWindow(shown, 2, data.totalMs),
    back: () => shiftWindow(shown, -0.5, data.totalMs),
    on: () => shiftWindow(shown, 0.5, data.totalMs),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-move]')) {
    button.addEventListener('click', () => show(moves[button.dataset['move'] ?? '']?.() ?? whole));
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-zoom-from]')) {
    const [fromMs, toMs] = [Number(button.dataset['zoomFrom']), Number(button.dataset['zoomTo'])];
    button.addEventListener('click', () => {
      show({ fromMs, toMs });
      find('#timeline').scrollIntoView({ block: 'start' });
    });
  }
  find('#route').addEventListener('change', (event) => {
    const { value } = event.target as HTMLSelectElement;
    charts.choose(data.routes.find(({ name }) => name === value));
  });
  new ResizeObserver(() => {
    charts.fit();
    lanes.show(shown);
  }).observe(find('#charts'));
  offerCopy(find('#copy') as HTMLButtonElement, find('#again'));
  preparePrint(
    () => {
      repaint();
      charts.fit(PAPER);
    },
    () => {
      repaint();
      charts.fit();
    },
  );
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

function offerCopy(button: HTMLButtonElement, command: HTMLElement): void {
  button.addEventListener('click', () => {
    const copied = navigator.clipboard?.writeText(command.textContent ?? '');
    void copied?.then(
      () => {
        button.textContent = 'copied';
      },
      () => getSelection()?.selectAllChildren(command),
    );
  });
}

/** Paper is white, narrow, and cannot be unfolded. */
function preparePrint(before: () => void, after: () => void): void {
  let folded: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    document.documentElement.dataset['printing'] = '';
    folded = [...document.querySelectorAll<HTMLDetailsElement>('details.print:not([open])')];
    for (const details of folded) details.open = true;
    before();
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset['printing'];
    for (const details of folded) details.open = false;
    after();
  });
}

start();
