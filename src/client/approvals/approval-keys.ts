import { createPrivateKey, createPublicKey, type KeyObject, scryptSync, sign } from 'node:crypto';
import type { Plan, StageAction } from '../../engine/plan.js';
import { type ApprovalStatement, statementText } from '../../shared/approval-statement.js';
import { isJsonObject } from '../../shared/json.js';

/**
 * Secrets by the names of approvers. Who starts runs needs no secret: the public key stands for it, as `ed25519:` and 64
 * hexadecimal digits.
 */
export type ApprovalKeys = Readonly<Record<string, string>>;

const PUBLIC = 'ed25519:';

/**
 * Reads `SLUICE_APPROVAL_KEYS`: `alice=secret,bob=secret`, or a JSON object for secrets with commas. Undefined when it is
 * empty. Throws on anything else.
 */
export function parseApprovalKeys(text: string | undefined): ApprovalKeys | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const entries = trimmed.startsWith('{') ? jsonEntries(trimmed) : trimmed.split(',').map(pairOf);
  return Object.fromEntries(entries);
}

/** The public keys that a run of this plan starts with; undefined when nobody is asked, or without keys. */
export function publicKeysFor(
  plan: Plan,
  keys: ApprovalKeys | undefined,
): Readonly<Record<string, string>> | undefined {
  if (keys === undefined || !asksPeople(plan)) return undefined;
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, publicKeyOf(name, key)]));
}

/** The signature of a decision in hexadecimal; undefined when there is no secret of that person. */
export function signDecision(
  statement: ApprovalStatement,
  keys: ApprovalKeys | undefined,
): string | undefined {
  const { by } = statement;
  const secret = keys !== undefined && Object.hasOwn(keys, by) ? keys[by] : undefined;
  if (secret === undefined || secret.startsWith(PUBLIC)) return undefined;
  const text = Buffer.from(statementText(statement), 'utf8');
  return sign(null, text, privateKeyOf(by, secret)).toString('hex');
}

/** The public key that belongs to a secret, in hexadecimal. */
export function publicKeyOf(name: string, key: string): string {
  if (key.startsWith(PUBLIC)) return key.slice(PUBLIC.length);
  const { x } = createPublicKey(privateKeyOf(name, key)).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url').toString('hex');
}

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410). */
const DER_START = Buffer.from('302e020100300506032b657004220420', 'hex');

/** From a secret of any form. Slow on purpose: public keys lie open in histories, and short secrets could be guessed. */
function privateKeyOf(name: string, secret: string): KeyObject {
  const seed = scryptSync(secret, `sluice approval ${name}`, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
  return createPrivateKey({ key: Buffer.concat([DER_START, seed]), format: 'der', type: 'pkcs8' });
}

function asksPeople(plan: Plan): boolean {
  return (
    plan.stages.some(({ action }) => action.kind === 'approval' || asksAboutCanary(action)) ||
    Object.values(plan.pipelines).some(asksPeople)
  );
}

function asksAboutCanary(action: StageAction): boolean {
  if (action.kind !== 'canary') return false;
  const { promote, inconclusive } = action.canary.rules;
  return promote === 'approval' || inconclusive === 'ask';
}

function pairOf(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  if (equals < 1)
    throw new Error('SLUICE_APPROVAL_KEYS must be NAME=SECRET pairs with commas between, or a JSON object');
  return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
}

function jsonEntries(text: string): readonly (readonly [string, string])[] {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('SLUICE_APPROVAL_KEYS must be an object of names and secrets');
  return Object.entries(value).map(([name, secret]) => {
    if (typeof secret === 'string') return [name, secret] as const;
    throw new Error(`SLUICE_APPROVAL_KEYS has a secret of "${name}" that is no string`);
  });
}
