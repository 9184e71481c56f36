import { relative } from 'node:path';
import type { SystemConfig } from '@stormcart/core';
import { shop } from '@stormcart/sut';
import { type Command, Option } from 'commander';
import { raiseStage, requireAll } from '../../stage/stage.ts';
import { sweep } from '../../workspace/sweep.ts';
import { closeRun, openRun, openWorkspace } from '../../workspace/workspace.ts';
import type { CommandContext } from '../command-line.ts';
import { drillProgress } from '../drill-progress.ts';
import { addressLines, shopAddresses } from '../shop-addresses.ts';
import { upWithDashboard } from '../up-with-dashboard.ts';

interface Options {
  readonly topology: string;
  readonly json?: true;
  readonly dash?: true;
}

export function addUp(program: Command, context: CommandContext): void {
  program
    .command('up')
    .description('boot the shop and leave it running until Ctrl-C; prints its addresses')
    .addOption(
      new Option('--topology <name>', 'which stores run')
        .choices(shop.options.topologies)
        .default(shop.options.topologies[0]),
    )
    .addOption(
      new Option('--dash', 'watch it and break it by hand in the dashboard (docs/dashboard.md)').conflicts(
        'json',
      ),
    )
    .option('--json', 'print the addresses as one JSON document')
    .action((options: Options) => up(options, context));
}

async function up(options: Options, context: CommandContext): Promise<void> {
  if (options.dash === true) return upWithDashboard(options, context);
  const { terminal, signal } = context;
  const workspace = openWorkspace();
  const onEvent = drillProgress(terminal);
  for (const swept of await sweep(workspace)) onEvent({ kind: 'swept', swept });
  const config: SystemConfig = { topology: options.topology, services: {}, policies: {} };
  await requireAll(shop, config);
  const folders = await openRun(workspace, 'up', new Date());
  try {
    const stage = await raiseStage({
      system: shop,
      config,
      seed: 1,
      workspace,
      folders,
      faultyLinks: new Set(),
      signal,
      progress: (step, tookMs) => onEvent({ kind: 'bootStep', step, tookMs }),
      onProcessEvent: ({ name, state, reason }) => {
        if (state === 'down') terminal.message(`${name} went down: ${reason ?? 'no reason known'}`);
      },
    });
    try {
      onEvent({ kind: 'booted', tookMs: stage.bootMs, entryUrl: stage.system.entryUrl });
      const addresses = shopAddresses(stage.system);
      terminal.data(
        options.json === true
          ? JSON.stringify({ addresses, logs: folders.logFolder }, null, 2)
          : addressLines(addresses),
      );
      terminal.message(`logs are in ${relative('.', folders.logFolder)}; Ctrl-C ends the shop`);
      await untilAborted(signal);
    } finally {
      await stage.close();
    }
  } finally {
    await closeRun(folders);
  }
  signal.throwIfAborted();
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
