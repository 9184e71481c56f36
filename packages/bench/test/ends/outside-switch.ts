import type { SwitchDescription, SystemSwitch } from '@stormcart/core';

/** Something that a drill's process can have misbehave, and that ends with it. */
export const outsideSwitch: SwitchDescription = {
  name: 'weather',
  about: 'rains or does not',
  actions: { rain: { about: 'Makes it rain.', attributes: {} } },
};

export function runningSwitch(): SystemSwitch {
  return {
    ...outsideSwitch,
    begin: async (_action, _attributes, forMs) => {
      let isOver = false;
      const end = (): void => {
        isOver = true;
        clearTimeout(timer);
      };
      const timer = setTimeout(end, forMs);
      return { end: async () => end(), isOver: async () => isOver, hits: async () => 1 };
    },
  };
}
