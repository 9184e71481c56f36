const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BITS_PER_CHARACTER = 5;

/** RFC 4648 section 6, as an authenticator app reads it; what is no character of it is left out. */
export function decodeBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let [pending, pendingBits] = [0, 0];
  for (const character of text.toUpperCase()) {
    const value = ALPHABET.indexOf(character);
    if (value === -1) continue;
    pending = (pending << BITS_PER_CHARACTER) | value;
    pendingBits += BITS_PER_CHARACTER;
    if (pendingBits < 8) continue;
    pendingBits -= 8;
    bytes.push((pending >> pendingBits) & 0xff);
    pending &= (1 << pendingBits) - 1;
  }
  return Uint8Array.from(bytes);
}
