import { appendFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { AppError, messageOf } from '@stormcart/core';
import { checksOf } from '../check/check.ts';
import type { Report } from '../report.ts';
import { annotationsOf, workflowCommand } from './annotation.ts';
import { failureSummary, jobSummary } from './job-summary.ts';

export interface GithubOptions {
  /** `GITHUB_STEP_SUMMARY`; without it the summary is printed. */
  readonly summaryFile: string | undefined;
  /** `GITHUB_WORKSPACE`: annotations name files from here. */
  readonly workspace: string | undefined;
  /** The runner reads commands from both streams. */
  readonly annotate: (command: string) => void;
  readonly print: (markdown: string) => void;
  /** Something went wrong that does not change the verdict. */
  readonly warn: (text: string) => void;
}

/** What a drill tells GitHub Actions: a section of the job summary, and annotations on the scenario's lines. */
export interface GithubOutput {
  judged(report: Report): Promise<void>;
  /** The drill came to no verdict. */
  failed(scenario: { readonly name: string; readonly file: string }, error: unknown): Promise<void>;
}

/** GitHub drops a step's whole summary above 1 MiB; this much of it may be used. */
const SUMMARY_BYTES_MAX = 1_000_000;

/** Throws an environment error when the summary cannot be written: better before a drill than after it. */
export async function openGithubOutput(options: GithubOptions): Promise<GithubOutput> {
  const { summaryFile, annotate, print, warn } = options;
  if (summaryFile !== undefined) {
    await appendFile(summaryFile, '').catch((cause: unknown) => {
      throw new AppError({
        kind: 'environment',
        code: 'NO_STEP_SUMMARY',
        message: `the job summary ${summaryFile} cannot be written: ${messageOf(cause)}`,
        hint: 'GITHUB_STEP_SUMMARY names it; leave the variable out to see the summary here.',
        cause,
      });
    });
  }
  const summarise = async (section: string): Promise<void> => {
    if (summaryFile === undefined) return print(section);
    try {
      const { size } = await stat(summaryFile);
      if (size + Buffer.byteLength(section) <= SUMMARY_BYTES_MAX) await appendFile(summaryFile, section);
      else warn('the job summary is full: GitHub takes 1 MiB per step');
    } catch (error) {
      warn(`the job summary could not be written: ${messageOf(error)}`);
    }
  };
  const fileFor = (file: string): string => fromWorkspace(file, options.workspace);
  return {
    judged: async (report) => {
      const { name, file } = report.scenario;
      const place = { scenario: name, file: fileFor(file) };
      for (const annotation of annotationsOf(checksOf(report), place)) annotate(workflowCommand(annotation));
      await summarise(jobSummary(report));
    },
    failed: async ({ name, file }, error) => {
      const message = messageOf(error);
      annotate(workflowCommand({ level: 'error', title: name, message, file: fileFor(file) }));
      await summarise(failureSummary(name, message));
    },
  };
}

/** GitHub finds files from the repository's root; one outside of it stays as it was given. */
function fromWorkspace(file: string, workspace: string | undefined): string {
  if (workspace === undefined) return file;
  const path = relative(workspace, resolve(file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
