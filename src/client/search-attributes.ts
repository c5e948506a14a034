import type { Connection } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  type SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import type { RunInput } from '../engine/run-input.js';
import { searchLabels } from '../engine/search-labels.js';
import { NOTHING_AWAITED, SEARCH_ATTRIBUTE } from '../shared/names.js';
import { ClientError } from './client-error.js';
import { isGrpc, messageOf } from './grpc-errors.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const TYPES: ReadonlyMap<string, SearchAttributeType> = new Map(
  Object.values(SEARCH_ATTRIBUTE).map((name) => [
    name,
    name === SEARCH_ATTRIBUTE.labels || name === SEARCH_ATTRIBUTE.failedStages ? 'KEYWORD_LIST' : 'KEYWORD',
  ]),
);

const known = new WeakMap<object, Set<string>>();

/** The part of a connection that this module needs. */
export type OperatorConnection = Pick<Connection, 'operatorService'>;

/**
 * Adds the search attributes that a namespace lacks; asks once per connection and namespace. Not being allowed to
 * ask is fine, because someone else may have added them: a start will tell.
 */
export async function ensureSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
): Promise<void> {
  const done = known.get(connection) ?? new Set<string>();
  known.set(connection, done);
  if (done.has(namespace)) return;
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length > 0) await addSearchAttributes(connection, namespace, missing);
  done.add(namespace);
}

/** Names of the search attributes that a namespace lacks; empty when the server does not let us look. */
export async function missingSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
): Promise<readonly string[]> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return [...TYPES.keys()].filter((name) => !Object.hasOwn(customAttributes, name));
  } catch (error) {
    if (isGrpc(error, 'PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNIMPLEMENTED')) return [];
    throw error;
  }
}

/** The command that an administrator can run instead. */
export function searchAttributesCommand(namespace: string, names: Iterable<string> = TYPES.keys()): string {
  const flags = [...names].flatMap((name) => {
    const type = TYPES.get(name) === 'KEYWORD_LIST' ? 'KeywordList' : 'Keyword';
    return [`--name ${name}`, `--type ${type}`];
  });
  return `temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`;
}

/** What a new run is found by in the Web UI and in `sluice list`. */
export function searchAttributesOf(input: RunInput): TypedSearchAttributes {
  const { plan, mode } = input;
  const labels = [...searchLabels(input)];
  const pairs: SearchAttributePair[] = [
    pair(SEARCH_ATTRIBUTE.pipeline, plan.pipeline),
    pair(SEARCH_ATTRIBUTE.version, plan.version),
    pair(SEARCH_ATTRIBUTE.status, 'running'),
    pair(SEARCH_ATTRIBUTE.awaiting, NOTHING_AWAITED),
  ];
  if (mode !== null) pairs.push(pair(SEARCH_ATTRIBUTE.mode, mode));
  if (input.reuse !== undefined) pairs.push(pair(SEARCH_ATTRIBUTE.parentRun, input.reuse.from.workflow_id));
  if (labels.length > 0) {
    pairs.push({ key: defineSearchAttributeKey(SEARCH_ATTRIBUTE.labels, 'KEYWORD_LIST'), value: labels });
  }
  return new TypedSearchAttributes(pairs);
}

function pair(name: string, value: string): SearchAttributePair {
  return { key: defineSearchAttributeKey(name, 'KEYWORD'), value };
}

async function addSearchAttributes(
  connection: OperatorConnection,
  namespace: string,
  missing: readonly string[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(
    missing.map((name) => [
      name,
      TYPES.get(name) === 'KEYWORD_LIST'
        ? IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST
        : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    ]),
  );
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (isGrpc(error, 'ALREADY_EXISTS')) return;
    throw new ClientError(
      'search_attributes',
      `Namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, and adding them failed: ${messageOf(error)}`,
      { hint: `Ask an administrator to run: ${searchAttributesCommand(namespace, missing)}`, cause: error },
    );
  }
}
