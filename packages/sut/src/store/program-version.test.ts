import { describe, expect, it } from 'vitest';
import { versionIn } from './program-version.ts';

describe('versionIn', () => {
  it.each([
    ['mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)', '10.11.19'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '7.0.15'],
    ['rabbit-3.10.8', '3.10.8'],
  ])('finds the version in %s', (text, version) => {
    expect(versionIn(text)).toBe(version);
  });

  it('finds none in a text without one', () => {
    expect(versionIn('command not understood')).toBeUndefined();
  });
});
