import { StageFailure } from '../../activities/stage-failure.js';
import { NODE_ERROR } from '../node-errors.js';

/**
 * Loads packages that only some stage functions need, and that are therefore installed by those who use them. Throws
 * `PackageMissing` with the command that installs them.
 */
export async function loadPackages<T>(names: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const what = names.map((name) => `"${name}"`).join(' and ');
    const needed = names.length === 1 ? `the package ${what}, which is` : `${what}, which are`;
    throw new StageFailure(
      `This stage needs ${needed} not installed here. Install beside sluice with: npm install ${names.join(' ')}`,
      { type: NODE_ERROR.packageMissing, retryable: false },
    );
  }
}

function isNotFound(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
