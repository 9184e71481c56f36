import { createHash } from 'node:crypto';

/** The key of a guard's row. Hashed, so that tables of attempts do not list addresses of people or machines. */
export function subjectKey(guard: string, subject: string): Buffer {
  return createHash('sha256').update(`${guard}\n${subject}`).digest();
}
