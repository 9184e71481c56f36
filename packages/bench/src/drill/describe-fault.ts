import { type Attribute, type FaultKind, linkFaultKinds, processFaultKinds } from '@stormcart/chaos';
import { share } from '@stormcart/core';
import type { ScenarioFault } from '../scenario/scenario.ts';

/** What a fault does, in a few words: `timeout on catalog->redis`, `kill of orders/1`. */
export function describeFault({ target }: ScenarioFault): string {
  switch (target.kind) {
    case 'link': {
      const kind: FaultKind = linkFaultKinds[target.toxic];
      const settings = settingsText(kind.attributes, target.attributes);
      const part = target.share === 1 ? '' : ` for ${share.format(target.share)} of connections`;
      return `${target.toxic}${settings} on ${target.links.join(', ')}${part}`;
    }
    case 'process': {
      const kind: FaultKind = processFaultKinds[target.action];
      return `${target.action}${settingsText(kind.attributes, target.attributes)} of ${target.processes.join(', ')}`;
    }
  }
}

function settingsText(
  kinds: Readonly<Record<string, Attribute>>,
  values: Readonly<Record<string, number>>,
): string {
  const texts = Object.entries(kinds).flatMap(([name, { unit, usual }]) => {
    const value = values[name];
    return value === undefined || value === usual ? [] : [`${name} ${unit.format(value)}`];
  });
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}
