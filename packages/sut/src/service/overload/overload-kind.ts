export const overloadKinds = ['none', 'priority'] as const;
/** `priority`: deadlines, bulkheads and load shedding. `none`: every request is taken and worked on to its end. */
export type OverloadKind = (typeof overloadKinds)[number];
