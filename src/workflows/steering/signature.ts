import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { type ApprovalStatement, statementText } from '../../shared/approval-statement.js';

// At load: what is shared between runs is frozen afterwards.
hashes.sha512 = sha512;

/**
 * True when a decision is signed with the private half of a public key, both in hexadecimal. Public keys, because what
 * checks a signature travels in the run's input and so in its history, where a shared secret would lie open.
 */
export function isSignedBy(publicKey: string, signature: string, statement: ApprovalStatement): boolean {
  try {
    const text = new TextEncoder().encode(statementText(statement));
    return verify(hexToBytes(signature), text, hexToBytes(publicKey));
  } catch {
    return false;
  }
}
