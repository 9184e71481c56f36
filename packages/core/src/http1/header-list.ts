export interface HeaderField {
  /** As the peer wrote it. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** Latin-1, without white space around it. */
  readonly value: string;
}

/** Header fields in the order they came; names may repeat. */
export class HeaderList {
  readonly fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.fields = fields;
  }

  /** The value by lower-case name; repeated fields are joined with `, ` (RFC 9110 §5.3). */
  get(key: string): string | undefined {
    let joined: string | undefined;
    for (const field of this.fields) {
      if (field.key !== key) continue;
      joined = joined === undefined ? field.value : `${joined}, ${field.value}`;
    }
    return joined;
  }

  /** The members of a comma-separated field in lower case: `Connection: Keep-Alive, X-Hop` has two. */
  tokens(key: string): readonly string[] {
    const value = this.get(key);
    if (value === undefined) return [];
    return value
      .toLowerCase()
      .split(',')
      .map((token) => token.trim())
      .filter((token) => token !== '');
  }

  /** Lower-case names to joined values. */
  toRecord(): Readonly<Record<string, string>> {
    const record: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const { key, value } of this.fields) {
      const earlier = record[key];
      record[key] = earlier === undefined ? value : `${earlier}, ${value}`;
    }
    return record;
  }
}
