import { describe, expect, it } from 'vitest';
import { otlpSettings } from './otlp-settings.ts';

describe('the OTLP settings', () => {
  it('are off without an endpoint, and where the SDK is disabled', () => {
    expect(otlpSettings({}).kind).toBe('off');
    expect(otlpSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }).kind).toBe('off');
    const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'TRUE' };
    expect(otlpSettings(disabled).kind).toBe('off');
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, 'http://127.0.0.1:4318/v1/metrics'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/otlp/' }, 'http://127.0.0.1:4318/otlp/v1/metrics'],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://host/exactly' }, 'https://host/exactly'],
  ])('take the endpoint of %o', (environment, endpoint) => {
    expect(otlpSettings(environment)).toMatchObject({
      kind: 'on',
      settings: { endpoint: new URL(endpoint) },
    });
  });

  it('read headers, times and attributes, those for metrics first', () => {
    const choice = otlpSettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=shop%20floor, nonsense ,x-b=a=b',
      OTEL_EXPORTER_OTLP_TIMEOUT: '9000',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '250',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_SERVICE_NAME: 'drills',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=ci',
    });
    expect(choice).toMatchObject({
      settings: {
        headers: { 'x-team': 'shop floor', 'x-b': 'a=b' },
        timeoutMs: 250,
        intervalMs: 1_000,
        resource: { 'service.name': 'drills', 'deployment.environment': 'ci' },
      },
      warnings: [],
    });
  });

  it.each(['OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_METRIC_EXPORT_INTERVAL'])(
    'name %s where it is wrong',
    (name) => {
      const read = otlpSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', [name]: 'soon' });
      expect(read).toMatchObject({
        kind: 'bad',
        problem: expect.stringContaining(`${name} must be milliseconds`),
      });
    },
  );

  it('say what they cannot use, instead of failing the drill', () => {
    expect(otlpSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toMatchObject({ kind: 'bad' });
    const late = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' };
    expect(otlpSettings(late)).toMatchObject({ kind: 'bad' });
    const grpc = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    };
    expect(otlpSettings(grpc)).toMatchObject({ kind: 'on', warnings: [expect.stringContaining('grpc')] });
  });
});
