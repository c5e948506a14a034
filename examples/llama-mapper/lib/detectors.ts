import { z } from 'sluice';

/** What one detector says of a message, in its own words. */
export const finding = z.strictObject({ detector: z.string(), label: z.string(), message: z.string() });

export type Finding = z.output<typeof finding>;

type Rule = { readonly label: string; readonly pattern: RegExp; readonly says: string };

/** Each detector has a vocabulary of its own, as detectors of several makers have; none knows the taxonomy. */
const DETECTORS: Readonly<Record<string, readonly Rule[]>> = {
  'number-watch': [
    { label: 'PREMIUM_RATE', pattern: /\b09\d{8,9}\b/, says: 'a number that costs the caller' },
    { label: 'SPECIAL_RATE', pattern: /\b08(4|7)\d{7,9}\b/, says: 'a number with a rate of its own' },
    { label: 'FREEPHONE', pattern: /\b0?80(0|8)\s?\d{3}\s?\d{3,4}\b/, says: 'a number that is free to call' },
    { label: 'SHORT_CODE', pattern: /\b[4-8]\d{4}\b/, says: 'a short code to text to' },
    { label: 'MOBILE', pattern: /\b07\d{9}\b/, says: 'a mobile number' },
  ],
  'tariff-finder': [
    { label: 'price per message', pattern: /\d+\s?p(ence)?\b|£\s?1\.50/i, says: 'pence are asked for' },
    { label: 'sum of money', pattern: /[£$€]\s?\d{2,}/, says: 'a sum in pounds, dollars or euros' },
    {
      label: 'per week',
      pattern: /(\/|per ?)(wk|week|mth|month)/i,
      says: 'it is to be paid again and again',
    },
    { label: 'free of charge', pattern: /\bfree\b/i, says: 'something is said to be free' },
  ],
  'link-guard': [
    {
      label: 'url',
      pattern: /\b(www\.|https?:|wap\.)|\.(com|co\.uk|net|org|biz)\b/i,
      says: 'an address to visit',
    },
    { label: 'mail', pattern: /\S@\S+\.\S/, says: 'an address to write to' },
  ],
  tone: [
    {
      label: 'pressing',
      pattern: /\b(urgent|now|today|only|last|final|expires?)\b/i,
      says: 'the reader must hurry',
    },
    { label: 'loud', pattern: /(\b[A-Z]{3,}\b.*){3}|!.*!/s, says: 'capitals or exclamation marks' },
    {
      label: 'way out',
      pattern: /\b(stop|opt\s?out|unsub\w*)\b|2stop/i,
      says: 'a way to get no more of these',
    },
  ],
};

/** What all detectors say of a text, in a fixed order. */
export function detect(text: string): readonly Finding[] {
  return Object.entries(DETECTORS).flatMap(([detector, rules]) =>
    rules
      .filter(({ pattern }) => pattern.test(text))
      .map(({ label, says }) => ({ detector, label, message: says })),
  );
}
