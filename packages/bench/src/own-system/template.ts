/** A place for a picked value, `{id}`, or for a record's field, `{users.name}`. Doubled braces, `{{id}}`, stand for themselves. */
const PLACE =
  /\{\{([a-z][a-zA-Z0-9]*(?:\.[A-Za-z_][\w-]*)?)\}\}|\{([a-z][a-zA-Z0-9]*(?:\.[A-Za-z_][\w-]*)?)\}/g;

export type PickedValues = Readonly<Record<string, string | number | boolean>>;

/** The names of the values that a text wants, each once. */
export function namesIn(template: string): readonly string[] {
  const names = [...template.matchAll(PLACE)].flatMap(([, , name]) => (name === undefined ? [] : [name]));
  return [...new Set(names)];
}

/** The names that all texts in plain data want. */
export function namesInData(data: unknown): readonly string[] {
  if (typeof data === 'string') return namesIn(data);
  if (typeof data !== 'object' || data === null) return [];
  return [...new Set(Object.values(data).flatMap(namesInData))];
}

/** The text with its places filled. `write` puts a value into words that are safe there. */
export function fill(
  template: string,
  values: PickedValues,
  write: (value: string) => string = (value) => value,
): string {
  return template.replaceAll(PLACE, (_, literal: string | undefined, name: string | undefined) =>
    name === undefined ? `{${literal}}` : write(String(values[name] ?? '')),
  );
}

/** Plain data with all its texts filled; a text that is nothing but one place becomes the value itself, number or not. */
export function fillData(data: unknown, values: PickedValues): unknown {
  if (typeof data === 'string') {
    const [first, ...others] = namesIn(data);
    const isOnly = first !== undefined && others.length === 0 && data === `{${first}}`;
    return isOnly ? (values[first] ?? '') : fill(data, values);
  }
  if (Array.isArray(data)) return data.map((item: unknown) => fillData(item, values));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fillData(value, values)]));
}
