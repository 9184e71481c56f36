/** An answer of Redis to one command that answers with a line or a text. */
export type RedisReply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string };

export interface ReplyReader {
  push(data: Buffer): void;
}

/** `+1795660622.111655 [0 127.0.0.1:59552] "get" "x"`: what MONITOR tells of other clients. */
const TOLD = /^\+\d+\.\d+ \[/;
/** A told line holds a whole command; of a longer one only its beginning is kept, which says that it is one. */
const LINE_BYTES_MAX = 65_536;

/** Reads lines and texts off a connection in MONITOR mode and skips what is told of other clients. */
export function createReplyReader(onReply: (reply: RedisReply) => void): ReplyReader {
  let line: string = '';
  /** How many bytes of a text and its line end are still to come; 0 between texts. */
  let textBytesLeft = 0;
  let text = '';
  const finishLine = (): void => {
    const whole = line;
    line = '';
    if (whole.startsWith('$')) {
      const length = Number(whole.slice(1));
      if (length < 0) onReply({ kind: 'text', text: '' });
      else textBytesLeft = length + 2;
    } else if (whole.startsWith('-')) {
      onReply({ kind: 'error', text: whole.slice(1) });
    } else if (!TOLD.test(whole)) {
      onReply({ kind: 'text', text: whole.slice(1) });
    }
  };
  const takeText = (data: string): string => {
    const taken = data.slice(0, textBytesLeft);
    text += taken;
    textBytesLeft -= taken.length;
    if (textBytesLeft === 0) {
      onReply({ kind: 'text', text: text.slice(0, -2) });
      text = '';
    }
    return data.slice(taken.length);
  };
  return {
    push: (data) => {
      // One character a byte: lengths are in bytes, and nothing outside ASCII is looked at.
      let rest = data.toString('latin1');
      while (rest !== '') {
        if (textBytesLeft > 0) {
          rest = takeText(rest);
          continue;
        }
        const end = rest.indexOf('\n');
        const piece = end === -1 ? rest : rest.slice(0, end);
        if (line.length < LINE_BYTES_MAX) line += piece;
        rest = end === -1 ? '' : rest.slice(end + 1);
        if (end !== -1) {
          line = line.replace(/\r$/, '');
          finishLine();
        }
      }
    },
  };
}
