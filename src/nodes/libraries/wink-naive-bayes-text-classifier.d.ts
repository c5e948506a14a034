declare module 'wink-naive-bayes-text-classifier' {
  export type NaiveBayes = {
    defineConfig(config: { considerOnlyPresence: boolean; smoothingFactor: number }): boolean;
    learn(tokens: readonly string[], label: string): boolean;
    consolidate(): boolean;
    /** Labels with their log-odds, the likeliest first; `unknown` when no token is known. */
    computeOdds(tokens: readonly string[]): ReadonlyArray<readonly [label: string, odds: number]>;
    exportJSON(): string;
    importJSON(json: string): boolean;
  };
  export default function naiveBayes(): NaiveBayes;
}
