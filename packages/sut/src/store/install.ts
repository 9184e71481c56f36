import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Requirement } from '@stormcart/core';
import {
  detectPackageSystem,
  type InstallFacts,
  manualCommands,
  planInstall,
  type RootAccess,
} from './install-plan.ts';
import { storeError } from './store-error.ts';
import { storeRequirements } from './store-programs.ts';

export interface InstallOptions {
  /** Aborting asks the package manager to end; it leaves nothing half-configured. */
  readonly signal: AbortSignal;
  /** One line for the person who waits. */
  readonly progress: (line: string) => void;
}

/** Before Debian 12 and Ubuntu 24.04 the `-core` packages carry a version in their names. */
const OTHER_DEBIAN_NAMES: Readonly<Record<string, string>> = {
  'mariadb-server-core': 'mariadb-server-core|mariadb-server',
  'mariadb-client-core': 'mariadb-client-core|mariadb-client',
};

/** A slow mirror on a slow line; a package manager that asks something hidden would wait for ever. */
const INSTALL_MS_MAX = 15 * 60_000;

/**
 * Installs the packages of what is missing, through apt, without starting or enabling anything system-wide.
 * The package manager's own output goes to standard error.
 * Errors: `STORE_INSTALL_FAILED`, with the commands to type where we cannot install.
 */
export async function installMissing(
  missing: readonly Requirement[],
  { signal, progress }: InstallOptions,
): Promise<void> {
  const facts: InstallFacts = {
    packageSystem: await detectPackageSystem(),
    rootAccess: await detectRootAccess(),
    missingPackages: missing.flatMap((requirement) => requirement.packages),
  };
  const plan = planInstall(facts);
  switch (plan.kind) {
    case 'nothing':
      return;
    case 'manual':
      throw installFailure('these must be installed by hand', facts, plan.commands);
    case 'apt':
      break;
  }
  progress(`installing ${plan.packages.join(', ')} (no system service is started)`);
  const script = fileURLToPath(new URL('./install-packages.sh', import.meta.url));
  const names = plan.packages.map((name) => OTHER_DEBIAN_NAMES[name] ?? name);
  const exitCode = await runInstaller([...plan.elevate, 'sh', script, ...names], signal);
  signal.throwIfAborted();
  const commands = manualCommands('apt', plan.packages);
  if (exitCode !== 0) throw installFailure('the package manager failed', facts, commands);
  const still = await missingPackages();
  if (still.length > 0) {
    throw installFailure(`installed, and yet ${still.join(', ')} cannot be found`, facts, commands);
  }
  progress(`installed ${plan.packages.join(', ')}`);
}

async function missingPackages(): Promise<readonly string[]> {
  const requirements = await storeRequirements();
  const missing = requirements.filter((requirement) => requirement.path === undefined);
  return [...new Set(missing.flatMap((requirement) => requirement.packages))].toSorted();
}

async function detectRootAccess(): Promise<RootAccess> {
  if (process.getuid?.() === 0) return 'is-root';
  const silent = await exitCodeOf(['sudo', '-n', 'true'], 'ignore');
  if (silent === 0) return 'sudo-silent';
  return silent !== undefined && process.stdin.isTTY ? 'sudo-asks' : 'none';
}

function runInstaller(command: readonly string[], signal: AbortSignal): Promise<number | undefined> {
  return exitCodeOf(command, 'inherit', AbortSignal.any([signal, AbortSignal.timeout(INSTALL_MS_MAX)]));
}

/** The exit code; undefined when it could not be started or was ended by a signal. */
function exitCodeOf(
  [program = '', ...args]: readonly string[],
  input: 'ignore' | 'inherit',
  signal?: AbortSignal,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    // Standard output is for data: whatever the package manager says goes to standard error.
    const output = input === 'inherit' ? process.stderr.fd : 'ignore';
    // SIGTERM first and last: the script restores what it changed, and cutting dpkg off would leave a mess.
    const child = spawn(program, args, {
      stdio: [input, output, output],
      ...(signal === undefined ? {} : { signal }),
    });
    child.once('error', (error) => {
      if (error.name !== 'AbortError') resolve(undefined);
    });
    child.once('exit', (code) => resolve(code ?? undefined));
  });
}

function installFailure(reason: string, facts: InstallFacts, commands: readonly string[]): Error {
  return storeError({
    kind: 'environment',
    code: 'STORE_INSTALL_FAILED',
    message: `${[...new Set(facts.missingPackages)].join(', ')}: ${reason}`,
    hint: ['Type this, then try again:', ...commands].join('\n'),
    details: { ...facts },
  });
}
