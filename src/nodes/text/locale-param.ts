import { z } from 'zod';

/** The language whose rules part sentences and words. */
export const localeParam = z
  .string()
  .refine(isLocale, { error: 'expected a language such as "en" or "de-CH"' })
  .default('en');

function isLocale(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}
