import { AppError } from '@stormcart/core';
import type { LiveDrill } from '../drill/live-drill.ts';
import { type GithubOutput, openGithubOutput } from '../report/github/github-output.ts';
import { openTelemetry, type Telemetry } from '../report/metrics/telemetry.ts';
import { type OtlpSettings, otlpSettings } from '../report/otlp/otlp-settings.ts';
import type { Report } from '../report/report.ts';
import type { Terminal } from './terminal.ts';

export interface AudienceOptions {
  readonly github?: true;
  readonly json?: true;
  /** Where metrics can be scraped. */
  readonly metrics?: { readonly host: string; readonly port: number };
}

/** Whoever else is told of drills: GitHub, and metrics systems. */
export interface DrillAudience {
  readonly onLive: (live: LiveDrill) => void;
  judged(report: Report): Promise<void>;
  /** The drill came to no verdict. */
  failed(scenario: { readonly name: string; readonly file: string }, error: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Throws when somebody cannot be told as asked: before a drill runs, not after it. */
export async function openAudience(options: AudienceOptions, terminal: Terminal): Promise<DrillAudience> {
  const github = options.github === true ? await openGithub(options, terminal) : undefined;
  const otlp = otlpFor(terminal);
  const telemetry: Telemetry = await openTelemetry({
    ...(options.metrics === undefined ? {} : { listen: options.metrics }),
    ...(otlp === undefined ? {} : { otlp }),
    tell: (text) => terminal.message(text),
  });
  return {
    onLive: telemetry.follow,
    judged: async (report) => {
      telemetry.judged(report);
      await github?.judged(report);
    },
    failed: async (scenario, error) => github?.failed(scenario, error),
    close: () => telemetry.close(),
  };
}

/** For GitHub alone: a report that was written earlier. */
export async function openGithub(
  { json }: Pick<AudienceOptions, 'json'>,
  terminal: Terminal,
): Promise<GithubOutput> {
  const summaryFile = process.env['GITHUB_STEP_SUMMARY'] || undefined;
  if (json === true && summaryFile === undefined) {
    throw new AppError({
      kind: 'usage',
      code: 'NO_PLACE_FOR_SUMMARY',
      message:
        '--github has no place for its summary: GITHUB_STEP_SUMMARY is not set, and --json takes stdout',
      hint: 'Leave --json out to see the summary, or name a file: GITHUB_STEP_SUMMARY=summary.md.',
    });
  }
  return openGithubOutput({
    summaryFile,
    workspace: process.env['GITHUB_WORKSPACE'] || undefined,
    // With --json the standard output is one document and nothing else.
    annotate: (command) => (json === true ? terminal.message(command) : terminal.data(command)),
    print: (markdown) => terminal.data(markdown),
    warn: (text) => terminal.message(text),
  });
}

/** A mistake in the environment costs the export, never the drill. */
function otlpFor(terminal: Terminal): OtlpSettings | undefined {
  const choice = otlpSettings(process.env);
  switch (choice.kind) {
    case 'off':
      return undefined;
    case 'bad':
      terminal.message(terminal.messageStyle.warn(`no OTLP export: ${choice.problem}`));
      return undefined;
    case 'on':
      for (const warning of choice.warnings) terminal.message(terminal.messageStyle.warn(warning));
      return choice.settings;
  }
}
