import type { X86Isa } from "@isinglass/cpu-x86";
import { printModule } from "@isinglass/wasm";
import { TLB_SHAPE } from "../../src/tlb-shape.js";
import { RegionCompiler, buildRegionModule } from "../../src/jit/region-module.js";
import { shapeRegion } from "../../src/jit/region-shape.js";

const PAGE = 4096;
/** Pages of code before and after the entry's. */
const AROUND = 2;
const LIMITS = { instructions: 200, block: 127, pages: 3 };

/** What the compiler makes of a piece of guest code. */
export interface RegionText {
  /** The function's body, a statement a line. */
  readonly text: string;
  readonly guestInstructions: number;
  readonly instructions: number;
  /** Without the declarations of its locals. */
  readonly bytes: number;
}

const compilers = new WeakMap<X86Isa, RegionCompiler>();

/** Compiles the region that begins at `entry`, an offset in the first of the pages that `code` lies on; undefined: it is interpreted. */
export function regionText(isa: X86Isa, mode: number, code: Uint8Array, entry: number): RegionText | undefined {
  const memory = new Uint8Array((2 * AROUND + 1) * PAGE);
  memory.fill(0xf4);
  memory.set(code, AROUND * PAGE + entry);
  const source = {
    bytes: memory,
    hostPage: (delta: number) => (Math.abs(delta) > AROUND ? -1 : (AROUND + delta) * PAGE),
    isWarm: () => true,
  };
  const shape = shapeRegion(isa, source, mode, entry, LIMITS, []);
  if (shape === undefined) return undefined;
  let compiler = compilers.get(isa);
  if (compiler === undefined) compilers.set(isa, (compiler = new RegionCompiler(isa, TLB_SHAPE)));
  const sizes: number[] = [];
  const module = buildRegionModule(isa, compiler, [shape], sizes);
  const lines = printModule(module).split("\n");
  const imports = lines.map((line) => /\(import "(\w+)" "(\w+)" \(func/.exec(line)).filter((match) => match !== null);
  const names = imports.map(([, group, name]) =>
    group === "h" ? isa.functions[Number(name!.slice(1))]!.name : `region-${name}`,
  );
  const from = lines.findLastIndex((line) => /^ {2}\(func/.test(line));
  const body = lines.slice(
    from + 1,
    lines.findIndex((line, i) => i > from && /^ {2}\)/.test(line)),
  );
  const own = body.map((line) => line.trim()).filter((line) => line !== "");
  const types = own.filter((line) => line.startsWith("(local"));
  const instructions = own.filter((line) => !line.startsWith("(local")).map((line) => line.replace(" align=1", ""));
  return {
    text: [...types, ...statements(instructions, names)].join("\n"),
    guestInstructions: shape.instructions,
    instructions: instructions.length,
    bytes: sizes[0]!,
  };
}

/** Ends a line: what leaves nothing on the stack, or changes where control goes. */
const ENDS = /^(local\.set|[\w.]*\.store|br|end|else|block|loop|if|drop|return|unreachable)/;

/** Instructions in lines that end where a statement does, indented by their depth. Functions are named, not numbered. */
function statements(code: readonly string[], names: readonly string[]): string[] {
  const lines: string[] = [];
  let depth = 0;
  let line: string[] = [];
  for (const instruction of code) {
    const named = instruction.replace(/^call (\d+)$/, (_, n: string) => `call $${names[Number(n)] ?? n}`);
    const word = named.split(" ", 1)[0]!;
    if (word === "end" || word === "else") depth -= 1;
    line.push(named);
    if (ENDS.test(word)) {
      lines.push(`${"  ".repeat(Math.max(0, depth))}${line.join(" ")}`);
      line = [];
    }
    if (word === "block" || word === "loop" || word === "if" || word === "else") depth += 1;
  }
  if (line.length > 0) lines.push(line.join(" "));
  return lines;
}
