import type { Command } from 'commander';
import type { CommandContext } from '../command-line.ts';
import { addAb } from './ab.ts';
import { addAgent } from './agent.ts';
import { addAudit } from './audit.ts';
import { addBalance } from './balance.ts';
import { addCapacity } from './capacity.ts';
import { addClean } from './clean.ts';
import { addCompare } from './compare.ts';
import { addDash } from './dash.ts';
import { addDoctor } from './doctor.ts';
import { addInit } from './init.ts';
import { addList } from './list.ts';
import { addLoad } from './load.ts';
import { addLogs } from './logs.ts';
import { addProxy } from './proxy.ts';
import { addReport } from './report.ts';
import { addRun } from './run.ts';
import { addSchema } from './schema.ts';
import { addUp } from './up.ts';
import { addValidate } from './validate.ts';

/** Every command, in the order of the help. */
export const commands: readonly ((program: Command, context: CommandContext) => void)[] = [
  addRun,
  addUp,
  addList,
  addValidate,
  addSchema,
  addInit,
  addDoctor,
  addClean,
  addLoad,
  addAgent,
  addCapacity,
  addDash,
  addProxy,
  addBalance,
  addCompare,
  addAb,
  addAudit,
  addReport,
  addLogs,
];
