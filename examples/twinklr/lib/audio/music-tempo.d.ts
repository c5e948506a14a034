declare module 'music-tempo' {
  /** Finds tempo and beats in samples at 44.1 kHz. It throws a string when there is nothing like a beat. */
  class MusicTempo {
    constructor(samples: Float32Array, options?: object);
    /** A number with three decimals, as text. */
    readonly tempo: string;
    /** Times in seconds. */
    readonly beats: readonly number[];
  }
  export = MusicTempo;
}
