import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { Problem } from './problem.ts';

/** 1 MiB: a hundred times the longest scenario anybody would read. */
const LARGEST_SCENARIO_BYTES = 1_048_576;
/** Far beyond honest use of anchors; a "billion laughs" file needs few to fill the memory. */
const MOST_ALIASES = 100;

/** A file that is YAML; whether it is a scenario remains to be seen. */
export interface OpenedDocument {
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

export type Opened =
  | { readonly kind: 'ok'; readonly opened: OpenedDocument }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

/** Reads bytes as one YAML 1.2 document. A syntax error ends the reading: what follows it is guesswork. */
export function openDocument(content: Uint8Array | string): Opened {
  const decoded = decode(content);
  if (decoded.kind === 'bad') return bad([decoded.problem]);
  const { text } = decoded;
  const lines = new LineCounter();
  // The library's own check for duplicate keys compares all with all, which takes minutes at 1 MiB.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [error] = document.errors;
  if (error !== undefined)
    return bad([{ ...placeOf(error.pos[0]), path: '', message: explain(error, text) }]);
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit === true && yaml.version !== '1.2') {
    return bad([whole(`scenarios are YAML 1.2; remove the directive %YAML ${yaml.version}`)]);
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return bad([whole('the file is empty; `stormcart init` writes a scenario to start from')]);
  }
  const problems = structureProblems(document, placeOf);
  return problems.length > 0 ? bad(problems) : { kind: 'ok', opened: { text, document, lines } };
}

function bad(problems: readonly Problem[]): Opened {
  return { kind: 'bad', problems };
}

function whole(message: string): Problem {
  return { line: 1, column: 1, path: '', message };
}

function decode(
  content: Uint8Array | string,
): { readonly kind: 'ok'; readonly text: string } | { readonly kind: 'bad'; readonly problem: Problem } {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  if (length > LARGEST_SCENARIO_BYTES) {
    return { kind: 'bad', problem: whole(`the file has ${length} bytes; a scenario has at most 1 MiB`) };
  }
  if (typeof content !== 'string' && content.includes(0)) {
    return { kind: 'bad', problem: whole('the file is binary, not a YAML text') };
  }
  let text: string;
  try {
    text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return { kind: 'bad', problem: invalidUtf8(content as Uint8Array) };
  }
  if (text.includes('\0')) {
    return { kind: 'bad', problem: whole('the file is binary, not a YAML text') };
  }
  return { kind: 'ok', text };
}

/** Names the first byte that is no UTF-8: where the lenient decoder first puts its replacement character. */
function invalidUtf8(content: Uint8Array): Problem {
  const before = new TextDecoder('utf-8').decode(content).split('\uFFFD', 1)[0] ?? '';
  const lines = before.split('\n');
  return {
    line: lines.length,
    column: (lines.at(-1)?.length ?? 0) + 1,
    path: '',
    message: 'the file is not valid UTF-8 from here on; save it as UTF-8',
  };
}

/** Duplicate keys, tags, and aliases that lead nowhere, in circles, or to too much. */
function structureProblems(
  document: Document,
  placeOf: (offset: number) => { line: number; column: number },
): readonly Problem[] {
  const problems: Problem[] = [];
  const anchors = new Set<string>();
  let aliasCount = 0;
  const report = (offset: number | undefined, message: string): void => {
    problems.push({ ...placeOf(offset ?? 0), path: '', message });
  };
  visit(document, {
    Node: (_key, node, ancestors) => {
      const offset = node.range?.[0];
      if (isAlias(node)) {
        aliasCount += 1;
        if (aliasCount === MOST_ALIASES + 1) report(offset, `more than ${MOST_ALIASES} aliases`);
        if (!anchors.has(node.source)) {
          const hint = `if you mean the text, put it in quotes: "*${node.source}"`;
          report(offset, `the alias *${node.source} refers to no anchor above it; ${hint}`);
        } else if (ancestors.some((ancestor) => 'anchor' in ancestor && ancestor.anchor === node.source)) {
          report(offset, `the alias *${node.source} lies inside what it refers to`);
        }
        return;
      }
      if (node.anchor !== undefined) anchors.add(node.anchor);
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        report(offset, `the tag ${node.tag} means nothing here; if you mean the text, put it in quotes`);
      }
      if (isMap(node)) reportKeys(node.items, report);
    },
  });
  return problems;
}

function reportKeys(
  pairs: readonly { readonly key: unknown }[],
  report: (offset: number | undefined, message: string) => void,
): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (!isScalar(key)) {
      report(startOf(key), 'a key is a word here, not a list, a map or an alias');
      continue;
    }
    const name = keyText(key.value);
    if (seen.has(name)) report(key.range?.[0], `\`${name}\` is given twice in the same map`);
    seen.add(name);
  }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** A key as it appears in the plain object that the document becomes. */
export function keyText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** In our words where the library's are about its own calls. */
const syntaxMessages: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'YAML is indented with spaces; there is a tab here',
  MULTIPLE_DOCS: 'a scenario is one YAML document; a second one begins here',
  RESOURCE_EXHAUSTION: 'lists or maps are nested too deeply here',
};

function explain(error: YAMLError, text: string): string {
  return (
    syntaxMessages[error.code] ?? `this is not YAML: ${lowerFirst(error.message)}${gateHint(error, text)}`
  );
}

/** The likeliest slip: a gate with labels inside [ ], where YAML gives { and , a meaning of their own. */
function gateHint(error: YAMLError, text: string): string {
  const start = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  const line = text.slice(start, text.indexOf('\n', error.pos[0]) >>> 0);
  return /\[.*\w\{/.test(line) ? '; inside [ ], a gate with labels needs quotes' : '';
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
