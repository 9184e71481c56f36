import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { messageOf, type Requirement } from '@stormcart/core';
import { installMissing, shop } from '@stormcart/sut';
import type { Command } from 'commander';
import type { CommandContext } from '../command-line.ts';
import { exitCodes } from '../exit-code.ts';

interface Options {
  readonly install?: true;
  readonly quiet?: true;
  readonly json?: true;
}

/** A requirement does not depend on replicas or policies, so the smallest system stands for all. */
const ANY_CONFIG = { topology: 'single', services: {}, policies: {} } as const;

export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description(
      'what this machine has, which version, and what each missing thing disables; exit 4 when something is missing',
    )
    .option(
      '--install',
      'install what is missing (apt, as root or through sudo; no system service is started)',
    )
    .option('--quiet', 'say nothing when nothing is missing')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      let requirements = await shop.requirements(ANY_CONFIG);
      if (options.install === true && requirements.some(isMissing)) {
        await installMissing(requirements.filter(isMissing), {
          signal: context.signal,
          progress: (line) => context.terminal.message(line),
        });
        requirements = await shop.requirements(ANY_CONFIG);
      }
      await show(requirements, options, context);
      if (requirements.some(isMissing)) context.exitWith(exitCodes.environment);
    });
}

function isMissing(requirement: Requirement): boolean {
  return requirement.version === undefined;
}

async function show(
  requirements: readonly Requirement[],
  options: Options,
  { terminal }: CommandContext,
): Promise<void> {
  const missing = requirements.filter(isMissing);
  const machine = await machineFacts();
  if (options.json === true) {
    terminal.data(JSON.stringify({ machine, requirements }, null, 2));
    return;
  }
  if (options.quiet === true && missing.length === 0) return;
  const { good, bad, dim } = terminal.dataStyle;
  for (const [name, value] of Object.entries(machine)) terminal.data(`  ${dim(name.padEnd(18))} ${value}`);
  for (const requirement of requirements) {
    const { name, version, path, disables } = requirement;
    terminal.data(
      version === undefined
        ? `  ${bad('missing')} ${name.padEnd(18)} without it: ${disables}`
        : `  ${good('ok')}      ${name.padEnd(18)} ${version}  ${dim(path ?? '')}`,
    );
  }
  if (missing.length > 0) terminal.message(await shop.installHint(missing));
}

async function machineFacts(): Promise<Readonly<Record<string, string>>> {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: String(availableParallelism()),
    memory: `${gibibytes(freemem())} GiB free of ${gibibytes(totalmem())} GiB`,
    disk: await statfs('.').then(
      ({ bavail, bsize }) => `${gibibytes(bavail * bsize)} GiB free here`,
      (error: unknown) => `unknown (${messageOf(error)})`,
    ),
  };
}

function gibibytes(count: number): string {
  return (count / 1_073_741_824).toFixed(1);
}
