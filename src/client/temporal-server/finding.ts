/** One thing that was looked at. `fix` is null when nothing needs doing. */
export type Finding = {
  /** Stable, `snake_case`. */
  readonly check: string;
  /** False when it must or should be mended. */
  readonly ok: boolean;
  /** `warning`: something works less well or will be fetched; `error`: something cannot work. */
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly fix: string | null;
};

export function fine(check: string, message: string): Finding {
  return { check, ok: true, level: 'ok', message, fix: null };
}

export function warning(check: string, message: string, fix: string): Finding {
  return { check, ok: false, level: 'warning', message, fix };
}

export function failure(check: string, message: string, fix: string): Finding {
  return { check, ok: false, level: 'error', message, fix };
}
