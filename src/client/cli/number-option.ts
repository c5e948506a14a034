import { InvalidArgumentError } from 'commander';

/** Parses the value of an option that is a whole number within limits. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    const upTo = maximum === Number.MAX_SAFE_INTEGER ? 'up' : `to ${maximum}`;
    throw new InvalidArgumentError(`Expected a whole number from ${minimum} ${upTo}.`);
  };
}

export const parsePort = wholeNumber(1, 65_535);
