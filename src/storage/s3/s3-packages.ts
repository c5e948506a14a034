import { StoreError } from '../blob-store.js';

const NEEDED = ['@aws-sdk/client-s3', '@aws-sdk/lib-storage', '@temporalio/external-storage-s3'];

/**
 * Loads a package that only stores in S3 need, which installs without S3 do not have. Throws a {@link StoreError} that
 * says what to install.
 */
export async function loadS3Package<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw cause;
    throw new StoreError(
      'unavailable',
      `\`storage.s3\` needs packages that are not installed. Run: npm install ${NEEDED.join(' ')}`,
      { cause },
    );
  }
}
