import { formatTime, type TimeWindow, timeTicks } from './time-axis.ts';

/** The states under the charts. The style sheet puts each piece in its place from two numbers. */
export interface Lanes {
  show(window: TimeWindow): void;
  /** Where the pointer is over the charts; undefined when it is elsewhere. */
  point(ms: number | undefined): void;
}

/** As many labels as fit side by side. */
const TICK_WIDTH = 80;

export function createLanes(lanes: HTMLElement): Lanes {
  const axis = lanes.querySelector<HTMLElement>('.lane-axis');
  const cursor = lanes.querySelector<HTMLElement>('.lane-cursor');
  return {
    show: (window) => {
      lanes.style.setProperty('--from', String(window.fromMs));
      lanes.style.setProperty('--span', String(window.toMs - window.fromMs));
      if (axis === null) return;
      const most = Math.max(2, Math.floor(axis.clientWidth / TICK_WIDTH));
      axis.replaceChildren(
        ...timeTicks(window, most).map((ms) => {
          const tick = document.createElement('span');
          tick.textContent = formatTime(ms);
          tick.style.setProperty('--at', String(ms));
          return tick;
        }),
      );
    },
    point: (ms) => {
      if (cursor === null) return;
      cursor.hidden = ms === undefined;
      if (ms !== undefined) cursor.style.setProperty('--at', String(ms));
    },
  };
}
