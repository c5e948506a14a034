import { parse as parseIso } from 'iso8601-duration';
import parseParts from 'parse-duration';

/** What a duration looks like, for messages. */
export const DURATION_FORM = 'a duration such as "90s", "1h30m" or "PT5M", or a number of seconds';

const PARTS = String.raw`(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*)+`;
const ISO = String.raw`P(?=[\dT])(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?`;
const IS_PARTS = new RegExp(`^${PARTS}$`);
const IS_ISO = new RegExp(`^${ISO}$`);

/** The strings that {@link parseDuration} reads, for the JSON Schema. */
export const DURATION_PATTERN = String.raw`^\s*(?:${PARTS}|${ISO})\s*$`;

const MAX_MS = 100 * 365 * 86_400_000;

/**
 * Milliseconds of a duration: `"90s"`, `"1h30m"`, ISO 8601 (`"PT5M"`) or a number of seconds. Null for anything else,
 * for negative ones, for those over 100 years, and for calendar years and months, whose length varies.
 */
export function parseDuration(value: unknown): number | null {
  const ms =
    typeof value === 'number' ? value * 1000 : typeof value === 'string' ? fromText(value.trim()) : null;
  if (ms === null || !Number.isFinite(ms) || ms < 0 || ms > MAX_MS) return null;
  return Math.round(ms);
}

const MAX_CACHED = 500;
const cache = new Map<string, number | null>();

/** Plans repeat the same few durations thousands of times. */
function fromText(text: string): number | null {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const ms = read(text.trim());
  if (cache.size < MAX_CACHED) cache.set(text, ms);
  return ms;
}

function read(text: string): number | null {
  if (text.length > 100) return null;
  if (IS_ISO.test(text)) return fromIso(text);
  return IS_PARTS.test(text) ? (parseParts(text) ?? null) : null;
}

function fromIso(text: string): number {
  const { weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parseIso(text);
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
}
