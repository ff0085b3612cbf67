/** A region's control flow: blocks by index, 0 the entry. An edge that is cut is an exit of the region. */
export interface Flow {
  /** Of each block, an element for each edge, those that are cut among them. */
  readonly successors: readonly (readonly number[])[];
  /** Blocks that can be reached, in reverse postorder. */
  readonly order: readonly number[];
  /** Position of each block in the order, or -1. */
  readonly position: Int32Array;
  /** Immediate dominator of each block; the entry's is itself. */
  readonly dominator: Int32Array;
  /** Number of edges into each block, the entry's own counted once more. */
  readonly incoming: Int32Array;
  /** More than one edge that is not a back edge comes in. */
  readonly isMerge: Uint8Array;
  readonly isLoop: Uint8Array;
  /** The blocks of each natural loop by its header, inner loops before those around them. */
  readonly loops: ReadonlyMap<number, ReadonlySet<number>>;
  isCut(from: number, to: number): boolean;
}

const edgeKey = (from: number, to: number): number => from * 4096 + to;

/**
 * Orders blocks and finds dominators (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm"). Edges that would make
 * the flow irreducible are cut: a back edge to a block that does not dominate where it comes from.
 *
 * @param successors of each block, an element for each edge
 */
export function analyseFlow(successors: readonly (readonly number[])[]): Flow {
  const cut = new Set<number>();
  for (;;) {
    const flow = analyse(successors, cut);
    let more = false;
    for (const from of flow.order) {
      for (const to of successors[from]!) {
        if (cut.has(edgeKey(from, to)) || flow.position[to]! > flow.position[from]!) continue;
        if (dominates(flow, to, from)) continue;
        cut.add(edgeKey(from, to));
        more = true;
      }
    }
    if (!more) return flow;
  }
}

function dominates(flow: Flow, a: number, b: number): boolean {
  let at = b;
  while (flow.position[at]! > flow.position[a]!) at = flow.dominator[at]!;
  return at === a;
}

function analyse(successors: readonly (readonly number[])[], cut: Set<number>): Flow {
  const count = successors.length;
  const position = new Int32Array(count).fill(-1);
  const order: number[] = [];
  // Depth first without recursion: pairs of a block and the next edge to follow.
  const visited = new Uint8Array(count);
  const stack: number[] = [0, 0];
  visited[0] = 1;
  while (stack.length > 0) {
    const next = stack.pop()!;
    const block = stack.pop()!;
    if (next < successors[block]!.length) {
      stack.push(block, next + 1);
      const to = successors[block]![next]!;
      if (visited[to] === 0 && !cut.has(edgeKey(block, to))) {
        visited[to] = 1;
        stack.push(to, 0);
      }
    } else order.push(block);
  }
  order.reverse();
  order.forEach((block, i) => {
    position[block] = i;
  });
  const predecessors: number[][] = Array.from({ length: count }, () => []);
  for (const from of order)
    for (const to of successors[from]!) if (!cut.has(edgeKey(from, to))) predecessors[to]!.push(from);
  const dominator = new Int32Array(count).fill(-1);
  dominator[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (const block of order) {
      if (block === 0) continue;
      let best = -1;
      for (const p of predecessors[block]!) {
        if (dominator[p] === -1) continue;
        if (best < 0) best = p;
        else {
          let q = p;
          while (q !== best) {
            while (position[q]! > position[best]!) q = dominator[q]!;
            while (position[best]! > position[q]!) best = dominator[best]!;
          }
        }
      }
      if (dominator[block] !== best) {
        dominator[block] = best;
        changed = true;
      }
    }
  }
  const incoming = new Int32Array(count);
  const isMerge = new Uint8Array(count);
  const isLoop = new Uint8Array(count);
  incoming[0] = 1;
  for (const block of order) {
    let forward = 0;
    for (const p of predecessors[block]!) {
      incoming[block]! += 1;
      if (position[p]! >= position[block]!) isLoop[block] = 1;
      else forward += 1;
    }
    if (forward > 1) isMerge[block] = 1;
  }
  const loops = new Map<number, Set<number>>();
  for (const header of [...order].reverse())
    if (isLoop[header] === 1) loops.set(header, naturalLoop(header, predecessors, position));
  return {
    successors,
    order,
    position,
    dominator,
    incoming,
    isMerge,
    isLoop,
    loops,
    isCut: (from, to) => cut.has(edgeKey(from, to)),
  };
}

/** The blocks that reach a back edge to `header` without going through it. */
function naturalLoop(header: number, predecessors: readonly (readonly number[])[], position: Int32Array): Set<number> {
  const members = new Set([header]);
  const queue = predecessors[header]!.filter((p) => position[p]! >= position[header]!);
  for (let block = queue.pop(); block !== undefined; block = queue.pop()) {
    if (members.has(block)) continue;
    members.add(block);
    queue.push(...predecessors[block]!);
  }
  return members;
}
