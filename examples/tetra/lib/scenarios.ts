import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { quantileSorted } from 'simple-statistics';

export type Bootstrap = {
  readonly paths: number;
  /** Steps of each path, in the unit of the returns. */
  readonly horizon: number;
  /** Returns are drawn in runs of this many neighbours, so that calm and wild weeks stay together. */
  readonly block: number;
  readonly seed: number;
};

export type Band = {
  readonly step: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
};

/** Possible futures of a series whose value is 1 today, made of pieces of its own past. */
export class Scenarios {
  readonly #returns: readonly number[];
  readonly #plan: Bootstrap;
  /** Step after step, the value of every path: a column of one step is contiguous. */
  readonly #values: Float64Array;
  readonly #drawdowns: Float64Array;

  constructor(returns: readonly number[], plan: Bootstrap) {
    this.#returns = returns;
    this.#plan = plan;
    this.#values = new Float64Array(plan.paths * plan.horizon);
    this.#drawdowns = new Float64Array(plan.paths);
  }

  /** Fills the paths from `from` up to `to`. Each path has its own seed, so pieces may run in any order. */
  simulate(from: number, to: number): void {
    for (let path = from; path < to; path += 1) this.#walk(path);
  }

  bands(): Band[] {
    return Array.from({ length: this.#plan.horizon }, (_, step) => {
      const sorted = this.#column(step);
      const at = (share: number): number => quantileSorted(sorted, share);
      return { step: step + 1, p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
    });
  }

  chanceOfLoss(): number {
    const ends = this.#column(this.#plan.horizon - 1);
    return ends.filter((value) => value < 1).length / ends.length;
  }

  medianDrawdown(): number {
    return quantileSorted(Array.from(this.#drawdowns.slice().sort()), 0.5);
  }

  #walk(path: number): void {
    const { horizon, block, paths, seed } = this.#plan;
    const random = xoroshiro128plus(seed + path);
    let [value, peak, drawdown, source] = [1, 1, 0, 0];
    for (let step = 0; step < horizon; step += 1) {
      source =
        step % block === 0
          ? uniformInt(random, 0, this.#returns.length - 1)
          : (source + 1) % this.#returns.length;
      value *= 1 + (this.#returns[source] ?? 0);
      peak = Math.max(peak, value);
      drawdown = Math.max(drawdown, 1 - value / peak);
      this.#values[step * paths + path] = value;
    }
    this.#drawdowns[path] = drawdown;
  }

  #column(step: number): number[] {
    const { paths } = this.#plan;
    return Array.from(this.#values.slice(step * paths, (step + 1) * paths).sort());
  }
}
