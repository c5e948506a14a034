import { isJsonObject, type Json, type JsonObject } from '../shared/json.js';
import { readKind } from './check/check-kind.js';
import type { Draft, StageEntry, StageList } from './draft.js';
import type { Path, Reporter } from './reporter.js';
import { type HeaderDefinition, headerSchema, HOOK_NAMES } from './schema/header-schema.js';
import { lenientParse } from './schema/lenient-parse.js';
import { reportIssues, shown } from './schema/report-issues.js';
import { stageSchema } from './schema/stage-schema.js';
import { definitionSchema } from './schema/definition-schema.js';
import { keysAt } from './schema/keys-at.js';
import { suggest } from './suggest.js';

/** Checks the form of a definition, and keeps what is right of it for the checks that follow. */
export function readDraft(raw: JsonObject, reporter: Reporter): Draft {
  const lists = new Set<string>(['stages', ...HOOK_NAMES]);
  const header = Object.fromEntries(Object.entries(raw).filter(([key]) => !lists.has(key)));
  const read = (list: StageList): readonly StageEntry[] => readStages(raw, list, reporter);
  return {
    header: readHeader(header, reporter),
    raw,
    stages: read('stages'),
    hooks: { on_success: read('on_success'), on_failure: read('on_failure'), finally: read('finally') },
  };
}

function readHeader(raw: JsonObject, reporter: Reporter): HeaderDefinition {
  const { data, issues } = lenientParse(headerSchema, raw);
  const context = { schema: definitionSchema, value: raw, at: [], stage: null, owner: 'the definition' };
  reportIssues(issues, context, reporter);
  return data ?? lenientParse(headerSchema, { ...raw, name: 'unnamed' }).data ?? { name: 'unnamed' };
}

function readStages(raw: JsonObject, list: StageList, reporter: Reporter): readonly StageEntry[] {
  const value = raw[list];
  if (value === undefined && list !== 'stages') return [];
  if (Array.isArray(value) && (value.length > 0 || list !== 'stages')) {
    return value.flatMap((stage, i) => readStage(stage as Json, [list, i], list, reporter) ?? []);
  }
  const wanted = list === 'stages' ? 'a list of at least one stage' : 'a list of stages';
  if (value === undefined) {
    const message = `\`${list}\` is missing, it must be ${wanted}`;
    const suggestion = suggest(
      'stages',
      Object.keys(raw).filter((key) => !KNOWN_KEYS.has(key)),
    );
    reporter.report({
      code: 'missing-key',
      path: [],
      message,
      suggestion: suggestion === null ? null : 'stages',
    });
  } else {
    const message = `\`${list}\` must be ${wanted}, got ${shown(value)}`;
    reporter.report({ code: 'wrong-type', path: [list], message });
  }
  return [];
}

const KNOWN_KEYS = new Set(keysAt(definitionSchema, []));

function readStage(value: Json, path: Path, list: StageList, reporter: Reporter): StageEntry | null {
  const place = list === 'stages' ? 'stage' : `stage of \`${list}\``;
  const number = `${place} ${Number(path.at(-1)) + 1}`;
  if (!isJsonObject(value)) {
    const message = `${number} must be an object, got ${shown(value)}`;
    reporter.report({ code: 'wrong-type', path, message });
    return null;
  }
  const label = typeof value['id'] === 'string' && value['id'] !== '' ? value['id'] : null;
  const owner = label === null ? number : 'a stage';
  const { data, issues } = lenientParse(stageSchema, value);
  const context = { schema: stageSchema, value, at: path, stage: label, owner };
  reportIssues(
    issues.map((issue) => (isMissingId(issue.path, value) ? nameMissingId(issue, number) : issue)),
    context,
    reporter,
  );
  const kept = data ??
    lenientParse(stageSchema, { ...value, id: PLACEHOLDER_ID }).data ?? { id: PLACEHOLDER_ID };
  const kind = readKind({ raw: value, path, label, reporter });
  return { data: kept, raw: value, path, label: kept.id === PLACEHOLDER_ID ? null : kept.id, list, kind };
}

const PLACEHOLDER_ID = '-';

function isMissingId(path: readonly PropertyKey[], raw: JsonObject): boolean {
  return path.length === 1 && path[0] === 'id' && raw['id'] === undefined;
}

function nameMissingId<T extends { message: string }>(issue: T, number: string): T {
  return { ...issue, message: `${issue.message} (${number})` };
}
