import type { Mode, Plan } from './plan.js';

/** The mode of a child pipeline: that of its parent where it has one of the same name; null for none. */
export function inheritedMode(child: Pick<Plan, 'modes'>, parentMode: string | null): string | null {
  return parentMode !== null && Object.hasOwn(child.modes, parentMode) ? parentMode : null;
}

/** What a mode of that name stands for; undefined when there is none, or no mode was chosen. */
export function modeOf({ modes }: Pick<Plan, 'modes'>, mode: string | null): Mode | undefined {
  return mode !== null && Object.hasOwn(modes, mode) ? modes[mode] : undefined;
}
