import { formatDuration } from '../../shared/format-duration.js';

const HOUR_MS = 3_600_000;

/** `2d3h`, `45m`: two units at most, because nobody needs the seconds of a day. */
export function roughly(ms: number): string {
  const unit = ms >= 24 * HOUR_MS ? HOUR_MS : ms >= HOUR_MS ? 60_000 : 1_000;
  return formatDuration(Math.floor(ms / unit) * unit);
}

/** `12.5 %` of a share. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
