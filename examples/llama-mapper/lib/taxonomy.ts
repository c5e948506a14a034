/**
 * The canonical codes. Whether a message is spam was decided by people; which kind of spam, by the first of these rules
 * that its text meets. So figures over all codes measure how well the rules were learned from what detectors say, and
 * figures over `ordinary` and the rest how well people's judgement was (see data/README.md).
 */
export const CODES = ['ordinary', 'spam.contact', 'spam.prize', 'spam.offer'] as const;

export type Code = (typeof CODES)[number];

const CONTACT =
  /\b(sex\w*|xxx\w*|dating|flirt\w*|singles?|chat\w*|horny|lonely|babes?|adult|porn|admirer|fanc(y|ies)|blind date)\b/i;
const PRIZE =
  /\b(won|winn?ers?|win|prizes?|award\w*|claim|prize draw|guaranteed|bonus|reward|vouchers?|cash)\b/i;

/** The code of a message that people called spam, or not. */
export function codeOf(message: { readonly text: string; readonly isSpam: boolean }): Code {
  if (!message.isSpam) return 'ordinary';
  if (CONTACT.test(message.text)) return 'spam.contact';
  return PRIZE.test(message.text) ? 'spam.prize' : 'spam.offer';
}

export function isSpam(code: Code): boolean {
  return code !== 'ordinary';
}
