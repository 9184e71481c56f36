import { type Operator, operators } from './gate.ts';
import type { GateProblem } from './gate-problem.ts';

/** A word of a gate and where it stands. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/** A gate's text taken apart, before anybody knows whether its words mean something. */
export interface Expression {
  readonly metric: Word;
  readonly labels: readonly { readonly name: Word; readonly value?: Word }[];
  readonly operator: Operator;
  readonly limit: Word;
  /** What stands after `over`. */
  readonly window?: Word;
}

export type Taken =
  | { readonly kind: 'ok'; readonly expression: Expression }
  | { readonly kind: 'bad'; readonly problem: GateProblem };

const METRIC = /[a-zA-Z][\w]*(?:\.\d+)?/y;
const LABEL = /[a-zA-Z]\w*/y;
const VALUE = /[\w./:-]+/y;
const OPERATOR = /<=|>=|==|<|>/y;
const LIMIT = /\S.*/sy;
/** `500ms over 10s`; the second part may be missing, or empty by mistake. */
const WITH_WINDOW = /^(.*?)(?:(\s+over(?:\s+|$))(.*))?$/s;

/** Takes `metric{label=value,flag} operator limit over window` apart. */
export function takeApart(text: string): Taken {
  const reader = createReader(text);
  const metric = reader.take(METRIC);
  if (metric === undefined)
    return bad(reader.offset(), 'a gate begins with the name of a metric, such as availability');
  const labels: { readonly name: Word; readonly value?: Word }[] = [];
  if (reader.skip('{') && !reader.skip('}')) {
    do {
      const name = reader.take(LABEL);
      if (name === undefined) return bad(reader.offset(), 'expected a label here, as in {route=product}');
      if (!reader.skip('=')) {
        labels.push({ name });
        continue;
      }
      const value = reader.take(VALUE);
      if (value === undefined)
        return bad(reader.offset(), `the label \`${name.text}\` has no value after its =`);
      labels.push({ name, value });
    } while (reader.skip(','));
    if (!reader.skip('}'))
      return bad(reader.offset(), 'expected a comma or the closing } of the labels here');
  }
  const operator = reader.take(OPERATOR);
  if (operator === undefined) {
    return bad(reader.offset(), `expected a comparison after \`${metric.text}\``, operators);
  }
  const limit = reader.take(LIMIT);
  if (limit === undefined) return bad(reader.offset(), `expected a limit after \`${operator.text}\``);
  const [, limitText = '', blank = '', windowText] = WITH_WINDOW.exec(limit.text) ?? [];
  return {
    kind: 'ok',
    expression: {
      metric,
      labels,
      operator: operator.text as Operator,
      limit: { text: limitText.trimEnd(), offset: limit.offset },
      ...(windowText === undefined
        ? {}
        : {
            window: {
              text: windowText.trimEnd(),
              offset: limit.offset + limitText.length + blank.length,
            },
          }),
    },
  };
}

function bad(offset: number, message: string, accepted?: readonly string[]): Taken {
  return { kind: 'bad', problem: { offset, message, ...(accepted === undefined ? {} : { accepted }) } };
}

/** Reads on from where it is; blanks between words do not matter. */
function createReader(text: string) {
  let position = 0;
  const passBlanks = (): void => {
    while (/\s/.test(text[position] ?? '')) position += 1;
  };
  return {
    offset: (): number => {
      passBlanks();
      return position;
    },
    take: (pattern: RegExp): Word | undefined => {
      passBlanks();
      pattern.lastIndex = position;
      const match = pattern.exec(text);
      if (match === null) return undefined;
      const word = { text: match[0], offset: position };
      position += match[0].length;
      return word;
    },
    skip: (character: string): boolean => {
      passBlanks();
      if (text[position] !== character) return false;
      position += 1;
      return true;
    },
  };
}
