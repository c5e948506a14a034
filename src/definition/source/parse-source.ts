import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Json } from '../../shared/json.js';
import type { Pipeline } from '../builder/pipeline.js';
import { MAX_PROBLEMS, nowhere, type Finding, type Locate, type Place } from '../reporter.js';
import { parsePlainJson } from './plain-json.js';
import { convertDocument } from './convert-document.js';
import { createLocate } from './locate.js';

/** Largest definition file, in bytes. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** What a text says, and where. `value` is undefined when it could not be read. */
export type ParsedSource = {
  readonly value: Json | undefined;
  readonly locate: Locate;
  /** Problems of the text itself; paths are empty, places are final. */
  readonly problems: ReadonlyArray<Finding & { readonly place: Place }>;
  /** Pipelines that it brings along, by what its stages call them; only one that was built in code has any. */
  readonly children?: ReadonlyMap<string, Pipeline>;
};

/**
 * Reads YAML 1.2 (core schema) or JSON. Valid JSON without surprises takes a fast path; everything else goes through
 * the YAML parser, which knows positions. Never throws on hostile text.
 */
export function parseSource(text: string): ParsedSource {
  const refusal = refuse(text);
  if (refusal !== null) {
    return {
      value: undefined,
      locate: nowhere,
      problems: [{ ...refusal, path: [], place: { line: 1, column: 1 } }],
    };
  }
  const plain = parsePlainJson(text);
  if (plain !== undefined) return { value: plain, locate: lazyLocate(text), problems: [] };
  return parseYaml(text);
}

/** What is said of a file over {@link MAX_FILE_BYTES}. */
export function fileTooLarge(size: number): Pick<Finding, 'code' | 'message'> {
  const mib = (size / 1024 / 1024).toFixed(1);
  return { code: 'file-too-large', message: `the file has ${mib} MiB, the limit is 4 MiB` };
}

function refuse(text: string): Pick<Finding, 'code' | 'message'> | null {
  if (text.length > MAX_FILE_BYTES) return fileTooLarge(text.length);
  if (text.includes('\0')) return { code: 'not-text', message: 'the file holds NUL bytes, it is not a text' };
  if (text.trim() === '') return { code: 'empty-file', message: 'the file is empty' };
  return null;
}

function lazyLocate(text: string): Locate {
  let locate: Locate | null = null;
  return (path, options) => {
    if (locate === null) {
      const { document, lines } = readDocument(text);
      locate = createLocate(document, lines, text);
    }
    return locate(path, options);
  };
}

function readDocument(text: string): { document: Document.Parsed; lines: LineCounter } {
  const lines = new LineCounter();
  // Duplicate keys are found while converting: the parser's own check takes quadratic time.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    version: '1.2',
  });
  return { document, lines };
}

function parseYaml(text: string): ParsedSource {
  const { document, lines } = readDocument(text);
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return { value: undefined, locate: nowhere, problems: syntaxProblems(document.errors, at) };
  }
  const { value, problems } = convertDocument(document);
  const placed = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ offset, ...problem }) => ({ ...problem, path: [], place: at(offset) }));
  return { value, locate: createLocate(document, lines, text), problems: placed };
}

const MAX_SYNTAX_PROBLEMS = 5;

/** The first mistake, and later ones that are not just its echo: after it the parser finds much to be unexpected. */
function syntaxProblems(
  errors: readonly YAMLError[],
  at: (offset: number) => Place,
): ParsedSource['problems'] {
  return errors
    .filter((error, i) => i === 0 || error.code !== 'UNEXPECTED_TOKEN')
    .slice(0, MAX_SYNTAX_PROBLEMS)
    .map((error) => ({ ...describeSyntax(error), path: [], place: at(error.pos[0]) }));
}

function describeSyntax(error: YAMLError): Pick<Finding, 'code' | 'message'> {
  if (error.message.includes('Maximum call stack')) {
    return { code: 'too-deep', message: 'objects and lists are nested too deeply, the limit is 64' };
  }
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return {
        code: 'several-documents',
        message: 'the file holds more than one document; keep one per file',
      };
    case 'TAB_AS_INDENT':
      return { code: 'syntax', message: 'a tab indents this line; YAML allows only spaces there' };
    default:
      return { code: 'syntax', message: `this is not valid YAML: ${firstLine(error.message)}` };
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}
