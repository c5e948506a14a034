/** The file is not what this example can work on. The pipeline lists this type as not worth a retry. */
export class AudioError extends Error {
  override readonly name = 'AudioError';
}
