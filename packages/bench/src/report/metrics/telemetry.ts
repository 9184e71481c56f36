import { messageOf, systemClock } from '@stormcart/core';
import type { LiveDrill } from '../../drill/live-drill.ts';
import { plural } from '../format.ts';
import { otlpBody } from '../otlp/otlp-body.ts';
import { createOtlpExporter, type OtlpExporter } from '../otlp/otlp-exporter.ts';
import type { OtlpSettings } from '../otlp/otlp-settings.ts';
import type { Report } from '../report.ts';
import type { MetricFamily } from './family.ts';
import { liveFamilies } from './live-families.ts';
import { type MetricsEndpoint, openMetricsEndpoint } from './metrics-endpoint.ts';
import { openMetricsText } from './openmetrics.ts';
import { verdictFamilies } from './verdict-families.ts';

export interface TelemetryOptions {
  /** Where metrics can be scraped; nowhere when absent. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Where they are sent; nowhere when absent. */
  readonly otlp?: OtlpSettings;
  readonly tell: (text: string) => void;
}

/** Tells metrics systems of drills while they run. Nothing of it can hold up a drill or change its verdict. */
export interface Telemetry {
  /** The load of a drill has begun; from now on it is told of, until the next one. */
  readonly follow: (live: LiveDrill) => void;
  readonly judged: (report: Report) => void;
  close(): Promise<void>;
}

/** Throws an environment error when the address to listen on cannot be had. */
export async function openTelemetry({ listen, otlp, tell }: TelemetryOptions): Promise<Telemetry> {
  let live: LiveDrill | undefined;
  let report: Report | undefined;
  const families = (): readonly MetricFamily[] => [
    ...(live === undefined ? [] : liveFamilies(live, systemClock.now())),
    ...(report === undefined ? [] : verdictFamilies(report)),
  ];
  const endpoint: MetricsEndpoint | undefined =
    listen &&
    (await openMetricsEndpoint(listen, () => openMetricsText(families(), live?.scenario.name ?? '')));
  if (endpoint !== undefined) tell(`metrics at ${endpoint.url}`);
  const exporter: OtlpExporter | undefined = otlp && createOtlpExporter(otlp);
  let hasToldOfFailure = false;
  const push = (): void => {
    try {
      exportNow();
    } catch (error) {
      // On a timer it would end the drill.
      if (!hasToldOfFailure) tell(`OTLP export: ${messageOf(error)}`);
      hasToldOfFailure = true;
    }
  };
  const exportNow = (): void => {
    if (exporter === undefined || otlp === undefined || live === undefined) return;
    const nowWallMs = systemClock.wallMs();
    const startWallMs = nowWallMs - (systemClock.now() - live.zeroMs);
    const resource = { ...otlp.resource, 'stormcart.scenario': live.scenario.name };
    exporter.export(otlpBody(families(), resource, { startWallMs, nowWallMs }));
  };
  const timer = otlp && setInterval(push, otlp.intervalMs);
  return {
    follow: (drill) => {
      live = drill;
      report = undefined;
    },
    judged: (judged) => {
      report = judged;
      push();
    },
    close: async () => {
      clearInterval(timer);
      await endpoint?.close();
      const tally = await exporter?.close();
      if (tally === undefined || tally.problem === undefined) return;
      const { sentCount, failedCount, droppedCount, rejectedPointsCount, problem } = tally;
      const rejected = rejectedPointsCount === 0 ? '' : `, ${plural(rejectedPointsCount, 'point')} refused`;
      tell(
        `OTLP export: ${sentCount} of ${plural(sentCount + failedCount + droppedCount, 'export')} arrived${rejected} (${problem})`,
      );
    },
  };
}
