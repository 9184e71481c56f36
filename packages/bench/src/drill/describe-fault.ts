import { type Attribute, type AttributeValue, faultKind } from '@stormcart/chaos';
import type { FaultTarget } from '../scenario/scenario.ts';

/** What a fault does, in a few words: `timeout on catalog->redis`, `latency (latency 200ms) on orders->mariadb`. */
export function describeFault({ family, kind, targets, attributes, settings: own }: FaultTarget): string {
  const known = own ?? faultKind(family, kind)?.attributes ?? {};
  const settings = Object.entries(known).flatMap(([name, attribute]) => {
    const value = attributes[name];
    return value === undefined || value === attribute.usual ? [] : [`${name} ${valueText(attribute, value)}`];
  });
  const how = settings.length === 0 ? '' : ` (${settings.join(', ')})`;
  return `${kind}${how} on ${targets.join(', ')}`;
}

function valueText(attribute: Attribute, value: AttributeValue): string {
  return attribute.kind === 'quantity' ? attribute.unit.format(Number(value)) : String(value);
}
