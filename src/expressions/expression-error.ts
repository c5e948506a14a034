/** An expression could not be parsed, or not be evaluated against a run's values. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The CEL text, without `${{ }}`. */
  readonly source: string;
  /** Where in `source`, from 0; null when the whole expression is meant. */
  readonly offset: number | null;
  /** The message without the expression in front. */
  readonly reason: string;

  constructor(reason: string, source: string, offset: number | null) {
    super(`Expression \`${shorten(source)}\`: ${reason}`);
    this.reason = reason;
    this.source = source;
    this.offset = offset;
  }
}

function shorten(source: string): string {
  const line = source.trim().replaceAll(/\s+/g, ' ');
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}
