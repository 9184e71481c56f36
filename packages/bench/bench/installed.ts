import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Whether a program of this name is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
