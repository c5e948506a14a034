import type { Plan, Requirement } from '../../engine/plan.js';
import type { HeaderDefinition } from '../schema/header-schema.js';
import { ms } from './build-stage.js';

/** `requires` and `provides` of a checked definition. */
export function buildRequires(header: HeaderDefinition): Pick<Plan, 'requires' | 'provides'> {
  const { requires = [], provides = [] } = header;
  return {
    requires: requires.map(({ pipeline, dataset, status, max_age }): Requirement => ({
      ...(dataset === undefined ? { pipeline: pipeline ?? '' } : { dataset }),
      ...(status === undefined ? {} : { status }),
      max_age_ms: ms(max_age),
    })),
    ...(provides.length === 0 ? {} : { provides }),
  };
}
