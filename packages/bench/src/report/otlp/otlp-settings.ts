import { z } from 'zod';

/** Where and how metrics are exported; read from the variables that OpenTelemetry names. */
export interface OtlpSettings {
  readonly endpoint: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** For one export, its retries included. */
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Attributes of whoever exports: `service.name` and what the user adds. */
  readonly resource: Readonly<Record<string, string>>;
}

export type OtlpChoice =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly settings: OtlpSettings; readonly warnings: readonly string[] }
  /** One sentence: the drill runs all the same, without an export. */
  | { readonly kind: 'bad'; readonly problem: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** OpenTelemetry's own default. */
const USUAL_TIMEOUT_MS = 10_000;
/** OpenTelemetry's default is a minute, longer than most drills. */
const USUAL_INTERVAL_MS = 10_000;

const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

/** Reads `OTEL_EXPORTER_OTLP_ENDPOINT` and its relatives (OpenTelemetry, Protocol Exporter, 1.40); off without one. */
export function otlpSettings(environment: Environment): OtlpChoice {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const special = (name: string): string | undefined =>
    given(`OTEL_EXPORTER_OTLP_METRICS_${name}`) ?? given(`OTEL_EXPORTER_OTLP_${name}`);
  const exact = given('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT');
  const base = given('OTEL_EXPORTER_OTLP_ENDPOINT');
  const address = exact ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/metrics`);
  if (address === undefined || given('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return { kind: 'off' };
  const endpoint = URL.canParse(address) ? new URL(address) : undefined;
  if (endpoint === undefined || !/^https?:$/.test(endpoint.protocol)) {
    return { kind: 'bad', problem: `${address} is no http:// or https:// address for OTLP` };
  }
  const timeout = milliseconds.default(USUAL_TIMEOUT_MS).safeParse(special('TIMEOUT'));
  const interval = milliseconds.default(USUAL_INTERVAL_MS).safeParse(given('OTEL_METRIC_EXPORT_INTERVAL'));
  if (!timeout.success || !interval.success) {
    return {
      kind: 'bad',
      problem: `${timeout.success ? 'OTEL_METRIC_EXPORT_INTERVAL' : 'OTEL_EXPORTER_OTLP_TIMEOUT'} must be milliseconds, 1 to 3600000`,
    };
  }
  const protocol = special('PROTOCOL') ?? 'http/json';
  const settings: OtlpSettings = {
    endpoint,
    headers: pairsOf(special('HEADERS')),
    timeoutMs: timeout.data,
    intervalMs: interval.data,
    resource: {
      'service.name': given('OTEL_SERVICE_NAME') ?? 'stormcart',
      ...pairsOf(given('OTEL_RESOURCE_ATTRIBUTES')),
    },
  };
  const warnings =
    protocol === 'http/json'
      ? []
      : [`OTLP is exported as http/json, whatever OTEL_EXPORTER_OTLP_PROTOCOL (${protocol}) says`];
  return { kind: 'on', settings, warnings };
}

/** `key=value,key2=value2`, both percent-encoded (W3C Baggage); what is no pair is left out. */
function pairsOf(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = (text ?? '').split(',').flatMap((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) return [];
    return [[decoded(pair.slice(0, equals).trim()), decoded(pair.slice(equals + 1).trim())]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
