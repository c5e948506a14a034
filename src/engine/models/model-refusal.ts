/**
 * Why something is not done to a model.
 * - `bad_request`: it says too little, or what cannot be kept.
 * - `version_not_found`: there is no such version.
 * - `version_taken`: there is one of this name with another content.
 * - `version_failed`: it was found to be no good.
 * - `already_live`: the alias means it already, or it is in production.
 * - `moved_meanwhile`: somebody else moved the alias.
 * - `nothing_before`: there is nothing to go back to.
 * - `wrong_artifact`: the store does not hold what the version says, byte for byte.
 * - `busy`: it goes on in a new history; try again at once.
 */
export type ModelRefusalCode =
  | 'bad_request'
  | 'version_not_found'
  | 'version_taken'
  | 'version_failed'
  | 'already_live'
  | 'moved_meanwhile'
  | 'nothing_before'
  | 'wrong_artifact'
  | 'busy';

/** A refusal in words that follow `model "mapper": `. */
export type ModelRefusal = { readonly code: ModelRefusalCode; readonly message: string };

export function refuse(code: ModelRefusalCode, message: string): ModelRefusal {
  return { code, message };
}
