/** Answers of a shop are small; one that is not is drained and judged by its status alone. */
const KEPT_BYTES_MAX = 1024 * 1024;
/** `application/json`, and any `+json` such as `application/problem+json` (RFC 6839). */
const JSON_TYPE = /[/+]json\s*(?:;|$)/i;

/** Collects one answer's body as far as it is wanted. */
export interface AnswerBody {
  /** Copies it: the piece's memory is used again. Absent: nobody looks at the body. */
  readonly take: ((piece: Buffer) => void) | undefined;
  /** The parsed JSON, or undefined. */
  parsed(): unknown;
}

const DRAINED: AnswerBody = { take: undefined, parsed: () => undefined };

export function answerBody(contentType: string | undefined): AnswerBody {
  return contentType !== undefined && JSON_TYPE.test(contentType) ? jsonBody() : DRAINED;
}

function jsonBody(): AnswerBody {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return {
    take: (piece) => {
      bytes += piece.length;
      if (bytes <= KEPT_BYTES_MAX) pieces.push(Buffer.from(piece));
      else pieces = [];
    },
    parsed: () => {
      if (bytes === 0 || bytes > KEPT_BYTES_MAX) return undefined;
      const [first = Buffer.alloc(0)] = pieces;
      const text = (pieces.length === 1 ? first : Buffer.concat(pieces)).toString('utf8');
      try {
        return JSON.parse(text) as unknown;
      } catch {
        // A body that lies about its type is the system's answer all the same: `expect` sees undefined.
        return undefined;
      }
    },
  };
}
