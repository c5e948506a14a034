/** Markets whose closed days Sluice knows, with the names that people see. */
export const MARKETS = {
  NYSE: 'New York Stock Exchange',
  NASDAQ: 'Nasdaq',
  LSE: 'London Stock Exchange',
  XETRA: 'Xetra, Frankfurt',
  EURONEXT: 'Euronext Amsterdam, Brussels, Lisbon and Paris',
  TSX: 'Toronto Stock Exchange',
} as const;

export type Market = keyof typeof MARKETS;

export const MARKET_NAMES = Object.keys(MARKETS) as readonly Market[];

export function isMarket(name: string): name is Market {
  return Object.hasOwn(MARKETS, name);
}
