import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { messageOf } from '@stormcart/core';
import { compareError } from '../compare-error.ts';

/** A git revision as a checkout of its own. */
export interface Revision {
  /** `main (25e1d77)` */
  readonly about: string;
  readonly folder: string;
  /** Removes the worktree. Safe to call twice. */
  close(): Promise<void>;
}

/** The checkout that this code belongs to. */
export const ownCheckout = fileURLToPath(new URL('../../../../../', import.meta.url));

/** A worktree of some hundred files takes a second; a cold disk many times that. */
const GIT_TIMEOUT_MS = 60_000;
/** Some 200 packages from the registry or npm's cache. */
const INSTALL_TIMEOUT_MS = 300_000;

const run = promisify(execFile);

/**
 * Makes a worktree of the revision in `folder`, which must not exist. npm packages are shared with this checkout where
 * the lockfile is the same, installed otherwise. Throws BAD_REVISION.
 */
export async function openRevision(
  name: string,
  folder: string,
  signal: AbortSignal,
  onInstall: () => void,
): Promise<Revision> {
  const commit = await resolve(name);
  await git(['worktree', 'add', '--detach', '--force', folder, commit], `cannot make a worktree of ${name}`);
  const close = async (): Promise<void> => {
    await git(['worktree', 'remove', '--force', folder], `cannot remove the worktree of ${name}`).catch(
      // Gone already, with what git knows of it.
      () => git(['worktree', 'prune'], 'cannot forget worktrees'),
    );
  };
  try {
    if (await hasOwnLockfile(folder)) {
      onInstall();
      await install(name, folder, signal);
    } else await shareModules(folder);
  } catch (error) {
    await close();
    throw error;
  }
  return { about: `${name} (${commit.slice(0, 7)})`, folder, close };
}

/**
 * Where the scenario lies in a revision. One from inside the checkout is copied there, so that both sides are asked the
 * same, each of its own files beside it; one from outside stays where it is.
 */
export async function scenarioIn({ folder }: Pick<Revision, 'folder'>, file: string): Promise<string> {
  const path = relative(ownCheckout, file);
  if (path.startsWith('..')) return file;
  const copy = join(folder, path);
  await mkdir(dirname(copy), { recursive: true });
  await cp(file, copy);
  return copy;
}

async function resolve(name: string): Promise<string> {
  const commit = await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    `there is no git revision ${name}`,
    'Give a branch, a tag or a commit: `git log --oneline` lists them.',
  );
  return commit.trim();
}

async function git(args: readonly string[], failure: string, hint?: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', ownCheckout, ...args], { timeout: GIT_TIMEOUT_MS });
    return stdout;
  } catch (cause) {
    const told = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : messageOf(cause);
    throw compareError({
      kind: 'usage',
      code: 'BAD_REVISION',
      message: told === '' ? failure : `${failure}: ${told}`,
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }
}

async function hasOwnLockfile(folder: string): Promise<boolean> {
  const [own, theirs] = await Promise.all(
    [ownCheckout, folder].map((root) => readFile(join(root, 'package-lock.json'), 'utf8').catch(() => '')),
  );
  return own !== theirs;
}

async function install(name: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: folder,
      signal,
      timeout: INSTALL_TIMEOUT_MS,
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw compareError({
      kind: 'environment',
      code: 'BAD_REVISION',
      message: `the npm packages of ${name} could not be installed: ${messageOf(cause)}`,
      cause,
    });
  }
}

/** Packages of the workspace lie in the worktree, all others in this checkout. */
async function shareModules(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  await linkAll(
    join(ownCheckout, 'node_modules'),
    modules,
    (name) => !name.startsWith('.') && name !== SCOPE,
  );
  await mkdir(join(modules, SCOPE));
  for (const name of await readdir(join(folder, 'packages'))) {
    await symlink(join(folder, 'packages', name), join(modules, SCOPE, name));
    // What npm could not hoist.
    const own = join(ownCheckout, 'packages', name, 'node_modules');
    await symlink(own, join(folder, 'packages', name, 'node_modules'));
  }
}

const SCOPE = '@stormcart';

async function linkAll(from: string, to: string, isWanted: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(from)) {
    if (isWanted(name)) await symlink(join(from, name), join(to, name));
  }
}
