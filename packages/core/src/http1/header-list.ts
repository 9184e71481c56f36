export interface HeaderField {
  /** As the peer wrote it. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** Latin-1, without white space around it. */
  readonly value: string;
}

/** Where fields stand in a text: of each the beginning and end of its name, then those of its value. */
export type FieldPlaces = readonly number[];

const PER_FIELD = 4;

/** Header fields in the order they came; names may repeat. */
export class HeaderList {
  readonly #text: string;
  readonly #places: FieldPlaces;
  /** Bit n: some name is n letters long, modulo 32. Most questions are for what is not there. */
  readonly #nameLengths: number;
  #fields: readonly HeaderField[] | undefined;

  constructor(fields: readonly HeaderField[], text = '', places: FieldPlaces = [], nameLengths = 0) {
    this.#fields = places.length === 0 ? fields : undefined;
    this.#text = text;
    this.#places = places;
    this.#nameLengths = nameLengths;
  }

  /**
   * Of a message's head. Whoever reads an answer asks for two or three of its fields: the others stay in the text until
   * somebody wants all of them.
   */
  static of(text: string, places: FieldPlaces, nameLengths: number): HeaderList {
    return new HeaderList([], text, places, nameLengths);
  }

  get fields(): readonly HeaderField[] {
    this.#fields ??= this.#cutOut();
    return this.#fields;
  }

  /** How often a lower-case name comes. */
  count(key: string): number {
    let count = 0;
    if (this.#fields !== undefined) {
      for (const field of this.#fields) if (field.key === key) count += 1;
      return count;
    }
    if (this.#mayHave(key)) {
      for (let place = 0; place < this.#places.length; place += PER_FIELD) {
        if (this.#isNamed(place, key)) count += 1;
      }
    }
    return count;
  }

  /** The value by lower-case name; repeated fields are joined with `, ` (RFC 9110 §5.3). */
  get(key: string): string | undefined {
    let joined: string | undefined;
    if (this.#fields !== undefined) {
      for (const field of this.#fields) {
        if (field.key === key) joined = joined === undefined ? field.value : `${joined}, ${field.value}`;
      }
      return joined;
    }
    if (!this.#mayHave(key)) return undefined;
    for (let place = 0; place < this.#places.length; place += PER_FIELD) {
      if (!this.#isNamed(place, key)) continue;
      const value = this.#text.slice(this.#places[place + 2], this.#places[place + 3]);
      joined = joined === undefined ? value : `${joined}, ${value}`;
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

  #cutOut(): readonly HeaderField[] {
    const fields: HeaderField[] = [];
    const places = this.#places;
    for (let place = 0; place < places.length; place += PER_FIELD) {
      const name = this.#text.slice(places[place], places[place + 1]);
      const value = this.#text.slice(places[place + 2], places[place + 3]);
      fields.push({ name, key: name.toLowerCase(), value });
    }
    return fields;
  }

  #mayHave(key: string): boolean {
    return (this.#nameLengths & (1 << key.length)) !== 0;
  }

  #isNamed(place: number, key: string): boolean {
    const start = this.#places[place] ?? 0;
    if ((this.#places[place + 1] ?? 0) - start !== key.length) return false;
    for (let index = 0; index < key.length; index += 1) {
      if (lowerCase(this.#text.charCodeAt(start + index)) !== key.charCodeAt(index)) return false;
    }
    return true;
  }
}

const [UPPER_A, UPPER_Z, TO_LOWER] = [65, 90, 32];

/** Names are ASCII (RFC 9110 §5.1). */
function lowerCase(code: number): number {
  return code >= UPPER_A && code <= UPPER_Z ? code + TO_LOWER : code;
}
