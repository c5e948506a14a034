/** Where an S3 store is. Credentials come from the standard AWS chain only: environment, profile, role. */
export type S3Settings = {
  readonly bucket: string;
  /** Put before every key, without slashes at its ends; lets several projects share a bucket. */
  readonly prefix: string;
  /** @default what the AWS environment or profile says */
  readonly region?: string | undefined;
  /** The address of a server that is compatible with S3. @default Amazon's */
  readonly endpoint?: string | undefined;
  /** The bucket in the path instead of the host name, which most other servers want. @default true with an endpoint */
  readonly forcePathStyle?: boolean | undefined;
};

/** How patient the store is; all have defaults. */
export type S3Patience = {
  /** Tries of a request in all. @default 4 */
  readonly maxAttempts?: number;
  readonly connectTimeoutMs?: number;
  /** Longest silence of the server. */
  readonly idleTimeoutMs?: number;
};
