import { type SymbolTable, functionAt } from "./symbols.js";
import type { Samples } from "./sampler.js";

const PAGE = 0xfffn;
const KERNEL_HALF = 1n << 63n;
const KERNEL_HALF_32 = 0xc0000000n;

/** Names an address. What has no symbol goes by its page. */
export function frameName(address: bigint, user: boolean, symbols: SymbolTable | undefined, shift: bigint): string {
  if (!user && symbols !== undefined) {
    const name = functionAt(symbols, BigInt.asUintN(64, address - shift)) ?? functionAt(symbols, address);
    if (name !== undefined) return name;
  }
  const page = `0x${(address & ~PAGE).toString(16)}`;
  if (user) return `[user] ${page}`;
  if (symbols === undefined) return page;
  return address >= KERNEL_HALF || (address < 1n << 32n && address >= KERNEL_HALF_32)
    ? `[kernel] ${page}`
    : `[early] ${page}`;
}

/** Distinct frames, and each stack as indices of them, outermost first. */
function framed(
  samples: Samples,
  symbols: SymbolTable | undefined,
  shift: bigint,
): { readonly frames: readonly string[]; readonly stacks: readonly (readonly number[])[] } {
  const index = new Map<string, number>();
  const stacks = samples.stacks.map((stack, i) =>
    stack.toReversed().map((address) => {
      const name = frameName(address, samples.user[i]!, symbols, shift);
      const known = index.get(name) ?? index.size;
      index.set(name, known);
      return known;
    }),
  );
  return { frames: [...index.keys()], stacks };
}

/** Share of the samples whose innermost frame is each function, largest first. */
export function selfShares(samples: Samples, symbols: SymbolTable | undefined, shift: bigint): [string, number][] {
  const counts = new Map<string, number>();
  const names = samples.stacks.map((stack, i) => frameName(stack[0]!, samples.user[i]!, symbols, shift));
  for (const id of samples.order) counts.set(names[id]!, (counts.get(names[id]!) ?? 0) + 1);
  return [...counts]
    .map(([name, count]): [string, number] => [name, count / samples.order.length])
    .sort(([, a], [, b]) => b - a);
}

/** A profile for speedscope, as https://www.speedscope.app/file-format-schema.json describes it: weights are instructions. */
export function speedscope(
  samples: Samples,
  symbols: SymbolTable | undefined,
  shift: bigint,
  every: number,
): Record<string, unknown> {
  const { frames, stacks } = framed(samples, symbols, shift);
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "isinglass",
    name: "guest",
    activeProfileIndex: 0,
    shared: { frames: frames.map((name) => ({ name })) },
    profiles: [
      {
        type: "sampled",
        name: "guest instructions",
        unit: "none",
        startValue: 0,
        endValue: samples.order.length * every,
        samples: samples.order.map((id) => stacks[id]!),
        weights: samples.order.map(() => every),
      },
    ],
  };
}

interface Node {
  readonly id: number;
  readonly frame: number;
  hits: number;
  readonly children: Map<number, Node>;
}

/** The same for Chrome (`Profiler.Profile` of its DevTools protocol): microseconds of the machine's time. */
export function cpuProfile(samples: Samples, symbols: SymbolTable | undefined, shift: bigint): Record<string, unknown> {
  const { frames, stacks } = framed(samples, symbols, shift);
  const root: Node = { id: 1, frame: -1, hits: 0, children: new Map() };
  const nodes = [root];
  const ends = stacks.map((stack) => {
    let node = root;
    for (const frame of stack) {
      let child = node.children.get(frame);
      if (child === undefined) {
        child = { id: nodes.length + 1, frame, hits: 0, children: new Map() };
        nodes.push(child);
        node.children.set(frame, child);
      }
      node = child;
    }
    return node;
  });
  for (const id of samples.order) ends[id]!.hits += 1;
  const micros = samples.times.map((time) => Math.round(time / 1000));
  return {
    nodes: nodes.map(({ id, frame, hits, children }) => ({
      id,
      callFrame: {
        functionName: frame < 0 ? "(root)" : frames[frame],
        scriptId: "0",
        url: "",
        lineNumber: -1,
        columnNumber: -1,
      },
      hitCount: hits,
      children: [...children.values()].map((child) => child.id),
    })),
    startTime: micros[0] ?? 0,
    endTime: micros.at(-1) ?? 0,
    samples: samples.order.map((id) => ends[id]!.id),
    timeDeltas: micros.map((time, i) => (i === 0 ? 0 : time - micros[i - 1]!)),
  };
}
