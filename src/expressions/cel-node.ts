/**
 * The part of cel-js's syntax tree that {@link adaptTree} works on. Nodes carry their own `check` and `evaluate`,
 * which `setMeta` replaces.
 */
export type CelNode = {
  readonly op: string;
  args: unknown;
  readonly start: number;
  readonly end: number;
  /** Where errors point: for `a.b` the name after the dot. */
  readonly pos: number;
  readonly input: string;
  readonly meta: {
    readonly check: CheckNode;
    readonly evaluate: EvaluateNode;
    /** What a macro such as `map` was expanded to. */
    readonly alternate?: CelNode;
    /** The implementation of a macro that is not expanded, such as `has`. */
    readonly macro?: unknown;
  };
  setMeta(key: 'check' | 'evaluate' | 'async', value: unknown): CelNode;
  /** Set by the type check, together with `handle`. */
  readonly left?: CelNode;
  readonly right?: CelNode | string;
  readonly handle?: (...args: unknown[]) => unknown;
};

export type CelType = { readonly name: string };

export type Checker = {
  readonly dynType: CelType;
  readonly doubleType: CelType;
  check(node: CelNode, context: unknown): CelType;
};

export type Evaluator = { run(node: CelNode, context: unknown): unknown };

export type CheckNode = (checker: Checker, node: CelNode, context: unknown) => CelType;

export type EvaluateNode = (evaluator: Evaluator, node: CelNode, context: unknown) => unknown;

export function isCelNode(value: unknown): value is CelNode {
  return typeof value === 'object' && value !== null && 'setMeta' in value && 'op' in value;
}

/** The nodes written inside a node, in source order; what a macro was expanded to is not among them. */
export function childNodes(node: CelNode): readonly CelNode[] {
  const found: CelNode[] = [];
  addNodes(node.args, found);
  return found;
}

function addNodes(args: unknown, found: CelNode[]): void {
  if (Array.isArray(args)) for (const item of args) addNodes(item, found);
  else if (isCelNode(args)) found.push(args);
}
