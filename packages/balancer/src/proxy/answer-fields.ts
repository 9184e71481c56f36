import type { BalancerConfig } from '../config/balancer-config.ts';

/** Fields that every answer carries, whoever gave it, and those that nobody outside gets to see. */
export interface AnswerFields {
  /** Complete lines, each with its CRLF. */
  readonly text: string;
  /** In lower case: what a back end says under these names is left out. */
  readonly withheld: ReadonlySet<string>;
}

/** What is set here replaces what a back end sets: one place decides, and none can forget. */
export function answerFieldsOf({ fields, withheld }: BalancerConfig['answers']): AnswerFields {
  const names = Object.keys(fields);
  return {
    text: Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
    withheld: new Set([...names, ...withheld].map((name) => name.toLowerCase())),
  };
}
