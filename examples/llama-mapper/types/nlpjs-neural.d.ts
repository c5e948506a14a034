/** The part of @nlpjs/neural that is used here; the package has no types of its own. */
declare module '@nlpjs/neural' {
  export type Sparse = Readonly<Record<string, number>>;

  export type NetworkJson = {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly features: readonly string[];
    readonly intents: readonly string[];
    /** For each intent the weights of the features, then the bias. */
    readonly perceptrons: ReadonlyArray<readonly number[]>;
  };

  export type NetworkStatus = {
    readonly error: number;
    readonly deltaError: number;
    readonly iterations: number;
  };

  export class NeuralNetwork {
    constructor(settings?: {
      readonly iterations?: number;
      readonly learningRate?: number;
      readonly momentum?: number;
      readonly alpha?: number;
      readonly log?: false | ((status: NetworkStatus, ms: number) => void);
    });
    train(corpus: ReadonlyArray<{ readonly input: Sparse; readonly output: Sparse }>): NetworkStatus;
    run(input: Sparse): Readonly<Record<string, number>>;
    explain(input: Sparse, intent: string): { readonly weights?: Sparse; readonly bias?: number };
    toJSON(): NetworkJson;
    fromJSON(json: NetworkJson): void;
  }
}
