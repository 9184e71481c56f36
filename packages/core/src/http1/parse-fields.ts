import { HeaderList } from './header-list.ts';
import { Http1Error } from './http1-error.ts';

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const COLON = 58;

/** 1 where a character may stand in a field name (RFC 9110 §5.6.2, token). */
const NAME_CHARACTERS = tableOf((code) => /[A-Za-z0-9!#$%&'*+.^_`|~-]/.test(String.fromCharCode(code)));
/** 1 where a character may stand in a field value (RFC 9110 §5.5) or a reason phrase (RFC 9112 §4). */
export const VALUE_CHARACTERS = tableOf((code) => code === TAB || (code >= SPACE && code !== 127));

/** Reads field lines, each with its CRLF, from `start` to the end of a Latin-1 text, in one pass. */
export function parseFields(text: string, start: number, headerCountMax: number): HeaderList {
  const places: number[] = [];
  const placesMax = headerCountMax * 4;
  let position = start;
  let nameLengths = 0;
  while (position < text.length) {
    if (places.length === placesMax) {
      throw new Http1Error('TOO_MANY_HEADERS', `more than ${headerCountMax} header fields`);
    }
    const nameStart = position;
    while (NAME_CHARACTERS[text.charCodeAt(position)] === 1) position += 1;
    if (text.charCodeAt(position) !== COLON || position === nameStart) refuseName(text, nameStart, position);
    const nameEnd = position;

    position += 1;
    while (isBlank(text.charCodeAt(position))) position += 1;
    const valueStart = position;
    while (VALUE_CHARACTERS[text.charCodeAt(position)] === 1) position += 1;
    const next = text.charCodeAt(position);
    if (next !== CARRIAGE_RETURN || text.charCodeAt(position + 1) !== LINE_FEED) refuseValue(next);
    let valueEnd = position;
    while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd -= 1;
    nameLengths |= 1 << (nameEnd - nameStart);
    places.push(nameStart, nameEnd, valueStart, valueEnd);
    position += 2;
  }
  return HeaderList.of(text, places, nameLengths);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function refuseName(text: string, start: number, position: number): never {
  const code = text.charCodeAt(position);
  if (position === start && isBlank(code)) {
    throw new Http1Error('OBSOLETE_FOLD', 'a header field continues on the next line');
  }
  if (code === LINE_FEED) throw new Http1Error('BARE_LINE_FEED', 'a line ends in LF without CR');
  throw new Http1Error('BAD_HEADER', 'a header field has a malformed name');
}

function refuseValue(code: number): never {
  if (code === LINE_FEED) throw new Http1Error('BARE_LINE_FEED', 'a line ends in LF without CR');
  throw new Http1Error('BAD_HEADER', 'a header value holds a control character');
}

function tableOf(isAllowed: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (isAllowed(code) ? 1 : 0));
}
