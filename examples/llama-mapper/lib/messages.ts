import { createHash } from 'node:crypto';

export type Message = { readonly id: string; readonly text: string; readonly isSpam: boolean };

export type Messages = {
  readonly messages: readonly Message[];
  /** Lines that are not a label, a tab and a text. */
  readonly malformed: number;
  /** Messages that were there before, but for case and blanks: left out. */
  readonly duplicates: number;
  /** Texts that people called both: left out, all of them. */
  readonly conflicting: number;
};

/** Reads the SMS Spam Collection: `ham` or `spam`, a tab, the text. */
export function readMessages(file: string): Messages {
  const lines = file.split('\n').filter((line) => line.trim() !== '');
  const rows = lines.flatMap(parseLine);
  const byText = new Map<string, Message[]>();
  for (const row of rows) {
    const key = row.text.toLowerCase().replace(/\s+/g, ' ');
    byText.set(key, [...(byText.get(key) ?? []), row]);
  }
  const groups = [...byText.values()];
  const agreeing = groups.filter((group) => new Set(group.map(({ isSpam }) => isSpam)).size === 1);
  return {
    messages: agreeing.flatMap((group) => group.slice(0, 1)),
    malformed: lines.length - rows.length,
    duplicates: rows.length - groups.length,
    conflicting: groups.length - agreeing.length,
  };
}

function parseLine(line: string): readonly Message[] {
  const parts = /^(?<label>ham|spam)\t(?<text>.+)$/.exec(line)?.groups;
  const text = parts?.['text']?.trim();
  if (text === undefined || text === '') return [];
  return [{ id: hash(text).slice(0, 12), text, isSpam: parts?.['label'] === 'spam' }];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
