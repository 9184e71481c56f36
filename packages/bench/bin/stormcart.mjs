#!/usr/bin/env node
// Plain JavaScript on purpose: whoever starts this with an old Node gets a sentence, not a syntax error.
const OLDEST_MAJOR = 26;

if (Number.parseInt(process.versions.node, 10) < OLDEST_MAJOR) {
  process.stderr.write(
    `error: stormcart runs on Node ${OLDEST_MAJOR}, which npm has installed beside it; this is ${process.version}\n` +
      'Start it as `npx stormcart`, or through an npm script.\n',
  );
  process.exitCode = 4;
} else {
  await import('../src/cli/main.ts');
}
