import {
  type Attribute,
  type FaultFamily,
  type FaultTargets,
  faultFamilies,
  faultKinds,
} from '@stormcart/chaos';
import type { FaultOffer, FaultSetting } from './drill-state.ts';

/** Every kind of fault that has something to break in the running system. */
export function offersOf(targets: FaultTargets): readonly FaultOffer[] {
  const switches = [...(targets.switches?.values() ?? [])];
  return Object.values<FaultFamily>(faultFamilies).flatMap((family) => {
    const names = [...family.targetsIn(targets).keys()];
    if (names.length === 0) return [];
    const { targetKey, kindKey } = family;
    return Object.entries(faultKinds(family, { switches })).map(([kind, { about, attributes }]) => ({
      targetKey,
      kindKey,
      kind,
      about,
      targets: names,
      settings: Object.entries(attributes).map(([name, attribute]) => settingOf(name, attribute)),
    }));
  });
}

function settingOf(name: string, attribute: Attribute): FaultSetting {
  const { usual } = attribute;
  const isOptional = attribute.kind === 'quantity' && attribute.isOptional === true;
  return {
    name,
    about: attribute.about,
    ...(usual === undefined
      ? {}
      : { usual: attribute.kind === 'quantity' ? attribute.unit.format(Number(usual)) : String(usual) }),
    isRequired: usual === undefined && !isOptional,
    ...(attribute.kind === 'word' ? { accepted: attribute.accepted } : {}),
  };
}
