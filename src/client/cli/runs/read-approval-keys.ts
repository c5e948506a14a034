import { type ApprovalKeys, parseApprovalKeys } from '../../approvals/approval-keys.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';

/** The secrets in `SLUICE_APPROVAL_KEYS`; undefined without any. */
export function readApprovalKeys(cli: CliContext): ApprovalKeys | undefined {
  try {
    return parseApprovalKeys(cli.env['SLUICE_APPROVAL_KEYS']);
  } catch (error) {
    if (error instanceof SyntaxError || !(error instanceof Error)) {
      throw new UsageError('SLUICE_APPROVAL_KEYS is no JSON object, although it begins with a brace.');
    }
    throw new UsageError(`${error.message}.`);
  }
}
