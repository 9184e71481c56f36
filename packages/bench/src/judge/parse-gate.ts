import { duration } from '@stormcart/core';
import { type Expression, takeApart, type Word } from './expression.ts';
import type { Gate, Labels } from './gate.ts';
import type { GateProblem } from './gate-problem.ts';
import type { Label, Metric, NameKind } from './metric/metric.ts';
import { metricNamed, metrics } from './metric/table.ts';

/** What labels may name. A kind that is absent is not checked (it could not be read). */
export type Vocabulary = Readonly<Partial<Record<NameKind, readonly string[]>>>;

export type ParsedGate =
  | { readonly kind: 'ok'; readonly gate: Gate }
  | { readonly kind: 'bad'; readonly problems: readonly GateProblem[] };

/** Reads a gate; `line` is kept for reports. Every problem of one gate is reported. */
export function parseGate(text: string, line: number, vocabulary: Vocabulary = {}): ParsedGate {
  const taken = takeApart(text);
  if (taken.kind === 'bad') return { kind: 'bad', problems: [taken.problem] };
  const { expression } = taken;
  const metric = metricNamed(expression.metric.text);
  if (metric === undefined) {
    return {
      kind: 'bad',
      problems: [
        wrongWord(
          expression.metric,
          `unknown metric \`${expression.metric.text}\``,
          metrics.map((each) => each.name),
        ),
      ],
    };
  }
  const problems: GateProblem[] = [];
  const labels = readLabels(expression, metric, vocabulary, problems);
  const limit = readLimit(expression, metric, problems);
  const windowMs = readWindow(expression, metric, problems);
  if (problems.length > 0) return { kind: 'bad', problems };
  return {
    kind: 'ok',
    gate: {
      text: text.trim(),
      line,
      metric: metric.name,
      labels,
      operator: expression.operator,
      limit,
      ...(windowMs === undefined ? {} : { windowMs }),
    },
  };
}

function readLabels(
  expression: Expression,
  metric: Metric,
  vocabulary: Vocabulary,
  problems: GateProblem[],
): Labels {
  const labels: Record<string, string | true> = {};
  let flag: string | undefined;
  for (const { name, value } of expression.labels) {
    const label = Object.hasOwn(metric.labels, name.text) ? metric.labels[name.text] : undefined;
    if (label === undefined) {
      problems.push(unknownLabel(name, metric));
    } else if (Object.hasOwn(labels, name.text)) {
      problems.push({ offset: name.offset, message: `the label \`${name.text}\` is given twice` });
    } else if (label.kind === 'flag') {
      if (value !== undefined) {
        problems.push({ offset: value.offset, message: `the label \`${name.text}\` takes no value` });
      } else if (flag !== undefined) {
        problems.push({
          offset: name.offset,
          message: `\`${metric.name}\` can be asked for \`${flag}\` or \`${name.text}\`, not for both`,
        });
      }
      flag = name.text;
      labels[name.text] = true;
    } else {
      const problem = checkValue(name, value, label, vocabulary);
      if (problem !== undefined) problems.push(problem);
      labels[name.text] = value?.text ?? true;
    }
  }
  for (const [name, label] of Object.entries(metric.labels)) {
    if (label.kind !== 'flag' && label.isRequired === true && !Object.hasOwn(labels, name)) {
      problems.push({
        offset: expression.metric.offset,
        message: `\`${metric.name}\` needs the label \`${name}\`, as in ${metric.name}{${name}=…}`,
        ...acceptedOf(valuesOf(label, vocabulary)),
      });
    }
  }
  return labels;
}

function checkValue(
  name: Word,
  value: Word | undefined,
  label: Exclude<Label, { readonly kind: 'flag' }>,
  vocabulary: Vocabulary,
): GateProblem | undefined {
  const accepted = valuesOf(label, vocabulary);
  if (value === undefined) {
    return {
      offset: name.offset,
      message: `the label \`${name.text}\` needs a value, as in ${name.text}=…`,
      ...acceptedOf(accepted),
    };
  }
  if (accepted === undefined || accepted.includes(value.text)) return undefined;
  return label.kind === 'name'
    ? { ...wrongWord(value, `unknown ${label.of} \`${value.text}\``, accepted), nameKind: label.of }
    : wrongWord(value, `unknown ${name.text} \`${value.text}\``, accepted);
}

function valuesOf(
  label: Exclude<Label, { readonly kind: 'flag' }>,
  vocabulary: Vocabulary,
): readonly string[] | undefined {
  return label.kind === 'choice' ? label.accepted : vocabulary[label.of];
}

function unknownLabel(name: Word, metric: Metric): GateProblem {
  const accepted = Object.keys(metric.labels);
  return accepted.length === 0
    ? { offset: name.offset, message: `\`${metric.name}\` takes no labels` }
    : wrongWord(name, `unknown label \`${name.text}\` of \`${metric.name}\``, accepted);
}

function readLimit(expression: Expression, metric: Metric, problems: GateProblem[]): number {
  const { limit, operator } = expression;
  const value = metric.unit.parse(limit.text);
  if (value === undefined) {
    problems.push({
      offset: limit.offset,
      message: `\`${metric.name}\` is compared with a ${metric.unit.name} such as ${metric.unit.example}, not with \`${limit.text}\``,
    });
    return Number.NaN;
  }
  const isImpossible =
    (operator === '<' && value === 0) ||
    (operator === '>' && metric.max !== undefined && value >= metric.max);
  if (isImpossible) {
    problems.push({
      offset: limit.offset,
      message: `no measurement could ever be ${operator} ${limit.text}`,
    });
  }
  return value;
}

function readWindow({ window }: Expression, metric: Metric, problems: GateProblem[]): number | undefined {
  if (window === undefined) return undefined;
  if (metric.takesWindow !== true) {
    problems.push({
      offset: window.offset,
      message: `\`${metric.name}\` is a figure of the whole drill and takes no \`over\``,
      accepted: metrics.filter((each) => each.takesWindow === true).map((each) => each.name),
    });
    return undefined;
  }
  const windowMs = duration.parse(window.text);
  if (windowMs === undefined || windowMs <= 0) {
    problems.push({
      offset: window.offset,
      message: `\`over\` is followed by the length of a window, such as 10s, not by \`${window.text}\``,
    });
  }
  return windowMs;
}

function wrongWord(word: Word, message: string, accepted: readonly string[]): GateProblem {
  return { offset: word.offset, message, given: word.text, accepted };
}

function acceptedOf(accepted: readonly string[] | undefined): { readonly accepted?: readonly string[] } {
  return accepted === undefined ? {} : { accepted };
}
