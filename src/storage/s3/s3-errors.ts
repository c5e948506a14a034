import { StoreError } from '../blob-store.js';
import type { S3Settings } from './s3-settings.js';

/** What an error of the AWS SDK means for an object of the store. */
export function s3Error(thrown: unknown, key: string, location: string, settings: S3Settings): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isMissing(cause)) {
    return new StoreError('missing', `The store in ${location} holds no object "${key}".`, { cause });
  }
  return new StoreError(
    'unavailable',
    `The store in ${location} failed at "${key}": ${reasonOf(cause, settings)}`,
    { cause },
  );
}

/** True when a conditional write lost against another one. */
export function isConflict(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409;
}

function isMissing(error: Error): boolean {
  return error.name === 'NoSuchKey' || (error.name !== 'NoSuchBucket' && statusOf(error) === 404);
}

function reasonOf(error: Error, { bucket, endpoint, region }: S3Settings): string {
  const status = statusOf(error);
  if (error.name === 'NoSuchBucket')
    return `the bucket "${bucket}" does not exist. Make it, or correct \`storage.s3.bucket\`.`;
  if (error.name === 'CredentialsProviderError')
    return 'no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.';
  if (error.message.includes('Region is missing'))
    return 'no region is known. Set `storage.s3.region` or AWS_REGION.';
  if (status === 301 || status === 307 || error.name === 'PermanentRedirect')
    return `the bucket "${bucket}" is in another region than ${region ?? 'the one configured'}. Correct \`storage.s3.region\`.`;
  if (status === 403)
    return `access was refused (${nameOf(error)}). The credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on the bucket "${bucket}".`;
  const where = endpoint === undefined ? 'S3' : `The server at ${endpoint}`;
  if (status !== null && status >= 500)
    return `${where} answered with status ${status} (${nameOf(error)})${triesOf(error)}.`;
  if (status !== null) return `${where} answered with status ${status} (${nameOf(error)}: ${error.message}).`;
  const code = codeOf(error);
  if (error.name === 'TimeoutError' || code === 'ETIMEDOUT')
    return `${where} did not answer in time${triesOf(error)}.`;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `${where} cannot be reached (${code})${triesOf(error)}.`;
  return `${nameOf(error)}: ${error.message}.`;
}

function nameOf(error: Error): string {
  return error.name === 'Error' || error.name === '' ? 'no reason given' : error.name;
}

function triesOf(error: unknown): string {
  const tries = metadataOf(error)?.attempts;
  return tries === undefined || tries === 1 ? '' : ` after ${tries} tries`;
}

function statusOf(error: unknown): number | null {
  return metadataOf(error)?.httpStatusCode ?? null;
}

type Metadata = { readonly httpStatusCode?: number; readonly attempts?: number };

function metadataOf(error: unknown): Metadata | undefined {
  return error instanceof Error && '$metadata' in error ? (error.$metadata as Metadata) : undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
