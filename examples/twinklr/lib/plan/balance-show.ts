import type { Display, Effect, GroupPlan } from '../shapes.js';

export type Show = {
  readonly effects: readonly Effect[];
  /** How many effects were made darker to stay within the budget. */
  readonly dimmed: number;
  readonly peak_amps: number;
};

type Draw = { readonly effect: Effect; readonly amps: number };

/**
 * Joins the plans of all groups. The power supply bears so many amperes: where the groups together want more, all that
 * shine at that moment are dimmed by the same share.
 */
export function balanceShow(plans: readonly GroupPlan[], display: Display): Show {
  const draws = plans.flatMap(({ group, effects }) =>
    effects.map((effect) => ({ effect, amps: group.amps_each })),
  );
  const moments = momentsOf(draws);
  const wanted = moments.map((moment) => ampsAt(draws, moment));
  const balanced = draws.map((draw) => {
    const worst = Math.max(0, ...wanted.filter((_, index) => shines(draw, moments[index] ?? -1)));
    const share = worst > display.budget_amps ? display.budget_amps / worst : 1;
    return { ...draw, effect: { ...draw.effect, intensity: draw.effect.intensity * share } };
  });
  return {
    effects: balanced.map(({ effect }) => effect),
    dimmed: balanced.filter(({ effect }, index) => effect.intensity !== draws[index]?.effect.intensity)
      .length,
    peak_amps: Math.max(0, ...moments.map((moment) => ampsAt(balanced, moment))),
  };
}

/** Power only ever rises where an effect begins. */
function momentsOf(draws: readonly Draw[]): readonly number[] {
  return [...new Set(draws.map(({ effect }) => effect.start_ms))].toSorted((a, b) => a - b);
}

function ampsAt(draws: readonly Draw[], moment: number): number {
  return draws
    .filter((draw) => shines(draw, moment))
    .reduce((sum, { amps, effect }) => sum + amps * effect.intensity, 0);
}

function shines({ effect }: Draw, moment: number): boolean {
  return effect.start_ms <= moment && effect.end_ms > moment;
}
