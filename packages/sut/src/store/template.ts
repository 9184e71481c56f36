import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, cp, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '@stormcart/core';

export interface TemplateOptions {
  readonly cacheFolder: string;
  /** `mariadb`: what the template is of. */
  readonly name: string;
  /** Everything that the content depends on; another text is another template. */
  readonly ingredients: readonly string[];
  /** Fills the empty folder. */
  readonly build: (folder: string) => Promise<void>;
  /** Told of every folder that is being filled, so that somebody can remove it if we die. */
  readonly onBuilding?: (folder: string) => void;
}

/** Older templates of the same name are removed beyond this many: each weighs some 30 MB. */
const KEPT_TEMPLATES = 4;

/**
 * The folder of a kept template, made first if this is the first time. It is filled under another name and
 * renamed when whole, so that two runs may make the same one at the same time: the second to finish drops its own.
 */
export async function keepTemplate(options: TemplateOptions): Promise<string> {
  const { cacheFolder, name } = options;
  const folder = join(cacheFolder, `${name}-${templateKey(options.ingredients)}`);
  if (await isFolder(folder)) {
    const now = new Date();
    await utimes(folder, now, now);
    return folder;
  }
  await mkdir(cacheFolder, { recursive: true });
  const building = join(cacheFolder, `.building-${name}-${randomBytes(6).toString('hex')}`);
  options.onBuilding?.(building);
  try {
    await mkdir(building);
    await options.build(building);
    await rename(building, folder).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  await removeOldest(cacheFolder, name);
  return folder;
}

/** Copies a template's content, sharing blocks where the file system can. */
export async function copyTemplate(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
}

/** 64 bits of SHA-256: plenty to tell a handful of templates apart. */
export function templateKey(ingredients: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
}

async function removeOldest(cacheFolder: string, name: string): Promise<void> {
  const entries = (await readdir(cacheFolder)).filter((entry) => entry.startsWith(`${name}-`));
  const aged = await Promise.all(
    entries.map(async (entry) => {
      const path = join(cacheFolder, entry);
      const usedMs = await stat(path).then(
        (found) => found.mtimeMs,
        () => 0,
      );
      return { path, usedMs };
    }),
  );
  const old = aged.toSorted((left, right) => right.usedMs - left.usedMs).slice(KEPT_TEMPLATES);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
}

function isFolder(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
