/** The data is not what it should be. The pipelines list this type as not worth a retry: the same file fails again. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
