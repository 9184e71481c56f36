import type { Attribute, AttributeValue, AttributeValues, FaultKind } from './attribute.ts';

export interface AttributeProblem {
  readonly message: string;
  readonly accepted: string;
}

/** The given attributes checked against their kind, the usual values filled in. */
export function completeAttributes(
  { attributes }: FaultKind,
  given: AttributeValues,
): { readonly attributes: AttributeValues; readonly problems: readonly AttributeProblem[] } {
  const accepted = Object.keys(attributes);
  const problems: AttributeProblem[] = Object.keys(given)
    .filter((name) => !accepted.includes(name))
    .map((name) => ({
      message: `unknown attribute ${name}`,
      accepted: accepted.length === 0 ? 'none' : accepted.join(', '),
    }));
  const complete: Record<string, AttributeValue> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = given[name] ?? attribute.usual;
    if (value === undefined && attribute.kind === 'quantity' && attribute.isOptional === true) continue;
    if (value === undefined) {
      problems.push({ message: `${name} is missing`, accepted: exampleOf(attribute) });
    } else if (isAccepted(attribute, value)) {
      complete[name] = value;
    } else {
      problems.push({ message: `${name} is ${value}`, accepted: acceptedText(attribute) });
    }
  }
  return { attributes: complete, problems };
}

function isAccepted(attribute: Attribute, value: AttributeValue): boolean {
  switch (attribute.kind) {
    case 'quantity':
      return typeof value === 'number' && value >= attribute.min && value <= attribute.max;
    case 'count':
      return Number.isInteger(value) && Number(value) >= attribute.min && Number(value) <= attribute.max;
    case 'word':
      return attribute.accepted.includes(String(value));
    case 'text':
      return typeof value === 'string' && value.length > 0 && value.length <= attribute.lengthMax;
  }
}

function acceptedText(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'quantity':
      return `${attribute.unit.format(attribute.min)} to ${attribute.unit.format(attribute.max)}`;
    case 'count':
      return `${attribute.min} to ${attribute.max}`;
    case 'word':
      return attribute.accepted.join(', ');
    case 'text':
      return `1 to ${attribute.lengthMax} characters, such as ${attribute.example}`;
  }
}

function exampleOf(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'quantity':
      return attribute.unit.example;
    case 'text':
      return attribute.example;
    case 'count':
    case 'word':
      return acceptedText(attribute);
  }
}
