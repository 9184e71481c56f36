import { readFileSync } from 'node:fs';
import { parseScenario } from './parse-scenario.ts';
import { renderProblems } from './problem.ts';
import { paperShop } from '../../test/fixture/paper-shop.ts';
import { scenarioSchema } from './scenario-schema.ts';
import { starterScenario } from './starter.ts';
for (const file of process.argv.slice(2)) {
  const content = readFileSync(file);
  const result = parseScenario({ content, file, system: paperShop });
  console.log(result.kind === 'ok' ? JSON.stringify(result.scenario, null, 1) + renderProblems(file, content.toString(), result.warnings) : renderProblems(file, content.toString(), result.problems));
}
const s = starterScenario(paperShop);
const r = parseScenario({ content: s, file: 'starter', system: paperShop });
console.log(s, r.kind, r.kind === 'bad' ? renderProblems('starter', s, r.problems) : renderProblems('starter', s, r.warnings));
console.log(JSON.stringify(scenarioSchema(paperShop)).length);
